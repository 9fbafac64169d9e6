//! `chopmark epcis`: events in and out.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use tokio::sync::watch;

use super::admin::carry_out_telling;
use crate::admin::Request;
use crate::exchange::{Export, Exported, FormName, Import, Imported, Progress};

/// How often progress is shown.
const SHOWN_EVERY: Duration = Duration::from_millis(500);

/// The status of an export whose document is there without the records that no event can be made
/// of. Those are any member's to write, so it is another than that of a failure.
const NOT_ALL: u8 = 3;

#[derive(Subcommand)]
pub(super) enum EpcisCommand {
    /// Sign what an EPCIS document or a table (CSV) tells, as the member's admin device.
    Import(ImportArguments),
    /// Write what this member can read of the ledger as an EPCIS document.
    Export(ExportArguments),
}

#[derive(Args)]
pub(super) struct ImportArguments {
    /// The document (JSON-LD), or with --mapping a table.
    file: PathBuf,
    /// The member's data folder.
    #[arg(long)]
    dir: PathBuf,
    /// The file that says which column of a table is which field.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Another member, by name or id, that can open what the events say; may be there several
    /// times. Without it only this member can.
    #[arg(long = "for", value_name = "MEMBER")]
    parties: Vec<String>,
    /// Import the good events although others are bad; without it none is.
    #[arg(long)]
    skip_bad: bool,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(super) struct ExportArguments {
    /// The codes whose events are wanted; every event without any.
    codes: Vec<String>,
    /// The member's data folder.
    #[arg(long)]
    dir: PathBuf,
    /// Where the document goes.
    #[arg(long)]
    out: PathBuf,
    /// Identifiers as Digital Links or as EPC URNs, where the company prefix is known.
    #[arg(long, default_value = "link")]
    form: FormName,
    /// Write an `EPCISQueryDocument`, as a repository answers a query, instead of an
    /// `EPCISDocument`.
    #[arg(long)]
    query_document: bool,
}

/// Runs one command. An import that takes nothing because of bad events fails; an export that
/// leaves out what is no event says so by its status.
pub(super) fn run(command: EpcisCommand) -> anyhow::Result<ExitCode> {
    match command {
        EpcisCommand::Import(arguments) => import(arguments),
        EpcisCommand::Export(arguments) => export(arguments),
    }
}

fn import(arguments: ImportArguments) -> anyhow::Result<ExitCode> {
    let (dry_run, skip_bad) = (arguments.dry_run, arguments.skip_bad);
    let request = Request::EpcisImport(Import {
        // The running peer may stand in another folder.
        file: absolute(&arguments.file)?,
        mapping: arguments.mapping.as_deref().map(absolute).transpose()?,
        parties: arguments.parties,
        skip_bad,
        dry_run,
    });
    let answer = telling(|told| carry_out_telling(&arguments.dir, request, told))?;
    let imported: Imported = serde_json::from_value(answer).context("the peer's answer")?;
    for (place, why) in &imported.bad {
        eprintln!("{place}: {why}");
    }
    let Imported {
        events,
        signed,
        there,
        blocks,
        bad,
        more_bad,
    } = imported;
    if more_bad > 0 {
        eprintln!("and {more_bad} more");
    }
    if there > 0 {
        println!("{there} of {events} events are recorded already and are not signed again");
    }
    let refused = !bad.is_empty() && !skip_bad;
    let bad = bad.len().saturating_add(more_bad);
    match (refused, dry_run) {
        (true, _) => println!("{bad} of {events} events are bad; none was imported"),
        (false, true) => println!("{signed} of {events} events would be imported"),
        (false, false) => println!("imported {signed} of {events} events in {blocks} blocks"),
    }
    Ok(if refused {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn export(arguments: ExportArguments) -> anyhow::Result<ExitCode> {
    let request = Request::EpcisExport(Export {
        codes: arguments.codes,
        out: absolute(&arguments.out)?,
        form: arguments.form,
        answer: arguments.query_document,
    });
    let answer = telling(|told| carry_out_telling(&arguments.dir, request, told))?;
    let exported: Exported = serde_json::from_value(answer).context("the peer's answer")?;
    println!(
        "wrote {} events to {}",
        exported.events,
        arguments.out.display()
    );
    Ok(said(&exported))
}

/// Says what is not in a document, and whether something should be.
fn said(exported: &Exported) -> ExitCode {
    for (record, why) in &exported.named {
        eprintln!("record {record}: {why}");
    }
    if exported.closed > 0 {
        println!(
            "{} records are not in it: this member cannot read them, or they name no codes",
            exported.closed
        );
    }
    if !exported.without_event.is_empty() {
        let count: usize = exported.without_event.values().sum();
        let kinds = exported.without_event.iter();
        let kinds: Vec<String> = kinds.map(|(kind, n)| format!("{kind} {n}")).collect();
        println!(
            "{count} records are not in it: EPCIS has no event for their kinds ({})",
            kinds.join(", ")
        );
    }
    if exported.unwritten == 0 {
        return ExitCode::SUCCESS;
    }
    let named = exported.named.len();
    println!(
        "{} records are not in it: what they say makes no event (see above; {named} are named)",
        exported.unwritten
    );
    ExitCode::from(NOT_ALL)
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| path.display().to_string())
}

/// Does long work, and shows on a terminal how far it is.
fn telling<T>(
    work: impl FnOnce(watch::Sender<Option<Progress>>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let (told, progress) = watch::channel(None);
    if std::io::stderr().is_terminal() {
        std::thread::spawn(move || show(&progress));
    }
    work(told)
}

/// Shows progress until nobody tells any more.
fn show(progress: &watch::Receiver<Option<Progress>>) {
    let mut shown = None;
    while progress.has_changed().is_ok() {
        let now = *progress.borrow();
        if let Some(step) = now.filter(|_| now != shown) {
            eprintln!("{step}");
        }
        shown = now;
        std::thread::sleep(SHOWN_EVERY);
    }
}
