//! The log: which blocks are in it, and where.

use chopmark_core::{BlockId, Height};
use rusqlite::{OptionalExtension as _, params};

use super::read::{ItemKind, unsigned};
use super::{Number, Store, StoreError, StoredItem, signed};

impl Store {
    /// The block at an index of the log.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn logged(&self, log_index: u64) -> Result<Option<StoredItem>, StoreError> {
        const QUERY: &str = "SELECT i.number, i.kind, i.origin, i.name, i.sealed FROM log l \
                             JOIN items i ON i.number = l.number WHERE l.log_index = ?1";
        self.one(QUERY, params![signed(log_index)])
    }

    /// Where a block stands in the log, once it is final.
    ///
    /// # Errors
    /// As [`Self::items_since`].
    pub fn log_index(&self, id: BlockId) -> Result<Option<u64>, StoreError> {
        const QUERY: &str =
            "SELECT l.log_index FROM items i JOIN log l ON l.number = i.number WHERE i.name = ?1";
        let name = self.rows.name(ItemKind::Block.space(), id.as_bytes());
        let index: Option<i64> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([name.as_slice()], |row| row.get(0))
                .optional()
        })?;
        Ok(index.map(|index| unsigned(index).get()))
    }

    /// Whether a block is here.
    ///
    /// # Errors
    /// What the disk says.
    pub fn has_block(&self, id: BlockId) -> Result<bool, StoreError> {
        const QUERY: &str = "SELECT count(*) FROM items WHERE name = ?1";
        let name = self.rows.name(ItemKind::Block.space(), id.as_bytes());
        let count: i64 = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([name.as_slice()], |row| row.get(0))
        })?;
        Ok(count > 0)
    }

    /// The first arrival among the checkpoints above a height.
    ///
    /// # Errors
    /// What the disk says.
    pub fn first_above(&self, height: Height) -> Result<Option<Number>, StoreError> {
        const QUERY: &str = "SELECT min(number) FROM checkpoints WHERE height > ?1";
        let first: Option<i64> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([signed(height.0)], |row| row.get(0))
        })?;
        Ok(first.map(unsigned))
    }
}
