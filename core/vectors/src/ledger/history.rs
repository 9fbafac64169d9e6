//! The first checkpoint, and the history of an item as it is shown to a stranger.

use super::{Made, NOW};
use crate::line;
use anyhow::{Context, Result, ensure};
use chopmark_core::merkle::{MerkleTree, TreeHash};
use chopmark_core::{
    Asked, BlockId, Bundle, CodeHash, Height, HistorySource, Known, Ledger, LogPlace, NotInRun,
    RecordRef, RunItem, SectionHash, SignedHeader, Statement, SubjectId, SubjectProof,
    VerifiedBlock, propose, transparent_statement, verify_transparent,
};
use std::collections::BTreeMap;

pub(super) fn lines(made: &Made) -> Result<Vec<String>> {
    let mut ledger = Ledger::new(&made.genesis);
    let checkpoint = propose(&ledger, [&made.block], NOW.plus(1))
        .context("nothing to order")?
        .into_proposal()
        .cosigned_alone(&made.key);
    let mut lines = vec![line("checkpoint", checkpoint.to_bytes())];
    let as_of = checkpoint.signed_header().clone();
    let verified = checkpoint.verify(made.genesis.validators())?;
    let blocks = BTreeMap::from([(made.block.id(), made.block.clone())]);
    let applied = ledger.apply(&verified, &blocks)?;
    lines.push(format!("outcomes {:?}", applied.outcomes));
    lines.push(line("state", ledger.state_digest().as_bytes()));
    lines.push(line("snapshot", ledger.snapshot_bytes()));

    let code = &made.code;
    let bundle = Bundle::assemble(&ledger, &made.genesis, &as_of, made, &code.hash().into())?;
    let bytes = bundle.to_bytes()?;
    lines.push(line("bundle", &bytes));
    let report = Bundle::from_bytes(&bytes)?.verify(code, made.genesis.id())?;
    ensure!(
        report.problems().next().is_none(),
        "the history does not verify: {:?}",
        report.problems().collect::<Vec<_>>()
    );
    lines.push(format!("journey {}", report.journey.len()));
    lines.push(line("proof", proof(made, &ledger, &as_of)?));
    lines.push(line("transparent", transparent(made)?));
    Ok(lines)
}

fn proof(made: &Made, ledger: &Ledger, as_of: &SignedHeader) -> Result<Vec<u8>> {
    let asked = Asked {
        records: None,
        not_in: None,
    };
    let proof = SubjectProof::assemble(ledger, (&made.genesis, as_of), made, &made.code, asked)?;
    let bytes = proof.to_bytes()?;
    let known = Known::network(made.genesis.id());
    let proven = SubjectProof::from_bytes(&bytes)?.verify(&made.code, &known)?;
    ensure!(proven.records.len() == 1, "the proof shows no record");
    Ok(bytes)
}

/// The block with a receipt that it is the whole log.
fn transparent(made: &Made) -> Result<Vec<u8>> {
    let place = LogPlace {
        index: 0,
        size: 1,
        path: Vec::new(),
    };
    let statement = Statement::parse(made.block.statement())?;
    let member = made.block.header().member();
    let bytes = transparent_statement(&statement, &place, (&made.key, member))?;
    let (again, _) = verify_transparent(&bytes)?;
    ensure!(again == statement, "another statement came back");
    Ok(bytes)
}

impl HistorySource for Made {
    fn records_of(&self, subject: &SubjectId) -> Vec<RecordRef> {
        let records = self.block.located();
        let theirs = records.filter(|(_, record)| record.subjects().contains(subject));
        theirs.map(|(at, _)| at).collect()
    }

    fn block(&self, id: &BlockId) -> Option<VerifiedBlock> {
        (self.block.id() == *id).then(|| self.block.clone())
    }

    fn log_path(&self, index: u64, size: u64) -> Option<Vec<TreeHash>> {
        // One block makes the whole log.
        MerkleTree::from_leaves([self.block.statement()]).path_at(index, size)
    }

    fn section(&self, hash: &SectionHash) -> Option<Vec<u8>> {
        let section = self.sections.iter().find(|section| section.hash == *hash)?;
        Some(section.bytes.clone())
    }

    fn header(&self, _: Height) -> Option<SignedHeader> {
        // Nothing changes in this network.
        None
    }

    fn run_gap(&self, _run: &SubjectId, _code: &CodeHash) -> Option<NotInRun> {
        None
    }

    fn run_item(&self, _code: &CodeHash) -> Option<(SubjectId, RunItem)> {
        None
    }
}
