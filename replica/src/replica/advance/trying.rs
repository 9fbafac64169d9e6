//! Trying the checkpoint after the newest one, and what making it final changes beside the ledger.

use std::collections::BTreeMap;

use chopmark_core::merkle::TreeHash;
use chopmark_core::{
    Applied, ApplyError, BlockId, Descent, DetachedPending, HeaderHash, Height, Ledger,
    VerifiedBlock, VerifiedCheckpoint,
};

use super::super::prepared::Ready;
use super::super::room::weight;
use super::super::{Copy, ReplicaError, Stored, verified};
use crate::store::{Batch, Number, Slot, Store, StoreError};

/// Blocks open that make a new overlay cheap: some milliseconds.
const FEW_OPEN: usize = 1_024;
/// Checkpoints for which an overlay is kept that foresaw them.
const FORESEEN_AT_MOST: usize = 8;

/// A block that a checkpoint made final.
pub(in crate::replica) struct Final {
    block: VerifiedBlock,
    number: Number,
    log_index: u64,
    was_aside: bool,
}

/// Blocks that were brought to memory for a moment.
pub(in crate::replica) struct Gathered {
    /// Whether all that were asked for are there.
    pub(in crate::replica) all: bool,
    from_disk: Vec<BlockId>,
}

fn stored_block(
    store: &Store,
    id: &BlockId,
) -> Result<Option<(Number, VerifiedBlock, usize)>, ReplicaError> {
    let Some(item) = store.block(*id)? else {
        return Ok(None);
    };
    let block = verified(item.number, &item.bytes)?;
    let weight = weight(&block, item.bytes.len());
    Ok(Some((item.number, block, weight)))
}

/// What became of a checkpoint.
enum Tried {
    Applied(Advanced),
    DoesNotFit,
    /// A block of it is not here.
    Waits,
}

/// What became of the checkpoint after the newest one.
pub(super) enum Next {
    /// With the one that goes to the disk instead of what is there, and who sent it.
    Applied(Advanced, Option<(Box<VerifiedCheckpoint>, Slot)>),
    /// It is not what its validators agreed on, or not all that they have to say.
    DoesNotFit(HeaderHash),
    /// It, or a block of it, is not here.
    Waits,
}

/// What applying a checkpoint changed beside the ledger.
pub(super) struct Advanced {
    height: Height,
    finals: Vec<Final>,
    /// Where in the log its first block stands.
    first_index: u64,
    leaves: Vec<TreeHash>,
    descents: Vec<Descent>,
}

impl Advanced {
    pub(super) fn write(self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        if !self.descents.is_empty() {
            batch.put_lineage(self.height, &Descent::all_to_bytes(&self.descents))?;
        }
        batch.append_leaves(self.first_index, &self.leaves)?;
        self.finals
            .into_iter()
            .try_for_each(|done| done.write(batch))
    }
}

impl Final {
    pub(in crate::replica) fn write(self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        if self.was_aside {
            batch.take_from_aside(&Ready::new(self.block).new_block(), self.number)?;
        }
        batch.mark_final(self.number, self.log_index)
    }
}

impl Copy {
    /// Applies the checkpoint after the newest one, if it and all of its blocks are here.
    pub(super) fn apply_next(&mut self, store: &Store) -> Result<Next, ReplicaError> {
        let height = Height(self.ledger.tip().height.0.saturating_add(1));
        let Some(stored) = self.checkpoints.remove(&height) else {
            return Ok(Next::Waits);
        };
        let checkpoint = self.checked(stored)?;
        match self.try_one(store, &checkpoint)? {
            Tried::Applied(advanced) => return Ok(Next::Applied(advanced, None)),
            Tried::DoesNotFit => return Ok(Next::DoesNotFit(checkpoint.checkpoint().hash())),
            Tried::Waits => {}
        }
        // It may name blocks that nobody has: another of its height may be the right one.
        let other = self.try_others(store, height)?;
        Ok(other.unwrap_or_else(|| {
            self.checkpoints
                .insert(height, Stored::Verified(checkpoint));
            Next::Waits
        }))
    }

    fn try_others(&mut self, store: &Store, height: Height) -> Result<Option<Next>, ReplicaError> {
        for other in self.unverified.others(height) {
            let verified = other.checkpoint().clone().verify(self.ledger.validators());
            let Ok(checkpoint) = verified.map(Box::new) else {
                continue;
            };
            match self.try_one(store, &checkpoint)? {
                Tried::Applied(advanced) => {
                    let instead = Some((checkpoint, other.from()));
                    return Ok(Some(Next::Applied(advanced, instead)));
                }
                Tried::DoesNotFit => {}
                Tried::Waits => self.unverified.put_back(other),
            }
        }
        Ok(None)
    }

