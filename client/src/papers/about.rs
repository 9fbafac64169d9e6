//! Which records are about a record's sections: they name no subject, so what they are about is
//! remembered beside it as they arrive.

use std::collections::BTreeMap;

use chopmark_core::{BlockId, MemberId, RecordRef};
use chopmark_replica::{Batch, Store, StoreError};

/// Record → the records about its sections.
const ABOUT: &str = "about-sections";
/// An author and what its record does.
const SHARE_BYTES: usize = 32 + 1;
/// The same, and where that record is.
const ENTRY_BYTES: usize = SHARE_BYTES + 32 + 2;
/// Records of one member that do the same about one record: four for each of its sections. Rules
/// check no grants, so whoever writes more hides its own, and nobody else's.
const SHARE: usize = 64;

/// What a record does about a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// It opens one for authorities.
    Opens,
    /// It gives one to this device's member.
    GrantsMe,
    /// It gives one to others.
    GrantsOthers,
}

impl Says {
    const fn code(self) -> u8 {
        match self {
            Self::Opens => 0,
            Self::GrantsMe => 1,
            Self::GrantsOthers => 2,
        }
    }
}

/// A record about a section of another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// The record with the section.
    pub(crate) record: RecordRef,
    /// The one that is about it.
    pub(crate) by: RecordRef,
    /// Who wrote that.
    pub(crate) author: MemberId,
    pub(crate) says: Says,
}

impl About {
    fn entry(&self) -> [u8; ENTRY_BYTES] {
        let mut entry = [0; ENTRY_BYTES];
        let (author, rest) = entry.split_at_mut(32);
        let (says, by) = rest.split_at_mut(1);
        author.copy_from_slice(self.author.as_bytes());
        says.copy_from_slice(&[self.says.code()]);
        by.copy_from_slice(&key(&self.by));
        entry
    }
}

/// The records that open, or grant, sections of a record, in the order in which they came.
pub(crate) fn about(store: &Store, record: &RecordRef) -> Result<Vec<RecordRef>, StoreError> {
    let note = store.note(ABOUT, &key(record))?.unwrap_or_default();
    let (entries, _) = note.as_chunks::<ENTRY_BYTES>();
    Ok(entries.iter().filter_map(at).collect())
}

/// Remembers that records are about sections of other ones.
pub(crate) fn remember(
    store: &Store,
    batch: &mut Batch<'_>,
    about: &[About],
) -> Result<(), StoreError> {
    let mut notes: BTreeMap<RecordRef, Vec<u8>> = BTreeMap::new();
    for one in about {
        let mut known = match notes.remove(&one.record) {
            Some(known) => known,
            None => store.note(ABOUT, &key(&one.record))?.unwrap_or_default(),
        };
        let entry = one.entry();
        let share = entry.get(..SHARE_BYTES).unwrap_or_default();
        let (entries, _) = known.as_chunks::<ENTRY_BYTES>();
        let of_share = entries.iter().filter(|other| other.starts_with(share));
        if !entries.contains(&entry) && of_share.count() < SHARE {
            known.extend(entry);
        }
        notes.insert(one.record, known);
    }
    for (record, note) in notes {
        batch.put_note(ABOUT, &key(&record), &note)?;
    }
    Ok(())
}

fn key(record: &RecordRef) -> [u8; 34] {
    let mut key = [0; 34];
    let (block, index) = key.split_at_mut(32);
    block.copy_from_slice(record.block.as_bytes());
    index.copy_from_slice(&record.index.to_be_bytes());
    key
}

fn at(entry: &[u8; ENTRY_BYTES]) -> Option<RecordRef> {
    let (_, by) = entry.split_at_checked(SHARE_BYTES)?;
    let (block, index) = by.split_first_chunk::<32>()?;
    Some(RecordRef {
        block: BlockId::from_bytes(*block),
        index: u16::from_be_bytes(index.try_into().ok()?),
    })
}
