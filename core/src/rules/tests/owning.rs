//! Title goes from owner to owner, wherever the thing is.

use super::*;
use crate::{Party, RecordDraft, SubjectId};

fn refused(net: &mut Net, by: usize, draft: RecordDraft) -> Refusal {
    let block = net.admin(by, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn selling_what_another_owns(net: &mut Net) -> Refusal {
    let item = net.item("A");
    // Whoever has it does not own it.
    net.handed_over(FACTORY, CARRIER, item);
    let draft = offer_title(item, net.id(RETAILER), net.last_title(&item));
    let refusal = refused(net, CARRIER, draft);
    let owner = net.id(FACTORY).into();
    let subject = item;
    let by = net.last_title(&subject);
    assert_eq!(refusal, Refusal::NotOwner { subject, owner, by });
    refusal
}

pub(super) fn pledging_what_another_owns(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.handed_over(FACTORY, CARRIER, item);
    let draft = pledge(&[item], net.id(BANK));
    refused(net, CARRIER, draft)
}

pub(super) fn selling_on_an_old_title(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let made = net.last_title(&item);
    net.sold(FACTORY, RETAILER, item);
    net.sold(RETAILER, FACTORY, item);
    let draft = offer_title(item, net.id(RETAILER), made);
    refused(net, FACTORY, draft)
}

pub(super) fn selling_twice(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.title_offered(FACTORY, RETAILER, item);
    let draft = offer_title(item, net.id(CARRIER), net.last_title(&item));
    refused(net, FACTORY, draft)
}

pub(super) fn taking_a_case_around_what_is_on_offer(net: &mut Net) -> Refusal {
    let (case, item) = packed(net);
    let offer = net.title_offered(FACTORY, RETAILER, case);
    net.title_offered(FACTORY, CARRIER, item);
    refused(net, RETAILER, take_title(case, offer))
}

pub(super) fn taking_title_by_an_offer_of_custody(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, RETAILER, item);
    refused(net, RETAILER, take_title(item, offer))
}

pub(super) fn taking_anothers_title(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.title_offered(FACTORY, RETAILER, item);
    refused(net, CARRIER, take_title(item, offer))
}

pub(super) fn taking_title_twice(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.title_offered(FACTORY, RETAILER, item);
    let block = net.admin(RETAILER, &[take_title(item, offer)]);
    net.applied(&block);
    refused(net, RETAILER, take_title(item, offer))
}

pub(super) fn taking_what_was_declined(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.title_offered(FACTORY, RETAILER, item);
    let block = net.admin(RETAILER, &[decline_title(item, offer)]);
    net.applied(&block);
    refused(net, RETAILER, take_title(item, offer))
}

pub(super) fn taking_title_late(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.title_offered(FACTORY, RETAILER, item);
    let policy = net.genesis.policy().clone();
    net.wait(policy.offer_life_ms + policy.grace_ms);
    refused(net, RETAILER, take_title(item, offer))
}

pub(super) fn taking_a_case_that_was_emptied(net: &mut Net) -> Refusal {
    let (case, item) = packed(net);
    let mut draft = offer_title(case, net.id(RETAILER), net.last_title(&case));
    let stated = net.ledger.state().contents_digest(&case);
    if let crate::Body::OfferTitle { contents, .. } = &mut draft.body {
        *contents = stated;
    }
    let block = net.admin(FACTORY, &[draft]);
    let offer = net.applied(&block);
    let block = net.staff(FACTORY, &[unpack(case, &[item])]);
    net.applied(&block);
    refused(net, RETAILER, take_title(case, offer))
}

fn packed(net: &mut Net) -> (SubjectId, SubjectId) {
    let (case, item) = (net.commission(&[case(1)])[0], net.item("A"));
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    (case, item)
}

fn owner_of(net: &Net, subject: &SubjectId) -> Party {
    *net.ledger.state().subject(subject).unwrap().owner()
}

#[test]
fn who_sells_a_full_case_sells_what_is_the_sellers_in_it() {
    let mut net = Net::with_prefix();
    let (case, item) = packed(&mut net);
    let foreign = net.item("B");
    net.sold(FACTORY, CARRIER, foreign);
    let block = net.staff(FACTORY, &[pack(case, &[foreign])]);
    net.applied(&block);
    let sale = net.sold(FACTORY, RETAILER, case);
    let retailer = net.id(RETAILER).into();
    assert_eq!(owner_of(&net, &case), retailer);
    assert_eq!(owner_of(&net, &item), retailer);
    assert_eq!(net.last_title(&item), sale);
    assert_eq!(owner_of(&net, &foreign), net.id(CARRIER).into());
    // Custody is where it was.
    let state = net.ledger.state();
    assert_eq!(state.holder_of(&item), Some(net.id(FACTORY).into()));
}

#[test]
fn what_travels_is_sold_on_the_way() {
    let mut net = Net::with_prefix();
    let (case, item) = packed(&mut net);
    net.handed_over(FACTORY, CARRIER, case);
    net.sold(FACTORY, RETAILER, item);
    assert_eq!(owner_of(&net, &item), net.id(RETAILER).into());
    assert_eq!(owner_of(&net, &case), net.id(FACTORY).into());
    let state = net.ledger.state();
    assert_eq!(state.holder_of(&item), Some(net.id(CARRIER).into()));
}
