//! The ledger's types as the engine sees them. A value is the hash of a checkpoint's header; its
//! content travels beside the proposal and never enters the engine.

use std::fmt;

use chopmark_core::{Ballot, BallotKind, DeviceId, NetworkId, ProposalHash, ValidatorSet};
use malachite_types::{
    Context, LinearTimeouts, NilOrVal, Round, SignedExtension, VoteType, VotingPower,
};

/// The network's engine.
#[derive(Clone, Debug)]
pub(crate) struct Chopmark;

/// A validator, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address(pub(crate) DeviceId);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl malachite_types::Address for Address {}

/// A checkpoint's height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Height(pub(crate) u64);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<chopmark_core::Height> for Height {
    fn from(height: chopmark_core::Height) -> Self {
        Self(height.0)
    }
}

impl malachite_types::Height for Height {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(1);

    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// What is agreed on: the hash of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Value(pub(crate) ProposalHash);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl malachite_types::Value for Value {
    type Id = Self;

    fn id(&self) -> Self {
        *self
    }
}

/// A round's proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: Value,
    pub(crate) polka: Round,
    pub(crate) by: Address,
}

impl malachite_types::Proposal<Chopmark> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Value {
        &self.value
    }

    fn take_value(self) -> Value {
        self.value
    }

    fn pol_round(&self) -> Round {
        self.polka
    }

    fn validator_address(&self) -> &Address {
        &self.by
    }
}

/// Contents are not streamed through the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoPart;

impl malachite_types::ProposalPart<Chopmark> for NoPart {
    fn is_first(&self) -> bool {
        true
    }

    fn is_last(&self) -> bool {
        true
    }
}

/// A vote of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vote {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) kind: VoteType,
    pub(crate) value: NilOrVal<Value>,
    pub(crate) by: Address,
}

impl malachite_types::Vote<Chopmark> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<Value> {
        &self.value
    }

    fn take_value(self) -> NilOrVal<Value> {
        self.value
    }

    fn vote_type(&self) -> VoteType {
        self.kind
    }

    fn validator_address(&self) -> &Address {
        &self.by
    }

    // Cosignatures travel apart, so that proofs do not depend on the engine.
    fn extension(&self) -> Option<&SignedExtension<Chopmark>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedExtension<Chopmark>> {
        None
    }

    fn extend(self, _: SignedExtension<Chopmark>) -> Self {
        self
    }
}

/// A validator with its one vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Voter {
    address: Address,
}

impl malachite_types::Validator<Chopmark> for Voter {
    fn address(&self) -> &Address {
        &self.address
    }

    fn public_key(&self) -> &Address {
        &self.address
    }

    fn voting_power(&self) -> VotingPower {
        1
    }
}

/// A validator set: one member, one vote, in the order of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Voters(Vec<Voter>);

impl Voters {
    pub(crate) fn of(set: &ValidatorSet) -> Self {
        let keys = set.as_slice().iter().map(|validator| Voter {
            address: Address(validator.key()),
        });
        let mut voters: Vec<_> = keys.collect();
        voters.sort_unstable_by_key(|voter| voter.address);
        Self(voters)
    }

    /// Before the first height is begun.
    pub(crate) fn nobody() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn contains(&self, address: &Address) -> bool {
        malachite_types::ValidatorSet::get_by_address(self, address).is_some()
    }

    pub(crate) fn quorum(&self) -> usize {
        // As in the cosignatures of a checkpoint: more than two thirds.
        self.0.len() * 2 / 3 + 1
    }

