//! Histories that hold by themselves and are not the whole history.

use super::*;
use crate::ProofError;

/// What the comparison with the state finds.
pub(super) fn not_whole(story: &Story, bundle: &Bundle) -> Vec<Problem> {
    let report = verify(story, bundle);
    let whole = report.checks.iter().find(|c| c.kind == CheckKind::Whole);
    whole.unwrap().problems.clone()
}

fn last_step(story: &Story, bundle: &Bundle) -> RecordRef {
    verify(story, bundle).journey.last().unwrap().at
}

/// Without the blocks of these records.
pub(super) fn hiding(bundle: &Bundle, hidden: &[RecordRef]) -> Bundle {
    let mut cut = bundle.clone();
    cut.entries.retain(|entry| {
        let block = crate::BlockId::of(&entry.statement);
        hidden.iter().all(|at| at.block != block)
    });
    cut
}

#[test]
fn the_newest_record_left_out_is_noticed() {
    let story = story();
    let whole = bundle(&story);
    assert_eq!(not_whole(&story, &whole), []);
    let record = last_step(&story, &whole);
    let cut = hiding(&whole, &[record]);
    // No other record builds on it, so that nothing else tells.
    assert_eq!(problems(&story, &cut), []);
    let subject = story.item;
    assert_eq!(
        not_whole(&story, &cut),
        [Problem::LeftOut { record, subject }]
    );
}

/// A sale by the owner whose acceptance a gateway keeps to itself: the owner before would pass
/// for the owner.
#[test]
fn a_sale_that_is_hidden_is_noticed() {
    let mut story = story();
    let before = bundle(&story);
    let offered = story.net.title_offered(FACTORY, RETAILER, story.item);
    let taken = story
        .net
        .admin(RETAILER, &[take_title(story.item, offered)]);
    let taken = story.net.applied(&taken);
    let now = bundle(&story);
    let subject = story.item;
    let cut = hiding(&now, &[offered, taken]);
    assert_eq!(problems(&story, &cut), []);
    let left_out = |record| Problem::LeftOut { record, subject };
    assert_eq!(
        not_whole(&story, &cut),
        [
            left_out(offered),
            left_out(taken),
            Problem::OtherState { subject }
        ]
    );
    // The state of before does not go with the checkpoint of now.
    let stale = Bundle {
        extract: before.extract.clone(),
        ..cut
    };
    let found = not_whole(&story, &stale);
    assert!(
        matches!(found[..], [Problem::State(ProofError::Prefix { .. })]),
        "{found:?}"
    );
}

/// An item in a case, and nothing more.
fn in_case() -> Story {
    let mut net = Net::with_prefix();
    let code = code("A");
    let item = net.item("A");
    let case = net.commission(&[case(1)])[0];
    let packed = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&packed);
    Story {
        net,
        code,
        item,
        case,
    }
}

/// What is found when a record of this subject is shown that the ledger refused. Nothing in the
/// record itself says so: the record beside it in its group was refused.
fn assert_not_applied(mut story: Story, subject: SubjectId) {
    let stranger = code("Z").subject(&story.net.genesis.id(), &story.net.id(FACTORY));
    let together = [observe(&[subject]), observe(&[stranger])].map(|draft| draft.grouped(0));
    let block = story.net.staff(RETAILER, &together);
    story.net.refused(&block);
    let whole = bundle(&story);
    assert_eq!(not_whole(&story, &whole), []);
    let with = with_block(&story, &whole, &block);
    let record = first(&block);
    assert_eq!(not_whole(&story, &with), [Problem::NotApplied { record }]);
}

#[test]
fn a_record_that_the_ledger_refused_is_not_part_of_the_history() {
    let story = story();
    let item = story.item;
    assert_not_applied(story, item);
}

#[test]
fn nor_is_one_of_the_container_that_it_refused() {
    let story = in_case();
    let case = story.case;
    assert_not_applied(story, case);
}

#[test]
fn what_a_container_went_through_is_not_left_out() {
    let mut story = in_case();
    let held = story.net.staff(CUSTOMS, &[hold(&[story.case])]);
    let record = story.net.applied(&held);
    let whole = bundle(&story);
    assert!(verify(&story, &whole).held_by.is_some());
    let cut = hiding(&whole, &[record]);
    assert_eq!(problems(&story, &cut), []);
    let subject = story.case;
    assert_eq!(
        not_whole(&story, &cut),
        [Problem::LeftOut { record, subject }]
    );
    // Who holds it is told all the same: the state says so.
    assert_eq!(verify(&story, &cut).held_by, Some(story.net.id(CUSTOMS)));
}

/// A gateway that counts a failed inspection among older records, with the right hash over them.
#[test]
fn what_is_counted_and_not_named_is_noticed() {
    let story = story();
    let whole = bundle(&story);
    let record = last_step(&story, &whole);
    let cut = Bundle {
        extract: whole.extract.clone().naming_from(usize::MAX),
        ..hiding(&whole, &[record])
    };
    let subject = story.item;
    let unnamed = ProofError::Unnamed { subject };
    assert_eq!(not_whole(&story, &cut), [Problem::State(unnamed)]);
}

/// There may be a million of those.
#[test]
fn the_drawing_of_others_from_a_run_is_no_part_of_its_history() {
    let mut net = Net::with_prefix();
    let codes = serials(6);
    let run = net.run(&codes);
    for drawn in [0, 1, 2] {
        let drawing = net.staff(FACTORY, &[net.drawing(&codes[drawn..=drawn])]);
        net.applied(&drawing);
    }
    let seen = net.staff(FACTORY, &[observe(&[run])]);
    let seen = net.applied(&seen);
    let as_of = net.checkpoints.last().unwrap().signed_header();
    for (place, steps) in [(0, 2), (2, 2), (5, 2)] {
        let code = &codes[place];
        let made = Bundle::assemble(&net.ledger, &net.genesis, as_of, &net, &code.hash().into());
        let made = made.unwrap();
        let report = made.verify(code, net.genesis.id()).unwrap();
        assert!(report.holds(), "{report:?}");
        assert_eq!(report.journey.len(), steps);
        // And so nothing of what happened to the run can be left out.
        if place == 5 {
            let whole = |bundle: &Bundle| {
                let report = bundle.verify(code, net.genesis.id()).unwrap();
                let whole = report.checks.into_iter();
                whole
                    .filter(|c| c.kind == CheckKind::Whole)
                    .collect::<Vec<_>>()
            };
            let found = &whole(&hiding(&made, &[seen]))[0].problems;
            let left_out = Problem::LeftOut {
                record: seen,
                subject: run,
            };
            assert_eq!(*found, [left_out]);
        }
    }
}
