//! Which evidence blocks name, and whether its bytes are here.

use chopmark_core::EvidenceId;
use rusqlite::params;
use tokio::sync::watch;

use super::{Batch, Store, StoreError};
use crate::seal::bound;

/// Where a file of evidence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceState {
    /// A block names it; its bytes are not here.
    Wanted,
    /// Its bytes are here.
    Here,
    /// Its bytes are here, and a peer has confirmed that it has them.
    Shared,
}

impl EvidenceState {
    const fn code(self) -> i64 {
        match self {
            Self::Wanted => 0,
            Self::Here => 1,
            Self::Shared => 2,
        }
    }
}

/// A file of evidence that blocks name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Its id.
    pub id: EvidenceId,
    /// Bytes of its ciphertext.
    pub length: u64,
}

impl Store {
    /// Told after each batch that changes what is known of files.
    pub(crate) fn files(&self) -> watch::Receiver<()> {
        self.files.subscribe()
    }

    /// Evidence in a state, oldest first, at most `limit` of it.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn evidence_in(
        &self,
        state: EvidenceState,
        limit: usize,
    ) -> Result<Vec<EvidenceRow>, StoreError> {
        const QUERY: &str =
            "SELECT name, sealed FROM evidence WHERE state = ?1 ORDER BY number LIMIT ?2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>, Vec<u8>)> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_map(params![state.code(), limit], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?
                .collect()
        })?;
        rows.into_iter()
            .map(|(name, sealed)| self.open_evidence(&name, &sealed))
            .collect()
    }

    /// The state of one file; `None` when no block names it.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn evidence(
        &self,
        id: EvidenceId,
    ) -> Result<Option<(EvidenceState, EvidenceRow)>, StoreError> {
        use rusqlite::OptionalExtension as _;
        const QUERY: &str = "SELECT state, sealed FROM evidence WHERE name = ?1";
        let name = self.rows.name("evidence", id.as_bytes());
        let row: Option<(i64, Vec<u8>)> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([name.as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        let Some((code, sealed)) = row else {
            return Ok(None);
        };
        let state = match code {
            2 => EvidenceState::Shared,
            1 => EvidenceState::Here,
            _ => EvidenceState::Wanted,
        };
        Ok(Some((state, self.open_evidence(&name, &sealed)?)))
    }

    fn open_evidence(&self, name: &[u8], sealed: &[u8]) -> Result<EvidenceRow, StoreError> {
        let row = || format!("{name:02x?}");
        let plain = self.unseal("evidence", &[name], sealed, row)?;
        let parts = || {
            let (id, length) = plain.split_first_chunk::<32>()?;
            Some(EvidenceRow {
                id: EvidenceId::from_bytes(*id),
                length: u64::from_be_bytes(*length.first_chunk()?),
            })
        };
        parts().ok_or_else(|| StoreError::DamagedRow {
            table: "evidence",
            row: row(),
        })
    }
}

impl Batch<'_> {
    /// Moves a file to a state; does nothing when no block here names it.
    ///
    /// # Errors
    /// What the disk says.
    pub fn mark_evidence(
        &mut self,
        id: EvidenceId,
        state: EvidenceState,
    ) -> Result<(), StoreError> {
        const UPDATE: &str = "UPDATE evidence SET state = ?1 WHERE name = ?2";
        let name = self.store().rows.name("evidence", id.as_bytes());
        self.changes_files = true;
        self.run(UPDATE, params![state.code(), name.as_slice()])
            .map(drop)
    }

    /// Remembers that a block names a file. Of several lengths the largest counts: whoever names
    /// another's file with a smaller one must not keep it out.
    pub(crate) fn want_evidence(&mut self, id: EvidenceId, length: u64) -> Result<(), StoreError> {
        const PUT: &str = "INSERT INTO evidence (name, state, sealed) VALUES (?1, 0, ?2)
             ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed";
        const KNOWN: &str = "SELECT sealed FROM evidence WHERE name = ?1";
        let name = self.store().rows.name("evidence", id.as_bytes());
        if let Some(sealed) = self.first::<Vec<u8>>(KNOWN, [name.as_slice()])?
            && self.store().open_evidence(&name, &sealed)?.length >= length
        {
            return Ok(());
        }
        let mut plain = id.as_bytes().to_vec();
        plain.extend_from_slice(&length.to_be_bytes());
        let sealed = self
            .store()
            .rows
            .seal(&bound("evidence", &[&name]), &plain)?;
        self.changes_files = true;
        self.run(PUT, params![name.as_slice(), sealed]).map(drop)
    }
}
