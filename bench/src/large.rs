//! A ledger of 100,000 records: opening it, and what client and peer take when idle.

use std::{
    ffi::OsStr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use chopmark_replica::{Lock, Store, Strength, Until};
use chopmark_tests::{Author, FACTORY, Network, Places, Role};
use tokio::runtime::Runtime;

use crate::{
    app::PASSPHRASE,
    child::{call, megabytes, memory_kib, processor_seconds},
    row::Row,
};

/// Items, each with one commissioning and four observations.
const ITEMS: usize = 20_000;
const OBSERVATIONS: usize = 4;
/// Near what 64 KiB hold.
const RECORDS_A_BLOCK: usize = 400;
/// Blocks that are sent and made final together.
const BLOCKS_A_ROUND: usize = 25;
/// How long one round may take.
const ROUND_MS: u64 = 120_000;
/// How often the replica is opened.
const OPENINGS: usize = 5;
/// Until a process that finished its work counts as idle.
const REST: Duration = Duration::from_secs(10);
const PEERS: usize = 4;

/// All figures of the large ledger.
pub(crate) fn measure(places: &Places) -> Result<Vec<Row>> {
    Runtime::new()?.block_on(all(places))
}

async fn all(places: &Places) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let mut network = Network::found(places, &folder.path().join("network")).await?;
    network.serve().await?;
    tokio::time::sleep(REST).await;
    let mut rows = vec![Row::new(
        "idle memory of a peer, empty ledger (largest of four)",
        peer_memory(&network)?,
        "MB",
    )];
    network.register_prefix().await?;
    fill(&network, &folder.path().join("author")).await?;

    let client = folder.path().join("client");
    let link = network.invite(FACTORY, Role::Qc, "large").await?;
    println!("  a client joins and syncs");
    call(&[
        "join-client".as_ref(),
        client.as_os_str(),
        link.as_ref(),
        ITEMS.to_string().as_ref(),
    ])?;
    println!("  opening it {OPENINGS} times");
    rows.extend(open(&client, &folder.path().join("empty"))?);
    tokio::time::sleep(REST).await;
    rows.push(Row::new(
        "idle memory of a peer, 100,000 records (largest of four)",
        peer_memory(&network)?,
        "MB",
    ));
    rows.push(Row::new(
        "processor time of an idle peer, 100,000 records (largest of four)",
        idle_load(&network).await?,
        "%",
    ));
    network.stop().await?;
    Ok(rows)
}

/// Writes the 100,000 records and waits until they are final.
async fn fill(network: &Network, folder: &Path) -> Result<()> {
    let author = Author::join(network, folder).await?;
    let items: Vec<usize> = (0..ITEMS).collect();
    println!("  writing 100,000 records");
    let mut blocks = 0;
    for pass in 0..=OBSERVATIONS {
        for numbers in items.chunks(RECORDS_A_BLOCK) {
            let drafts = numbers.iter().map(|number| match pass {
                0 => author.commission(&[*number]),
                _ => author.observe(*number),
            });
            author.sign(&drafts.collect::<Result<Vec<_>>>()?)?;
            blocks += 1;
            if blocks % BLOCKS_A_ROUND == 0 {
                let until = Until::Final {
                    at_most_ms: ROUND_MS,
                };
                author.send(until).await?;
            }
        }
    }
    ensure!(
        author.open_blocks() == 0,
        "{} blocks are not final",
        author.open_blocks()
    );
    Ok(())
}

/// Opens the client's folder in a child, several times: medians.
fn open(client: &Path, empty: &Path) -> Result<Vec<Row>> {
    let items = ITEMS.to_string();
    let arguments: [&OsStr; 3] = ["open-client".as_ref(), client.as_os_str(), items.as_ref()];
    let mut times = Vec::new();
    let mut memory = Vec::new();
    let mut derivation = Vec::new();
    for number in 0..OPENINGS {
        let said = call(&arguments)?;
        let mut values = said.split_whitespace().map(str::parse::<f64>);
        times.push(values.next().context("the child printed too little")??);
        memory.push(values.next().context("the child printed too little")??);
        derivation.push(derive(&empty.join(number.to_string()))?);
    }
    let (time, derivation) = (median(times)?, median(derivation)?);
    Ok(vec![
        Row::new("key derivation: unlocking an empty store", derivation, "s"),
        Row::new(
            "open 100,000 records and show home, key derivation included",
            time,
            "s",
        ),
        Row::new(
            "open 100,000 records and show home, key derivation apart",
            time - derivation,
            "s",
        ),
        Row::new(
            "idle memory of a client with 100,000 records",
            median(memory)?,
            "MB",
        ),
    ])
}

/// What an empty store takes to open is its key derivation, but for a few pages read.
fn derive(folder: &Path) -> Result<f64> {
    let lock = || Lock::Passphrase {
        passphrase: PASSPHRASE,
        strength: Strength::Desktop,
    };
    drop(Store::create(folder, lock())?);
    let start = Instant::now();
    let store = Store::open(folder, lock())?;
    let seconds = start.elapsed().as_secs_f64();
    drop(store);
    Ok(seconds)
}

fn peer_memory(network: &Network) -> Result<f64> {
    let mut largest = 0;
    for process in peers(network)? {
        largest = largest.max(memory_kib(&process, "VmRSS")?);
    }
    Ok(megabytes(largest))
}

/// Per cent of one core that the busiest peer takes while nothing happens.
async fn idle_load(network: &Network) -> Result<f64> {
    let peers = peers(network)?;
    let used = || {
        let seconds = peers.iter().map(|process| processor_seconds(process));
        seconds.collect::<Result<Vec<f64>>>()
    };
    let before = used()?;
    let start = Instant::now();
    tokio::time::sleep(REST).await;
    let loads = used()?
        .into_iter()
        .zip(before)
        .map(|(after, before)| (after - before) / start.elapsed().as_secs_f64() * 100.0);
    Ok(loads.fold(0.0, f64::max))
}

/// The processes of the peers.
fn peers(network: &Network) -> Result<Vec<String>> {
    (0..PEERS)
        .map(|number| {
            let peer = network.member(number)?.peer().context("a peer is gone")?;
            Ok(peer.id().context("a peer has ended")?.to_string())
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> Result<f64> {
    values.sort_by(f64::total_cmp);
    values
        .get(values.len() / 2)
        .copied()
        .context("nothing was measured")
}
