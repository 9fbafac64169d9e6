//! The final state: what every checkpoint so far has come to.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::changes::{Joined, Packed, contents_of};
use super::{
    Changes, ClosedOffer, DeviceState, EpochState, FeedHead, Governance, GroupState, Logged,
    MemberState, Offer, PrefixClaim, Registration, Roster, StateView, SubjectState, WaitingUnit,
    codec::wire_fields,
};
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::rules::Refusal;
use crate::{
    BlockId, DeviceId, Genesis, HeaderHash, Height, MemberId, NetworkId, Prefix, ReaderGroup,
    RecordRef, SubjectId, TimeMs,
};

/// The newest checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Its height; 0 at the genesis.
    pub height: Height,
    /// Its header's hash; the network id at the genesis.
    pub header_hash: HeaderHash,
    /// Its time; the genesis' time at the genesis.
    pub time: TimeMs,
}

wire_fields!(Tip {
    height,
    header_hash,
    time
});

/// Everything that rules read, as of the newest checkpoint.
#[derive(Clone, Debug)]
pub struct State {
    network: NetworkId,
    tables: Tables,
    pub(crate) logged: BTreeMap<BlockId, Logged>,
    // What follows can be computed from the tables; it answers questions fast.
    packed: BTreeSet<(SubjectId, SubjectId)>,
    /// Parents and children of associations.
    joined: BTreeSet<(SubjectId, SubjectId)>,
    inbox: BTreeSet<(MemberId, RecordRef)>,
    /// What is missing, and the first record of the unit that waits for it.
    waiters: BTreeSet<(RecordRef, RecordRef)>,
    /// Each record that waits, with the first of its unit.
    waiting_with: BTreeMap<RecordRef, RecordRef>,
    waiting_since: BTreeSet<(TimeMs, RecordRef)>,
}

/// What the state bytes hold.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    tip: Tip,
    pub(crate) governance: Governance,
    pub(crate) roster: Roster,
    pub(crate) members: BTreeMap<MemberId, MemberState>,
    pub(crate) devices: BTreeMap<DeviceId, DeviceState>,
    pub(crate) readers: BTreeMap<ReaderGroup, GroupState>,
    pub(crate) prefixes: BTreeMap<Prefix, Registration>,
    pub(crate) claims: BTreeMap<(Prefix, MemberId), PrefixClaim>,
    pub(crate) feeds: BTreeMap<DeviceId, FeedHead>,
    pub(crate) subjects: BTreeMap<SubjectId, SubjectState>,
    pub(crate) offers: BTreeMap<RecordRef, Offer>,
    pub(crate) closed_offers: BTreeMap<RecordRef, ClosedOffer>,
    pub(crate) waiting: BTreeMap<RecordRef, WaitingUnit>,
    pub(crate) refusals: BTreeMap<RecordRef, Refusal>,
}

wire_fields!(Tables {
    tip,
    governance,
    roster,
    members,
    devices,
    readers,
    prefixes,
    claims,
    feeds,
    subjects,
    offers,
    closed_offers,
    waiting,
    refusals,
});

impl State {
    /// The state before the first checkpoint.
    pub(crate) fn at_genesis(genesis: &Genesis) -> Self {
        let mut devices = BTreeMap::new();
        for founder in genesis.founders() {
            for entry in founder.devices() {
                devices.insert(
                    entry.key(),
                    DeviceState {
                        member: founder.id(),
                        entry: entry.clone(),
                        enrolled_by: None,
                        revoked: None,
                        forked: None,
                    },
                );
            }
        }
        let tip = Tip {
            height: Height(0),
            header_hash: HeaderHash::from_bytes(*genesis.id().as_bytes()),
            time: genesis.time(),
        };
        let tables = Tables {
            tip,
            governance: Governance::founded(genesis.policy().clone()),
            roster: Roster::founded(genesis),
            members: founders(genesis),
            devices,
            readers: first_readers(genesis),
            prefixes: BTreeMap::new(),
            claims: BTreeMap::new(),
            feeds: BTreeMap::new(),
            subjects: BTreeMap::new(),
            offers: BTreeMap::new(),
            closed_offers: BTreeMap::new(),
            waiting: BTreeMap::new(),
            refusals: BTreeMap::new(),
        };
        Self::from_tables(genesis, tables)
    }

