//! Amending the policy.

use super::*;
use crate::{Class, Jurisdiction, Kem, Kind, Permissions, Policy, Record};

/// The policy in force, changed.
fn changed(net: &Net, change: impl FnOnce(&mut Policy)) -> Policy {
    let mut policy = net.ledger.state().policy().clone();
    change(&mut policy);
    policy
}

/// Couriers look and touch nothing any more.
fn without_couriers(net: &Net) -> Policy {
    changed(net, |policy| {
        let mut permissions = Permissions::default();
        for (class, role, kinds) in policy.permissions.rows() {
            if role != Role::Courier {
                permissions.allow(class, role, kinds.iter().copied());
            }
        }
        policy.permissions = permissions;
    })
}

/// What an admin writes who knows the policy in force.
/// The network with its policy changed by a quorum; gives the new one.
pub(super) fn amended(net: &mut Net, change: impl FnOnce(&mut Policy)) -> Policy {
    let policy = changed(net, change);
    for member in [FACTORY, CARRIER, RETAILER] {
        let block = proposing(net, member, &policy);
        net.applied(&block);
    }
    policy
}

fn proposing(net: &mut Net, member: usize, policy: &Policy) -> VerifiedBlock {
    let replaces = net.ledger.state().policy().digest();
    net.admin(member, &[set_policy(replaces, policy)])
}

fn proposed(net: &mut Net, member: usize, policy: &Policy) -> Refusal {
    let block = proposing(net, member, policy);
    refused_alone(net, &block)
}

pub(super) fn of_a_policy_that_is_gone(net: &mut Net) -> Refusal {
    let genesis = net.ledger.state().policy().digest();
    let (longer, shorter) = (
        changed(net, |p| p.grace_ms += 1),
        changed(net, |p| p.grace_ms -= 1),
    );
    // Two want this and one of them is late; meanwhile three agree on something else.
    let wish = proposing(net, FACTORY, &shorter);
    net.applied(&wish);
    for member in [FACTORY, CARRIER, RETAILER] {
        let block = proposing(net, member, &longer);
        net.applied(&block);
    }
    assert_eq!(*net.ledger.state().policy(), longer);
    let block = net.admin(CUSTOMS, &[set_policy(genesis, &shorter)]);
    let refusal = refused_alone(net, &block);
    let carried = net.ledger.state().governance().amendments()[0].clone();
    assert_eq!(carried.len(), 3);
    let by = carried.last().copied();
    assert_eq!(refusal, Refusal::PolicySuperseded { by });
    refusal
}

pub(super) fn asking_for_more_members_than_there_are(net: &mut Net) -> Refusal {
    let policy = changed(net, |p| p.policy_quorum = 6);
    proposed(net, FACTORY, &policy)
}

pub(super) fn locking_everybody_out(net: &mut Net) -> Refusal {
    let policy = changed(net, |p| p.permissions = Permissions::default());
    proposed(net, FACTORY, &policy)
}

pub(super) fn locking_one_class_out(net: &mut Net) -> Refusal {
    let policy = changed(net, |p| {
        p.permissions = Permissions::default();
        let lifelines = [Kind::Enrol, Kind::Revoke, Kind::SetPolicy];
        for class in [
            Class::Manufacturer,
            Class::Carrier,
            Class::Retailer,
            Class::Bank,
        ] {
            p.permissions.allow(Some(class), Role::Admin, lifelines);
        }
    });
    let refusal = proposed(net, FACTORY, &policy);
    let (member, kind) = (net.id(CUSTOMS), Kind::Enrol);
    assert_eq!(refusal, Refusal::PolicyLocksOut { member, kind });
    refusal
}

pub(super) fn a_supervisor_who_is_no_member(net: &mut Net) -> Refusal {
    let policy = changed(net, |p| {
        let name = Jurisdiction::parse("cn-gd").unwrap();
        let stranger = MemberId::from_bytes([7; 32]);
        p.jurisdictions.insert(name, [stranger].into());
    });
    proposed(net, FACTORY, &policy)
}

pub(super) fn sections_for_nobody(net: &mut Net) -> Refusal {
    let policy = changed(net, |p| {
        let name = Jurisdiction::parse("hk").unwrap();
        p.required.insert(Kind::Commission, name);
    });
    proposed(net, FACTORY, &policy)
}

pub(super) fn another_way_of_sealing(net: &mut Net) -> Refusal {
    let policy = changed(net, |p| p.kem = Kem::XWing);
    proposed(net, FACTORY, &policy)
}

