//! Every developer command. `cargo xtask help` lists them.

mod check_mobile;
mod places;
mod programs;
mod run;
mod setup;
mod soak;
mod test;
mod tidy;
mod ui;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

use places::Places;
use programs::{Demo, Seeds, Telling};
use soak::{Fuzzing, Keep};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Every developer command of Chopmark")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a trial network with four peers, the app, labels and a consumer link
    Demo {
        /// Run the first scenario unattended instead, print each step, and stop
        #[arg(long)]
        check: bool,
    },
    /// Everything that must hold before a change is merged
    Test {
        /// Only the tests whose name contains this
        filter: Option<String>,
    },
    /// Install what the other commands need; they all call it themselves
    Setup,
    /// Build the front ends and check their size
    Ui {
        /// Only this one: app, verify, or vectors (core's bytes, for a test)
        name: Option<String>,
    },
    /// File sizes, layering, forbidden names, messages, formatting
    Tidy,
    /// Measure the figures of docs/benchmarks.md
    Bench {
        /// Only this part: pages, store, vault, sync, ledger, proof, finality, large
        part: Option<String>,
        /// Also write the rows to this file
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Render every screen into target/screens, and check each with axe-core
    Screens {
        /// Only the screens whose name contains this
        filter: Option<String>,
    },
    /// Type-check the app's shell for Android and iOS
    CheckMobile,
    /// Simulate consortia in virtual time, one for each seed; a seed that fails tells its story
    Sim {
        /// How many seeds
        #[arg(long, default_value_t = 200)]
        seeds: u64,
        /// The first one
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// How many run at a time, one core each
        #[arg(long, default_value_t = 1)]
        jobs: usize,
    },
    /// Search for what no test has thought of, for as long as it is given
    Soak {
        #[command(subcommand)]
        what: Soak,
    },
    /// Make the vector files of the refusals anew, in core/tests/vectors
    Vectors,
}

#[derive(Subcommand)]
enum Soak {
    /// Every decoder under libFuzzer
    Fuzz {
        /// Only the targets whose name contains this
        name: Option<String>,
        /// How long each target runs
        #[arg(long, default_value_t = 10.0)]
        minutes: f64,
        /// How many targets run at a time, one core each
        #[arg(long, default_value_t = 1)]
        jobs: usize,
        /// Keep the fewest inputs that reach everything, in fuzz/corpus
        #[arg(long)]
        keep: bool,
        /// Replay this input instead, on the one target that is named
        #[arg(long)]
        input: Option<PathBuf>,
    },
    /// Four peers as processes under load, killed and cut off from each other
    Cluster {
        /// For how long
        #[arg(long, default_value_t = 10.0)]
        minutes: f64,
        /// What happens follows from it; another one each time without it
        #[arg(long)]
        seed: Option<u64>,
        /// How peers reach each other; by namespaces where the system lets them be made, without it
        #[arg(long, value_parser = ["namespaces", "relays"])]
        roads: Option<String>,
    },
    /// Ten thousand seeds of the simulator
    Sim {
        /// How many
        #[arg(long, default_value_t = 10_000)]
        seeds: u64,
        /// The first one: none that the tests run
        #[arg(long, default_value_t = 1_000)]
        seed: u64,
        /// How many run at a time, one core each
        #[arg(long, default_value_t = 2)]
        jobs: usize,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let places = Places::find()?;
    match command {
        Command::Demo { check: true } => programs::demo(&places, Demo::Check),
        Command::Demo { check: false } => programs::demo(&places, Demo::Stay),
        Command::Test { filter } => test::test(&places, filter.as_deref()),
        Command::Setup => setup::all(&places),
        Command::Ui { name } => {
            setup::for_ui(&places)?;
            ui::build(&places, name.as_deref())
        }
        Command::Tidy => tidy::tidy(&places),
        Command::Bench { part, json } => programs::bench(&places, part.as_deref(), json.as_deref()),
        Command::Screens { filter } => programs::screens(&places, filter.as_deref()),
        Command::CheckMobile => check_mobile::check(&places),
        Command::Sim { seeds, seed, jobs } => programs::sim(
            &places,
            &Seeds {
                first: seed,
                count: seeds,
                jobs,
                telling: Telling::Each,
            },
        ),
        Command::Soak { what } => match what {
            Soak::Cluster {
                minutes,
                seed,
                roads,
            } => programs::cluster(&places, minutes, seed, roads.as_deref()),
            Soak::Sim { seeds, seed, jobs } => programs::sim(
                &places,
                &Seeds {
                    first: seed,
                    count: seeds,
                    jobs,
                    telling: Telling::Failures,
                },
            ),
            Soak::Fuzz {
                name: filter,
                minutes,
                jobs,
                keep,
                input,
            } => {
                let keep = if keep { Keep::InClone } else { Keep::Aside };
                let fuzzing = Fuzzing {
                    filter,
                    minutes,
                    jobs,
                    input,
                    keep,
                };
                soak::fuzz(&places, &fuzzing)
            }
        },
        Command::Vectors => programs::vectors(&places),
    }
}