    /// So many cannot all be hostile: more than a third.
    pub(crate) fn honest(&self) -> usize {
        self.0.len() / 3 + 1
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl malachite_types::ValidatorSet<Chopmark> for Voters {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn total_voting_power(&self) -> VotingPower {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    fn get_by_address(&self, address: &Address) -> Option<&Voter> {
        let at = self.0.binary_search_by_key(address, |voter| voter.address);
        at.ok().and_then(|at| self.0.get(at))
    }

    fn get_by_index(&self, index: usize) -> Option<&Voter> {
        self.0.get(index)
    }
}

/// Ed25519, by way of `core`: only ballots are signed, and each strictly verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ed25519;

/// Bytes that are no key or signature.
#[derive(Clone, Debug, thiserror::Error)]
#[error("not {0} bytes")]
pub(crate) struct WrongLength(usize);

impl malachite_types::SigningScheme for Ed25519 {
    type DecodingError = WrongLength;
    type Signature = [u8; 64];
    type PublicKey = Address;
    /// The engine never holds a key: signing is an effect.
    type PrivateKey = ();

    fn decode_signature(bytes: &[u8]) -> Result<[u8; 64], WrongLength> {
        bytes.try_into().map_err(|_| WrongLength(64))
    }

    fn encode_signature(signature: &[u8; 64]) -> Vec<u8> {
        signature.to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<Address, WrongLength> {
        let bytes = bytes.try_into().map_err(|_| WrongLength(32))?;
        Ok(Address(DeviceId::from_bytes(bytes)))
    }

    fn encode_public_key(key: &Address) -> Vec<u8> {
        key.0.as_bytes().to_vec()
    }
}

impl Context for Chopmark {
    type Address = Address;
    type Height = Height;
    type ProposalPart = NoPart;
    type Proposal = Proposal;
    type Validator = Voter;
    type ValidatorSet = Voters;
    type Timeouts = LinearTimeouts;
    type Value = Value;
    type Vote = Vote;
    type Extension = ();
    type SigningScheme = Ed25519;

    /// In turn, by height and round, so that a silent one costs one round.
    fn select_proposer<'a>(&self, set: &'a Voters, height: Height, round: Round) -> &'a Voter {
        let count = u64::try_from(set.0.len()).unwrap_or(u64::MAX).max(1);
        let turn = height
            .0
            .wrapping_add(u64::from(round.as_u32().unwrap_or(0)))
            % count;
        let at = usize::try_from(turn).unwrap_or(0);
        // A set is never empty; if it were, nobody could have started a height.
        set.0.get(at).unwrap_or(&NOBODY)
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        value: Value,
        polka: Round,
        by: Address,
    ) -> Proposal {
        Proposal {
            height,
            round,
            value,
            polka,
            by,
        }
    }

    fn new_prevote(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<Value>,
        by: Address,
    ) -> Vote {
        Vote {
            height,
            round,
            kind: VoteType::Prevote,
            value,
            by,
        }
    }

    fn new_precommit(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<Value>,
        by: Address,
    ) -> Vote {
        Vote {
            height,
            round,
            kind: VoteType::Precommit,
            value,
            by,
        }
    }
}

/// A key that nobody has: the point of small order is refused by every verification.
static NOBODY: Voter = Voter {
    address: Address(DeviceId::from_bytes([0; 32])),
};

/// A vote as what is signed. `None` before the first round, in which nobody votes.
pub(crate) fn vote_ballot(network: NetworkId, vote: &Vote) -> Option<Ballot> {
    Some(Ballot {
        network,
        height: chopmark_core::Height(vote.height.0),
        round: vote.round.as_u32()?,
        kind: match vote.kind {
            VoteType::Prevote => BallotKind::Prevote,
            VoteType::Precommit => BallotKind::Precommit,
        },
        value: match vote.value {
            NilOrVal::Nil => None,
            NilOrVal::Val(value) => Some(value.0),
        },
    })
}

/// A proposal as what is signed.
pub(crate) fn proposal_ballot(network: NetworkId, proposal: &Proposal) -> Option<Ballot> {
    Some(Ballot {
        network,
        height: chopmark_core::Height(proposal.height.0),
        round: proposal.round.as_u32()?,
        kind: BallotKind::Proposal {
            polka: proposal.polka.as_u32(),
        },
        value: Some(proposal.value.0),
    })
}
