//! Running ordered blocks through the rules.
//!
//! The same code runs for a checkpoint, on a layer over the final state, and for a pending
//! overlay. A *unit* is what stands or falls together: one record, or an all-or-nothing group.

mod unit;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::rules::{self, Author, Context, Refusal};
use crate::state::{
    Changes, DeviceState, FeedHead, Fork, Layer, Logged, MemberState, StateView, WaitingRecord,
    WaitingUnit, records_of,
};
use crate::{Record, RecordRef, Seq, TimeMs, VerifiedBlock};

use unit::{Taken, Unit, units};

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is part of the state.
    Applied,
    /// It is against the rules and has no effect.
    Refused(Refusal),
    /// It cites something that is not in the log, or that waits itself.
    Waiting {
        /// What it waits for.
        missing: RecordRef,
    },
}

/// Outcomes in the order in which they were decided.
pub(crate) type Outcomes = Vec<(RecordRef, Outcome)>;

/// Where a block stands in its feed, seen from the blocks ordered before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It continues the feed.
    Next,
    /// Another block has its place: this one is logged, and everything in it refused.
    Fork,
    /// What it builds on is not in the log.
    MissingPrev,
    /// Its device is not enrolled, or by another member, or in another network.
    Stranger,
}

/// Finds a block's place.
pub(crate) fn place(state: &dyn StateView, block: &VerifiedBlock) -> Place {
    let header = block.header();
    match state.device(&header.device()) {
        Some(device)
            if *device.member() == header.member() && header.network() == state.network() => {}
        _ => return Place::Stranger,
    }
    let (next, head) = match state.feed(&header.device()) {
        Some(feed) => (feed.next, Some(feed.head)),
        None => (Seq(0), None),
    };
    if header.seq() == next && header.prev() == head {
        return Place::Next;
    }
    // On a branch of its own: below the head, or built on a block that is itself such a branch.
    let prev_logged = header
        .prev()
        .is_none_or(|prev| state.logged(&prev).is_some());
    match prev_logged {
        true if header.seq() < next => Place::Fork,
        true if header.prev().is_some() => Place::Fork,
        _ => Place::MissingPrev,
    }
}

/// Puts one block into the log of what is pending and decides its records, and those that waited
/// for them.
pub(crate) fn run_block(
    layer: &mut Layer<'_>,
    block: &VerifiedBlock,
    index: u64,
    now: TimeMs,
) -> Outcomes {
    let sealed = rules::check_epochs(&*layer, block, now);
    run_judged(layer, block, (index, sealed), now)
}

/// The same in a checkpoint that is made. Whoever has not come as far as the others knows blocks
/// that name one ahead of it, and they are none the worse for that.
pub(crate) fn run_ordered(
    layer: &mut Layer<'_>,
    block: &VerifiedBlock,
    index: u64,
    now: TimeMs,
) -> Outcomes {
    let knows = rules::check_anchor(&*layer, block);
    let knows = knows.and_then(|()| rules::check_epochs(&*layer, block, now));
    run_judged(layer, block, (index, knows), now)
}

fn run_judged(
    layer: &mut Layer<'_>,
    block: &VerifiedBlock,
    (index, whole): (u64, Result<(), Refusal>),
    now: TimeMs,
) -> Outcomes {
    let mut outcomes = Vec::new();
    let place = log_block(layer, block, index);
    for unit in units(block) {
        if place == Place::Next {
            // All look at the block and not at the record alone, so they are judged when it is
            // ordered.
            let open = unit.records.iter().find_map(|(index, record, _)| {
                let told = rules::check_second(&*layer, block, record)
                    .and_then(|()| rules::check_regulators(&*layer, block, record));
                told.err().map(|refusal| (*index, refusal))
            });
            match (&whole, open) {
                (Err(refusal), _) => refuse_all(layer, &unit, refusal, &mut outcomes),
                (Ok(()), Some((index, refusal))) => {
                    refuse_group(layer, &unit, index, &refusal, &mut outcomes);
                }
                (Ok(()), None) => decide(layer, unit, now, &mut outcomes),
            }
        } else {
            let refusal = why_off_feed(&*layer, block);
            refuse_all(layer, &unit, &refusal, &mut outcomes);
        }
    }
    let waiters = layer.waiters_on(&records_of(&block.id()));
    settle(layer, waiters, now, &mut outcomes);
    outcomes
}

