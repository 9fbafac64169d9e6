//! Taking up a write-ahead log again.

use chopmark_core::{MemberId, Validator, ValidatorSet};
use malachite::{LocallyProposedValue, ProposedValue};
use malachite_types::{NilOrVal, Validity, ValueOrigin, VoteType};

use super::*;
use crate::context::Vote;
use crate::journal::kept::{Contents, Kept};
use crate::wire::Signed;

const NETWORK: NetworkId = NetworkId::from_bytes([1; 32]);

fn key(n: u8) -> Arc<DeviceKey> {
    Arc::new(DeviceKey::from_seed(&[n; 32]))
}

fn voters() -> Voters {
    let validator = |n| Validator::new(MemberId::from_bytes([n; 32]), key(n).id());
    Voters::of(&ValidatorSet::new((1..=4).map(validator).collect()).unwrap())
}

fn engine(journal: &Kept) -> Engine<Kept> {
    Engine::new(key(1), NETWORK, journal.clone())
}

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A log of a height at which this validator has prevoted, after its proposer stayed silent.
fn voted() -> Kept {
    let journal = Kept::default();
    let mut engine = engine(&journal);
    engine.start(Height(5), voters(), at(0)).unwrap();
    engine.timers(at(60_000)).unwrap();
    let said = std::mem::take(&mut engine.desk.outgoing);
    assert!(
        said.iter()
            .any(|message| matches!(message, Message::Vote(_)))
    );
    journal
}

/// Each restart doubled the log: whatever was fed from it was appended to it.
#[test]
fn what_is_taken_up_again_is_not_written_again() {
    let journal = voted();
    let before = journal.0.borrow().entries.clone();
    for _ in 0..3 {
        engine(&journal).start(Height(5), voters(), at(0)).unwrap();
    }
    assert_eq!(journal.0.borrow().entries, before);
}

/// A killed process leaves entries in the system's memory. A power cut after the restart would
/// have made the validator forget the vote that it had just sent again.
#[test]
fn what_a_killed_process_left_is_synced_before_it_is_said_again() {
    let journal = voted();
    journal.0.borrow_mut().synced = 0;
    let mut engine = engine(&journal);
    engine.start(Height(5), voters(), at(0)).unwrap();
    assert!(!engine.desk.outgoing.is_empty());
    engine.sync().unwrap();
    let contents = journal.0.borrow();
    assert_eq!(contents.synced, contents.entries.len());
}

/// The log's height is written before its entries are dropped. A decision that was left from the
/// height before would have been taken for one of this height, which stops the validator.
#[test]
fn a_reset_that_was_cut_short_is_done_again() {
    let journal = Kept::default();
    let decision = Entry::Decision(WireCertificate {
        height: 4,
        round: 0,
        value: ProposalHash::from_bytes([7; 32]),
        signatures: vec![Signed {
            by: key(2).id(),
            signature: [0; 64],
        }],
    });
    *journal.0.borrow_mut() = Contents {
        height: 5,
        entries: vec![spell(&decision)],
        synced: 1,
        ..Contents::default()
    };
    let mut engine = engine(&journal);
    engine.start(Height(5), voters(), at(0)).unwrap();
    assert_eq!(engine.desk.decided, None);
    assert!(journal.0.borrow().entries.is_empty());
}

/// The key that proposes in the first round of a height.
fn proposer(height: u64) -> Arc<DeviceKey> {
    use malachite_types::{Context as _, Validator as _};
    let voters = voters();
    let turn = Chopmark.select_proposer(&voters, Height(height), Round::new(0));
    let mut keys = (1..=4).map(key);
    keys.find(|key| Address(key.id()) == *turn.address())
        .unwrap()
}

fn value(n: u8) -> Value {
    Value(ProposalHash::from_bytes([n; 32]))
}

fn own(value: Value) -> Input<Chopmark> {
    Input::Propose(LocallyProposedValue {
        height: Height(5),
        round: Round::new(0),
        value,
    })
}

