//! Validators as processes, every flush real, all of it on the cores of this machine: how many
//! blocks and records they make final, at what cost, and how long one takes; on loopback, and over
//! roads that are as long and as bad as between continents.

mod far;
mod idle;
mod late;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use chopmark_replica::Until;
use chopmark_tests::{Author, CARRIER, Network, Places};
use tokio::runtime::Runtime;

use crate::child::processor_seconds;
use crate::ledger::strict_verification;
use crate::loopback::on_loopback;
use crate::row::Row;

/// Blocks of one record.
const SINGLE: usize = 6_000;
/// Blocks of a hundred records.
const HUNDREDS: usize = 300;
/// Signed a second while latency is measured, and for how long.
const RATE: u64 = 500;
const SECONDS: u64 = 10;
/// Long enough for a slow machine; what is measured is the time it took.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two looks for what has become final.
const LOOK: Duration = Duration::from_millis(5);

/// Throughput and its cost, on loopback.
pub(crate) fn throughput(places: &Places) -> Result<Vec<Row>> {
    on_loopback(places, async |network, author| loads(network, author).await)
}

/// How long a block takes, on loopback.
pub(crate) fn waiting(places: &Places) -> Result<Vec<Row>> {
    on_loopback(places, async |network, author| {
        let taken = latency(network, author).await?;
        let name = |part| format!("signed to final on the phone, {RATE} blocks/s, {part}");
        Ok(vec![
            Row::new(name("p50"), taken.half, "ms"),
            Row::new(name("p99"), taken.most, "ms"),
        ])
    })
}

/// What a validator's death costs the others.
pub(crate) fn death(places: &Places) -> Result<Vec<Row>> {
    on_loopback(places, async |network, author| {
        one_gone(network, author).await
    })
}

/// How long a peer takes that missed ten thousand checkpoints.
pub(crate) fn late() -> Result<Vec<Row>> {
    Runtime::new()?.block_on(late::measure())
}

/// Throughput and waiting over long roads.
pub(crate) fn far(validators: usize) -> Result<Vec<Row>> {
    far::in_child(validators)
}

/// The same in this program, which may start again for it; the rows go to a file.
pub(crate) fn far_here(validators: usize, rows: &Path) -> Result<()> {
    far::here(validators, rows)
}

/// What agreeing costs each of many validators, in one process without a network.
pub(crate) fn many() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    // Few, and a large network.
    for validators in [16, 100] {
        let scale = chopmark_sim::scale(validators)?;
        rows.push(Row::new(
            format!("consensus of one of {validators} validators, a checkpoint"),
            scale.each.as_secs_f64() * 1e3,
            "ms",
        ));
    }
    Ok(rows)
}

/// What a day without work leaves on disk.
pub(crate) fn idle() -> Result<Vec<Row>> {
    idle::measure()
}

async fn loads(network: &Network, author: &Author) -> Result<Vec<Row>> {
    let bare = strict_verification()? * 1e6;
    let single = load(network, author, SINGLE, 1).await?;
    let records = load(network, author, HUNDREDS, 100).await?;
    let row = Row::new;
    Ok(vec![
        row("bare verify_strict, one core", bare, "µs"),
        row("single-record blocks final on all four", single.rate, "/s"),
        row("processor per block and validator", single.cost, "µs"),
        row("records final on all four, 100 a block", records.rate, "/s"),
        row("processor per record and validator", records.cost, "µs"),
    ])
}

struct Load {
    /// Records a second.
    rate: f64,
    /// Microseconds of processor for each of them, at each validator.
    cost: f64,
}

/// Signs so many blocks beforehand, hands them in at one peer, and waits until every peer has them
/// final.
async fn load(network: &Network, author: &Author, blocks: usize, records: usize) -> Result<Load> {
    println!("  signing {blocks} blocks of {records}");
    for _ in 0..blocks {
        let drafts = (0..records).map(|_| author.observe(0));
        author.sign(&drafts.collect::<Result<Vec<_>>>()?)?;
    }
    let goal = logged(network).await?.iter().min().copied().unwrap_or(0) + number(blocks);
    let before = used(network)?;
    let start = Instant::now();
    author.send(Until::Exchanged).await?;
    let end = start + PATIENCE;
    while logged(network).await?.iter().any(|count| *count < goal) {
        ensure!(
            Instant::now() < end,
            "not final in {PATIENCE:?}: {:?}",
            logged(network).await?
        );
    }
    let seconds = start.elapsed().as_secs_f64();
    let spent = used(network)? - before;
    author.send(Until::Final { at_most_ms: 30_000 }).await?;
    let count = as_float(blocks * records);
    Ok(Load {
        rate: count / seconds,
        cost: spent * 1e6 / count / as_float(network.running().count()),
    })
}

