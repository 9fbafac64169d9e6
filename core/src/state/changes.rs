//! What rules write: changes over a base that stays as it is until they are committed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::{
    ClosedOffer, DeviceState, FeedHead, Governance, GroupState, Logged, MemberState, Offer,
    PrefixClaim, Registration, Roster, StateView, SubjectState, Tip, WaitingUnit,
};
use crate::lineage::Descent;
use crate::rules::Refusal;
use crate::{
    BlockId, DeviceId, MemberId, NetworkId, Prefix, ReaderGroup, RecordRef, SubjectId, TimeMs,
};

/// Changes to a state, table by table. In the tables that can lose entries, `None` is a loss.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub(crate) governance: Option<Governance>,
    pub(crate) roster: Option<Roster>,
    pub(crate) members: BTreeMap<MemberId, MemberState>,
    pub(crate) devices: BTreeMap<DeviceId, DeviceState>,
    pub(crate) readers: BTreeMap<ReaderGroup, GroupState>,
    pub(crate) prefixes: BTreeMap<Prefix, Registration>,
    pub(crate) claims: BTreeMap<(Prefix, MemberId), PrefixClaim>,
    pub(crate) feeds: BTreeMap<DeviceId, FeedHead>,
    pub(crate) subjects: BTreeMap<SubjectId, SubjectState>,
    /// Container and content; whether it is inside now.
    pub(crate) packed: BTreeMap<(SubjectId, SubjectId), Packed>,
    /// Parent and child of an association; whether it lasts.
    pub(crate) joined: BTreeMap<(SubjectId, SubjectId), Joined>,
    pub(crate) offers: BTreeMap<RecordRef, Option<Offer>>,
    pub(crate) closed_offers: BTreeMap<RecordRef, ClosedOffer>,
    pub(crate) waiting: WaitingChanges,
    pub(crate) refusals: BTreeMap<RecordRef, Refusal>,
    pub(crate) logged: BTreeMap<BlockId, Logged>,
    /// What came of what, in order of effect: for look-ups beside the state, no part of it.
    pub(crate) descents: Vec<Descent>,
}

/// Changes to what waits, found by what is missing too: one block may make thousands wait, and
/// every decision asks who waits for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct WaitingChanges {
    units: BTreeMap<RecordRef, Option<WaitingUnit>>,
    /// What is missing, and the first record of the unit that waits for it.
    waiters: BTreeSet<(RecordRef, RecordRef)>,
}

impl WaitingChanges {
    /// A unit waits, or does so no more.
    pub(crate) fn set(&mut self, first: RecordRef, unit: Option<WaitingUnit>) {
        let missing = unit.as_ref().map(|unit| unit.missing);
        if let Some(Some(before)) = self.units.insert(first, unit) {
            self.waiters.remove(&(before.missing, first));
        }
        self.waiters.extend(missing.map(|missing| (missing, first)));
    }

    fn absorb(&mut self, newer: Self) {
        for (first, unit) in newer.units {
            self.set(first, unit);
        }
    }

    fn waiters_on(&self, missing: &RangeInclusive<RecordRef>) -> impl Iterator<Item = RecordRef> {
        let waiters = self.waiters.range((*missing.start(), LOWEST)..);
        let end = *missing.end();
        waiters
            .take_while(move |(record, _)| *record <= end)
            .map(|(_, first)| *first)
    }

    /// The units that wait or wait no more, by their first record.
    pub(crate) fn units(&self) -> impl Iterator<Item = (&RecordRef, Option<&WaitingUnit>)> {
        self.units
            .iter()
            .map(|(first, unit)| (first, unit.as_ref()))
    }

    /// By the first record of each unit; `None` for what waits no more.
    pub(super) fn into_units(self) -> BTreeMap<RecordRef, Option<WaitingUnit>> {
        self.units
    }
}

/// Below every record.
const LOWEST: RecordRef = RecordRef {
    block: BlockId::from_bytes([0; 32]),
    index: 0,
};

/// Whether a content is in its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packed {
    Inside,
    TakenOut,
}

/// Whether a child is associated with its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    Together,
    Apart,
}

impl Changes {
    /// Lays newer changes over these.
    pub(crate) fn absorb(&mut self, newer: Changes) {
        if newer.governance.is_some() {
            self.governance = newer.governance;
        }
        if newer.roster.is_some() {
            self.roster = newer.roster;
        }
        self.members.extend(newer.members);
        self.devices.extend(newer.devices);
        self.readers.extend(newer.readers);
        self.prefixes.extend(newer.prefixes);
        self.claims.extend(newer.claims);
        self.feeds.extend(newer.feeds);
        self.subjects.extend(newer.subjects);
        self.packed.extend(newer.packed);
        self.joined.extend(newer.joined);
        self.offers.extend(newer.offers);
        self.closed_offers.extend(newer.closed_offers);
        self.waiting.absorb(newer.waiting);
        self.refusals.extend(newer.refusals);
        self.logged.extend(newer.logged);
        self.descents.extend(newer.descents);
    }
}

