//! An item of a run that has no record of its own, shown by who has the run's list to who has not.
//!
//! Only the maker keeps the list, so only the maker's gateway can say which run such an item is of.
//! With the item's proof in hand every member's gateway can: the run's root is in its state.

use std::collections::BTreeMap;
use std::iter;

use base16ct::lower;

use super::bundle::Bundle;
use super::select::HistorySource;
use crate::cbor;
use crate::merkle::TreeHash;
use crate::state::StateView;
use crate::{
    BlockId, Body, CodeHash, Height, Makeup, NotInRun, RecordDraft, RecordRef, RunItem,
    SectionHash, SignedHeader, SubjectId, VerifiedBlock, When, limits,
};

/// The longest text that is looked at: the item of the largest run has about 1,500 characters.
const MOST_TEXT: usize = 2_048;

/// An item with the proof that its run holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undrawn {
    run: SubjectId,
    item: RunItem,
}

impl Undrawn {
    /// Reads it as it stands in an address; none when it is anything else.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        if text.len() > MOST_TEXT {
            return None;
        }
        Self::from_bytes(&lower::decode_vec(text).ok()?)
    }

    /// It as it stands in an address.
    #[must_use]
    pub fn text(&self) -> String {
        // No shorter alphabet: the page has this one already, and another takes kilobytes.
        lower::encode_string(&self.to_bytes())
    }

    /// An item as the run's list has it.
    #[must_use]
    pub const fn new(run: SubjectId, item: RunItem) -> Self {
        Self { run, item }
    }

    /// Reads it as it stands in a message or a file; none when it is anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (run, item) = cbor::from_canonical(bytes).ok()?;
        Some(Self { run, item })
    }

    /// It as it stands in a message or a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(&(self.run, self.item.clone()))
    }

    /// The run that it is of.
    #[must_use]
    pub const fn run(&self) -> &SubjectId {
        &self.run
    }

    /// Its leaf.
    #[must_use]
    pub const fn item(&self) -> &RunItem {
        &self.item
    }

    /// The subject that it will be: none where the run is not known as one.
    #[must_use]
    pub fn subject(&self, view: &dyn StateView) -> Option<SubjectId> {
        match view.subject(&self.run)?.makeup() {
            Makeup::Run(run) => Some(self.item.code.subject(&view.network(), &run.maker())),
            Makeup::One | Makeup::Batch(_) => None,
        }
    }

    /// The records that draw these things from their runs.
    #[must_use]
    pub fn drawing<'u>(
        when: When,
        items: impl IntoIterator<Item = (&'u SubjectId, &'u Self)>,
    ) -> Vec<RecordDraft> {
        let mut runs: BTreeMap<SubjectId, Vec<(SubjectId, &RunItem)>> = BTreeMap::new();
        for (subject, Self { run, item }) in items {
            runs.entry(*run).or_default().push((*subject, item));
        }
        let of_run = |(run, items): (SubjectId, Vec<(SubjectId, &RunItem)>)| {
            let record = |some: &[(SubjectId, &RunItem)]| {
                let body = Body::Draw {
                    when,
                    items: some.iter().map(|(_, item)| (*item).clone()).collect(),
                };
                let subjects = iter::once(run).chain(some.iter().map(|(subject, _)| *subject));
                RecordDraft::new(body, subjects.collect())
            };
            let records = items.chunks(limits::DRAWN_ITEMS).map(record);
            records.collect::<Vec<_>>()
        };
        runs.into_iter().flat_map(of_run).collect()
    }

    /// Whether it is this code's, and the ledger has its run, whose tree holds it.
    #[must_use]
    pub fn holds(&self, view: &dyn StateView, code: &CodeHash) -> bool {
        let run = view.subject(&self.run);
        let spec = run.and_then(|state| match state.makeup() {
            Makeup::Run(run) => Some(run.spec()),
            _ => None,
        });
        self.item.code == *code && spec.is_some_and(|spec| spec.holds(&self.item))
    }
}

impl Bundle {
    /// The item's proof, where nothing was ever written about the item alone.
    #[must_use]
    pub fn undrawn(&self) -> Option<Undrawn> {
        let (run, item) = self.undrawn.clone()?;
        Some(Undrawn { run, item })
    }
}

/// A source of histories that knows of one item what its own lists do not.
pub struct WithUndrawn<'s, S> {
    source: &'s S,
    shown: &'s Undrawn,
}

impl<'s, S> WithUndrawn<'s, S> {
    /// The source, and an item that [`Undrawn::holds`].
    pub const fn new(source: &'s S, shown: &'s Undrawn) -> Self {
        Self { source, shown }
    }
}

impl<S: HistorySource> HistorySource for WithUndrawn<'_, S> {
    fn records_of(&self, subject: &SubjectId) -> Vec<RecordRef> {
        self.source.records_of(subject)
    }

    fn block(&self, id: &BlockId) -> Option<VerifiedBlock> {
        self.source.block(id)
    }

    fn log_path(&self, index: u64, size: u64) -> Option<Vec<TreeHash>> {
        self.source.log_path(index, size)
    }

    fn section(&self, hash: &SectionHash) -> Option<Vec<u8>> {
        self.source.section(hash)
    }

    fn run_item(&self, code: &CodeHash) -> Option<(SubjectId, RunItem)> {
        let Undrawn { run, item } = self.shown;
        (item.code == *code).then(|| (*run, item.clone()))
    }

    fn run_gap(&self, run: &SubjectId, code: &CodeHash) -> Option<NotInRun> {
        self.source.run_gap(run, code)
    }

    fn header(&self, height: Height) -> Option<SignedHeader> {
        self.source.header(height)
    }
}
