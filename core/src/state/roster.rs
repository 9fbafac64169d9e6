//! Who the members are and whose peers order, height by height, and what members want of it.

use std::collections::{BTreeMap, BTreeSet};

use super::codec::wire_fields;
use crate::roster::roster_digest;
use crate::{Digest32, Genesis, Height, MemberId, RecordRef, ValidatorSet, limits};

/// The newest roster that members agreed on. Changes hold from a height on that lies ahead, so
/// that everyone knows the next checkpoint's validators before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// The newest members; of one whose root keys guardians recovered, the digest of the keys
    /// that they gave it.
    entries: BTreeMap<MemberId, Option<Digest32>>,
    /// Members recovered since the newest change: who follows the roster does not know their keys.
    unvouched: BTreeSet<MemberId>,
    /// Whose peers order until the first of `next`.
    validators: ValidatorSet,
    /// Later sets, each with the height from which on it orders.
    next: Vec<(Height, ValidatorSet)>,
    /// Every change since the genesis.
    changes: Vec<RosterChange>,
    /// The records that gave members root keys since the newest change: those that the keys of now
    /// follow from.
    roots: BTreeMap<MemberId, Vec<RecordRef>>,
    /// At most one wish a member.
    wishes: BTreeMap<MemberId, RosterWish>,
}

wire_fields!(Roster {
    entries,
    unvouched,
    validators,
    next,
    changes,
    roots,
    wishes
});

/// A change of the roster that was agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterChange {
    message: Digest32,
    from: Height,
    carried: Vec<RecordRef>,
    roots: Vec<RecordRef>,
}

wire_fields!(RosterChange {
    message,
    from,
    carried,
    roots
});

impl RosterChange {
    /// The first checkpoint under the new roster.
    pub fn from(&self) -> Height {
        self.from
    }

    /// The records that gave members root keys since the change before: rotations, and of each
    /// recovery the one that decided.
    pub fn roots(&self) -> &[RecordRef] {
        &self.roots
    }

    /// The records that carried it, the one that decided last.
    pub fn carried(&self) -> &[RecordRef] {
        &self.carried
    }
}

/// What a member wants of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterWish {
    message: Digest32,
    by: RecordRef,
}

wire_fields!(RosterWish { message, by });

impl RosterWish {
    /// What its root keys signed: the same for all who want the same.
    pub fn message(&self) -> Digest32 {
        self.message
    }

    /// The record that holds it.
    pub fn by(&self) -> RecordRef {
        self.by
    }
}

impl Roster {
    /// The founders, and whose peers they chose.
    pub(crate) fn founded(genesis: &Genesis) -> Self {
        let founders = genesis.founders().iter();
        Self {
            entries: founders.map(|founder| (founder.id(), None)).collect(),
            unvouched: BTreeSet::new(),
            validators: genesis.validators().clone(),
            next: Vec::new(),
            changes: Vec::new(),
            roots: BTreeMap::new(),
            wishes: BTreeMap::new(),
        }
    }

    /// The newest members, also those whose membership begins at a later height.
    pub fn members(&self) -> impl Iterator<Item = &MemberId> {
        self.entries.keys()
    }

    /// Whether a member is one of the newest roster.
    pub fn names(&self, member: &MemberId) -> bool {
        self.entries.contains_key(member)
    }

    /// How many members the newest roster has.
    pub fn count(&self) -> u64 {
        u64::try_from(self.entries.len()).unwrap_or(u64::MAX)
    }

    /// Whose peers order a checkpoint.
    pub fn validators(&self, height: Height) -> &ValidatorSet {
        let later = self.next.iter().rev().find(|(from, _)| *from <= height);
        later.map_or(&self.validators, |(_, set)| set)
    }

    /// Whose peers order in the end, when every change that was agreed on holds.
    pub fn newest_validators(&self) -> &ValidatorSet {
        self.next.last().map_or(&self.validators, |(_, set)| set)
    }

    /// Every set that orders now or will, as far as members agreed.
    pub fn validator_sets(&self) -> impl Iterator<Item = &ValidatorSet> {
        std::iter::once(&self.validators).chain(self.next.iter().map(|(_, set)| set))
    }

    /// Every change since the genesis, oldest first.
    pub fn changes(&self) -> &[RosterChange] {
        &self.changes
    }