fn proposals(engine: &mut Engine<Kept>) -> Vec<ProposalHash> {
    let said = std::mem::take(&mut engine.desk.outgoing).into_iter();
    let proposed = said.filter_map(|message| match message {
        Message::Proposal(proposal, _) => Some(proposal.value),
        _ => None,
    });
    proposed.collect()
}

/// The engine asks for a value when a height begins, also when its log has one. A second one in
/// the same round would have been caught as a lie.
#[test]
fn a_value_that_is_asked_for_twice_is_the_same() {
    let mine = proposer(5);
    let journal = Kept::default();
    let mut engine = Engine::new(Arc::clone(&mine), NETWORK, journal.clone());
    engine.start(Height(5), voters(), at(0)).unwrap();
    assert_eq!(engine.wanted(), Some(Round::new(0)));
    engine.feed(own(value(1)), at(0)).unwrap();
    assert_eq!(proposals(&mut engine), [value(1).0]);
    assert_eq!(engine.wanted(), None);
    engine.feed(own(value(2)), at(0)).unwrap();
    assert!(proposals(&mut engine).is_empty());

    let mut engine = Engine::new(mine, NETWORK, journal);
    engine.start(Height(5), voters(), at(0)).unwrap();
    assert_eq!(engine.wanted(), None);
    engine.feed(own(value(2)), at(0)).unwrap();
    // It may say again what it said, and nothing else.
    let said = proposals(&mut engine);
    assert!(said.iter().all(|said| *said == value(1).0), "{said:?}");
}

/// A hostile proposer filled the disk: each of its checkpoints was written, valid or not, and
/// again for each round in which it was proposed.
#[test]
fn a_checkpoint_is_in_the_log_once_and_only_if_it_is_valid() {
    let journal = Kept::default();
    let mut engine = engine(&journal);
    engine.start(Height(5), voters(), at(0)).unwrap();
    let judged = |round, value, validity| {
        let judged = ProposedValue {
            height: Height(5),
            round: Round::new(round),
            valid_round: Round::Nil,
            proposer: Address(key(2).id()),
            value,
            validity,
        };
        Input::ProposedValue(judged, ValueOrigin::Consensus)
    };
    for n in [1, 2] {
        let content = Arc::new(vec![n; 1_000]);
        engine.desk.contents.insert(value(n).0, content);
    }
    for (round, n, validity) in [
        (0, 1, Validity::Invalid),
        (1, 2, Validity::Valid),
        (2, 2, Validity::Valid),
    ] {
        let input = judged(round, value(n), validity);
        engine.feed(input, at(0)).unwrap();
    }
    let sizes = || -> Vec<usize> {
        let contents = journal.0.borrow();
        contents.entries.iter().map(Vec::len).collect()
    };
    let whole = |size: &&usize| **size > 1_000;
    assert_eq!(sizes().len(), 3);
    assert_eq!(sizes().iter().filter(whole).count(), 1);
    let before = sizes();
    let mut again = Engine::new(key(1), NETWORK, journal.clone());
    again.start(Height(5), voters(), at(0)).unwrap();
    assert_eq!(sizes(), before, "nothing is written a second time");
    let known = again.desk.contents.keys().copied();
    assert_eq!(known.collect::<Vec<_>>(), [value(2).0]);
}

/// Whoever said two things at a height that ended by what others decided was never counted.
#[test]
fn who_said_two_things_is_counted_however_the_height_ends() {
    let mut engine = engine(&Kept::default());
    engine.start(Height(5), voters(), at(0)).unwrap();
    let liar = key(2);
    for n in [1, 2] {
        let vote = Vote {
            height: Height(5),
            round: Round::new(0),
            kind: VoteType::Prevote,
            value: NilOrVal::Val(value(n)),
            by: Address(liar.id()),
        };
        let signature = vote_ballot(NETWORK, &vote).unwrap().sign(&liar);
        let vote = SignedMessage::new(vote, signature);
        engine.feed(Input::Vote(vote), at(0)).unwrap();
    }
    assert_eq!(engine.desk.forged, 0);
    engine.forget();
    assert_eq!(engine.desk.equivocations, 1);
    engine.forget();
    assert_eq!(engine.desk.equivocations, 1);
}
