//! The keys of reader groups, epoch by epoch.

use std::collections::BTreeSet;

use super::codec::wire_fields;
use crate::{DeviceId, Height, HpkePublic, Reader, RecordRef, TimeMs};

/// One key of a reader group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochState {
    pub(crate) key: HpkePublic,
    pub(crate) from: Height,
    pub(crate) since: TimeMs,
    pub(crate) set_by: Option<RecordRef>,
    pub(crate) given: BTreeSet<DeviceId>,
    pub(crate) recovery: Option<RecordRef>,
}

wire_fields!(EpochState {
    key,
    from,
    since,
    set_by,
    given,
    recovery
});

impl EpochState {
    /// The key with which a group begins.
    pub(crate) fn first(
        key: HpkePublic,
        (from, since): (Height, TimeMs),
        set_by: Option<RecordRef>,
    ) -> Self {
        Self {
            key,
            from,
            since,
            set_by,
            given: BTreeSet::new(),
            recovery: None,
        }
    }

    /// What sections for the group are sealed to.
    pub fn key(&self) -> &HpkePublic {
        &self.key
    }

    /// The checkpoint with which it began: whatever is anchored there or later must use it or a
    /// newer one.
    pub fn from(&self) -> Height {
        self.from
    }

    /// That checkpoint's time.
    pub fn since(&self) -> TimeMs {
        self.since
    }

    /// The record that began it; none when the genesis did.
    pub fn set_by(&self) -> Option<RecordRef> {
        self.set_by
    }

    /// The devices that a record sealed it to. Those that joined later got it at the door.
    pub fn given(&self) -> &BTreeSet<DeviceId> {
        &self.given
    }

    /// The newest record that sealed it to the member's recovery key.
    pub fn recovery(&self) -> Option<RecordRef> {
        self.recovery
    }
}

/// Every key of a reader group, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupState {
    pub(crate) epochs: Vec<EpochState>,
}

wire_fields!(GroupState { epochs });

impl GroupState {
    /// Its keys: the place in the list is the epoch.
    pub fn epochs(&self) -> &[EpochState] {
        &self.epochs
    }

    /// One of its keys.
    pub fn epoch(&self, epoch: u32) -> Option<&EpochState> {
        self.epochs.get(usize::try_from(epoch).ok()?)
    }

    pub(crate) fn epoch_mut(&mut self, epoch: u32) -> Option<&mut EpochState> {
        self.epochs.get_mut(usize::try_from(epoch).ok()?)
    }

    /// The epoch that comes next.
    pub fn next(&self) -> u32 {
        u32::try_from(self.epochs.len()).unwrap_or(u32::MAX)
    }

    /// What sections for the group are sealed to now.
    pub fn newest(&self) -> Option<Reader> {
        let key = self.epochs.last()?.key.clone();
        let epoch = self.next().checked_sub(1)?;
        Some(Reader { epoch, key })
    }
}
