//! Lists of runs: a new one of serials that nobody can guess, with a secret for under each seal;
//! and those that the member keeps.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use chopmark_core::limits;
use chopmark_labels::RunList;
use chopmark_replica::random_bytes;
use clap::Subcommand;

use super::admin::{self, carry_out};
use crate::admin::Request;
use crate::folder::Folder;
use crate::peer::{MadeOf, OwnRun, ToldOfRun};

#[derive(Subcommand)]
pub(super) enum RunCommand {
    /// Commission a list of codes in one record, and keep the list.
    Commission {
        /// The codes, all of one product: one a line, or a list as `chopmark labels` reads it.
        file: PathBuf,
        /// Make the list first: so many serials of this product, each with a second code for
        /// under its seal. `chopmark labels --list FILE --with-activation` prints them.
        #[arg(long, num_args = 2, value_names = ["GTIN", "COUNT"])]
        make: Vec<String>,
        /// What the product is called, for this member's own devices.
        #[arg(long)]
        product: Option<String>,
        /// Show that name to everyone who checks an item, and to every member. It cannot be
        /// undone.
        #[arg(long, requires = "product")]
        public_name: bool,
        /// A batch that the run is made of, and how much of it goes in; once for each. What is
        /// recalled later is found through it.
        #[arg(long, num_args = 3, value_names = ["CODE", "AMOUNT", "UNIT"])]
        of_batch: Vec<String>,
        /// An item that the run is made of, and that ends with it; once for each.
        #[arg(long, value_name = "CODE")]
        of_item: Vec<String>,
        /// What is lost of what goes in; once for each unit.
        #[arg(long, num_args = 2, value_names = ["AMOUNT", "UNIT"])]
        loss: Vec<String>,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Name the member's runs, or write the codes of one into a file, as `chopmark labels` reads
    /// it.
    List {
        /// The run, as this command names it without.
        #[arg(requires = "out")]
        run: Option<String>,
        /// The new file.
        #[arg(long, requires = "run")]
        out: Option<PathBuf>,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
}

/// Carries a command about runs out.
pub(super) fn run(command: RunCommand) -> anyhow::Result<()> {
    match command {
        RunCommand::Commission {
            file,
            make: new,
            product,
            public_name,
            of_batch,
            of_item,
            loss,
            dir,
        } => {
            if let [gtin, count] = new.as_slice() {
                make(&dir, &file, (gtin, count))?;
            }
            let told = ToldOfRun {
                product,
                public: public_name,
                of: MadeOf {
                    batches: each(&of_batch),
                    items: of_item,
                    losses: each(&loss),
                },
            };
            admin::commission_run(&dir, &file, told)
        }
        RunCommand::List { run, out, dir } => match run.zip(out) {
            Some((run, out)) => write(&dir, run, &out),
            None => show(&dir),
        },
    }
}

/// What an option was given, use by use.
fn each<const N: usize>(given: &[String]) -> Vec<[String; N]> {
    let (each, _) = given.as_chunks();
    each.to_vec()
}

/// Writes the list, row by row, for its owner alone. It is on disk when this returns: nobody could
/// make the secrets again. A list that is there is never written over.
fn make(dir: &Path, file: &Path, (gtin, count): (&str, &str)) -> anyhow::Result<()> {
    Folder::new(dir).must_administer()?;
    let most = limits::RUN_ITEMS;
    let number: u32 = count
        .parse()
        .with_context(|| format!("{count} is no number of items"))?;
    ensure!(
        (1..=most).contains(&number),
        "a run has 1 to {most} items, not {number}"
    );
    let unwritten = || format!("cannot write {}", file.display());
    let mut options = OpenOptions::new();
    let to = options.write(true).create_new(true).mode(0o600).open(file);
    let mut list =
        RunList::new(BufWriter::new(to.with_context(unwritten)?), gtin).with_context(unwritten)?;
    for _ in 0..number {
        list.push(random_bytes()?, random_bytes()?)
            .with_context(unwritten)?;
    }
    let to = list.finish().with_context(unwritten)?;
    let whole = to.into_inner().map_err(std::io::IntoInnerError::into_error);
    whole
        .and_then(|file| file.sync_all())
        .with_context(unwritten)
}

/// Names the member's runs.
fn show(dir: &Path) -> anyhow::Result<()> {
    let runs = carry_out(dir, Request::Runs)?;
    let runs: Vec<OwnRun> = serde_json::from_value(runs).context("the peer's answer")?;
    if runs.is_empty() {
        println!("this member has no run");
    }
    for run in runs {
        let missing = if run.listed {
            ""
        } else {
            ", its list is not here yet"
        };
        println!(
            "{}  {}  {} items, {} of them with a history of their own{missing}",
            run.run, run.class, run.items, run.drawn
        );
    }
    Ok(())
}

/// Writes the codes of one.
fn write(dir: &Path, run: String, out: &Path) -> anyhow::Result<()> {
    // The running peer may stand in another folder.
    let whole = std::path::absolute(out).with_context(|| out.display().to_string())?;
    let count = carry_out(dir, Request::RunList { run, out: whole })?;
    println!("wrote {count} codes to {}", out.display());
    Ok(())
}
