//! `cargo xtask soak cluster`: four peers under load, one of them killed every few seconds, the
//! network cut in halves now and then, and a judgement at the end.

use std::{
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use chopmark_tests::{
    Places, Roads,
    cluster::{self, Plan, Trouble, Until},
    settle_roads,
};
use clap::Parser;
use tokio::runtime::Runtime;

#[derive(Parser)]
#[command(about = "Four peers under load, to which bad things happen")]
struct Arguments {
    /// For how long
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// What happens follows from it; another one each time without it
    #[arg(long)]
    seed: Option<u64>,
    /// Instead, cut the network in halves so often, and do nothing else to it
    #[arg(long, conflicts_with = "minutes")]
    cuts: Option<usize>,
    /// Instead, let validators come and go, from four to seven and back
    #[arg(long, conflicts_with = "cuts")]
    roster: bool,
    /// Instead, let a validator miss hundreds of checkpoints, and kill it on its way back
    #[arg(long, conflicts_with_all = ["cuts", "roster"])]
    late: bool,
    /// How peers reach each other: by network namespaces where the system lets them be made,
    /// without it
    #[arg(long)]
    roads: Option<Roads>,
    /// Where the network keeps its data; a folder that goes afterwards without it
    #[arg(long)]
    folder: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let roads = settle_roads(arguments.roads)?;
    Runtime::new()?.block_on(run(arguments, roads))
}

async fn run(arguments: Arguments, roads: Roads) -> Result<()> {
    let places = Places::find()?;
    let passing = tempfile::tempdir()?;
    let folder = arguments
        .folder
        .unwrap_or_else(|| passing.path().to_path_buf());
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let seed = arguments.seed.unwrap_or(now);
    println!("seed {seed}, data in {}", folder.display());
    let time = Duration::try_from_secs_f64(arguments.minutes * 60.0).context("--minutes")?;
    let (trouble, until) = match arguments.cuts {
        Some(cuts) => (Trouble::Cuts, Until::Happened(cuts)),
        None => (Trouble::Both, Until::Passed(time)),
    };
    let plan = Plan {
        roads,
        seed,
        trouble,
        until,
    };
    let tell = |line| println!("{line}");
    let outcome = match (arguments.roster, arguments.late) {
        (true, _) => cluster::grow_and_shrink(&places, &folder, roads, &tell).await,
        (_, true) => cluster::come_late(&places, &folder, roads, &tell).await,
        _ => cluster::run(&places, &folder, plan, &tell).await,
    };
    // What went wrong is looked into where it happened.
    let outcome = outcome.inspect_err(|_| {
        let _ = passing.keep();
        eprintln!("seed {seed}; what is left is in {}", folder.display());
    })?;
    println!(
        "\nseed {seed}: {}\n{} blocks signed, {} acknowledged by a peer when all were killed, all final at height {} on every peer, with one state; nothing with two owners, two holders or two pledges",
        outcome.fates, outcome.signed, outcome.acknowledged, outcome.height
    );
    for (kind, (applied, refused)) in &outcome.records {
        println!("{kind:?}: {applied} applied, {refused} refused");
    }
    Ok(())
}
