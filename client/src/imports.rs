//! A file with events on its way into signed blocks. The work comes in pieces, one for each call
//! of the screen: so it can show how far it is and stop between two of them, and nothing waits for
//! long.

mod bad_rows;
mod columns;
mod faults;
mod read;
mod unused;

use chopmark_core::{DetachedPending, RecordRef, Refusal};
use chopmark_epcis::Event;
use chopmark_exchange::{Bad, Begun, Cursor, Earlier, Parts, Refused, Teller, Trial};
use chopmark_replica::{Number, Store, random_bytes};
use chopmark_view::{
    BadRow, ColumnsView, Failure, ImportBegin, ImportBegun, ImportKind, ImportStage, ImportView,
    Param, TableMapping,
};
use std::collections::BTreeSet;

use self::bad_rows::BadRows;
use self::read::Found;
use crate::failure;
use crate::trouble::Trouble;

pub(crate) use self::faults::{KEYS, unmapped};
pub(crate) use self::unused::Unused;

/// What a phone holds in memory at ease; more is imported at the peer.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// A chunk as JSON stays below what bridges carry.
const CHUNK_BYTES: u32 = 128 * 1024;

/// The import that is going on, if one is.
#[derive(Default)]
pub(crate) struct Imports(Option<Job>);

pub(crate) struct Job {
    name: String,
    kind: ImportKind,
    length: u64,
    bytes: Vec<u8>,
    bad: BadRows,
    /// Which of the events cannot be signed; the other bad rows are not even events.
    refused: BTreeSet<usize>,
    pub(crate) events: Vec<Event>,
    /// For each event its number for people.
    numbers: Vec<u64>,
    total: u64,
    stage: ImportStage,
    /// What is there already; none once all of the file was looked for.
    pub(crate) looking: Option<Looking>,
    /// Of events that are there in part: which parts.
    pub(crate) begun: Begun,
    /// The transformations that several of the events tell together.
    pub(crate) parts: Parts,
    /// How many events are there as a whole, and were left out.
    there: u64,
    pub(crate) unused: Unused,
    pub(crate) trying: Trying,
    pub(crate) signing: Signing,
}

/// How far it is looked for what this member recorded before.
#[derive(Default)]
pub(crate) struct Looking {
    /// This member's blocks that are still to be read for parts of transformations.
    pub(crate) own: Option<Vec<Number>>,
    pub(crate) looked: usize,
    pub(crate) earlier: Earlier,
    /// The records that were opened.
    pub(crate) learned: BTreeSet<RecordRef>,
    pub(crate) there: BTreeSet<usize>,
}

/// How far the trial is.
#[derive(Default)]
pub(crate) struct Trying {
    pub(crate) tried: usize,
    pub(crate) trial: Option<Trial>,
    /// The ledger with everything that was tried.
    pub(crate) overlay: Option<DetachedPending>,
}

/// How far signing is.
#[derive(Default)]
pub(crate) struct Signing {
    pub(crate) from: Cursor,
    pub(crate) blocks: u64,
    pub(crate) teller: Option<Teller>,
}

impl Imports {
    pub(crate) fn begin(&mut self, begin: &ImportBegin) -> Result<ImportBegun, Trouble> {
        if begin.length > MOST_BYTES {
            let most = Param::Bytes(MOST_BYTES);
            return Err(failure::IMPORT_TOO_LARGE.failure([("most", most)]).into());
        }
        let name = data_encoding::HEXLOWER.encode(&random_bytes::<16>()?);
        self.0 = Some(Job {
            name: name.clone(),
            kind: begin.kind,
            length: begin.length,
            bytes: Vec::new(),
            bad: BadRows::default(),
            refused: BTreeSet::new(),
            events: Vec::new(),
            numbers: Vec::new(),
            total: 0,
            stage: ImportStage::Stopped,
            looking: None,
            begun: Begun::default(),
            parts: Parts::default(),
            there: 0,
            unused: Unused::default(),
            trying: Trying::default(),
            signing: Signing::default(),
        });
        Ok(ImportBegun {
            import: name,
            chunk: CHUNK_BYTES,
        })
    }

    pub(crate) fn job(&mut self, name: &str) -> Result<&mut Job, Failure> {
        self.0
            .as_mut()
            .filter(|job| job.name == name)
            .ok_or_else(|| failure::IMPORT_UNKNOWN.failure([]))
    }
}

