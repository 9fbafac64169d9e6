//! Who agrees on which policy, and whose keys sections are sealed to: as plainly as in `world`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chopmark_core::{
    Audience, Body, Class, DeviceId, Digest32, Genesis, Group, Height, HpkePublic, Kind, MemberId,
    Policy, ReaderGroup, Record, RecordRef, Role, TimeMs, VerifiedBlock,
};

use crate::world::{Line, Ruling, World, unless};

/// The policy that a member wants.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) policy: Arc<Policy>,
    pub(crate) digest: Digest32,
    pub(crate) from: Height,
    pub(crate) by: RecordRef,
}

/// A policy that was agreed on, from when on it holds, and the records that carried it.
#[derive(Clone, Debug)]
pub(crate) struct Amendment {
    pub(crate) policy: Arc<Policy>,
    pub(crate) from: Height,
    pub(crate) carried: Vec<RecordRef>,
}

/// One key of a reader group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Epoch {
    pub(crate) key: HpkePublic,
    pub(crate) from: Height,
    pub(crate) since: TimeMs,
    pub(crate) by: Option<RecordRef>,
    pub(crate) given: BTreeSet<DeviceId>,
    pub(crate) recovery: Option<RecordRef>,
}

impl Epoch {
    /// The key with which a group begins.
    pub(crate) fn first(key: HpkePublic) -> Self {
        Self {
            key,
            from: Height(0),
            since: TimeMs(0),
            by: None,
            given: BTreeSet::new(),
            recovery: None,
        }
    }
}

pub(crate) fn founders_keys(genesis: &Genesis) -> BTreeMap<ReaderGroup, Vec<Epoch>> {
    let mut keys = BTreeMap::new();
    for founder in genesis.founders() {
        for (group, key) in founder.inception().readers() {
            let mut first = Epoch::first(key.clone());
            first.since = genesis.time();
            keys.insert(ReaderGroup::new(founder.id(), *group), vec![first]);
        }
    }
    keys
}

fn may(policy: &Policy, class: Class, role: Role, kind: Kind) -> bool {
    policy.permissions.rows().any(|(of, by, kinds)| {
        of.is_none_or(|of| of == class) && by == role && kinds.contains(&kind)
    })
}

/// Which devices read in which group (format, section 2).
fn reads(group: Group, role: Role) -> bool {
    let roles: &[Role] = match group {
        Group::General => return true,
        Group::Operations => &[
            Role::Admin,
            Role::Courier,
            Role::Qc,
            Role::Warehouse,
            Role::Forwarder,
            Role::CustomsOfficer,
            Role::Shop,
        ],
        Group::Finance => &[Role::Admin, Role::BankOfficer],
        Group::Supervision => &[Role::Admin, Role::CustomsOfficer, Role::Regulator],
    };
    roles.contains(&role)
}

impl World {
    /// Whether a device's record of this kind has to be signed twice: as the policy asks of
    /// everyone, or because it says whose word counts and its device has a key for that.
    pub(crate) fn asks_twice(&self, device: DeviceId, kind: Kind) -> bool {
        let guarded = [
            Kind::Enrol,
            Kind::Revoke,
            Kind::RegisterPrefix,
            Kind::SetPolicy,
            Kind::SetReader,
            Kind::Recover,
        ];
        let has_second = self.devices[&device].second.is_some();
        self.policy.second_signature.contains(&kind) || (has_second && guarded.contains(&kind))
    }

    pub(crate) fn signed_as_asked(&self, block: &VerifiedBlock, record: &Record) -> bool {
        let device = block.header().device();
        let second = self.devices[&device].second.as_ref();
        !self.asks_twice(device, record.kind())
            || (second.is_some() && block.second_key() == second)
    }

    pub(crate) fn may_write(&self, member: MemberId, role: Role, kind: Kind) -> bool {
        may(&self.policy, self.members[&member].class, role, kind)
    }

    /// The policy that holds in the end.
    pub(crate) fn newest_policy(&self) -> &Arc<Policy> {
        self.amendments
            .last()
            .map_or(&self.policy, |one| &one.policy)
    }

    /// A checkpoint begins: what members named it for holds now.
    pub(crate) fn turn(&mut self, height: Height) {
        let holds = |one: &&Amendment| one.from <= height;
        if let Some(newest) = self.amendments.iter().rev().find(holds) {
            self.policy = newest.policy.clone();
        }
    }

    pub(crate) fn amend(
        &mut self,
        line: &Line<'_>,
        replaces: Digest32,
        (next, from): (&Policy, Height),
    ) -> Ruling {
        unless(line.role == Role::Admin, "not-admin")?;
        self.stays(line.member)?;
        let newest = self.newest_policy().clone();
        let replaces_it = replaces == newest.digest();
        if *next == *newest {
            // To want what holds is to want nothing else any more.
            if replaces_it {
                self.wishes.remove(&line.member);
            }
            return Ok(());
        }
        unless(replaces_it, "policy-superseded")?;
        let ahead = from.0.checked_sub(line.height.0);
        let soon = ahead.is_some_and(|ahead| (2..=1_000_000).contains(&ahead));
        let before = self.amendments.last().map_or(0, |one| one.from.0);
        unless(soon && from.0 > before, "wrong-height")?;
        unless(next.kem == self.policy.kem, "policy-kem")?;
        self.sound_for(next, &self.staying())?;
        let wish = Wish {
            policy: Arc::new(next.clone()),
            digest: next.digest(),
            from,
            by: line.at,
        };
        self.wishes.insert(line.member, wish);
        let others = self.wishes.iter().filter(|(of, _)| **of != line.member);
        let same = others.filter(|(_, wish)| *wish.policy == *next && wish.from == from);
        let mut carried: Vec<RecordRef> = same.map(|(_, wish)| wish.by).collect();
        carried.push(line.at);
        if u64::try_from(carried.len()).unwrap() >= newest.policy_quorum {
            self.amendments.push(Amendment {
                policy: Arc::new(next.clone()),
                from,
                carried,
            });
            self.wishes.clear();
        }
        Ok(())
    }