pub(super) fn staff_proposes(net: &mut Net) -> Refusal {
    // A policy that lets couriers amend it, which the rules still do not take.
    let policy = amended(net, |p| {
        p.permissions.allow(None, Role::Courier, [Kind::SetPolicy]);
    });
    let next = changed(net, |p| p.grace_ms += 1);
    let block = net.staff(CARRIER, &[set_policy(policy.digest(), &next)]);
    refused_alone(net, &block)
}

/// Enough members, each counted once, and from the next record on it holds.
#[test]
fn a_quorum_of_members_amends_the_policy() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let before = net.ledger.state().policy().clone();
    let policy = without_couriers(&net);
    for member in [FACTORY, FACTORY, CARRIER, CARRIER] {
        let block = proposing(&mut net, member, &policy);
        net.applied(&block);
        assert_eq!(*net.ledger.state().policy(), before);
    }
    let offer = net.offered(FACTORY, CARRIER, item);
    assert_eq!(net.ledger.state().governance().wishes().len(), 2);

    let decides = proposing(&mut net, RETAILER, &policy);
    net.applied(&decides);
    assert_eq!(*net.ledger.state().policy(), policy);
    assert!(net.ledger.state().governance().wishes().is_empty());
    let taken = net.staff(CARRIER, &[accept(item, offer)]);
    assert_eq!(
        net.refused(&taken),
        Refusal::NotPermitted {
            class: Class::Carrier,
            role: Role::Courier,
            kind: Kind::Accept,
            by: Some(first(&decides)),
        }
    );

    // Who was late with the same changes nothing, and a snapshot keeps all of it.
    let late = net.admin(CUSTOMS, &[set_policy(before.digest(), &policy)]);
    net.applied(&late);
    let ledger = crate::Ledger::from_snapshot(&net.genesis, &net.ledger.snapshot_bytes()).unwrap();
    assert_eq!(ledger.state().governance(), net.ledger.state().governance());
    assert_eq!(ledger.state_digest(), net.ledger.state_digest());
}

/// An offer had expired, its thing was packed, and members agreed on a longer grace: the offer
/// stood again, and its acceptance made a second holder of what was in another's case.
#[test]
fn what_has_expired_does_not_rise_with_a_longer_grace() {
    let mut net = Net::with_prefix();
    let (case, item) = (net.commission(&[case(1)])[0], net.item("A"));
    let offer = net.offered(FACTORY, CARRIER, item);
    let policy = net.ledger.state().policy().clone();
    net.wait(policy.offer_life_ms + policy.grace_ms);
    let packed = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&packed);
    amended(&mut net, |p| p.grace_ms *= 10);
    let taken = net.staff(CARRIER, &[accept(item, offer)]);
    let refusal = net.refused(&taken);
    assert_eq!(refusal.code(), "offer-expired");
    let state = net.ledger.state();
    let factory = net.id(FACTORY).into();
    assert_eq!(*state.subject(&item).unwrap().own_holder(), factory);
}

/// A member that changed its mind is not counted for what it wanted before.
#[test]
fn a_wish_can_be_taken_back() {
    let mut net = Net::with_prefix();
    let before = net.ledger.state().policy().clone();
    let policy = without_couriers(&net);
    for member in [FACTORY, CARRIER] {
        let block = proposing(&mut net, member, &policy);
        net.applied(&block);
    }
    let back = proposing(&mut net, CARRIER, &before);
    net.applied(&back);
    let third = proposing(&mut net, RETAILER, &policy);
    net.applied(&third);
    assert_eq!(*net.ledger.state().policy(), before);
    let fourth = proposing(&mut net, CUSTOMS, &policy);
    net.applied(&fourth);
    assert_eq!(*net.ledger.state().policy(), policy);
}

#[test]
fn a_proposal_stands_in_no_group_and_has_a_limit() {
    let mut net = Net::with_prefix();
    let policy = without_couriers(&net);
    let block = proposing(&mut net, FACTORY, &policy);
    let bytes = block.records()[0].to_bytes();
    assert_eq!(Record::from_bytes(&bytes).as_ref(), Ok(&block.records()[0]));
    let mut grouped = bytes;
    *grouped.last_mut().unwrap() = 0;
    assert_eq!(
        Record::from_bytes(&grouped),
        Err(crate::CborError::Value { what: "group" })
    );
}
