//! Reading items back, in order of arrival or by what they are.

use chopmark_core::{BlockId, DeviceId, Height, SectionHash, Seq, SubjectId};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Slot, Store, StoreError, signed};
use crate::seal::bound;

/// Number of an arrival in one store, from 1, never given twice while the item is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(u64);

impl Number {
    /// Wraps a number that came from a store or a frame.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Where a record of this block stands among touches.
    pub(super) fn place(self, index: u16) -> i64 {
        signed((self.0 << 16) | u64::from(index))
    }

    /// The place that an item's ciphertext is bound to.
    pub(super) fn bound(self, kind: ItemKind, name: &[u8]) -> Vec<u8> {
        bound(
            "items",
            &[&self.0.to_be_bytes(), &kind.code().to_be_bytes(), name],
        )
    }
}

/// What an item is. Code 3 in the table is an item that was damaged and forgotten: its number stays
/// taken. Code 4 is a section that was purged: its name stays taken too, so that it does not come
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A block without its sections.
    Block,
    /// A section's ciphertext.
    Section,
    /// A checkpoint.
    Checkpoint,
}

impl ItemKind {
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Block => 0,
            Self::Section => 1,
            Self::Checkpoint => 2,
        }
    }

    fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Block),
            1 => Some(Self::Section),
            2 => Some(Self::Checkpoint),
            _ => None,
        }
    }

    pub(super) const fn space(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Section => "section",
            Self::Checkpoint => "checkpoint",
        }
    }
}

/// An item as it arrived.
#[derive(Clone, Debug)]
pub struct StoredItem {
    /// When it arrived.
    pub number: Number,
    /// What it is.
    pub kind: ItemKind,
    /// Where it came from.
    pub origin: Slot,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A record that touches a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The block's number of arrival.
    pub number: Number,
    /// The record's index in its block.
    pub index: u16,
    /// The block's index in the log, once it is final.
    pub log_index: Option<u64>,
}

/// Which arrivals to list.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    /// Only arrivals after this one.
    pub number: Number,
    /// At most so many.
    pub limit: usize,
    /// At most so many bytes of ciphertext, but always one item.
    pub bytes: usize,
}

impl Since {
    fn rows(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

impl Store {
    /// What arrived after a number, in order, except what came from `except`.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says; as for all that follow.
    pub fn items_since(&self, since: Since, except: Slot) -> Result<Vec<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT number, kind, origin, name, sealed FROM items \
                             WHERE number > ?1 AND origin <> ?2 AND kind < 3 ORDER BY number LIMIT ?3";
        let values = params![
            signed(since.number.get()),
            signed(except.get()),
            since.rows()
        ];
        self.list(QUERY, since, values)
    }

    /// What was made here or handed over here after a number and is not final: blocks without a
    /// checkpoint, also those that do not continue a feed as far as is known here, and sections,
    /// which no checkpoint confirms.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn outbox_since(&self, since: Since) -> Result<Vec<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT number, kind, origin, name, sealed FROM items \
                             WHERE number > ?1 AND origin = ?2 AND \
                             (kind = 1 OR number IN (SELECT number FROM open_blocks) \
                             OR number IN (SELECT number FROM aside_blocks)) ORDER BY number LIMIT ?3";
        let here = signed(Slot::HERE.get());
        let values = params![signed(since.number.get()), here, since.rows()];
        self.list(QUERY, since, values)
    }

    fn list(
        &self,
        query: &str,
        since: Since,
        values: impl rusqlite::Params,
    ) -> Result<Vec<StoredItem>, StoreError> {
        let rows: Vec<SealedItem> = self.read(|connection| {
            let mut statement = connection.prepare_cached(query)?;
            let mut rows = statement.query(values)?;
            let mut list = Vec::new();
            let mut bytes = 0usize;
            while let Some(row) = rows.next()? {
                let item = SealedItem::from_row(row)?;
                bytes = bytes.saturating_add(item.sealed.len());
                if bytes > since.bytes && !list.is_empty() {
                    break;
                }
                list.push(item);
            }
            Ok(list)
        })?;
        rows.into_iter().map(|row| row.open(self)).collect()
    }

