//! The ledger once more, as plainly as it can be said. Nothing of the ledger's own rules or state is
//! used here or in `world`, only the types of records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chopmark_core::{
    BlockId, DeviceId, Genesis, Height, MemberId, Record, RecordRef, Seq, TimeMs, VerifiedBlock,
};

use crate::governing::founders_keys;
use crate::roster::{Roster, founders};
use crate::world::{Device, Line, World};

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Applied,
    Refused(&'static str),
    Waiting(RecordRef),
}

/// Records that stand or fall together.
#[derive(Clone, Debug)]
struct Unit {
    device: DeviceId,
    seq: Seq,
    block: BlockId,
    ordered: TimeMs,
    missing: Option<RecordRef>,
    records: Vec<(u16, Record)>,
}

impl Unit {
    fn names(&self) -> impl Iterator<Item = RecordRef> {
        let block = self.block;
        self.records.iter().map(move |(index, _)| RecordRef {
            block,
            index: *index,
        })
    }

    fn first(&self) -> RecordRef {
        self.names().next().unwrap()
    }
}

/// The naive ledger.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) world: World,
    feeds: BTreeMap<DeviceId, Vec<BlockId>>,
    /// Blocks in log order, with how many records each has, and who wrote them.
    log: Vec<(BlockId, u16)>,
    pub(crate) writers: BTreeMap<BlockId, MemberId>,
    height: Height,
    pub(crate) fates: BTreeMap<RecordRef, Fate>,
    waiting: Vec<Unit>,
}

