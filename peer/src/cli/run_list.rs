//! Makes the list of a new run: serials that nobody can guess, and a secret for under each seal.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use chopmark_core::limits;
use chopmark_labels::RunList;
use chopmark_replica::random_bytes;

/// Writes the list, row by row, for its owner alone. It is on disk when this returns: nobody could
/// make the secrets again. A list that is there is never written over.
pub(super) fn make(file: &Path, gtin: &str, count: &str) -> anyhow::Result<()> {
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
