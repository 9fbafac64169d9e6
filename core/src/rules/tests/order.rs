//! What a record builds on, and stands or falls with.

use super::*;

pub(super) fn building_on_a_refused_record(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = offer(item, net.id(RETAILER), net.last_custody(&item));
    let block = net.staff(CARRIER, &[draft]);
    net.refused(&block);
    let block = net.staff(RETAILER, &[accept(item, first(&block))]);
    refused_alone(net, &block)
}

pub(super) fn waiting_longer_than_the_grace(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = offer(item, net.id(CARRIER), net.last_custody(&item));
    let unsent = net.staff(FACTORY, &[draft]);
    let waiting = net.staff(CARRIER, &[accept(item, first(&unsent))]);
    let dependent = net.staff(CARRIER, &[observe(&[item]).citing(vec![first(&waiting)])]);
    net.order(std::slice::from_ref(&waiting));
    net.order(std::slice::from_ref(&dependent));
    let missing = first(&unsent);
    assert_eq!(net.outcomes[&first(&waiting)], Outcome::Waiting { missing });
    // The second checkpoint came a second later.
    net.wait(net.genesis.policy().grace_ms - 1000);
    assert_eq!(net.ledger.state().waiting(&first(&waiting)), Some(missing));
    net.wait(1);
    // What waited for the one that waited is refused because of it.
    let cite = first(&waiting);
    assert_eq!(
        net.refusal(first(&dependent)),
        Refusal::CiteRefused { cite }
    );
    net.refusal(first(&waiting))
}

pub(super) fn citing_a_record_that_its_block_has_not(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.last_custody(&item).block;
    let nowhere = RecordRef { block, index: 7 };
    let block = net.staff(CARRIER, &[observe(&[item]).citing(vec![nowhere])]);
    refused_alone(net, &block)
}

pub(super) fn two_blocks_for_one_place(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let mut twin = Phone::new(device_key(22), net.id(CARRIER));
    let one = net.staff(CARRIER, &[observe(&[item])]);
    let other = twin.write(
        &net.genesis,
        &[observe(&[item]), observe(&[item])],
        &mut net.sections,
    );
    net.applied(&one);
    let refusal = net.refused(&other);
    let device = net.staff_id(CARRIER);
    let known = net.ledger.state().device(&device).unwrap();
    assert_eq!(known.forked().unwrap().refused(), &other.id());
    let both = Refusal::ForkedFeed {
        device,
        seq: Seq(0),
        stands: Some(one.id()),
        refused: other.id(),
    };
    assert_eq!(refusal, both);
    refusal
}

pub(super) fn group_with_a_bad_record(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let codes = [code("B")];
    let good = commission(PREFIX, &codes, &net.genesis, net.id(FACTORY)).grouped(1);
    let bad = commission(PREFIX, &[code("A")], &net.genesis, net.id(FACTORY)).grouped(1);
    let alone = observe(&[item]);
    let block = net.staff(FACTORY, &[good, alone, bad]);
    let refusal = refused_alone_but(net, &block, 1);
    assert_eq!(net.refusal(at(&block, 2)).code(), "already-commissioned");
    let by = at(&block, 2);
    assert_eq!(refusal, Refusal::GroupFailed { by });
    refusal
}
