//! Histories that go on over a change of policy.

use super::*;
use crate::state::StateView;
use crate::{Permissions, Policy, VerifiedBlock};

fn story_of(net: Net) -> Story {
    let item = code("A").subject(&net.genesis.id(), &net.id(FACTORY));
    Story {
        code: code("A"),
        item,
        case: item,
        net,
    }
}

/// Three of four members want the same.
fn amend(net: &mut Net, change: impl FnOnce(&mut Policy)) {
    let mut policy = net.ledger.state().policy().clone();
    let replaces = policy.digest();
    change(&mut policy);
    for member in [FACTORY, CARRIER, RETAILER] {
        let block = net.admin(member, &[set_policy(replaces, &policy)]);
        net.applied(&block);
    }
    assert_eq!(*net.ledger.state().policy(), policy);
}

fn without_couriers(policy: &mut Policy) {
    let mut permissions = Permissions::default();
    for (class, role, kinds) in policy.permissions.rows() {
        if role != Role::Courier {
            permissions.allow(class, role, kinds.iter().copied());
        }
    }
    policy.permissions = permissions;
}

/// A courier takes over, then couriers may not any more, and another one tries.
fn forbidden() -> (Story, VerifiedBlock) {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    net.handed_over(FACTORY, CARRIER, item);
    amend(&mut net, without_couriers);
    let seen = net.staff(CARRIER, &[observe(&[item])]);
    assert_eq!(net.refused(&seen).code(), "not-permitted");
    let cite = net.last_custody(&item);
    let offered = net.admin(CARRIER, &[offer(item, net.id(RETAILER), cite)]);
    net.applied(&offered);
    (story_of(net), seen)
}

#[test]
fn what_was_permitted_then_still_holds() {
    let (story, _) = forbidden();
    let bundle = bundle(&story);
    assert_eq!(problems(&story, &bundle), []);
    let policies = bundle.entries.iter().flat_map(|entry| &entry.records);
    let policies = policies.filter(|shown| {
        let record = crate::Record::from_bytes(&shown.record).unwrap();
        record.kind() == Kind::SetPolicy
    });
    assert_eq!(policies.count(), 3);
}

#[test]
fn what_an_amendment_forbids_is_noticed() {
    let (story, seen) = forbidden();
    let all = with_block(&story, &bundle(&story), &seen);
    assert_eq!(refusal_codes(&problems(&story, &all)), ["not-permitted"]);
}

/// A larger quorum asks nothing of the prefixes that are registered already.
#[test]
fn a_prefix_keeps_the_quorum_that_it_was_registered_by() {
    let mut net = Net::with_prefix();
    amend(&mut net, |policy| policy.prefix_quorum = 4);
    net.item("A");
    let story = story_of(net);
    assert_eq!(problems(&story, &bundle(&story)), []);
}

/// A policy that the ledger refused does not become one because a gateway shows it.
#[test]
fn a_refused_amendment_amends_nothing() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let replaces = net.ledger.state().policy().digest();
    let mut policy = net.ledger.state().policy().clone();
    policy.prefix_quorum = 9;
    let block = net.admin(FACTORY, &[set_policy(replaces, &policy)]);
    assert_eq!(net.refused(&block).code(), "policy-quorum");
    let seen = net.staff(FACTORY, &[observe(&[item])]);
    net.applied(&seen);
    let story = story_of(net);
    let all = with_block(&story, &bundle(&story), &block);
    assert_eq!(refusal_codes(&problems(&story, &all)), ["policy-quorum"]);
}
