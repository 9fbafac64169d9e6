//! Checkpoints: making them, applying them, and saving the state that they lead to.

use std::collections::BTreeMap;
use std::sync::mpsc;

use chopmark_core::StateView as _;
use chopmark_core::merkle::{TreeHash, leaf_hash};
use chopmark_core::{
    Applied, ApplyError, BlockId, Checkpoint, Descent, DeviceKey, Digest32, HeaderHash, Height,
    Ledger, TimeMs, VerifiedBlock, VerifiedCheckpoint,
};

use super::prepared::Ready;
use super::room::weight;
use super::unverified::{Judged, is_certain};
use super::{Copy, Replica, ReplicaError, Stored, verified};
use crate::store::{Batch, Number, Slot, Store, StoreError, StoredItem};

/// Records applied until the state is saved again: replaying as many takes well under a second,
/// and saving costs little beside applying them.
const SAVE_EVERY_RECORDS: usize = 4_096;

/// Parts of a saved state that wait for the disk: a few megabytes.
const PARTS_AHEAD: usize = 4;

/// Whether an orderer with nothing to order makes a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenIdle {
    /// No.
    Wait,
    /// Yes, an empty one, so that time goes on for what expires.
    Beat,
}

/// A checkpoint that was just made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Its height.
    pub height: Height,
    /// Blocks in it.
    pub blocks: usize,
}

/// Where a replica stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The newest checkpoint's height.
    pub height: Height,
    /// Its header's hash.
    pub header: HeaderHash,
    /// Its time.
    pub time: TimeMs,
    /// The root of the final state: equal on every replica at this height.
    pub state: Digest32,
    /// Blocks in the log.
    pub logged: u64,
    /// Blocks in no checkpoint yet.
    pub open: usize,
    /// Blocks kept aside.
    pub aside: usize,
}

/// A block that a checkpoint made final.
pub(super) struct Final {
    block: VerifiedBlock,
    number: Number,
    log_index: u64,
    was_aside: bool,
}

/// Blocks that were brought to memory for a moment.
pub(super) struct Gathered {
    /// Whether all that were asked for are there.
    pub(super) all: bool,
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
enum Next {
    /// With the one that goes to the disk instead of what is there, and who sent it.
    Applied(Advanced, Option<(Box<VerifiedCheckpoint>, Slot)>),
    /// It is not what its validators agreed on, or not all that they have to say.
    DoesNotFit(HeaderHash),
    /// It, or a block of it, is not here.
    Waits,
}

/// What applying a checkpoint changed beside the ledger.
struct Advanced {
    height: Height,
    finals: Vec<Final>,
    /// Where in the log its first block stands.
    first_index: u64,
    leaves: Vec<TreeHash>,
    descents: Vec<Descent>,
}

impl Advanced {
    fn write(self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
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
    pub(super) fn write(self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        if self.was_aside {
            batch.take_from_aside(&Ready::new(self.block).new_block(), self.number)?;
        }
        batch.mark_final(self.number, self.log_index)
    }
}

impl Replica {
    /// Orders what has arrived: proposes, cosigns and applies a checkpoint, durable when this
    /// returns. Only for the validator of a set of one.
    ///
    /// # Errors
    /// What the disk says; nothing is ordered then.
    pub fn order(
        &self,
        key: &DeviceKey,
        now: TimeMs,
        idle: WhenIdle,
    ) -> Result<Option<Ordered>, ReplicaError> {
        let Some(proposal) = self.draft(now, idle)? else {
            return Ok(None);
        };
        let cosignature = self.read_final(|ledger| {
            let before = ledger.tip().time;
            proposal.cosign_among(ledger.validators(), before, key)
        });
        self.finish(proposal, vec![cosignature]).map(Some)
    }

    /// Saves the state, so that the next opening has nothing to replay.
    ///
    /// # Errors
    /// What the disk says; the older state then stays.
    pub fn save(&self) -> Result<(), ReplicaError> {
        let mut copy = self.writable()?;
        self.save_copy(&mut copy)
    }

    fn save_copy(&self, copy: &mut Copy) -> Result<(), ReplicaError> {
        if copy.unsaved_records > 0 {
            let mut batch = self.0.store.batch()?;
            copy.write_state(&mut batch)?;
            batch.commit()?;
            copy.unsaved_records = 0;
        }
        Ok(())
    }

    /// How many blocks are in no checkpoint yet; those kept aside left out.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.copy().open_count()
    }

    /// Where this replica stands.
    #[must_use]
    pub fn status(&self) -> Status {
        let copy = self.copy();
        let tip = copy.ledger.tip();
        Status {
            height: tip.height,
            header: tip.header_hash,
            time: tip.time,
            state: copy.ledger.state_root(),
            logged: copy.ledger.log().size(),
            open: copy.open_count(),
            aside: copy.held.aside_blocks().count(),
        }
    }

