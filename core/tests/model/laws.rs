//! Laws that need no model: each is read off the log and off what was refused of it.

mod amounts;
mod arrival;
mod refused;
mod rights;

use std::collections::BTreeMap;

use chopmark_core::{BlockId, MemberId, Record, RecordRef, VerifiedBlock};

use crate::story::{Story, base_blocks};

/// A whole history; the seed says which.
fn told(seed: u64) -> Story {
    let mut story = Story::new(seed);
    while story.next_checkpoint() {}
    story
}

/// Every block that a history has, the common beginning with it.
fn all_blocks(story: &Story) -> BTreeMap<BlockId, VerifiedBlock> {
    let mut blocks = base_blocks();
    let later = story.blocks.iter();
    blocks.extend(later.map(|block| (block.id(), block.clone())));
    blocks
}

/// What was applied, in that order, with who wrote it.
fn applied(story: &Story) -> Vec<(RecordRef, MemberId, Record)> {
    let blocks = all_blocks(story);
    let one = |at: &RecordRef| {
        let block = &blocks[&at.block];
        let record = &block.records()[usize::from(at.index)];
        (*at, block.header().member(), record.clone())
    };
    story.applied.iter().map(one).collect()
}
