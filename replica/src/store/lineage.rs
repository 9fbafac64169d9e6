//! What came of what, checkpoint by checkpoint.

use chopmark_core::Height;
use rusqlite::params;

use super::{Batch, Store, StoreError, signed};

impl Batch<'_> {
    /// Keeps what came of what in a checkpoint.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_lineage(&mut self, height: Height, bytes: &[u8]) -> Result<(), StoreError> {
        const INSERT: &str = "INSERT OR REPLACE INTO lineage (height, sealed) VALUES (?1, ?2)";
        let sealed = self.seal_numbered("lineage", height.0, bytes)?;
        self.run(INSERT, params![signed(height.0), sealed])
            .map(drop)
    }
}

impl Store {
    /// Goes through what came of what up to a checkpoint, in order.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn lineage_up_to(
        &self,
        height: Height,
        mut take: impl FnMut(Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        const QUERY: &str = "SELECT height, sealed FROM lineage WHERE height > ?1 AND height <= ?2 \
                             ORDER BY height LIMIT 4096";
        let mut after = 0;
        loop {
            let rows: Vec<(i64, Vec<u8>)> = self.read(|connection| {
                let mut statement = connection.prepare_cached(QUERY)?;
                let rows = statement.query_map(params![after, signed(height.0)], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
                rows.collect()
            })?;
            let Some((newest, _)) = rows.last() else {
                return Ok(());
            };
            after = *newest;
            for (at, sealed) in rows {
                let key = at.to_be_bytes();
                let plain = self.unseal("lineage", &[&key], &sealed, || at.to_string())?;
                take(plain)?;
            }
        }
    }
}
