//! What containers count: the holds and the pledges on what is in them, at every level, and on the
//! documents that stand for it. A container with a thousand things in it is gone through only when
//! there is something to be found.

use super::Refusal;
use crate::SubjectId;
use crate::state::{Layer, StateView, SubjectState};

/// What containers count.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    Holds,
    Pledges,
}

impl Counted {
    fn of(self, state: &mut SubjectState) -> &mut u64 {
        match self {
            Self::Holds => &mut state.seldom.held_inside,
            Self::Pledges => &mut state.seldom.pledged_inside,
        }
    }
}

/// There is one more on a subject: all that count it do.
pub(super) fn one_more(
    draft: &mut Layer<'_>,
    subject: &SubjectId,
    counted: Counted,
) -> Result<(), Refusal> {
    let containers = containers_of(draft, subject);
    more(draft, &containers, (counted, 1))
}

/// There is one fewer on a subject.
pub(super) fn one_fewer(
    draft: &mut Layer<'_>,
    subject: &SubjectId,
    counted: Counted,
) -> Result<(), Refusal> {
    let containers = containers_of(draft, subject);
    fewer(draft, &containers, (counted, 1))
}

/// So many come into these containers.
pub(super) fn more(
    draft: &mut Layer<'_>,
    containers: &[SubjectId],
    (counted, number): (Counted, u64),
) -> Result<(), Refusal> {
    // Writing to a subject gives it the room of what few subjects have.
    for container in containers.iter().filter(|_| number > 0) {
        let count = counted.of(draft.subject_mut(container)?);
        *count = count.saturating_add(number);
    }
    Ok(())
}

/// So many go out of these containers.
pub(super) fn fewer(
    draft: &mut Layer<'_>,
    containers: &[SubjectId],
    (counted, number): (Counted, u64),
) -> Result<(), Refusal> {
    for container in containers.iter().filter(|_| number > 0) {
        let count = counted.of(draft.subject_mut(container)?);
        *count = count.saturating_sub(number);
    }
    Ok(())
}

/// The containers that count what is on a subject: those around it and, when it is a document,
/// those around its goods, each as often as it has goods of it inside.
fn containers_of(state: &dyn StateView, subject: &SubjectId) -> Vec<SubjectId> {
    let mut all = state.containers(subject);
    for goods in state.goods_of(subject) {
        all.extend(state.containers(&goods));
    }
    all
}

/// How many pledges come along when a subject is packed, taken out or drawn.
pub(super) fn pledges_with(state: &dyn StateView, subject: &SubjectId) -> u64 {
    let pledged = |id: &SubjectId| state.subject(id).is_some_and(|s| s.seldom.pledge.is_some());
    let documents = state.documents_of(subject).into_iter().filter(&pledged);
    let own = documents.count() + usize::from(pledged(subject));
    let inside = state
        .subject(subject)
        .map_or(0, |s| s.seldom.pledged_inside);
    inside.saturating_add(u64::try_from(own).unwrap_or(u64::MAX))
}
