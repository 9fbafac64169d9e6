//! Small values that the layer above keeps here, encrypted and looked up by keyed hashes: drafts,
//! codes it knows, settings, its own keys.

use rusqlite::{OptionalExtension as _, params};

use super::{Batch, Store, StoreError};
use crate::seal::bound;

/// A key and its value.
pub type Note = (Vec<u8>, Vec<u8>);

impl Store {
    /// The value under a key in a space.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the space, or what the disk says.
    pub fn note(&self, space: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        const QUERY: &str = "SELECT sealed FROM notes WHERE space = ?1 AND name = ?2";
        let (within, name) = (
            self.rows.name("space", space.as_bytes()),
            self.rows.name(space, key),
        );
        let sealed: Option<Vec<u8>> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([within.as_slice(), name.as_slice()], |row| row.get(0))
                .optional()
        })?;
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        Ok(Some(
            split(
                self.unseal("notes", &[&within, &name], &sealed, || space.to_owned())?,
                space,
            )?
            .1,
        ))
    }

    /// Every key and value of a space, in no particular order.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the space, or what the disk says.
    pub fn notes(&self, space: &'static str) -> Result<Vec<Note>, StoreError> {
        const QUERY: &str = "SELECT name, sealed FROM notes WHERE space = ?1";
        let within = self.rows.name("space", space.as_bytes());
        let rows: Vec<(Vec<u8>, Vec<u8>)> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_map([within.as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        rows.into_iter()
            .map(|(name, sealed)| {
                split(
                    self.unseal("notes", &[&within, &name], &sealed, || space.to_owned())?,
                    space,
                )
            })
            .collect()
    }
}

impl Batch<'_> {
    /// Writes a value under a key in a space.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_note(
        &mut self,
        space: &'static str,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), StoreError> {
        const INSERT: &str =
            "INSERT OR REPLACE INTO notes (space, name, sealed) VALUES (?1, ?2, ?3)";
        let rows = &self.store().rows;
        let (within, name) = (rows.name("space", space.as_bytes()), rows.name(space, key));
        // The key travels inside, so that a space can be listed.
        let mut plain = u32::try_from(key.len())
            .unwrap_or(u32::MAX)
            .to_be_bytes()
            .to_vec();
        plain.extend_from_slice(key);
        plain.extend_from_slice(value);
        let sealed = rows.seal(&bound("notes", &[&within, &name]), &plain)?;
        self.run(INSERT, params![within.as_slice(), name.as_slice(), sealed])
            .map(drop)
    }

    /// Removes a value.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove_note(&mut self, space: &'static str, key: &[u8]) -> Result<(), StoreError> {
        const DELETE: &str = "DELETE FROM notes WHERE space = ?1 AND name = ?2";
        let rows = &self.store().rows;
        let (within, name) = (rows.name("space", space.as_bytes()), rows.name(space, key));
        self.run(DELETE, params![within.as_slice(), name.as_slice()])
            .map(drop)
    }
}

fn split(plain: Vec<u8>, space: &'static str) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
    let parts = || {
        let (length, rest) = plain.split_first_chunk::<4>()?;
        rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
    };
    match parts() {
        Some((key, value)) => Ok((key.to_vec(), value.to_vec())),
        None => Err(StoreError::DamagedRow {
            table: "notes",
            row: space.to_owned(),
        }),
    }
}
