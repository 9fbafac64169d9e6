//! What belongs together without one being in the other.

use super::*;
use crate::{RecordDraft, limits};

fn refused(net: &mut Net, by: usize, draft: RecordDraft) -> Refusal {
    let block = net.staff(by, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn joining_what_another_holds(net: &mut Net) -> Refusal {
    let (bill, item) = (net.bill(1), net.item("A"));
    net.handed_over(FACTORY, CARRIER, item);
    refused(net, FACTORY, associate(bill, &[item]))
}

pub(super) fn parting_goods_from_a_bill_that_went_on(net: &mut Net) -> Refusal {
    let (bill, item) = (net.bill(1), net.item("A"));
    let block = net.staff(FACTORY, &[associate(bill, &[item])]);
    net.applied(&block);
    net.handed_over(FACTORY, RETAILER, bill);
    // The goods are still here, what the bill says is the retailer's affair.
    refused(net, FACTORY, dissociate(bill, &[item]))
}

pub(super) fn parting_strangers(net: &mut Net) -> Refusal {
    let (bill, item) = (net.bill(1), net.item("A"));
    refused(net, FACTORY, dissociate(bill, &[item]))
}

pub(super) fn joining_twice(net: &mut Net) -> Refusal {
    let (bill, item) = (net.bill(1), net.item("A"));
    let block = net.staff(FACTORY, &[associate(bill, &[item])]);
    let by = net.applied(&block);
    let refusal = refused(net, FACTORY, associate(bill, &[item]));
    let (subject, parent) = (item, bill);
    let twice = Refusal::AlreadyAssociated {
        subject,
        parent,
        by,
    };
    assert_eq!(refusal, twice);
    refusal
}

pub(super) fn a_paper_about_a_paper(net: &mut Net) -> Refusal {
    let (bill, list) = (net.bill(1), net.bill(2));
    refused(net, FACTORY, associate(list, &[bill]))
}

pub(super) fn a_seventeenth_parent(net: &mut Net) -> Refusal {
    let codes: Vec<_> = (1..=17).map(case).collect();
    let parents = net.commission(&codes);
    let item = net.item("A");
    for parent in &parents[..limits::PARENTS] {
        let block = net.staff(FACTORY, &[associate(*parent, &[item])]);
        net.applied(&block);
    }
    refused(net, FACTORY, associate(parents[limits::PARENTS], &[item]))
}

/// A sensor is taken off where the goods arrive, by whoever has them there.
#[test]
fn an_association_moves_nothing_and_ends_with_its_end() {
    let mut net = Net::with_prefix();
    let (sensor, item) = (net.item("SENSOR"), net.item("A"));
    let block = net.staff(FACTORY, &[associate(sensor, &[item])]);
    net.applied(&block);
    net.handed_over(FACTORY, CARRIER, item);
    let state = net.ledger.state();
    assert_eq!(state.holder_of(&sensor), Some(net.id(FACTORY).into()));
    assert_eq!(state.associated(&sensor), [item]);
    let block = net.staff(CARRIER, &[dissociate(sensor, &[item])]);
    net.applied(&block);
    assert!(net.ledger.state().associated(&sensor).is_empty());

    let other = net.item("B");
    let block = net.staff(FACTORY, &[associate(sensor, &[other])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[decommission(&[sensor])]);
    net.applied(&block);
    let state = net.ledger.state();
    assert!(state.subject(&other).unwrap().parents().is_empty());
    assert!(state.associated(&sensor).is_empty());
}
