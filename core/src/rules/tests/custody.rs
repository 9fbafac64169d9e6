//! Offers and acceptances.

use super::*;

pub(super) fn offer_to_a_stranger(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = offer(item, MemberId::from_bytes([7; 32]), net.last_custody(&item));
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn offering_what_another_holds(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = offer(item, net.id(RETAILER), net.last_custody(&item));
    let block = net.staff(CARRIER, &[draft]);
    let refusal = refused_alone(net, &block);
    let held = Refusal::NotHolder {
        subject: item,
        holder: net.id(FACTORY).into(),
        by: net.last_custody(&item),
    };
    assert_eq!(refusal, held);
    refusal
}

pub(super) fn accepting_for_someone_else(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let block = net.staff(RETAILER, &[accept(item, offer)]);
    refused_alone(net, &block)
}

pub(super) fn second_acceptance(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let winner = net.staff(CARRIER, &[accept(item, offer)]);
    let winner = net.applied(&winner);
    let block = net.admin(CARRIER, &[accept(item, offer)]);
    let refusal = refused_alone(net, &block);
    let used = Refusal::OfferUsed {
        subject: item,
        offer,
        by: winner,
    };
    assert_eq!(refusal, used);
    refusal
}

pub(super) fn late_acceptance(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    // Until the last moment of life and grace the offer stands.
    let policy = net.genesis.policy().clone();
    net.wait(policy.offer_life_ms + policy.grace_ms);
    let block = net.staff(CARRIER, &[accept(item, offer)]);
    refused_alone(net, &block)
}

pub(super) fn acceptance_of_a_replaced_offer(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let policy = net.genesis.policy().clone();
    net.wait(policy.offer_life_ms + policy.grace_ms + 1);
    net.offered(FACTORY, RETAILER, item);
    let block = net.staff(CARRIER, &[accept(item, offer)]);
    refused_alone(net, &block)
}

pub(super) fn accepting_a_commissioning(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.staff(CARRIER, &[accept(item, net.last_custody(&item))]);
    refused_alone(net, &block)
}

pub(super) fn second_offer(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.offered(FACTORY, CARRIER, item);
    let draft = offer(item, net.id(RETAILER), net.last_custody(&item));
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn offer_that_cites_an_old_custody(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let commissioned = net.last_custody(&item);
    net.handed_over(FACTORY, CARRIER, item);
    let latest = net.handed_over(CARRIER, FACTORY, item);
    let block = net.staff(FACTORY, &[offer(item, net.id(CARRIER), commissioned)]);
    let refusal = refused_alone(net, &block);
    let subject = item;
    let cite = Some(commissioned);
    let stale = Refusal::StaleCustody {
        subject,
        latest,
        cite,
    };
    assert_eq!(refusal, stale);
    refusal
}

pub(super) fn offer_with_wrong_contents(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let wrong = Some(Digest32::from_bytes([1; 32]));
    let cite = net.last_custody(&case);
    let draft = offer_of(case, net.id(CARRIER), cite, FOREVER, wrong);
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn acceptance_of_other_contents(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    let contents = net.ledger.state().contents_digest(&case);
    let cite = net.last_custody(&case);
    let draft = offer_of(case, net.id(CARRIER), cite, FOREVER, contents);
    let block = net.staff(FACTORY, &[draft]);
    let offer = net.applied(&block);
    let other = Some(Digest32::from_bytes([1; 32]));
    let block = net.staff(CARRIER, &[accept_of(case, offer, other)]);
    refused_alone(net, &block)
}
