//! Measures the figures of `docs/benchmarks.md` and prints them as a table.
//!
//! Each measurement that needs a clean memory runs as a child of this program.

mod app;
mod child;
mod finality;
mod large;
mod ledger;
mod loopback;
mod machine;
mod pages;
mod row;
mod store;
mod sync;
mod vault;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use chopmark_tests::Places;
use clap::{Parser, Subcommand};

use row::{Row, print_table};

/// As in a peer, which does most of what is measured here.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[derive(Parser)]
#[command(about = "Measures Chopmark, beside its peers")]
struct Arguments {
    /// Also write the rows to this file, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Only the measurements whose name contains this
    #[arg(long)]
    only: Option<String>,
    #[command(subcommand)]
    child: Option<Child>,
}

/// What this program does as its own child.
#[derive(Subcommand)]
enum Child {
    /// Seals a file of this many mebibytes and prints the memory it took above idle
    #[command(hide = true)]
    SealFile {
        /// Where the vault goes
        folder: PathBuf,
        /// Size of the file
        mebibytes: u64,
    },
    /// Joins by an invitation and syncs until so many items are held
    #[command(hide = true)]
    JoinClient {
        /// Where the client's data goes
        folder: PathBuf,
        /// The invitation
        link: String,
        /// Items of its member
        held: u64,
    },
    /// Opens a client's data and prints seconds to the first screen and idle memory
    #[command(hide = true)]
    OpenClient {
        /// Where the client's data is
        folder: PathBuf,
        /// Items of its member
        held: u64,
    },
    /// Measures validators with long roads between them
    #[command(hide = true)]
    Far {
        /// How many
        validators: usize,
        /// Where the rows go
        rows: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Takes one group of figures.
type Measure<'a> = dyn Fn() -> Result<Vec<Row>> + 'a;

fn run(arguments: Arguments) -> Result<()> {
    if let Some(child) = arguments.child {
        return match child {
            Child::SealFile { folder, mebibytes } => vault::seal_file(&folder, mebibytes),
            Child::JoinClient { folder, link, held } => app::join(&folder, &link, held),
            Child::OpenClient { folder, held } => app::open(&folder, held),
            Child::Far { validators, rows } => finality::far_here(validators, &rows),
        };
    }
    let places = Places::find()?;
    println!("{}\n", machine::describe());
    let mut rows = Vec::new();
    let wanted = |name: &str| {
        arguments
            .only
            .as_deref()
            .is_none_or(|only| name.contains(only))
    };
    let parts: [(&str, &Measure<'_>); 21] = [
        ("pages", &|| pages::measure(&places)),
        ("store", &store::measure),
        ("vault", &vault::measure),
        ("sync", &|| sync::measure(&places)),
        ("ledger admission", &ledger::admission),
        // What an import and a phone do in a process of their own comes before what leaves a
        // large heap.
        ("ledger imports", &ledger::imports),
        ("ledger opening", &ledger::opening),
        ("ledger rules", &ledger::rules),
        ("ledger traces", &ledger::traces),
        ("ledger runs", &ledger::runs),
        ("proof", &|| ledger::proof(&places)),
        ("ledger memory", &|| ledger::memory(&places)),
        ("finality throughput", &|| finality::throughput(&places)),
        ("finality waiting", &|| finality::waiting(&places)),
        ("finality death", &|| finality::death(&places)),
        ("finality late", &finality::late),
        ("finality idle", &finality::idle),
        ("finality many", &finality::many),
        ("finality far, four", &|| finality::far(4)),
        ("finality far, seven", &|| finality::far(7)),
        ("large", &|| large::measure(&places)),
    ];
    for (name, measure) in parts {
        if wanted(name) {
            println!("Measuring {name} …");
            rows.extend(measure().with_context(|| format!("measuring {name}"))?);
        }
    }
    println!();
    print_table(&rows);
    if let Some(file) = arguments.json {
        std::fs::write(&file, serde_json::to_string_pretty(&rows)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}