    /// What members want.
    pub fn wishes(&self) -> &BTreeMap<MemberId, RosterWish> {
        &self.wishes
    }

    /// What the next change replaces: `H("chopmark/roster/1", [members, validators])`.
    pub fn digest(&self) -> Digest32 {
        roster_digest(&self.entries, self.newest_validators())
    }

    /// The record that made the roster what it is; none when the founders did.
    pub fn made_by(&self) -> Option<RecordRef> {
        self.changes.last()?.carried.last().copied()
    }

    /// The height of the newest change; 0 when the founders made it.
    pub(crate) fn newest_height(&self) -> Height {
        self.changes.last().map_or(Height(0), |change| change.from)
    }

    /// Whether a change with this message was agreed on before.
    pub(crate) fn was_made(&self, message: Digest32) -> bool {
        self.changes.iter().any(|change| change.message == message)
    }

    /// How many of these members' root keys are known to whoever follows the roster.
    fn vouched<'m>(&self, members: impl Iterator<Item = &'m MemberId>) -> u64 {
        let known = members.filter(|member| !self.unvouched.contains(*member));
        u64::try_from(known.count()).unwrap_or(u64::MAX)
    }

    /// Takes a wish in. Gives the records that carry it once a quorum of members wants the same:
    /// the policy's, and in any case more than half of all members, by root keys that whoever
    /// follows the roster knows.
    pub(crate) fn wish(
        &mut self,
        member: MemberId,
        (message, by): (Digest32, RecordRef),
        policy_quorum: u64,
    ) -> Option<Vec<RecordRef>> {
        self.wishes.insert(member, RosterWish { message, by });
        let same = || self.wishes.iter().filter(|(_, w)| w.message == message);
        let count = u64::try_from(same().count()).unwrap_or(u64::MAX);
        let known = self.vouched(same().map(|(member, _)| member));
        if count < policy_quorum || known <= self.count() / 2 {
            return None;
        }
        let earlier = same().map(|(_, wish)| wish.by).filter(|at| *at != by);
        Some(earlier.chain([by]).collect())
    }

    /// The record that gave a member its root keys, if it had as many since the newest change as
    /// a member can: all of them go into everybody's proofs.
    pub(crate) fn spent(&self, member: &MemberId) -> Option<RecordRef> {
        let roots = self.roots.get(member)?;
        let last = roots.last().copied();
        last.filter(|_| roots.len() >= limits::ROOT_CHANGES)
    }

    /// A member has other root keys: what the old ones signed counts no longer.
    pub(crate) fn rotated(&mut self, member: &MemberId, by: RecordRef) {
        self.wishes.remove(member);
        // Whoever is to go signs no roster any more, so nobody is shown its keys.
        if self.names(member) {
            self.roots.entry(*member).or_default().push(by);
        }
    }

    /// Guardians gave a member root keys; the next roster that the others sign names them.
    pub(crate) fn recovered(
        &mut self,
        member: &MemberId,
        (base, by): (Option<Digest32>, RecordRef),
    ) {
        if let Some(entry) = self.entries.get_mut(member) {
            *entry = base;
            self.unvouched.insert(*member);
        }
        // The ones that it rotated to before lead nowhere any more.
        self.roots.remove(member);
        self.rotated(member, by);
    }

    /// Makes a change that was agreed on: the members after it and their peers that order. `now`
    /// is the height that is being made.
    pub(crate) fn change(
        &mut self,
        change: (Digest32, Height, Vec<RecordRef>),
        membership: Membership,
        validators: ValidatorSet,
        now: Height,
    ) {
        match membership {
            Membership::Joins(member) => {
                self.entries.insert(member, None);
            }
            Membership::Leaves(member) => {
                self.entries.remove(&member);
            }
            Membership::Stays => {}
        }
        let (message, from, carried) = change;
        if validators != *self.newest_validators() {
            self.next.push((from, validators));
        }
        while let Some((height, _)) = self.next.first()
            && *height <= now
        {
            self.validators = self.next.remove(0).1;
        }
        self.changes.push(RosterChange {
            message,
            from,
            carried,
            roots: std::mem::take(&mut self.roots)
                .into_values()
                .flatten()
                .collect(),
        });
        self.unvouched.clear();
        self.wishes.clear();
    }
}

/// What a change does to the list of members.
pub(crate) enum Membership {
    Joins(MemberId),
    Leaves(MemberId),
    Stays,
}
