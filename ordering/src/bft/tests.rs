//! Validators that agree on a ledger made of nothing but heights, and what a hostile one of them
//! sends.

mod flood;
mod night;
mod stage;

use chopmark_core::limits::MESSAGE_BYTES;

use super::*;
use crate::host::Counts;
use crate::journal::JournalError;
use crate::wire::{Signed, WireCertificate};
use stage::{Pen, Stage, key};

#[test]
fn three_of_four_agree() {
    let mut stage = Stage::of(4, &[1, 2, 3]);
    stage.until_height(3);
    assert_eq!(stage.heights(), [3, 3, 3]);
}

/// Each kind of what a validator refuses has its own count.
#[test]
fn every_refusal_is_counted_by_its_kind() {
    let mut stage = Stage::of(4, &[1, 2, 3]);
    stage.until_height(1);
    let hostile = key(4);
    let pen = Pen(&hostile);
    let votes = |height| pen.vote((height, 0), false, None).write();
    let forged = |height| {
        let mut vote = Pen(&key(9)).vote((height, 0), false, None);
        if let Message::Vote(vote) = &mut vote {
            vote.signed.by = hostile.id();
        }
        vote.write()
    };
    type Said<'a> = &'a dyn Fn(u64) -> Vec<u8>;
    type Row<'a> = (&'static str, DeviceId, Said<'a>, fn(&Counts) -> u64);
    let table: [Row<'_>; 6] = [
        ("malformed", hostile.id(), &|_| vec![7; 9], |all| {
            all.malformed
        }),
        (
            "oversized",
            hostile.id(),
            &|_| vec![0; MESSAGE_BYTES + 1],
            |all| all.oversized,
        ),
        ("a stranger's", key(9).id(), &votes, |all| all.strangers),
        ("past", hostile.id(), &|height| votes(height - 1), |all| {
            all.past
        }),
        (
            "far ahead",
            hostile.id(),
            &|height| votes(height + 3),
            |all| all.future,
        ),
        ("forged", hostile.id(), &forged, |all| all.forged),
    ];
    for (what, from, said, count) in table {
        let before = count(&stage.counts());
        let height = stage.height() + 1;
        stage.hears(from, &said(height));
        if what == "forged" {
            stage.until_height(height);
        }
        assert_eq!(count(&stage.counts()), before + 1, "{what}");
    }
    assert_eq!(stage.counts().flooding, 0);
    for _ in 0..5_000 {
        stage.hears(hostile.id(), &votes(stage.height() + 1));
    }
    assert!(stage.counts().flooding > 0);
}

/// A validator that was removed keeps its key. What it says about the heights after, beforehand
/// or late, alone or in a certificate, has no effect but a count.
#[test]
fn a_removed_validators_late_votes_count_nothing() {
    let mut stage = Stage::of(5, &[1, 2, 3, 4]);
    stage.remove_from(2, 5);
    let removed = key(5);
    let late = |height| Pen(&removed).vote((height, 0), false, None);
    // Beforehand, while it is one of five.
    stage.hears(removed.id(), &late(2).write());
    assert_eq!(stage.first().queue.held().0, 1);
    stage.until_height(1);
    assert_eq!(stage.first().queue.held().0, 0);
    assert_eq!(stage.counts().strangers, 0);

    // Late: a vote, and a proposal that would begin the height.
    let at = stage.height() + 1;
    let entries = stage.entries();
    for n in 1..=2 {
        stage.hears(removed.id(), &late(at).write());
        assert_eq!(stage.counts().strangers, n);
    }
    assert_eq!(stage.first().queue.held(), (0, 0));
    assert_eq!(stage.first().queue.speakers(), 0);
    assert_eq!(stage.entries(), entries);

    // And in a certificate that one who still orders passes on: with it there would be a quorum.
    let value = ProposalHash::from_bytes([7; 32]);
    let signatures = [2, 3, 5].map(|n| {
        let Message::Vote(vote) = Pen(&key(n)).vote((at, 0), true, Some(value)) else {
            panic!("not a vote");
        };
        Signed {
            by: vote.signed.by,
            signature: vote.signed.signature,
        }
    });
    let certificate = WireCertificate {
        height: at,
        round: 0,
        value,
        signatures: signatures.to_vec(),
    };
    let decided = crate::message::WireDecision {
        certificate,
        cosignature: Vec::new(),
        content: None,
    };
    stage.hears(key(2).id(), &Message::Decided(decided).write());
    stage.poll_first().unwrap();
    assert_eq!(stage.counts().forged, 1);
    assert_eq!(stage.first().decided_value(), None);
    // The four go on.
    stage.until_height(at + 1);
}

