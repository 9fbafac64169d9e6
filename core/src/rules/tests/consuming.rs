//! First owners, and those after them.

use super::*;
use crate::{Party, RecordDraft, SubjectId};

/// A shop's device carries what a consumer signed.
fn refused(net: &mut Net, draft: RecordDraft) -> Refusal {
    let block = net.staff(RETAILER, &[draft]);
    refused_alone(net, &block)
}

fn activated(net: &mut Net) -> SubjectId {
    let item = net.sealed_item("A", &secret(1));
    let draft = net.activation(item, &secret(1), &owner(1));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    item
}

pub(super) fn activating_what_has_no_seal(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = net.activation(item, &secret(1), &owner(1));
    refused(net, draft)
}

pub(super) fn activating_twice(net: &mut Net) -> Refusal {
    let item = activated(net);
    let draft = net.activation(item, &secret(1), &owner(2));
    refused(net, draft)
}

pub(super) fn activating_with_another_secret(net: &mut Net) -> Refusal {
    let item = net.sealed_item("A", &secret(1));
    let draft = net.activation(item, &secret(2), &owner(1));
    refused(net, draft)
}

pub(super) fn activating_what_was_sold_since(net: &mut Net) -> Refusal {
    let item = net.sealed_item("A", &secret(1));
    let draft = net.activation(item, &secret(1), &owner(1));
    net.sold(FACTORY, RETAILER, item);
    refused(net, draft)
}

pub(super) fn activating_what_is_held(net: &mut Net) -> Refusal {
    let item = net.sealed_item("A", &secret(1));
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    let draft = net.activation(item, &secret(1), &owner(1));
    refused(net, draft)
}

pub(super) fn activating_what_is_pledged(net: &mut Net) -> Refusal {
    let item = net.sealed_item("A", &secret(1));
    net.pledged(FACTORY, &[item]);
    let draft = net.activation(item, &secret(1), &owner(1));
    refused(net, draft)
}

pub(super) fn reselling_what_a_member_owns(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = net.resale(item, &owner(1), &owner(2));
    refused(net, draft)
}

pub(super) fn reselling_with_another_key(net: &mut Net) -> Refusal {
    let item = activated(net);
    let draft = net.resale(item, &owner(3), &owner(2));
    refused(net, draft)
}

/// The thing came back to its first owner, and the first resale is shown again.
pub(super) fn reselling_again(net: &mut Net) -> Refusal {
    let item = activated(net);
    let draft = net.resale(item, &owner(1), &owner(2));
    let block = net.staff(RETAILER, std::slice::from_ref(&draft));
    net.applied(&block);
    let back = net.resale(item, &owner(2), &owner(1));
    let block = net.staff(RETAILER, &[back]);
    net.applied(&block);
    refused(net, draft)
}

/// A shop writes that another member takes the thing back.
pub(super) fn giving_back_to_who_did_not_ask(net: &mut Net) -> Refusal {
    let item = activated(net);
    let draft = net.given_on(item, &owner(1), net.id(FACTORY).into());
    refused(net, draft)
}

/// A thing that a shop sold over its counter, and customs hold since.
fn held_at_home(net: &mut Net) -> SubjectId {
    let item = net.sealed_item("A", &secret(1));
    net.handed_over(FACTORY, RETAILER, item);
    let draft = net.activation(item, &secret(1), &owner(1));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    item
}

pub(super) fn reselling_what_is_held(net: &mut Net) -> Refusal {
    let item = held_at_home(net);
    let draft = net.resale(item, &owner(1), &owner(2));
    refused(net, draft)
}

pub(super) fn giving_back_what_is_held(net: &mut Net) -> Refusal {
    let item = held_at_home(net);
    let draft = net.given_on(item, &owner(1), net.id(RETAILER).into());
    refused(net, draft)
}

pub(super) fn selling_what_a_consumer_owns(net: &mut Net) -> Refusal {
    let item = activated(net);
    let draft = offer_title(item, net.id(RETAILER), net.last_title(&item));
    let block = net.admin(FACTORY, &[draft]);
    refused_alone(net, &block)
}

