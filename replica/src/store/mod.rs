//! The encrypted database: one writer, many readers, nothing acknowledged before fsync.

mod backup;
mod batch;
mod error;
mod evidence;
mod lineage;
mod log;
mod notes;
mod peers;
mod read;
mod recent;
mod sections;
mod snapshot;
#[cfg(test)]
mod tests;
mod tiles;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::watch;

use crate::lock::{self, Lock, Strength, UnlockError};
use crate::seal::{DataKey, RowKeys, bound, random_bytes};

pub use batch::{Batch, NewBlock, SectionPut};
pub use error::StoreError;
pub use evidence::{EvidenceRow, EvidenceState};
pub use notes::Note;
pub use peers::{PeerRow, Slot};
pub use read::{ItemKind, Number, Since, StoredItem, Touch};
pub(crate) use recent::Arrival;
pub use sections::Purge;

/// The database file in a replica's folder.
const FILE: &str = "ledger.db";
/// Schema steps in order; a database at version n has had the first n.
const MIGRATIONS: [&str; 3] = [
    include_str!("../../migrations/0001_start.sql"),
    include_str!("../../migrations/0002_lineage.sql"),
    include_str!("../../migrations/0003_log_tiles.sql"),
];
/// 3.51.3 mended a bug in which a reset of the write-ahead log could lose a commit.
const OLDEST_SQLITE: i32 = 3_051_003;
/// How long a writer waits for another process before it says so.
const BUSY_MS: u64 = 2_000;
/// Idle read connections kept open; more are made when needed and closed after.
const IDLE_READERS: usize = 4;

/// Which copy this is: 16 random bytes made with the store. Numbers of arrival mean something only
/// together with it, so a restored or rebuilt copy is never taken for the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance([u8; 16]);

impl Instance {
    /// Wraps the bytes of a hello frame.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A replica's encrypted database. All methods block: call them off the async runtime.
pub struct Store {
    folder: PathBuf,
    path: PathBuf,
    instance: Instance,
    key: DataKey,
    rows: RowKeys,
    /// Before the writer, so that it closes last: only a connection that may write merges the
    /// write-ahead log into the database when it is the last one.
    readers: Mutex<Vec<Connection>>,
    /// `None` after an error that spoils a connection, until the next use opens a new one.
    writer: Mutex<Option<Connection>>,
    /// Of a peer's store, which passes arrivals on; of a device's nothing is kept.
    recent: Mutex<recent::Recent>,
    passes_on: bool,
    met: Mutex<peers::Met>,
    /// Told when what is known of files of evidence has changed.
    files: watch::Sender<()>,
}

impl Store {
    /// Makes a new store in `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one already; otherwise what the disk or lock says.
    pub fn create(folder: &Path, lock: Lock<'_>) -> Result<Self, StoreError> {
        check_sqlite()?;
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Io {
            path: folder.to_owned(),
            source,
        })?;
        let path = folder.join(FILE);
        if path.exists() {
            return Err(StoreError::Exists { path });
        }
        let key = lock::create(folder, lock)?;
        // Made by SQLite it would follow the umask.
        crate::files::private_file(
            &path,
            std::fs::OpenOptions::new().write(true).create_new(true),
        )
        .map_err(|source| StoreError::Io {
            path: path.clone(),
            source,
        })?;
        let writer = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrate(&path, &writer)?;
        let store = Self {
            folder: folder.to_owned(),
            path,
            instance: Instance(random_bytes()?),
            rows: key.row_keys(),
            key,
            writer: Mutex::new(Some(writer)),
            readers: Mutex::default(),
            recent: Mutex::default(),
            passes_on: false,
            met: Mutex::default(),
            files: watch::Sender::default(),
        };
        let mut batch = store.batch()?;
        batch.put_fact("instance", store.instance.as_bytes())?;
        batch.commit()?;
        Ok(store)
    }

    /// Opens the store in `folder`.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Unlock`], [`StoreError::DamagedFile`] and the others.
    pub fn open(folder: &Path, lock: Lock<'_>) -> Result<Self, StoreError> {
        check_sqlite()?;
        let path = folder.join(FILE);
        if !path.exists() {
            return Err(StoreError::Missing { path });
        }
        let key = lock::open(folder, lock, wall_clock_ms())?;
        let writer = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrate(&path, &writer)?;
        let mut store = Self {
            folder: folder.to_owned(),
            path,
            instance: Instance([0; 16]),
            rows: key.row_keys(),
            key,
            writer: Mutex::new(Some(writer)),
            readers: Mutex::default(),
            recent: Mutex::default(),
            passes_on: false,
            met: Mutex::default(),
            files: watch::Sender::default(),
        };
        let damaged = || StoreError::DamagedRow {
            table: "meta",
            row: "instance".to_owned(),
        };
        let instance = store.fact("instance")?.ok_or_else(damaged)?;
        store.instance = Instance(instance.try_into().map_err(|_| damaged())?);
        Ok(store)
    }

    /// Keeps the newest arrivals in memory: they go to many.
    pub(crate) fn pass_on(&mut self) {
        self.passes_on = true;
    }

