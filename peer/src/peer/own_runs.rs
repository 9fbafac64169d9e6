//! The member's own runs, and the codes of each in a file that labels are printed of.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use chopmark_core::{Code, Makeup, RecordRef, StateView as _, SubjectId, SubjectState};
use serde::{Deserialize, Serialize};

use super::Peer;

/// A run of this member.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OwnRun {
    /// Its subject id.
    pub(crate) run: String,
    /// The product, as an element string.
    pub(crate) class: String,
    /// How many items it has.
    pub(crate) items: u64,
    /// How many of them have a record of their own.
    pub(crate) drawn: u64,
    /// Whether its list is here.
    pub(crate) listed: bool,
}

impl Peer {
    /// The runs of this member that are final.
    pub(crate) fn own_runs(&self) -> Vec<OwnRun> {
        let lists = self.replica().runs();
        self.replica().read_final(|ledger| {
            let subjects = ledger.state().subjects();
            let own = subjects.filter_map(|(id, state)| self.own_run(id, state));
            let listed = own.map(|(id, run)| OwnRun {
                listed: lists.has(id),
                ..run
            });
            listed.collect()
        })
    }

    fn own_run<'s>(
        &self,
        id: &'s SubjectId,
        state: &SubjectState,
    ) -> Option<(&'s SubjectId, OwnRun)> {
        let Makeup::Run(run) = state.makeup() else {
            return None;
        };
        let shown = || OwnRun {
            run: id.to_string(),
            class: state.class().to_string(),
            items: run.spec().count.into(),
            drawn: run.drawn(),
            listed: false,
        };
        (run.maker() == self.member()).then(|| (id, shown()))
    }

    /// Writes the codes of a run, and says how many there are.
    pub(crate) async fn write_run_list(&self, run: String, out: PathBuf) -> anyhow::Result<u64> {
        self.blocking(move |peer| peer.write_run_list_now(&run, &out))
            .await?
    }

    fn write_run_list_now(&self, run: &str, out: &Path) -> anyhow::Result<u64> {
        let not_ours = || format!("{run} is no run of this member: `chopmark run list` names them");
        let id: SubjectId = run.parse().with_context(not_ours)?;
        let own: Option<(RecordRef, u64)> = self.replica().read_final(|ledger| {
            let state = ledger.state().subject(&id)?;
            let (_, run) = self.own_run(&id, state)?;
            Some((state.commissioned_by(), run.items))
        });
        let (at, count) = own.with_context(not_ours)?;
        let block = self.replica().block(at.block)?;
        let block = block.context("the block that began it is on its way: try again later")?;
        let Some((_, items)) = self.run_items((&block, at.index), &id)? else {
            bail!(
                "the list of this run is not here: it comes with the next sync of the device that made it"
            );
        };
        let unwritten = || format!("cannot write {}", out.display());
        // Nothing is written over, and what is named is whole: half a list would pass for one.
        let folder = out.parent().with_context(unwritten)?;
        let beside = tempfile::NamedTempFile::new_in(folder).with_context(unwritten)?;
        let written = write_codes(beside.as_file(), items).with_context(unwritten)?;
        ensure!(
            written == count,
            "the list has {written} codes and the run {count} items: the list is not this run's"
        );
        beside.persist_noclobber(out).with_context(unwritten)?;
        Ok(count)
    }
}

/// As `chopmark labels --list` reads them.
fn write_codes(
    file: &File,
    items: impl Iterator<Item = anyhow::Result<Code>>,
) -> anyhow::Result<u64> {
    let mut rows = csv::Writer::from_writer(file);
    rows.write_record(["code"])?;
    let mut count = 0;
    for item in items {
        rows.write_record([item?.element_string()])?;
        count += 1;
    }
    rows.flush()?;
    drop(rows);
    file.sync_all()?;
    Ok(count)
}
