//! The newest state in parts, so that opening replays only the blocks that came after it.

use rusqlite::params;

use super::read::unsigned;
use super::{Batch, Store, StoreError, signed};

impl Store {
    /// The stored state's bytes, or `None` when there is none yet.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the part, or what the disk says.
    pub fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError> {
        const QUERY: &str = "SELECT part, sealed FROM snapshots ORDER BY part";
        let rows: Vec<(i64, Vec<u8>)> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let mut state = Vec::new();
        for (part, sealed) in &rows {
            let part = unsigned(*part).get();
            let plain = self.unseal("snapshots", &[&part.to_be_bytes()], sealed, || {
                part.to_string()
            })?;
            state.extend_from_slice(&plain);
        }
        Ok((!rows.is_empty()).then_some(state))
    }
}

impl Batch<'_> {
    /// Replaces the stored state, which comes in parts: no single row grows with it, and it never
    /// stands in memory as a whole.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_snapshot(
        &mut self,
        parts: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<(), StoreError> {
        const INSERT: &str = "INSERT INTO snapshots (part, sealed) VALUES (?1, ?2)";
        self.drop_snapshot()?;
        for (part, bytes) in (0_u64..).zip(parts) {
            let sealed = self.seal_numbered("snapshots", part, &bytes)?;
            self.run(INSERT, params![signed(part), sealed])?;
        }
        Ok(())
    }

    /// Removes the stored state: the next opening replays everything.
    ///
    /// # Errors
    /// What the disk says.
    pub fn drop_snapshot(&mut self) -> Result<(), StoreError> {
        const DELETE: &str = "DELETE FROM snapshots";
        self.run(DELETE, []).map(drop)
    }
}
