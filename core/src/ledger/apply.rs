//! Applying a checkpoint: all of it, or nothing and the reason.

use std::collections::BTreeMap;

use thiserror::Error;

use super::run::Outcome;
use super::{Executed, Ledger};
use crate::checkpoint::VerifiedCheckpoint;
use crate::lineage::Descent;
use crate::merkle::TreeHash;
use crate::state::Tip;
use crate::{BlockId, DeviceId, HeaderHash, Height, NetworkId, RecordRef, VerifiedBlock};

/// Why a checkpoint does not continue this ledger. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// It, or a block that it orders, is of another network.
    #[error("the checkpoint, or a block in it, is of network {found}")]
    WrongNetwork {
        /// The network that is named there.
        found: NetworkId,
    },
    /// Not the next one: an old one, or one after a gap.
    #[error("the checkpoint has height {found}, the next one is {expected}")]
    Height {
        /// Its height.
        found: Height,
        /// The height that comes next here.
        expected: Height,
    },
    /// Built on another checkpoint than the newest one here: the validators signed two.
    #[error("the checkpoint continues {found}, the newest one here is {expected}")]
    Prev {
        /// What it names as the one before.
        found: HeaderHash,
        /// The newest one here.
        expected: HeaderHash,
    },
    /// Made by other validators than those of its height.
    #[error("the checkpoint is of another validator set than that of its height")]
    Validators,
    /// It names other validators for the next one than members agreed on.
    #[error("the checkpoint names other validators for the next one than members agreed on")]
    NextValidators,
    /// The first header of a minute, and too few vouch for it with all their keys.
    #[error("{have} of at least {need} validators cosigned with all their keys")]
    PostQuantum {
        /// How many did.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// Time did not rise.
    #[error("the checkpoint's time is not after the one before")]
    Time,
    /// A block that it orders is not here yet.
    #[error("block {block} is not here yet")]
    MissingBlock {
        /// The block.
        block: BlockId,
    },
    /// A block that is in the log already.
    #[error("block {block} was ordered before")]
    OrderedBefore {
        /// The block.
        block: BlockId,
    },
    /// A block whose device is not enrolled by the member that it names.
    #[error("block {block} is by device {device}, which is not enrolled")]
    Stranger {
        /// The block.
        block: BlockId,
        /// The device.
        device: DeviceId,
    },
    /// A block that builds on nothing in the log.
    #[error("block {block} builds on a block that is not in the log")]
    MissingPrev {
        /// The block.
        block: BlockId,
    },
    /// Not the order that the rules give these blocks.
    #[error("the blocks are not in their order")]
    Order,
    /// The log would not become what the header says.
    #[error("the log would not become what the header says")]
    LogRoot,
    /// The state would not become what the header says: whoever proposed it runs other rules.
    #[error("the state would not become what the header says")]
    StateRoot,
}

/// What applying a checkpoint did.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Every record that was decided, in that order: those of the checkpoint's blocks, and
    /// earlier ones that had waited.
    pub outcomes: Vec<(RecordRef, Outcome)>,
    /// The log index of the checkpoint's first block; the others follow in its order.
    pub first_index: u64,
    /// The log's new leaves, in that order: for whoever keeps them, since the ledger does not.
    pub leaves: Vec<TreeHash>,
    /// What came of what, in that order: for a [`Lineage`](crate::Lineage) kept beside the ledger.
    pub descents: Vec<Descent>,
}

impl Ledger {
    /// Applies the next checkpoint. `blocks` holds at least the blocks that it orders.
    ///
    /// # Errors
    /// Says why the checkpoint does not continue this ledger, which is then unchanged.
    pub fn apply(
        &mut self,
        checkpoint: &VerifiedCheckpoint,
        blocks: &BTreeMap<BlockId, VerifiedBlock>,
    ) -> Result<Applied, ApplyError> {
        let executed = self.execute(&checkpoint.checkpoint().to_proposal(), blocks)?;
        self.check_complete(checkpoint)?;
        self.commit(executed)
    }

    /// Whether a quorum vouches for a header with all its keys, where that is needed: for who
    /// commits what was executed before.
    ///
    /// # Errors
    /// [`ApplyError::PostQuantum`] where too few do.
    pub fn check_complete(&self, checkpoint: &VerifiedCheckpoint) -> Result<(), ApplyError> {
        let validators = self.validators();
        let need = validators.quorum();
        let have = checkpoint.checkpoint().signed_header().complete(validators);
        if checkpoint.header().needs_both(self.tip().time) && have < need {
            return Err(ApplyError::PostQuantum { have, need });
        }
        Ok(())
    }

    /// Makes final what was executed on this ledger.
    ///
    /// # Errors
    /// `Height` or `Prev` when the ledger has gone on since; it is then unchanged.
    pub fn commit(&mut self, executed: Executed) -> Result<Applied, ApplyError> {
        let header = executed.proposal().header();
        self.check_header(header)?;
        let tip = Tip {
            height: header.height(),
            header_hash: executed.hash(),
            time: header.time(),
        };
        let first_index = self.log.size();
        let run = executed.into_run();
        for leaf in &run.leaves {
            self.log.push(*leaf);
        }
        let mut changes = run.changes;
        let descents = std::mem::take(&mut changes.descents);
        self.state.commit(changes);
        self.tree.commit(run.tree);
        self.state.set_tip(tip);
        Ok(Applied {
            outcomes: run.outcomes,
            first_index,
            leaves: run.leaves,
            descents,
        })
    }
}
