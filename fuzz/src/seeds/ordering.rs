//! What validators say and keep, and how a state is proven and handed over.

use anyhow::{Context, Result};
use chopmark_core::Checkpoint;
use chopmark_ordering::{FileJournal, Journal as _, fuzzing};

use super::Seed;
use crate::{laws, network};

pub(super) fn seeds() -> Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    let mut add = |target, bytes| seeds.push(Seed { target, bytes });
    for message in fuzzing::messages() {
        add("ballot", message);
    }
    for entry in fuzzing::entries() {
        add("ballots-wal", entry);
    }
    add("ballots-wal", journal()?);
    let checkpoint = network::line("checkpoint").context("no checkpoint")?;
    let proposal = Checkpoint::from_bytes(&checkpoint)?.to_proposal();
    add("proposal", proposal.to_bytes());
    let (offer, parts) = laws::honest().context("no snapshot")?;
    add("snapshot-offer", offer);
    add("snapshot-parts", parts);
    let (states, inbox) = laws::paths();
    for path in states {
        add("state-path", path);
    }
    add("inbox-path", inbox);
    Ok(seeds)
}

/// A log with an entry of each sort, as it lies on disk.
fn journal() -> Result<Vec<u8>> {
    let name = format!("chopmark-seed-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let mut journal = FileJournal::open(&path)?;
    journal.reset(7)?;
    for entry in fuzzing::entries() {
        journal.append(&entry)?;
    }
    journal.sync()?;
    drop(journal);
    let bytes = std::fs::read(&path)?;
    std::fs::remove_file(&path)?;
    Ok(bytes)
}
