//! The network's store, as histories are read from it.

use super::*;
use crate::merkle::TreeHash;
use crate::{CodeHash, HistorySource, NotInRun, RunItem};

impl HistorySource for Net {
    fn records_of(&self, subject: &SubjectId) -> Vec<RecordRef> {
        self.blocks
            .values()
            .flat_map(VerifiedBlock::located)
            .filter(|(_, record)| record.subjects().contains(subject))
            .map(|(at, _)| at)
            .collect()
    }

    fn block(&self, id: &BlockId) -> Option<VerifiedBlock> {
        self.blocks.get(id).cloned()
    }

    fn log_path(&self, index: u64, size: u64) -> Option<Vec<TreeHash>> {
        self.log.path_at(index, size)
    }

    fn section(&self, hash: &SectionHash) -> Option<Vec<u8>> {
        self.sections.get(hash).cloned()
    }

    fn header(&self, height: Height) -> Option<crate::SignedHeader> {
        let mut all = self.checkpoints.iter();
        let found = all.find(|checkpoint| checkpoint.header().height() == height);
        found.map(|checkpoint| checkpoint.signed_header().clone())
    }

    fn run_item(&self, code: &CodeHash) -> Option<(SubjectId, RunItem)> {
        let find = |list: &RunList| Some((list.subject(), list.item(code)?));
        self.runs.iter().find_map(find)
    }

    fn run_gap(&self, run: &SubjectId, code: &CodeHash) -> Option<NotInRun> {
        let list = self.runs.iter().find(|list| list.subject() == *run)?;
        list.gap(code)
    }
}
