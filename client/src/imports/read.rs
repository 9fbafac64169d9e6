//! Events out of a file, each with its number for people.

use chopmark_epcis::{Document, Event, OnBadEvent};
use chopmark_exchange::{Mapping, Table};
use chopmark_view::{BadRow, Failure, Param};
use std::collections::BTreeSet;

use super::unreadable;
use crate::failure;

pub(super) struct Found {
    pub(super) events: Vec<Event>,
    pub(super) numbers: Vec<u64>,
    pub(super) bad: Vec<BadRow>,
}

impl Found {
    pub(super) fn of_table(bytes: &[u8], mapping: &Mapping) -> Result<Self, Failure> {
        let table = Table::read(bytes, mapping).map_err(|error| no_file(error.to_string()))?;
        let bad = table.bad.iter().map(|row| BadRow {
            number: row.line,
            why: unreadable(row.why.to_string()),
        });
        let bad = bad.collect();
        let (numbers, events) = table.events.into_iter().unzip();
        Ok(Self {
            events,
            numbers,
            bad,
        })
    }

    pub(super) fn of_document(bytes: &[u8]) -> Result<Self, Failure> {
        let read = Document::read(bytes, OnBadEvent::TakeTheRest)
            .map_err(|error| no_file(error.to_string()))?;
        let number = |index: usize| (index as u64).saturating_add(1);
        let bad = read.left_out.iter().map(|bad| BadRow {
            number: number(bad.index),
            why: unreadable(bad.fault.to_string()),
        });
        let bad = bad.collect();
        let out: BTreeSet<usize> = read.left_out.iter().map(|bad| bad.index).collect();
        let context = read.document.context().cloned();
        let events: Vec<Event> = read
            .document
            .into_events()
            .into_iter()
            .map(|event| event.alone(context.as_ref()))
            .collect();
        let numbers = (0..).filter(|index| !out.contains(index)).map(number);
        Ok(Self {
            numbers: numbers.take(events.len()).collect(),
            events,
            bad,
        })
    }
}

pub(super) fn no_file(why: String) -> Failure {
    failure::IMPORT_UNREADABLE.failure([("why", Param::Text(why))])
}
