//! The vector files of refusals, read as another implementation would read them: bytes in, the
//! named refusal out, and the same state at the end. `core/src/rules/tests/vectors.rs` makes them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod decoding;
mod ledgers;
mod proofs;
mod sealed;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use chopmark_core::{
    BlockId, Checkpoint, Genesis, Ledger, NetworkId, Outcome, RecordRef, Refusal, SignedBlock,
    VerifiedBlock,
};
use data_encoding::HEXLOWER;
use serde::Deserialize;

#[derive(Deserialize)]
struct Start {
    network: String,
    genesis: String,
    checkpoints: Vec<Ordered>,
}

#[derive(Deserialize)]
struct Refused {
    refusal: String,
    says: String,
    names: BTreeMap<String, String>,
    record: String,
    network: Option<String>,
    genesis: Option<String>,
    checkpoints: Vec<Ordered>,
    state: String,
}

#[derive(Deserialize)]
struct Ordered {
    checkpoint: String,
    blocks: Vec<String>,
}

fn folder() -> PathBuf {
    PathBuf::from("tests/vectors")
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

/// A replica that only follows: what the validators signed, and the blocks that it names.
struct Replica {
    ledger: Ledger,
    blocks: BTreeMap<BlockId, VerifiedBlock>,
    outcomes: BTreeMap<String, Outcome>,
}

impl Replica {
    fn new(genesis: &str, network: &str) -> Self {
        let network: NetworkId = network.parse().unwrap();
        let genesis = Genesis::from_pinned_bytes(&bytes(genesis), network).unwrap();
        Self {
            ledger: Ledger::new(&genesis),
            blocks: BTreeMap::new(),
            outcomes: BTreeMap::new(),
        }
    }

    fn follow(&mut self, checkpoints: &[Ordered]) {
        for ordered in checkpoints {
            for block in &ordered.blocks {
                let block = SignedBlock::from_bytes(&bytes(block)).unwrap();
                let block = block.verify().unwrap();
                self.blocks.insert(block.id(), block);
            }
            let checkpoint = Checkpoint::from_bytes(&bytes(&ordered.checkpoint)).unwrap();
            let verified = checkpoint.verify(self.ledger.validators()).unwrap();
            let applied = self.ledger.apply(&verified, &self.blocks).unwrap();
            let named = applied.outcomes.into_iter();
            self.outcomes
                .extend(named.map(|(at, outcome): (RecordRef, _)| (at.to_string(), outcome)));
        }
    }
}

#[test]
fn every_file_ends_in_the_refusal_that_it_is_named_after() {
    let start = ledgers::start();
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "start" || path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let file: Refused = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut replica = match (&file.genesis, &file.network) {
            (Some(genesis), Some(network)) => Replica::new(genesis, network),
            _ => {
                let mut replica = Replica::new(&start.genesis, &start.network);
                replica.follow(&start.checkpoints);
                replica
            }
        };
        replica.follow(&file.checkpoints);
        let Some(Outcome::Refused(refusal)) = replica.outcomes.get(&file.record) else {
            panic!("{name}: {:?}", replica.outcomes.get(&file.record));
        };
        assert_eq!((refusal.code(), &*file.refusal), (&*name, &*name));
        assert_eq!(refusal.to_string(), file.says, "{name}");
        let named = refusal.params().into_iter();
        let named: BTreeMap<String, String> =
            named.map(|(key, value)| (key.to_owned(), value)).collect();
        assert_eq!(named, file.names, "{name}");
        assert_eq!(
            replica.ledger.state_digest().to_string(),
            file.state,
            "{name}"
        );
        seen.insert(name);
    }
    let codes: BTreeSet<String> = Refusal::codes().iter().map(|&code| code.into()).collect();
    assert_eq!(seen, codes);
}