    /// The newest number given, or 0.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn newest(&self) -> Result<Number, StoreError> {
        const QUERY: &str = "SELECT coalesce(max(number), 0) FROM items";
        let newest: i64 = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([], |row| row.get(0))
        })?;
        Ok(unsigned(newest))
    }

    /// A block's bytes by its id.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn block(&self, id: BlockId) -> Result<Option<StoredItem>, StoreError> {
        self.by_name(ItemKind::Block, id.as_bytes())
    }

    /// A section's ciphertext by its hash.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn section(&self, hash: SectionHash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .by_name(ItemKind::Section, hash.as_bytes())?
            .map(|item| item.bytes))
    }

    /// Whether a section was purged here: it does not come again, and nothing is wrong with it.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn is_purged(&self, hash: SectionHash) -> Result<bool, StoreError> {
        const QUERY: &str = "SELECT count(*) FROM items WHERE name = ?1 AND kind = 4";
        let name = self.rows.name(ItemKind::Section.space(), hash.as_bytes());
        let purged: i64 = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([name.as_slice()], |row| row.get(0))
        })?;
        Ok(purged > 0)
    }

    /// A section with its number.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub(crate) fn section_item(&self, hash: SectionHash) -> Result<Option<StoredItem>, StoreError> {
        self.by_name(ItemKind::Section, hash.as_bytes())
    }

    /// An item by its number.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn item(&self, number: Number) -> Result<Option<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT number, kind, origin, name, sealed FROM items \
                             WHERE number = ?1 AND kind < 3";
        self.one(QUERY, params![signed(number.get())])
    }

    /// The checkpoint of a height.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn checkpoint(&self, height: Height) -> Result<Option<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT i.number, i.kind, i.origin, i.name, i.sealed FROM checkpoints c \
                             JOIN items i ON i.number = c.number WHERE c.height = ?1";
        self.one(QUERY, params![signed(height.0)])
    }

    /// Blocks without a checkpoint, in order of arrival; not those kept aside.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn open_blocks(&self, since: Since) -> Result<Vec<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT i.number, i.kind, i.origin, i.name, i.sealed FROM open_blocks o \
                             JOIN items i ON i.number = o.number WHERE o.number > ?1 ORDER BY o.number LIMIT ?2";
        let values = params![signed(since.number.get()), since.rows()];
        self.list(QUERY, since, values)
    }

    /// Of these, all that were made here or handed over here.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn own_open_blocks(&self) -> Result<Vec<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT i.number, i.kind, i.origin, i.name, i.sealed FROM open_blocks o \
                             JOIN items i ON i.number = o.number WHERE i.origin = ?1 ORDER BY o.number";
        self.all(QUERY, params![signed(Slot::HERE.get())])
    }

    /// The first arrival among the blocks without a checkpoint.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub(crate) fn first_open(&self) -> Result<Option<Number>, StoreError> {
        const QUERY: &str = "SELECT min(number) FROM open_blocks";
        let first: Option<i64> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([], |row| row.get(0))
        })?;
        Ok(first.map(unsigned))
    }

    /// Every block kept aside, in order of arrival.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn aside_blocks(&self) -> Result<Vec<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT i.number, i.kind, i.origin, i.name, i.sealed FROM aside_blocks a \
                             JOIN items i ON i.number = a.number ORDER BY a.number";
        self.all(QUERY, [])
    }

    /// Every checkpoint above a height, lowest first.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn checkpoints_above(&self, height: Height) -> Result<Vec<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT i.number, i.kind, i.origin, i.name, i.sealed FROM checkpoints c \
                             JOIN items i ON i.number = c.number WHERE c.height > ?1 ORDER BY c.height";
        self.all(QUERY, params![signed(height.0)])
    }

    /// The block that has a place of a device's feed.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn fed(&self, device: DeviceId, seq: Seq) -> Result<Option<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT i.number, i.kind, i.origin, i.name, i.sealed FROM feeds f \
                             JOIN items i ON i.number = f.number WHERE f.device = ?1 AND f.seq = ?2";
        let device = self.rows.name("device", device.as_bytes());
        self.one(QUERY, params![device.as_slice(), signed(seq.0)])
    }

    /// Every record here that touches a subject, in order of arrival.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn records_of(&self, subject: SubjectId) -> Result<Vec<Touch>, StoreError> {
        const QUERY: &str = "SELECT t.place, l.log_index FROM touches t \
                             LEFT JOIN log l ON l.number = (t.place >> 16) WHERE t.subject = ?1 ORDER BY t.place";
        let name = self.rows.name("subject", subject.as_bytes());
        self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_map([name.as_slice()], |row| {
                    let place = unsigned(row.get(0)?).get();
                    let log_index: Option<i64> = row.get(1)?;
                    Ok(Touch {
                        number: Number(place >> 16),
                        // The lower 16 bits, so this always fits.
                        index: u16::try_from(place & 0xffff).unwrap_or(u16::MAX),
                        log_index: log_index.map(|index| unsigned(index).get()),
                    })
                })?
                .collect()
        })
    }

    /// Sections that blocks here name and that have not come.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn expected_sections(&self) -> Result<Vec<SectionHash>, StoreError> {
        const QUERY: &str = "SELECT name, sealed FROM expected_sections";
        let rows: Vec<(Vec<u8>, Vec<u8>)> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let open = |(name, sealed): (Vec<u8>, Vec<u8>)| {
            let row = || format!("{name:02x?}");
            let plain = self.unseal("expected_sections", &[&name], &sealed, row)?;
            let damaged = || StoreError::DamagedRow {
                table: "expected_sections",
                row: row(),
            };
            Ok(SectionHash::from_bytes(
                *plain.first_chunk().ok_or_else(damaged)?,
            ))
        };
        rows.into_iter().map(open).collect()
    }

    /// Why a peer did not take an item, if one said so.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn refusal(&self, number: Number) -> Result<Option<Vec<u8>>, StoreError> {
        const QUERY: &str = "SELECT sealed FROM refusals WHERE number = ?1";
        let sealed: Option<Vec<u8>> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([signed(number.get())], |row| row.get(0))
                .optional()
        })?;
        let key = number.get().to_be_bytes();
        sealed
            .map(|sealed| self.unseal("refusals", &[&key], &sealed, || number.get().to_string()))
            .transpose()
    }

    /// Everything that a peer did not take, with its reason.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn refusals(&self) -> Result<Vec<(Number, Vec<u8>)>, StoreError> {
        const QUERY: &str = "SELECT number, sealed FROM refusals ORDER BY number";
        let rows: Vec<(i64, Vec<u8>)> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let open = |(number, sealed): (i64, Vec<u8>)| {
            let number = unsigned(number);
            let key = number.get().to_be_bytes();
            let row = || number.get().to_string();
            let reason = self.unseal("refusals", &[&key], &sealed, row)?;
            Ok((number, reason))
        };
        rows.into_iter().map(open).collect()
    }

    fn all(
        &self,
        query: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<StoredItem>, StoreError> {
        let rows: Vec<SealedItem> = self.read(|connection| {
            connection
                .prepare_cached(query)?
                .query_map(values, SealedItem::from_row)?
                .collect()
        })?;
        rows.into_iter().map(|row| row.open(self)).collect()
    }

    fn by_name(&self, kind: ItemKind, id: &[u8; 32]) -> Result<Option<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT number, kind, origin, name, sealed FROM items \
                             WHERE name = ?1 AND kind < 3";
        let name = self.rows.name(kind.space(), id);
        self.one(QUERY, params![name.as_slice()])
    }

    pub(super) fn one(
        &self,
        query: &str,
        values: impl rusqlite::Params,
    ) -> Result<Option<StoredItem>, StoreError> {
        let row = self.read(|connection| {
            connection
                .prepare_cached(query)?
                .query_row(values, SealedItem::from_row)
                .optional()
        })?;
        row.map(|row| row.open(self)).transpose()
    }
}

/// Numbers in the file were written from unsigned ones; a negative one is damage and reads as 0.
pub(super) fn unsigned(number: i64) -> Number {
    Number(u64::try_from(number).unwrap_or(0))
}

struct SealedItem {
    number: Number,
    kind: i64,
    origin: i64,
    name: Vec<u8>,
    sealed: Vec<u8>,
}

impl SealedItem {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: unsigned(row.get(0)?),
            kind: row.get(1)?,
            origin: row.get(2)?,
            name: row.get(3)?,
            sealed: row.get(4)?,
        })
    }

    fn open(self, store: &Store) -> Result<StoredItem, StoreError> {
        let damaged = || StoreError::DamagedRow {
            table: "items",
            row: self.number.get().to_string(),
        };
        let kind = ItemKind::from_code(self.kind).ok_or_else(damaged)?;
        let bytes = store
            .rows
            .open(&self.number.bound(kind, &self.name), &self.sealed)
            .map_err(|_| damaged())?;
        Ok(StoredItem {
            number: self.number,
            kind,
            origin: Slot::new(unsigned(self.origin).get()),
            bytes,
        })
    }
}
