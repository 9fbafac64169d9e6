//! Blocks and checkpoints reach a replica in any order, more than once, in pieces, and with a
//! restart in between; whenever the next checkpoint and its blocks are there, it is applied.

use std::collections::BTreeMap;

use chopmark_core::{Height, Ledger};
use proptest::prelude::*;

use super::told;
use crate::drafts::Numbers;
use crate::{network, story};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arrival_makes_no_difference(seed: u64, order: u64) {
        let story = told(seed);
        let mut numbers = Numbers::new(order);
        let genesis = network::genesis();
        let mut replica = story::start(seed).0;
        let mut blocks = story::base_blocks();
        let mut checkpoints = BTreeMap::new();
        let mut arriving: Vec<(bool, usize)> = (0..story.checkpoints.len())
            .map(|n| (true, n))
            .chain((0..story.blocks.len()).map(|n| (false, n)))
            .collect();
        let again: Vec<_> = arriving
            .iter()
            .copied()
            .filter(|_| numbers.one_in(3))
            .collect();
        arriving.extend(again);
        numbers.shuffle(&mut arriving);
        for (checkpoint, n) in arriving {
            if checkpoint {
                let checkpoint = story.checkpoints[n].clone();
                checkpoints.insert(checkpoint.header().height(), checkpoint);
            } else {
                let block = story.blocks[n].clone();
                blocks.insert(block.id(), block);
            }
            // A batch: nobody says that every arrival is looked at by itself.
            while numbers.one_in(2) {
                let height = Height(replica.tip().height.0 + 1);
                let Some(next) = checkpoints.get(&height) else {
                    break;
                };
                if replica.apply(next, &blocks).is_err() {
                    break;
                }
            }
            if numbers.one_in(10) {
                let bytes = replica.snapshot_bytes();
                replica = Ledger::from_snapshot(&genesis, &bytes).unwrap();
            }
        }
        for next in checkpoints.values() {
            if next.header().height() > replica.tip().height {
                replica.apply(next, &blocks).unwrap();
            }
        }
        prop_assert_eq!(replica.tip(), story.ledger.tip());
        prop_assert_eq!(replica.state_digest(), story.ledger.state_digest());
        prop_assert!(replica.snapshot_bytes() == story.ledger.snapshot_bytes());
    }
}
