//! Lists of runs: a new one of serials that nobody can guess, with a secret for under each seal;
//! and those that the member keeps.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use chopmark_core::limits;
use chopmark_labels::RunList;
use chopmark_replica::random_bytes;

use super::admin::carry_out;
use crate::admin::Request;
use crate::folder::Folder;
use crate::peer::OwnRun;

/// Writes the list, row by row, for its owner alone. It is on disk when this returns: nobody could
/// make the secrets again. A list that is there is never written over.
pub(super) fn make(dir: &Path, file: &Path, (gtin, count): (&str, &str)) -> anyhow::Result<()> {
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
pub(super) fn show(dir: &Path) -> anyhow::Result<()> {
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
pub(super) fn write(dir: &Path, run: String, out: &Path) -> anyhow::Result<()> {
    // The running peer may stand in another folder.
    let whole = std::path::absolute(out).with_context(|| out.display().to_string())?;
    let count = carry_out(dir, Request::RunList { run, out: whole })?;
    println!("wrote {count} codes to {}", out.display());
    Ok(())
}