    fn try_one(
        &mut self,
        store: &Store,
        checkpoint: &VerifiedCheckpoint,
    ) -> Result<Tried, ReplicaError> {
        let gathered = self.gather(store, checkpoint.blocks())?;
        if !gathered.all {
            self.let_go(gathered);
            return Ok(Tried::Waits);
        }
        let drafted = self.drafts.take(&checkpoint.checkpoint().to_proposal());
        let advanced = self.take_in(checkpoint, |ledger, blocks| match drafted {
            Some(executed) => {
                ledger.check_complete(checkpoint)?;
                ledger.commit(executed)
            }
            None => ledger.apply(checkpoint, blocks),
        });
        self.let_go(gathered);
        Ok(advanced.map_or(Tried::DoesNotFit, Tried::Applied))
    }

    /// Brings blocks to memory that are on disk alone, whether there is room or not.
    pub(in crate::replica) fn gather(
        &mut self,
        store: &Store,
        blocks: &[BlockId],
    ) -> Result<Gathered, ReplicaError> {
        let mut gathered = Gathered {
            all: true,
            from_disk: Vec::new(),
        };
        for id in blocks {
            if self.held.contains(id) {
                continue;
            }
            match stored_block(store, id) {
                Ok(Some((number, block, weight))) => {
                    self.held.insert_open(number, block, weight);
                    gathered.from_disk.push(*id);
                }
                Ok(None) => {
                    gathered.all = false;
                    break;
                }
                Err(error) => {
                    self.let_go(gathered);
                    return Err(error);
                }
            }
        }
        Ok(gathered)
    }

    /// Lets go of what was gathered, unless a checkpoint took it away.
    pub(in crate::replica) fn let_go(&mut self, gathered: Gathered) {
        for id in gathered.from_disk {
            self.held.remove(&id);
        }
    }

    /// Makes a checkpoint final, and notes what that changes beside the ledger.
    fn take_in(
        &mut self,
        checkpoint: &VerifiedCheckpoint,
        apply: impl FnOnce(
            &mut Ledger,
            &BTreeMap<BlockId, VerifiedBlock>,
        ) -> Result<Applied, ApplyError>,
    ) -> Option<Advanced> {
        let height = checkpoint.header().height();
        let applied = match apply(&mut self.ledger, self.held.all()) {
            Ok(applied) => applied,
            Err(error) => {
                // A quorum signed what does not follow from the log: worth a person's attention.
                tracing::error!(height = height.0, %error, "a cosigned checkpoint does not fit this ledger");
                return None;
            }
        };
        self.pending = self.overlay_after(&applied);
        self.drafts.clear();
        let finals = checkpoint.blocks().iter().zip(applied.first_index..);
        let finals: Vec<Final> = finals
            .filter_map(|(id, log_index)| self.finish(id, log_index))
            .collect();
        let records: usize = finals.iter().map(|done| done.block.records().len()).sum();
        self.unsaved_records = self.unsaved_records.saturating_add(records.max(1));
        self.lineage.extend(&applied.descents);
        Some(Advanced {
            height,
            finals,
            first_index: applied.first_index,
            leaves: applied.leaves,
            descents: applied.descents,
        })
    }

    /// The overlay that a checkpoint leaves. With few blocks open a new one costs nothing; with
    /// tens of thousands it would cost more than the checkpoint did.
    fn overlay_after(&mut self, applied: &Applied) -> Option<DetachedPending> {
        let pending = self.pending.take()?;
        let keeps = self.foreseen < FORESEEN_AT_MOST && self.open_count() > FEW_OPEN;
        let followed = match keeps {
            true => pending.follow(&self.ledger, applied),
            false => None,
        };
        self.foreseen = match followed {
            Some(_) => self.foreseen.saturating_add(1),
            None => 0,
        };
        followed
    }

    /// The next checkpoint, verified by those who order its height.
    fn checked(&self, stored: Stored) -> Result<Box<VerifiedCheckpoint>, ReplicaError> {
        match stored {
            Stored::Verified(checkpoint) => Ok(checkpoint),
            Stored::Read(number, checkpoint) => checkpoint
                .verify(self.ledger.validators())
                .map(Box::new)
                .map_err(|source| ReplicaError::Checkpoint { number, source }),
        }
    }

    pub(in crate::replica) fn finish(&mut self, id: &BlockId, log_index: u64) -> Option<Final> {
        let number = self.held.number(id)?;
        let was_aside = self.held.is_aside(id);
        Some(Final {
            block: self.held.remove(id)?,
            number,
            log_index,
            was_aside,
        })
    }
}
