//! What is pledged stays its owner's and is pledged once; the bank lets it go.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{RecordDraft, SubjectId};

fn refused(net: &mut Net, by: usize, draft: RecordDraft) -> Refusal {
    let block = net.admin(by, &[draft]);
    refused_alone(net, &block)
}

fn pledging(net: &mut Net, subject: SubjectId) -> Refusal {
    let draft = pledge(&[subject], net.id(BANK));
    refused(net, FACTORY, draft)
}

fn packed(net: &mut Net) -> (SubjectId, SubjectId) {
    let (case, item) = (net.commission(&[case(1)])[0], net.item("A"));
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    (case, item)
}

/// A bill of lading and the item that it stands for.
fn billed(net: &mut Net) -> (SubjectId, SubjectId) {
    let (bill, item) = (net.bill(1), net.item("A"));
    let block = net.staff(FACTORY, &[associate(bill, &[item])]);
    net.applied(&block);
    (bill, item)
}

pub(super) fn selling_what_is_pledged(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let by = net.pledged(FACTORY, &[item]);
    let draft = offer_title(item, net.id(RETAILER), net.last_title(&item));
    let refusal = refused(net, FACTORY, draft);
    let (subject, on) = (item, item);
    assert_eq!(refusal, Refusal::Pledged { subject, on, by });
    refusal
}

pub(super) fn taking_what_was_pledged_since(net: &mut Net) -> Refusal {
    let (case, item) = packed(net);
    let offer = net.title_offered(FACTORY, RETAILER, item);
    net.pledged(FACTORY, &[case]);
    refused(net, RETAILER, take_title(item, offer))
}

pub(super) fn ending_what_is_pledged(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.pledged(FACTORY, &[item]);
    refused(net, FACTORY, decommission(&[item]))
}

pub(super) fn pledging_twice(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.pledged(FACTORY, &[item]);
    pledging(net, item)
}

pub(super) fn pledging_the_case_around(net: &mut Net) -> Refusal {
    let (case, item) = packed(net);
    net.pledged(FACTORY, &[item]);
    pledging(net, case)
}

pub(super) fn pledging_the_content(net: &mut Net) -> Refusal {
    let (case, item) = packed(net);
    net.pledged(FACTORY, &[case]);
    pledging(net, item)
}

pub(super) fn pledging_the_goods_of_a_pledged_bill(net: &mut Net) -> Refusal {
    let (bill, item) = billed(net);
    net.pledged(FACTORY, &[bill]);
    pledging(net, item)
}

pub(super) fn pledging_the_bill_of_pledged_goods(net: &mut Net) -> Refusal {
    let (bill, item) = billed(net);
    net.pledged(FACTORY, &[item]);
    pledging(net, bill)
}

pub(super) fn packing_two_pledges_together(net: &mut Net) -> Refusal {
    let (case, item) = (net.commission(&[case(1)])[0], net.item("A"));
    net.pledged(FACTORY, &[case]);
    net.pledged(FACTORY, &[item]);
    refused(net, FACTORY, pack(case, &[item]))
}

pub(super) fn emptying_a_pledged_case(net: &mut Net) -> Refusal {
    let (case, item) = packed(net);
    net.pledged(FACTORY, &[case]);
    refused(net, FACTORY, unpack(case, &[item]))
}

pub(super) fn parting_goods_from_their_pledged_bill(net: &mut Net) -> Refusal {
    let (bill, item) = billed(net);
    net.pledged(FACTORY, &[bill]);
    refused(net, FACTORY, dissociate(bill, &[item]))
}

pub(super) fn pledging_what_is_held(net: &mut Net) -> Refusal {
    let (bill, item) = billed(net);
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    pledging(net, bill)
}

pub(super) fn pledging_what_is_on_sale(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.title_offered(FACTORY, RETAILER, item);
    pledging(net, item)
}

pub(super) fn releasing_nothing(net: &mut Net) -> Refusal {
    let item = net.item("A");
    refused(net, BANK, release(&[item]))
}

