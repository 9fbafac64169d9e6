//! Blocks in no checkpoint yet.

use std::collections::BTreeMap;

use chopmark_core::{
    AdmitError, BlockId, DeviceId, HeldFeeds, Ledger, Seq, SignedBlock, StateView as _,
    VerifiedBlock, admit, limits,
};

use super::Copy;
use super::resting::Resting;
use super::room::{Room, weight};
use crate::store::{Number, Store};

/// Bytes of all blocks kept aside: what someone can make a replica keep that leads nowhere.
const ASIDE_BYTES: usize = 16 * 1024 * 1024;
/// Blocks kept aside: each is tried again after every batch that brought something.
const ASIDE_BLOCKS: usize = 1_024;

/// Blocks that continue their feeds (*open*), and blocks that do not, or not yet (*aside*).
#[derive(Default)]
pub(super) struct Held {
    blocks: BTreeMap<BlockId, VerifiedBlock>,
    /// Open blocks by arrival, with their weights.
    open: BTreeMap<Number, (BlockId, usize)>,
    pub(super) room: Room,
    /// Open blocks that are on disk alone.
    pub(super) resting: Resting,
    /// Of the batch that is being written, those that will rest.
    to_rest: Vec<BlockId>,
    /// Open blocks by place.
    places: BTreeMap<(DeviceId, Seq), BlockId>,
    numbers: BTreeMap<BlockId, Number>,
    /// Blocks kept aside, with their sizes.
    aside: BTreeMap<Number, (BlockId, usize)>,
    aside_bytes: usize,
}

impl Held {
    pub(super) fn insert_open(&mut self, number: Number, block: VerifiedBlock, weight: usize) {
        let (id, header) = (block.id(), block.header());
        self.places.insert((header.device(), header.seq()), id);
        self.open.insert(number, (id, weight));
        self.room.take((header.device(), header.member()), weight);
        self.numbers.insert(id, number);
        self.blocks.insert(id, block);
    }

    /// Keeps a block in memory only until the batch that puts it on disk is written: what comes
    /// with it may build on it.
    pub(super) fn insert_resting(&mut self, number: Number, block: VerifiedBlock, weight: usize) {
        self.resting.note(&block);
        self.to_rest.push(block.id());
        self.insert_open(number, block, weight);
    }

    /// The batch is on disk.
    pub(super) fn let_rest(&mut self) {
        for id in std::mem::take(&mut self.to_rest) {
            // Unless a checkpoint took it away already.
            self.remove(&id);
        }
    }

    /// Whether an open block may stand in memory: the feed up to it does, and there is room.
    pub(super) fn has_room(&self, ledger: &Ledger, block: &VerifiedBlock, weight: usize) -> bool {
        let header = block.header();
        let (device, seq) = (header.device(), header.seq());
        let goes_on = || match seq.0.checked_sub(1) {
            None => true,
            Some(before) => {
                self.places.contains_key(&(device, Seq(before)))
                    || ledger
                        .state()
                        .feed(&device)
                        .is_some_and(|feed| seq <= feed.next)
            }
        };
        self.resting.last(&device).is_none()
            && self.room.has(ledger, (device, header.member()), weight)
            && goes_on()
    }

    pub(super) fn insert_aside(&mut self, number: Number, block: VerifiedBlock, bytes: usize) {
        let id = block.id();
        self.aside.insert(number, (id, bytes));
        self.aside_bytes = self.aside_bytes.saturating_add(bytes);
        self.numbers.insert(id, number);
        self.blocks.insert(id, block);
    }

    /// Whether so many more bytes from this device may be kept aside.
    pub(super) fn has_room_aside(&self, device: DeviceId, bytes: usize) -> bool {
        let from_device: usize = self
            .aside
            .values()
            .filter(|(id, _)| {
                self.blocks
                    .get(id)
                    .is_some_and(|block| block.header().device() == device)
            })
            .map(|(_, bytes)| bytes)
            .sum();
        from_device.saturating_add(bytes) <= limits::WAITING_BYTES
            && self.aside_bytes.saturating_add(bytes) <= ASIDE_BYTES
            && self.aside.len() < ASIDE_BLOCKS
    }

    /// Moves a block from aside into its feed, where it may rest.
    pub(super) fn take_from_aside(&mut self, ledger: &Ledger, number: Number) {
        let Some((id, bytes)) = self.aside.remove(&number) else {
            return;
        };
        self.aside_bytes = self.aside_bytes.saturating_sub(bytes);
        let Some(block) = self.blocks.remove(&id) else {
            return;
        };
        let weight = weight(&block, bytes);
        match self.has_room(ledger, &block, weight) {
            true => self.insert_open(number, block, weight),
            false => self.insert_resting(number, block, weight),
        }
    }

    /// Lets go of a block that a checkpoint holds now, or that goes to rest.
    pub(super) fn remove(&mut self, id: &BlockId) -> Option<VerifiedBlock> {
        let block = self.blocks.remove(id)?;
        let header = block.header();
        let place = (header.device(), header.seq());
        if self.places.get(&place) == Some(id) {
            self.places.remove(&place);
        }
        if let Some(number) = self.numbers.remove(id) {
            if let Some((_, weight)) = self.open.remove(&number) {
                self.room
                    .give_back((header.device(), header.member()), weight);
            }
            if let Some((_, bytes)) = self.aside.remove(&number) {
                self.aside_bytes = self.aside_bytes.saturating_sub(bytes);
            }
        }
        Some(block)
    }

