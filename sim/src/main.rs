//! Runs seeds of the simulator, and tells the story of one that fails.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use chopmark_sim::{Failure, Summary};
use clap::Parser;

#[derive(Parser)]
#[command(
    about = "Simulates consortia, one for each seed, and tells the story of one that breaks a promise"
)]
struct Arguments {
    /// How many seeds to run
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first one
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many run at a time, one core each
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// Measure instead what agreeing costs each of so many validators (a network has at most 128)
    #[arg(long, value_name = "VALIDATORS")]
    scale: Option<usize>,
    /// Tell what happens, also where nothing is broken
    #[arg(long)]
    story: bool,
    /// Say nothing of seeds that hold
    #[arg(long)]
    quiet: bool,
}

/// What all seeds came to.
#[derive(Default)]
struct Total {
    held: u64,
    blocks: usize,
    checkpoints: u64,
    crashes: usize,
    equivocations: u64,
    refused: u64,
    healing: Duration,
    rounds: u32,
    failed: Vec<u64>,
}

impl Total {
    fn add(&mut self, summary: &Summary) {
        let counts = summary.counts;
        self.held += 1;
        self.blocks += summary.blocks;
        self.checkpoints += summary.height;
        self.crashes += summary.crashes;
        self.equivocations += counts.equivocations;
        self.refused += counts.oversized
            + counts.malformed
            + counts.future
            + counts.flooding
            + counts.forged
            + counts.strangers;
        self.healing = self.healing.max(summary.healing);
        self.rounds = self.rounds.max(summary.rounds);
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(validators) = arguments.scale {
        println!("{}", chopmark_sim::scale(validators)?);
        return Ok(());
    }
    let started = Instant::now();
    let next = AtomicU64::new(arguments.seed);
    let end = arguments.seed.saturating_add(arguments.seeds);
    let total = Mutex::new(Total::default());
    thread::scope(|scope| {
        for _ in 0..arguments.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let ran = Instant::now();
                    let outcome = chopmark_sim::run(seed);
                    let mut total = total
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    tell(&arguments, &mut total, outcome, ran.elapsed());
                }
            });
        }
    });
    let total = total
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    println!(
        "{} seeds hold, {} do not; {} blocks in {} checkpoints, {} crashes, {} ballots caught that contradict others, {} messages refused; at most round {}, at most {:.1} s to heal; {:.0} s here",
        total.held,
        total.failed.len(),
        total.blocks,
        total.checkpoints,
        total.crashes,
        total.equivocations,
        total.refused,
        total.rounds,
        total.healing.as_secs_f64(),
        started.elapsed().as_secs_f64(),
    );
    match total.failed.as_slice() {
        [] => Ok(()),
        failed => bail!(
            "a promise was broken by seeds {failed:?}; `cargo xtask sim --seed N --seeds 1` tells the story of one"
        ),
    }
}

fn tell(
    arguments: &Arguments,
    total: &mut Total,
    outcome: Result<Summary, Box<Failure>>,
    took: Duration,
) {
    let whole = arguments.story || arguments.seeds == 1;
    match outcome {
        Ok(summary) => {
            total.add(&summary);
            if arguments.story
                && let Ok((_, story)) = chopmark_sim::tell(summary.seed)
            {
                println!("{}", story.join("\n"));
            }
            if !arguments.quiet {
                println!("{summary}; {:.2} s here", took.as_secs_f64());
            }
        }
        Err(failure) => {
            total.failed.push(failure.seed);
            match chopmark_sim::tell(failure.seed) {
                Err(told) if whole => println!("{told}"),
                Err(told) => {
                    // The end of a story says most of it.
                    let skip = told.story.len().saturating_sub(40);
                    for line in told.story.iter().skip(skip) {
                        println!("{line}");
                    }
                    println!("{failure}");
                }
                Ok(_) => println!(
                    "{failure}\nseed {} did not replay: the simulator is wrong",
                    failure.seed
                ),
            }
        }
    }
}
