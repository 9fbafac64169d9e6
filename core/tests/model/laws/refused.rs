//! What is refused leaves nothing behind but its refusal: the state's bytes are those of the same
//! history without it.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{BlockId, Ledger, StateView, VerifiedBlock, heartbeat, propose};
use minicbor::Decoder;
use proptest::prelude::*;

use super::{all_blocks, told};
use crate::network::cosigned;
use crate::story::{Story, start};

/// The tables of the state, in the order in which its bytes have them.
const TABLES: [&str; 14] = [
    "tip",
    "governance",
    "roster",
    "members",
    "devices",
    "readers",
    "prefixes",
    "claims",
    "feeds",
    "subjects",
    "offers",
    "closed offers",
    "waiting",
    "refusals",
];

/// The entries of each table as their bytes; a table that is one structure has its fields.
fn tables(ledger: &Ledger) -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let bytes = ledger.snapshot_bytes();
    let mut from = Decoder::new(&bytes);
    // [version, network, tables, edge of the log, log].
    assert_eq!(from.array().unwrap(), Some(5));
    from.skip().unwrap();
    from.skip().unwrap();
    assert_eq!(from.array().unwrap(), Some(14));
    let mut tables = BTreeMap::new();
    for name in TABLES {
        let mut entries = Vec::new();
        for _ in 0..from.array().unwrap().unwrap() {
            let start = from.position();
            from.skip().unwrap();
            entries.push(bytes[start..from.position()].to_vec());
        }
        tables.insert(name, entries);
    }
    tables
}

fn names(entry: &[u8], id: &[u8; 32]) -> bool {
    entry.windows(32).any(|window| window == id)
}

/// Blocks that could as well not have been written: all of it refused for what it says, and
/// nothing builds on it. A fork is refused too, and suspends its device: that is its effect.
fn idle(story: &Story) -> Vec<VerifiedBlock> {
    let blocks = all_blocks(story);
    let state = story.ledger.state();
    let refused = |block: &&VerifiedBlock| {
        let codes: BTreeSet<_> = block
            .located()
            .map(|(at, _)| state.refusal(&at).map(|refusal| refusal.code()))
            .collect();
        state.logged(&block.id()).is_some()
            && !codes.contains(&None)
            && !codes.contains(&Some("forked-feed"))
    };
    let is_fork = |block: &VerifiedBlock| {
        let refusals = block.located().filter_map(|(at, _)| state.refusal(&at));
        refusals
            .map(|refusal| refusal.code())
            .any(|code| code == "forked-feed")
    };
    let lonely = |block: &&VerifiedBlock| {
        let id = block.id();
        // A feed, a cite or a revocation: whatever goes on from a block has its id in it.
        // And one that wants its place in the feed would get it; one that forks the feed before it
        // would find the newest block in its way, which the fork then names.
        let builds = |other: &VerifiedBlock| {
            let rival = other.header().device() == block.header().device()
                && (other.header().seq() >= block.header().seq() || is_fork(other));
            other.id() != id && (rival || names(&other.to_bytes(), id.as_bytes()))
        };
        !blocks.values().any(builds)
    };
    let all = story.blocks.iter();
    all.filter(refused).filter(lonely).cloned().collect()
}

/// The same checkpoints without one block; none when the others come in another order then.
fn without(story: &Story, seed: u64, block: BlockId) -> Option<Ledger> {
    let mut ledger = start(seed).0;
    let blocks = all_blocks(story);
    let later = story.checkpoints.iter();
    let later = later.filter(|next| next.header().height() > start(seed).0.tip().height);
    for checkpoint in later {
        let kept: Vec<BlockId> = checkpoint.blocks().to_vec();
        let kept: Vec<BlockId> = kept.into_iter().filter(|id| *id != block).collect();
        let time = checkpoint.header().time();
        let here = kept.iter().map(|id| &blocks[id]);
        let proposal = propose(&ledger, here, time).unwrap_or_else(|| heartbeat(&ledger, time));
        if proposal.proposal().blocks() != kept {
            return None;
        }
        let again = cosigned(&ledger, proposal.into_proposal());
        let again = again.verify(ledger.validators()).unwrap();
        ledger.apply(&again, &blocks).unwrap();
    }
    Some(ledger)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_refused_record_leaves_nothing_but_its_refusal(seed: u64) {
        let story = told(seed);
        let mut compared = 0;
        for block in idle(&story).into_iter().take(2) {
            let Some(other) = without(&story, seed, block.id()) else {
                continue;
            };
            compared += 1;
            let device = *block.header().device().as_bytes();
            let (mut with, mut without) = (tables(&story.ledger), tables(&other));
            // Both name the checkpoint before; the feed of the device is one block shorter.
            for side in [&mut with, &mut without] {
                side.remove("tip");
                let feeds = side.get_mut("feeds").unwrap();
                feeds.retain(|entry| !names(entry, &device));
            }
            let refusals = with.get_mut("refusals").unwrap();
            let before = refusals.len();
            refusals.retain(|entry| !names(entry, block.id().as_bytes()));
            prop_assert_eq!(before - refusals.len(), block.records().len());
            for (name, entries) in &with {
                prop_assert!(entries == &without[name], "{} differ", name);
            }
        }
        prop_assume!(compared > 0);
    }
}
