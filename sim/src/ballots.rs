//! What validators say to each other, read and made without their engine: to see what an honest
//! one signs, and to let a hostile one sign what it likes (format, section 7).

use chopmark_core::{
    Ballot, BallotKind, Cosignature, DeviceId, DeviceKey, Height, NetworkId, Proposal, ProposalHash,
};
use minicbor::{Decode, Encode};

#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Signed {
    #[n(0)]
    by: DeviceId,
    #[cbor(n(1), with = "minicbor::bytes")]
    signature: [u8; 64],
}

#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Vote {
    #[n(0)]
    pub(crate) precommit: bool,
    #[n(1)]
    pub(crate) height: u64,
    #[n(2)]
    pub(crate) round: u32,
    #[n(3)]
    pub(crate) value: Option<ProposalHash>,
    #[n(4)]
    signed: Signed,
}

#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Proposed {
    #[n(0)]
    pub(crate) height: u64,
    #[n(1)]
    pub(crate) round: u32,
    #[n(2)]
    pub(crate) polka: Option<u32>,
    #[n(3)]
    pub(crate) value: ProposalHash,
    #[n(4)]
    signed: Signed,
}

#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
struct Certificate {
    #[n(0)]
    height: u64,
    #[n(1)]
    round: u32,
    #[n(2)]
    value: ProposalHash,
    #[n(3)]
    signatures: Vec<Signed>,
}

#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Decision {
    #[n(0)]
    certificate: Certificate,
    #[cbor(n(1), with = "minicbor::bytes")]
    cosignature: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    content: Option<Vec<u8>>,
}

/// A message, as far as the simulator looks into it.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) enum Said {
    #[n(0)]
    Vote(#[n(0)] Vote),
    #[n(1)]
    Proposal(
        #[n(0)] Proposed,
        #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>,
    ),
    #[n(5)]
    Decided(#[n(0)] Decision),
}

/// Where a validator may sign one thing alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Proposal(u64, u32),
    Prevote(u64, u32),
    Precommit(u64, u32),
    Cosignature(u64),
}

impl Said {
    /// Reads a message; none of the kinds that this does not look into.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        minicbor::decode(bytes).ok()
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        // Encoding into a vector cannot fail.
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// Who signed it, where, and for which checkpoint: none stands for a vote for nothing.
    pub(crate) fn signs(&self) -> Option<(DeviceId, Place, Option<ProposalHash>)> {
        Some(match self {
            Self::Vote(vote) => {
                let place = match vote.precommit {
                    true => Place::Precommit(vote.height, vote.round),
                    false => Place::Prevote(vote.height, vote.round),
                };
                (vote.signed.by, place, vote.value)
            }
            Self::Proposal(proposed, _) => {
                let place = Place::Proposal(proposed.height, proposed.round);
                (proposed.signed.by, place, Some(proposed.value))
            }
            Self::Decided(decision) => {
                let cosignature = Cosignature::from_bytes(&decision.cosignature).ok()?;
                let place = Place::Cosignature(decision.certificate.height);
                (cosignature.key(), place, Some(decision.certificate.value))
            }
        })
    }
}

/// A hostile validator's pen.
pub(crate) struct Pen<'a> {
    pub(crate) network: NetworkId,
    pub(crate) key: &'a DeviceKey,
}

impl Pen<'_> {
    pub(crate) fn vote(
        &self,
        place: (u64, u32),
        precommit: bool,
        value: Option<ProposalHash>,
    ) -> Said {
        let (height, round) = place;
        let kind = match precommit {
            true => BallotKind::Precommit,
            false => BallotKind::Prevote,
        };
        let signed = self.sign(place, kind, value);
        Said::Vote(Vote {
            precommit,
            height,
            round,
            value,
            signed,
        })
    }

    pub(crate) fn proposal(
        &self,
        place: (u64, u32),
        polka: Option<u32>,
        content: &Proposal,
    ) -> Said {
        let (height, round) = place;
        let value = content.hash();
        let signed = self.sign(place, BallotKind::Proposal { polka }, Some(value));
        Said::Proposal(
            Proposed {
                height,
                round,
                polka,
                value,
                signed,
            },
            content.to_bytes(),
        )
    }

    fn sign(
        &self,
        (height, round): (u64, u32),
        kind: BallotKind,
        value: Option<ProposalHash>,
    ) -> Signed {
        let ballot = Ballot {
            network: self.network,
            height: Height(height),
            round,
            kind,
            value,
        };
        Signed {
            by: self.key.id(),
            signature: ballot.sign(self.key),
        }
    }
}
