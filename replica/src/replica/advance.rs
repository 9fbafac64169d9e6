//! Checkpoints: making them, applying them, and saving the state that they lead to.

mod trying;

use std::sync::mpsc;

use chopmark_core::StateView as _;
use chopmark_core::merkle::leaf_hash;
use chopmark_core::{
    Checkpoint, DeviceKey, Digest32, HeaderHash, Height, TimeMs, VerifiedCheckpoint,
};

use super::unverified::{Judged, is_certain};
use super::{Copy, Replica, ReplicaError, Stored, verified};
use crate::store::{Batch, Slot, Store, StoreError, StoredItem};
use trying::Next;

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