/// Ends what time ends: refuses what has waited for longer than the grace, and gives members the
/// root keys and the guardians that are due.
pub(crate) fn end_waits(layer: &mut Layer<'_>, now: TimeMs) -> Outcomes {
    let mut outcomes = Vec::new();
    rules::end_recoveries(layer, now);
    rules::seat_guardians(layer, now);
    let Some(before) = now.0.checked_sub(layer.policy().grace_ms) else {
        return outcomes;
    };
    for first in layer.waiting_since_before(TimeMs(before)) {
        // Something settled on the way may have decided it already.
        let Some(unit) = take_waiting(layer, &first) else {
            continue;
        };
        let refusal = Refusal::CiteNeverCame { cite: unit.missing };
        refuse_all(layer, &unit.unit, &refusal, &mut outcomes);
        let waiters = waiters_on_unit(layer, &unit.unit.names());
        settle(layer, waiters, now, &mut outcomes);
    }
    outcomes
}

/// Writes the block's place: in the log, in its feed, and on its device if it is a fork.
fn log_block(layer: &mut Layer<'_>, block: &VerifiedBlock, index: u64) -> Place {
    let header = block.header();
    let place = place(&*layer, block);
    let mut changes = Changes::default();
    let records = u16::try_from(block.records().len()).unwrap_or(u16::MAX);
    let logged = Logged {
        index,
        records,
        member: header.member(),
    };
    changes.logged.insert(block.id(), logged);
    if place == Place::Next {
        // A feed cannot reach the end of numbers: at a block a millisecond that takes half a
        // billion years.
        let next = header.seq().next().unwrap_or(header.seq());
        let head = block.id();
        changes
            .feeds
            .insert(header.device(), FeedHead { next, head });
    } else if let Some(device) = layer
        .device(&header.device())
        .filter(|device| device.speaks_for(header.seq(), &block.id()))
    {
        let mut device = device.clone();
        let newest = layer.feed(&header.device());
        let stands = newest.filter(|feed| Some(feed.next) == header.seq().next());
        device.forked.get_or_insert(Fork {
            seq: header.seq(),
            stands: stands.map(|feed| feed.head),
            refused: block.id(),
        });
        changes.devices.insert(header.device(), device);
    }
    layer.commit(changes);
    place
}

/// Why a block beside its feed has no effect. What a thief signs with a revoked key is no fork
/// of the honest feed and must not suspend what the device signed before.
fn why_off_feed(state: &dyn StateView, block: &VerifiedBlock) -> Refusal {
    let header = block.header();
    let device = header.device();
    let known = state.device(&device);
    let cut_off = known
        .and_then(DeviceState::revoked)
        .filter(|revoked| !revoked.allows(header.seq(), &block.id()));
    if let Some(revoked) = cut_off {
        let by = revoked.by();
        return Refusal::DeviceRevoked { device, by };
    }
    match known.and_then(DeviceState::forked) {
        Some(fork) => Refusal::forked(device, fork),
        // Nothing is ordered of a device that is not enrolled; of another, the fork was noted when
        // the block was logged.
        None => Refusal::UnknownDevice { device },
    }
}

