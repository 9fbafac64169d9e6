//! Checking a bundle, part three: whether it is the whole history. The state says how many records
//! a subject has and commits to each, so what is shown is compared with that.

use std::collections::BTreeMap;

use super::verify::{Fact, Findings};
use super::walk::Ending;
use super::{CheckKind, Problem};
use crate::checkpoint::Header;
use crate::proof::{CodeState, StateExtract, ThingState};
use crate::{Code, Record, RecordRef, SubjectId};

/// Compares the facts, and what they came to, with the state. Gives the number of records that
/// are counted there and not shown here.
pub(super) fn check(
    extract: &StateExtract,
    (header, code): (&Header, &Code),
    facts: &[Fact<'_>],
    ending: &mut Ending,
    findings: &mut Findings,
) -> u64 {
    let state = match extract.verify(header, code) {
        Ok(state) => state,
        Err(error) => {
            findings.note(Problem::State(error));
            return 0;
        }
    };
    let shown: BTreeMap<RecordRef, &Record> =
        facts.iter().map(|fact| (fact.at, &fact.record)).collect();
    let Some(base) = state.base() else {
        if let Some(subject) = state.subject.or(ending.subject) {
            findings.note(Problem::OtherState { subject });
        }
        return 0;
    };
    let unshown = check_base(base, &shown, ending, findings);
    for container in &state.containers {
        for at in &container.records {
            look(*at, container.id, &shown, findings);
        }
    }
    check_ending(&state, base.id, ending, findings);
    unshown
}

fn look(
    record: RecordRef,
    subject: SubjectId,
    shown: &BTreeMap<RecordRef, &Record>,
    findings: &mut Findings,
) {
    findings.look(CheckKind::Whole);
    if !shown.contains_key(&record) {
        findings.note(Problem::LeftOut { record, subject });
    }
}

/// Every record of the subject is shown, and nothing as its own that is not.
fn check_base(
    base: &ThingState,
    shown: &BTreeMap<RecordRef, &Record>,
    ending: &Ending,
    findings: &mut Findings,
) -> u64 {
    let own = |at: &RecordRef| {
        let record = shown.get(at);
        record.is_some_and(|record| record.subjects().contains(&base.id))
    };
    // What happened to a run is the history of every item in it, but that others were drawn from
    // it: there may be a million of those.
    let of_run = match ending.run {
        Some(run) if run.drawn => base.records.iter().position(own).unwrap_or_default(),
        Some(_) => base.records.len(),
        None => 0,
    };
    let mut unshown = base.unnamed;
    for (place, at) in base.records.iter().enumerate() {
        if place >= of_run {
            look(*at, base.id, shown, findings);
        } else if !shown.contains_key(at) {
            unshown = unshown.saturating_add(1);
        }
    }
    let direct = ending.journey.iter().filter(|step| step.through.is_none());
    for step in direct.filter(|_| base.unnamed == 0) {
        if !base.records.contains(&step.at) {
            findings.note(Problem::NotApplied { record: step.at });
        }
    }
    unshown
}

/// What the history came to is what the state says; and the state knows more: holds and pledges
/// by documents that no bundle shows.
fn check_ending(
    state: &CodeState,
    subject: SubjectId,
    ending: &mut Ending,
    findings: &mut Findings,
) {
    let same = ending.holder.as_ref() == state.holder()
        && ending.owner.as_ref() == state.owner()
        && ending.activated == state.activated_by();
    if !same {
        findings.note(Problem::OtherState { subject });
    }
    let held_by = state.holds().map(|(_, authority, _)| authority).next();
    ending.held_by = ending.held_by.or(held_by);
    let pledged_to = state.pledges().map(|(_, pledge)| *pledge.to()).next();
    ending.pledged_to = ending.pledged_to.or(pledged_to);
}
