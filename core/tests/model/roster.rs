//! Who is a member and whose peers order, as plainly as in `world`.

use std::collections::BTreeMap;

use chopmark_core::{
    Class, DeviceId, Digest32, Founder, Genesis, Height, MemberId, NetworkId, ReaderGroup, Record,
    RecordRef, Role, RosterAct, Validator, ValidatorSet, roster_digest,
};

use crate::governing::Epoch;
use crate::network::{root_number, root_signature};
use crate::rooting::Roots;
use crate::world::{Device, Line, Ruling, World, unless};

/// A member, or one that was.
#[derive(Clone, Debug)]
pub(crate) struct Firm {
    pub(crate) class: Class,
    /// From this height on its records are taken.
    pub(crate) from: Height,
    /// And from this one on no longer.
    pub(crate) gone: Option<Height>,
    pub(crate) roots: Roots,
}

impl Firm {
    fn new(founder: &Founder, from: Height) -> Self {
        let inception = founder.inception();
        Self {
            class: inception.class(),
            from,
            gone: None,
            roots: Roots::new(inception.root(), inception.next_root()),
        }
    }
}

/// What members want and what they agreed on.
#[derive(Clone, Debug)]
pub(crate) struct Roster {
    network: NetworkId,
    pub(crate) wishes: BTreeMap<MemberId, (Digest32, RecordRef)>,
    pub(crate) changes: Vec<(Digest32, Height, Vec<RecordRef>)>,
    /// Every set with the height from which on it orders.
    pub(crate) sets: Vec<(Height, ValidatorSet)>,
}

impl Roster {
    pub(crate) fn new(genesis: &Genesis) -> Self {
        Self {
            network: genesis.id(),
            wishes: BTreeMap::new(),
            changes: Vec::new(),
            sets: vec![(Height(0), genesis.validators().clone())],
        }
    }

    pub(crate) fn validators(&self, height: Height) -> &ValidatorSet {
        let mut known = self.sets.iter().filter(|(from, _)| *from <= height);
        &known.next_back().unwrap().1
    }
}

pub(crate) fn founders(genesis: &Genesis) -> BTreeMap<MemberId, Firm> {
    let founders = genesis.founders().iter();
    founders
        .map(|founder| (founder.id(), Firm::new(founder, Height(0))))
        .collect()
}

impl World {
    /// A member in the checkpoint that is made.
    pub(crate) fn stands(&self, member: MemberId, now: Height) -> Ruling {
        let firm = self.members.get(&member).ok_or("unknown-member")?;
        let gone = firm.gone.is_some_and(|gone| gone <= now);
        unless(!gone, "member-expelled")?;
        unless(firm.from <= now, "not-yet-member")
    }

    /// Those whom nobody has agreed to expel.
    pub(crate) fn staying(&self) -> BTreeMap<MemberId, Class> {
        let staying = self.members.iter().filter(|(_, firm)| firm.gone.is_none());
        staying.map(|(of, firm)| (*of, firm.class)).collect()
    }

    pub(crate) fn stays(&self, member: MemberId) -> Ruling {
        let firm = self.members.get(&member).ok_or("unknown-member")?;
        unless(firm.gone.is_none(), "member-expelled")
    }

    pub(crate) fn newest_validators(&self) -> &ValidatorSet {
        &self.roster.sets.last().unwrap().1
    }

    pub(crate) fn roster_now(&self) -> Digest32 {
        let staying = self.staying().into_keys();
        let members = staying.map(|of| (of, self.members[&of].roots.base));
        roster_digest(&members.collect(), self.newest_validators())
    }

