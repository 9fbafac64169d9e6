//! The write-ahead log: what was signed and judged at the height that is being agreed on, so that
//! a validator that was killed never votes twice.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use chopmark_core::limits::MESSAGE_BYTES;
use malachite_wal::Log;
use thiserror::Error;

/// No entry is longer: the longest holds a checkpoint, as a message does.
const ENTRY_BYTES: u64 = 2 * MESSAGE_BYTES as u64;
/// Before the first entry: version and height.
const HEADER_BYTES: u64 = 12;
/// Before an entry's bytes: compression, length, check sum.
const ENTRY_HEADER_BYTES: u64 = 13;

/// Why the log cannot be read or written. The validator must stop: it no longer knows what it
/// signed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The disk.
    #[error("{}: {source}; the validator stops, since it could forget what it signed", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Its bytes are not what was written.
    #[error("{} is damaged ({detail}): this validator may have signed what it no longer knows. Keep it stopped until the others are past height {height}, then move the file away and start again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
        /// The height that it was about.
        height: u64,
    },
}

/// A log of one height's entries.
pub trait Journal {
    /// The height that its entries are about.
    fn height(&self) -> u64;

    /// Every entry, in order.
    ///
    /// # Errors
    /// [`JournalError`].
    fn entries(&mut self) -> Result<Vec<Vec<u8>>, JournalError>;

    /// Adds an entry; it lasts once [`Self::sync`] has returned.
    ///
    /// # Errors
    /// [`JournalError`].
    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError>;

    /// Returns once every entry is on disk.
    ///
    /// # Errors
    /// [`JournalError`].
    fn sync(&mut self) -> Result<(), JournalError>;

    /// Drops every entry and begins another height. Durable when this returns.
    ///
    /// # Errors
    /// [`JournalError`].
    fn reset(&mut self, height: u64) -> Result<(), JournalError>;
}

/// The log in a file.
pub struct FileJournal {
    log: Log,
    path: PathBuf,
}

impl FileJournal {
    /// Opens or makes it. An entry that a power cut tore off at the end was never acted on and is
    /// dropped.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        check_lengths(path)?;
        let log = Log::open(path).map_err(|source| JournalError::Io {
            path: path.to_owned(),
            source,
        })?;
        let path = path.to_owned();
        Ok(Self { log, path })
    }

    fn failed(&self, source: io::Error) -> JournalError {
        JournalError::Io {
            path: self.path.clone(),
            source,
        }
    }

    fn damaged(&self, detail: &io::Error) -> JournalError {
        JournalError::Damaged {
            path: self.path.clone(),
            detail: detail.to_string(),
            height: self.log.sequence(),
        }
    }
}

impl Journal for FileJournal {
    fn height(&self) -> u64 {
        self.log.sequence()
    }

    fn entries(&mut self) -> Result<Vec<Vec<u8>>, JournalError> {
        let mut read = Vec::new();
        let mut damage = None;
        match self.log.iter() {
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok(entry) => read.push(entry),
                        Err(error) => {
                            damage = Some(error);
                            break;
                        }
                    }
                }
            }
            Err(error) => damage = Some(error),
        }
        match damage {
            None => Ok(read),
            Some(error) => Err(self.damaged(&error)),
        }
    }

    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError> {
        self.log.append(entry).map_err(|error| self.failed(error))
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.log.flush().map_err(|error| self.failed(error))
    }

    fn reset(&mut self, height: u64) -> Result<(), JournalError> {
        self.log.reset(height).map_err(|error| self.failed(error))
    }
}

/// Refuses a log with a length that nothing here wrote. Opening it would take everything from
/// there on for torn off, and forget votes that were sent.
fn check_lengths(path: &Path) -> Result<(), JournalError> {
    let io = |source| JournalError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io(error)),
    };
    let size = file.metadata().map_err(io)?.len();
    if size == 0 {
        return Ok(());
    }
    let mut header = [0; 12];
    if size < HEADER_BYTES {
        return Err(damaged(path, "it is shorter than its header", 0));
    }
    file.read_exact(&mut header).map_err(io)?;
    let [.., a, b, c, d, e, f, g, h] = header;
    let height = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    let mut at = HEADER_BYTES;
    while size.saturating_sub(at) >= ENTRY_HEADER_BYTES {
        let mut entry = [0; 9];
        file.seek(SeekFrom::Start(at)).map_err(io)?;
        file.read_exact(&mut entry).map_err(io)?;
        let [compressed, length @ ..] = entry;
        let length = u64::from_be_bytes(length);
        if compressed != 0 || length > ENTRY_BYTES {
            return Err(damaged(path, "an entry has an impossible length", height));
        }
        at = at.saturating_add(ENTRY_HEADER_BYTES).saturating_add(length);
    }
    Ok(())
}

fn damaged(path: &Path, detail: &str, height: u64) -> JournalError {
    JournalError::Damaged {
        path: path.to_owned(),
        detail: detail.to_owned(),
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(entries: &[&[u8]]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("votes.wal");
        let mut journal = FileJournal::open(&path).unwrap();
        journal.reset(7).unwrap();
        for entry in entries {
            journal.append(entry).unwrap();
        }
        journal.sync().unwrap();
        (folder, path)
    }

    #[test]
    fn entries_come_back_in_order_with_their_height() {
        let (_folder, path) = written(&[b"one", b"two"]);
        let mut journal = FileJournal::open(&path).unwrap();
        assert_eq!(journal.height(), 7);
        assert_eq!(
            journal.entries().unwrap(),
            [b"one".to_vec(), b"two".to_vec()]
        );
        journal.reset(8).unwrap();
        assert!(journal.entries().unwrap().is_empty());
    }

    #[test]
    fn an_entry_that_was_torn_off_is_dropped() {
        let (_folder, path) = written(&[b"one", b"two"]);
        let size = std::fs::metadata(&path).unwrap().len();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(size - 1)
            .unwrap();
        let mut journal = FileJournal::open(&path).unwrap();
        assert_eq!(journal.entries().unwrap(), [b"one".to_vec()]);
    }

    /// What remains unnoticed: a length that changed to one that a power cut could have left.
    #[test]
    fn a_byte_that_changed_stops_the_validator() {
        let (_folder, path) = written(&[b"one", b"two"]);
        let whole = std::fs::read(&path).unwrap();
        let low_bytes_of_lengths = [19, 20, 35, 36];
        for at in 12..whole.len() {
            if low_bytes_of_lengths.contains(&at) {
                continue;
            }
            let mut bytes = whole.clone();
            bytes[at] ^= 0x81;
            std::fs::write(&path, &bytes).unwrap();
            let read = FileJournal::open(&path).and_then(|mut journal| journal.entries());
            let told = matches!(read, Err(JournalError::Damaged { height: 7, .. }));
            assert!(told, "a change at {at} was not noticed: {read:?}");
        }
    }
}
