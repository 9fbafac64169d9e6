//! What a validator signs while it agrees with others on a checkpoint (format, section 7). A
//! decided checkpoint is cosigned apart, so that no proof depends on the engine that decided.

use crate::hash::labelled;
use crate::keys::{self, BadSignature, DeviceKey};
use crate::{DeviceId, Height, NetworkId, ProposalHash};

/// What a ballot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BallotKind {
    /// The round's proposer names a checkpoint.
    Proposal {
        /// The earlier round in which a quorum prevoted for it.
        polka: Option<u32>,
    },
    /// First vote of a round.
    Prevote,
    /// Second vote of a round.
    Precommit,
}

/// A proposal or a vote. Its signer is not part of it: whoever collects ballots knows by whose
/// key each verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ballot {
    /// The network.
    pub network: NetworkId,
    /// The height that is agreed on.
    pub height: Height,
    /// The round at this height.
    pub round: u32,
    /// What it is for.
    pub kind: BallotKind,
    /// The checkpoint's header; none where the voter wants none in this round.
    pub value: Option<ProposalHash>,
}

impl Ballot {
    /// Signs it.
    #[must_use]
    pub fn sign(&self, key: &DeviceKey) -> [u8; 64] {
        key.sign(&self.message())
    }

    /// Checks its signature, strictly.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, key: &DeviceId, signature: &[u8; 64]) -> Result<(), BadSignature> {
        keys::verify_ed25519(key.as_bytes(), &self.message(), signature)
    }

    /// `H("chopmark/ballot/1", network, height, round, kind, polka, value)`, each of fixed length.
    fn message(&self) -> [u8; 32] {
        let (kind, polka) = match self.kind {
            BallotKind::Proposal { polka } => (0_u8, polka.map_or(0, |round| u64::from(round) + 1)),
            BallotKind::Prevote => (1, 0),
            BallotKind::Precommit => (2, 0),
        };
        let none = [0; 32];
        let value = self.value.as_ref().map_or(&none, ProposalHash::as_bytes);
        labelled(
            "chopmark/ballot/1",
            &[
                self.network.as_bytes(),
                &self.height.0.to_be_bytes(),
                &self.round.to_be_bytes(),
                &[kind, u8::from(self.value.is_some())],
                &polka.to_be_bytes(),
                value,
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_for_one_ballot_alone() {
        let key = DeviceKey::from_seed(&[1; 32]);
        let ballot = Ballot {
            network: NetworkId::from_bytes([1; 32]),
            height: Height(7),
            round: 0,
            kind: BallotKind::Prevote,
            value: Some(ProposalHash::from_bytes([0; 32])),
        };
        let signature = ballot.sign(&key);
        assert_eq!(ballot.verify(&key.id(), &signature), Ok(()));
        let others = [
            Ballot {
                network: NetworkId::from_bytes([2; 32]),
                ..ballot
            },
            Ballot {
                height: Height(8),
                ..ballot
            },
            Ballot { round: 1, ..ballot },
            Ballot {
                kind: BallotKind::Precommit,
                ..ballot
            },
            Ballot {
                kind: BallotKind::Proposal { polka: None },
                ..ballot
            },
            Ballot {
                kind: BallotKind::Proposal { polka: Some(0) },
                ..ballot
            },
            // A vote for nothing is not one for a hash of zeros.
            Ballot {
                value: None,
                ..ballot
            },
        ];
        for other in others {
            assert_eq!(
                other.verify(&key.id(), &signature),
                Err(BadSignature),
                "{other:?}"
            );
        }
    }
}