impl Job {
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let together = self.bytes.len().saturating_add(bytes.len()) as u64;
        if together > self.length {
            let length = Param::Bytes(self.length);
            return Err(failure::UPLOAD_OVERLONG.failure([("length", length)]));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn whole(&self) -> Result<&[u8], Failure> {
        let taken = self.bytes.len() as u64;
        if taken < self.length {
            return Err(failure::UPLOAD_INCOMPLETE.failure([
                ("taken", Param::Bytes(taken)),
                ("length", Param::Bytes(self.length)),
            ]));
        }
        Ok(&self.bytes)
    }

    pub(crate) fn columns(&self, store: &Store) -> Result<ColumnsView, Trouble> {
        columns::view(store, self.whole()?)
    }

    /// Makes events of the file. Its bytes are not needed any more.
    pub(crate) fn read(
        &mut self,
        store: &Store,
        mapping: Option<&TableMapping>,
    ) -> Result<(), Trouble> {
        let bytes = self.whole()?;
        let found = match (self.kind, mapping) {
            (ImportKind::Epcis, _) => Found::of_document(bytes)?,
            (ImportKind::Table, Some(mapping)) => {
                let found = Found::of_table(bytes, &columns::exchange(mapping)?)?;
                columns::keep(store, bytes, mapping)?;
                found
            }
            (ImportKind::Table, None) => return Err(failure::NOTHING_CHOSEN.failure([]).into()),
        };
        self.total = found.total();
        (self.events, self.numbers) = (found.events, found.numbers);
        self.parts = Parts::of(&self.events);
        self.bad = found.bad;
        self.refused.clear();
        (self.begun, self.there) = (Begun::default(), 0);
        self.looking = Some(Looking::default());
        self.unused = Unused::default();
        self.trying = Trying::default();
        self.stage = if self.events.is_empty() {
            ImportStage::Tried
        } else {
            ImportStage::Trying
        };
        Ok(())
    }

    pub(crate) fn stage(&self) -> ImportStage {
        self.stage
    }

    pub(crate) fn set_stage(&mut self, stage: ImportStage) {
        self.stage = stage;
    }

    /// Ends it where it is. What only the rest needs is forgotten.
    pub(crate) fn stop(&mut self) {
        self.stage = ImportStage::Stopped;
        self.unused.forget();
        self.trying = Trying::default();
    }

    /// Goes on to the trial, without what is there already.
    pub(crate) fn looked(&mut self, there: &BTreeSet<usize>) {
        self.there = there.len() as u64;
        self.keep_without(there);
        if self.events.is_empty() {
            self.stage = ImportStage::Tried;
        }
    }

    /// Notes what a step of the trial found.
    pub(crate) fn note_refused(&mut self, bad: Vec<Bad>, say: impl Fn(&Refusal) -> Failure) {
        for Bad { index, why } in bad {
            let number = self.number(index);
            self.refused.insert(index);
            self.bad.add(number, || match &why {
                Refused::Rules(refusal) => {
                    let reason = self.unused.reason(refusal);
                    reason.unwrap_or_else(|| say(refusal))
                }
                Refused::Unmapped(why) => unmapped(why),
                other => faults::other(other),
            });
        }
    }

    /// Bad rows after one that the screen has.
    pub(crate) fn bad_after(&self, number: u64) -> Vec<BadRow> {
        self.bad.after(number)
    }

    /// Leaves the bad ones out if that is wanted; refuses to sign anything if not.
    pub(crate) fn decide(&mut self, skip_bad: bool) -> Result<(), Failure> {
        let bad = self.bad.count();
        if bad > 0 && !skip_bad {
            let count = Param::Number(bad);
            return Err(failure::IMPORT_HAS_BAD.failure([("count", count)]));
        }
        let out = std::mem::take(&mut self.refused);
        self.keep_without(&out);
        self.bytes = Vec::new();
        self.unused.keep_used_by(&self.events);
        self.stage = match self.events.is_empty() {
            true => ImportStage::Signed,
            false if self.unused.is_drawing() => ImportStage::Drawing,
            false => ImportStage::Signing,
        };
        Ok(())
    }

    fn keep_without(&mut self, out: &BTreeSet<usize>) {
        let events = std::mem::take(&mut self.events).into_iter();
        let numbers = std::mem::take(&mut self.numbers);
        (self.events, self.numbers) = events
            .zip(numbers)
            .enumerate()
            .filter(|(index, _)| !out.contains(index))
            .map(|(_, kept)| kept)
            .unzip();
    }

    /// The number of an event for people.
    pub(crate) fn number(&self, index: usize) -> u64 {
        self.numbers.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn view(&self) -> ImportView {
        let ((asked, to_ask), (drawn, to_draw)) = (self.unused.asked(), self.unused.drawn());
        ImportView {
            stage: self.stage,
            total: self.total,
            bad_count: self.bad.count(),
            bad: self.bad.after(0),
            there: self.there,
            asked,
            to_ask,
            to_try: self.events.len() as u64,
            tried: self.trying.tried as u64,
            drawn,
            to_draw,
            signed: self.signing.from.event as u64,
            good: self.events.len().saturating_sub(self.refused.len()) as u64,
            blocks: self.signing.blocks,
        }
    }
}
