//! Open blocks that memory has no room for. They are on disk like all others, acknowledged and
//! passed on, and come to memory when a checkpoint has made room, or asks for them.

use std::collections::BTreeMap;
use std::ops::Bound;

use chopmark_core::{BlockId, DeviceId, MemberId, Seq, StateView as _, VerifiedBlock};

use super::prepared::Ready;
use super::room::weight;
use super::{Copy, Replica, ReplicaError, verified};
use crate::store::{Batch, Number, Since, Slot, Store, StoreError};

/// Blocks that come to memory at a time: as many as one checkpoint takes away.
const AT_A_TIME: usize = chopmark_core::limits::CHECKPOINT_BLOCKS;
/// Blocks read at a time at a start.
const PAGE: Since = Since {
    number: Number::new(0),
    limit: 1_024,
    bytes: 4 * 1024 * 1024,
};

/// The devices of which blocks rest. In memory are the first of a feed, those that rest come after
/// them; where one rests, the next one of its feed rests too.
#[derive(Default)]
pub(super) struct Resting {
    devices: BTreeMap<DeviceId, Feed>,
    /// Whose block came to memory last: the next device is the next in turn.
    turn: Option<DeviceId>,
}

/// A feed whose end rests.
struct Feed {
    member: MemberId,
    last: (Seq, BlockId),
    /// The next that would come to memory, and its weight: it is not read again before it fits.
    next: Option<(Seq, usize)>,
}

impl Resting {
    pub(super) fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// The newest block of a device that rests.
    pub(super) fn last(&self, device: &DeviceId) -> Option<(Seq, BlockId)> {
        self.devices.get(device).map(|feed| feed.last)
    }

    pub(super) fn note(&mut self, block: &VerifiedBlock) {
        let (header, id) = (block.header(), block.id());
        let feed = self.devices.entry(header.device()).or_insert(Feed {
            member: header.member(),
            last: (header.seq(), id),
            next: None,
        });
        if feed.last.0 < header.seq() {
            feed.last = (header.seq(), id);
        }
    }

    /// The devices of which blocks rest, the one whose turn it is first.
    fn in_turn(&self) -> Vec<DeviceId> {
        let after = self.turn.map_or(Bound::Unbounded, Bound::Excluded);
        let first = self.devices.range((after, Bound::Unbounded));
        let then = self.devices.range(..);
        let all = first.chain(then).map(|(device, _)| *device);
        all.take(self.devices.len()).collect()
    }
}

impl Copy {
    /// How many blocks are in no checkpoint yet, those that rest included; not those kept aside.
    pub(super) fn open_count(&self) -> usize {
        let resting = self.held.resting.devices.iter().map(|(device, feed)| {
            let next = self.held.next_in_memory(&self.ledger, *device).0;
            feed.last.0.0.saturating_add(1).saturating_sub(next.0)
        });
        let resting = usize::try_from(resting.sum::<u64>()).unwrap_or(usize::MAX);
        self.held.open_in_memory().saturating_add(resting)
    }

    /// Whether a block is here, final or not; of those in the log, only such whose bytes are.
    pub(super) fn is_here(&self, store: &Store, id: &BlockId) -> Result<bool, StoreError> {
        Ok(self.held.contains(id) || !self.held.resting.is_empty() && store.has_block(*id)?)
    }

    /// Reads what is open, as far as there is room for it.
    pub(super) fn load_open(&mut self, store: &Store) -> Result<(), ReplicaError> {
        let mut since = PAGE;
        loop {
            let page = store.open_blocks(since)?;
            let Some(last) = page.last() else {
                return self.wake(store, |_| ());
            };
            since.number = last.number;
            for item in page {
                let block = verified(item.number, &item.bytes)?;
                let weight = weight(&block, item.bytes.len());
                match self.held.has_room(&self.ledger, &block, weight) {
                    true => self.held.insert_open(item.number, block, weight),
                    false => self.held.resting.note(&block),
                }
            }
        }
    }

    /// Takes what rests into memory as far as there is room, one block of each device in turn, so
    /// that nobody waits behind another one's flood. Each is shown to `woken`.
    pub(super) fn wake(
        &mut self,
        store: &Store,
        mut woken: impl FnMut(&VerifiedBlock),
    ) -> Result<(), ReplicaError> {
        let mut count = 0usize;
        while !self.held.resting.is_empty() {
            let before = count;
            for device in self.held.resting.in_turn() {
                if let Some(block) = self.wake_one(store, device)? {
                    woken(&block);
                    self.held.resting.turn = Some(device);
                    count = count.saturating_add(1);
                }
                if count >= AT_A_TIME {
                    return Ok(());
                }
            }
            if count == before {
                return Ok(());
            }
        }
        Ok(())
    }

