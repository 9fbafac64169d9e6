//! A night in which nothing is decided, though everything that is proposed is valid.

use super::*;
use crate::entry::Entry;
use crate::message::{WireDecision, spell};
use crate::wire::WireVote;

/// Rounds of the night.
const ROUNDS: u32 = 120;
/// Checkpoints that memory keeps, of near rounds, and those that wait to be taken out of the log.
const MOST: usize = 2 * (4 + 1 + 10) + 16;

/// Each of these rounds has a valid checkpoint, for which the first votes and nobody else does.
/// Answers with all that it voted.
fn a_night(stage: &mut Stage) -> Vec<WireVote> {
    let mut voted = Vec::new();
    for round in 0..ROUNDS {
        let turn = stage.proposer(round);
        if turn != 1 {
            let said = Pen(&key(turn)).proposal((1, round), filler(round));
            stage.hears(key(turn).id(), &said.write());
        }
        stage.poll_first().unwrap();
        for from in [2, 3, 4].map(key) {
            let vote = Pen(&from).vote((1, round), true, None);
            stage.hears(from.id(), &vote.write());
        }
        while stage.first().round() <= Some(round) {
            stage.pass(Duration::from_secs(1));
            stage.poll_first().unwrap();
        }
        voted.extend(stage.first_voted());
        let kept = checkpoints(stage);
        assert!(kept <= MOST, "{kept} in round {round}");
    }
    voted
}

fn filler(round: u32) -> u8 {
    100 + u8::try_from(round).unwrap()
}

fn read(stage: &Stage) -> Vec<Entry> {
    let entries = stage.entries().into_iter();
    entries
        .map(|bytes| minicbor::decode(&bytes).unwrap())
        .collect()
}

/// How many checkpoints the log holds.
fn checkpoints(stage: &Stage) -> usize {
    let whole = |entry: &Entry| matches!(entry, Entry::Value(judged) if !judged.content.is_empty());
    read(stage).iter().filter(|entry| whole(entry)).count()
}

/// Each stayed on the disk until the height ended.
#[test]
fn the_log_loses_old_checkpoints_and_no_vote() {
    let mut stage = Stage::of(4, &[1]);
    stage.until_voting();
    let voted = a_night(&mut stage);
    let log = stage.entries();
    let judged = |entry: &Entry| matches!(entry, Entry::Value(judged) if judged.valid);
    let judged = read(&stage).iter().filter(|entry| judged(entry)).count();
    assert!(judged >= usize::try_from(ROUNDS).unwrap(), "{judged}");
    assert!(voted.iter().filter(|vote| vote.value.is_some()).count() > 60);
    for vote in &voted {
        assert!(log.contains(&spell(&Entry::Vote(vote.clone()))), "{vote:?}");
    }

    // Killed, it says nothing else than it said, whatever it is told now.
    stage.restart_first();
    for round in 0..ROUNDS {
        let turn = stage.proposer(round);
        let other = Pen(&key(turn)).proposal((1, round), 7);
        stage.hears(key(turn).id(), &other.write());
    }
    stage.poll_first().unwrap();
    let of = |vote: &WireVote| (vote.round, vote.precommit);
    for again in stage.first_voted() {
        let before = voted.iter().find(|vote| of(vote) == of(&again));
        assert!(before.is_none_or(|before| *before == again), "{again:?}");
    }
    assert_eq!(stage.counts().equivocations, 0);
}

/// A decision that comes late is about a checkpoint that is in the log no more, and brings it.
#[test]
fn what_left_the_log_may_still_be_decided() {
    let mut stage = Stage::of(4, &[1]);
    stage.until_voting();
    a_night(&mut stage);
    stage.restart_first();
    stage.poll_first().unwrap();
    let round = stage.round_of(4);
    let Message::Proposal(proposal, content) = Pen(&key(4)).proposal((1, round), filler(round))
    else {
        panic!("not a proposal");
    };
    assert!(!stage.first().candidates.contains_key(&proposal.value));
    let signatures = [2, 3, 4].map(|n| {
        let vote = Pen(&key(n)).vote((1, round), true, Some(proposal.value));
        let Message::Vote(vote) = vote else {
            panic!("not a vote");
        };
        vote.signed
    });
    let decision = WireDecision {
        certificate: WireCertificate {
            height: 1,
            round,
            value: proposal.value,
            signatures: signatures.into(),
        },
        // Whose it is does not matter here: the certificate says what was decided.
        cosignature: Vec::new(),
        content: Some(content),
    };
    stage.hears(key(4).id(), &Message::Decided(decision).write());
    stage.poll_first().unwrap();
    assert_eq!(stage.first().decided_value(), Some(proposal.value));
    assert!(stage.first().candidates.contains_key(&proposal.value));
}
