//! Offers that are declined and subjects that end.

use super::*;
use crate::{ClosedOffer, SubjectId};

pub(super) fn accepting_what_was_declined(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let block = net.staff(CARRIER, &[decline(item, offer)]);
    let by = net.applied(&block);
    let block = net.admin(CARRIER, &[accept(item, offer)]);
    let refusal = refused_alone(net, &block);
    let subject = item;
    assert_eq!(refusal, Refusal::OfferDeclined { subject, offer, by });
    refusal
}

pub(super) fn declining_twice(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let block = net.staff(CARRIER, &[decline(item, offer)]);
    net.applied(&block);
    let block = net.staff(CARRIER, &[decline(item, offer)]);
    refused_alone(net, &block)
}

pub(super) fn declining_for_someone_else(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    // Not even the giver takes it back so.
    let block = net.staff(FACTORY, &[decline(item, offer)]);
    refused_alone(net, &block)
}

pub(super) fn declining_what_was_accepted(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let block = net.staff(CARRIER, &[accept(item, offer)]);
    net.applied(&block);
    let block = net.staff(CARRIER, &[decline(item, offer)]);
    refused_alone(net, &block)
}

pub(super) fn late_declining(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let policy = net.genesis.policy().clone();
    net.wait(policy.offer_life_ms + policy.grace_ms);
    let block = net.staff(CARRIER, &[decline(item, offer)]);
    refused_alone(net, &block)
}

/// An item that was decommissioned, and by which record.
fn ended(net: &mut Net) -> (SubjectId, RecordRef) {
    let item = net.item("A");
    let block = net.staff(FACTORY, &[decommission(&[item])]);
    let by = net.applied(&block);
    (item, by)
}

pub(super) fn offering_what_has_ended(net: &mut Net) -> Refusal {
    let (subject, by) = ended(net);
    let draft = offer(subject, net.id(CARRIER), net.last_custody(&subject));
    let block = net.staff(FACTORY, &[draft]);
    let refusal = refused_alone(net, &block);
    assert_eq!(refusal, Refusal::Decommissioned { subject, by });
    refusal
}

pub(super) fn packing_what_has_ended(net: &mut Net) -> Refusal {
    let (item, _) = ended(net);
    let case = net.commission(&[case(1)])[0];
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    refused_alone(net, &block)
}

pub(super) fn filling_what_has_ended(net: &mut Net) -> Refusal {
    let (container, _) = ended(net);
    let item = net.item("B");
    let block = net.staff(FACTORY, &[pack(container, &[item])]);
    refused_alone(net, &block)
}

pub(super) fn observing_what_has_ended(net: &mut Net) -> Refusal {
    let (item, _) = ended(net);
    let other = net.item("B");
    let block = net.staff(CUSTOMS, &[observe(&[other, item])]);
    refused_alone(net, &block)
}

pub(super) fn commissioning_what_has_ended(net: &mut Net) -> Refusal {
    ended(net);
    let draft = commission(PREFIX, &[code("A")], &net.genesis, net.id(FACTORY));
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn ending_what_another_holds(net: &mut Net) -> Refusal {
    let items = net.commission(&[code("A"), code("B")]);
    net.handed_over(FACTORY, CARRIER, items[1]);
    let block = net.staff(FACTORY, &[decommission(&items)]);
    refused_alone(net, &block)
}

pub(super) fn ending_what_is_packed(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[decommission(&[item])]);
    refused_alone(net, &block)
}

pub(super) fn ending_a_full_case(net: &mut Net) -> Refusal {
    let subject = net.commission(&[case(1)])[0];
    let content = net.item("A");
    let block = net.staff(FACTORY, &[pack(subject, &[content])]);
    let by = net.applied(&block);
    let block = net.staff(FACTORY, &[decommission(&[subject])]);
    let refusal = refused_alone(net, &block);
    let full = Refusal::NotEmpty {
        subject,
        content,
        by,
    };
    assert_eq!(refusal, full);
    refusal
}

pub(super) fn ending_what_is_on_offer(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.offered(FACTORY, CARRIER, item);
    let block = net.staff(FACTORY, &[decommission(&[item])]);
    refused_alone(net, &block)
}

#[test]
fn what_was_declined_stays_and_is_offered_again() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let block = net.staff(CARRIER, &[decline(item, offer)]);
    let by = net.applied(&block);
    let state = net.ledger.state();
    assert_eq!(
        state.closed_offer(&offer),
        Some(ClosedOffer::Declined { by })
    );
    assert_eq!(state.offers_to(&net.id(CARRIER)), []);
    assert_eq!(state.holder_of(&item), Some(net.id(FACTORY).into()));
    net.handed_over(FACTORY, RETAILER, item);
    let state = net.ledger.state();
    assert_eq!(state.holder_of(&item), Some(net.id(RETAILER).into()));
}

#[test]
fn what_ends_ends_its_lapsed_offer() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let policy = net.genesis.policy().clone();
    net.wait(policy.offer_life_ms + policy.grace_ms);
    let block = net.staff(FACTORY, &[decommission(&[item])]);
    let by = net.applied(&block);
    let state = net.ledger.state();
    assert_eq!(state.offers_to(&net.id(CARRIER)), []);
    assert!(matches!(
        state.closed_offer(&offer),
        Some(ClosedOffer::Lapsed { .. })
    ));
    let subject = state.subject(&item).unwrap();
    assert_eq!(subject.decommissioned_by(), Some(by));
}
