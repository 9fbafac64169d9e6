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

fn without_couriers(policy: &mut Policy) {
    let mut permissions = Permissions::default();
    for (class, role, kinds) in policy.permissions.rows() {
        if role != Role::Courier {
            permissions.allow(class, role, kinds.iter().copied());
        }
    }
    policy.permissions = permissions;
}

/// A courier's block that names the newest checkpoint, as devices do.
fn knowing_the_newest(net: &mut Net, drafts: &[crate::RecordDraft]) -> VerifiedBlock {
    let tip = net.ledger.state().tip();
    let readers = net.ledger.state().readers();
    let knowing = (&readers, Some((tip.height, tip.header_hash)));
    let block = net.staff[CARRIER].write_knowing(&net.genesis, knowing, drafts, &mut net.sections);
    net.blocks.insert(block.id(), block.clone());
    block
}

/// A courier takes over, then couriers may not any more, and another one tries.
fn forbidden() -> (Story, VerifiedBlock) {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    net.handed_over(FACTORY, CARRIER, item);
    net.amended(without_couriers);
    let seen = knowing_the_newest(&mut net, &[observe(&[item])]);
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

/// What members agreed on forbids nothing before the checkpoint that they named.
#[test]
fn what_was_written_before_an_amendment_held_stands() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    net.handed_over(FACTORY, CARRIER, item);
    let mut policy = net.ledger.state().policy().clone();
    let (replaces, from) = (policy.digest(), net.ahead(8));
    without_couriers(&mut policy);
    for member in [FACTORY, CARRIER, RETAILER] {
        let block = net.admin(member, &[set_policy(replaces, &policy, from)]);
        net.applied(&block);
    }
    let seen = knowing_the_newest(&mut net, &[observe(&[item])]);
    net.applied(&seen);
    net.come_to(from);
    let late = knowing_the_newest(&mut net, &[observe(&[item])]);
    assert_eq!(net.refused(&late).code(), "not-permitted");
    let story = story_of(net);
    assert_eq!(problems(&story, &bundle(&story)), []);
}

/// A larger quorum asks nothing of the prefixes that are registered already.
#[test]
fn a_prefix_keeps_the_quorum_that_it_was_registered_by() {
    let mut net = Net::with_prefix();
    net.amended(|policy| policy.prefix_quorum = 4);
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
    let from = net.ahead(2);
    let block = net.admin(FACTORY, &[set_policy(replaces, &policy, from)]);
    assert_eq!(net.refused(&block).code(), "policy-quorum");
    let seen = net.staff(FACTORY, &[observe(&[item])]);
    net.applied(&seen);
    let story = story_of(net);
    let all = with_block(&story, &bundle(&story), &block);
    assert_eq!(refusal_codes(&problems(&story, &all)), ["policy-quorum"]);
}
