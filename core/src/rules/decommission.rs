//! Decommissioning: what is consumed, destroyed or recycled ends, and its history with it.

use super::associate;
use super::hold::check_not_held;
use super::offer::{check_none_stands, end_lapsed};
use super::packing::{check_empty, check_loose};
use super::pledge::check_not_pledged;
use super::{Context, Refusal, check_holder};
use crate::SubjectId;
use crate::state::{Layer, Right};

pub(super) fn decommission(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
) -> Result<(), Refusal> {
    for subject in subjects {
        check_holder(draft, context, subject)?;
        check_loose(draft, subject)?;
        check_empty(draft, subject)?;
        check_not_held(draft, subject)?;
        check_not_pledged(draft, subject)?;
        for right in [Right::Custody, Right::Title] {
            check_none_stands(draft, context.now, subject, right)?;
            end_lapsed(draft, subject, right)?;
        }
        associate::end_all(draft, subject)?;
        draft.subject_mut(subject)?.seldom.decommissioned = Some(context.at);
    }
    Ok(())
}