impl Model {
    pub(crate) fn new(genesis: &Genesis) -> Self {
        let mut devices = BTreeMap::new();
        for founder in genesis.founders() {
            for entry in founder.devices() {
                let device = Device {
                    member: founder.id(),
                    role: entry.role(),
                    second: entry.second().cloned(),
                    until: entry.until(),
                    revoked: None,
                    forked: false,
                };
                devices.insert(entry.key(), device);
            }
        }
        Self {
            world: World {
                policy: Arc::new(genesis.policy().clone()),
                wishes: BTreeMap::new(),
                amendments: Vec::new(),
                readers: founders_keys(genesis),
                members: founders(genesis),
                roster: Roster::new(genesis),
                devices,
                prefixes: Vec::new(),
                claims: Vec::new(),
                things: BTreeMap::new(),
                offers: BTreeMap::new(),
            },
            feeds: BTreeMap::new(),
            log: Vec::new(),
            writers: BTreeMap::new(),
            height: Height(0),
            fates: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    /// One checkpoint: its blocks in their order, then what has waited for too long.
    pub(crate) fn checkpoint(&mut self, blocks: &[&VerifiedBlock], now: TimeMs) {
        self.height = Height(self.height.0 + 1);
        self.world.turn(self.height);
        for block in blocks {
            self.block(block, now);
        }
        self.world.end_recoveries(now);
        self.world.seat_guardians(now);
        let mut late: Vec<RecordRef> = self
            .waiting
            .iter()
            .filter(|unit| unit.ordered.0 + self.world.policy.grace_ms < now.0)
            .map(Unit::first)
            .collect();
        late.sort();
        for first in late {
            if let Some(unit) = self.take(first) {
                self.refuse_all(&unit, "cite-never-came");
                self.settle(unit.names().collect(), now);
            }
        }
    }

    fn block(&mut self, block: &VerifiedBlock, now: TimeMs) {
        let (header, id) = (block.header(), block.id());
        let records = block.records().len().try_into().unwrap();
        self.log.push((id, records));
        self.writers.insert(id, header.member());
        let feed = self.feeds.entry(header.device()).or_default();
        let device = self.world.devices.get_mut(&header.device()).unwrap();
        let next = header.seq().0 == u64::try_from(feed.len()).unwrap()
            && header.prev() == feed.last().copied();
        let speaks = device.speaks_for(header.seq(), id);
        if next {
            feed.push(id);
        } else if speaks {
            device.forked = true;
        }
        let mut units: Vec<(Option<u16>, Unit)> = Vec::new();
        for (at, record) in block.located() {
            let same = |group: &Option<u16>| group.is_some() && *group == record.group();
            let entry = (at.index, record.clone());
            match units.iter_mut().find(|(group, _)| same(group)) {
                Some((_, unit)) => unit.records.push(entry),
                None => units.push((
                    record.group(),
                    Unit {
                        device: header.device(),
                        seq: header.seq(),
                        block: id,
                        ordered: now,
                        missing: None,
                        records: vec![entry],
                    },
                )),
            }
        }
        // What a block was sealed to is judged once, when it is ordered.
        let ahead = header.anchor().is_some_and(|(at, _)| at >= self.height);
        let knows = match ahead {
            true => Err("anchor-ahead"),
            false => self.world.sealed_to_new_keys(block, now),
        };
        for (_, unit) in units {
            let lacking = unit.records.iter().find_map(|(index, record)| {
                let lacks = match record {
                    record if !self.world.signed_as_asked(block, record) => "no-second-signature",
                    record if !self.world.told_regulators(block, record) => "no-regulator-section",
                    _ => return None,
                };
                Some((*index, lacks))
            });
            if let (true, Err(reason)) = (next, knows) {
                self.refuse_all(&unit, reason);
            } else if let (true, Some((index, lacks))) = (next, lacking) {
                self.refuse_one(&unit, index, lacks);
            } else if next {
                self.decide(unit, now);
            } else if speaks {
                self.refuse_all(&unit, "forked-feed");
            } else {
                self.refuse_all(&unit, "device-revoked");
            }
        }
        let names = (0..records).map(|index| RecordRef { block: id, index });
        // Something may also wait for a record that the block turns out not to have.
        let beyond = self.waiting.iter().filter_map(|unit| unit.missing);
        let beyond = beyond.filter(|missing| missing.block == id);
        self.settle(names.chain(beyond).collect(), now);
    }

    fn take(&mut self, first: RecordRef) -> Option<Unit> {
        let place = self.waiting.iter().position(|unit| unit.first() == first)?;
        Some(self.waiting.remove(place))
    }

    fn log_place(&self, block: BlockId) -> usize {
        self.log.iter().position(|(id, _)| *id == block).unwrap()
    }

    fn waiters(&self, names: &BTreeSet<RecordRef>) -> BTreeSet<(usize, RecordRef)> {
        self.waiting
            .iter()
            .filter(|unit| unit.missing.is_some_and(|missing| names.contains(&missing)))
            .map(|unit| (self.log_place(unit.block), unit.first()))
            .collect()
    }

    /// Looks again at what waited for these records, in log order.
    fn settle(&mut self, names: BTreeSet<RecordRef>, now: TimeMs) {
        let mut due = self.waiters(&names);
        while let Some((_, first)) = due.pop_first() {
            let Some(unit) = self.take(first) else {
                continue;
            };
            let (names, missing) = (unit.names().collect(), unit.missing);
            self.decide(unit, now);
            if self.fates.get(&first).copied() != missing.map(Fate::Waiting) {
                due.extend(self.waiters(&names));
            }
        }
    }

    fn refuse_all(&mut self, unit: &Unit, code: &'static str) {
        for name in unit.names() {
            self.fates.insert(name, Fate::Refused(code));
        }
    }

    fn refuse_one(&mut self, unit: &Unit, failed: u16, code: &'static str) {
        self.refuse_all(unit, "group-failed");
        let at = RecordRef {
            block: unit.block,
            index: failed,
        };
        self.fates.insert(at, Fate::Refused(code));
    }

    fn decide(&mut self, mut unit: Unit, now: TimeMs) {
        let device = self.world.devices[&unit.device].clone();
        if let Err(code) = self.world.stands(device.member, self.height) {
            return self.refuse_all(&unit, code);
        }
        let late = device.until.0 + self.world.policy.grace_ms;
        if device.forked {
            return self.refuse_all(&unit, "forked-feed");
        }
        if !device.speaks_for(unit.seq, unit.block) {
            return self.refuse_all(&unit, "device-revoked");
        }
        if unit.ordered.0 > late {
            return self.refuse_all(&unit, "enrolment-ended");
        }
        let mut missing = None;
        for (index, record) in &unit.records {
            let kind = record.kind();
            if !self.world.may_write(device.member, device.role, kind) {
                return self.refuse_one(&unit, *index, "not-permitted");
            }
            for cite in record.cites() {
                let logged = self.log.iter().find(|(id, _)| *id == cite.block);
                match (logged, self.fates.get(cite)) {
                    (Some(_), Some(Fate::Applied)) => {}
                    (Some(_), Some(Fate::Refused(_))) => {
                        return self.refuse_one(&unit, *index, "cite-refused");
                    }
                    (Some((_, records)), None) if cite.index >= *records => {
                        return self.refuse_one(&unit, *index, "cite-never-came");
                    }
                    // In this very block, further down: a block cannot cite itself, since its
                    // records are part of its id.
                    (Some(_), None) => panic!("{cite} is logged and undecided"),
                    (None, _) | (Some(_), Some(Fate::Waiting(_))) => {
                        missing = missing.or(Some(*cite));
                    }
                }
            }
        }
        if let Some(missing) = missing {
            for name in unit.names() {
                self.fates.insert(name, Fate::Waiting(missing));
            }
            unit.missing = Some(missing);
            return self.waiting.push(unit);
        }
        let mut world = self.world.clone();
        for (index, record) in &unit.records {
            let line = Line {
                member: device.member,
                role: device.role,
                at: RecordRef {
                    block: unit.block,
                    index: *index,
                },
                height: self.height,
                now,
                record,
                writers: &self.writers,
            };
            if let Err(code) = world.apply(&line) {
                return self.refuse_one(&unit, *index, code);
            }
        }
        self.world = world;
        for name in unit.names() {
            self.fates.insert(name, Fate::Applied);
        }
    }
}
