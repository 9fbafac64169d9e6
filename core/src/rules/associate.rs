//! Associations: a seal or a sensor with its container, goods with their place, goods with the
//! bill of lading that stands for them. They move nothing.

use super::hold::check_not_held;
use super::{Context, Refusal, check_holder};
use crate::state::{Joined, Layer, Nature, StateView};
use crate::{SubjectId, limits};

/// Whoever holds all of them says so: a carrier that has the goods writes their bill of lading.
pub(super) fn associate(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    let Some((parent, children)) = subjects.split_first() else {
        return Ok(());
    };
    check_holder(draft, context, parent)?;
    check_parent(draft, parent)?;
    for child in children {
        check_holder(draft, context, child)?;
        check_not_held(draft, child)?;
        let is_document = |id: &SubjectId| {
            let state = draft.subject(id);
            state.is_some_and(|state| state.nature() == Nature::Document)
        };
        // One step from goods to paper: a pledge on a paper about papers would not be found.
        if is_document(parent) && is_document(child) {
            return Err(Refusal::DocumentOfDocument {
                subject: *child,
                parent: *parent,
            });
        }
        let parents = &mut draft.subject_mut(child)?.seldom.parents;
        if let Some(by) = parents.by(parent) {
            return Err(Refusal::AlreadyAssociated {
                subject: *child,
                parent: *parent,
                by,
            });
        }
        if parents.len() >= limits::PARENTS {
            return Err(Refusal::TooManyParents {
                subject: *child,
                parent: *parent,
            });
        }
        parents.insert(*parent, context.at);
        draft
            .changes
            .joined
            .insert((*parent, *child), Joined::Together);
    }
    Ok(())
}

/// The parent's holder parts them; of an asset or a place the child's holder may, too, who has
/// the thing in hand. What a document stands for is its holder's to say alone.
pub(super) fn dissociate(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    let Some((parent, children)) = subjects.split_first() else {
        return Ok(());
    };
    let nature = draft.subject(parent).map(|state| state.nature());
    let by_parent = check_holder(draft, context, parent);
    if nature != Some(Nature::Thing) {
        by_parent.clone()?;
    }
    check_parent(draft, parent)?;
    for child in children {
        if by_parent.is_err() {
            check_holder(draft, context, child)?;
        }
        check_not_held(draft, child)?;
        let state = draft.subject_mut(child)?;
        if !state.seldom.parents.remove(parent) {
            return Err(Refusal::NotAssociated {
                subject: *child,
                parent: *parent,
                latest: state.newest,
            });
        }
        draft
            .changes
            .joined
            .insert((*parent, *child), Joined::Apart);
    }
    Ok(())
}

/// What is held stays as it is, and so does what a pledged document stands for.
fn check_parent(draft: &Layer<'_>, parent: &SubjectId) -> Result<(), Refusal> {
    check_not_held(draft, parent)?;
    let state = draft.subject(parent);
    match state.filter(|state| state.nature() == Nature::Document) {
        Some(document) => match document.pledge() {
            Some(pledge) => Err(Refusal::Pledged {
                subject: *parent,
                on: *parent,
                by: pledge.by(),
            }),
            None => Ok(()),
        },
        None => Ok(()),
    }
}

/// What ends is associated with nothing any more.
pub(super) fn end_all(draft: &mut Layer<'_>, subject: &SubjectId) -> Result<(), Refusal> {
    for child in draft.associated(subject) {
        draft.subject_mut(&child)?.seldom.parents.remove(subject);
        draft
            .changes
            .joined
            .insert((*subject, child), Joined::Apart);
    }
    let parents = std::mem::take(&mut draft.subject_mut(subject)?.seldom.parents);
    for parent in parents.iter() {
        draft
            .changes
            .joined
            .insert((*parent, *subject), Joined::Apart);
    }
    Ok(())
}
