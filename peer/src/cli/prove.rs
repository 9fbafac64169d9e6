//! `chopmark prove` and `chopmark statement`.

use std::path::PathBuf;

use anyhow::Context as _;
use chopmark_core::{BlockId, Code, RecordRef, SubjectId};
use clap::Args;

use super::admin::{carry_out, write_answer};
use crate::admin::Request;
use crate::peer::Wanted;

/// Write a proof of what the ledger knows about a code, or that it knows nothing.
#[derive(Args)]
pub(super) struct Prove {
    /// The code, as on the label, or the whole link of its QR code.
    code: String,
    /// Show these records alone, each as BLOCK/INDEX; the others are counted by name.
    #[arg(long = "record", value_name = "RECORD", conflicts_with = "brief")]
    records: Vec<RecordRef>,
    /// Show no record, only the state and how many records there are.
    #[arg(long)]
    brief: bool,
    /// Prove that this run does not hold the code: for a serial that was never made.
    #[arg(long, value_name = "RUN")]
    not_in: Option<SubjectId>,
    /// Leave out the genesis: whoever checks the proof has it (`chopmark verify --dir`).
    #[arg(long)]
    bare: bool,
    /// The member's data folder.
    #[arg(long)]
    dir: PathBuf,
    /// Where the proof goes.
    #[arg(long)]
    out: PathBuf,
}

/// Write a block as a transparent statement.
#[derive(Args)]
pub(super) struct Export {
    /// The block's id.
    block: BlockId,
    /// The member's data folder.
    #[arg(long)]
    dir: PathBuf,
    /// Where the statement goes.
    #[arg(long)]
    out: PathBuf,
}

/// Asks the peer for a proof.
pub(super) fn run(prove: Prove) -> anyhow::Result<()> {
    let records = prove.records.iter().map(RecordRef::to_string).collect();
    let chosen = prove.brief || !prove.records.is_empty();
    let wanted = Wanted {
        code: Code::parse(&prove.code)?.element_string().to_owned(),
        records: chosen.then_some(records),
        not_in: prove.not_in.map(|run| run.to_string()),
        bare: prove.bare,
    };
    let answer = carry_out(&prove.dir, Request::Prove(wanted))?;
    write_answer(&prove.out, answer.as_str().context("no proof came back")?)
}

/// Asks the peer for a statement.
pub(super) fn export(export: &Export) -> anyhow::Result<()> {
    let block = export.block.to_string();
    let answer = carry_out(&export.dir, Request::ExportStatement { block })?;
    let text = answer.as_str().context("no statement came back")?;
    write_answer(&export.out, text)
}
