//! Corrections.

use super::*;
use crate::BlockId;

pub(super) fn a_record_of_another(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.staff(CARRIER, &[observe(&[item])]);
    let seen = net.applied(&block);
    let block = net.staff(FACTORY, &[correct(item, seen, &[])]);
    refused_alone(net, &block)
}

pub(super) fn with_a_record_that_never_came(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let made = net.last_custody(&item);
    let nowhere = RecordRef {
        block: BlockId::from_bytes([7; 32]),
        index: 0,
    };
    let block = net.staff(FACTORY, &[correct(item, made, &[nowhere])]);
    net.order(std::slice::from_ref(&block));
    net.wait(net.genesis.policy().grace_ms + 1);
    net.refusal(first(&block))
}

#[test]
fn a_correction_changes_nothing_and_comes_after_the_end_too() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let block = net.staff(FACTORY, &[observe(&[item])]);
    let wrong = net.applied(&block);
    let block = net.staff(FACTORY, &[observe(&[item])]);
    let right = net.applied(&block);
    let block = net.staff(FACTORY, &[decommission(&[item])]);
    let end = net.applied(&block);
    // Another device of the same member.
    let block = net.admin(FACTORY, &[correct(item, wrong, &[right])]);
    net.applied(&block);
    let state = net.ledger.state().subject(&item).unwrap();
    assert_eq!(state.decommissioned_by(), Some(end));
    assert_eq!(state.newest_record(), first(&block));
}
