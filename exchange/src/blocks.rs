//! Events into signed blocks, and the trial that finds what the rules would refuse.

use crate::record::{Author, Sections, Unmapped, asks_state, drafts};
use crate::recorded::{Recorded, Teller};
use chopmark_core::{
    BlockId, Body, BuildError, BuiltBlock, DeviceKey, Kind, Outcome, Pending, Position, Readers,
    RecordDraft, RecordRef, Refusal, Seed, Seq, SubjectId, UnsignedBlock, limits, sign_as_asked,
};
use chopmark_epcis::Event;
use std::collections::BTreeMap;
use thiserror::Error;

/// What statement and encapsulations take of a block at most, with room to spare.
const ENVELOPE_BYTES: usize = 8 * 1024;
/// What one record takes beside its subjects, codes and cites.
const RECORD_BYTES: usize = 256;
/// A hash or an id as it stands in a record.
const ID_BYTES: usize = 34;
/// A cite: a block and a place.
const CITE_BYTES: usize = 40;
/// What a section takes beside its longest texts.
const SECTION_BYTES: usize = 1024;

/// Who signs.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The signing device's key.
    pub key: &'a DeviceKey,
    /// Where sections are sealed to.
    pub readers: &'a Readers,
}

/// Where in a list of events the next block begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The first event that is not in a block as a whole.
    pub event: usize,
    /// How many of its records are: an event of very many things takes several blocks.
    part: usize,
}

/// A block made of events.
pub struct Made {
    /// The block and its sections; none if no event gave a record.
    pub block: Option<BuiltBlock>,
    /// For each record of the block, which event it is of.
    pub events: Vec<usize>,
    /// For each record of the block, what it is about.
    subjects: Vec<Vec<SubjectId>>,
    /// Where the next one begins.
    pub next: Cursor,
    /// Those that became no record.
    pub unmapped: Vec<(usize, Unmapped)>,
}

/// An event that cannot be imported.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("event {index}: {why}")]
pub struct Bad {
    /// Its place in the list, from 0.
    pub index: usize,
    /// Why.
    pub why: Refused,
}

/// Why an event cannot be imported.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It becomes no record.
    #[error(transparent)]
    Unmapped(#[from] Unmapped),
    /// The network's rules would refuse its record.
    #[error("the network's rules refuse it: {0}")]
    Rules(Refusal),
}

/// Makes the next block of a feed out of as many events as fit; the view holds everything before.
/// `seed` must be random and used once.
pub fn next_block(
    (events, from): (&[Event], Cursor),
    author: &Author<'_>,
    signer: Signer<'_>,
    position: Position,
    seed: &Seed,
) -> Result<Made, BuildError> {
    let place = (position, seed);
    make((events, from), author, signer, place, Sections::Sealed)
}

fn make(
    (events, from): (&[Event], Cursor),
    author: &Author<'_>,
    signer: Signer<'_>,
    (position, seed): (Position, &Seed),
    sections: Sections,
) -> Result<Made, BuildError> {
    let mut made = Made {
        block: None,
        events: Vec::new(),
        subjects: Vec::new(),
        next: from,
        unmapped: Vec::new(),
    };
    let mut records: Vec<RecordDraft> = Vec::new();
    let mut filled = Size::default();
    for (index, event) in events.iter().enumerate().skip(from.event) {
        // What it does follows from what is packed, and the view does not know this block yet.
        if asks_state(event) && !records.is_empty() {
            break;
        }
        // What it corrects may be among them, and they have no names yet.
        let is_correction = |draft: &RecordDraft| draft.body.kind() == Kind::Correct;
        if event.about.error_declaration.is_some() && !records.iter().all(is_correction) {
            break;
        }
        let mut unit = match drafts(event, author, sections) {
            Ok(mut unit) => unit.split_off(made.next.part.min(unit.len())),
            Err(why) => {
                made.unmapped.push((index, why));
                made.next = Cursor {
                    event: index + 1,
                    part: 0,
                };
                continue;
            }
        };
        let size = unit.iter().map(Size::of).fold(Size::default(), Size::plus);
        let fits_alone = size.fits();
        if !filled.plus(size).fits() && !records.is_empty() {
            break;
        }
        if fits_alone {
            if unit.len() > 1 {
                // At most as many as records.
                let group = u16::try_from(made.events.len()).unwrap_or(u16::MAX);
                unit.iter_mut().for_each(|draft| draft.group = Some(group));
            }
            made.next = Cursor {
                event: index + 1,
                part: 0,
            };
        } else {
            let mut count = 0;
            for draft in &unit {
                let more = filled.plus(Size::of(draft));
                if count > 0 && !more.fits() {
                    break;
                }
                filled = more;
                count += 1;
            }
            unit.truncate(count);
            made.next.part += count;
        }
        filled = filled.plus(size);
        made.events.extend(unit.iter().map(|_| index));
        records.append(&mut unit);
        if !fits_alone {
            break;
        }
    }
    if !records.is_empty() {
        let built = UnsignedBlock::build(position, &records, signer.readers, seed)?;
        made.block = Some(sign_as_asked(built, signer.key, author.view)?);
        made.subjects = records.into_iter().map(|draft| draft.subjects).collect();
    }
    Ok(made)
}

