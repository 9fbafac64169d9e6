//! A checkpoint before it is cosigned: what validators vote on.

use thiserror::Error;

use super::{Checkpoint, CheckpointError, Cosignature, HEADER_BYTES, Header};
use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::keys::{DeviceKey, MlDsa44Key};
use crate::{BlockId, ProposalHash, TimeMs, Tip, Validator, ValidatorSet, hash, limits};

/// Why a proposal's time gets no vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProposalTimeError {
    /// Time did not rise.
    #[error("the proposal's time {found:?} is not after the newest checkpoint's {tip:?}")]
    NotAfterTip {
        /// The proposal's time.
        found: TimeMs,
        /// The newest checkpoint's.
        tip: TimeMs,
    },
    /// Too far ahead of the voter's clock.
    #[error("the proposal's time {found:?} is after {latest:?}, the latest that this clock allows")]
    Ahead {
        /// The proposal's time.
        found: TimeMs,
        /// The latest that gets a vote now.
        latest: TimeMs,
    },
}

/// A checkpoint that nobody has cosigned yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    header: Header,
    blocks: Vec<BlockId>,
}

impl Proposal {
    pub(crate) fn new(header: Header, blocks: Vec<BlockId>) -> Self {
        Self { header, blocks }
    }

    /// Reads a proposal that came from a validator; nothing about it is checked but its shape and
    /// its count of blocks. Whether it fits is seen when it is executed.
    ///
    /// # Errors
    /// `Malformed` for anything else than a proposal's one spelling, `BlockCount` when the header
    /// counts other than the list.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let proposal: Self = cbor::from_canonical(bytes)?;
        check_count(&proposal.header, &proposal.blocks)?;
        Ok(proposal)
    }

    /// Its bytes (format, section 7).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What validators vote on: the header and the list. The header commits to what the blocks
    /// say, which nobody sees who lacks one: were it the name alone, whoever passes a proposal on
    /// could put another list beside it.
    #[must_use]
    pub fn hash(&self) -> ProposalHash {
        let bytes = self.to_bytes();
        ProposalHash::from_bytes(hash::labelled("chopmark/proposal/1", &[&bytes]))
    }

    /// The blocks, in the order in which they will be applied.
    #[must_use]
    pub fn blocks(&self) -> &[BlockId] {
        &self.blocks
    }

    /// Whether a validator whose clock shows `now` may vote for it, on top of this checkpoint.
    ///
    /// # Errors
    /// Says on which side the time lies.
    pub fn check_time(&self, tip: Tip, now: TimeMs) -> Result<(), ProposalTimeError> {
        let found = self.header.time;
        let next = tip.time.plus(1);
        if found < next {
            return Err(ProposalTimeError::NotAfterTip {
                found,
                tip: tip.time,
            });
        }
        // A clock that was set back behind the newest checkpoint must not stop the network: the
        // least step is always lawful.
        let latest = now.plus(limits::PROPOSAL_AHEAD_MS).max(next);
        if found > latest {
            return Err(ProposalTimeError::Ahead { found, latest });
        }
        Ok(())
    }

    /// A validator's signature of the header, by its device key alone.
    #[must_use]
    pub fn cosign(&self, key: &DeviceKey) -> Cosignature {
        Cosignature::sign(key, None, &cbor::to_bytes(&self.header))
    }

    /// One of these validators' signature of the header; with its post-quantum key too where the
    /// set names one and the header must have both, on top of a checkpoint of this time.
    #[must_use]
    pub fn cosign_among(
        &self,
        validators: &ValidatorSet,
        before: TimeMs,
        key: &DeviceKey,
    ) -> Cosignature {
        let named = validators.with_key(&key.id()).and_then(Validator::ml_dsa);
        let both = named.is_some() && self.header.needs_both(before);
        let ml_dsa = both.then(|| MlDsa44Key::second_of(key));
        Cosignature::sign(key, ml_dsa.as_ref(), &cbor::to_bytes(&self.header))
    }

    /// Checks another validator's signature of the header, and that it has all the parts that it
    /// must have on top of a checkpoint of this time: with too few such ones a checkpoint counts
    /// for nothing.
    ///
    /// # Errors
    /// As [`Cosignature::verify_by`], and `NoPostQuantumPart`.
    pub fn check_cosignature(
        &self,
        validators: &ValidatorSet,
        before: TimeMs,
        cosignature: &Cosignature,
    ) -> Result<(), CheckpointError> {
        cosignature.verify_by(validators, &self.header)?;
        let key = cosignature.key();
        let whole = cosignature.is_whole(validators);
        match whole || !self.header.needs_both(before) {
            true => Ok(()),
            false => Err(CheckpointError::NoPostQuantumPart { key }),
        }
    }

    /// Puts the proposal on top of another ledger, as validators would who lie.
    #[cfg(test)]
    pub(crate) fn continue_from(&mut self, ledger: &crate::Ledger) {
        self.header.prev = ledger.tip().header_hash;
        self.header.log_size = ledger.log().size();
        let root = ledger.log().root_with([]);
        self.header.log_root = crate::Digest32::from_bytes(root);
    }

    /// The checkpoint with these cosignatures, of which each key has one: they are put in the
    /// order of their keys. Whether they are a quorum is seen when the checkpoint is verified.
    #[must_use]
    pub fn into_checkpoint(self, mut cosignatures: Vec<Cosignature>) -> Checkpoint {
        cosignatures.sort_by_key(Cosignature::key);
        Checkpoint::new(self.header, cosignatures, self.blocks)
    }

    /// The checkpoint that a validator set of one makes of it.
    #[must_use]
    pub fn cosigned_alone(self, key: &DeviceKey) -> Checkpoint {
        let cosignature = self.cosign(key);
        self.into_checkpoint(vec![cosignature])
    }
}

/// The header says how many blocks there are.
pub(super) fn check_count(header: &Header, blocks: &[BlockId]) -> Result<(), CheckpointError> {
    let listed = blocks.len();
    let header = header.block_count;
    if u64::try_from(listed) == Ok(header) {
        Ok(())
    } else {
        Err(CheckpointError::BlockCount { header, listed })
    }
}

impl Wire for Proposal {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.bytes(&cbor::to_bytes(&self.header));
        to.list(&self.blocks);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            header: cbor::from_canonical(from.bytes("header", HEADER_BYTES)?)?,
            blocks: from.list("blocks", limits::CHECKPOINT_BLOCKS)?,
        })
    }
}