/// Milliseconds that half of the blocks took at most, and 99 of a hundred.
struct Taken {
    half: f64,
    most: f64,
    /// Percent of a core that each validator used meanwhile.
    busy: f64,
}

/// From a block's signature to its being final on the phone that signed it.
async fn latency(network: &Network, author: &Author) -> Result<Taken> {
    println!("  {RATE} blocks a second for {SECONDS} s");
    let kept = author.keep();
    let before = used(network)?;
    let start = Instant::now();
    let mut signed = Vec::new();
    let mut taken: Vec<Duration> = Vec::new();
    let total = usize::try_from(RATE * SECONDS)?;
    while taken.len() < total {
        let due = u64::try_from(start.elapsed().as_millis())? * RATE / 1_000;
        while signed.len() < total && number(signed.len()) < due {
            let begun = Instant::now();
            signed.push((author.sign(&[author.observe(0)?])?, begun));
        }
        // Of one feed, so what comes first is final first.
        while let Some((block, begun)) = signed.get(taken.len()) {
            if !author.is_final(*block) {
                break;
            }
            taken.push(begun.elapsed());
        }
        ensure!(
            start.elapsed() < PATIENCE,
            "{} of {total} are final",
            taken.len()
        );
        tokio::time::sleep(LOOK).await;
    }
    let spent = (used(network)? - before) / start.elapsed().as_secs_f64();
    drop(kept);
    taken.sort_unstable();
    let at = |percent: usize| -> Result<f64> {
        let index = (taken.len() * percent / 100).min(taken.len() - 1);
        let time = taken.get(index).context("nothing was measured")?;
        Ok(time.as_secs_f64() * 1e3)
    };
    Ok(Taken {
        half: at(50)?,
        most: at(99)?,
        busy: spent * 100.0 / as_float(network.running().count()),
    })
}

/// One validator is killed under load and started again.
async fn one_gone(network: &mut Network, author: &Author) -> Result<Vec<Row>> {
    println!("  one of four is killed");
    let kept = author.keep();
    let mut pause = Duration::ZERO;
    let start = Instant::now();
    let mut killed = false;
    while start.elapsed() < Duration::from_secs(15) {
        if !killed && start.elapsed() > Duration::from_secs(5) {
            network.kill(CARRIER).await?;
            killed = true;
        }
        let begun = Instant::now();
        let block = author.sign(&[author.observe(0)?])?;
        while !author.is_final(block) {
            ensure!(begun.elapsed() < PATIENCE, "nothing is final any more");
            tokio::time::sleep(LOOK).await;
        }
        pause = pause.max(begun.elapsed());
    }
    drop(kept);
    let start = Instant::now();
    network.serve_one(CARRIER).await?;
    network.agreed(0).await?;
    Ok(vec![
        Row::new(
            "one of four killed: longest wait of a block",
            pause.as_secs_f64(),
            "s",
        ),
        Row::new(
            "the same one back and level",
            start.elapsed().as_secs_f64(),
            "s",
        ),
    ])
}

/// How many blocks each peer has in its log.
async fn logged(network: &Network) -> Result<Vec<u64>> {
    tokio::time::sleep(LOOK).await;
    let mut counts = Vec::new();
    for peer in network.running() {
        counts.push(network.metric(peer, "log_blocks").await?);
    }
    Ok(counts)
}

/// Processor time of all validators so far, in seconds.
fn used(network: &Network) -> Result<f64> {
    let mut seconds = 0.0;
    for peer in network.running() {
        let peer = network.member(peer)?.peer().context("a peer is gone")?;
        let process = peer.id().context("a peer has ended")?.to_string();
        seconds += processor_seconds(&process)?;
    }
    Ok(seconds)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn as_float(count: usize) -> f64 {
    // Far below the 2^52 that a float holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "counts are small numbers")]
    let count = count as f64;
    count
}
