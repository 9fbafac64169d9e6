//! A file with events on its way into signed blocks. The work comes in pieces, one for each call
//! of the screen: so it can show how far it is and stop between two of them, and nothing waits for
//! long.

mod columns;
mod read;

use chopmark_core::{DetachedPending, Refusal};
use chopmark_epcis::Event;
use chopmark_exchange::{Bad, Cursor, Refused, Teller};
use chopmark_replica::{Store, random_bytes};
use chopmark_view::{
    BadRow, ColumnsView, Failure, ImportBegin, ImportBegun, ImportKind, ImportStage, ImportView,
    Param, TableMapping,
};
use std::collections::BTreeSet;

use self::read::Found;
use crate::failure;
use crate::trouble::Trouble;

/// What a phone holds in memory at ease; more is imported at the peer.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// A chunk as JSON stays below what bridges carry.
const CHUNK_BYTES: u32 = 128 * 1024;
/// Bad rows that are sent to the screen: nobody reads more before mending the file.
const BAD_SHOWN: usize = 200;
/// Events that are tried with the replica's memory locked.
pub(crate) const SLICE: usize = 100;
/// How often the trial begins anew because a checkpoint came; after that it runs through.
pub(crate) const RESTARTS: u32 = 5;

/// The import that is going on, if one is.
#[derive(Default)]
pub(crate) struct Imports(Option<Job>);

pub(crate) struct Job {
    name: String,
    kind: ImportKind,
    length: u64,
    bytes: Vec<u8>,
    /// What is not even an event.
    unreadable: Vec<BadRow>,
    /// What the rules refuse: the event's place, and why.
    refused: Vec<(usize, Failure)>,
    pub(crate) events: Vec<Event>,
    /// For each event its number for people.
    numbers: Vec<u64>,
    total: usize,
    stage: ImportStage,
    pub(crate) trying: Trying,
    pub(crate) signing: Signing,
}

/// How far the trial is.
#[derive(Default)]
pub(crate) struct Trying {
    pub(crate) next: usize,
    /// The ledger with everything that was tried.
    pub(crate) overlay: Option<DetachedPending>,
    pub(crate) restarts: u32,
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
            unreadable: Vec::new(),
            refused: Vec::new(),
            events: Vec::new(),
            numbers: Vec::new(),
            total: 0,
            stage: ImportStage::Stopped,
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
        self.total = found.events.len() + found.bad.len();
        (self.events, self.numbers) = (found.events, found.numbers);
        self.unreadable = found.bad;
        self.refused.clear();
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

    /// The trial begins anew.
    pub(crate) fn forget_refused(&mut self) {
        self.refused.clear();
    }

    /// Notes what a slice of the trial found.
    pub(crate) fn note_refused(
        &mut self,
        start: usize,
        bad: Vec<Bad>,
        say: impl Fn(&Refusal) -> Failure,
    ) {
        self.refused.extend(bad.into_iter().map(|bad| {
            let why = match &bad.why {
                Refused::Rules(refusal) => say(refusal),
                other => unreadable(other.to_string()),
            };
            (start + bad.index, why)
        }));
    }

    /// Leaves the bad ones out if that is wanted; refuses to sign anything if not.
    pub(crate) fn decide(&mut self, skip_bad: bool) -> Result<(), Failure> {
        let bad = self.unreadable.len() + self.refused.len();
        if bad > 0 && !skip_bad {
            let count = Param::Number(bad as u64);
            return Err(failure::IMPORT_HAS_BAD.failure([("count", count)]));
        }
        let out: BTreeSet<usize> = self.refused.iter().map(|(index, _)| *index).collect();
        for (index, why) in std::mem::take(&mut self.refused) {
            self.unreadable.push(BadRow {
                number: self.numbers.get(index).copied().unwrap_or_default(),
                why,
            });
        }
        let events = std::mem::take(&mut self.events).into_iter();
        let numbers = std::mem::take(&mut self.numbers);
        (self.events, self.numbers) = events
            .zip(numbers)
            .enumerate()
            .filter(|(index, _)| !out.contains(index))
            .map(|(_, kept)| kept)
            .unzip();
        self.bytes = Vec::new();
        self.stage = if self.events.is_empty() {
            ImportStage::Signed
        } else {
            ImportStage::Signing
        };
        Ok(())
    }

    /// The number of an event for people.
    pub(crate) fn number(&self, index: usize) -> u64 {
        self.numbers.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn view(&self) -> ImportView {
        let mut bad = self.unreadable.clone();
        bad.extend(self.refused.iter().map(|(index, why)| BadRow {
            number: self.number(*index),
            why: why.clone(),
        }));
        bad.sort_by_key(|row| row.number);
        let bad_count = bad.len() as u64;
        bad.truncate(BAD_SHOWN);
        ImportView {
            stage: self.stage,
            total: self.total as u64,
            bad_count,
            bad,
            tried: self.trying.next as u64,
            signed: self.signing.from.event as u64,
            good: self.events.len().saturating_sub(self.refused.len()) as u64,
            blocks: self.signing.blocks,
        }
    }
}

/// Something is wrong with a row or event itself. The words are those of the standard's fields.
fn unreadable(why: String) -> Failure {
    failure::ROW_UNREADABLE.failure([("why", Param::Text(why))])
}
