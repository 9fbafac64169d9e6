//! What an authority holds stays where it is, and only that authority lets it go.

use proptest::prelude::*;

use super::*;
use crate::{Party, RecordDraft, State, SubjectId};

/// A case with an item in it, held by customs by this record.
fn held_case(net: &mut Net, held: fn((SubjectId, SubjectId)) -> SubjectId) -> Held {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    let subject = held((case, item));
    let block = net.staff(CUSTOMS, &[hold(&[subject])]);
    let by = net.applied(&block);
    Held {
        case,
        item,
        on: subject,
        by,
    }
}

struct Held {
    case: SubjectId,
    item: SubjectId,
    /// What is held, and by which record.
    on: SubjectId,
    by: RecordRef,
}

fn refused_as_held(net: &mut Net, held: &Held, draft: RecordDraft) -> Refusal {
    let block = net.staff(FACTORY, &[draft]);
    let refusal = refused_alone(net, &block);
    // The case would move or be opened, whatever it is that is held.
    let (subject, on, by) = (held.case, held.on, held.by);
    assert_eq!(refusal, Refusal::Held { subject, on, by });
    refusal
}

pub(super) fn offering_around_what_is_held(net: &mut Net) -> Refusal {
    let held = held_case(net, |(_, item)| item);
    let draft = offer(held.case, net.id(CARRIER), net.last_custody(&held.case));
    refused_as_held(net, &held, draft)
}

pub(super) fn unpacking_what_is_held(net: &mut Net) -> Refusal {
    let held = held_case(net, |(_, item)| item);
    refused_as_held(net, &held, unpack(held.case, &[held.item]))
}

pub(super) fn unpacking_out_of_what_is_held(net: &mut Net) -> Refusal {
    let held = held_case(net, |(case, _)| case);
    refused_as_held(net, &held, unpack(held.case, &[held.item]))
}

pub(super) fn filling_what_is_held(net: &mut Net) -> Refusal {
    let held = held_case(net, |(case, _)| case);
    let other = net.item("B");
    refused_as_held(net, &held, pack(held.case, &[other]))
}

pub(super) fn packing_around_what_is_held(net: &mut Net) -> Refusal {
    let held = held_case(net, |(_, item)| item);
    let pallet = net.commission(&[case(2)])[0];
    refused_as_held(net, &held, pack(pallet, &[held.case]))
}

pub(super) fn accepting_what_is_held(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    let block = net.staff(CARRIER, &[accept(item, offer)]);
    refused_alone(net, &block)
}

pub(super) fn ending_what_is_held(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[decommission(&[item])]);
    refused_alone(net, &block)
}

pub(super) fn holding_twice(net: &mut Net) -> Refusal {
    let items = net.commission(&[code("A"), code("B")]);
    let block = net.staff(CUSTOMS, &[hold(&items[1..])]);
    net.applied(&block);
    let block = net.staff(CUSTOMS, &[hold(&items)]);
    refused_alone(net, &block)
}

pub(super) fn clearing_what_nobody_holds(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.staff(CUSTOMS, &[clear(&[item])]);
    refused_alone(net, &block)
}

pub(super) fn clearing_what_another_holds(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    let block = net.admin(FACTORY, &[clear(&[item])]);
    refused_alone(net, &block)
}

pub(super) fn a_carrier_holds(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.admin(CARRIER, &[hold(&[item])]);
    refused_alone(net, &block)
}

pub(super) fn offering_goods_of_a_held_bill(net: &mut Net) -> Refusal {
    let (case, item, bill) = (net.commission(&[case(1)])[0], net.item("A"), net.bill(1));
    let block = net.staff(FACTORY, &[pack(case, &[item]), associate(bill, &[item])]);
    net.applied(&block);
    let block = net.staff(CUSTOMS, &[hold(&[bill])]);
    let by = net.applied(&block);
    let counted = net.ledger.state().subject(&case).unwrap().held_inside();
    assert_eq!(counted, 1);
    let draft = offer(case, net.id(CARRIER), net.last_custody(&case));
    let block = net.staff(FACTORY, &[draft]);
    let refusal = refused_alone(net, &block);
    let (subject, on) = (case, bill);
    assert_eq!(refusal, Refusal::Held { subject, on, by });
    let block = net.staff(CUSTOMS, &[clear(&[bill])]);
    net.applied(&block);
    net.handed_over(FACTORY, CARRIER, case);
    refusal
}