/// What records take of a block, with room to spare.
#[derive(Clone, Copy, Default)]
struct Size {
    records: usize,
    bytes: usize,
    sections: usize,
}

impl Size {
    fn of(draft: &RecordDraft) -> Self {
        // A commissioning names each thing twice: hash and id.
        let ids = match &draft.body {
            Body::Commission { codes, .. } => draft.subjects.len() + codes.len(),
            _ => draft.subjects.len(),
        };
        let texts = draft.sections.iter().map(|(_, body)| {
            let codes: usize = body.codes.iter().map(|code| code.len() + 3).sum();
            SECTION_BYTES + codes + body.event.as_ref().map_or(0, String::len)
        });
        let plain: usize = texts.sum();
        Self {
            records: 1,
            bytes: RECORD_BYTES + ids * ID_BYTES + draft.cites.len() * CITE_BYTES,
            // Padding adds an eighth at most.
            sections: plain + plain / 8,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            records: self.records + other.records,
            bytes: self.bytes + other.bytes,
            sections: self.sections + other.sections,
        }
    }

    fn fits(self) -> bool {
        self.records <= limits::RECORDS
            && self.bytes + ENVELOPE_BYTES <= limits::BLOCK_BYTES
            && self.sections <= limits::SECTIONS_BYTES
    }
}

/// Lays all events over a copy of the pending state, and says which of them would not stand.
///
/// The rules run on signed blocks alone, so these are signed as well; they end here, since a
/// second block at a place of the feed would be a fork if anyone saw it.
pub fn trial(
    events: &[Event],
    by: &Teller,
    signer: Signer<'_>,
    mut position: Position,
    pending: &mut Pending<'_>,
) -> Result<Vec<Bad>, BuildError> {
    let mut bad = Vec::new();
    let mut by = by.clone();
    let mut from = Cursor::default();
    // Without sections no key comes of it.
    let seed = [0; 32];
    while from.event < events.len() {
        let author = Author {
            view: &*pending,
            by: &by,
        };
        let place = (position, &seed);
        let made = make((events, from), &author, signer, place, Sections::LeftOut)?;
        by.recorded.learn_made(events, &made);
        let unmapped = made.unmapped.into_iter().map(|(index, why)| Bad {
            index,
            why: why.into(),
        });
        bad.extend(unmapped);
        if let Some(built) = made.block {
            let id = built.block.id();
            let Ok(block) = built.block.verify() else {
                return Err(BuildError::Prev);
            };
            // It follows on what this overlay has.
            let _ = pending.push(&block);
            bad.extend(refused(pending, id, &made.events));
            position = Position {
                seq: Seq(position.seq.0 + 1),
                prev: Some(id),
                ..position
            };
        }
        from = made.next;
    }
    bad.sort_by_key(|bad| bad.index);
    // An event of several blocks may be refused in each of them.
    bad.dedup_by_key(|bad| bad.index);
    Ok(bad)
}

impl Recorded {
    /// Learns which records of a block say the events that it was made of.
    pub fn learn_made(&mut self, events: &[Event], made: &Made) {
        let Some(built) = made.block.as_ref().filter(|_| !self.is_empty()) else {
            return;
        };
        let block = built.block.id();
        for ((index, subjects), of) in (0_u16..).zip(&made.subjects).zip(&made.events) {
            if let Some(event) = events.get(*of) {
                self.learn(event, RecordRef { block, index }, subjects);
            }
        }
    }
}

/// The events of a block that the rules refuse, each once.
fn refused(pending: &Pending<'_>, block: BlockId, events: &[usize]) -> Vec<Bad> {
    let mut found = BTreeMap::new();
    for (index, event) in (0_u16..).zip(events) {
        let record = RecordRef { block, index };
        if let Some(Outcome::Refused(refusal)) = pending.outcome(&record) {
            found.entry(*event).or_insert_with(|| refusal.clone());
        }
    }
    let bad = |(index, refusal)| Bad {
        index,
        why: Refused::Rules(refusal),
    };
    found.into_iter().map(bad).collect()
}
