//! What happened to containers while a subject was in them that it is in no more.

use super::whole::{hiding, not_whole};
use super::*;
use crate::ProofError;

/// The second case of the tests: a pallet that the first one stands on.
fn pallet(net: &mut Net) -> SubjectId {
    net.commission(&[case(2)])[0]
}

fn noted(net: &mut Net, subject: SubjectId) -> RecordRef {
    let block = net.staff(FACTORY, &[observe(&[subject])]);
    net.applied(&block)
}

fn packed(net: &mut Net, outer: SubjectId, inner: SubjectId) -> RecordRef {
    let block = net.staff(FACTORY, &[pack(outer, &[inner])]);
    net.applied(&block)
}

fn unpacked(net: &mut Net, outer: SubjectId, inner: SubjectId) -> RecordRef {
    let block = net.staff(FACTORY, &[unpack(outer, &[inner])]);
    net.applied(&block)
}

fn begin() -> (Net, SubjectId, SubjectId) {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let case = net.commission(&[case(1)])[0];
    (net, item, case)
}

fn story_of(net: Net, item: SubjectId, case: SubjectId) -> Story {
    let code = code("A");
    Story {
        net,
        code,
        item,
        case,
    }
}

/// What is shown of it holds and is all of it, whatever comes later.
fn assert_whole(story: &Story) -> Bundle {
    let whole = bundle(story);
    assert_eq!(problems(story, &whole), []);
    assert_eq!(not_whole(story, &whole), []);
    whole
}

fn assert_left_out(story: &Story, record: RecordRef, subject: SubjectId) {
    let cut = hiding(&assert_whole(story), &[record]);
    assert_eq!(problems(story, &cut), []);
    assert_eq!(
        not_whole(story, &cut),
        [Problem::LeftOut { record, subject }]
    );
}

fn journey(story: &Story) -> Vec<RecordRef> {
    let report = verify(story, &bundle(story));
    report.journey.iter().map(|step| step.at).collect()
}

#[test]
fn what_happened_to_a_container_before_the_item_left_it_cannot_be_hidden() {
    let (mut net, item, case) = begin();
    let before = noted(&mut net, case);
    packed(&mut net, case, item);
    let inside = noted(&mut net, case);
    unpacked(&mut net, case, item);
    let after = noted(&mut net, case);
    noted(&mut net, item);
    let story = story_of(net, item, case);
    assert_left_out(&story, inside, case);
    let told = journey(&story);
    assert!(told.contains(&inside) && !told.contains(&before) && !told.contains(&after));
}

#[test]
fn nor_what_happened_to_it_in_an_earlier_stay() {
    let (mut net, item, case) = begin();
    packed(&mut net, case, item);
    let first = noted(&mut net, case);
    unpacked(&mut net, case, item);
    let between = noted(&mut net, case);
    packed(&mut net, case, item);
    let story = story_of(net, item, case);
    assert_left_out(&story, first, case);
    assert!(!journey(&story).contains(&between));
}

/// The item leaves the case, which stays on its pallet: no record of the pallet says so.
#[test]
fn nor_of_a_container_around_the_one_that_was_left() {
    let (mut net, item, case) = begin();
    let outer = pallet(&mut net);
    packed(&mut net, case, item);
    packed(&mut net, outer, case);
    let inside = noted(&mut net, outer);
    unpacked(&mut net, case, item);
    noted(&mut net, item);
    let mut story = story_of(net, item, case);
    assert_left_out(&story, inside, outer);

    // What comes later shows that nothing else came before, and is no part of the journey.
    let later = noted(&mut story.net, outer);
    let latest = noted(&mut story.net, outer);
    assert_left_out(&story, inside, outer);
    let told = journey(&story);
    assert!(told.contains(&inside) && !told.contains(&later));
    // Without it nobody can tell, and so it is missed.
    let cut = hiding(&bundle(&story), &[later]);
    let missed = |record| Problem::LeftOut {
        record,
        subject: outer,
    };
    assert_eq!(not_whole(&story, &cut), [missed(later), missed(latest)]);
}

/// The case stood on its pallet already when the item came into it.
#[test]
fn what_an_outer_container_went_through_before_is_shown_and_not_told() {
    let (mut net, item, case) = begin();
    let outer = pallet(&mut net);
    packed(&mut net, outer, case);
    let before = noted(&mut net, outer);
    packed(&mut net, case, item);
    let inside = noted(&mut net, outer);
    let mut story = story_of(net, item, case);
    assert_left_out(&story, before, outer);
    assert_left_out(&story, inside, outer);
    assert!(!journey(&story).contains(&before));
    unpacked(&mut story.net, outer, case);
    assert_left_out(&story, before, outer);
    assert_left_out(&story, inside, outer);
}

#[test]
fn a_record_that_was_refused_is_no_part_of_a_stay() {
    let (mut net, item, case) = begin();
    packed(&mut net, case, item);
    let stranger = code("Z").subject(&net.genesis.id(), &net.id(FACTORY));
    let together = [observe(&[case]), observe(&[stranger])].map(|draft| draft.grouped(0));
    let block = net.staff(RETAILER, &together);
    net.refused(&block);
    unpacked(&mut net, case, item);
    let story = story_of(net, item, case);
    let with = with_block(&story, &assert_whole(&story), &block);
    let record = first(&block);
    assert_eq!(not_whole(&story, &with), [Problem::NotApplied { record }]);
}

