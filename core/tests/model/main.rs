//! Ten thousand random histories, judged twice: by the ledger and by a naive model of its rules.
//! After every checkpoint both must say the same of every record and every subject.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

mod drafts;
mod goods;
mod naive;
mod network;
mod story;
mod trade;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{Amount, Ledger, RecordRef, StateView, SubjectId};

use drafts::Numbers;
use naive::{Fate, Model};
use story::Story;
use world::OfferFate;

const HISTORIES: u64 = 10_000;

/// What the ledger says of a record.
fn fate(ledger: &Ledger, record: &RecordRef) -> Fate {
    let state = ledger.state();
    match (state.refusal(record), state.waiting(record)) {
        (None, None) => Fate::Applied,
        (Some(refusal), None) => Fate::Refused(refusal.code()),
        (None, Some(missing)) => Fate::Waiting(missing),
        (Some(_), Some(_)) => panic!("{record} is refused and waits"),
    }
}

/// Compares everything that both know.
fn compare(seed: u64, ledger: &Ledger, model: &Model) {
    for (record, expected) in &model.fates {
        assert_eq!(fate(ledger, record), *expected, "history {seed}, {record}");
    }
    let state = ledger.state();
    let subjects: BTreeSet<SubjectId> = state.subjects().map(|(subject, _)| *subject).collect();
    let expected: BTreeSet<SubjectId> = model.world.things.keys().copied().collect();
    assert_eq!(subjects, expected, "history {seed}");
    for (subject, thing) in &model.world.things {
        let found = state.subject(subject).unwrap();
        let name = format!("history {seed}, {subject}");
        assert_eq!(
            state.holder_of(subject),
            model.world.holder(*subject),
            "{name}"
        );
        assert_eq!(*found.owner(), thing.owner, "{name}");
        assert_eq!(*found.own_holder(), thing.holder, "{name}");
        assert_eq!(found.inside(), thing.inside.as_ref(), "{name}");
        assert_eq!(found.last_custody(), thing.last_custody, "{name}");
        assert_eq!(found.class().to_string(), thing.class, "{name}");
        assert_eq!(
            found.makeup().quantity().and_then(|left| left.amount),
            thing.kilograms.and_then(|left| Amount::new(left, 0).ok()),
            "{name}"
        );
        assert_eq!(found.open_offer(), thing.offer, "{name}");
        assert_eq!(found.last_title(), thing.last_title, "{name}");
        assert_eq!(found.open_title_offer(), thing.title_offer, "{name}");
        assert_eq!(*found.parents(), thing.parents, "{name}");
        let pledge = found.pledge().map(|pledge| (*pledge.to(), pledge.by()));
        assert_eq!(pledge, thing.pledge, "{name}");
        let holds: BTreeSet<_> = found.holds().keys().copied().collect();
        assert_eq!(holds, thing.holds, "{name}");
        assert_eq!(found.activated_by().is_some(), thing.activated, "{name}");
        assert_eq!(found.decommissioned_by().is_some(), thing.ended, "{name}");
        assert_eq!(
            state.associated(subject),
            model.world.linked(*subject),
            "{name}"
        );
        assert_eq!(
            state.pledge_on(subject).is_some(),
            model.world.is_pledged(*subject),
            "{name}"
        );
        assert_eq!(
            state.hold_on(subject).is_none(),
            model.world.not_held(*subject).is_ok(),
            "{name}"
        );
        assert_eq!(Some(&found.newest_record()), thing.history.last(), "{name}");
        assert_eq!(
            usize::try_from(found.count()),
            Ok(thing.history.len()),
            "{name}"
        );
        assert_eq!(
            state.containers(subject),
            model.world.containers(*subject),
            "{name}"
        );
        assert_eq!(
            state.all_contents(subject),
            model.world.contents(*subject),
            "{name}"
        );
    }
    for (record, offer) in &model.world.offers {
        let open = state.offer(record).is_some();
        assert_eq!(
            open,
            offer.fate == OfferFate::Open,
            "history {seed}, {record}"
        );
        assert_eq!(
            state.closed_offer(record).is_some(),
            !open,
            "history {seed}, {record}"
        );
    }
    let prefixes: BTreeMap<_, _> = model.world.prefixes.iter().cloned().collect();
    assert!(state.prefixes().eq(&prefixes), "history {seed}");
}

/// Counts how often each fate came up, so that a generator that never gets anywhere shows.
type Tally = BTreeMap<&'static str, u64>;

fn judge(seeds: impl Iterator<Item = u64>) -> Tally {
    let mut tally = Tally::new();
    for seed in seeds {
        let mut story = Story::new(seed);
        while story.next_checkpoint() {
            compare(seed, &story.ledger, &story.model);
        }
        for fate in story.model.fates.values() {
            let name = match fate {
                Fate::Applied => "applied",
                Fate::Refused(code) => code,
                Fate::Waiting(_) => "waiting",
            };
            *tally.entry(name).or_default() += 1;
        }
    }
    tally
}

