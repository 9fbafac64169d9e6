//! Events out of a file, each with its number for people.

use chopmark_epcis::{Document, Event, OnBadEvent};
use chopmark_exchange::{Mapping, Table, in_order};
use chopmark_view::{Failure, Param};

use super::bad_rows::BadRows;
use super::faults;
use crate::failure;

pub(super) struct Found {
    pub(super) events: Vec<Event>,
    pub(super) numbers: Vec<u64>,
    pub(super) bad: BadRows,
}

impl Found {
    pub(super) fn of_table(bytes: &[u8], mapping: &Mapping) -> Result<Self, Failure> {
        let table = Table::read(bytes, mapping).map_err(|error| no_file(error.to_string()))?;
        let mut bad = BadRows::default();
        for row in table.bad.named() {
            bad.add(row.line, || faults::cells(&row.why));
        }
        bad.add_unnamed(table.bad.more() as u64);
        let rows = table.events.into_iter();
        Ok(Self::of(rows.map(|(line, event)| (event, line)), bad))
    }

    pub(super) fn of_document(bytes: &[u8]) -> Result<Self, Failure> {
        let read = Document::read(bytes, OnBadEvent::TakeTheRest)
            .map_err(|error| no_file(error.to_string()))?;
        let number = |index: usize| (index as u64).saturating_add(1);
        let mut bad = BadRows::default();
        for event in read.left_out.named() {
            bad.add(number(event.index), || faults::no_event(&event.fault));
        }
        bad.add_unnamed(read.left_out.more() as u64);
        let context = read.document.context().cloned();
        let events = read.document.into_events().into_iter();
        let events = events.map(|event| event.alone(context.as_ref()));
        let numbers = read.places.into_iter().map(number);
        Ok(Self::of(events.zip(numbers), bad))
    }

    fn of(events: impl Iterator<Item = (Event, u64)>, bad: BadRows) -> Self {
        let (events, numbers) = in_order(events.collect()).into_iter().unzip();
        Self {
            events,
            numbers,
            bad,
        }
    }

    /// How many rows or events the file has.
    pub(super) fn total(&self) -> u64 {
        self.bad.count().saturating_add(self.events.len() as u64)
    }
}

pub(super) fn no_file(why: String) -> Failure {
    failure::IMPORT_UNREADABLE.failure([("why", Param::Text(why))])
}
