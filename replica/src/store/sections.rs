//! Sections that blocks name: expected until they come.

use chopmark_core::SectionHash;
use rusqlite::params;

use super::batch::SectionPut;
use super::read::ItemKind;
use super::{Batch, Slot, Store, StoreError};
use crate::seal::bound;

const TABLE: &str = "expected_sections";

/// What became of a section that was to be purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purge {
    /// Its bytes were here, and are gone.
    Done,
    /// They were purged earlier.
    DoneBefore,
    /// They never came, and will not be taken when they do.
    NotHere,
}

impl Store {
    /// Whether a section is here, or was and is purged.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn has_section(&self, hash: SectionHash) -> Result<bool, StoreError> {
        const QUERY: &str = "SELECT count(*) FROM items WHERE name = ?1";
        let name = self.rows.name(ItemKind::Section.space(), hash.as_bytes());
        let found: i64 = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([name.as_slice()], |row| row.get(0))
        })?;
        Ok(found > 0)
    }
}

impl Batch<'_> {
    /// Remembers what a block names. Of several lengths the largest counts: whoever names another's
    /// section with a smaller one must not keep it out.
    pub(super) fn expect_sections(
        &mut self,
        sections: &[(SectionHash, u64)],
    ) -> Result<(), StoreError> {
        const EXPECT: &str =
            "INSERT OR REPLACE INTO expected_sections (name, sealed) VALUES (?1, ?2)";
        for (hash, length) in sections {
            if self.has(ItemKind::Section, hash.as_bytes())? {
                continue;
            }
            let name = self.section_name(*hash);
            if self
                .stated_length(&name)?
                .is_some_and(|stated| stated >= *length)
            {
                continue;
            }
            let mut plain = hash.as_bytes().to_vec();
            plain.extend_from_slice(&length.to_be_bytes());
            let sealed = self.store().rows.seal(&bound(TABLE, &[&name]), &plain)?;
            self.run(EXPECT, params![name.as_slice(), sealed])?;
        }
        Ok(())
    }

    /// Puts a section in if a block here names it and it is not here yet.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_section(
        &mut self,
        hash: SectionHash,
        ciphertext: &[u8],
        origin: Slot,
    ) -> Result<SectionPut, StoreError> {
        const CAME: &str = "DELETE FROM expected_sections WHERE name = ?1";
        let name = self.section_name(hash);
        let Some(stated) = self.stated_length(&name)? else {
            let here = self.has(ItemKind::Section, hash.as_bytes())?;
            return Ok(if here {
                SectionPut::Known
            } else {
                SectionPut::NotExpected
            });
        };
        // A block's sections are limited by the lengths that it states.
        if !u64::try_from(ciphertext.len()).is_ok_and(|length| length <= stated) {
            return Ok(SectionPut::NotExpected);
        }
        self.run(CAME, params![name.as_slice()])?;
        match self.put_item(ItemKind::Section, hash.as_bytes(), ciphertext, origin)? {
            Some(number) => Ok(SectionPut::Stored(number)),
            None => Ok(SectionPut::Known),
        }
    }

    /// Takes a section's ciphertext away for good. Records, signatures and hashes hold without it;
    /// its name and number stay taken, so that no peer's copy of it is stored again.
    ///
    /// # Errors
    /// What the disk says.
    pub fn purge_section(&mut self, hash: SectionHash) -> Result<Purge, StoreError> {
        const PURGE: &str = "UPDATE items SET kind = 4, sealed = x'' WHERE name = ?1 AND kind = 1";
        const NEVER_CAME: &str = "DELETE FROM expected_sections WHERE name = ?1";
        let name = self.section_name(hash);
        if self.run(PURGE, params![name.as_slice()])? > 0 {
            self.takes_away = true;
            return Ok(Purge::Done);
        }
        if self.has(ItemKind::Section, hash.as_bytes())? {
            return Ok(Purge::DoneBefore);
        }
        self.run(NEVER_CAME, params![name.as_slice()])?;
        self.put_item(ItemKind::Section, hash.as_bytes(), &[], Slot::HERE)?;
        self.run(PURGE, params![name.as_slice()])?;
        self.takes_away = true;
        Ok(Purge::NotHere)
    }

    fn section_name(&self, hash: SectionHash) -> [u8; 16] {
        let space = ItemKind::Section.space();
        self.store().rows.name(space, hash.as_bytes())
    }

    /// The length that blocks state of a section that has not come.
    fn stated_length(&mut self, name: &[u8]) -> Result<Option<u64>, StoreError> {
        const QUERY: &str = "SELECT sealed FROM expected_sections WHERE name = ?1";
        let Some(sealed) = self.first::<Vec<u8>>(QUERY, [name])? else {
            return Ok(None);
        };
        let row = || format!("{name:02x?}");
        let plain = self.store().unseal(TABLE, &[name], &sealed, row)?;
        plain
            .last_chunk()
            .map(|length| Some(u64::from_be_bytes(*length)))
            .ok_or_else(|| StoreError::DamagedRow {
                table: TABLE,
                row: row(),
            })
    }
}
