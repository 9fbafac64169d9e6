//! Histories that were written elsewhere, run from their genesis.

use anyhow::{Context as _, Result, bail};
use chopmark_core::{
    BlockId, Checkpoint, Genesis, Ledger, NetworkId, Outcome, SignedBlock, VerifiedBlock,
};
use data_encoding::HEXLOWER;
use std::collections::BTreeMap;

/// Runs a history: lines of `genesis`, `block` and `checkpoint`, each with its bytes in
/// hexadecimal, the genesis behind the network's id. Gives what became of each record, and after
/// each checkpoint the digest of the state and the root of its tree.
///
/// # Errors
/// What cannot be read, or does not go on from what is before it.
pub fn follow(history: &str) -> Result<Vec<String>> {
    let mut lines = history.lines();
    let first = lines.next().and_then(|line| line.strip_prefix("genesis "));
    let (network, genesis) = first
        .and_then(|line| line.split_once(' '))
        .context("no genesis")?;
    let network: NetworkId = network.parse()?;
    let genesis = Genesis::from_pinned_bytes(&bytes(genesis)?, network)?;
    let mut ledger = Ledger::new(&genesis);
    let mut blocks: BTreeMap<BlockId, VerifiedBlock> = BTreeMap::new();
    let mut told = Vec::new();
    for line in lines {
        match line.split_once(' ') {
            Some(("block", hex)) => {
                let block = SignedBlock::from_bytes(&bytes(hex)?)?.verify()?;
                blocks.insert(block.id(), block);
            }
            Some(("checkpoint", hex)) => {
                let checkpoint = Checkpoint::from_bytes(&bytes(hex)?)?;
                let verified = checkpoint.verify(ledger.validators())?;
                let applied = ledger.apply(&verified, &blocks)?;
                let outcomes = applied.outcomes.iter();
                told.extend(outcomes.map(|(at, outcome)| format!("{at} {}", word(outcome))));
                told.push(format!(
                    "state {} {} {}",
                    ledger.tip().height.0,
                    ledger.state_digest(),
                    ledger.state_root()
                ));
            }
            _ => bail!("a line of a history begins with what it is"),
        }
    }
    Ok(told)
}

fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => {
            format!("{}: {refusal} {:?}", refusal.code(), refusal.params())
        }
        other => format!("{other:?}"),
    }
}

fn bytes(hex: &str) -> Result<Vec<u8>> {
    HEXLOWER
        .decode(hex.as_bytes())
        .ok()
        .context("no hexadecimal digits")
}
