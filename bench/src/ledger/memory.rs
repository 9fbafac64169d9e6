//! What a peer's process takes that holds a million subjects.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chopmark_replica::Until;
use chopmark_tests::{Author, CUSTOMS, FACTORY, Network, Places, RETAILER};
use tokio::runtime::Runtime;

use crate::{
    child::{megabytes, memory_kib},
    row::Row,
};

const SUBJECTS: usize = 1_000_000;
/// Near what a block of 64 KiB holds.
const SUBJECTS_A_RECORD: usize = 900;
const BLOCKS_A_ROUND: usize = 50;
const ROUND_MS: u64 = 300_000;
/// Until a process that finished its work counts as idle.
const REST: Duration = Duration::from_secs(10);

/// Resident memory of the factory's peer.
pub(crate) fn measure(places: &Places) -> Result<Vec<Row>> {
    Runtime::new()?.block_on(all(places))
}

async fn all(places: &Places) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let mut network = Network::found(places, &folder.path().join("network")).await?;
    network.serve().await?;
    network.register_prefix().await?;
    let author = Author::join(&network, &folder.path().join("author")).await?;
    // As few as agree: each costs time of these processors.
    network.kill(RETAILER).await?;
    let numbers: Vec<usize> = (0..SUBJECTS).collect();
    for (at, numbers) in (1..).zip(numbers.chunks(SUBJECTS_A_RECORD)) {
        author.sign(&[author.commission(numbers)?])?;
        if at % BLOCKS_A_ROUND == 0 {
            author.send(UNTIL_FINAL).await?;
            println!("    {} subjects", at * SUBJECTS_A_RECORD);
        }
    }
    author.send(UNTIL_FINAL).await?;
    ensure!(author.open_blocks() == 0, "some blocks are not final");
    tokio::time::sleep(REST).await;
    let mut rows = Vec::new();
    for (who, number) in [("the factory's", FACTORY), ("another", CUSTOMS)] {
        let process = network.member(number)?.peer().context("a peer is gone")?;
        let process = process.id().context("a peer has ended")?.to_string();
        let counted = network.status(number).await?;
        let subjects = counted.get("subjects").and_then(serde_json::Value::as_u64);
        ensure!(
            subjects == u64::try_from(SUBJECTS).ok(),
            "{who} peer has {subjects:?} subjects"
        );
        for (when, line) in [("idle", "VmRSS"), ("at most", "VmHWM")] {
            rows.push(Row::new(
                format!("memory of {who} peer with a million subjects, {when}"),
                megabytes(memory_kib(&process, line)?),
                "MB",
            ));
        }
    }
    network.stop().await?;
    Ok(rows)
}

const UNTIL_FINAL: Until = Until::Final {
    at_most_ms: ROUND_MS,
};
