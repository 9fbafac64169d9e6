//! What validators say to each other.

use chopmark_core::DeviceId;
use chopmark_core::limits::{self, MESSAGE_BYTES};
use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::wire::{WireCertificate, WireProposal, WireRound, WireVote};

/// Why bytes are no message.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MessageError {
    /// Longer than any.
    #[error("a message has at most {MESSAGE_BYTES} bytes, this has {found}")]
    TooLong {
        /// How long it is.
        found: usize,
    },
    /// Not one of this protocol.
    #[error("not a message between validators: {0}")]
    Malformed(String),
    /// It speaks for another validator than the one that sent it.
    #[error("the message speaks for {claimed}")]
    ForAnother {
        /// Whom it names.
        claimed: DeviceId,
    },
}

/// What is said, with the height that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Message {
    #[n(0)]
    Vote(#[n(0)] WireVote),
    /// A proposal and the checkpoint that it names.
    #[n(1)]
    Proposal(
        #[n(0)] WireProposal,
        #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>,
    ),
    /// The checkpoint that an earlier proposal named.
    #[n(2)]
    Content(#[n(0)] u64, #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>),
    #[n(3)]
    Polka(#[n(0)] WireCertificate),
    #[n(4)]
    Round(#[n(0)] WireRound),
    /// A quorum's precommits, and the sender's cosignature of what they decided.
    #[n(5)]
    Decided(#[n(0)] WireDecision),
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct WireDecision {
    #[n(0)]
    pub(crate) certificate: WireCertificate,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) cosignature: Vec<u8>,
    /// Sent again with the checkpoint itself, for those who missed it.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) content: Option<Vec<u8>>,
}

impl Message {
    pub(crate) fn height(&self) -> u64 {
        match self {
            Self::Vote(vote) => vote.height,
            Self::Proposal(proposal, _) => proposal.height,
            Self::Content(height, _) => *height,
            Self::Polka(polka) => polka.height,
            Self::Round(round) => round.height,
            Self::Decided(decision) => decision.certificate.height,
        }
    }

    /// Reads what `from` sent. Signatures are not checked here.
    pub(crate) fn read(from: DeviceId, bytes: &[u8]) -> Result<Self, MessageError> {
        if bytes.len() > MESSAGE_BYTES {
            return Err(MessageError::TooLong { found: bytes.len() });
        }
        let mut decoder = minicbor::Decoder::new(bytes);
        let malformed = |error: &dyn std::fmt::Display| MessageError::Malformed(error.to_string());
        let message: Self = decoder.decode().map_err(|error| malformed(&error))?;
        if decoder.position() != bytes.len() {
            return Err(malformed(&"bytes are left over"));
        }
        if message.signatures() > 2 * limits::READER_GROUPS {
            return Err(malformed(&"more signatures than two of every validator"));
        }
        let claimed = match &message {
            Self::Vote(vote) => vote.signed.by,
            // Certificates, contents and, after many rounds, proposals that someone is locked on
            // are anyone's to pass on; who signed them is checked where they are used.
            _ => from,
        };
        if claimed == from {
            Ok(message)
        } else {
            Err(MessageError::ForAnother { claimed })
        }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        spell(self)
    }

    fn signatures(&self) -> usize {
        match self {
            Self::Vote(_) | Self::Proposal(..) => 1,
            Self::Content(..) => 0,
            Self::Polka(polka) => polka.signatures.len(),
            Self::Round(round) => round.votes.len(),
            Self::Decided(decision) => decision.certificate.signatures.len(),
        }
    }
}

/// The bytes of something whose encoding cannot fail: it writes into memory, and no field of
/// these types refuses.
pub(crate) fn spell<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Signed;

    fn key(n: u8) -> DeviceId {
        DeviceId::from_bytes([n; 32])
    }

    fn vote(by: DeviceId) -> Message {
        Message::Vote(WireVote {
            precommit: true,
            height: 7,
            round: 1,
            value: None,
            signed: Signed {
                by,
                signature: [5; 64],
            },
        })
    }

    #[test]
    fn messages_are_read_back_equal() {
        let certificate = WireCertificate {
            height: 7,
            round: 0,
            value: chopmark_core::ProposalHash::from_bytes([1; 32]),
            signatures: vec![Signed {
                by: key(2),
                signature: [6; 64],
            }],
        };
        let decision = WireDecision {
            certificate: certificate.clone(),
            cosignature: vec![1, 2],
            content: Some(vec![3]),
        };
        for message in [
            vote(key(1)),
            Message::Content(7, vec![1]),
            Message::Polka(certificate),
            Message::Decided(decision),
        ] {
            let read = Message::read(key(1), &message.write());
            assert_eq!(read.unwrap(), message);
        }
    }

    #[test]
    fn a_vote_in_anothers_name_is_refused() {
        let read = Message::read(key(2), &vote(key(1)).write());
        assert!(matches!(read, Err(MessageError::ForAnother { claimed }) if claimed == key(1)));
    }

    #[test]
    fn what_is_too_long_or_nonsense_is_refused() {
        let long = vec![0; MESSAGE_BYTES + 1];
        let read = Message::read(key(1), &long);
        assert!(matches!(read, Err(MessageError::TooLong { found }) if found == MESSAGE_BYTES + 1));
        let good = vote(key(1)).write();
        for cut in 0..good.len() {
            let read = Message::read(key(1), &good[..cut]);
            assert!(
                matches!(read, Err(MessageError::Malformed(_))),
                "cut at {cut}"
            );
        }
        let more = [good, vec![0]].concat();
        assert!(matches!(
            Message::read(key(1), &more),
            Err(MessageError::Malformed(_))
        ));
        let crowd = WireCertificate {
            height: 7,
            round: 0,
            value: chopmark_core::ProposalHash::from_bytes([1; 32]),
            signatures: vec![
                Signed {
                    by: key(2),
                    signature: [6; 64]
                };
                2 * limits::READER_GROUPS + 1
            ],
        };
        let read = Message::read(key(1), &Message::Polka(crowd).write());
        assert!(matches!(read, Err(MessageError::Malformed(_))));
    }

    /// Whoever is locked on a checkpoint after many rounds sends its proposal to those who never
    /// had it. It was refused as spoken in another's name.
    #[test]
    fn a_proposal_is_taken_from_whoever_passes_it_on() {
        let proposal = WireProposal {
            height: 1,
            round: 0,
            polka: None,
            value: chopmark_core::ProposalHash::from_bytes([1; 32]),
            signed: Signed {
                by: key(1),
                signature: [0; 64],
            },
        };
        let proposal = Message::Proposal(proposal, Vec::new());
        assert!(Message::read(key(2), &proposal.write()).is_ok());
    }
}
