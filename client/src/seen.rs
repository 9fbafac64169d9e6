//! What was seen at a place last, by this member's own records: what the page of a warehouse
//! lists. The ledger's fields have no places, so it is learned from sections.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{
    Body, Code, CodeKind, Record, SectionBody, StateView as _, SubjectId, TimeMs, VerifiedBlock,
};
use chopmark_replica::{Batch, Store, StoreError};

use crate::look::Look;
use crate::trouble::Trouble;

/// Subject id → when it was seen last, and at which place, if that has a number.
const SEEN: &str = "seen-last";
/// Place and slot → a subject that was seen there.
const SLOT: &str = "seen-there";
/// Place → how many came there so far.
const CAME: &str = "came-there";
/// Things kept of a place: the last that came. More are another list than a screen's.
const SLOTS: u64 = 512;

/// Where a thing was at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    time: TimeMs,
    /// None: it left, or is where no number says.
    at: Option<SubjectId>,
}

/// The newest of each thing.
pub(crate) type AllSeen = BTreeMap<SubjectId, Seen>;

/// Takes in where a section says that its record's things are. Only this member's records count:
/// anybody may write that our goods are elsewhere.
pub(crate) fn take(
    look: &Look<'_>,
    (block, record): (&VerifiedBlock, &Record),
    body: &SectionBody,
    all: &mut AllSeen,
) {
    let (Some(place), Some(when)) = (&body.place, record.body().when()) else {
        return;
    };
    if block.header().member() != look.me.member {
        return;
    }
    let seen = Seen {
        time: when.time,
        at: numbered(look, place).filter(|_| !leaves(record.body())),
    };
    for subject in record.subjects() {
        let newest = all.entry(*subject).or_insert(seen);
        if newest.time <= seen.time {
            *newest = seen;
        }
    }
}

/// The place's subject, if it has a number that somebody's prefix covers.
fn numbered(look: &Look<'_>, place: &str) -> Option<SubjectId> {
    let code = Code::parse(place).ok()?;
    let owner = look.view.prefix_owner(&code)?;
    (code.kind() == CodeKind::Location).then(|| code.subject(&look.genesis.id(), &owner))
}

/// Whether the place of a record is the one that its things leave.
fn leaves(body: &Body) -> bool {
    matches!(body, Body::Observe { step, .. } if step == "departing" || step == "shipping")
}

/// Keeps what was taken in.
pub(crate) fn remember(
    store: &Store,
    batch: &mut Batch<'_>,
    all: &AllSeen,
) -> Result<(), StoreError> {
    let mut came: BTreeMap<SubjectId, u64> = BTreeMap::new();
    for (subject, seen) in all {
        let before = last(store, subject)?;
        if before.is_some_and(|before| before.time > seen.time) {
            continue;
        }
        let mut note = seen.time.0.to_be_bytes().to_vec();
        note.extend(seen.at.iter().flat_map(|place| place.as_bytes()));
        batch.put_note(SEEN, subject.as_bytes(), &note)?;
        let Some(place) = seen.at.filter(|at| before.and_then(|b| b.at) != Some(*at)) else {
            continue;
        };
        let count = match came.get(&place) {
            Some(count) => *count,
            None => came_to(store, &place)?,
        };
        batch.put_note(SLOT, &slot(&place, count), subject.as_bytes())?;
        came.insert(place, count.saturating_add(1));
    }
    for (place, count) in came {
        batch.put_note(CAME, place.as_bytes(), &count.to_be_bytes())?;
    }
    Ok(())
}

/// What is held here, was seen at a place last and lies in nothing else, the last that came first;
/// at most so many.
pub(crate) fn at(
    look: &Look<'_>,
    place: &SubjectId,
    most: usize,
) -> Result<Vec<SubjectId>, Trouble> {
    let came = came_to(look.store, place)?;
    let mut found = Vec::new();
    let mut looked_at = BTreeSet::new();
    for number in (came.saturating_sub(SLOTS)..came).rev() {
        if found.len() == most {
            break;
        }
        let note = look.store.note(SLOT, &slot(place, number))?;
        let subject = note.and_then(|note| note.try_into().ok());
        let Some(subject) = subject.map(SubjectId::from_bytes) else {
            continue;
        };
        if !looked_at.insert(subject) {
            continue;
        }
        let there = last(look.store, &subject)?.and_then(|seen| seen.at) == Some(*place);
        if there && is_ours(look, &subject) {
            found.push(subject);
        }
    }
    Ok(found)
}

fn is_ours(look: &Look<'_>, subject: &SubjectId) -> bool {
    let state = look.view.subject(subject);
    let lies_there =
        state.is_some_and(|state| state.decommissioned_by().is_none() && state.inside().is_none());
    let holder = look.view.holder_of(subject);
    lies_there && holder.is_some_and(|holder| holder.is(&look.me.member))
}

fn last(store: &Store, subject: &SubjectId) -> Result<Option<Seen>, StoreError> {
    let note = store.note(SEEN, subject.as_bytes())?;
    Ok(note.and_then(|note| {
        let (time, place) = note.split_first_chunk()?;
        Some(Seen {
            time: TimeMs(u64::from_be_bytes(*time)),
            at: place.try_into().ok().map(SubjectId::from_bytes),
        })
    }))
}

fn came_to(store: &Store, place: &SubjectId) -> Result<u64, StoreError> {
    let note = store.note(CAME, place.as_bytes())?;
    let count = note.and_then(|note| note.try_into().ok());
    Ok(count.map_or(0, u64::from_be_bytes))
}

fn slot(place: &SubjectId, number: u64) -> Vec<u8> {
    let number = number.checked_rem(SLOTS).unwrap_or_default();
    [&place.as_bytes()[..], &number.to_be_bytes()].concat()
}
