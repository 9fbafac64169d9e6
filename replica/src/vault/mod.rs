//! Evidence on disk: sealed chunk by chunk, named by the hash of what is sealed (format, section 11).
//!
//! No file is ever in memory as a whole. A file that is not complete has another name, so whatever
//! carries an evidence id as its name was hashed and synced.

mod incoming;
mod sealing;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use chopmark_core::{EVIDENCE_SEALED_CHUNK_BYTES, EvidenceId, limits};

pub use incoming::Incoming;
pub use sealing::{EvidenceKey, EvidenceReader, Sealed};

use crate::seal::NoRandomness;

/// Bytes read from a file at a time.
const READ_BYTES: usize = EVIDENCE_SEALED_CHUNK_BYTES;
/// Files being written by [`Vault::seal`]; a process that died leaves one behind.
const SEALING_PREFIX: &str = "sealing-";
/// Files being received.
const PART_SUFFIX: &str = ".part";

/// Why evidence could not be stored or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The bytes of this evidence are not here.
    #[error("evidence {id} is not here: it is fetched from a peer when one is reached")]
    Unknown {
        /// The evidence asked for.
        id: EvidenceId,
    },
    /// The file is cut short, changed, or does not open with the key given.
    #[error("evidence {id} is damaged at byte {at}: it is removed and fetched again from a peer")]
    Damaged {
        /// The evidence in question.
        id: EvidenceId,
        /// Where the first bad chunk of ciphertext starts.
        at: u64,
    },
    /// What was received does not have the hash it was announced with.
    #[error("what was received is not evidence {id}: the transfer starts over")]
    WrongHash {
        /// The evidence announced.
        id: EvidenceId,
    },
    /// More bytes than evidence may have, or than were announced.
    #[error(
        "a file of evidence may have {} bytes; cut the video or choose a smaller file",
        limits::EVIDENCE_BYTES
    )]
    TooLarge,
    /// No room to write.
    #[error("the disk is full: free some space and try again; nothing that was stored is lost")]
    DiskFull,
    /// The system failed to read or write a file.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No random bytes for a key.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl VaultError {
    fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io {
                path: path.to_owned(),
                source,
            },
        }
    }
}

/// A folder of evidence. All methods block: call them off the async runtime.
#[derive(Clone, Debug)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// Opens the folder, makes it if it is missing, and removes what a dead process left half sealed.
    ///
    /// # Errors
    /// [`VaultError::Io`] or [`VaultError::DiskFull`].
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        std::fs::create_dir_all(folder).map_err(|source| VaultError::io(folder, source))?;
        for entry in std::fs::read_dir(folder)
            .map_err(|source| VaultError::io(folder, source))?
            .flatten()
        {
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with(SEALING_PREFIX)
            {
                std::fs::remove_file(entry.path())
                    .map_err(|source| VaultError::io(&entry.path(), source))?;
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Bytes of ciphertext, when all of it is here.
    #[must_use]
    pub fn length(&self, id: EvidenceId) -> Option<u64> {
        std::fs::metadata(self.path(id)).ok().map(|data| data.len())
    }

    /// Every file of which all is here, in no particular order.
    ///
    /// # Errors
    /// What the disk says.
    pub fn ids(&self) -> Result<Vec<EvidenceId>, VaultError> {
        let io = |source| VaultError::io(&self.folder, source);
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(io)? {
            // What is not whole has another name.
            let name = entry.map_err(io)?.file_name();
            let id = name
                .to_str()
                .and_then(|name| name.parse::<EvidenceId>().ok());
            ids.extend(id);
        }
        Ok(ids)
    }

    /// Removes a file that nothing names any more. One that is not here is no error.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove(&self, id: EvidenceId) -> Result<(), VaultError> {
        let path = self.path(id);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(VaultError::io(&path, error))
            }
            _ => Ok(()),
        }
    }

    /// The ciphertext from `offset` on, for sending, with its whole length.
    ///
    /// # Errors
    /// [`VaultError::Unknown`] when it is not here.
    pub fn ciphertext(&self, id: EvidenceId, offset: u64) -> Result<(File, u64), VaultError> {
        let path = self.path(id);
        let mut file = File::open(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => VaultError::Unknown { id },
            _ => VaultError::io(&path, source),
        })?;
        let length = file
            .metadata()
            .map_err(|source| VaultError::io(&path, source))?
            .len();
        file.seek(SeekFrom::Start(offset.min(length)))
            .map_err(|source| VaultError::io(&path, source))?;
        Ok((file, length))
    }

    /// Hashes a file anew. One that does not have its hash is removed, so that it is fetched again.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], or what the disk says.
    pub fn check(&self, id: EvidenceId) -> Result<(), VaultError> {
        let path = self.path(id);
        let (mut file, _) = self.ciphertext(id, 0)?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let read = file
                .read(&mut buffer)
                .map_err(|source| VaultError::io(&path, source))?;
            match buffer.get(..read) {
                Some([]) | None => break,
                Some(bytes) => hasher.update(bytes),
            };
        }
        if hasher.finalize().as_bytes() == id.as_bytes() {
            return Ok(());
        }
        std::fs::remove_file(&path).map_err(|source| VaultError::io(&path, source))?;
        Err(VaultError::Damaged { id, at: 0 })
    }

    /// Names are hashes in hexadecimal, so nothing from outside reaches a path.
    fn path(&self, id: EvidenceId) -> PathBuf {
        self.folder.join(id.to_string())
    }
}