/// Applies a unit, refuses it, or puts it among those that wait.
fn decide(layer: &mut Layer<'_>, unit: Unit<'_>, now: TimeMs, outcomes: &mut Outcomes) {
    match judge(&*layer, &unit, now) {
        Verdict::Apply(changes) => {
            layer.commit(*changes);
            for (index, ..) in &unit.records {
                outcomes.push((unit.at(*index), Outcome::Applied));
            }
        }
        Verdict::RefuseAll(refusal) => refuse_all(layer, &unit, &refusal, outcomes),
        Verdict::RefuseOne(failed, refusal) => {
            refuse_group(layer, &unit, failed, &refusal, outcomes);
        }
        Verdict::Wait(missing) => wait(layer, unit, missing, now, outcomes),
    }
}

enum Verdict {
    Apply(Box<Changes>),
    RefuseAll(Refusal),
    RefuseOne(u16, Refusal),
    Wait(RecordRef),
}

fn judge(state: &dyn StateView, unit: &Unit<'_>, now: TimeMs) -> Verdict {
    let Some(device) = state.device(&unit.device) else {
        return Verdict::RefuseAll(Refusal::UnknownDevice {
            device: unit.device,
        });
    };
    let member = *device.member();
    let Some(class) = state.member(&member).map(MemberState::class) else {
        return Verdict::RefuseAll(Refusal::UnknownMember { member });
    };
    let author = Author {
        device: unit.device,
        member,
        class,
        role: device.role(),
        seq: unit.seq,
        block: unit.block,
    };
    // A block is judged by when it was ordered, also if a part of it had to wait.
    if let Err(refusal) = rules::check_device(state, &author, unit.since.unwrap_or(now)) {
        return Verdict::RefuseAll(refusal);
    }
    let mut missing = None;
    for (index, record, _) in &unit.records {
        if let Err(refusal) = rules::check_permission(state, &author, record) {
            return Verdict::RefuseOne(*index, refusal);
        }
        for cite in record.cites() {
            match cited(state, cite) {
                Cited::Applied => {}
                Cited::Open => missing = missing.or(Some(*cite)),
                Cited::Refused => {
                    return Verdict::RefuseOne(*index, Refusal::CiteRefused { cite: *cite });
                }
                Cited::Never => {
                    return Verdict::RefuseOne(*index, Refusal::CiteNeverCame { cite: *cite });
                }
            }
        }
    }
    if let Some(missing) = missing {
        return Verdict::Wait(missing);
    }
    let mut draft = Layer::over(state);
    for (index, record, _) in &unit.records {
        let context = Context {
            author,
            at: unit.at(*index),
            now,
        };
        if let Err(refusal) = rules::apply(&mut draft, &context, record) {
            return Verdict::RefuseOne(*index, refusal);
        }
    }
    Verdict::Apply(Box::new(draft.changes))
}

/// What is known of a cited record.
enum Cited {
    Applied,
    /// Not in the log, or waiting itself.
    Open,
    Refused,
    /// Its block is in the log and has no such record.
    Never,
}

fn cited(state: &dyn StateView, cite: &RecordRef) -> Cited {
    match state.logged(&cite.block) {
        None => Cited::Open,
        Some(logged) if cite.index >= logged.records => Cited::Never,
        Some(_) if state.refusal(cite).is_some() => Cited::Refused,
        Some(_) if state.waiting(cite).is_some() => Cited::Open,
        Some(_) => Cited::Applied,
    }
}

fn wait(
    layer: &mut Layer<'_>,
    unit: Unit<'_>,
    missing: RecordRef,
    now: TimeMs,
    outcomes: &mut Outcomes,
) {
    let Some(first) = unit.first() else {
        return;
    };
    for (index, ..) in &unit.records {
        outcomes.push((unit.at(*index), Outcome::Waiting { missing }));
    }
    let records = unit.records.into_iter();
    let waiting = WaitingUnit {
        since: unit.since.unwrap_or(now),
        missing,
        device: unit.device,
        seq: unit.seq,
        block: unit.block,
        records: records
            .map(|(index, _, bytes)| WaitingRecord {
                index,
                bytes: bytes.into_owned(),
            })
            .collect(),
    };
    let mut changes = Changes::default();
    changes.waiting.set(first, Some(waiting));
    layer.commit(changes);
}

