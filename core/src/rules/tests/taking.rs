//! Taking over in part, and without a device.

use super::*;
use crate::{Party, PickupCode, RecordDraft, SubjectId};

fn refused(net: &mut Net, by: usize, draft: RecordDraft) -> Refusal {
    let block = net.staff(by, &[draft]);
    refused_alone(net, &block)
}

fn packed(net: &mut Net) -> (SubjectId, Vec<SubjectId>) {
    let case = net.commission(&[case(1)])[0];
    let items = net.commission(&[code("A"), code("B")]);
    let block = net.staff(FACTORY, &[pack(case, &items)]);
    net.applied(&block);
    (case, items)
}

pub(super) fn leaving_what_is_not_inside(net: &mut Net) -> Refusal {
    let (case, _) = packed(net);
    let other = net.item("C");
    let offer = net.offered(FACTORY, CARRIER, case);
    refused(net, CARRIER, accept_but(case, offer, &[other]))
}

/// The receiver's digest is of what it took, not of what was offered.
pub(super) fn counting_what_was_left(net: &mut Net) -> Refusal {
    let (case, items) = packed(net);
    let offer = net.offered(FACTORY, CARRIER, case);
    let mut draft = accept_but(case, offer, &items[1..]);
    let whole = net.ledger.state().contents_digest(&case);
    if let crate::Body::Accept { contents, .. } = &mut draft.body {
        *contents = whole;
    }
    refused(net, CARRIER, draft)
}

fn code_of(n: u8) -> PickupCode {
    PickupCode::from_random(&[n; 12])
}

/// An item on offer to whoever shows the code, by the carrier.
fn on_delivery(net: &mut Net) -> (SubjectId, RecordRef) {
    let item = net.item("A");
    net.handed_over(FACTORY, CARRIER, item);
    let hash = code_of(1).hash(&net.genesis.id(), &item);
    let draft = offer_to(item, Party::Bearer(hash), net.last_custody(&item));
    let block = net.staff(CARRIER, &[draft]);
    let offer = net.applied(&block);
    (item, offer)
}

pub(super) fn picking_up_with_a_wrong_code(net: &mut Net) -> Refusal {
    let (item, offer) = on_delivery(net);
    let refusal = refused(net, CARRIER, pick_up(item, offer, &code_of(2)));
    let subject = item;
    assert_eq!(refusal, Refusal::WrongPickupCode { subject, offer });
    refusal
}

pub(super) fn picking_up_from_someone_else(net: &mut Net) -> Refusal {
    let (item, offer) = on_delivery(net);
    refused(net, RETAILER, pick_up(item, offer, &code_of(1)))
}

pub(super) fn picking_up_what_is_for_a_member(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.handed_over(FACTORY, CARRIER, item);
    let offer = net.offered(CARRIER, RETAILER, item);
    refused(net, CARRIER, pick_up(item, offer, &code_of(1)))
}

pub(super) fn accepting_what_is_for_a_code(net: &mut Net) -> Refusal {
    let (item, offer) = on_delivery(net);
    refused(net, RETAILER, accept(item, offer))
}

pub(super) fn picking_up_twice(net: &mut Net) -> Refusal {
    let (item, offer) = on_delivery(net);
    let block = net.staff(CARRIER, &[pick_up(item, offer, &code_of(1))]);
    net.applied(&block);
    refused(net, CARRIER, pick_up(item, offer, &code_of(1)))
}

#[test]
fn whoever_shows_the_code_holds_the_thing() {
    let mut net = Net::with_prefix();
    let (item, offer) = on_delivery(&mut net);
    let block = net.staff(CARRIER, &[pick_up(item, offer, &code_of(1))]);
    let picked_up = net.applied(&block);
    let hash = code_of(1).hash(&net.genesis.id(), &item);
    let state = net.ledger.state();
    assert_eq!(state.holder_of(&item), Some(Party::Bearer(hash)));
    assert_eq!(net.last_custody(&item), picked_up);
    // It is nobody's to hand over any more.
    let draft = super::offer(item, net.id(RETAILER), picked_up);
    assert_eq!(refused(&mut net, CARRIER, draft).code(), "not-holder");
}

#[test]
fn what_was_left_stays_with_the_giver() {
    let mut net = Net::with_prefix();
    let (case, items) = packed(&mut net);
    let offer = net.offered(FACTORY, CARRIER, case);
    let block = net.staff(CARRIER, &[accept_but(case, offer, &items[1..])]);
    let taken = net.applied(&block);
    let state = net.ledger.state();
    let left = state.subject(&items[1]).unwrap();
    assert_eq!(left.inside(), None);
    assert_eq!((left.last_custody(), left.newest_record()), (taken, taken));
    assert_eq!(state.holder_of(&items[1]), Some(net.id(FACTORY).into()));
    assert_eq!(state.holder_of(&items[0]), Some(net.id(CARRIER).into()));
    assert_eq!(state.contents(&case), items[..1]);
    net.handed_over(FACTORY, RETAILER, items[1]);
}
