//! The blocks that a peer has: open, kept aside, and final.

use std::collections::BTreeMap;

use chopmark_core::{BlockId, DeviceId, HeldFeeds, Seq, VerifiedBlock};

/// Blocks by what they are waiting for.
#[derive(Default)]
pub(super) struct Held {
    /// All of them: the ledger asks for those that a checkpoint orders.
    blocks: BTreeMap<BlockId, VerifiedBlock>,
    /// By arrival: they continue their feeds.
    open: BTreeMap<u64, BlockId>,
    /// By arrival: they do not, or not yet.
    aside: BTreeMap<u64, BlockId>,
    numbers: BTreeMap<BlockId, u64>,
    places: BTreeMap<(DeviceId, Seq), BlockId>,
}

fn place(block: &VerifiedBlock) -> (DeviceId, Seq) {
    (block.header().device(), block.header().seq())
}

impl Held {
    pub(super) fn insert_open(&mut self, number: u64, block: &VerifiedBlock) {
        self.places.insert(place(block), block.id());
        self.open.insert(number, block.id());
        self.keep(number, block);
    }

    pub(super) fn insert_aside(&mut self, number: u64, block: &VerifiedBlock) {
        self.aside.insert(number, block.id());
        self.keep(number, block);
    }

    fn keep(&mut self, number: u64, block: &VerifiedBlock) {
        self.numbers.insert(block.id(), number);
        self.blocks.insert(block.id(), block.clone());
    }

    pub(super) fn take_from_aside(&mut self, number: u64) {
        if let Some(id) = self.aside.remove(&number)
            && let Some(block) = self.blocks.get(&id)
        {
            self.places.insert(place(block), id);
            self.open.insert(number, id);
        }
    }

    /// A checkpoint holds it now. It has its place in the feed, unless the log had another there.
    pub(super) fn finish(&mut self, id: &BlockId, is_logged: impl Fn(&BlockId) -> bool) {
        if let Some(number) = self.numbers.get(id) {
            self.open.remove(number);
            self.aside.remove(number);
        }
        if let Some(block) = self.blocks.get(id) {
            let holder = self.places.entry(place(block)).or_insert(*id);
            if !is_logged(holder) {
                *holder = *id;
            }
        }
    }

    pub(super) fn get(&self, id: &BlockId) -> Option<&VerifiedBlock> {
        self.blocks.get(id)
    }

    pub(super) fn all(&self) -> &BTreeMap<BlockId, VerifiedBlock> {
        &self.blocks
    }

    pub(super) fn open(&self) -> impl Iterator<Item = &VerifiedBlock> {
        self.open.values().filter_map(|id| self.blocks.get(id))
    }

    pub(super) fn aside_blocks(&self) -> impl Iterator<Item = &VerifiedBlock> {
        self.aside.values().filter_map(|id| self.blocks.get(id))
    }

    pub(super) fn aside(&self) -> Vec<(u64, VerifiedBlock)> {
        let block = |(number, id): (&u64, &BlockId)| Some((*number, self.blocks.get(id)?.clone()));
        self.aside.iter().filter_map(block).collect()
    }
}

impl HeldFeeds for Held {
    fn block_at(&self, device: &DeviceId, seq: Seq) -> Option<BlockId> {
        self.places.get(&(*device, seq)).copied()
    }

    fn statement(&self, block: &BlockId) -> Option<Vec<u8>> {
        Some(self.blocks.get(block)?.statement().to_vec())
    }
}