/// A base with changes on it. Dropping it leaves nothing behind.
#[derive(Clone)]
pub(crate) struct Layer<'a> {
    pub(crate) base: &'a dyn StateView,
    pub(crate) changes: Changes,
}

impl<'a> Layer<'a> {
    pub(crate) fn over(base: &'a dyn StateView) -> Self {
        Self {
            base,
            changes: Changes::default(),
        }
    }

    /// Makes changes that were tried on a layer over this one part of it.
    pub(crate) fn commit(&mut self, changes: Changes) {
        self.changes.absorb(changes);
    }

    /// A subject to write to; it is copied into the layer first.
    pub(crate) fn subject_mut(&mut self, id: &SubjectId) -> Result<&mut SubjectState, Refusal> {
        use std::collections::btree_map::Entry;
        match self.changes.subjects.entry(*id) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(free) => match self.base.subject(id) {
                Some(subject) => Ok(free.insert(subject.clone())),
                None => Err(Refusal::UnknownSubject { subject: *id }),
            },
        }
    }
}

impl StateView for Layer<'_> {
    fn network(&self) -> NetworkId {
        self.base.network()
    }

    fn governance(&self) -> &Governance {
        let changed = self.changes.governance.as_ref();
        changed.unwrap_or_else(|| self.base.governance())
    }

    fn tip(&self) -> Tip {
        self.base.tip()
    }

    fn roster(&self) -> &Roster {
        let changed = self.changes.roster.as_ref();
        changed.unwrap_or_else(|| self.base.roster())
    }

    fn member(&self, id: &MemberId) -> Option<&MemberState> {
        let changed = self.changes.members.get(id);
        changed.or_else(|| self.base.member(id))
    }

    fn members(&self) -> Box<dyn Iterator<Item = (&MemberId, &MemberState)> + '_> {
        let changed = &self.changes.members;
        let untouched = self.base.members();
        Box::new(
            untouched
                .filter(move |(id, _)| !changed.contains_key(id))
                .chain(changed),
        )
    }

    fn device(&self, id: &DeviceId) -> Option<&DeviceState> {
        let changed = self.changes.devices.get(id);
        changed.or_else(|| self.base.device(id))
    }

    fn devices(&self) -> Box<dyn Iterator<Item = (&DeviceId, &DeviceState)> + '_> {
        let changed = &self.changes.devices;
        let untouched = self.base.devices();
        Box::new(
            untouched
                .filter(move |(id, _)| !changed.contains_key(id))
                .chain(changed),
        )
    }

    fn reader_group(&self, of: &ReaderGroup) -> Option<&GroupState> {
        let changed = self.changes.readers.get(of);
        changed.or_else(|| self.base.reader_group(of))
    }

    fn reader_groups(&self) -> Box<dyn Iterator<Item = (&ReaderGroup, &GroupState)> + '_> {
        let changed = &self.changes.readers;
        let untouched = self.base.reader_groups();
        Box::new(
            untouched
                .filter(move |(of, _)| !changed.contains_key(of))
                .chain(changed),
        )
    }

    fn registration(&self, prefix: &Prefix) -> Option<&Registration> {
        let changed = self.changes.prefixes.get(prefix);
        changed.or_else(|| self.base.registration(prefix))
    }

    fn registrations(&self) -> Box<dyn Iterator<Item = (&Prefix, &Registration)> + '_> {
        // A registered prefix never changes, so nothing of the base is hidden here.
        Box::new(self.base.registrations().chain(&self.changes.prefixes))
    }

    fn final_registrations(&self) -> Box<dyn Iterator<Item = (&Prefix, &Registration)> + '_> {
        self.base.registrations()
    }

    fn claim(&self, prefix: &Prefix, member: &MemberId) -> Option<&PrefixClaim> {
        let changed = self.changes.claims.get(&(prefix.clone(), *member));
        changed.or_else(|| self.base.claim(prefix, member))
    }

    fn feed(&self, device: &DeviceId) -> Option<FeedHead> {
        let changed = self.changes.feeds.get(device).copied();
        changed.or_else(|| self.base.feed(device))
    }

    fn subject(&self, id: &SubjectId) -> Option<&SubjectState> {
        let changed = self.changes.subjects.get(id);
        changed.or_else(|| self.base.subject(id))
    }

    fn subjects(&self) -> Box<dyn Iterator<Item = (&SubjectId, &SubjectState)> + '_> {
        let changed = &self.changes.subjects;
        let untouched = self.base.subjects();
        Box::new(
            untouched
                .filter(move |(id, _)| !changed.contains_key(id))
                .chain(changed),
        )
    }

    fn contents(&self, container: &SubjectId) -> Vec<SubjectId> {
        let below = self.base.contents(container);
        let mut changed = self.changes.packed.range(contents_of(container)).peekable();
        if changed.peek().is_none() {
            return below;
        }
        let mut contents: BTreeSet<SubjectId> = below.into_iter().collect();
        for ((_, content), packed) in changed {
            match packed {
                Packed::Inside => contents.insert(*content),
                Packed::TakenOut => contents.remove(content),
            };
        }
        contents.into_iter().collect()
    }

    fn associated(&self, parent: &SubjectId) -> Vec<SubjectId> {
        let below = self.base.associated(parent);
        let mut changed = self.changes.joined.range(contents_of(parent)).peekable();
        if changed.peek().is_none() {
            return below;
        }
        let mut children: BTreeSet<SubjectId> = below.into_iter().collect();
        for ((_, child), joined) in changed {
            match joined {
                Joined::Together => children.insert(*child),
                Joined::Apart => children.remove(child),
            };
        }
        children.into_iter().collect()
    }

    fn offer(&self, record: &RecordRef) -> Option<&Offer> {
        match self.changes.offers.get(record) {
            Some(changed) => changed.as_ref(),
            None => self.base.offer(record),
        }
    }

    fn closed_offer(&self, record: &RecordRef) -> Option<ClosedOffer> {
        let changed = self.changes.closed_offers.get(record).copied();
        changed.or_else(|| self.base.closed_offer(record))
    }

    fn offers_to(&self, member: &MemberId) -> Vec<(SubjectId, RecordRef)> {
        let changed = &self.changes.offers;
        let mut offers = self.base.offers_to(member);
        offers.retain(|(_, record)| !changed.contains_key(record));
        offers.extend(changed.iter().filter_map(|(record, offer)| {
            let offer = offer.as_ref().filter(|offer| offer.to.is(member))?;
            Some((offer.subject, *record))
        }));
        offers
    }

    fn refusal(&self, record: &RecordRef) -> Option<&Refusal> {
        let changed = self.changes.refusals.get(record);
        changed.or_else(|| self.base.refusal(record))
    }

    fn waiting_unit(&self, first: &RecordRef) -> Option<&WaitingUnit> {
        match self.changes.waiting.units.get(first) {
            Some(changed) => changed.as_ref(),
            None => self.base.waiting_unit(first),
        }
    }

    fn waiting_with(&self, record: &RecordRef) -> Option<RecordRef> {
        let changed = &self.changes.waiting.units;
        let of_changes = changed.range(records_of(&record.block)).find(|(_, unit)| {
            unit.as_ref()
                .is_some_and(|unit| unit.names().any(|name| name == *record))
        });
        match of_changes {
            Some((first, _)) => Some(*first),
            None => self
                .base
                .waiting_with(record)
                .filter(|first| !changed.contains_key(first)),
        }
    }

    fn waiters_on(&self, missing: &RangeInclusive<RecordRef>) -> Vec<RecordRef> {
        let changed = &self.changes.waiting;
        self.waiting_with_base(|base| base.waiters_on(missing), changed.waiters_on(missing))
    }

    fn waiting_since_before(&self, time: TimeMs) -> Vec<RecordRef> {
        let changed = self.changes.waiting.units.iter();
        let of_changes = changed.filter_map(|(first, unit)| {
            let since = unit.as_ref()?.since;
            (since < time).then_some(*first)
        });
        self.waiting_with_base(|base| base.waiting_since_before(time), of_changes)
    }

    fn logged(&self, block: &BlockId) -> Option<Logged> {
        let changed = self.changes.logged.get(block).copied();
        changed.or_else(|| self.base.logged(block))
    }
}

impl Layer<'_> {
    /// Waiting units of the base that are not changed, and of the changes, in order.
    fn waiting_with_base(
        &self,
        of_base: impl FnOnce(&dyn StateView) -> Vec<RecordRef>,
        of_changes: impl Iterator<Item = RecordRef>,
    ) -> Vec<RecordRef> {
        let changed = &self.changes.waiting.units;
        let mut found = of_base(self.base);
        if !changed.is_empty() {
            found.retain(|first| !changed.contains_key(first));
            found.extend(of_changes);
            found.sort_unstable();
        }
        found
    }
}

/// The keys of everything packed directly in a container, or associated with a parent.
pub(super) fn contents_of(container: &SubjectId) -> RangeInclusive<(SubjectId, SubjectId)> {
    (*container, SubjectId::from_bytes([0; 32]))..=(*container, SubjectId::from_bytes([0xff; 32]))
}

/// The references of every record of a block.
pub(crate) fn records_of(block: &BlockId) -> RangeInclusive<RecordRef> {
    let at = |index| RecordRef {
        block: *block,
        index,
    };
    at(0)..=at(u16::MAX)
}
