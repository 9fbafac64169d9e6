//! Ordering: what is proposed next, and the order of blocks inside a checkpoint.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::{Executed, Ledger};
use crate::merkle::{Frontier, leaf_hash};
use crate::state::{State, StateView};
use crate::{BlockId, TimeMs, VerifiedBlock, hash, limits};

/// Proposes the next checkpoint from what has arrived, in the order of arrival, and runs it;
/// `None` when nothing can be ordered yet. `now` is the orderer's clock.
///
/// A block is left out while its device is not enrolled in the final state, or was revoked before
/// it, and while what it builds on is neither in the log nor among the candidates.
pub fn propose<'b>(
    ledger: &Ledger,
    candidates: impl IntoIterator<Item = &'b VerifiedBlock>,
    now: TimeMs,
) -> Option<Executed> {
    let chosen = choose(ledger, candidates);
    if chosen.is_empty() {
        return None;
    }
    let order = in_order(
        chosen
            .iter()
            .map(|(id, block)| (*id, block.header().prev())),
    );
    let blocks = order.iter().filter_map(|id| chosen.get(id).copied());
    Some(ledger.draft(blocks, now))
}

/// Whether [`propose`] would find anything to order.
pub fn can_propose<'b>(
    ledger: &Ledger,
    candidates: impl IntoIterator<Item = &'b VerifiedBlock>,
) -> bool {
    let state = ledger.state();
    // Whatever can be ordered begins with a block whose feed goes on from the log.
    let mut first = candidates.into_iter().filter(|block| {
        let prev = block.header().prev();
        prev.is_none_or(|prev| state.logged(&prev).is_some())
    });
    first.any(|block| may_write(state, block))
}

/// One block, whether or not that leads to anything: validators may know less than the tests.
#[cfg(test)]
pub(crate) fn careless(ledger: &Ledger, block: &VerifiedBlock, now: TimeMs) -> Executed {
    ledger.draft([block], now)
}

/// An empty checkpoint, so that time goes on for expiries while nothing happens.
pub fn heartbeat(ledger: &Ledger, now: TimeMs) -> Executed {
    ledger.draft([], now)
}

/// The candidates that can be ordered now.
fn choose<'b>(
    ledger: &Ledger,
    candidates: impl IntoIterator<Item = &'b VerifiedBlock>,
) -> BTreeMap<BlockId, &'b VerifiedBlock> {
    let state = ledger.state();
    let mut chosen = BTreeMap::new();
    // Blocks whose `prev` has not come up yet.
    let mut after: BTreeMap<BlockId, Vec<&VerifiedBlock>> = BTreeMap::new();
    for candidate in candidates
        .into_iter()
        .filter(|block| may_write(state, block))
    {
        let mut ready = vec![candidate];
        while let Some(block) = ready.pop() {
            let missing = block
                .header()
                .prev()
                .filter(|prev| !chosen.contains_key(prev) && state.logged(prev).is_none());
            if let Some(prev) = missing {
                after.entry(prev).or_default().push(block);
                continue;
            }
            // Whoever came first is in: by device or by id, one that floods could keep the
            // others out for ever.
            if chosen.len() == limits::CHECKPOINT_BLOCKS {
                return chosen;
            }
            chosen.insert(block.id(), block);
            ready.extend(after.remove(&block.id()).unwrap_or_default());
        }
    }
    chosen
}

/// Whether ordering the block can lead to anything: what a revoked or suspended device signed
/// would only fill the log with refusals.
fn may_write(state: &State, block: &VerifiedBlock) -> bool {
    let header = block.header();
    let speaks = state.device(&header.device()).is_some_and(|device| {
        *device.member() == header.member()
            && state.is_member(device.member())
            && device.forked().is_none()
            && device.speaks_for(header.seq(), &block.id())
    });
    speaks && header.network() == state.network() && state.logged(&block.id()).is_none()
}

/// The order inside a checkpoint: by `prev`, then ascending by the tie hash, which a writer that
/// does not propose cannot aim at. Takes each block with its `prev`.
pub(crate) fn in_order(
    blocks: impl IntoIterator<Item = (BlockId, Option<BlockId>)>,
) -> Vec<BlockId> {
    let blocks: BTreeMap<BlockId, Option<BlockId>> = blocks.into_iter().collect();
    let leaves = blocks.keys().map(|id| leaf_hash(id.as_bytes()));
    let root = Frontier::default().root_with(leaves);
    let tie = |id: &BlockId| hash::labelled("chopmark/tie/1", &[&root, id.as_bytes()]);
    let mut ready = BTreeSet::new();
    let mut after: BTreeMap<BlockId, Vec<BlockId>> = BTreeMap::new();
    for (id, prev) in &blocks {
        match prev.filter(|prev| blocks.contains_key(prev)) {
            Some(prev) => after.entry(prev).or_default().push(*id),
            None => {
                ready.insert((tie(id), *id));
            }
        }
    }
    let mut order = Vec::with_capacity(blocks.len());
    while let Some((_, id)) = ready.pop_first() {
        order.push(id);
        for next in after.remove(&id).unwrap_or_default() {
            ready.insert((tie(&next), next));
        }
    }
    order
}
