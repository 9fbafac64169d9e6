//! What is said of a network's policy, of readers' keys, and of earlier records.

use std::collections::BTreeSet;

use chopmark_core::{
    AudienceDraft, DeviceId, Group, Height, Jurisdiction, Kem, Kind, Permissions, Policy,
    Quantities, ReaderGroup, Sealed, SectionBody, SectionName,
};

use super::*;
use crate::network::{CUSTOMS, reader_keys};

fn jurisdiction(name: &str) -> Jurisdiction {
    Jurisdiction::parse(name).unwrap()
}

/// Rules do not look into what is sealed.
fn sealed() -> Sealed {
    Sealed {
        enc: vec![0; 32],
        sealed: vec![0; 48],
    }
}

/// One thing is different: first what a network may want, then what none can live under.
fn changed(policy: &Policy, n: usize) -> Policy {
    let mut next = policy.clone();
    let toggle = |now: u64, one: u64, other: u64| if now == one { other } else { one };
    match n {
        0 => {
            next.quantities = match policy.quantities {
                Quantities::Fields => Quantities::Sections,
                Quantities::Sections => Quantities::Fields,
            };
        }
        1 => next.grace_ms = toggle(policy.grace_ms, 10_000, 4_000),
        2 => next.offer_life_ms = toggle(policy.offer_life_ms, 20_000, 2_000),
        3 => {
            // Couriers who hold, amend and enrol: policy lets them, the rules do not.
            let kinds = [
                Kind::Hold,
                Kind::Open,
                Kind::Unreadable,
                Kind::SetPolicy,
                Kind::SetReader,
                Kind::Enrol,
                Kind::CommissionRun,
            ];
            next.permissions.allow(None, Role::Courier, kinds);
        }
        4 | 5 => {
            let name = jurisdiction("cn-gd");
            let supervisors = [member(CUSTOMS), member(QUARANTINE)];
            next.jurisdictions.insert(name.clone(), supervisors.into());
            next.required = [(Kind::Observe, name.clone()), (Kind::Offer, name)].into();
        }
        6 => next.prefix_quorum = toggle(policy.prefix_quorum, 2, 1),
        7 => next.policy_quorum = toggle(policy.policy_quorum, 2, 3),
        8 => next.policy_quorum = u64::from(MEMBERS) + 1,
        9 => {
            let mut kept = Permissions::default();
            for (class, role, kinds) in policy.permissions.rows() {
                let kinds = kinds.iter().copied();
                kept.allow(class, role, kinds.filter(|kind| *kind != Kind::Revoke));
            }
            next.permissions = kept;
        }
        10 => {
            let strangers = [MemberId::from_bytes([5; 32])];
            next.jurisdictions
                .insert(jurisdiction("nowhere"), strangers.into());
        }
        11 => {
            next.required.insert(Kind::Pack, jurisdiction("atlantis"));
        }
        12 => next.kem = Kem::XWing,
        13 | 14 => {
            let kinds = [Kind::OfferTitle, Kind::TakeTitle, Kind::Pledge];
            next.second_signature = match policy.second_signature.is_empty() {
                true => kinds.into(),
                false => [].into(),
            };
        }
        15 => next.second_signature = [Kind::Revoke].into(),
        // As it is: whoever wanted another one does not any more.
        _ => {}
    }
    next
}

fn set_policy(replaces: Digest32, policy: Policy, from: Height) -> RecordDraft {
    let body = Body::SetPolicy {
        replaces,
        policy: Box::new(policy),
        from,
    };
    RecordDraft::new(body, Vec::new())
}

/// An amendment, as every admin writes it that wants it.
pub(crate) fn amended(policy: &Policy, n: usize, from: Height) -> RecordDraft {
    set_policy(policy.digest(), changed(policy, n), from)
}

/// The first key of a supervision group.
pub(crate) fn supervision_key() -> RecordDraft {
    let body = Body::SetReader {
        group: Group::Supervision,
        epoch: 0,
        key: reader_keys()[0].clone(),
        devices: Vec::new(),
        recovery: None,
    };
    RecordDraft::new(body, Vec::new())
}

impl Story {
    /// What another member wants already, mostly.
    pub(super) fn amendment(&mut self) -> RecordDraft {
        let world = &self.model.world;
        let current = world.newest_policy().clone();
        let wanted = world.wishes.values();
        let wanted: Vec<_> = wanted.map(|w| (w.policy.clone(), w.from)).collect();
        let replaces = match self.numbers.below(12) {
            0 => genesis().policy().digest(),
            1 => Digest32::from_bytes([6; 32]),
            _ => current.digest(),
        };
        let other = self.numbers.one_in(4);
        match self.numbers.pick(&wanted) {
            Some((wanted, from)) if !other => set_policy(replaces, Policy::clone(wanted), *from),
            _ => {
                let n = self.numbers.below(17);
                let ahead = [0, 2, 3, 3, 3, 4, 4, 1_000_001];
                let ahead = *self.numbers.pick(&ahead).unwrap();
                let from = self.height(ahead);
                set_policy(replaces, changed(&current, n), from)
            }
        }
    }

