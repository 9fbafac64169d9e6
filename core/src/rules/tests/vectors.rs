//! One vector file for each refusal, named after it: all that a network ordered until a record of
//! it was refused, and what was named. `core/tests/vectors` reads the files as a stranger would.
//!
//! The first scenario of a code makes its file. A new refusal needs a scenario and one command,
//! `cargo xtask vectors`.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::SCENARIOS;
use crate::testnet::Net;
use crate::testnet::vector_files::{self, text};
use crate::{Outcome, Refusal, StateView};

/// What every file begins with, unless its network has rules of its own: a genesis, which is
/// large, and the registration of a prefix.
#[derive(Serialize)]
struct Start {
    network: String,
    genesis: String,
    checkpoints: Vec<Ordered>,
}

#[derive(Serialize)]
struct Refused {
    refusal: &'static str,
    says: String,
    names: BTreeMap<&'static str, String>,
    record: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    genesis: Option<String>,
    checkpoints: Vec<Ordered>,
    state: String,
}

/// A checkpoint with the blocks that it orders.
#[derive(Serialize)]
struct Ordered {
    checkpoint: String,
    blocks: Vec<String>,
}

fn ordered(net: &Net, from: usize) -> Vec<Ordered> {
    let later = net.checkpoints.iter().skip(from);
    later
        .map(|checkpoint| Ordered {
            checkpoint: HEXLOWER.encode(&checkpoint.to_bytes()),
            blocks: checkpoint
                .blocks()
                .iter()
                .map(|id| HEXLOWER.encode(&net.blocks[id].to_bytes()))
                .collect(),
        })
        .collect()
}

fn refused(net: &Net, start: &Net, code: &'static str, refusal: &Refusal) -> Refused {
    let same = |outcome: &Outcome| matches!(outcome, Outcome::Refused(found) if found == refusal);
    let mut decided = net.outcomes.iter();
    let (record, _) = decided.find(|(_, outcome)| same(outcome)).unwrap();
    assert_eq!(net.ledger.state().refusal(record), Some(refusal), "{code}");
    let own = net.genesis.id() != start.genesis.id();
    let shared = if own { 0 } else { start.checkpoints.len() };
    assert_eq!(net.checkpoints[..shared], start.checkpoints[..shared]);
    Refused {
        refusal: code,
        says: refusal.to_string(),
        names: refusal.params().into_iter().collect(),
        record: record.to_string(),
        network: own.then(|| net.genesis.id().to_string()),
        genesis: own.then(|| HEXLOWER.encode(net.genesis.to_bytes())),
        checkpoints: ordered(net, shared),
        state: net.ledger.state_digest().to_string(),
    }
}

/// Every file by its name.
fn files() -> BTreeMap<String, String> {
    let start = Net::with_prefix();
    let mut files = BTreeMap::new();
    let beginning = Start {
        network: start.genesis.id().to_string(),
        genesis: HEXLOWER.encode(start.genesis.to_bytes()),
        checkpoints: ordered(&start, 0),
    };
    files.insert("start.json".to_owned(), text(&beginning));
    for (code, scenario) in SCENARIOS {
        files.entry(format!("{code}.json")).or_insert_with(|| {
            let mut net = Net::with_prefix();
            let refusal = scenario(&mut net);
            text(&refused(&net, &start, code, &refusal))
        });
    }
    files
}

#[test]
fn every_refusal_has_its_vector_file() {
    let files = files();
    for code in Refusal::codes() {
        assert!(files.contains_key(&format!("{code}.json")), "{code}");
    }
    vector_files::compare("", &files);
}
