//! Where amounts stand, and how batches shrink and grow.

use super::Refusal;
use crate::state::{Layer, StateView};
use crate::{Quantities, Quantity, SubjectId};

/// Refuses an amount in fields that the network's policy wants in a section, and the opposite.
pub(super) fn check_stated(
    state: &dyn StateView,
    subject: &SubjectId,
    quantity: &Quantity,
) -> Result<(), Refusal> {
    if quantity.amount.is_some() == amounts_stand_in_fields(state) {
        Ok(())
    } else {
        Err(Refusal::AmountMisplaced {
            subject: *subject,
            by: state.policy_set_by(),
        })
    }
}

/// Whether the rules see amounts, so that they judge them.
pub(super) fn amounts_stand_in_fields(state: &dyn StateView) -> bool {
    state.policy().quantities == Quantities::Fields
}

/// Takes so much out of a batch.
pub(super) fn take(
    draft: &mut Layer<'_>,
    subject: &SubjectId,
    quantity: &Quantity,
) -> Result<(), Refusal> {
    check_stated(draft, subject, quantity)?;
    let state = draft.subject_mut(subject)?;
    let life = state.life(subject);
    state.makeup.batch_mut(&life)?.take(&life, quantity)
}

/// Adds so much to a batch.
pub(super) fn add(
    draft: &mut Layer<'_>,
    subject: &SubjectId,
    quantity: &Quantity,
) -> Result<(), Refusal> {
    check_stated(draft, subject, quantity)?;
    let state = draft.subject_mut(subject)?;
    let life = state.life(subject);
    state.makeup.batch_mut(&life)?.add(&life, quantity)
}