    /// A reader group's next key, or one that it has for more devices.
    pub(super) fn reader_key(&mut self, of: MemberId) -> RecordDraft {
        let group = *self.numbers.pick(Group::ALL).unwrap();
        let known = self.model.world.readers.get(&ReaderGroup::new(of, group));
        let known: Vec<_> = known.into_iter().flatten().map(|e| e.key.clone()).collect();
        let (old, all) = (self.numbers.one_in(3), reader_keys());
        let mut at = match self.numbers.below(known.len() + 1) {
            n if old => n,
            _ => known.len(),
        };
        let usable = &all[..all.len() - 1];
        let mut key = match known.get(at) {
            Some(key) => key.clone(),
            None => self.numbers.pick(usable).unwrap().clone(),
        };
        match self.numbers.below(20) {
            0 => at += 1,
            1 => key = self.numbers.pick(all).unwrap().clone(),
            2 => key = all.last().unwrap().clone(),
            _ => {}
        }
        let mut devices = BTreeSet::new();
        for _ in 0..self.numbers.below(3) {
            devices.insert(self.reading_device(of));
        }
        let recovery = self.numbers.one_in(4);
        let recovery = recovery.then(|| self.numbers.pick(usable).unwrap().clone());
        let body = Body::SetReader {
            group,
            epoch: u32::try_from(at).unwrap(),
            key,
            devices: devices.into_iter().map(|id| (id, sealed())).collect(),
            recovery: recovery.map(|key| (key, sealed())),
        };
        RecordDraft::new(body, Vec::new())
    }

    /// A device of the member's own, mostly.
    fn reading_device(&mut self, of: MemberId) -> DeviceId {
        let theirs = (0..MEMBERS).find(|n| member(*n) == of);
        match theirs {
            Some(n) if !self.numbers.one_in(6) => {
                key_id([admin(n), worker(n)][self.numbers.below(2)])
            }
            _ => key_id(self.numbers.byte_below(KEYS)),
        }
    }

    /// A record of the member's own is put right, mostly.
    pub(super) fn correction(&mut self, of: MemberId) -> RecordDraft {
        let any = self.numbers.one_in(6);
        let writers = &self.model.writers;
        let own = |at: &&RecordRef| any || writers.get(&at.block) == Some(&of);
        let own: Vec<RecordRef> = self.records.iter().filter(own).copied().collect();
        let mut cites: Vec<RecordRef> = Vec::new();
        for _ in 0..=self.numbers.below(3) {
            let cite = match self.numbers.pick(&own) {
                Some(cite) if !self.numbers.one_in(10) => *cite,
                _ => self.some_record(),
            };
            if !cites.contains(&cite) {
                cites.push(cite);
            }
        }
        let (wrong, correctives) = cites.split_first().unwrap();
        let body = Body::Correct {
            when: when(),
            of: *wrong,
            reason: "incorrect_data".to_owned(),
            correctives: correctives.to_vec(),
        };
        let subject = self.subject_that(|model, s| model.world.things.contains_key(&s));
        RecordDraft::new(body, vec![subject]).citing(cites)
    }

    /// An authority looks into a section or cannot, or somebody passes one on.
    pub(super) fn said_of_records(&mut self) -> RecordDraft {
        let record = self.some_record();
        let (when, section) = (when(), SectionName { record, index: 0 });
        let reason = "inspection".to_owned();
        let draft = match self.numbers.below(3) {
            0 => RecordDraft::new(
                Body::Open {
                    when,
                    section,
                    reason,
                },
                Vec::new(),
            ),
            1 => {
                let subject = self.subject_that(|model, s| model.world.things.contains_key(&s));
                RecordDraft::new(Body::Unreadable { when, section }, vec![subject])
            }
            _ => RecordDraft::new(Body::Grant { when, section }, Vec::new()),
        };
        draft.citing(vec![record])
    }

    /// Regulators are told where policy asks for it, mostly; and now and then others are.
    pub(crate) fn told(&mut self, draft: RecordDraft) -> RecordDraft {
        let note = SectionBody::default;
        let policy = &self.model.world.policy;
        let readers = self.known.readers.clone();
        self.known.readers = readers.with_jurisdictions(policy.jurisdictions.clone());
        if let Some(name) = policy.required_for(draft.body.kind()).cloned() {
            let of_name = &policy.jurisdictions[&name];
            let someone = of_name.iter().any(|of| {
                let of = ReaderGroup::new(*of, Group::Supervision);
                self.known.readers.get(&of).is_some()
            });
            if someone && !self.numbers.one_in(6) {
                return draft.telling(AudienceDraft::Regulators(name), note());
            }
        }
        if !self.numbers.one_in(12) {
            return draft;
        }
        // To a group that has had another key, rather: not everybody has heard of the new one.
        let renewed = self.model.world.readers.iter();
        let renewed = renewed.filter(|(_, epochs)| epochs.len() > 1);
        let renewed: Vec<ReaderGroup> = renewed.map(|(of, _)| *of).collect();
        let of = self.numbers.pick(&renewed).copied().unwrap_or_else(|| {
            let theirs = member(self.numbers.byte_below(TRADERS));
            ReaderGroup::new(theirs, *self.numbers.pick(Group::ALL).unwrap())
        });
        match self.known.readers.get(&of) {
            Some(_) => draft.telling(AudienceDraft::parties([of]), note()),
            None => draft,
        }
    }
}