/// What a generator that gets around meets.
#[rustfmt::skip]
const EXPECTED: &[&str] = &[
    "already-activated", "already-associated", "already-commissioned", "already-enrolled",
    "already-held", "already-packed", "already-revoked", "applied", "bad-activation",
    "bad-resale", "cite-never-came", "cite-refused", "contents-changed", "decommissioned",
    "device-revoked", "different-holders", "document-of-document", "enrolment-ended",
    "forked-feed", "group-failed", "held", "inside-container", "inside-itself",
    "no-activation-key", "no-such-offer", "not-a-bank", "not-a-consumers", "not-addressee",
    "not-admin", "not-associated", "not-empty", "not-held", "not-holder",
    "not-inside", "not-owner", "not-permitted", "not-pledged",
    "not-your-prefix", "offer-declined", "offer-expired", "offer-used", "open-offer-exists",
    "pledged", "prefix-overlap", "prefix-taken", "stale-custody", "stale-title", "too-deep",
    "unknown-device", "unknown-member", "unknown-subject", "waiting", "wrong-pickup-code",
];

#[test]
fn the_ledger_agrees_with_the_model() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::new();
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || judge((0..HISTORIES).skip(first).step_by(threads))))
            .collect();
        for part in parts {
            for (name, count) in part.join().unwrap() {
                *tally.entry(name).or_default() += count;
            }
        }
    });
    println!("{tally:#?}");
    let missing: Vec<_> = EXPECTED
        .iter()
        .filter(|name| !tally.contains_key(*name))
        .collect();
    assert!(missing.is_empty(), "no history met {missing:?}");
}

/// What a state says beside its feeds, its refusals and its place in time.
fn effects(ledger: &Ledger) -> String {
    let state = ledger.state();
    let members: Vec<_> = state
        .members()
        .map(|(member, _)| state.offers_to(member))
        .collect();
    let devices: Vec<_> = state.devices().collect();
    let prefixes: Vec<_> = state.prefixes().collect();
    let subjects: Vec<_> = state.subjects().collect();
    format!("{members:?}{devices:?}{prefixes:?}{subjects:?}")
}

#[test]
fn a_refused_record_changes_nothing_but_its_refusal() {
    let mut met = 0;
    for seed in 0..500 {
        let mut story = Story::new(seed);
        let (mut before, mut known) = (effects(&story.ledger), story.model.fates.clone());
        while story.next_checkpoint() {
            let after = effects(&story.ledger);
            let decided = story
                .model
                .fates
                .iter()
                .filter(|(at, fate)| known.get(at) != Some(fate));
            let refused =
                |fate: &Fate| matches!(fate, Fate::Refused(code) if *code != "forked-feed");
            let mut decided = decided.map(|(_, fate)| fate).peekable();
            if decided.peek().is_some() && decided.all(refused) {
                assert_eq!(before, after, "history {seed}");
                met += 1;
            }
            (before, known) = (after, story.model.fates.clone());
        }
    }
    assert!(met > 50, "{met}");
}

/// Blocks and checkpoints reach a replica in any order, more than once, in pieces, and with a
/// restart in between; whenever the next checkpoint and its blocks are there, it is applied.
#[test]
fn arrival_makes_no_difference() {
    for seed in 0..300 {
        let mut story = Story::new(seed);
        while story.next_checkpoint() {}
        let mut numbers = Numbers::new(seed ^ 0xa11);
        let genesis = network::genesis();
        let mut replica = story::start(seed).0;
        let mut blocks = story::base_blocks();
        let mut checkpoints = BTreeMap::new();
        let mut arriving: Vec<(bool, usize)> = (0..story.checkpoints.len())
            .map(|n| (true, n))
            .chain((0..story.blocks.len()).map(|n| (false, n)))
            .collect();
        let again: Vec<_> = arriving
            .iter()
            .copied()
            .filter(|_| numbers.one_in(3))
            .collect();
        arriving.extend(again);
        numbers.shuffle(&mut arriving);
        for (checkpoint, n) in arriving {
            if checkpoint {
                let checkpoint = story.checkpoints[n].clone();
                checkpoints.insert(checkpoint.header().height(), checkpoint);
            } else {
                let block = story.blocks[n].clone();
                blocks.insert(block.id(), block);
            }
            // A batch: nobody says that every arrival is looked at by itself.
            while numbers.one_in(2) {
                let height = chopmark_core::Height(replica.tip().height.0 + 1);
                let Some(next) = checkpoints.get(&height) else {
                    break;
                };
                if replica.apply(next, &blocks).is_err() {
                    break;
                }
            }
            if numbers.one_in(10) {
                let bytes = replica.snapshot_bytes();
                replica = Ledger::from_snapshot(&genesis, &bytes).unwrap();
            }
        }
        for next in checkpoints.values() {
            if next.header().height() > replica.tip().height {
                replica.apply(next, &blocks).unwrap();
            }
        }
        assert_eq!(replica.tip(), story.ledger.tip(), "history {seed}");
        assert_eq!(
            replica.state_digest(),
            story.ledger.state_digest(),
            "history {seed}"
        );
        assert_eq!(
            replica.snapshot_bytes(),
            story.ledger.snapshot_bytes(),
            "history {seed}"
        );
    }
}
