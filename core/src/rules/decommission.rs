//! Decommissioning: what is consumed, destroyed or recycled ends, and its history with it.

use super::custody::end_lapsed_offer;
use super::hold::check_not_held;
use super::{Context, Refusal, check_holder, check_no_open_offer};
use crate::SubjectId;
use crate::state::{Layer, StateView};

pub(super) fn decommission(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    for subject in subjects {
        check_holder(draft, context, subject)?;
        if let Some(container) = draft.subject(subject).and_then(|s| s.inside().copied()) {
            return Err(Refusal::InsideContainer {
                subject: *subject,
                container,
            });
        }
        // Its contents would have no holder: they end by themselves or are taken out.
        if let Some(content) = draft.contents(subject).first() {
            return Err(Refusal::NotEmpty {
                subject: *subject,
                content: *content,
            });
        }
        check_not_held(draft, subject)?;
        check_no_open_offer(draft, context, subject)?;
        end_lapsed_offer(draft, subject)?;
        draft.subject_mut(subject)?.decommissioned = Some(context.at);
    }
    Ok(())
}
