//! Ballots and certificates as bytes, on the wire and in the write-ahead log (format, section 7).
//! None of these bytes are signed or hashed: signatures are over the ballots that they spell.

use chopmark_core::{DeviceId, ProposalHash};
use malachite_types::{
    CommitCertificate, CommitSignature, NilOrVal, PolkaCertificate, PolkaSignature, Round,
    RoundCertificate, RoundCertificateType, RoundSignature, SignedMessage, SignedProposal,
    SignedVote, VoteType,
};
use minicbor::{Decode, Encode};

use crate::context::{Address, Chopmark, Height, Proposal, Value, Vote};

/// Who signed, and the signature.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Signed {
    #[n(0)]
    pub(crate) by: DeviceId,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) signature: [u8; 64],
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct WireVote {
    #[n(0)]
    pub(crate) precommit: bool,
    #[n(1)]
    pub(crate) height: u64,
    #[n(2)]
    pub(crate) round: u32,
    #[n(3)]
    pub(crate) value: Option<ProposalHash>,
    #[n(4)]
    pub(crate) signed: Signed,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct WireProposal {
    #[n(0)]
    pub(crate) height: u64,
    #[n(1)]
    pub(crate) round: u32,
    #[n(2)]
    pub(crate) polka: Option<u32>,
    #[n(3)]
    pub(crate) value: ProposalHash,
    #[n(4)]
    pub(crate) signed: Signed,
}

/// A quorum of prevotes, or of precommits, for one value.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct WireCertificate {
    #[n(0)]
    pub(crate) height: u64,
    #[n(1)]
    pub(crate) round: u32,
    #[n(2)]
    pub(crate) value: ProposalHash,
    #[n(3)]
    pub(crate) signatures: Vec<Signed>,
}

/// Votes that end a round, or let one be skipped.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct WireRound {
    #[n(0)]
    pub(crate) height: u64,
    #[n(1)]
    pub(crate) round: u32,
    #[n(2)]
    pub(crate) skip: bool,
    #[n(3)]
    pub(crate) votes: Vec<WireRoundVote>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct WireRoundVote {
    #[n(0)]
    precommit: bool,
    #[n(1)]
    value: Option<ProposalHash>,
    #[n(2)]
    signed: Signed,
}

fn named(value: NilOrVal<Value>) -> Option<ProposalHash> {
    match value {
        NilOrVal::Nil => None,
        NilOrVal::Val(value) => Some(value.0),
    }
}

fn unnamed(value: Option<ProposalHash>) -> NilOrVal<Value> {
    value.map_or(NilOrVal::Nil, |value| NilOrVal::Val(Value(value)))
}

fn kind(precommit: bool) -> VoteType {
    if precommit {
        VoteType::Precommit
    } else {
        VoteType::Prevote
    }
}

/// The rounds that leave this process are never the one before the first.
fn number(round: Round) -> u32 {
    round.as_u32().unwrap_or(0)
}

impl From<&SignedVote<Chopmark>> for WireVote {
    fn from(vote: &SignedVote<Chopmark>) -> Self {
        Self {
            precommit: vote.kind == VoteType::Precommit,
            height: vote.height.0,
            round: number(vote.round),
            value: named(vote.value),
            signed: Signed {
                by: vote.by.0,
                signature: vote.signature,
            },
        }
    }
}

impl From<WireVote> for SignedVote<Chopmark> {
    fn from(wire: WireVote) -> Self {
        let vote = Vote {
            height: Height(wire.height),
            round: Round::new(wire.round),
            kind: kind(wire.precommit),
            value: unnamed(wire.value),
            by: Address(wire.signed.by),
        };
        SignedMessage::new(vote, wire.signed.signature)
    }
}

impl From<&SignedProposal<Chopmark>> for WireProposal {
    fn from(proposal: &SignedProposal<Chopmark>) -> Self {
        Self {
            height: proposal.height.0,
            round: number(proposal.round),
            polka: proposal.polka.as_u32(),
            value: proposal.value.0,
            signed: Signed {
                by: proposal.by.0,
                signature: proposal.signature,
            },
        }
    }
}

impl From<WireProposal> for SignedProposal<Chopmark> {
    fn from(wire: WireProposal) -> Self {
        let proposal = Proposal {
            height: Height(wire.height),
            round: Round::new(wire.round),
            value: Value(wire.value),
            polka: wire.polka.map_or(Round::Nil, Round::new),
            by: Address(wire.signed.by),
        };
        SignedMessage::new(proposal, wire.signed.signature)
    }
}

impl From<&PolkaCertificate<Chopmark>> for WireCertificate {
    fn from(polka: &PolkaCertificate<Chopmark>) -> Self {
        let signatures = polka.polka_signatures.iter().map(|one| Signed {
            by: one.address.0,
            signature: one.signature,
        });
        Self {
            height: polka.height.0,
            round: number(polka.round),
            value: polka.value_id.0,
            signatures: signatures.collect(),
        }
    }
}

impl From<WireCertificate> for PolkaCertificate<Chopmark> {
    fn from(wire: WireCertificate) -> Self {
        let signatures = wire.signatures.into_iter();
        Self {
            height: Height(wire.height),
            round: Round::new(wire.round),
            value_id: Value(wire.value),
            polka_signatures: signatures
                .map(|one| PolkaSignature::new(Address(one.by), one.signature))
                .collect(),
        }
    }
}

impl From<&CommitCertificate<Chopmark>> for WireCertificate {
    fn from(commit: &CommitCertificate<Chopmark>) -> Self {
        let signatures = commit.commit_signatures.iter().map(|one| Signed {
            by: one.address.0,
            signature: one.signature,
        });
        Self {
            height: commit.height.0,
            round: number(commit.round),
            value: commit.value_id.0,
            signatures: signatures.collect(),
        }
    }
}

impl From<WireCertificate> for CommitCertificate<Chopmark> {
    fn from(wire: WireCertificate) -> Self {
        let signatures = wire.signatures.into_iter();
        Self {
            height: Height(wire.height),
            round: Round::new(wire.round),
            value_id: Value(wire.value),
            commit_signatures: signatures
                .map(|one| CommitSignature::new(Address(one.by), one.signature))
                .collect(),
        }
    }
}

impl From<&RoundCertificate<Chopmark>> for WireRound {
    fn from(round: &RoundCertificate<Chopmark>) -> Self {
        let votes = round.round_signatures.iter().map(|one| WireRoundVote {
            precommit: one.vote_type == VoteType::Precommit,
            value: named(one.value_id),
            signed: Signed {
                by: one.address.0,
                signature: one.signature,
            },
        });
        Self {
            height: round.height.0,
            round: number(round.round),
            skip: round.cert_type == RoundCertificateType::Skip,
            votes: votes.collect(),
        }
    }
}

impl From<WireRound> for RoundCertificate<Chopmark> {
    fn from(wire: WireRound) -> Self {
        let votes = wire.votes.into_iter().map(|one| {
            RoundSignature::new(
                kind(one.precommit),
                unnamed(one.value),
                Address(one.signed.by),
                one.signed.signature,
            )
        });
        Self {
            height: Height(wire.height),
            round: Round::new(wire.round),
            cert_type: match wire.skip {
                true => RoundCertificateType::Skip,
                false => RoundCertificateType::Precommit,
            },
            round_signatures: votes.collect(),
        }
    }
}
