//! Who gives a member new root keys should it lose them, and who will from a day on.

use std::collections::BTreeSet;

use super::RECOVERY_DELAY_MS;
use super::codec::wire_fields;
use crate::{GuardianChoice, MemberId, RecordRef, TimeMs};

/// Members of whom some together give a member new root keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guardians {
    pub(crate) members: BTreeSet<MemberId>,
    /// How many of them it takes.
    pub(crate) threshold: u64,
    /// How often they were chosen: a signature for one time is worth nothing the next.
    number: u64,
    by: Option<RecordRef>,
    coming: Option<ComingGuardians>,
}

wire_fields!(Guardians {
    members,
    threshold,
    number,
    by,
    coming
});

/// Guardians that were chosen and have no say yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComingGuardians {
    members: BTreeSet<MemberId>,
    threshold: u64,
    by: RecordRef,
    since: TimeMs,
}

wire_fields!(ComingGuardians {
    members,
    threshold,
    by,
    since
});

impl ComingGuardians {
    /// The guardians to be.
    pub fn members(&self) -> &BTreeSet<MemberId> {
        &self.members
    }

    /// How many of them it will take.
    pub fn threshold(&self) -> u64 {
        self.threshold
    }

    /// When they take the place of those before: as long after the choice as a recovery takes, so
    /// that an administrator who was away still finds the others.
    pub fn hold_from(&self) -> TimeMs {
        self.since.plus(RECOVERY_DELAY_MS)
    }
}

impl Guardians {
    /// The guardians.
    pub fn members(&self) -> &BTreeSet<MemberId> {
        &self.members
    }

    /// How many of them it takes.
    pub fn threshold(&self) -> u64 {
        self.threshold
    }

    /// The number that the next choice carries.
    pub fn next_number(&self) -> u64 {
        self.number.saturating_add(1)
    }

    /// The record that chose them.
    pub fn by(&self) -> Option<RecordRef> {
        self.by
    }

    /// Those that were chosen since, for every administrator to see.
    pub fn coming(&self) -> Option<&ComingGuardians> {
        self.coming.as_ref()
    }

    /// The record with the newest choice that stands.
    pub(crate) fn newest_choice(&self) -> Option<RecordRef> {
        self.coming.as_ref().map(|coming| coming.by).or(self.by)
    }

    /// Takes a choice in. The first one holds at once; any other only once the guardians before had
    /// time to act: whoever stole the root keys would else be rid of them.
    pub(crate) fn choose(&mut self, choice: &GuardianChoice, by: RecordRef, now: TimeMs) {
        self.number = choice.number;
        self.coming = Some(ComingGuardians {
            members: choice.members.clone(),
            threshold: choice.threshold,
            by,
            since: now,
        });
        if self.by.is_none() {
            self.seat();
        }
    }

    /// Whether the time of those that were chosen has come.
    pub(crate) fn are_due(&self, now: TimeMs) -> bool {
        let coming = self.coming.as_ref();
        coming.is_some_and(|coming| coming.hold_from() <= now)
    }

    /// Those that were chosen take the place of those before.
    pub(crate) fn seat(&mut self) {
        if let Some(coming) = self.coming.take() {
            (self.members, self.threshold) = (coming.members, coming.threshold);
            self.by = Some(coming.by);
        }
    }

    /// The root keys that chose are the member's no longer: what they chose does not come.
    pub(crate) fn drop_coming(&mut self) {
        self.coming = None;
    }
}
