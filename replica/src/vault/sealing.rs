//! Plaintext in, ciphertext on disk; and back.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::Path;

use chopmark_core::{
    ChunkPlace, EVIDENCE_CHUNK_BYTES, EVIDENCE_SEALED_CHUNK_BYTES, EvidenceCipher, EvidenceId,
    limits,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{SEALING_PREFIX, Vault, VaultError};
use crate::files;
use crate::seal::random_bytes;

/// The key of one file of evidence. It travels only inside sections.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct EvidenceKey([u8; 32]);

impl EvidenceKey {
    /// Wraps the key that a section holds.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a section.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A file that was just sealed.
pub struct Sealed {
    /// Its name.
    pub id: EvidenceId,
    /// What opens it.
    pub key: EvidenceKey,
    /// Bytes of its ciphertext.
    pub length: u64,
    /// Bytes of its plaintext.
    pub plain_length: u64,
}

impl Vault {
    /// Seals everything that `plain` gives under a new key. It is on disk when this returns.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`], [`VaultError::DiskFull`] or what reading and writing say; nothing
    /// is left behind then.
    pub fn seal(&self, plain: impl Read) -> Result<Sealed, VaultError> {
        let key = EvidenceKey(random_bytes()?);
        let unique: String = random_bytes::<8>()?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let path = self.folder.join(format!("{SEALING_PREFIX}{unique}"));
        let sealed = self.seal_into(&path, plain, key);
        if sealed.is_err() {
            // A failed file is of no use; the next opening removes it if this cannot.
            let _ = std::fs::remove_file(&path);
        }
        sealed
    }

    fn seal_into(
        &self,
        path: &Path,
        mut plain: impl Read,
        key: EvidenceKey,
    ) -> Result<Sealed, VaultError> {
        let io = |source| VaultError::io(path, source);
        let mut file = files::private_file(path, OpenOptions::new().write(true).create_new(true))
            .map_err(io)?;
        let cipher = EvidenceCipher::new(&key.0);
        let mut hasher = blake3::Hasher::new();
        let (mut number, mut length, mut plain_length) = (0u32, 0u64, 0u64);
        // One chunk ahead: whether a chunk is the last shows only when nothing follows.
        let mut chunk = read_chunk(&mut plain).map_err(io)?;
        loop {
            let following = match chunk.len() {
                EVIDENCE_CHUNK_BYTES => read_chunk(&mut plain).map_err(io)?,
                _ => Vec::new(),
            };
            let place = if following.is_empty() {
                ChunkPlace::Last(number)
            } else {
                ChunkPlace::Inner(number)
            };
            plain_length = plain_length.saturating_add(chunk.len() as u64);
            cipher
                .seal(place, &mut chunk)
                .map_err(|_| VaultError::TooLarge)?;
            length = length.saturating_add(chunk.len() as u64);
            if length > limits::EVIDENCE_BYTES {
                return Err(VaultError::TooLarge);
            }
            hasher.update(&chunk);
            file.write_all(&chunk).map_err(io)?;
            if following.is_empty() {
                break;
            }
            chunk = following;
            number = number.checked_add(1).ok_or(VaultError::TooLarge)?;
        }
        file.sync_all().map_err(io)?;
        let id = EvidenceId::from_bytes(*hasher.finalize().as_bytes());
        let named = self.path(id);
        std::fs::rename(path, &named)
            .and_then(|()| files::sync_folder_of(&named))
            .map_err(io)?;
        Ok(Sealed {
            id,
            key,
            length,
            plain_length,
        })
    }

    /// Opens evidence for reading its plaintext.
    ///
    /// # Errors
    /// [`VaultError::Unknown`] when it is not here. A chunk that does not open fails the read it
    /// is needed for, with a [`VaultError::Damaged`] inside the [`io::Error`].
    pub fn reader(&self, id: EvidenceId, key: &EvidenceKey) -> Result<EvidenceReader, VaultError> {
        let (file, length) = self.ciphertext(id, 0)?;
        Ok(EvidenceReader {
            id,
            cipher: EvidenceCipher::new(&key.0),
            file,
            left: length,
            at: 0,
            number: 0,
            chunk: Vec::new(),
            taken: 0,
            done: false,
        })
    }
}

/// Reads a whole chunk, or what is left.
fn read_chunk(plain: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(EVIDENCE_SEALED_CHUNK_BYTES);
    plain
        .take(EVIDENCE_CHUNK_BYTES as u64)
        .read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// The plaintext of evidence, chunk by chunk.
pub struct EvidenceReader {
    id: EvidenceId,
    cipher: EvidenceCipher,
    file: File,
    left: u64,
    at: u64,
    number: u32,
    chunk: Vec<u8>,
    taken: usize,
    done: bool,
}

impl EvidenceReader {
    fn next_chunk(&mut self) -> io::Result<()> {
        let damaged = VaultError::Damaged {
            id: self.id,
            at: self.at,
        };
        let size = self.left.min(EVIDENCE_SEALED_CHUNK_BYTES as u64);
        self.chunk.clear();
        let read = (&mut self.file).take(size).read_to_end(&mut self.chunk)? as u64;
        self.left = self.left.saturating_sub(read);
        let last = self.left == 0;
        let place = if last {
            ChunkPlace::Last(self.number)
        } else {
            ChunkPlace::Inner(self.number)
        };
        if read != size || self.cipher.open(place, &mut self.chunk).is_err() {
            self.done = true;
            self.chunk.clear();
            return Err(io::Error::new(io::ErrorKind::InvalidData, damaged));
        }
        self.at = self.at.saturating_add(read);
        self.number = self.number.saturating_add(1);
        self.taken = 0;
        self.done = last;
        Ok(())
    }
}

impl Read for EvidenceReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken >= self.chunk.len() {
            if self.done {
                return Ok(0);
            }
            self.next_chunk()?;
        }
        let from = self.chunk.get(self.taken..).unwrap_or_default();
        let count = from.len().min(into.len());
        if let (Some(into), Some(from)) = (into.get_mut(..count), from.get(..count)) {
            into.copy_from_slice(from);
        }
        self.taken = self.taken.saturating_add(count);
        Ok(count)
    }
}
