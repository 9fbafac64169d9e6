//! Packing and unpacking: what is packed moves with its container.

use super::hold::check_not_held;
use super::{Context, Refusal, check_holder, check_no_open_offer};
use crate::state::{Layer, Packed, StateView};
use crate::{SubjectId, limits};

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
        check_no_open_offer(draft, context, item)?;
        if depth.saturating_add(levels_inside(draft, item)) > limits::PACKING_DEPTH {
            return Err(Refusal::TooDeep { subject: *item });
        }
        draft.subject_mut(item)?.inside = Some(*container);
        draft
            .changes
            .packed
            .insert((*container, *item), Packed::Inside);
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
        let state = draft.subject_mut(item)?;
        if state.inside() != Some(container) {
            return Err(Refusal::NotInside {
                subject: *item,
                container: *container,
            });
        }
        state.inside = None;
        state.holder = context.author.member.into();
        // From here on the item has a custody of its own again, and this record is its start.
        state.last_custody = context.at;
        draft
            .changes
            .packed
            .insert((*container, *item), Packed::TakenOut);
    }
    Ok(())
}

/// The container must be held by the author's member, and neither it nor anything around it may
/// be on offer: what is on offer keeps its contents. Nor may anything of them be held. Gives the containers around it.
fn check_container(
    draft: &Layer<'_>,
    context: &Context,
    container: &SubjectId,
) -> Result<Vec<SubjectId>, Refusal> {
    check_holder(draft, context, container)?;
    check_not_held(draft, container)?;
    let around = draft.containers(container);
    check_no_open_offer(draft, context, around.last().unwrap_or(container))?;
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
