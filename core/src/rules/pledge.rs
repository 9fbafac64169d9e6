//! Pledges: what an owner pledged to a bank stays the owner's until the bank releases it, and
//! nothing of it is pledged a second time.
//!
//! A pledge reaches what its owner owns in and around the pledged thing: the contents of a
//! container, the goods of a bill of lading. It blocks title, not transport; but what it reaches
//! through a container or a document stays there, or the pledge would be emptied piece by piece.

use std::collections::BTreeSet;

use super::counts::{Counted, one_fewer, one_more};
use super::hold::check_not_held;
use super::title::check_owner;
use super::{Context, Refusal, check_standing, offer};
use crate::state::{Layer, Pledge, Right, StateView};
use crate::{Class, MemberId, Party, RecordRef, SubjectId};

pub(super) fn pledge(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
    to: &MemberId,
) -> Result<(), Refusal> {
    check_standing(draft, to)?;
    if draft
        .member(to)
        .is_none_or(|bank| bank.class() != Class::Bank)
    {
        return Err(Refusal::NotABank { member: *to });
    }
    for subject in subjects {
        check_owner(draft, &context.author.member.into(), subject)?;
        offer::check_none_stands(draft, context.now, subject, Right::Title)?;
        check_not_held(draft, subject)?;
        for goods in draft.goods_of(subject) {
            check_not_held(draft, &goods)?;
        }
        check_not_pledged(draft, subject)?;
        draft.subject_mut(subject)?.seldom.pledge = Some(Pledge {
            to: *to,
            by: context.at,
        });
        one_more(draft, subject, Counted::Pledges)?;
    }
    Ok(())
}

pub(super) fn release(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    for subject in subjects {
        let state = draft.subject_mut(subject)?;
        let (subject, latest) = (*subject, Some(state.newest));
        match state.seldom.pledge {
            None => return Err(Refusal::NotPledged { subject, latest }),
            Some(Pledge { to: bank, by }) if bank != context.author.member => {
                return Err(Refusal::NotYourPledge { subject, bank, by });
            }
            Some(_) => state.seldom.pledge = None,
        }
        one_fewer(draft, &subject, Counted::Pledges)?;
    }
    Ok(())
}

/// Refuses when the subject's owner pledged it, or something in or around it.
pub(super) fn check_not_pledged(state: &dyn StateView, subject: &SubjectId) -> Result<(), Refusal> {
    match state.pledge_on(subject) {
        Some((on, by)) => Err(pledged(subject, on, by)),
        None => Ok(()),
    }
}

/// Refuses when two pledges of its owner reach the subject: its own, or those on what is around
/// it. Checked wherever things come together.
pub(super) fn check_reached_once(
    state: &dyn StateView,
    subject: &SubjectId,
) -> Result<(), Refusal> {
    let owner = state.subject(subject).map(|s| s.owner);
    let mut first = None;
    for (on, of, by) in pledges_among(state, state.around(subject)) {
        if Some(of) == owner && *first.get_or_insert(by) != by {
            return Err(pledged(subject, on, by));
        }
    }
    Ok(())
}

/// Whether anything is pledged among these and what stands for them.
pub(super) fn any_pledge_around(state: &dyn StateView, subject: &SubjectId) -> bool {
    !pledges_among(state, state.around(subject)).is_empty()
}

/// Refuses when a pledge on what the subject is packed in reaches it, or what is in it.
pub(super) fn check_may_come_out(
    state: &dyn StateView,
    subject: &SubjectId,
) -> Result<(), Refusal> {
    let containers = state.containers(subject).into_iter();
    let outside = containers
        .flat_map(|container| std::iter::once(container).chain(state.documents_of(&container)));
    let pledges = pledges_among(state, outside.collect());
    if pledges.is_empty() {
        return Ok(());
    }
    let contents = state.all_contents(subject);
    let owners: BTreeSet<Party> = std::iter::once(subject)
        .chain(&contents)
        .filter_map(|id| Some(state.subject(id)?.owner))
        .collect();
    match pledges.iter().find(|(_, owner, _)| owners.contains(owner)) {
        Some((on, _, by)) => Err(pledged(subject, *on, *by)),
        None => Ok(()),
    }
}

fn pledged(subject: &SubjectId, on: SubjectId, by: RecordRef) -> Refusal {
    let subject = *subject;
    Refusal::Pledged { subject, on, by }
}

/// Those that are pledged, with their owner and the record.
fn pledges_among(
    state: &dyn StateView,
    subjects: Vec<SubjectId>,
) -> Vec<(SubjectId, Party, RecordRef)> {
    let pledged = |id: SubjectId| {
        let subject = state.subject(&id)?;
        Some((id, subject.owner, subject.seldom.pledge?.by))
    };
    subjects.into_iter().filter_map(pledged).collect()
}
