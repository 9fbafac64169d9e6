//! The bad rows of a file: a file may have millions, and no screen shows them.

use chopmark_view::{BadRow, Failure};

/// Bad rows that are sent to the screen: nobody reads more before mending the file.
const SHOWN: usize = 200;

/// The first bad rows, and how many there are.
#[derive(Default)]
pub(super) struct BadRows {
    /// By number.
    shown: Vec<BadRow>,
    count: u64,
}

impl BadRows {
    /// Counts a row, and keeps it if it is one of the first. What is no event is found before what
    /// the rules refuse, wherever they stand in the file.
    pub(super) fn add(&mut self, number: u64, why: impl FnOnce() -> Failure) {
        self.count = self.count.saturating_add(1);
        let place = self.shown.partition_point(|row| row.number <= number);
        if place < SHOWN {
            let why = why();
            self.shown.insert(place, BadRow { number, why });
            self.shown.truncate(SHOWN);
        }
    }

    /// Counts rows behind those that were added.
    pub(super) fn add_unnamed(&mut self, count: u64) {
        self.count = self.count.saturating_add(count);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn shown(&self) -> &[BadRow] {
        &self.shown
    }
}
