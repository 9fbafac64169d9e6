//! How much of what is in no checkpoint yet stands in memory, and whose it is.

use std::collections::BTreeMap;

use chopmark_core::{DeviceId, Ledger, MemberId, Record, StateView as _, VerifiedBlock};

/// All open blocks in memory, by their weights: some minutes of a busy network, and what a small
/// server has beside a state of millions of subjects. More rests on disk. Tests fill an eighth.
pub(super) const OPEN_BYTES: usize = if cfg!(test) { 32 } else { 256 } * 1024 * 1024;
/// Of this, what goes to whoever comes first; the rest is shared out evenly among the members, so
/// that nobody's flood keeps others out.
pub(super) const COMMON_BYTES: usize = OPEN_BYTES / 2;
/// Of one device: a queue of ten seconds at the highest rate that was measured, with room beside it
/// for the other devices of its member.
pub(super) const DEVICE_BYTES: usize = OPEN_BYTES / 8 * 3;
/// What a block takes beside its bytes, parsed and looked up.
const BLOCK_WEIGHT: usize = 1024;
/// What the pending state of a subject takes. A block of 64 KiB names some 1,900 of them.
const SUBJECT_WEIGHT: usize = 512;

/// About what a block of so many bytes takes in memory, with what it changes on the overlay.
pub(super) fn weight(block: &VerifiedBlock, bytes: usize) -> usize {
    let subjects = block.records().iter().map(Record::subjects);
    let subjects: usize = subjects.map(<[_]>::len).sum();
    subjects
        .saturating_mul(SUBJECT_WEIGHT)
        .saturating_add(bytes)
        .saturating_add(BLOCK_WEIGHT)
}

/// Weights of the open blocks in memory.
#[derive(Default)]
pub(super) struct Room {
    all: usize,
    devices: BTreeMap<DeviceId, usize>,
    members: BTreeMap<MemberId, usize>,
}

impl Room {
    /// Whether a block of this weight may stand in memory beside the others.
    pub(super) fn has(
        &self,
        ledger: &Ledger,
        (device, member): (DeviceId, MemberId),
        weight: usize,
    ) -> bool {
        let fits = |taken: Option<&usize>, most: usize| {
            // One of each goes in any case, so that everyone comes to an end.
            taken.is_none_or(|taken| taken.saturating_add(weight) <= most)
        };
        if !fits(self.devices.get(&device), DEVICE_BYTES) {
            return false;
        }
        if self.all.saturating_add(weight) <= COMMON_BYTES {
            return true;
        }
        let members = ledger.state().members().count().max(1);
        fits(
            self.members.get(&member),
            (OPEN_BYTES - COMMON_BYTES).div_euclid(members),
        )
    }

    pub(super) fn take(&mut self, (device, member): (DeviceId, MemberId), weight: usize) {
        self.all = self.all.saturating_add(weight);
        let device = self.devices.entry(device).or_default();
        *device = device.saturating_add(weight);
        let member = self.members.entry(member).or_default();
        *member = member.saturating_add(weight);
    }

    pub(super) fn give_back(&mut self, (device, member): (DeviceId, MemberId), weight: usize) {
        self.all = self.all.saturating_sub(weight);
        less(&mut self.devices, device, weight);
        less(&mut self.members, member, weight);
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> (usize, usize) {
        let most = self.devices.values().max();
        (self.all, most.copied().unwrap_or_default())
    }
}

/// Whoever has nothing has no entry.
fn less<Who: Ord>(taken: &mut BTreeMap<Who, usize>, who: Who, weight: usize) {
    if let Some(left) = taken.get_mut(&who) {
        *left = left.saturating_sub(weight);
        if *left == 0 {
            taken.remove(&who);
        }
    }
}