    fn wake_one(
        &mut self,
        store: &Store,
        device: DeviceId,
    ) -> Result<Option<VerifiedBlock>, ReplicaError> {
        let (next, _) = self.held.next_in_memory(&self.ledger, device);
        let held = &mut self.held;
        let Some(feed) = held.resting.devices.get_mut(&device) else {
            return Ok(None);
        };
        let (last, whose) = (feed.last.0, (device, feed.member));
        if next > last {
            held.resting.devices.remove(&device);
            return Ok(None);
        }
        if let Some((seq, weight)) = feed.next
            && seq == next
            && !held.room.has(&self.ledger, whose, weight)
        {
            return Ok(None);
        }
        // A damaged one comes again.
        let Some(item) = store.fed(device, next)? else {
            return Ok(None);
        };
        let block = verified(item.number, &item.bytes)?;
        let weight = weight(&block, item.bytes.len());
        if !held.room.has(&self.ledger, whose, weight) {
            feed.next = Some((next, weight));
            return Ok(None);
        }
        if next == last {
            held.resting.devices.remove(&device);
        }
        // An overlay that has to be made anew takes it from there.
        if self.pending.is_some() {
            self.with_pending(|_, pending, _| pending.push(&block).ok());
        }
        self.held.insert_open(item.number, block.clone(), weight);
        Ok(Some(block))
    }

    /// Where each feed goes on that rests.
    pub(super) fn resting_from(&self) -> Vec<(DeviceId, Seq)> {
        let devices = self.held.resting.devices.keys();
        let next = |device: &DeviceId| self.held.next_in_memory(&self.ledger, *device).0;
        devices.map(|device| (*device, next(device))).collect()
    }

    /// Marks what rested from these places on final, as far as a state that was taken over has it.
    pub(super) fn finish_resting(
        &self,
        store: &Store,
        batch: &mut Batch<'_>,
        from: Vec<(DeviceId, Seq)>,
    ) -> Result<(), ReplicaError> {
        for (device, first) in from {
            let next = self.ledger.state().feed(&device).map(|feed| feed.next.0);
            for seq in first.0..next.unwrap_or(first.0) {
                let Some(item) = store.fed(device, Seq(seq))? else {
                    break;
                };
                let id = verified(item.number, &item.bytes)?.id();
                if let Some(logged) = self.ledger.state().logged(&id) {
                    batch.mark_final(item.number, logged.index)?;
                }
            }
        }
        Ok(())
    }
}

impl Replica {
    /// Keeps an admitted block, in memory where there is room.
    pub(super) fn keep(
        &self,
        copy: &mut Copy,
        batch: &mut Batch<'_>,
        ready: Ready,
        origin: Slot,
    ) -> Result<(), ReplicaError> {
        let Some(number) = batch.put_block(&ready.new_block(), origin)? else {
            return Ok(());
        };
        self.mark_evidence_here(batch, &ready)?;
        self.0.begun.note(&ready.block);
        let weight = weight(&ready.block, ready.bytes.len());
        if copy.held.has_room(&copy.ledger, &ready.block, weight) {
            // The overlay leaves out what cannot count; admission has seen to the rest.
            copy.with_pending(|_, pending, _| pending.push(&ready.block).ok());
            copy.held.insert_open(number, ready.block, weight);
        } else {
            copy.held.insert_resting(number, ready.block, weight);
        }
        Ok(())
    }

    /// After a change is on disk: lets go of what memory has no room for, and takes in what there
    /// is room for now.
    pub(super) fn settle_room(&self, copy: &mut Copy) {
        copy.held.let_rest();
        if copy.held.resting.is_empty() {
            return;
        }
        let begun = &self.0.begun;
        let woken = copy.wake(&self.0.store, |block| begun.note(block));
        begun.settle(true);
        if let Err(error) = woken {
            // What is damaged is forgotten, and fetched again, when memory is read anew.
            tracing::error!(%error, "what rests on disk cannot be read");
            copy.stale = true;
        }
    }
}
