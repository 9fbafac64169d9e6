//! What stands or falls together: one record, or an all-or-nothing group.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::{BlockId, DeviceId, Record, RecordRef, Seq, TimeMs, VerifiedBlock};

/// Records that stand or fall together, with who wrote them.
pub(super) struct Unit<'a> {
    pub(super) device: DeviceId,
    pub(super) seq: Seq,
    pub(super) block: BlockId,
    /// When the unit was ordered, if that was before.
    pub(super) since: Option<TimeMs>,
    pub(super) records: Vec<(u16, Cow<'a, Record>, Cow<'a, [u8]>)>,
}

impl Unit<'_> {
    pub(super) fn at(&self, index: u16) -> RecordRef {
        RecordRef {
            block: self.block,
            index,
        }
    }

    pub(super) fn first(&self) -> Option<RecordRef> {
        self.records.first().map(|(index, ..)| self.at(*index))
    }

    pub(super) fn names(&self) -> Vec<RecordRef> {
        self.records
            .iter()
            .map(|(index, ..)| self.at(*index))
            .collect()
    }
}

/// A unit that was taken out of the waiting table.
pub(super) struct Taken {
    pub(super) unit: Unit<'static>,
    pub(super) missing: RecordRef,
}

/// The units of a block, each at the place of its first record.
pub(super) fn units(block: &VerifiedBlock) -> Vec<Unit<'_>> {
    let header = block.header();
    let mut units: Vec<Unit<'_>> = Vec::new();
    let mut groups: BTreeMap<u16, usize> = BTreeMap::new();
    for (index, record) in (0u16..).zip(block.records()) {
        // Records and their bytes are as many.
        let bytes = block.record_bytes(index).unwrap_or_default();
        let entry = (index, Cow::Borrowed(record), Cow::Borrowed(bytes));
        let group = record.group();
        let known = group.and_then(|group| groups.get(&group).copied());
        if let Some(unit) = known.and_then(|at| units.get_mut(at)) {
            unit.records.push(entry);
            continue;
        }
        if let Some(group) = group {
            groups.insert(group, units.len());
        }
        units.push(Unit {
            device: header.device(),
            seq: header.seq(),
            block: block.id(),
            since: None,
            records: vec![entry],
        });
    }
    units
}