#[test]
fn a_shop_hands_over_what_it_activates_and_nobody_else_does() {
    let mut net = Net::with_prefix();
    let held_elsewhere = activated(&mut net);
    let first = Party::Consumer(owner(1).public());
    let state = net.ledger.state();
    assert_eq!(*state.subject(&held_elsewhere).unwrap().owner(), first);
    let factory = Some(net.id(FACTORY).into());
    assert_eq!(state.holder_of(&held_elsewhere), factory);

    let item = net.sealed_item("B", &secret(2));
    net.handed_over(FACTORY, RETAILER, item);
    let draft = net.activation(item, &secret(2), &owner(1));
    let block = net.staff(RETAILER, &[draft]);
    let by = net.applied(&block);
    let state = net.ledger.state().subject(&item).unwrap();
    assert_eq!((*state.owner(), *state.own_holder()), (first, first));
    assert_eq!((state.activated_by(), state.last_custody()), (Some(by), by));

    let draft = net.resale(item, &owner(1), &owner(2));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let second = Party::Consumer(owner(2).public());
    let state = net.ledger.state().subject(&item).unwrap();
    assert_eq!((*state.owner(), *state.own_holder()), (second, second));
}

#[test]
fn a_member_takes_back_what_its_owner_gives_it_and_has_it_again() {
    let mut net = Net::with_prefix();
    let item = net.sealed_item("A", &secret(1));
    net.handed_over(FACTORY, RETAILER, item);
    let draft = net.activation(item, &secret(1), &owner(1));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let shop = net.id(RETAILER);
    let draft = net.given_on(item, &owner(1), shop.into());
    let block = net.staff(RETAILER, &[draft]);
    let by = net.applied(&block);
    let state = net.ledger.state().subject(&item).unwrap();
    assert!(state.owner().is(&shop) && state.own_holder().is(&shop));
    assert_eq!((state.last_title(), state.last_custody()), (by, by));
    // So it can end where it is recycled.
    let block = net.staff(RETAILER, &[decommission(&[item])]);
    net.applied(&block);
}

/// Title alone moves, as a member's does: the thing stays where it is held.
#[test]
fn what_is_held_with_another_is_resold_and_stays_there() {
    let mut net = Net::with_prefix();
    let item = activated(&mut net);
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    let draft = net.resale(item, &owner(1), &owner(2));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let state = net.ledger.state().subject(&item).unwrap();
    assert_eq!(*state.owner(), Party::Consumer(owner(2).public()));
    assert!(state.own_holder().is(&net.id(FACTORY)));
}

#[test]
fn what_was_cleared_is_resold_and_handed_along() {
    let mut net = Net::with_prefix();
    let item = held_at_home(&mut net);
    let block = net.staff(CUSTOMS, &[clear(&[item])]);
    net.applied(&block);
    let draft = net.resale(item, &owner(1), &owner(2));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let second = Party::Consumer(owner(2).public());
    let state = net.ledger.state().subject(&item).unwrap();
    assert_eq!((*state.owner(), *state.own_holder()), (second, second));
}

/// Who buys a thing that is promised to a courier owns it, and the courier still gets it.
#[test]
fn what_is_promised_is_handed_over_though_it_is_sold() {
    let mut net = Net::with_prefix();
    let item = net.sealed_item("A", &secret(1));
    net.handed_over(FACTORY, RETAILER, item);
    let promised = net.offered(RETAILER, CARRIER, item);
    let draft = net.activation(item, &secret(1), &owner(1));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let state = net.ledger.state().subject(&item).unwrap();
    assert_eq!(*state.owner(), Party::Consumer(owner(1).public()));
    assert!(state.own_holder().is(&net.id(RETAILER)));
    let block = net.staff(CARRIER, &[accept(item, promised)]);
    net.applied(&block);
    let state = net.ledger.state().subject(&item).unwrap();
    assert!(state.own_holder().is(&net.id(CARRIER)));
}
