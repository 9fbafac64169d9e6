//! Decoders that have no public name, for the fuzz targets alone (feature `fuzzing`).

use chopmark_core::{DeviceId, ProposalHash};

use crate::entry::{Entry, JudgedValue};
use crate::message::{Message, MessageError, WireDecision, spell};
use crate::wire::{Signed, WireCertificate, WireProposal, WireRound, WireVote};

/// A message between validators, read from whom it names and written again.
///
/// # Errors
/// [`MessageError`] naming what is wrong with it.
pub fn message(bytes: &[u8]) -> Result<Vec<u8>, MessageError> {
    let read = Message::read(DeviceId::from_bytes([0; 32]), bytes);
    let read = match read {
        Err(MessageError::ForAnother { claimed }) => Message::read(claimed, bytes),
        read => read,
    };
    let message = read?;
    // The height decides what is kept of it.
    let _height = message.height();
    Ok(message.write())
}

/// An entry of the write-ahead log, read, made an input of the engine, and written again.
#[must_use]
pub fn entry(bytes: &[u8]) -> Option<Vec<u8>> {
    let entry: Entry = minicbor::decode(bytes).ok()?;
    if let Some(input) = entry.input() {
        let content = |_: &ProposalHash| match &entry {
            Entry::Value(judged) => judged.content.clone(),
            _ => Vec::new(),
        };
        let again = Entry::of(&input, content)?;
        // A step beyond the third is read as the third.
        if !matches!(entry, Entry::Timeout(..)) {
            let (again, entry) = (again.without_content(), entry.without_content());
            assert_eq!(again, entry, "another entry for its own input");
        }
    }
    let _height = entry.height();
    Some(spell(&entry))
}

/// One message of each sort.
#[must_use]
pub fn messages() -> Vec<Vec<u8>> {
    let decision = WireDecision {
        certificate: certificate(),
        cosignature: vec![1, 2, 3],
        content: Some(vec![4, 5]),
    };
    let round = WireRound {
        height: 7,
        round: 1,
        skip: true,
        votes: Vec::new(),
    };
    let all = [
        Message::Vote(vote()),
        Message::Proposal(proposal(), vec![6]),
        Message::Content(7, vec![8]),
        Message::Polka(certificate()),
        Message::Round(round),
        Message::Decided(decision),
    ];
    all.iter().map(Message::write).collect()
}

/// One entry of each sort.
#[must_use]
pub fn entries() -> Vec<Vec<u8>> {
    let judged = JudgedValue {
        height: 7,
        round: 0,
        valid_round: None,
        by: DeviceId::from_bytes([2; 32]),
        value: ProposalHash::from_bytes([3; 32]),
        valid: true,
        content: vec![9],
    };
    let all = [
        Entry::Vote(vote()),
        Entry::Proposal(proposal()),
        Entry::Value(judged),
        Entry::Timeout(1, 4),
        Entry::Polka(certificate()),
        Entry::Decision(certificate()),
    ];
    all.iter().map(spell).collect()
}

fn signed() -> Signed {
    Signed {
        by: DeviceId::from_bytes([2; 32]),
        signature: [5; 64],
    }
}

fn vote() -> WireVote {
    WireVote {
        precommit: true,
        height: 7,
        round: 1,
        value: Some(ProposalHash::from_bytes([3; 32])),
        signed: signed(),
    }
}

fn proposal() -> WireProposal {
    WireProposal {
        height: 7,
        round: 1,
        polka: Some(0),
        value: ProposalHash::from_bytes([3; 32]),
        signed: signed(),
    }
}

fn certificate() -> WireCertificate {
    WireCertificate {
        height: 7,
        round: 1,
        value: ProposalHash::from_bytes([3; 32]),
        signatures: vec![signed(), signed()],
    }
}