    fn from_tables(genesis: &Genesis, tables: Tables) -> Self {
        let mut packed: Vec<_> = tables
            .subjects
            .iter()
            .filter_map(|(id, subject)| subject.inside.map(|container| (container, *id)))
            .collect();
        packed.sort_unstable();
        let mut joined: Vec<_> = tables
            .subjects
            .iter()
            .flat_map(|(id, subject)| subject.seldom.parents.iter().map(|parent| (*parent, *id)))
            .collect();
        joined.sort_unstable();
        Self {
            network: genesis.id(),
            logged: BTreeMap::new(),
            packed: packed.into_iter().collect(),
            joined: joined.into_iter().collect(),
            inbox: tables
                .offers
                .iter()
                .filter_map(|(record, offer)| Some((*offer.to.member()?, *record)))
                .collect(),
            waiters: tables
                .waiting
                .iter()
                .map(|(first, unit)| (unit.missing, *first))
                .collect(),
            waiting_with: tables
                .waiting
                .iter()
                .flat_map(|(first, unit)| unit.names().map(|record| (record, *first)))
                .collect(),
            waiting_since: tables
                .waiting
                .iter()
                .map(|(first, unit)| (unit.since, *first))
                .collect(),
            tables,
        }
    }

    /// Appends the state bytes.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.tables.write(to);
    }

    /// Reads state bytes that this network's replica wrote.
    pub(crate) fn read(genesis: &Genesis, from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self::from_tables(genesis, Tables::read(from)?))
    }

    pub(crate) fn set_tip(&mut self, tip: Tip) {
        self.tables.tip = tip;
    }

    /// What the state bytes hold, for the tree over it.
    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// How many subjects there are.
    pub fn subject_count(&self) -> usize {
        self.tables.subjects.len()
    }

    /// Every refusal, by record.
    pub fn refusals(&self) -> impl Iterator<Item = (&RecordRef, &Refusal)> {
        self.tables.refusals.iter()
    }

    /// Makes changes part of the state.
    pub(crate) fn commit(&mut self, changes: Changes) {
        if let Some(governance) = changes.governance {
            self.tables.governance = governance;
        }
        if let Some(roster) = changes.roster {
            self.tables.roster = roster;
        }
        self.tables.members.extend(changes.members);
        self.tables.devices.extend(changes.devices);
        self.tables.readers.extend(changes.readers);
        self.tables.prefixes.extend(changes.prefixes);
        self.tables.claims.extend(changes.claims);
        self.tables.feeds.extend(changes.feeds);
        for (id, mut subject) in changes.subjects {
            subject.seldom.shrink();
            self.tables.subjects.insert(id, subject);
        }
        for (key, packed) in changes.packed {
            match packed {
                Packed::Inside => self.packed.insert(key),
                Packed::TakenOut => self.packed.remove(&key),
            };
        }
        for (key, joined) in changes.joined {
            match joined {
                Joined::Together => self.joined.insert(key),
                Joined::Apart => self.joined.remove(&key),
            };
        }
        for (record, offer) in changes.offers {
            self.set_offer(record, offer);
        }
        self.tables.closed_offers.extend(changes.closed_offers);
        for (first, unit) in changes.waiting.into_units() {
            self.set_waiting(first, unit);
        }
        self.tables.refusals.extend(changes.refusals);
        self.logged.extend(changes.logged);
    }

    fn set_offer(&mut self, record: RecordRef, offer: Option<Offer>) {
        match offer {
            Some(offer) => {
                if let Some(to) = offer.to.member() {
                    self.inbox.insert((*to, record));
                }
                self.tables.offers.insert(record, offer);
            }
            None => {
                if let Some(offer) = self.tables.offers.remove(&record)
                    && let Some(to) = offer.to.member()
                {
                    self.inbox.remove(&(*to, record));
                }
            }
        }
    }

    fn set_waiting(&mut self, first: RecordRef, unit: Option<WaitingUnit>) {
        if let Some(before) = self.tables.waiting.remove(&first) {
            self.waiters.remove(&(before.missing, first));
            for record in before.names() {
                self.waiting_with.remove(&record);
            }
            self.waiting_since.remove(&(before.since, first));
        }
        if let Some(unit) = unit {
            self.waiters.insert((unit.missing, first));
            self.waiting_with
                .extend(unit.names().map(|record| (record, first)));
            self.waiting_since.insert((unit.since, first));
            self.tables.waiting.insert(first, unit);
        }
    }
}

fn founders(genesis: &Genesis) -> BTreeMap<MemberId, MemberState> {
    let founders = genesis.founders().iter();
    let begun = founders.map(|founder| {
        let inception = founder.inception().clone();
        let since = (Height(0), genesis.time());
        (founder.id(), MemberState::begun(inception, since, None))
    });
    begun.collect()
}

/// The keys that members brought in the genesis.
fn first_readers(genesis: &Genesis) -> BTreeMap<ReaderGroup, GroupState> {
    let keys = genesis.founders().iter().flat_map(|founder| {
        let readers = founder.inception().readers().iter();
        readers.map(|(group, key)| (ReaderGroup::new(founder.id(), *group), key))
    });
    keys.map(|(of, key)| {
        let first = EpochState::first(key.clone(), (Height(0), genesis.time()), None);
        let epochs = vec![first];
        (of, GroupState { epochs })
    })
    .collect()
}