    pub(crate) fn wish(&mut self, line: &Line<'_>, record: &Record) -> Ruling {
        let (terms, act, signature) = record.body().roster_wish().unwrap();
        unless(line.role == Role::Admin, "not-admin")?;
        self.stays(line.member)?;
        let message = terms.message(&self.roster.network, &act);
        if self
            .roster
            .changes
            .iter()
            .any(|(made, ..)| *made == message)
        {
            return Ok(());
        }
        unless(terms.replaces == self.roster_now(), "roster-superseded")?;
        let newest = self.roster.changes.last().map_or(0, |(_, from, _)| from.0);
        let ahead = terms.height.0.checked_sub(line.height.0);
        let soon = ahead.is_some_and(|ahead| (2..=1_000_000).contains(&ahead));
        unless(soon && terms.height.0 > newest, "wrong-height")?;
        let number = root_number(&self.members[&line.member].roots.root);
        let signed = root_signature(number, &terms, &act);
        unless(*signature == signed, "bad-root-signature")?;
        let validators = self.sound_act(&act)?;
        self.roster.wishes.insert(line.member, (message, line.at));
        let known = self
            .roster
            .wishes
            .iter()
            .filter(|(of, (same, _))| *same == message && self.members[of].roots.vouched);
        let known = known.count();
        let others = self.roster.wishes.iter();
        let others = others.filter(|(of, (same, _))| **of != line.member && *same == message);
        let mut carried: Vec<RecordRef> = others.map(|(_, (_, at))| *at).collect();
        carried.push(line.at);
        let policy = usize::try_from(self.policy.policy_quorum).unwrap();
        if carried.len() >= policy && 2 * known > self.staying().len() {
            self.make(line, (terms.height, &act));
            if validators != *self.newest_validators() {
                self.roster.sets.push((terms.height, validators));
            }
            self.roster.changes.push((message, terms.height, carried));
            self.roster.wishes.clear();
            for firm in self.members.values_mut() {
                (firm.roots.vouched, firm.roots.shown) = (true, 0);
            }
        }
        Ok(())
    }

    /// What is wanted can be, and whose peers order then.
    fn sound_act(&self, act: &RosterAct) -> Result<ValidatorSet, &'static str> {
        let mut validators = self.newest_validators().as_slice().to_vec();
        let mut members = self.staying();
        match act {
            RosterAct::Admit(application) => {
                let applicant = application.applicant();
                unless(
                    !self.members.contains_key(&applicant.id()),
                    "already-member",
                )?;
                let honest = application.verify(&self.roster.network).is_ok();
                unless(honest, "bad-root-signature")?;
                let mut keys = applicant.inception().readers().values();
                unless(keys.all(|key| key.kem() == self.policy.kem), "wrong-kem")?;
                let mut devices = applicant.devices().iter();
                let fresh = devices.all(|device| !self.devices.contains_key(&device.key()));
                unless(fresh, "already-enrolled")?;
                members.insert(applicant.id(), applicant.inception().class());
                self.lives_on(&members)?;
            }
            RosterAct::Expel(member) => {
                self.stays(*member)?;
                members.remove(member);
                self.lives_on(&members)?;
                validators.retain(|validator| validator.member() != *member);
            }
            RosterAct::SetValidators(set) => {
                for validator in set.as_slice() {
                    self.stays(validator.member())?;
                    unless(self.may_order(validator), "not-a-peer")?;
                }
                validators = set.as_slice().to_vec();
            }
        }
        if let RosterAct::Admit(_) = act {
            return Ok(self.newest_validators().clone());
        }
        let enough = validators.len() == 1 || validators.len() >= 4;
        unless(enough, "too-few-validators")?;
        Ok(ValidatorSet::new(validators).unwrap())
    }

    fn may_order(&self, validator: &Validator) -> bool {
        let peer = self.devices.get(&validator.key());
        peer.is_some_and(|peer| {
            peer.member == validator.member()
                && peer.role == Role::Peer
                && peer.revoked.is_none()
                && !peer.forked
        })
    }

    fn make(&mut self, line: &Line<'_>, (from, act): (Height, &RosterAct)) {
        match act {
            RosterAct::Admit(application) => {
                let applicant = application.applicant();
                let firm = Firm::new(applicant, from);
                self.members.insert(applicant.id(), firm);
                for entry in applicant.devices() {
                    let device = Device {
                        member: applicant.id(),
                        role: entry.role(),
                        second: entry.second().cloned(),
                        until: entry.until(),
                        revoked: None,
                        forked: false,
                    };
                    self.devices.insert(entry.key(), device);
                }
                for (group, key) in applicant.inception().readers() {
                    let mut first = Epoch::first(key.clone());
                    (first.from, first.since, first.by) = (from, line.now, Some(line.at));
                    let group = ReaderGroup::new(applicant.id(), *group);
                    self.readers.insert(group, vec![first]);
                }
            }
            RosterAct::Expel(member) => {
                self.members.get_mut(member).unwrap().gone = Some(from);
                self.wishes.remove(member);
            }
            RosterAct::SetValidators(_) => {}
        }
    }

    /// The key of a peer that may order, if the ledger knows one beside these.
    pub(crate) fn a_peer(&self, of: MemberId, but: &[DeviceId]) -> Option<DeviceId> {
        let mut devices = self.devices.iter();
        let found = devices.find(|(key, device)| {
            device.member == of && device.role == Role::Peer && !but.contains(key)
        });
        found.map(|(key, _)| *key)
    }
}
