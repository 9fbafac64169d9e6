//! Applying a checkpoint: all of it, or nothing and the reason.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::Ledger;
use super::run::{Outcome, end_waits, run_block};
use crate::checkpoint::VerifiedCheckpoint;
use crate::lineage::Descent;
use crate::merkle::{TreeHash, leaf_hash};
use crate::order;
use crate::state::{StateView, Tip};
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
}

/// What applying a checkpoint did.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Every record that was decided, in that order: those of the checkpoint's blocks, and
    /// earlier ones that had waited.
    pub outcomes: Vec<(RecordRef, Outcome)>,
    /// The log index of the checkpoint's first block; the others follow in its order.
    pub first_index: u64,
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
        let ordered = self.check_fit(checkpoint, blocks)?;
        let header = checkpoint.header();
        let now = header.time();
        let first_index = self.log.size();
        let mut outcomes = Vec::new();
        for (index, (leaf, block)) in (first_index..).zip(&ordered) {
            self.log.push(*leaf);
            outcomes.extend(run_block(&mut self.state, block, index, now));
        }
        outcomes.extend(end_waits(&mut self.state, now));
        self.state.set_tip(Tip {
            height: header.height(),
            header_hash: checkpoint.checkpoint().hash(),
            time: now,
        });
        Ok(Applied {
            outcomes,
            first_index,
            descents: self.state.take_descents(),
        })
    }

    /// Everything that can be wrong with a checkpoint, before anything changes. Gives its blocks
    /// in order, each with its leaf in the log.
    fn check_fit<'b>(
        &self,
        checkpoint: &VerifiedCheckpoint,
        blocks: &'b BTreeMap<BlockId, VerifiedBlock>,
    ) -> Result<Vec<(TreeHash, &'b VerifiedBlock)>, ApplyError> {
        self.check_header(checkpoint)?;
        let mut earlier = BTreeSet::new();
        let mut ordered = Vec::with_capacity(checkpoint.blocks().len());
        for id in checkpoint.blocks() {
            let block = blocks
                .get(id)
                .ok_or(ApplyError::MissingBlock { block: *id })?;
            self.check_block(block, &earlier)?;
            if !earlier.insert(*id) {
                return Err(ApplyError::OrderedBefore { block: *id });
            }
            ordered.push((leaf_hash(block.statement()), block));
        }
        let expected = order::in_order(ordered.iter().map(|(_, b)| (b.id(), b.header().prev())));
        if expected != checkpoint.blocks() {
            return Err(ApplyError::Order);
        }
        let leaves = ordered.iter().map(|(leaf, _)| *leaf);
        let header = checkpoint.header();
        let size = self
            .log
            .size()
            .saturating_add(u64::try_from(ordered.len()).unwrap_or(u64::MAX));
        if header.log_size() != size || *header.log_root().as_bytes() != self.log.root_with(leaves)
        {
            return Err(ApplyError::LogRoot);
        }
        Ok(ordered)
    }

    fn check_header(&self, checkpoint: &VerifiedCheckpoint) -> Result<(), ApplyError> {
        let header = checkpoint.header();
        let tip = self.tip();
        if header.network() != self.state.network() {
            return Err(ApplyError::WrongNetwork {
                found: header.network(),
            });
        }
        let expected = Height(tip.height.0.saturating_add(1));
        if header.height() != expected {
            return Err(ApplyError::Height {
                found: header.height(),
                expected,
            });
        }
        if header.prev() != tip.header_hash {
            return Err(ApplyError::Prev {
                found: header.prev(),
                expected: tip.header_hash,
            });
        }
        if header.time() <= tip.time {
            return Err(ApplyError::Time);
        }
        Ok(())
    }

    fn check_block(
        &self,
        block: &VerifiedBlock,
        earlier: &BTreeSet<BlockId>,
    ) -> Result<(), ApplyError> {
        let header = block.header();
        let id = block.id();
        // One device key may be enrolled in two networks: an orderer must not be able to replay
        // here what it signed there.
        if header.network() != self.state.network() {
            return Err(ApplyError::WrongNetwork {
                found: header.network(),
            });
        }
        if self.state.logged(&id).is_some() {
            return Err(ApplyError::OrderedBefore { block: id });
        }
        let known = self.state.device(&header.device());
        if known.is_none_or(|device| *device.member() != header.member()) {
            return Err(ApplyError::Stranger {
                block: id,
                device: header.device(),
            });
        }
        let builds_on_log = header
            .prev()
            .is_none_or(|prev| earlier.contains(&prev) || self.state.logged(&prev).is_some());
        if builds_on_log {
            Ok(())
        } else {
            Err(ApplyError::MissingPrev { block: id })
        }
    }
}
