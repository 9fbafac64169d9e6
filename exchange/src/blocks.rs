//! Events into signed blocks, and the trial that finds what the rules would refuse.

use crate::record::{Author, Unmapped, records};
use chopmark_core::{
    BuildError, BuiltBlock, DeviceKey, MemberId, Outcome, Pending, Position, Reader, RecordDraft,
    RecordRef, Refusal, Seed, Seq, UnsignedBlock, limits,
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
    pub readers: &'a BTreeMap<MemberId, Reader>,
}

/// Whether a block gets its sections. Rules read none of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sections {
    Sealed,
    LeftOut,
}

/// A block made of events.
pub struct Made {
    /// The block and its sections; none if no event gave a record.
    pub block: Option<BuiltBlock>,
    /// For each record of the block, which event it is of.
    pub events: Vec<usize>,
    /// How many events were taken from the list.
    pub taken: usize,
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

/// Makes the next block of a feed out of as many events as fit. `events` begins with the first
/// that is in no block yet, the view holds everything before. `seed` must be random and used once.
pub fn next_block(
    events: &[Event],
    author: &Author<'_>,
    signer: Signer<'_>,
    position: Position,
    seed: &Seed,
) -> Result<Made, BuildError> {
    make(events, author, signer, (position, seed), Sections::Sealed)
}

fn make(
    events: &[Event],
    author: &Author<'_>,
    signer: Signer<'_>,
    (position, seed): (Position, &Seed),
    told: Sections,
) -> Result<Made, BuildError> {
    let mut made = Made {
        block: None,
        events: Vec::new(),
        taken: 0,
        unmapped: Vec::new(),
    };
    let mut drafts: Vec<RecordDraft> = Vec::new();
    let (mut bytes, mut section_bytes) = (ENVELOPE_BYTES, 0);
    for (index, event) in events.iter().enumerate() {
        let mut unit = match records(event, author) {
            Ok(unit) => unit,
            Err(why) => {
                made.unmapped.push((index, why));
                made.taken += 1;
                continue;
            }
        };
        if told == Sections::LeftOut {
            unit.iter_mut().for_each(|draft| draft.sections.clear());
        }
        let size: usize = unit.iter().map(record_bytes).sum();
        let sections: usize = unit.iter().map(sections_bytes).sum();
        let is_full = drafts.len() + unit.len() > limits::RECORDS
            || bytes + size > limits::BLOCK_BYTES
            || section_bytes + sections > limits::SECTIONS_BYTES;
        if is_full && !drafts.is_empty() {
            break;
        }
        if unit.len() > 1 {
            // At most as many as records.
            let group = u16::try_from(made.events.len()).unwrap_or(u16::MAX);
            unit.iter_mut().for_each(|draft| draft.group = Some(group));
        }
        made.events.extend(unit.iter().map(|_| index));
        made.taken += 1;
        drafts.append(&mut unit);
        bytes += size;
        section_bytes += sections;
    }
    if !drafts.is_empty() {
        let built = UnsignedBlock::build(position, &drafts, signer.readers, seed)?;
        made.block = Some(built.sign(signer.key)?);
    }
    Ok(made)
}

/// Lays all events over a copy of the pending state, and says which of them would not stand.
///
/// The rules run on signed blocks alone, so these are signed as well; they end here, since a
/// second block at a place of the feed would be a fork if anyone saw it.
pub fn trial(
    events: &[Event],
    member: MemberId,
    signer: Signer<'_>,
    mut position: Position,
    pending: &mut Pending<'_>,
) -> Result<Vec<Bad>, BuildError> {
    let mut bad = Vec::new();
    let mut start = 0;
    // Without sections no key comes of it.
    let seed = [0; 32];
    while let Some(rest) = events.get(start..).filter(|rest| !rest.is_empty()) {
        let author = Author {
            view: &*pending,
            member,
        };
        let place = (position, &seed);
        let made = make(rest, &author, signer, place, Sections::LeftOut)?;
        let unmapped = made.unmapped.into_iter().map(|(index, why)| Bad {
            index: start + index,
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
            bad.extend(refused(pending, id, &made.events, start));
            position = Position {
                seq: Seq(position.seq.0 + 1),
                prev: Some(id),
                ..position
            };
        }
        start += made.taken;
    }
    bad.sort_by_key(|bad| bad.index);
    Ok(bad)
}

/// The events of a block that the rules refuse, each once.
fn refused(
    pending: &Pending<'_>,
    block: chopmark_core::BlockId,
    events: &[usize],
    start: usize,
) -> Vec<Bad> {
    let mut found = BTreeMap::new();
    for (index, event) in (0_u16..).zip(events) {
        let record = RecordRef { block, index };
        if let Some(Outcome::Refused(refusal)) = pending.outcome(&record) {
            found.entry(*event).or_insert_with(|| refusal.clone());
        }
    }
    let bad = |(event, refusal)| Bad {
        index: start + event,
        why: Refused::Rules(refusal),
    };
    found.into_iter().map(bad).collect()
}

fn record_bytes(draft: &RecordDraft) -> usize {
    // A commissioning names each thing twice: hash and id.
    RECORD_BYTES + draft.subjects.len() * 2 * ID_BYTES + draft.cites.len() * CITE_BYTES
}

fn sections_bytes(draft: &RecordDraft) -> usize {
    let texts = draft.sections.iter().map(|(_, body)| {
        let codes: usize = body.codes.iter().map(|code| code.len() + 3).sum();
        SECTION_BYTES + codes + body.event.as_ref().map_or(0, String::len)
    });
    let plain: usize = texts.sum();
    // Padding adds an eighth at most.
    plain + plain / 8
}
