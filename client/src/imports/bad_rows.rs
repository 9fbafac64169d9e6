//! The bad rows of a file: a file may have very many, and no screen shows them at once.

use std::collections::BTreeMap;
use std::ops::Bound;

use chopmark_view::{BadRow, Failure};

/// Bad rows that are sent to the screen at a time.
const SENT: usize = 200;
/// Bad rows that are kept, each with its reason. No file for people has as many.
const KEPT: usize = 100_000;

/// The bad rows, of very many the first, and how many there are.
#[derive(Default)]
pub(super) struct BadRows {
    kept: BTreeMap<u64, Failure>,
    count: u64,
}

impl BadRows {
    /// Counts a row, and keeps it if it is one of the first. What is no event is found before what
    /// the rules refuse, wherever they stand in the file.
    pub(super) fn add(&mut self, number: u64, why: impl FnOnce() -> Failure) {
        self.count = self.count.saturating_add(1);
        let last = self.kept.last_key_value();
        if self.kept.len() >= KEPT && last.is_some_and(|(last, _)| *last < number) {
            return;
        }
        self.kept.insert(number, why());
        if self.kept.len() > KEPT {
            self.kept.pop_last();
        }
    }

    /// Counts rows behind those that were added.
    pub(super) fn add_unnamed(&mut self, count: u64) {
        self.count = self.count.saturating_add(count);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The first rows after one of them, as many as go to the screen at a time.
    pub(super) fn after(&self, number: u64) -> Vec<BadRow> {
        self.kept
            .range((Bound::Excluded(number), Bound::Unbounded))
            .take(SENT)
            .map(|(number, why)| BadRow {
                number: *number,
                why: why.clone(),
            })
            .collect()
    }
}
