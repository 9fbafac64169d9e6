//! The member's own runs, and the codes of each in a file that labels are printed of.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chopmark_core::{Makeup, RecordRef, StateView as _, SubjectId, SubjectState};
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
        let at: Option<RecordRef> = self.replica().read_final(|ledger| {
            let state = ledger.state().subject(&id)?;
            self.own_run(&id, state).map(|_| state.commissioned_by())
        });
        let at = at.with_context(not_ours)?;
        let block = self.replica().block(at.block)?;
        let block = block.context("the block that began it is on its way: try again later")?;
        let Some((_, items)) = self.run_items(&block, at.index)? else {
            bail!(
                "the list of this run is not here: it comes with the next sync of the device that made it"
            );
        };
        let unwritten = || format!("cannot write {}", out.display());
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(out);
        let mut rows = csv::Writer::from_writer(BufWriter::new(file.with_context(unwritten)?));
        let mut count = 0;
        let written = (|| {
            rows.write_record(["code"])?;
            for item in items {
                rows.write_record([item?.element_string()])?;
                count += 1;
            }
            let file = rows.into_inner().map_err(|why| why.into_error())?;
            let file = file.into_inner().map_err(|why| why.into_error())?;
            anyhow::Ok(file.sync_all()?)
        })();
        if written.is_err() {
            // Half a list would pass for a whole one.
            let _kept = std::fs::remove_file(out);
        }
        written.with_context(unwritten)?;
        Ok(count)
    }
}