#[test]
fn what_was_cleared_moves_on() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    // The offer outlives the hold.
    let block = net.staff(CUSTOMS, &[clear(&[item])]);
    net.applied(&block);
    let block = net.staff(CARRIER, &[accept(item, offer)]);
    net.applied(&block);
    let state = net.ledger.state();
    assert_eq!(state.holder_of(&item), Some(net.id(CARRIER).into()));
    assert_eq!(state.hold_on(&item), None);
}

/// What a subject's place is: whose it is, and in what it is.
fn place(state: &State, subject: &SubjectId) -> (Option<Party>, Vec<SubjectId>) {
    (state.holder_of(subject), state.containers(subject))
}

/// A resale by the consumer who owns the thing: to another one, or back to the shop.
fn resale(net: &Net, subject: SubjectId, to: usize) -> Option<RecordDraft> {
    let owned = *net.ledger.state().subject(&subject)?.owner();
    let of_owner = |n: &u8| owned == Party::Consumer(owner(*n).public());
    let from = [1, 2].into_iter().find(of_owner)?;
    let to = match to {
        0 => net.id(RETAILER).into(),
        _ => Party::Consumer(owner(3 - from).public()),
    };
    Some(net.given_on(subject, &owner(from), to))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is tried in whatever order: what is held when a record comes is where it was
    /// after it, and containers count the holds inside them.
    #[test]
    fn nothing_held_ever_moves(
        tries in proptest::collection::vec((0..10u8, 0..5usize, 0..5usize), 1..40),
    ) {
        let mut net = Net::with_prefix();
        let mut things = net.commission(&[case(1), case(2), case(3)]);
        things.push(net.sealed_item("A", &secret(3)));
        things.push(net.sealed_item("B", &secret(4)));
        for thing in &things {
            net.handed_over(FACTORY, RETAILER, *thing);
        }
        for (what, one, other) in tries {
            let (subject, second) = (things[one], things[other]);
            let draft = match what {
                0 | 1 if one != other => pack(subject, &[second]),
                2 if one != other => unpack(subject, &[second]),
                3 => offer(subject, net.id(CARRIER), net.last_custody(&subject)),
                4 => hold(&[subject]),
                5 => clear(&[subject]),
                6 => match net.ledger.state().subject(&subject).and_then(|s| s.open_offer()) {
                    Some(offer) => accept(subject, offer),
                    None => continue,
                },
                7 if one > 2 => net.activation(subject, &secret(u8::try_from(one).unwrap()), &owner(1)),
                8 | 9 => match resale(&net, subject, other) {
                    Some(draft) => draft,
                    None => continue,
                },
                _ => continue,
            };
            let state = net.ledger.state();
            let held = things.iter().filter(|s| state.hold_on(s).is_some());
            let before: Vec<_> = held.map(|s| (*s, place(state, s))).collect();
            let by = match what {
                4 | 5 => CUSTOMS,
                6 => CARRIER,
                _ => RETAILER,
            };
            let block = net.staff(by, &[draft]);
            net.order(std::slice::from_ref(&block));
            let state = net.ledger.state();
            for (subject, was) in before {
                prop_assert_eq!(place(state, &subject), was);
            }
            for subject in &things {
                let inside = state.all_contents(subject);
                let holds = inside.iter().map(|s| state.subject(s).unwrap().holds().len());
                let counted = state.subject(subject).unwrap().held_inside();
                prop_assert_eq!(counted, u64::try_from(holds.sum::<usize>()).unwrap());
            }
        }
    }
}
