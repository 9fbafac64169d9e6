//! Receiving evidence: resumed in whole chunks, named only once its hash is right.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use chopmark_core::{EVIDENCE_SEALED_CHUNK_BYTES, EvidenceId, limits};

use super::{PART_SUFFIX, READ_BYTES, Vault, VaultError};
use crate::files;

/// A file that is coming in.
pub struct Incoming {
    id: EvidenceId,
    length: u64,
    have: u64,
    hasher: blake3::Hasher,
    file: File,
    part: PathBuf,
    named: PathBuf,
}

impl Vault {
    /// Starts or resumes receiving `length` bytes of ciphertext; `None` when they are here already.
    /// Not for two transfers of one file at a time: the caller sees to that.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] over the limit, or what the disk says.
    pub fn receive(&self, id: EvidenceId, length: u64) -> Result<Option<Incoming>, VaultError> {
        if length > limits::EVIDENCE_BYTES {
            return Err(VaultError::TooLarge);
        }
        let named = self.path(id);
        if named.exists() {
            return Ok(None);
        }
        let mut part = named.clone().into_os_string();
        part.push(PART_SUFFIX);
        let part = PathBuf::from(part);
        let io = |source| VaultError::io(&part, source);
        let mut file = files::private_file(
            &part,
            OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false),
        )
        .map_err(io)?;
        let here = file.metadata().map_err(io)?.len().min(length);
        let have = here.saturating_sub(
            here.checked_rem(EVIDENCE_SEALED_CHUNK_BYTES as u64)
                .unwrap_or(0),
        );
        if here != have {
            file.set_len(have).map_err(io)?;
        }
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; READ_BYTES];
        let mut before = (&mut file).take(have);
        loop {
            let read = before.read(&mut buffer).map_err(io)?;
            match buffer.get(..read) {
                Some([]) | None => break,
                Some(bytes) => hasher.update(bytes),
            };
        }
        file.seek(SeekFrom::Start(have)).map_err(io)?;
        Ok(Some(Incoming {
            id,
            length,
            have,
            hasher,
            file,
            part,
            named,
        }))
    }
}

impl Incoming {
    /// Bytes here so far.
    #[must_use]
    pub fn have(&self) -> u64 {
        self.have
    }

    /// The file ends there, before what was announced at the most.
    #[must_use]
    pub fn ending_at(mut self, length: u64) -> Self {
        self.length = self.length.min(length);
        self
    }

    /// Appends what came next.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] beyond the announced length, or what the disk says.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), VaultError> {
        let have = self.have.saturating_add(bytes.len() as u64);
        if have > self.length {
            return Err(VaultError::TooLarge);
        }
        self.file
            .write_all(bytes)
            .map_err(|source| VaultError::io(&self.part, source))?;
        self.hasher.update(bytes);
        self.have = have;
        Ok(())
    }

    /// Checks the hash, syncs and names the file. It is on disk when this returns.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when bytes are missing (they can be sent on later),
    /// [`VaultError::WrongHash`] when they are the wrong ones (the part is removed).
    pub fn finish(self) -> Result<(), VaultError> {
        if self.have != self.length {
            return Err(VaultError::Damaged {
                id: self.id,
                at: self.have,
            });
        }
        let io = |source| VaultError::io(&self.part, source);
        if self.hasher.finalize().as_bytes() != self.id.as_bytes() {
            std::fs::remove_file(&self.part).map_err(io)?;
            return Err(VaultError::WrongHash { id: self.id });
        }
        self.file.sync_all().map_err(io)?;
        std::fs::rename(&self.part, &self.named)
            .and_then(|()| files::sync_folder_of(&self.named))
            .map_err(io)
    }
}
