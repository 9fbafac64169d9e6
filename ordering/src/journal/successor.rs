//! A log that is written anew at the same height, with less in it.
//!
//! It stays the same file, since a peer knows by its number and birth that nobody put another one
//! in its place. So the new entries first lie whole in a file beside it, and as long as that is
//! there, it is the log, whatever stands in the other one. It is gone, on disk too, before
//! anything is added: else it would come back after a power cut and hide what was signed since.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{FileJournal, JournalError};

/// After the log's name: one that is still being written, and holds nothing that counts.
const PART: &str = ".part";
/// One that is whole.
const WHOLE: &str = ".new";

/// Writes these entries beside the log. When this returns they are the log, after a power cut too.
pub(super) fn write(journal: &FileJournal, entries: &[Vec<u8>]) -> Result<(), JournalError> {
    let part = beside(&journal.path, PART);
    // Left over where a power cut came.
    remove(&part)?;
    let mut next = FileJournal::open_file(&part)?;
    next.fill(journal.found, entries)?;
    drop(next);
    let whole = beside(&journal.path, WHOLE);
    fs::rename(&part, &whole).map_err(|source| failed(&whole, source))?;
    sync_folder(&whole)
}

/// The log beside this one, if the power was cut before it was taken over.
pub(super) fn left_by_a_power_cut(path: &Path) -> Result<Option<FileJournal>, JournalError> {
    let whole = beside(path, WHOLE);
    match fs::exists(&whole).map_err(|source| failed(&whole, source))? {
        true => FileJournal::reopen_file(&whole).map(Some),
        // It may be gone from its folder and not from the disk yet.
        false => sync_folder(&whole).map(|()| None),
    }
}

/// Drops it, after everything in it is in the log and on disk.
pub(super) fn remove_beside(path: &Path) -> Result<(), JournalError> {
    remove(&beside(path, WHOLE))
}

fn remove(path: &Path) -> Result<(), JournalError> {
    match fs::remove_file(path) {
        Err(none) if none.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(failed(path, source)),
        Ok(()) => sync_folder(path),
    }
}

/// A name is on disk, or gone from it, only when its folder is.
fn sync_folder(of: &Path) -> Result<(), JournalError> {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| failed(of, source))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

fn failed(path: &Path, source: io::Error) -> JournalError {
    JournalError::Io {
        path: path.to_owned(),
        source,
    }
}
