//! Amending the policy.

use super::*;
use crate::{Class, Height, Jurisdiction, Kem, Kind, Permissions, Policy, Record};

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

/// What an admin writes who knows the newest policy, and wants this one soon.
fn proposing(net: &mut Net, member: usize, policy: &Policy) -> VerifiedBlock {
    let from = net.ahead(2);
    proposing_from(net, member, policy, from)
}

fn proposing_from(net: &mut Net, member: usize, policy: &Policy, from: Height) -> VerifiedBlock {
    let replaces = net.ledger.state().governance().newest().digest();
    net.admin(member, &[set_policy(replaces, policy, from)])
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
    net.amended(|p| *p = longer.clone());
    assert_eq!(*net.ledger.state().policy(), longer);
    let from = net.ahead(2);
    let block = net.admin(CUSTOMS, &[set_policy(genesis, &shorter, from)]);
    let refusal = refused_alone(net, &block);
    let carried = net.ledger.state().governance().amendments()[0].carried();
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
    let policy = net.amended(|p| {
        p.permissions.allow(None, Role::Courier, [Kind::SetPolicy]);
    });
    let next = changed(net, |p| p.grace_ms += 1);
    let from = net.ahead(2);
    let block = net.staff(CARRIER, &[set_policy(policy.digest(), &next, from)]);
    refused_alone(net, &block)
}

pub(super) fn too_soon(net: &mut Net) -> Refusal {
    let policy = changed(net, |p| p.grace_ms += 1);
    let from = net.ahead(1);
    let block = proposing_from(net, FACTORY, &policy, from);
    refused_alone(net, &block)
}

pub(super) fn in_another_age(net: &mut Net) -> Refusal {
    let policy = changed(net, |p| p.grace_ms += 1);
    let from = net.ahead(crate::limits::CHANGE_MOST_AHEAD + 1);
    let block = proposing_from(net, FACTORY, &policy, from);
    refused_alone(net, &block)
}

/// What was agreed on for later cannot be overtaken.
pub(super) fn before_what_was_agreed(net: &mut Net) -> Refusal {
    let longer = changed(net, |p| p.grace_ms += 1);
    let from = net.ahead(20);
    for member in [FACTORY, CARRIER, RETAILER] {
        let block = proposing_from(net, member, &longer, from);
        net.applied(&block);
    }
    let longest = changed(net, |p| p.grace_ms += 2);
    let block = proposing_from(net, FACTORY, &longest, from);
    let refusal = refused_alone(net, &block);
    assert!(matches!(
        refusal,
        Refusal::WrongHeight { earliest, .. } if earliest == Height(from.0 + 1)
    ));
    refusal
}

/// Who supervises by a policy that was agreed on stays until another is.
pub(super) fn expelling_who_will_supervise(net: &mut Net) -> Refusal {
    let supervisor = net.id(CUSTOMS);
    let policy = changed(net, |p| {
        let name = Jurisdiction::parse("cn-gd").unwrap();
        p.jurisdictions.insert(name, [supervisor].into());
    });
    let from = net.ahead(20);
    for member in [FACTORY, CARRIER, RETAILER] {
        let block = proposing_from(net, member, &policy, from);
        net.applied(&block);
    }
    let terms = net.terms(2);
    let draft = wish(net, FACTORY, (terms, &crate::RosterAct::Expel(supervisor)));
    let block = net.admin(FACTORY, &[draft]);
    refused_alone(net, &block)
}

/// Enough members, each counted once; and it holds from the checkpoint on that all of them named,
/// neither earlier nor for what was ordered before.
#[test]
fn a_quorum_of_members_amends_the_policy() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let before = net.ledger.state().policy().clone();
    let policy = without_couriers(&net);
    let from = net.ahead(10);
    for member in [FACTORY, FACTORY, CARRIER, CARRIER] {
        let block = proposing_from(&mut net, member, &policy, from);
        net.applied(&block);
    }
    // Another day is another wish.
    let sooner = Height(from.0 - 1);
    let other = proposing_from(&mut net, CUSTOMS, &policy, sooner);
    net.applied(&other);
    assert_eq!(net.ledger.state().governance().wishes().len(), 3);

    let decides = proposing_from(&mut net, RETAILER, &policy, from);
    net.applied(&decides);
    let governance = net.ledger.state().governance();
    assert!(governance.wishes().is_empty());
    assert_eq!(*governance.newest(), policy);
    let amendment = &governance.amendments()[0];
    assert_eq!((amendment.from(), amendment.carried().len()), (from, 3));
    let offer = net.offered(FACTORY, CARRIER, item);
    net.come_to(sooner);
    assert_eq!(*net.ledger.state().policy(), before);
    let looked = net.staff(CARRIER, &[observe(&[item])]);
    net.applied(&looked);
    assert_eq!(net.ledger.state().next_height(), from);
    assert_eq!(*net.ledger.state().policy(), policy);
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
    let late = net.admin(CUSTOMS, &[set_policy(before.digest(), &policy, from)]);
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
    net.amended(|p| p.grace_ms *= 10);
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
    let from = net.ahead(8);
    for member in [FACTORY, CARRIER] {
        let block = proposing_from(&mut net, member, &policy, from);
        net.applied(&block);
    }
    let back = proposing(&mut net, CARRIER, &before);
    net.applied(&back);
    let third = proposing_from(&mut net, RETAILER, &policy, from);
    net.applied(&third);
    assert!(net.ledger.state().governance().amendments().is_empty());
    let fourth = proposing_from(&mut net, CUSTOMS, &policy, from);
    net.applied(&fourth);
    assert_eq!(*net.ledger.state().governance().newest(), policy);
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
