//! What can go wrong with a store, and what to do about it.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::lock::UnlockError;
use crate::seal::NoRandomness;

/// Why the store did not do what was asked. Nothing of the failed batch is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The lock did not open.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// The folder already holds a store.
    #[error("{} already exists: open it instead, or choose an empty folder", path.display())]
    Exists {
        /// The database file.
        path: PathBuf,
    },
    /// The folder holds no store.
    #[error("{} does not exist: this folder holds no replica yet", path.display())]
    Missing {
        /// The database file.
        path: PathBuf,
    },
    /// Another process has the database open for writing.
    #[error("{} is in use by another process: close the other one first", path.display())]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// One row does not open or does not decode: it was changed outside, or the disk failed.
    #[error(
        "row {row} of table {table} is damaged; what peers also hold is fetched again at the next sync"
    )]
    DamagedRow {
        /// The table.
        table: &'static str,
        /// The row's key: its number, or the name of the fact.
        row: String,
    },
    /// A page of the database or the whole file is not what SQLite wrote.
    #[error(
        "{} is damaged ({detail}): copy the folder away, then start with an empty one and sync again; \
         what was signed here and never sent is only in the copy",
        path.display()
    )]
    DamagedFile {
        /// The database file.
        path: PathBuf,
        /// What SQLite found.
        detail: String,
    },
    /// No room to write. Nothing is lost; what was asked is not done.
    #[error("the disk is full: free some space and try again; nothing that was stored is lost")]
    DiskFull,
    /// The system failed to read, write or sync.
    #[error(
        "the disk reports an error ({detail}): nothing unconfirmed is taken as stored; try again, and check the disk"
    )]
    Disk {
        /// What SQLite said.
        detail: String,
    },
    /// The database was written by a newer version.
    #[error(
        "this replica was written by a newer version (schema {found}, this one knows {known}): update the program"
    )]
    NewerSchema {
        /// The file's schema version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The SQLite linked into this program is too old to be safe.
    #[error(
        "SQLite {found} is older than 3.51.3, which can lose committed data when the log is reset"
    )]
    OldSqlite {
        /// The linked version.
        found: &'static str,
    },
    /// A file or folder could not be made.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No random bytes for a nonce.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// A query failed in a way that is a defect of this program.
    #[error("the database refused a query: {0}")]
    Query(rusqlite::Error),
}

impl StoreError {
    /// Sorts what SQLite says into what a person can act on. `path` is the database file.
    pub(super) fn from_sqlite(path: &std::path::Path, error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, text) = &error else {
            return match &error {
                // STRICT columns cannot hold another type unless the page was changed.
                rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..) => Self::DamagedFile {
                    path: path.to_owned(),
                    detail: error.to_string(),
                },
                _ => Self::Query(error),
            };
        };
        let detail = text.clone().unwrap_or_else(|| failure.to_string());
        match failure.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::DamagedFile {
                path: path.to_owned(),
                detail,
            },
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied => Self::Disk { detail },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::InUse {
                path: path.to_owned(),
            },
            _ => Self::Query(error),
        }
    }

    /// Whether the connection that met this error must not be used again: after a failed fsync the
    /// system may have dropped pages that SQLite believes written.
    pub(super) fn spoils_connection(&self) -> bool {
        matches!(self, Self::Disk { .. } | Self::DamagedFile { .. })
    }
}