    /// The first arrival among all of them.
    pub(super) fn first(&self) -> Option<Number> {
        self.numbers.values().min().copied()
    }

    /// Those of which this holds.
    pub(super) fn which(&self, holds: impl Fn(&BlockId) -> bool) -> Vec<BlockId> {
        self.blocks.keys().filter(|id| holds(id)).copied().collect()
    }

    pub(super) fn contains(&self, id: &BlockId) -> bool {
        self.blocks.contains_key(id)
    }

    pub(super) fn get(&self, id: &BlockId) -> Option<&VerifiedBlock> {
        self.blocks.get(id)
    }

    pub(super) fn number(&self, id: &BlockId) -> Option<Number> {
        self.numbers.get(id).copied()
    }

    pub(super) fn is_aside(&self, id: &BlockId) -> bool {
        self.number(id)
            .is_some_and(|number| self.aside.contains_key(&number))
    }

    /// Every block in memory, open or aside, for applying a checkpoint.
    pub(super) fn all(&self) -> &BTreeMap<BlockId, VerifiedBlock> {
        &self.blocks
    }

    /// Open blocks in memory, by arrival.
    pub(super) fn open(&self) -> impl Iterator<Item = &VerifiedBlock> {
        let open = self.open.values();
        open.filter_map(|(id, _)| self.blocks.get(id))
    }

    pub(super) fn open_in_memory(&self) -> usize {
        self.open.len()
    }

    /// Blocks kept aside, by arrival, with their sizes.
    pub(super) fn aside(&self) -> Vec<(Number, usize, VerifiedBlock)> {
        self.aside
            .iter()
            .filter_map(|(number, (id, bytes))| {
                Some((*number, *bytes, self.blocks.get(id)?.clone()))
            })
            .collect()
    }

    pub(super) fn aside_blocks(&self) -> impl Iterator<Item = &VerifiedBlock> {
        self.aside
            .values()
            .filter_map(|(id, _)| self.blocks.get(id))
    }

    pub(super) fn has_aside(&self) -> bool {
        !self.aside.is_empty()
    }

    /// Who comes next in a device's feed here: its place and the block before.
    pub(super) fn next_place(&self, ledger: &Ledger, device: DeviceId) -> (Seq, Option<BlockId>) {
        let in_memory = self.next_in_memory(ledger, device);
        match self.resting.last(&device) {
            Some((seq, id)) if seq >= in_memory.0 => (seq.next().unwrap_or(seq), Some(id)),
            _ => in_memory,
        }
    }

    /// The same without what rests.
    pub(super) fn next_in_memory(
        &self,
        ledger: &Ledger,
        device: DeviceId,
    ) -> (Seq, Option<BlockId>) {
        let feed = ledger.state().feed(&device);
        let range = (device, Seq(0))..=(device, Seq(u64::MAX));
        let last = self.places.range(range).next_back();
        // Of a branch that was not ordered, blocks may be left.
        let last = last.filter(|((_, seq), _)| feed.is_none_or(|feed| *seq >= feed.next));
        match (last, feed) {
            (Some(((_, seq), id)), _) => (seq.next().unwrap_or(*seq), Some(*id)),
            (None, Some(feed)) => (feed.next, Some(feed.head)),
            (None, None) => (Seq(0), None),
        }
    }
}

/// Everything here as admission sees it: memory first, the disk for old places and what rests.
pub(super) struct Feeds<'a> {
    pub(super) held: &'a Held,
    pub(super) ledger: &'a Ledger,
    pub(super) store: &'a Store,
}

impl Copy {
    /// Whether a block continues its feed here, pending blocks counted.
    pub(super) fn check_admission(
        &mut self,
        store: &Store,
        block: &VerifiedBlock,
    ) -> Result<(), AdmitError> {
        self.with_pending(|ledger, pending, held| {
            let feeds = Feeds {
                held,
                ledger,
                store,
            };
            admit(pending, block, &feeds).map(drop)
        })
    }
}

impl Feeds<'_> {
    /// A read that fails here counts as "not here": the block is then refused or kept aside,
    /// and comes again.
    fn stored(&self, device: &DeviceId, seq: Seq) -> Option<SignedBlock> {
        let item = self.store.fed(*device, seq).ok().flatten()?;
        SignedBlock::from_bytes(&item.bytes).ok()
    }
}

impl HeldFeeds for Feeds<'_> {
    fn block_at(&self, device: &DeviceId, seq: Seq) -> Option<BlockId> {
        if let Some(id) = self.held.places.get(&(*device, seq)) {
            return Some(*id);
        }
        let feed = self.ledger.state().feed(device);
        if let Some(feed) = feed
            && seq.next() == Some(feed.next)
        {
            return Some(feed.head);
        }
        let resting = self.held.resting.last(device);
        if let Some((last, id)) = resting
            && last == seq
        {
            return Some(id);
        }
        let is_final = feed.is_some_and(|feed| seq < feed.next);
        if !is_final && resting.is_none_or(|(last, _)| seq > last) {
            return None;
        }
        let block = self.stored(device, seq)?;
        Some(block.id())
    }

    fn statement(&self, block: &BlockId) -> Option<Vec<u8>> {
        if let Some(held) = self.held.get(block) {
            return Some(held.statement().to_vec());
        }
        let item = self.store.block(*block).ok().flatten()?;
        let statement = super::verified(item.number, &item.bytes)
            .ok()?
            .statement()
            .to_vec();
        Some(statement)
    }
}