    /// The same of the policy that holds, and of all that were agreed on.
    pub(crate) fn lives_on(&self, among: &BTreeMap<MemberId, Class>) -> Ruling {
        self.sound_for(&self.policy, among)?;
        let mut coming = self.amendments.iter();
        // Those of before do not matter, but they are also those that came before the present.
        let present = |one: &Amendment| Arc::ptr_eq(&one.policy, &self.policy);
        if let Some(at) = self.amendments.iter().rposition(present) {
            coming = self.amendments[at..].iter();
        }
        coming.try_for_each(|one| self.sound_for(&one.policy, among))
    }

    /// A policy that these members can live under, and amend again.
    pub(crate) fn sound_for(&self, policy: &Policy, among: &BTreeMap<MemberId, Class>) -> Ruling {
        let members = u64::try_from(among.len()).unwrap();
        let enough = policy.prefix_quorum <= members && policy.policy_quorum <= members;
        unless(enough, "policy-quorum")?;
        for class in among.values() {
            for kind in [Kind::Enrol, Kind::Revoke, Kind::SetPolicy] {
                let kept = may(policy, *class, Role::Admin, kind);
                unless(kept, "policy-locks-out")?;
            }
        }
        // A device without a second key could not write these.
        let lifelines = [Kind::Enrol, Kind::Revoke, Kind::SetPolicy];
        let mut lifelines = lifelines.iter();
        let locks_out = lifelines.any(|kind| policy.second_signature.contains(kind));
        unless(!locks_out || among.is_empty(), "policy-locks-out")?;
        let mut supervisors = policy.jurisdictions.values().flatten();
        let known = supervisors.all(|member| among.contains_key(member));
        unless(known, "policy-member")?;
        let mut asked = policy.required.values();
        let known = asked.all(|name| policy.jurisdictions.contains_key(name));
        unless(known, "policy-jurisdiction")
    }

    pub(crate) fn set_reader(&mut self, line: &Line<'_>, body: &Body) -> Ruling {
        let Body::SetReader {
            group,
            epoch,
            key,
            devices,
            recovery,
        } = body
        else {
            panic!("not a key of a reader group");
        };
        unless(line.role == Role::Admin, "not-admin")?;
        let mut keys = std::iter::once(key).chain(recovery.as_ref().map(|(key, _)| key));
        unless(keys.all(|key| key.kem() == self.policy.kem), "wrong-kem")?;
        for (id, _) in devices {
            let device = self.devices.get(id).ok_or("unknown-device")?;
            let theirs = device.member == line.member && reads(*group, device.role);
            let trusted = device.revoked.is_none() && !device.forked;
            unless(theirs && trusted, "not-a-reader")?;
        }
        let of = ReaderGroup::new(line.member, *group);
        let epochs = self.readers.entry(of).or_default();
        let given = devices.iter().map(|(device, _)| *device);
        let recovery = recovery.as_ref().map(|_| line.at);
        let at = usize::try_from(*epoch).unwrap();
        match epochs.get_mut(at) {
            Some(there) => {
                unless(there.key == *key, "wrong-epoch")?;
                there.given.extend(given);
                there.recovery = recovery.or(there.recovery);
            }
            None => {
                let next = epochs.len() == at;
                let fresh = epochs.iter().all(|before| before.key != *key);
                unless(next && fresh, "wrong-epoch")?;
                epochs.push(Epoch {
                    key: key.clone(),
                    from: line.height,
                    since: line.now,
                    by: Some(line.at),
                    given: given.collect(),
                    recovery,
                });
            }
        }
        Ok(())
    }

    /// Nothing is sealed to a key that its author knew to be replaced, or that was replaced long
    /// ago.
    pub(crate) fn sealed_to_new_keys(&self, block: &VerifiedBlock, now: TimeMs) -> Ruling {
        let knew = block.header().anchor().map_or(Height(0), |(at, _)| at);
        for encapsulation in block.encapsulations() {
            let epochs = self.readers.get(&encapsulation.group());
            let after = usize::try_from(encapsulation.epoch()).unwrap() + 1;
            let Some(after) = epochs.and_then(|epochs| epochs.get(after)) else {
                continue;
            };
            let late = now.0 > after.since.0 + self.policy.grace_ms;
            unless(knew < after.from && !late, "old-epoch")?;
        }
        Ok(())
    }

    /// A record that regulators must be told of tells them, and all of them that have a key.
    pub(crate) fn told_regulators(&self, block: &VerifiedBlock, record: &Record) -> bool {
        let Some(name) = self.policy.required.get(&record.kind()) else {
            return true;
        };
        let mut audiences = record.sections().iter().map(|section| section.audience());
        let told = audiences.any(|to| matches!(to, Audience::Regulators(of) if of == name));
        let mut regulators = self.policy.jurisdictions[name].iter();
        let sealed_to_all = regulators.all(|member| {
            let of = ReaderGroup::new(*member, Group::Supervision);
            let mut sealed = block.encapsulations().iter();
            !self.readers.contains_key(&of) || sealed.any(|sealed| sealed.group() == of)
        });
        told && sealed_to_all
    }
}