    /// Whether `folder` holds a store.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// Whether `folder` held a store whose database was taken away: its key file is left.
    #[must_use]
    pub fn is_taken_away(folder: &Path) -> bool {
        !Self::exists(folder) && lock::has_key_file(folder)
    }

    /// Which copy this is.
    #[must_use]
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// The folder it lies in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Locks the same data key under another passphrase.
    ///
    /// # Errors
    /// [`UnlockError::Io`] when the lock file cannot be written; the old passphrase then stays.
    pub fn change_passphrase(
        &self,
        passphrase: &str,
        strength: Strength,
    ) -> Result<(), UnlockError> {
        lock::wrap(&self.folder, &self.key, passphrase, strength)
    }

    /// Checks a passphrase against the lock file, with its delay after wrong ones.
    ///
    /// # Errors
    /// [`UnlockError`], as when opening.
    pub fn check_passphrase(&self, passphrase: &str) -> Result<(), UnlockError> {
        // The strength is read from the lock file.
        let lock = Lock::Passphrase {
            passphrase,
            strength: Strength::Desktop,
        };
        lock::open(&self.folder, lock, wall_clock_ms()).map(drop)
    }

    /// Reads every page and every index, as SQLite's own check does. Slow on a large file.
    ///
    /// # Errors
    /// [`StoreError::DamagedFile`] naming the first thing found.
    pub fn check(&self) -> Result<(), StoreError> {
        let found: String = self.read(|connection| {
            connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        })?;
        if found == "ok" {
            return Ok(());
        }
        Err(StoreError::DamagedFile {
            path: self.path.clone(),
            detail: found,
        })
    }

    /// Starts a batch: all of it is on disk when [`Batch::commit`] returns, or none of it.
    /// Waits for the batch before it. While one is open on a [`crate::Replica`]'s store, that replica
    /// must not be asked or changed: it locks its memory first and this second.
    ///
    /// # Errors
    /// What the disk says.
    pub fn batch(&self) -> Result<Batch<'_>, StoreError> {
        Batch::begin(self)
    }

    /// Lets the file grow by so many pages at most, as a full disk would.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, more: Option<i64>) {
        let used: i64 = self
            .read(|reader| reader.query_row("PRAGMA page_count", [], |row| row.get(0)))
            .unwrap();
        let limit = more.map_or(1_000_000, |more| used + more);
        let writer = self.writer().unwrap();
        writer
            .as_ref()
            .unwrap()
            .pragma_update(None, "max_page_count", limit)
            .unwrap();
    }

    /// The writer, opened anew after an error that spoiled it.
    fn writer(&self) -> Result<MutexGuard<'_, Option<Connection>>, StoreError> {
        // A panic between statements leaves at worst an open transaction, which SQLite rolls back.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writer.is_none() {
            *writer = Some(connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?);
        }
        Ok(writer)
    }

    /// Runs `query` on a connection of its own, beside the writer.
    fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let idle = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let reader = match idle {
            Some(reader) => reader,
            None => connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let result = query(&reader).map_err(|error| StoreError::from_sqlite(&self.path, error));
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let spoilt = result
            .as_ref()
            .err()
            .is_some_and(StoreError::spoils_connection);
        if !spoilt && readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        result
    }

    /// A fact about this copy that the layers above keep here, such as the genesis.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the fact, or what the disk says.
    pub fn fact(&self, fact: &str) -> Result<Option<Vec<u8>>, StoreError> {
        use rusqlite::OptionalExtension as _;
        const QUERY: &str = "SELECT sealed FROM meta WHERE fact = ?1";
        let sealed: Option<Vec<u8>> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([fact], |row| row.get(0))
                .optional()
        })?;
        sealed
            .map(|sealed| self.unseal("meta", &[fact.as_bytes()], &sealed, || fact.to_owned()))
            .transpose()
    }

    fn unseal(
        &self,
        table: &'static str,
        columns: &[&[u8]],
        sealed: &[u8],
        row: impl FnOnce() -> String,
    ) -> Result<Vec<u8>, StoreError> {
        self.rows
            .open(&bound(table, columns), sealed)
            .map_err(|_| StoreError::DamagedRow { table, row: row() })
    }
}

/// Milliseconds since 1970 by this machine's clock; 0 when it stands before that.
pub(crate) fn wall_clock_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |passed| {
            u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
        })
}

/// SQLite's integers are signed; numbers of arrival stay far below their end.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn check_sqlite() -> Result<(), StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::OldSqlite {
            found: rusqlite::version(),
        });
    }
    Ok(())
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    let open = || -> rusqlite::Result<Connection> {
        let connection =
            Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(std::time::Duration::from_millis(BUSY_MS))?;
        if access.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
            connection.pragma_update(None, "journal_mode", "WAL")?;
        }
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Corrupt cells are found when their page is read, before anything trusts them.
        connection.pragma_update(None, "cell_size_check", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    };
    open().map_err(|error| StoreError::from_sqlite(path, error))
}

fn migrate(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::from_sqlite(path, error);
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(sqlite)?;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for (step, sql) in (1_i64..).zip(MIGRATIONS) {
        if step > found {
            connection
                .execute_batch(&format!(
                    "BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {step};\nCOMMIT;"
                ))
                .map_err(sqlite)?;
        }
    }
    Ok(())
}
