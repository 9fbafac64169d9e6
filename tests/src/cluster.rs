//! A cluster of real peers under load, to which bad things happen from a seed, and the judgement
//! at its end.

mod clocks;
mod draft;
mod fate;
mod judge;
mod late;
mod load;
mod writer;

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use chopmark_core::Kind;
use tokio::time::sleep;

use crate::{Clocks, Dice, Firms, Network, Pages, Places, Roads, Setting};
pub use clocks::jump_clocks;
pub use fate::{Fates, Trouble};
pub use late::come_late;
use load::Load;

/// Validators of the network that is founded, and at most.
const PEERS: usize = 4;
const MOST: usize = 7;
/// How long a network that nothing is wrong with may take to make its next checkpoint, on a
/// machine that does much else.
const PROGRESS: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(100);
/// A network of four, whose roads can be cut.
const OF_FOUR: Setting = Setting {
    founders: PEERS,
    newcomers: 0,
    firms: Firms::WithBank,
    roads: Roads::Relayed,
    pages: Pages::Absent,
    clocks: Clocks::Machine,
};

/// What happens, between whom, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How peers reach each other: not straight, which nothing can cut.
    pub roads: Roads,
    /// Everything that happens by chance follows from it. What the machine does in between does
    /// not: a seed tells the same story, not the same run.
    pub seed: u64,
    /// What is to happen.
    pub trouble: Trouble,
    /// When it is enough.
    pub until: Until,
}

/// When it is enough.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// So much has happened.
    Happened(usize),
    /// So much time has passed.
    Passed(Duration),
}