#[test]
fn a_container_that_was_left_is_not_left_out() {
    let (mut net, item, case) = begin();
    packed(&mut net, case, item);
    noted(&mut net, case);
    unpacked(&mut net, case, item);
    let story = story_of(net, item, case);
    let whole = assert_whole(&story);
    let mut without = whole.clone();
    without.left.things.clear();
    let around = ProofError::Around { subject: case };
    assert_eq!(not_whole(&story, &without), [Problem::State(around)]);
    // Named from too late on, with the hash that belongs to that.
    let mut late = whole;
    let (_, thing) = &mut late.left.things[0];
    *thing = thing.clone().naming_from(1);
    let begins = ProofError::BeginsLate { container: case };
    assert_eq!(not_whole(&story, &late), [Problem::State(begins)]);
}

/// A sale that is called a fence is a sale.
#[test]
fn what_is_about_the_item_counts_whatever_it_is_called() {
    let (mut net, item, case) = begin();
    packed(&mut net, case, item);
    unpacked(&mut net, case, item);
    let seen = noted(&mut net, item);
    let story = story_of(net, item, case);
    let mut fenced = assert_whole(&story);
    fenced.left.fences = vec![seen];
    let report = verify(&story, &fenced);
    assert_eq!(report.journey.last().unwrap().at, seen);
}

/// An item that leaves its case while that stands on a pallet, of which something was written
/// before, meanwhile and after.
fn on_a_pallet() -> (Story, SubjectId, RecordRef) {
    let (mut net, item, case) = begin();
    let outer = pallet(&mut net);
    packed(&mut net, outer, case);
    noted(&mut net, case);
    packed(&mut net, case, item);
    let inside = noted(&mut net, outer);
    unpacked(&mut net, case, item);
    noted(&mut net, item);
    (story_of(net, item, case), outer, inside)
}

/// Without what is said of the pallet.
fn without(bundle: &Bundle, outer: SubjectId) -> Bundle {
    let names = |entry: &Entry| {
        let shown = entry.records.iter();
        let mut records = shown.map(|shown| crate::Record::from_bytes(&shown.record).unwrap());
        records.any(|record| record.subjects().contains(&outer))
    };
    let mut cut = bundle.clone();
    cut.entries.retain(|entry| !names(entry));
    cut.left.things.retain(|(id, _)| *id != outer);
    cut
}

/// The case was put on its pallet before the item came into it, so that no record between says so.
#[test]
fn an_outer_container_is_not_left_out_either() {
    let (story, outer, _) = on_a_pallet();
    let cut = without(&assert_whole(&story), outer);
    let case = story.case;
    let late = ProofError::BeginsLate { container: case };
    assert_eq!(not_whole(&story, &cut), [Problem::State(late)]);
}

#[test]
fn calling_a_packing_a_fence_hides_no_container() {
    let (story, outer, inside) = on_a_pallet();
    let whole = assert_whole(&story);
    let mut cut = hiding(&whole, &[inside]);
    cut.left.things.retain(|(id, _)| *id != outer);
    cut.left.fences = whole
        .entries
        .iter()
        .flat_map(|entry| {
            let block = crate::BlockId::of(&entry.statement);
            let indices = entry.records.iter().map(|shown| shown.index);
            indices.map(move |index| RecordRef { block, index })
        })
        .collect();
    let around = ProofError::Around { subject: outer };
    assert_eq!(not_whole(&story, &cut), [Problem::State(around)]);
}

/// Nothing else that is shown was written by this phone.
#[test]
fn whoever_wrote_a_fence_is_known() {
    let (mut story, outer, inside) = on_a_pallet();
    let net = &mut story.net;
    let factory = net.id(FACTORY);
    let device = entry(&device_key(50), Role::Warehouse);
    let enrolled = net.admin(FACTORY, &[enrol(factory, device)]);
    net.applied(&enrolled);
    net.staff[FACTORY] = Phone::new(device_key(50), factory);
    noted(net, outer);
    assert_left_out(&story, inside, outer);
}

/// What was written of the pallet waits for a record that comes after the item has left.
#[test]
fn a_fence_that_waited_shows_what_it_waited_for() {
    let (mut story, outer, inside) = on_a_pallet();
    let net = &mut story.net;
    let other = net.item("C");
    let late = net.staff(CARRIER, &[observe(&[other])]);
    let waits = net.staff(FACTORY, &[observe(&[outer]).citing(vec![first(&late)])]);
    net.order(std::slice::from_ref(&waits));
    net.order(&[late]);
    assert_left_out(&story, inside, outer);
    let report = verify(&story, &bundle(&story));
    let told: Vec<RecordRef> = report.journey.iter().map(|step| step.at).collect();
    assert!(!told.contains(&first(&waits)));
}

/// An item that goes from one case of a pallet to another.
#[test]
fn of_two_stays_in_one_container_the_earlier_packing_counts() {
    let (mut net, item, case) = begin();
    let outer = pallet(&mut net);
    let second = net.commission(&[crate::testnet::case(3)])[0];
    packed(&mut net, outer, second);
    let before = noted(&mut net, outer);
    packed(&mut net, outer, case);
    packed(&mut net, case, item);
    unpacked(&mut net, case, item);
    packed(&mut net, second, item);
    let inside = noted(&mut net, outer);
    unpacked(&mut net, second, item);
    let story = story_of(net, item, case);
    assert_left_out(&story, inside, outer);
    assert_left_out(&story, before, outer);
}