    /// Changes memory and disk together: commits what `act` wrote, tells those who wait for
    /// arrivals, and marks memory as stale if anything failed.
    pub(super) fn change<T>(
        &self,
        copy: &mut Copy,
        act: impl FnOnce(&mut Copy, &mut Batch<'_>) -> Result<T, ReplicaError>,
    ) -> Result<T, ReplicaError> {
        let mut batch = self.0.store.batch()?;
        let changed = act(copy, &mut batch).and_then(|value| {
            let newest = batch.newest();
            batch.commit()?;
            Ok((value, newest))
        });
        self.0.begun.settle(changed.is_ok());
        let (value, newest) = changed.inspect_err(|_| copy.stale = true)?;
        self.settle_room(copy);
        self.0
            .arrivals
            .send_if_modified(|known| std::mem::replace(known, newest) != newest);
        if copy.unsaved_records >= SAVE_EVERY_RECORDS
            && let Err(error) = self.save_copy(copy)
        {
            // What was asked is done; the log replays what the snapshot lacks.
            tracing::warn!(%error, "the state could not be saved");
        }
        Ok(value)
    }
}

impl Copy {
    /// Writes the state, which never stands in memory as bytes.
    pub(super) fn write_state(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        let ledger = &self.ledger;
        let (give, parts) = mpsc::sync_channel(PARTS_AHEAD);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                ledger.snapshot_in_parts(move |part| {
                    // Nobody takes it any more where the disk failed, which is told below.
                    let _ = give.send(part);
                });
            });
            batch.put_snapshot(parts)
        })
    }

    /// Applies every checkpoint that can be applied now, and marks its blocks final.
    pub(super) fn advance(
        &mut self,
        store: &Store,
        batch: &mut Batch<'_>,
    ) -> Result<(), ReplicaError> {
        loop {
            self.take_judged(batch)?;
            match self.apply_next(store)? {
                Next::Applied(advanced, instead) => {
                    if let Some((checkpoint, origin)) = instead {
                        put(batch, checkpoint.checkpoint(), origin)?;
                    }
                    advanced.write(batch)?;
                }
                // Another of its height may wait, and nobody is told of this one any more.
                Next::DoesNotFit(header) => batch.forget_checkpoint(header)?,
                Next::Waits => return Ok(()),
            }
        }
    }

    /// Puts a checkpoint that was verified in, in place of another one with the same header: who
    /// cosigned a header did not cosign who hands it on, nor the list of blocks beside it.
    pub(super) fn put_checkpoint(
        &mut self,
        batch: &mut Batch<'_>,
        checkpoint: Box<VerifiedCheckpoint>,
        origin: Slot,
    ) -> Result<(), StoreError> {
        let header = checkpoint.header();
        let height = header.height();
        if let Some(Stored::Verified(here)) = self.checkpoints.get(&height)
            && *here == checkpoint
        {
            return Ok(());
        }
        put(batch, checkpoint.checkpoint(), origin)?;
        self.checkpoints
            .insert(height, Stored::Verified(checkpoint));
        Ok(())
    }

    /// Stores the checkpoints whose validators have become known and did cosign them.
    fn take_judged(&mut self, batch: &mut Batch<'_>) -> Result<(), ReplicaError> {
        // What validators signed who turned out not to order its height makes room.
        let ledger = &self.ledger;
        self.checkpoints.retain(|height, stored| {
            let set = ledger.state().roster().validators(*height).digest();
            !is_certain(ledger, *height) || *stored.header().validator_set() == set
        });
        let checkpoints = &self.checkpoints;
        let has = |height| checkpoints.contains_key(&height);
        for judged in self.unverified.judge(&self.ledger, has) {
            match judged {
                Judged::Good(checkpoint, origin) => {
                    self.put_checkpoint(batch, checkpoint, origin)?;
                }
                Judged::Bad(height, error) => {
                    tracing::warn!(height = height.0, %error, "a checkpoint is not its validators'");
                }
            }
        }
        Ok(())
    }

    /// Applies what the store holds above the snapshot.
    pub(super) fn replay(&mut self, store: &Store) -> Result<(), ReplicaError> {
        for item in store.checkpoints_above(self.ledger.tip().height)? {
            let checkpoint = read(&item)?;
            let height = checkpoint.header().height();
            let stored = Stored::Read(item.number, Box::new(checkpoint));
            self.checkpoints.insert(height, stored);
        }
        // One that does not fit gives way to the next that comes for its height.
        while matches!(self.apply_next(store)?, Next::Applied(..)) {}
        Ok(())
    }

    /// Makes the log's tree on disk as long as the log: it is shorter in a store of an older
    /// version, or where a damaged row was taken away.
    pub(super) fn complete_tree(&self, store: &Store) -> Result<(), ReplicaError> {
        /// Leaves written in one batch.
        const AT_A_TIME: u64 = 4_096;
        let size = self.ledger.log().size();
        let mut here = store.leaf_count()?;
        while here < size {
            let end = here.saturating_add(AT_A_TIME).min(size);
            let mut leaves = Vec::new();
            for index in here..end {
                let missing = || StoreError::DamagedRow {
                    table: "log",
                    row: index.to_string(),
                };
                let item = store.logged(index)?.ok_or_else(missing)?;
                leaves.push(leaf_hash(verified(item.number, &item.bytes)?.statement()));
            }
            let mut batch = store.batch()?;
            batch.append_leaves(here, &leaves)?;
            batch.commit()?;
            here = end;
        }
        Ok(())
    }

    /// Applies the checkpoint after the newest one, if it and all of its blocks are here.
    fn apply_next(&mut self, store: &Store) -> Result<Next, ReplicaError> {
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
    pub(super) fn gather(
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
    pub(super) fn let_go(&mut self, gathered: Gathered) {
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
        self.pending = None;
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

    pub(super) fn finish(&mut self, id: &BlockId, log_index: u64) -> Option<Final> {
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

/// Puts a checkpoint that was verified into a batch, in place of what is there under its header.
pub(super) fn put(
    batch: &mut Batch<'_>,
    checkpoint: &Checkpoint,
    origin: Slot,
) -> Result<(), StoreError> {
    batch.put_checkpoint(
        checkpoint.header().height(),
        checkpoint.hash(),
        &checkpoint.to_bytes(),
        origin,
    )
}

/// A checkpoint as it was stored.
pub(super) fn read(item: &StoredItem) -> Result<Checkpoint, ReplicaError> {
    Checkpoint::from_bytes(&item.bytes).map_err(|source| ReplicaError::Checkpoint {
        number: item.number,
        source,
    })
}
