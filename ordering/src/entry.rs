//! What a validator must not forget: entries of its write-ahead log.

use chopmark_core::{DeviceId, ProposalHash};
use malachite::{Input, ProposedValue};
use malachite_types::{Round, Timeout, TimeoutKind, Validity, ValueOrigin};
use minicbor::{Decode, Encode};

use crate::context::{Address, Chopmark, Height, Value};
use crate::wire::{WireCertificate, WireProposal, WireVote};

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Entry {
    #[n(0)]
    Vote(#[n(0)] WireVote),
    #[n(1)]
    Proposal(#[n(0)] WireProposal),
    /// A value that was judged here, with its checkpoint.
    #[n(2)]
    Value(#[n(0)] JudgedValue),
    #[n(3)]
    Timeout(#[n(0)] u8, #[n(1)] u32),
    #[n(4)]
    Polka(#[n(0)] WireCertificate),
    /// A decision that others proved.
    #[n(5)]
    Decision(#[n(0)] WireCertificate),
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct JudgedValue {
    #[n(0)]
    pub(crate) height: u64,
    #[n(1)]
    pub(crate) round: u32,
    #[n(2)]
    pub(crate) valid_round: Option<u32>,
    #[n(3)]
    pub(crate) by: DeviceId,
    #[n(4)]
    pub(crate) value: ProposalHash,
    #[n(5)]
    pub(crate) valid: bool,
    #[cbor(n(6), with = "minicbor::bytes")]
    pub(crate) content: Vec<u8>,
}

impl Entry {
    /// The height that it is about; a timeout does not say.
    pub(crate) fn height(&self) -> Option<u64> {
        match self {
            Self::Vote(vote) => Some(vote.height),
            Self::Proposal(proposal) => Some(proposal.height),
            Self::Value(judged) => Some(judged.height),
            Self::Timeout(..) => None,
            Self::Polka(certificate) | Self::Decision(certificate) => Some(certificate.height),
        }
    }

    /// The same without the checkpoint, which stands in the log once.
    pub(crate) fn without_content(&self) -> Self {
        match self {
            Self::Value(judged) => Self::Value(JudgedValue {
                content: Vec::new(),
                ..judged.clone()
            }),
            other => other.clone(),
        }
    }

    /// The entry for an input of the engine; none for those that it makes anew by itself.
    pub(crate) fn of(
        input: &Input<Chopmark>,
        content: impl FnOnce(&ProposalHash) -> Vec<u8>,
    ) -> Option<Self> {
        Some(match input {
            Input::Vote(vote) => Self::Vote(vote.into()),
            Input::Proposal(proposal) => Self::Proposal(proposal.into()),
            Input::ProposedValue(value, _) => Self::Value(JudgedValue {
                height: value.height.0,
                round: value.round.as_u32()?,
                valid_round: value.valid_round.as_u32(),
                by: value.proposer.0,
                value: value.value.0,
                valid: value.validity.is_valid(),
                // Nobody decides what is invalid, so nobody will ask for it.
                content: match value.validity {
                    Validity::Valid => content(&value.value.0),
                    Validity::Invalid => Vec::new(),
                },
            }),
            Input::PolkaCertificate(polka) => Self::Polka(polka.into()),
            Input::TimeoutElapsed(timeout) => {
                Self::Timeout(step(timeout.kind)?, timeout.round.as_u32()?)
            }
            Input::StartHeight(..)
            | Input::RoundCertificate(_)
            | Input::Propose(_)
            | Input::SyncValueResponse(_) => return None,
        })
    }

    /// The input that it was made of; none for a decision, which is no input.
    pub(crate) fn input(&self) -> Option<Input<Chopmark>> {
        Some(match self.clone() {
            Self::Vote(vote) => Input::Vote(vote.into()),
            Self::Proposal(proposal) => Input::Proposal(proposal.into()),
            Self::Value(judged) => {
                let value = ProposedValue {
                    height: Height(judged.height),
                    round: Round::new(judged.round),
                    valid_round: judged.valid_round.map_or(Round::Nil, Round::new),
                    proposer: Address(judged.by),
                    value: Value(judged.value),
                    validity: Validity::from_bool(judged.valid),
                };
                Input::ProposedValue(value, ValueOrigin::Consensus)
            }
            Self::Timeout(step, round) => {
                let kind = match step {
                    0 => TimeoutKind::Propose,
                    1 => TimeoutKind::Prevote,
                    _ => TimeoutKind::Precommit,
                };
                Input::TimeoutElapsed(Timeout::new(Round::new(round), kind))
            }
            Self::Polka(polka) => Input::PolkaCertificate(polka.into()),
            Self::Decision(_) => return None,
        })
    }
}

/// The timeouts that move the engine; the others repeat messages.
fn step(kind: TimeoutKind) -> Option<u8> {
    match kind {
        TimeoutKind::Propose => Some(0),
        TimeoutKind::Prevote => Some(1),
        TimeoutKind::Precommit => Some(2),
        TimeoutKind::Rebroadcast | TimeoutKind::FinalizeHeight(_) => None,
    }
}
