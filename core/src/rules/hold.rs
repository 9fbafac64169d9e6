//! Holding and clearing: what an authority holds does not move until that authority clears it.

use super::counts::{Counted, one_fewer, one_more};
use super::{Context, Refusal};
use crate::state::{Layer, StateView};
use crate::{Class, SubjectId};

pub(super) fn hold(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    check_authority(draft, context)?;
    let member = context.author.member;
    for subject in subjects {
        let state = draft.subject_mut(subject)?;
        if let Some(by) = state.seldom.holds.get(&member) {
            return Err(Refusal::AlreadyHeld {
                subject: *subject,
                by: *by,
            });
        }
        state.seldom.holds.insert(member, context.at);
        one_more(draft, subject, Counted::Holds)?;
    }
    Ok(())
}

pub(super) fn clear(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    for subject in subjects {
        let state = draft.subject_mut(subject)?;
        let (subject, latest) = (*subject, Some(state.newest));
        if state.seldom.holds.remove(&context.author.member).is_none() {
            return Err(match state.seldom.holds.first_key_value() {
                Some((_, by)) => Refusal::NotYourHold { subject, by: *by },
                None => Refusal::NotHeld { subject, latest },
            });
        }
        one_fewer(draft, &subject, Counted::Holds)?;
    }
    Ok(())
}

/// Refuses whoever does not supervise others.
pub(super) fn check_authority(state: &dyn StateView, context: &Context) -> Result<(), Refusal> {
    let member = context.author.member;
    let class = state.member(&member).map(|known| known.class());
    if class.is_some_and(may_hold) {
        Ok(())
    } else {
        Err(Refusal::NotAnAuthority { member })
    }
}

/// The classes of members that supervise others, and so may hold what others have.
#[must_use]
pub fn may_hold(class: Class) -> bool {
    matches!(
        class,
        Class::Customs | Class::Quarantine | Class::Tax | Class::Regulator
    )
}

/// Refuses when the subject, or anything around or inside it, or a document that stands for one
/// of these, is held.
pub(super) fn check_not_held(state: &dyn StateView, subject: &SubjectId) -> Result<(), Refusal> {
    match state.hold_on(subject) {
        Some((on, by)) => Err(Refusal::Held {
            subject: *subject,
            on,
            by,
        }),
        None => Ok(()),
    }
}
