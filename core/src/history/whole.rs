//! Checking a bundle, part three: whether it is the whole history. The state says how many records
//! a subject has and commits to each, so what is shown is compared with that.

use std::collections::BTreeSet;

use super::left::{LeftContainers, during};
use super::select::places;
use super::verify::{Fact, Findings};
use super::walk::Ending;
use super::{CheckKind, Problem, Step};
use crate::checkpoint::Header;
use crate::proof::{CodeState, ProofError, StateExtract, ThingState};
use crate::{Code, RecordRef, SubjectId};

/// Compares the facts, and what they came to, with the state.
pub(super) fn check(
    (extract, left): (&StateExtract, &LeftContainers),
    (header, code): (&Header, &Code),
    facts: &[Fact<'_>],
    ending: &mut Ending,
    findings: &mut Findings,
) {
    let state = match extract.verify(header, code) {
        Ok(state) => state,
        Err(error) => return findings.note(Problem::State(error)),
    };
    let shown: BTreeSet<RecordRef> = facts.iter().map(|fact| fact.at).collect();
    let Some(base) = state.base() else {
        // Nothing is shown of what is not there: then that is what the bundle says.
        let unfounded = state.subject.or(ending.subject);
        if let Some(subject) = unfounded.filter(|_| !facts.is_empty()) {
            findings.note(Problem::OtherState { subject });
        }
        return;
    };
    if base.unnamed > 0 {
        let subject = base.id;
        findings.note(Problem::State(ProofError::Unnamed { subject }));
    }
    all_shown(base.id, &base.records, &shown, findings);
    let direct = ending.journey.iter().filter(|step| step.through.is_none());
    all_applied(direct, base, findings);
    let mut packed = base.state.packed();
    for container in &state.containers {
        all_shown(container.id, &container.records, &shown, findings);
        let inside = since(&ending.journey, packed.map(|(_, packing)| packing));
        let through = inside.filter(|step| step.through == Some(container.id));
        all_applied(through, container, findings);
        packed = container.state.packed();
    }
    check_left(left, header, facts, ending, findings);
    check_ending(&state, base.id, ending, findings);
}

/// What happened to the containers that it left while it was in them is shown, and no more.
fn check_left(
    left: &LeftContainers,
    header: &Header,
    facts: &[Fact<'_>],
    ending: &Ending,
    findings: &mut Findings,
) {
    let states = match left.verify(header.state_root()) {
        Ok(states) => states,
        Err(error) => return findings.note(Problem::State(error)),
    };
    let shown: BTreeSet<RecordRef> = facts.iter().map(|fact| fact.at).collect();
    for stay in &ending.stays {
        let subject = stay.container;
        let placing = facts.iter().filter(|fact| places(&fact.record, &subject));
        let placing: BTreeSet<RecordRef> = placing.map(|fact| fact.at).collect();
        let during = match states.get(&subject) {
            Some(container) => during(stay, container, &ending.place, &placing),
            None => Err(ProofError::Around { subject }),
        };
        match during {
            Ok(during) => all_shown(subject, during, &shown, findings),
            Err(error) => findings.note(Problem::State(error)),
        }
    }
    for container in states.values() {
        let steps = ending.journey.iter();
        let through = steps.filter(|step| step.through == Some(container.id));
        all_applied(through, container, findings);
    }
}

/// What a thing went through according to the state is shown.
fn all_shown<'a>(
    subject: SubjectId,
    records: impl IntoIterator<Item = &'a RecordRef>,
    shown: &BTreeSet<RecordRef>,
    findings: &mut Findings,
) {
    for record in records {
        findings.look(CheckKind::Whole);
        if !shown.contains(record) {
            findings.note(Problem::LeftOut {
                record: *record,
                subject,
            });
        }
    }
}

/// What is shown of a thing is what it went through: nothing that the ledger refused.
fn all_applied<'a>(
    steps: impl Iterator<Item = &'a Step>,
    thing: &ThingState,
    findings: &mut Findings,
) {
    let named: BTreeSet<&RecordRef> = thing.records.iter().collect();
    for step in steps.filter(|step| !named.contains(&step.at)) {
        findings.note(Problem::NotApplied { record: step.at });
    }
}

/// The steps from a packing on.
fn since(journey: &[Step], packing: Option<RecordRef>) -> impl Iterator<Item = &Step> {
    journey
        .iter()
        .skip_while(move |step| Some(step.at) != packing)
}

/// What the history came to is what the state says; and the state knows more: holds and pledges
/// by documents that no bundle shows.
fn check_ending(
    state: &CodeState,
    subject: SubjectId,
    ending: &mut Ending,
    findings: &mut Findings,
) {
    let containers = state.containers.iter().map(|container| container.id);
    let same = ending.around.iter().copied().eq(containers)
        && ending.holder.as_ref() == state.holder()
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
