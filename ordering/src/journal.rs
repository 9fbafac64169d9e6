//! The write-ahead log: what was signed and judged at the height that is being agreed on, so that
//! a validator that was killed never votes twice.

mod found;
#[cfg(test)]
pub(crate) mod kept;
mod successor;

use std::io;
use std::path::{Path, PathBuf};

use malachite_wal::Log;
use thiserror::Error;

use found::{Form, Found};

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
    /// Not even its height can be read. A validator signs at most one height above its newest
    /// checkpoint, and that is at most one above the others'.
    #[error("{} is damaged ({detail}) and does not say which height it is about: this validator may have signed what it no longer knows. Keep it stopped until the others have made two more checkpoints than they have now, then move the file away and start again", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
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

    /// Puts these in place of all entries, at the same height. Durable when this returns; if the
    /// power is cut before, the log holds the entries of before, or these.
    ///
    /// # Errors
    /// [`JournalError`].
    fn rewrite(&mut self, entries: &[Vec<u8>]) -> Result<(), JournalError>;
}

/// The log in a file.
pub struct FileJournal {
    log: Log,
    path: PathBuf,
    found: Found,
}

impl FileJournal {
    /// Opens or makes it. An entry that a power cut tore off at the end was never acted on and is
    /// dropped.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Self::open_by(path, Self::open_file)
    }

    /// Opens one that was opened before: it had a header from then on, and one without any was
    /// emptied since.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn reopen(path: &Path) -> Result<Self, JournalError> {
        Self::open_by(path, Self::reopen_file)
    }

    fn open_by(
        path: &Path,
        open: fn(&Path) -> Result<Self, JournalError>,
    ) -> Result<Self, JournalError> {
        let Some(mut left) = successor::left_by_a_power_cut(path)? else {
            return open(path);
        };
        let entries = left.entries()?;
        // What stands in this one may be half of it, so it is not looked at.
        let log = Self::open_log(path)?;
        let path = path.to_owned();
        let found = left.found;
        let mut journal = Self { log, path, found };
        journal.take_over(&entries)?;
        Ok(journal)
    }

    /// One file, without what may lie beside it.
    fn open_file(path: &Path) -> Result<Self, JournalError> {
        let found = Found::look(path)?;
        let log = Self::open_log(path)?;
        let path = path.to_owned();
        Ok(Self { log, path, found })
    }

    fn reopen_file(path: &Path) -> Result<Self, JournalError> {
        Found::is_there(path)?;
        Self::open_file(path)
    }

    fn open_log(path: &Path) -> Result<Log, JournalError> {
        Log::open(path).map_err(|source| JournalError::Io {
            path: path.to_owned(),
            source,
        })
    }

    /// Goes over to the entries that lie beside it, which are these.
    fn take_over(&mut self, entries: &[Vec<u8>]) -> Result<(), JournalError> {
        self.fill(self.found, entries)?;
        successor::remove_beside(&self.path)
    }

    /// Holds these entries and no others, on disk too.
    fn fill(&mut self, found: Found, entries: &[Vec<u8>]) -> Result<(), JournalError> {
        self.begin(found)?;
        for entry in entries {
            self.append(entry)?;
        }
        self.sync()
    }

    /// Drops every entry and writes another header.
    fn begin(&mut self, found: Found) -> Result<(), JournalError> {
        let sequence = found.sequence();
        self.log
            .reset(sequence)
            .map_err(|error| self.failed(error))?;
        self.found = found;
        Ok(())
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
            height: self.found.height,
        }
    }
}

impl Journal for FileJournal {
    fn height(&self) -> u64 {
        self.found.height
    }

    fn entries(&mut self) -> Result<Vec<Vec<u8>>, JournalError> {
        let mut read = Vec::new();
        let mut damage = None;
        match self.log.iter() {
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok(entry) => read.extend(self.found.unframed(entry)),
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
        let framed = self.found.framed(entry);
        self.log.append(framed).map_err(|error| self.failed(error))
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.log.flush().map_err(|error| self.failed(error))
    }

    fn reset(&mut self, height: u64) -> Result<(), JournalError> {
        self.begin(Found {
            form: Form::Checked,
            height,
        })
    }

    fn rewrite(&mut self, entries: &[Vec<u8>]) -> Result<(), JournalError> {
        successor::write(self, entries)?;
        self.take_over(entries)
    }
}

#[cfg(test)]
mod tests;
