//! A hundred thousand messages of one validator, of every kind that is refused.

use super::*;

const FLOOD: u64 = 100_000;
/// Between two polls: as many as a peer reads at a time, and more.
const AT_ONCE: u64 = 2_000;

/// What one validator may have waiting (`queue.rs`), and a little for what the others say.
const MOST_MESSAGES: usize = 4_096 + 256;
const MOST_BYTES: usize = 1024 * 1024 + 64 * 1024;

/// Floods one of three honest validators, and lets them go on. Says what was counted meanwhile.
fn flood(from: DeviceId, bytes: impl Fn(u64) -> Vec<u8>) -> Counts {
    let mut stage = Stage::of(4, &[1, 2, 3]);
    stage.until_height(1);
    stage.until_voting();
    let before = stage.counts();
    for n in 0..FLOOD {
        stage.hears(from, &bytes(n));
        if n % AT_ONCE == AT_ONCE - 1 {
            let (messages, size) = stage.first().queue.held();
            assert!(messages <= MOST_MESSAGES && size <= MOST_BYTES);
            stage.poll_first().unwrap();
        }
    }
    let first = stage.first();
    assert_eq!(first.queue.held(), (0, 0));
    assert!(first.candidates.len() <= 30, "{}", first.candidates.len());
    assert!(first.engine.desk.contents.len() <= 30);
    let after = stage.counts();
    // Ordering goes on, with the one that was flooded: two of four are no quorum.
    let height = stage.height();
    stage.until_height(height + 2);
    assert!(stage.heights().iter().all(|at| *at == stage.height()));
    Counts {
        taken: after.taken - before.taken,
        malformed: after.malformed - before.malformed,
        oversized: after.oversized - before.oversized,
        strangers: after.strangers - before.strangers,
        past: after.past - before.past,
        future: after.future - before.future,
        flooding: after.flooding - before.flooding,
        forged: after.forged - before.forged,
        equivocations: after.equivocations - before.equivocations,
    }
}

fn refused(counts: Counts) -> u64 {
    let Counts {
        malformed,
        oversized,
        strangers,
        past,
        future,
        flooding,
        ..
    } = counts;
    malformed + oversized + strangers + past + future + flooding
}

fn vote(height: u64) -> Vec<u8> {
    Pen(&key(4)).vote((height, 0), false, None).write()
}

#[test]
fn a_flood_of_what_is_malformed_is_refused() {
    let counts = flood(key(4).id(), |n| n.to_be_bytes().to_vec());
    assert_eq!(refused(counts), FLOOD);
    assert!(counts.malformed > 0 && counts.flooding > 0, "{counts:?}");
}

#[test]
fn a_flood_of_what_is_too_long_is_refused() {
    let long = vec![0; MESSAGE_BYTES + 1];
    let counts = flood(key(4).id(), |_| long.clone());
    assert_eq!(refused(counts), FLOOD);
    assert!(counts.oversized > 0 && counts.flooding > 0, "{counts:?}");
}

#[test]
fn a_flood_of_a_stranger_is_refused() {
    let bytes = vote(2);
    let counts = flood(key(9).id(), |_| bytes.clone());
    assert_eq!(counts.strangers, FLOOD);
}

#[test]
fn a_flood_about_past_heights_is_refused() {
    let bytes = vote(1);
    let counts = flood(key(4).id(), |_| bytes.clone());
    assert_eq!(counts.past, FLOOD);
}

#[test]
fn a_flood_about_far_heights_is_refused() {
    let bytes = vote(1_000_000);
    let counts = flood(key(4).id(), |_| bytes.clone());
    assert_eq!(counts.future, FLOOD);
}

#[test]
fn a_flood_of_what_is_forged_is_refused() {
    let forged = |n: u64| {
        let height = 2;
        let round = u32::try_from(n % 8).unwrap();
        let mut vote = Pen(&key(9)).vote((height, round), false, None);
        if let Message::Vote(vote) = &mut vote {
            vote.signed.by = key(4).id();
        }
        vote.write()
    };
    // Signed beforehand: a signature costs more than what is tested.
    let forged: Vec<_> = (0..8).map(forged).collect();
    let counts = flood(key(4).id(), |n| {
        forged[usize::try_from(n % 8).unwrap()].clone()
    });
    assert_eq!(counts.taken + counts.flooding, FLOOD);
    assert!((1..1_000).contains(&counts.forged), "{counts:?}");
    assert!(counts.flooding > FLOOD * 9 / 10, "{counts:?}");
}

#[test]
fn a_flood_of_what_was_said_before_is_bounded() {
    let bytes = vote(2);
    let counts = flood(key(4).id(), |_| bytes.clone());
    assert_eq!(counts.taken + counts.flooding, FLOOD);
    assert!(counts.taken <= 5_000, "{counts:?}");
}

#[test]
fn a_flood_of_proposals_is_bounded() {
    let said = |n: u64| {
        let (round, filler) = (
            u32::try_from(n / 250).unwrap(),
            u8::try_from(n % 250).unwrap(),
        );
        Pen(&key(4)).proposal((2, round), filler).write()
    };
    let said: Vec<_> = (0..1_000).map(said).collect();
    let counts = flood(key(4).id(), |n| {
        said[usize::try_from(n % 1_000).unwrap()].clone()
    });
    assert_eq!(counts.taken + counts.flooding, FLOOD);
    assert!(counts.flooding > FLOOD * 9 / 10, "{counts:?}");
}