/// A disk that fails while votes wait to be said: they are not said, and the validator stops.
#[test]
fn what_cannot_be_written_down_is_not_said() {
    let mut stage = Stage::of(4, &[1, 2, 3]);
    stage.until_height(1);
    stage.first_journal().0.borrow_mut().fails = true;
    let other = key(4);
    // More than a third speak, so the height begins.
    for from in [&key(2), &other] {
        let vote = Pen(from).vote((2, 0), false, None);
        stage.hears(from.id(), &vote.write());
    }
    let mut stopped = None;
    for _ in 0..40 {
        stage.pass(Duration::from_millis(100));
        if let Err(why) = stage.poll_first() {
            stopped = Some(why);
            break;
        }
    }
    let why = stopped.expect("it goes on with a disk that fails");
    assert!(
        matches!(why, OrderError::Journal(JournalError::Io { .. })),
        "{why}"
    );
    assert!(stage.first_said().is_empty());
}

/// Each input was flushed by itself once something waited to be sent.
#[test]
fn one_flush_serves_all_that_came_at_once() {
    let mut stage = Stage::of(4, &[1]);
    stage.until_voting();
    let before = stage.first_journal().0.borrow().flushes;
    for from in [2, 3, 4].map(key) {
        for round in 0..5 {
            let vote = Pen(&from).vote((1, round), true, None);
            stage.hears(from.id(), &vote.write());
        }
    }
    stage.poll_first().unwrap();
    assert!(!stage.first_said().is_empty());
    assert_eq!(stage.first_journal().0.borrow().flushes, before + 1);
}

/// Nothing of a night's rounds was ever dropped: each brought checkpoints of up to 256 KiB.
#[test]
fn a_night_of_rounds_leaves_no_checkpoints_behind() {
    let mut stage = Stage::of(4, &[1, 2, 3]);
    stage.withhold(true);
    let hostile = key(4);
    for round in 0..120 {
        for filler in [1, 2] {
            let said = Pen(&hostile).proposal((1, round), filler);
            stage.hears(hostile.id(), &said.write());
        }
        stage.until_round(round + 1);
        let most = 2 * (4 + 1 + 10);
        let first = stage.first();
        assert!(first.candidates.len() <= most, "{}", first.candidates.len());
        assert!(first.proposed.len() <= most);
        assert!(first.engine.desk.contents.len() <= most);
    }
    assert_eq!(stage.heights(), [0, 0, 0]);
    // In the morning everything is here.
    stage.withhold(false);
    stage.until_height(2);
}

/// What a quorum prevoted for stays, however many rounds ago that was: it may have been decided.
#[test]
fn what_a_quorum_prevoted_for_is_never_dropped() {
    let mut stage = Stage::of(4, &[1]);
    stage.until_voting();
    let round = stage.round_of(4);
    let said = Pen(&key(4)).proposal((1, round), 1);
    let Message::Proposal(proposal, _) = &said else {
        panic!("not a proposal");
    };
    let value = proposal.value;
    stage.hears(key(4).id(), &said.write());
    for from in [2, 3, 4].map(key) {
        let vote = Pen(&from).vote((1, round), false, Some(value));
        stage.hears(from.id(), &vote.write());
    }
    stage.poll_first().unwrap();
    for round in 0..40 {
        for from in [2, 3, 4].map(key) {
            let vote = Pen(&from).vote((1, round), true, None);
            stage.hears(from.id(), &vote.write());
        }
        stage.pass(Duration::from_secs(1));
        stage.poll_first().unwrap();
    }
    assert!(stage.first().engine.round().as_i64() > 20);
    assert!(stage.first().candidates.contains_key(&value));
    assert!(stage.first().engine.desk.contents.contains_key(&value));
}