impl Until {
    fn is_over(self, happened: usize, started: Instant) -> bool {
        match self {
            Self::Happened(count) => happened >= count,
            Self::Passed(time) => started.elapsed() >= time,
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What happened to the peers.
    pub fates: Fates,
    /// The height that all peers agree on at the end.
    pub height: u64,
    /// Blocks that devices signed.
    pub signed: usize,
    /// Of those, the ones that a peer had acknowledged when everything was killed.
    pub acknowledged: usize,
    /// Records of each kind that were applied, and refused.
    pub records: Records,
}

/// Records of each kind that were applied, and refused.
pub type Records = BTreeMap<Kind, (usize, usize)>;

/// Founds a network, lets devices write, lets bad things happen to peers, and judges what is left.
///
/// # Errors
/// The promise that was broken, or what could not be started.
pub async fn run(
    places: &Places,
    folder: &Path,
    plan: Plan,
    tell: &(dyn Fn(String) + Sync),
) -> Result<Outcome> {
    let mut network = found(places, &folder.join("network"), (plan.roads, 0)).await?;
    let load = Load::start(&network, &folder.join("devices"), plan.seed, None).await?;
    let mut dice = Dice::new(plan.seed);
    let mut fates = Fates::default();
    let started = Instant::now();
    while !plan.until.is_over(fates.all(), started) {
        sleep(Duration::from_millis(dice.between(500, 4_000))).await;
        let what = fates.strike(&mut network, plan.trouble, &mut dice).await?;
        let height = await_progress(&network).await?;
        let (signed, open) = load.counts();
        tell(format!(
            "{:>4} s: {what}; height {height}, {signed} blocks signed, {open} of them open on their devices",
            started.elapsed().as_secs()
        ));
    }
    judge::judge(&mut network, load, fates, (folder, tell)).await
}

/// Of four validators there become seven, one by one, and four again, while devices write.
///
/// # Errors
/// The promise that was broken, or what could not be started.
pub async fn grow_and_shrink(
    places: &Places,
    folder: &Path,
    roads: Roads,
    tell: &(dyn Fn(String) + Sync),
) -> Result<Outcome> {
    let mut network = found(places, &folder.join("network"), (roads, MOST - PEERS)).await?;
    let load = Load::start(&network, &folder.join("devices"), 0, None).await?;
    let mut fates = Fates::default();
    for newcomer in PEERS..MOST {
        network.admit(newcomer, &majority(newcomer)).await?;
        network.serve_one(newcomer).await?;
        await_all(&network, newest(&network).await?).await?;
        let validators: Vec<usize> = (0..=newcomer).collect();
        network
            .order_by(&validators, &majority(newcomer + 1))
            .await?;
        let height = await_progress(&network).await?;
        await_all(&network, height).await?;
        tell(format!("{} validators; height {height}", newcomer + 1));
    }
    // Of seven, two may be away: now nothing goes on without those who came.
    for gone in [2, 3] {
        network.kill(gone).await?;
        fates.kills += 1;
    }
    let height = await_progress(&network).await?;
    tell(format!("two of the first four are gone; height {height}"));
    network.serve().await?;
    await_all(&network, height).await?;
    for count in (PEERS..MOST).rev() {
        let validators: Vec<usize> = (0..count).collect();
        network.order_by(&validators, &majority(MOST)).await?;
        let height = await_progress(&network).await?;
        await_all(&network, height).await?;
        tell(format!("{count} validators; height {height}"));
    }
    // One of the four is gone for good: another takes its place, without a word of it. Then one more
    // is away, and of the three that are left the new one has to vote.
    let (gone, away) = (PEERS - 1, PEERS - 2);
    network.kill(gone).await?;
    fates.kills += 1;
    let others = [0, 1, away, PEERS];
    network.order_by(&others, &others).await?;
    network.kill(away).await?;
    fates.kills += 1;
    let height = await_progress(&network).await?;
    tell(format!(
        "peer {gone} is replaced by another, peer {away} is away; height {height}"
    ));
    network.serve().await?;
    await_all(&network, height).await?;
    let first: Vec<usize> = (0..PEERS).collect();
    network.order_by(&first, &majority(MOST)).await?;
    // And nothing needs them any more.
    for gone in PEERS..MOST {
        network.kill(gone).await?;
        fates.kills += 1;
    }
    let height = await_progress(&network).await?;
    tell(format!("those who came are gone; height {height}"));
    network.serve().await?;
    judge::judge(&mut network, load, fates, (folder, tell)).await
}

/// The first members, more than half of so many.
fn majority(of: usize) -> Vec<usize> {
    (0..=of / 2).collect()
}

/// A network of four that runs, without pages; so many more firms have made their keys.
async fn found(
    places: &Places,
    folder: &Path,
    (roads, newcomers): (Roads, usize),
) -> Result<Network> {
    let setting = Setting {
        newcomers,
        roads,
        ..OF_FOUR
    };
    found_as(places, folder, setting).await
}

async fn found_as(places: &Places, folder: &Path, setting: Setting) -> Result<Network> {
    let mut network = Network::found_as(places, folder, setting).await?;
    network.serve().await?;
    network.register_prefix().await?;
    Ok(network)
}

/// The newest height of any peer, by its metrics.
async fn newest(network: &Network) -> Result<u64> {
    let mut newest = 0;
    for peer in network.running() {
        newest = newest.max(network.metric(peer, "height").await?);
    }
    Ok(newest)
}

/// Waits until some peer has two more checkpoints: one may have been decided before.
async fn await_progress(network: &Network) -> Result<u64> {
    let from = newest(network).await?;
    let end = Instant::now() + PROGRESS;
    loop {
        let height = newest(network).await?;
        if height >= from + 2 {
            return Ok(height);
        }
        ensure!(
            Instant::now() < end,
            "the network stands still at height {height} for {PROGRESS:?}"
        );
        sleep(LOOK).await;
    }
}

/// Waits until each peer that runs has come to this height.
async fn await_all(network: &Network, height: u64) -> Result<()> {
    let end = Instant::now() + PROGRESS;
    for peer in network.running() {
        while network.metric(peer, "height").await? < height {
            ensure!(
                Instant::now() < end,
                "peer {peer} does not come to height {height}:\n{}",
                log_tail(network, peer)?
            );
            sleep(LOOK).await;
        }
    }
    Ok(())
}

/// Waits until all peers are level with nothing open, and have the same state; their height.
async fn await_level(network: &Network) -> Result<u64> {
    let end = Instant::now() + PROGRESS;
    loop {
        let mut open = 0;
        for peer in network.running() {
            open += network.metric(peer, "open_blocks").await?;
        }
        if open == 0 {
            return Ok(network.agreed(1).await?.0);
        }
        ensure!(
            Instant::now() < end,
            "{open} blocks stay open for {PROGRESS:?}"
        );
        sleep(LOOK).await;
    }
}

/// The log of a peer, for a story of what went wrong.
fn log_tail(network: &Network, peer: usize) -> Result<String> {
    let peer = network.member(peer)?.peer().context("the peer is gone")?;
    Ok(peer.log_tail())
}
