//! Blocks in no checkpoint yet.

use std::collections::BTreeMap;

use chopmark_core::{
    BlockId, DeviceId, HeldFeeds, Ledger, Seq, SignedBlock, StateView as _, VerifiedBlock, limits,
};

use crate::store::{Number, Store};

/// Bytes of all blocks kept aside: what someone can make a replica keep that leads nowhere.
const ASIDE_BYTES: usize = 16 * 1024 * 1024;
/// Blocks kept aside: each is tried again after every batch that brought something.
const ASIDE_BLOCKS: usize = 1_024;

/// Blocks that continue their feeds (*open*), and blocks that do not, or not yet (*aside*).
#[derive(Default)]
pub(super) struct Held {
    blocks: BTreeMap<BlockId, VerifiedBlock>,
    /// Open blocks by arrival.
    open: BTreeMap<Number, BlockId>,
    /// Open blocks by place.
    places: BTreeMap<(DeviceId, Seq), BlockId>,
    numbers: BTreeMap<BlockId, Number>,
    /// Blocks kept aside, with their sizes.
    aside: BTreeMap<Number, (BlockId, usize)>,
    aside_bytes: usize,
}

impl Held {
    pub(super) fn insert_open(&mut self, number: Number, block: VerifiedBlock) {
        let (id, header) = (block.id(), block.header());
        self.places.insert((header.device(), header.seq()), id);
        self.open.insert(number, id);
        self.numbers.insert(id, number);
        self.blocks.insert(id, block);
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

    /// Moves a block from aside into its feed.
    pub(super) fn take_from_aside(&mut self, number: Number) {
        if let Some((id, bytes)) = self.aside.remove(&number) {
            self.aside_bytes = self.aside_bytes.saturating_sub(bytes);
            if let Some(block) = self.blocks.get(&id) {
                let header = block.header();
                self.places.insert((header.device(), header.seq()), id);
                self.open.insert(number, id);
            }
        }
    }

    /// Lets go of a block that a checkpoint holds now.
    pub(super) fn remove(&mut self, id: &BlockId) -> Option<VerifiedBlock> {
        let block = self.blocks.remove(id)?;
        let place = (block.header().device(), block.header().seq());
        if self.places.get(&place) == Some(id) {
            self.places.remove(&place);
        }
        if let Some(number) = self.numbers.remove(id) {
            self.open.remove(&number);
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

    /// Every block here, open or aside, for applying a checkpoint.
    pub(super) fn all(&self) -> &BTreeMap<BlockId, VerifiedBlock> {
        &self.blocks
    }

    /// Open blocks by arrival.
    pub(super) fn open(&self) -> impl Iterator<Item = &VerifiedBlock> {
        self.open.values().filter_map(|id| self.blocks.get(id))
    }

    /// Blocks kept aside, by arrival.
    pub(super) fn aside(&self) -> Vec<(Number, VerifiedBlock)> {
        self.aside
            .iter()
            .filter_map(|(number, (id, _))| Some((*number, self.blocks.get(id)?.clone())))
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
        let range = (device, Seq(0))..=(device, Seq(u64::MAX));
        if let Some(((_, seq), id)) = self.places.range(range).next_back() {
            return (seq.next().unwrap_or(*seq), Some(*id));
        }
        match ledger.state().feed(&device) {
            Some(feed) => (feed.next, Some(feed.head)),
            None => (Seq(0), None),
        }
    }
}

/// Everything here as admission sees it: memory first, the log on disk for old places.
pub(super) struct Feeds<'a> {
    pub(super) held: &'a Held,
    pub(super) ledger: &'a Ledger,
    pub(super) store: &'a Store,
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
        let feed = self.ledger.state().feed(device)?;
        if seq.next() == Some(feed.next) {
            return Some(feed.head);
        }
        if seq >= feed.next {
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