/// The units that wait for a record of this one. Not those that wait for its neighbours in the
/// block: a device could make thousands wait for each of five hundred records, and every decision
/// would look at all of them again.
fn waiters_on_unit(layer: &Layer<'_>, names: &[RecordRef]) -> Vec<RecordRef> {
    let waiters = names.iter().map(|at| layer.waiters_on(&(*at..=*at)));
    waiters.flatten().collect()
}

/// Looks again at units whose cite was decided, and at those that wait for them in turn, in log
/// order. A list and not a recursion: a chain of waiting records may be as long as the log.
fn settle(layer: &mut Layer<'_>, waiters: Vec<RecordRef>, now: TimeMs, outcomes: &mut Outcomes) {
    let mut open = BTreeSet::new();
    let in_log_order = |layer: &Layer<'_>, waiters: Vec<RecordRef>| {
        let places = waiters.into_iter().map(|first| {
            let index = layer.logged(&first.block).map(|logged| logged.index);
            (index, first)
        });
        places.collect::<Vec<_>>()
    };
    open.extend(in_log_order(layer, waiters));
    while let Some((_, first)) = open.pop_first() {
        let Some(taken) = take_waiting(layer, &first) else {
            continue;
        };
        let before = outcomes.len();
        let names = taken.unit.names();
        decide(layer, taken.unit, now, outcomes);
        match outcomes.get(before) {
            // Nothing new about it: no news for the caller, nor for what waits for it.
            Some((_, Outcome::Waiting { missing })) if *missing == taken.missing => {
                outcomes.truncate(before);
            }
            _ => open.extend(in_log_order(layer, waiters_on_unit(layer, &names))),
        }
    }
}

/// Takes a unit out of the waiting table.
fn take_waiting(layer: &mut Layer<'_>, first: &RecordRef) -> Option<Taken> {
    let waiting = layer.waiting_unit(first)?.clone();
    let mut changes = Changes::default();
    changes.waiting.set(*first, None);
    layer.commit(changes);
    let records = waiting.records.into_iter().filter_map(|record| {
        // These bytes were verified before they began to wait.
        let parsed = Record::from_bytes(&record.bytes).ok()?;
        Some((record.index, Cow::Owned(parsed), Cow::Owned(record.bytes)))
    });
    Some(Taken {
        unit: Unit {
            device: waiting.device,
            seq: waiting.seq,
            block: waiting.block,
            since: Some(waiting.since),
            records: records.collect(),
        },
        missing: waiting.missing,
    })
}

fn refuse_all(layer: &mut Layer<'_>, unit: &Unit<'_>, refusal: &Refusal, outcomes: &mut Outcomes) {
    let mut changes = Changes::default();
    for (index, ..) in &unit.records {
        refuse(&mut changes, unit.at(*index), refusal.clone(), outcomes);
    }
    layer.commit(changes);
}

/// The record that failed is refused with its reason, the rest of its group because of it.
fn refuse_group(
    layer: &mut Layer<'_>,
    unit: &Unit<'_>,
    failed: u16,
    refusal: &Refusal,
    outcomes: &mut Outcomes,
) {
    let mut changes = Changes::default();
    for (index, ..) in &unit.records {
        let reason = if *index == failed {
            refusal.clone()
        } else {
            Refusal::GroupFailed {
                by: unit.at(failed),
            }
        };
        refuse(&mut changes, unit.at(*index), reason, outcomes);
    }
    layer.commit(changes);
}

fn refuse(changes: &mut Changes, at: RecordRef, refusal: Refusal, outcomes: &mut Outcomes) {
    changes.refusals.insert(at, refusal.clone());
    outcomes.push((at, Outcome::Refused(refusal)));
}
