//! Packing and unpacking: what is packed moves with its container.

use super::hold::check_not_held;
use super::offer::check_none_stands;
use super::pledge::{any_pledge_around, check_may_come_out, check_reached_once, weight};
use super::{Context, Refusal, check_holder};
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
    let outermost = around.last().unwrap_or(container);
    let depth = around.len().saturating_add(1);
    let pledged = any_pledge_around(draft, container);
    for item in items {
        let state = draft
            .subject(item)
            .ok_or(Refusal::UnknownSubject { subject: *item })?;
        if let Some(inside) = state.inside() {
            return Err(Refusal::AlreadyPacked {
                subject: *item,
                inside: *inside,
            });
        }
        // An item that is packed nowhere is its own outermost container.
        if !state.own_holder().is(&context.author.member) {
            return Err(Refusal::DifferentHolders {
                subject: *item,
                holder: *state.own_holder(),
            });
        }
        if item == outermost || item == container {
            return Err(Refusal::InsideItself { subject: *item });
        }
        check_not_held(draft, item)?;
        check_none_stands(draft, context, item, Right::Custody)?;
        if depth.saturating_add(levels_inside(draft, item)) > limits::PACKING_DEPTH {
            return Err(Refusal::TooDeep { subject: *item });
        }
        draft.subject_mut(item)?.inside = Some(*container);
        draft
            .changes
            .packed
            .insert((*container, *item), Packed::Inside);
        let weight = weight(draft, item);
        if weight > 0 {
            for outer in draft.containers(item) {
                let outer = draft.subject_mut(&outer)?;
                outer.seldom.pledged_inside = outer.seldom.pledged_inside.saturating_add(weight);
            }
        }
        if pledged {
            check_reached_once(draft, item)?;
            for content in draft.all_contents(item) {
                check_reached_once(draft, &content)?;
            }
        }
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
        if draft.subject_mut(item)?.inside() != Some(container) {
            return Err(Refusal::NotInside {
                subject: *item,
                container: *container,
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
    let weight = weight(draft, item);
    if weight > 0 {
        for outer in draft.containers(item) {
            let outer = draft.subject_mut(&outer)?;
            outer.seldom.pledged_inside = outer.seldom.pledged_inside.saturating_sub(weight);
        }
    }
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
    check_none_stands(draft, context, outermost, Right::Custody)?;
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