pub(super) fn releasing_anothers_pledge(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.pledged(FACTORY, &[item]);
    // Not even the owner.
    refused(net, FACTORY, release(&[item]))
}

pub(super) fn pledging_to_a_carrier(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = pledge(&[item], net.id(CARRIER));
    refused(net, FACTORY, draft)
}

#[test]
fn what_is_pledged_travels_and_is_sold_once_it_is_released() {
    let mut net = Net::with_prefix();
    let (case, item) = packed(&mut net);
    let by = net.pledged(FACTORY, &[item]);
    net.handed_over(FACTORY, CARRIER, case);
    let block = net.staff(CARRIER, &[unpack(case, &[item])]);
    net.applied(&block);
    let state = net.ledger.state();
    assert_eq!(state.pledge_on(&item), Some((item, by)));
    assert_eq!(state.subject(&case).unwrap().pledged_inside(), 0);
    let block = net.staff(BANK, &[release(&[item])]);
    net.applied(&block);
    assert_eq!(net.ledger.state().pledge_on(&item), None);
    net.sold(FACTORY, RETAILER, item);
}

/// A carrier that pledges its own pallet does not bind what others own on it.
#[test]
fn a_pledge_reaches_only_what_its_owner_owns() {
    let mut net = Net::with_prefix();
    let (case, item) = packed(&mut net);
    net.sold(FACTORY, RETAILER, item);
    net.pledged(FACTORY, &[case]);
    assert_eq!(net.ledger.state().pledge_on(&item), None);
    let block = net.staff(FACTORY, &[unpack(case, &[item])]);
    net.applied(&block);
    net.sold(RETAILER, CARRIER, item);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is tried in whatever order: no subject is reached by two pledges of its owner,
    /// no title of what is pledged moves, and containers count the pledges inside them.
    #[test]
    fn nothing_is_pledged_twice(
        tries in proptest::collection::vec((0..9u8, 0..5usize, 0..5usize), 1..24),
    ) {
        let mut net = Net::with_prefix();
        let mut things = net.commission(&[case(1), case(2), case(3), case(4)]);
        things.push(net.bill(1));
        for (what, one, other) in tries {
            let (subject, second) = (things[one], things[other]);
            let (by, draft) = match what {
                0 | 1 if one != other => (FACTORY, pack(subject, &[second])),
                2 if one != other => (FACTORY, unpack(subject, &[second])),
                3 | 4 => (FACTORY, pledge(&[subject], net.id(BANK))),
                5 => (BANK, release(&[subject])),
                6 if one != 4 => (FACTORY, associate(things[4], &[subject])),
                7 if one != 4 => (FACTORY, dissociate(things[4], &[subject])),
                8 => (FACTORY, offer_title(subject, net.id(CARRIER), net.last_title(&subject))),
                _ => continue,
            };
            let before: Vec<_> = things
                .iter()
                .filter(|s| net.ledger.state().pledge_on(s).is_some())
                .map(|s| (*s, net.ledger.state().subject(s).unwrap().open_title_offer()))
                .collect();
            let block = net.admin(by, &[draft]);
            net.order(std::slice::from_ref(&block));
            let state = net.ledger.state();
            for (subject, offer) in before {
                prop_assert_eq!(state.subject(&subject).unwrap().open_title_offer(), offer);
            }
            for subject in &things {
                let pledges = |ids: Vec<SubjectId>| {
                    let by = ids.iter().filter_map(|s| Some(state.subject(s)?.pledge()?.by()));
                    by.collect::<Vec<_>>()
                };
                let reached: BTreeSet<_> = pledges(state.around(subject)).into_iter().collect();
                prop_assert!(reached.len() < 2);
                let inside = pledges(state.within(subject)).len();
                let counted = state.subject(subject).unwrap().pledged_inside();
                prop_assert_eq!(counted, u64::try_from(inside).unwrap());
            }
        }
    }
}
