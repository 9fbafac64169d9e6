//! How a member that lost its root keys comes by new ones: its guardians agree, everyone sees it,
//! and the keys that it may still have, or a thief of them, can object once.

use std::collections::BTreeMap;

use super::Guardians;
use super::codec::wire_fields;
use crate::roots::root_base;
use crate::{Digest32, MemberId, RecordRef, RootPublic, TimeMs};

/// From the guardians' agreement to the new keys: long enough for an administrator who is away to
/// come back and object. As long do guardians stand after others were chosen.
pub const RECOVERY_DELAY_MS: u64 = 14 * 24 * 60 * 60 * 1000;

/// From when the new keys would have held to the end of a recovery that was objected to: long
/// enough for all guardians and a quorum to be asked, and not for ever, since nobody can choose
/// other guardians meanwhile.
const OVERRIDE_MS: u64 = 14 * 24 * 60 * 60 * 1000;

/// Root keys that a member wants another to have, and what they commit to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryWish {
    pub(crate) root: RootPublic,
    pub(crate) next: Digest32,
    pub(crate) by: RecordRef,
}

wire_fields!(RecoveryWish { root, next, by });

impl RecoveryWish {
    fn same(&self, other: &Self) -> bool {
        self.root == other.root && self.next == other.next
    }

    /// The root keys.
    pub fn root(&self) -> &RootPublic {
        &self.root
    }

    /// The record that holds it.
    pub fn by(&self) -> RecordRef {
        self.by
    }
}

/// What is under way to give a member new root keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// At most one wish a member.
    pub(crate) wishes: BTreeMap<MemberId, RecoveryWish>,
    /// What enough guardians agree on, and since when.
    pub(crate) open: Option<OpenRecovery>,
    /// The objection of the keys that it has.
    pub(crate) objected: Option<RecordRef>,
}

wire_fields!(Recovery {
    wishes,
    open,
    objected
});

/// A recovery that enough guardians agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRecovery {
    pub(crate) wish: RecoveryWish,
    pub(crate) since: TimeMs,
}

wire_fields!(OpenRecovery { wish, since });

impl OpenRecovery {
    /// The new root keys, and the record that decided.
    pub fn wish(&self) -> &RecoveryWish {
        &self.wish
    }

    /// When it was decided.
    pub fn since(&self) -> TimeMs {
        self.since
    }

    /// When the new keys hold, unless someone objects.
    pub fn holds_from(&self) -> TimeMs {
        self.since.plus(RECOVERY_DELAY_MS)
    }

    /// When it ends without new keys, if someone objected.
    pub fn lapses_at(&self) -> TimeMs {
        self.holds_from().plus(OVERRIDE_MS)
    }

    /// What an objection is signed over, and what a roster names once it holds.
    pub fn base(&self) -> Digest32 {
        root_base(&self.wish.root, self.wish.next)
    }
}

impl Recovery {
    /// What each member wants.
    pub fn wishes(&self) -> &BTreeMap<MemberId, RecoveryWish> {
        &self.wishes
    }

    /// What enough guardians agree on.
    pub fn open(&self) -> Option<&OpenRecovery> {
        self.open.as_ref()
    }

    /// The objection of the present root keys.
    pub fn objected(&self) -> Option<RecordRef> {
        self.objected
    }

    /// How many of these members want the same.
    pub(crate) fn wanting(&self, wish: &RecoveryWish, among: impl Fn(&MemberId) -> bool) -> u64 {
        let wishes = self.wishes.iter();
        let same = wishes.filter(|(of, other)| among(of) && wish.same(other));
        u64::try_from(same.count()).unwrap_or(u64::MAX)
    }

    /// Takes a wish in; the recovery opens once as many as the threshold of those who guard want
    /// the same, and the time runs anew when they come to want something else.
    pub(crate) fn wish(
        &mut self,
        member: MemberId,
        wish: RecoveryWish,
        (threshold, guards): (u64, impl Fn(&MemberId) -> bool),
        now: TimeMs,
    ) {
        self.wishes.insert(member, wish.clone());
        let enough =
            |this: &Self, wish: &RecoveryWish| this.wanting(wish, &guards) >= threshold.max(1);
        let stands = self
            .open
            .as_ref()
            .is_some_and(|open| enough(self, &open.wish));
        if !stands {
            self.open = enough(self, &wish).then_some(OpenRecovery { wish, since: now });
        }
    }

    /// What the time and expulsions have brought: the new keys after the delay; nothing, once too
    /// few of those who want them are members still; and where the present keys
    /// objected, only with all guardians that are still members and `quorum` members behind them,
    /// so that neither a thief nor the guardians alone win.
    pub(crate) fn due(
        &self,
        guardians: &Guardians,
        (now, quorum): (TimeMs, u64),
        stays: impl Fn(&MemberId) -> bool,
    ) -> Option<Outcome> {
        let open = self.open.as_ref()?;
        // Whoever was expelled can want nothing any more.
        let guards = |of: &MemberId| guardians.members.contains(of) && stays(of);
        if self.wanting(&open.wish, guards) < guardians.threshold.max(1) {
            return Some(Outcome::Deserted);
        }
        if now < open.holds_from() {
            return None;
        }
        if self.objected.is_none() {
            return Some(Outcome::Holds(open.wish.clone()));
        }
        let all = guardians.members.iter().filter(|of| stays(of)).count();
        let all = u64::try_from(all).unwrap_or(u64::MAX);
        let wanted =
            self.wanting(&open.wish, guards) >= all && self.wanting(&open.wish, &stays) >= quorum;
        match wanted {
            true => Some(Outcome::Holds(open.wish.clone())),
            false => (now >= open.lapses_at()).then_some(Outcome::Lapsed),
        }
    }
}

/// How a recovery ends.
pub(crate) enum Outcome {
    /// These keys are the member's.
    Holds(RecoveryWish),
    /// The objection stands.
    Lapsed,
    /// Too few guardians who are members want it; the others' wishes stand.
    Deserted,
}
