//! Packing and unpacking: what is packed moves with its container.

use super::counts::{Counted, fewer, more, pledges_with};
use super::hold::check_not_held;
use super::offer::check_none_stands;
use super::pledge::{any_pledge_around, check_may_come_out, check_reached_once};
use super::{Context, Refusal, check_holder, known};
use crate::state::{Layer, Packed, Right, StateView};
use crate::{Party, RecordRef, SubjectId, limits};

pub(super) fn pack(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    let Some((container, items)) = subjects.split_first() else {
        return Ok(());
    };
    let around = check_container(draft, context, container)?;
    let pledged = any_pledge_around(draft, container);
    for item in items {
        check_item(draft, context, item, (container, &around))?;
        let state = draft.subject_mut(item)?;
        state.inside = Some(*container);
        state.last_custody = context.at;
        draft
            .changes
            .packed
            .insert((*container, *item), Packed::Inside);
        let pledges = pledges_with(draft, item);
        let outer = draft.containers(item);
        more(draft, &outer, (Counted::Pledges, pledges))?;
        if pledged {
            check_reached_once(draft, item)?;
            for content in draft.all_contents(item) {
                check_reached_once(draft, &content)?;
            }
        }
    }
    Ok(())
}

/// What is packed into a container, around which are others, lies in none yet, is held by whoever
/// packs it, and is bound by nothing.
fn check_item(
    draft: &Layer<'_>,
    context: &Context,
    item: &SubjectId,
    (container, around): (&SubjectId, &[SubjectId]),
) -> Result<(), Refusal> {
    let state = known(draft, item)?;
    if let Some((inside, by)) = state.packed() {
        return Err(Refusal::AlreadyPacked {
            subject: *item,
            inside,
            by,
        });
    }
    // An item that is packed nowhere is its own outermost container.
    if !state.holder.is(&context.author.member) {
        return Err(Refusal::DifferentHolders {
            subject: *item,
            holder: state.holder,
            by: state.last_custody,
        });
    }
    let mut outwards = around.iter().rev();
    // A record names each subject once, so it is not the container itself; and of all that is
    // around the container, the outermost alone lies in nothing.
    if outwards.next() == Some(item) {
        let below = outwards.next().unwrap_or(container);
        return Err(Refusal::InsideItself {
            subject: *item,
            container: *container,
            by: known(draft, below)?.last_custody,
        });
    }
    check_not_held(draft, item)?;
    check_none_stands(draft, context.now, item, Right::Custody)?;
    let depth = around.len().saturating_add(1);
    if depth.saturating_add(levels_inside(draft, item)) > limits::PACKING_DEPTH {
        return Err(Refusal::TooDeep {
            subject: *item,
            container: *container,
        });
    }
    Ok(())
}

pub(super) fn unpack(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    let Some((container, items)) = subjects.split_first() else {
        return Ok(());
    };
    check_container(draft, context, container)?;
    for item in items {
        let state = known(draft, item)?;
        if state.inside() != Some(container) {
            return Err(Refusal::NotInside {
                subject: *item,
                container: *container,
                latest: Some(state.last_custody),
            });
        }
        take_out(draft, item, (context.author.member.into(), context.at))?;
    }
    Ok(())
}

/// Takes an item out of its container. From here on it has a custody of its own again, and this
/// record is its start.
pub(super) fn take_out(
    draft: &mut Layer<'_>,
    item: &SubjectId,
    (holder, at): (Party, RecordRef),
) -> Result<(), Refusal> {
    check_may_come_out(draft, item)?;
    let pledges = pledges_with(draft, item);
    let around = draft.containers(item);
    fewer(draft, &around, (Counted::Pledges, pledges))?;
    let state = draft.subject_mut(item)?;
    let container = state.inside.take();
    state.holder = holder;
    state.last_custody = at;
    if let Some(container) = container {
        draft
            .changes
            .packed
            .insert((container, *item), Packed::TakenOut);
    }
    Ok(())
}

/// Refuses when the subject lies in a container, with which it moves and not alone.
pub(super) fn check_loose(state: &dyn StateView, subject: &SubjectId) -> Result<(), Refusal> {
    match known(state, subject)?.packed() {
        Some((container, by)) => Err(Refusal::InsideContainer {
            subject: *subject,
            container,
            by,
        }),
        None => Ok(()),
    }
}

/// Refuses when something lies in what would end: that would have no holder. It ends by itself, or
/// is taken out.
pub(super) fn check_empty(state: &dyn StateView, subject: &SubjectId) -> Result<(), Refusal> {
    match state.contents(subject).first() {
        Some(content) => Err(Refusal::NotEmpty {
            subject: *subject,
            content: *content,
            by: known(state, content)?.last_custody,
        }),
        None => Ok(()),
    }
}

/// The container must be held by the author's member, and neither it nor anything around it may
/// be on offer: what is on offer keeps its contents. Nor may anything of them be held. Gives the
/// containers around it.
fn check_container(
    draft: &Layer<'_>,
    context: &Context,
    container: &SubjectId,
) -> Result<Vec<SubjectId>, Refusal> {
    check_holder(draft, context, container)?;
    check_not_held(draft, container)?;
    let around = draft.containers(container);
    let outermost = around.last().unwrap_or(container);
    check_none_stands(draft, context.now, outermost, Right::Custody)?;
    Ok(around)
}

/// How many levels of packing a subject holds; 0 when nothing is inside. It never exceeds the
/// limit, because packing checks it.
fn levels_inside(state: &dyn StateView, subject: &SubjectId) -> usize {
    let mut levels = 0;
    let mut level = state.contents(subject);
    while !level.is_empty() {
        levels += 1;
        level = level.iter().flat_map(|s| state.contents(s)).collect();
    }
    levels
}
