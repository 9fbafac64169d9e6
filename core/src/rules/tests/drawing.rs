//! Runs and the items drawn from them.

use super::*;
use crate::{Makeup, RunItem, SubjectId};

fn refused(net: &mut Net, draft: crate::RecordDraft) -> Refusal {
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

/// The proof of an item of the newest run.
fn proof(net: &Net, code: &crate::Code) -> RunItem {
    net.runs.last().unwrap().item(&code.hash()).unwrap()
}

pub(super) fn a_stranger(net: &mut Net) -> Refusal {
    let codes = serials(5);
    let run = net.run(&codes);
    let mut item = proof(net, &codes[0]);
    item.code = code("FAKE").hash();
    let draft = net.drawing_of(run, vec![item]);
    refused(net, draft)
}

pub(super) fn at_a_false_place(net: &mut Net) -> Refusal {
    let codes = serials(5);
    let run = net.run(&codes);
    let mut item = proof(net, &codes[0]);
    item.index = (item.index + 1) % 5;
    let draft = net.drawing_of(run, vec![item]);
    refused(net, draft)
}

pub(super) fn from_an_item(net: &mut Net) -> Refusal {
    let codes = serials(2);
    net.run(&codes);
    let item = net.item("A");
    let draft = net.drawing_of(item, vec![proof(net, &codes[0])]);
    refused(net, draft)
}

pub(super) fn from_nothing(net: &mut Net) -> Refusal {
    let codes = serials(2);
    let list = net.run_list(&codes);
    let item = list.item(&codes[0].hash()).unwrap();
    let draft = net.drawing_of(list.subject(), vec![item]);
    refused(net, draft)
}

pub(super) fn what_was_commissioned_apart(net: &mut Net) -> Refusal {
    let codes = serials(2);
    net.commission(&codes[..1]);
    net.run(&codes);
    let draft = net.drawing(&codes[..1]);
    refused(net, draft)
}

pub(super) fn commissioning_a_run_twice(net: &mut Net) -> Refusal {
    let codes = serials(2);
    let subject = net.run(&codes);
    let draft = commission_run(&codes[0], net.run_list(&codes).spec(), subject);
    refused(net, draft)
}

pub(super) fn from_what_is_on_offer(net: &mut Net) -> Refusal {
    let codes = serials(2);
    let run = net.run(&codes);
    net.offered(FACTORY, CARRIER, run);
    let draft = net.drawing(&codes[..1]);
    refused(net, draft)
}

/// The hold of the run is the hold of everything that comes out of it.
pub(super) fn moving_what_its_run_was_held_for(net: &mut Net) -> Refusal {
    let codes = serials(2);
    let run = net.run(&codes);
    let block = net.staff(CUSTOMS, &[hold(&[run])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[net.drawing(&codes[..1])]);
    net.applied(&block);
    let item = net.subject_of(&codes[0]);
    let draft = offer(item, net.id(CARRIER), net.last_custody(&item));
    refused(net, draft)
}

fn drawn_from(net: &Net, run: &SubjectId) -> u64 {
    match net.ledger.state().subject(run).unwrap().makeup() {
        Makeup::Run(run) => run.drawn(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_item_has_the_state_of_its_run_at_the_moment_of_its_drawing() {
    let mut net = Net::with_prefix();
    let codes = serials(9);
    let run = net.run(&codes);
    let made = net.last_custody(&run);
    let pallet = net.commission(&[case(1)])[0];
    net.handed_over(FACTORY, CARRIER, run);
    net.handed_over(FACTORY, CARRIER, pallet);
    let block = net.staff(CARRIER, &[pack(pallet, &[run])]);
    let packing = net.applied(&block);
    let before = net.ledger.state().subject(&run).unwrap().clone();

    // Somebody who only looks at it draws it too.
    let block = net.staff(CUSTOMS, &[net.drawing(&codes[2..4])]);
    net.applied(&block);
    let item = net.subject_of(&codes[2]);
    let state = net.ledger.state();
    let known = state.subject(&item).unwrap();
    assert_eq!(known.commissioned_by(), made);
    assert_eq!(known.packed(), Some((pallet, packing)));
    assert_eq!(known.owner(), before.owner());
    assert_eq!(known.count(), before.count() + 1);
    assert_eq!(known.makeup(), &Makeup::One);
    assert_eq!(state.holder_of(&item), Some(net.id(CARRIER).into()));
    assert!(state.contents(&pallet).contains(&item));
    assert_eq!(drawn_from(&net, &run), 2);
    // A run would else have a million records that say nothing about it.
    let after = state.subject(&run).unwrap();
    assert_eq!(after.count(), before.count());
    assert_eq!(after.running(), before.running());

    // Drawing again is harmless, and draws the one that is new.
    let block = net.admin(CARRIER, &[net.drawing(&codes[3..5])]);
    net.applied(&block);
    assert_eq!(drawn_from(&net, &run), 3);

    // From here on the item goes its own way, and the run goes its.
    let block = net.staff(CARRIER, &[unpack(pallet, &[item])]);
    net.applied(&block);
    net.handed_over(CARRIER, RETAILER, item);
    let state = net.ledger.state();
    assert_eq!(state.holder_of(&item), Some(net.id(RETAILER).into()));
    assert_eq!(state.holder_of(&run), Some(net.id(CARRIER).into()));
}

/// What is shown of a thing that nobody used is what it would be: an overlay of its own, and
/// nothing of what is on offer.
#[test]
fn a_thing_is_looked_at_as_if_it_were_drawn() {
    let mut net = Net::with_prefix();
    let codes = serials(3);
    let run = net.run(&codes);
    let pallet = net.commission(&[case(1)])[0];
    let block = net.staff(FACTORY, &[pack(pallet, &[run])]);
    net.applied(&block);
    let of = |net: &Net, n: usize| crate::Undrawn::new(run, proof(net, &codes[n]));
    let subject = net.subject_of(&codes[1]);
    let pending = crate::Pending::over(&net.ledger, []);
    assert_eq!(of(&net, 1).subject(&pending), Some(subject));
    let mut false_place = proof(&net, &codes[2]);
    false_place.index = 0;
    let items = [of(&net, 1), crate::Undrawn::new(run, false_place)];
    let seen = pending.with_drawn(&items);
    let shown = seen.subject(&subject).cloned().unwrap();
    assert_eq!(seen.contents(&pallet).len(), 2);
    assert!(seen.subject(&net.subject_of(&codes[2])).is_none());
    assert!(pending.subject(&subject).is_none());

    let block = net.staff(FACTORY, &[net.drawing(&codes[1..2])]);
    net.applied(&block);
    let drawn = net.ledger.state().subject(&subject).unwrap();
    assert_eq!(drawn.inside(), shown.inside());
    assert_eq!(drawn.owner(), shown.owner());
    assert_eq!(drawn.commissioned_by(), shown.commissioned_by());

    net.offered(FACTORY, CARRIER, pallet);
    let pending = crate::Pending::over(&net.ledger, []);
    let seen = pending.with_drawn(&[of(&net, 0)]);
    assert!(seen.subject(&net.subject_of(&codes[0])).is_none());
}

#[test]
fn what_is_drawn_from_a_held_run_is_counted_around_it() {
    let mut net = Net::with_prefix();
    let codes = serials(3);
    let run = net.run(&codes);
    let pallet = net.commission(&[case(1)])[0];
    let block = net.staff(FACTORY, &[pack(pallet, &[run])]);
    net.applied(&block);
    let block = net.staff(CUSTOMS, &[hold(&[run])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[net.drawing(&codes[..2])]);
    net.applied(&block);
    let held = |net: &Net| net.ledger.state().subject(&pallet).unwrap().held_inside();
    assert_eq!(held(&net), 3);
    let subjects = [run, net.subject_of(&codes[0]), net.subject_of(&codes[1])];
    let block = net.staff(CUSTOMS, &[clear(&subjects)]);
    net.applied(&block);
    assert_eq!(held(&net), 0);
}

#[test]
fn a_run_of_one_and_a_run_of_odd_size_hold_what_they_hold() {
    let net = Net::new();
    for count in [1, 2, 3, 7, 64, 65] {
        let codes = serials(count);
        let list = net.run_list(&codes);
        for code in &codes {
            assert!(list.spec().holds(&list.item(&code.hash()).unwrap()));
        }
        assert_eq!(list.item(&code("FAKE").hash()), None);
    }
}
