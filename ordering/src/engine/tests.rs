//! Taking up a write-ahead log again.

use std::cell::RefCell;
use std::rc::Rc;

use chopmark_core::{MemberId, Validator, ValidatorSet};

use super::*;
use crate::wire::Signed;

/// A log in memory that outlives its engine.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Contents>>);

#[derive(Default)]
struct Contents {
    height: u64,
    entries: Vec<Vec<u8>>,
    synced: usize,
}

impl Journal for Kept {
    fn height(&self) -> u64 {
        self.0.borrow().height
    }

    fn entries(&mut self) -> Result<Vec<Vec<u8>>, JournalError> {
        Ok(self.0.borrow().entries.clone())
    }

    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError> {
        self.0.borrow_mut().entries.push(entry.to_vec());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        let mut contents = self.0.borrow_mut();
        contents.synced = contents.entries.len();
        Ok(())
    }

    fn reset(&mut self, height: u64) -> Result<(), JournalError> {
        *self.0.borrow_mut() = Contents {
            height,
            ..Contents::default()
        };
        Ok(())
    }
}

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
    };
    let mut engine = engine(&journal);
    engine.start(Height(5), voters(), at(0)).unwrap();
    assert_eq!(engine.desk.decided, None);
    assert!(journal.0.borrow().entries.is_empty());
}