impl StateView for State {
    fn network(&self) -> NetworkId {
        self.network
    }

    fn governance(&self) -> &Governance {
        &self.tables.governance
    }

    fn roster(&self) -> &Roster {
        &self.tables.roster
    }

    fn tip(&self) -> Tip {
        self.tables.tip
    }

    fn member(&self, id: &MemberId) -> Option<&MemberState> {
        self.tables.members.get(id)
    }

    fn members(&self) -> Box<dyn Iterator<Item = (&MemberId, &MemberState)> + '_> {
        Box::new(self.tables.members.iter())
    }

    fn device(&self, id: &DeviceId) -> Option<&DeviceState> {
        self.tables.devices.get(id)
    }

    fn devices(&self) -> Box<dyn Iterator<Item = (&DeviceId, &DeviceState)> + '_> {
        Box::new(self.tables.devices.iter())
    }

    fn reader_group(&self, of: &ReaderGroup) -> Option<&GroupState> {
        self.tables.readers.get(of)
    }

    fn reader_groups(&self) -> Box<dyn Iterator<Item = (&ReaderGroup, &GroupState)> + '_> {
        Box::new(self.tables.readers.iter())
    }

    fn registration(&self, prefix: &Prefix) -> Option<&Registration> {
        self.tables.prefixes.get(prefix)
    }

    fn registrations(&self) -> Box<dyn Iterator<Item = (&Prefix, &Registration)> + '_> {
        Box::new(self.tables.prefixes.iter())
    }

    fn final_registrations(&self) -> Box<dyn Iterator<Item = (&Prefix, &Registration)> + '_> {
        self.registrations()
    }

    fn claim(&self, prefix: &Prefix, member: &MemberId) -> Option<&PrefixClaim> {
        self.tables.claims.get(&(prefix.clone(), *member))
    }

    fn feed(&self, device: &DeviceId) -> Option<FeedHead> {
        self.tables.feeds.get(device).copied()
    }

    fn subject(&self, id: &SubjectId) -> Option<&SubjectState> {
        self.tables.subjects.get(id)
    }

    fn subjects(&self) -> Box<dyn Iterator<Item = (&SubjectId, &SubjectState)> + '_> {
        Box::new(self.tables.subjects.iter())
    }

    fn contents(&self, container: &SubjectId) -> Vec<SubjectId> {
        self.packed
            .range(contents_of(container))
            .map(|(_, content)| *content)
            .collect()
    }

    fn associated(&self, parent: &SubjectId) -> Vec<SubjectId> {
        self.joined
            .range(contents_of(parent))
            .map(|(_, child)| *child)
            .collect()
    }

    fn offer(&self, record: &RecordRef) -> Option<&Offer> {
        self.tables.offers.get(record)
    }

    fn closed_offer(&self, record: &RecordRef) -> Option<ClosedOffer> {
        self.tables.closed_offers.get(record).copied()
    }

    fn offers_to(&self, member: &MemberId) -> Vec<(SubjectId, RecordRef)> {
        let first = RecordRef {
            block: BlockId::from_bytes([0; 32]),
            index: 0,
        };
        self.inbox
            .range((*member, first)..)
            .take_while(|(to, _)| to == member)
            .filter_map(|(_, record)| Some((self.offer(record)?.subject, *record)))
            .collect()
    }

    fn refusal(&self, record: &RecordRef) -> Option<&Refusal> {
        self.tables.refusals.get(record)
    }

    fn waiting_unit(&self, first: &RecordRef) -> Option<&WaitingUnit> {
        self.tables.waiting.get(first)
    }

    fn waiting_with(&self, record: &RecordRef) -> Option<RecordRef> {
        self.waiting_with.get(record).copied()
    }

    fn waiters_on(&self, missing: &RangeInclusive<RecordRef>) -> Vec<RecordRef> {
        let lowest = RecordRef {
            block: BlockId::from_bytes([0; 32]),
            index: 0,
        };
        self.waiters
            .range((*missing.start(), lowest)..)
            .take_while(|(record, _)| record <= missing.end())
            .map(|(_, first)| *first)
            .collect()
    }

    fn waiting_since_before(&self, time: TimeMs) -> Vec<RecordRef> {
        let mut found: Vec<_> = self
            .waiting_since
            .iter()
            .take_while(|(since, _)| *since < time)
            .map(|(_, first)| *first)
            .collect();
        found.sort_unstable();
        found
    }

    fn logged(&self, block: &BlockId) -> Option<Logged> {
        self.logged.get(block).copied()
    }
}
