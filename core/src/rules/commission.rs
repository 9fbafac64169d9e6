//! Commissioning: only the prefix's member, and each code once.

use super::quantity::check_stated;
use super::{Context, Refusal};
use crate::state::{Layer, Makeup, StateView, SubjectState};
use crate::{ActivationPublic, CodeKind, GoodsClass, Prefix, Quantity, SubjectId};

/// What a commissioning says beside its subjects.
pub(super) struct Terms<'r> {
    pub(super) class: &'r str,
    pub(super) prefix: &'r Prefix,
    pub(super) quantity: Option<Quantity>,
}

pub(super) fn commission(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
    terms: &Terms<'_>,
) -> Result<(), Refusal> {
    let Some(first) = subjects.first() else {
        return Ok(());
    };
    // Record checks have read it once already.
    let class = GoodsClass::parse(terms.class).ok_or_else(|| Refusal::NotYourPrefix {
        subject: *first,
        prefix: terms.prefix.clone(),
        owner: None,
        by: None,
    })?;
    for subject in subjects {
        if let Some(quantity) = &terms.quantity {
            check_stated(draft, subject, quantity)?;
        }
        let makeup = Makeup::of(terms.quantity);
        begin(draft, context, subject, (class, terms.prefix), makeup)?;
    }
    Ok(())
}

/// Remembers what lies under the seals: none, or a key for each subject.
pub(super) fn seal(
    draft: &mut Layer<'_>,
    subjects: &[SubjectId],
    activation: &[ActivationPublic],
) -> Result<(), Refusal> {
    for (subject, key) in subjects.iter().zip(activation) {
        draft.subject_mut(subject)?.activation = Some(*key);
    }
    Ok(())
}

/// Puts a new subject into the state.
///
/// That the subject's id is the author's own was checked when the block was verified: nobody can
/// occupy a code of another member.
pub(super) fn begin(
    draft: &mut Layer<'_>,
    context: &Context,
    subject: &SubjectId,
    (class, prefix): (GoodsClass, &Prefix),
    makeup: Makeup,
) -> Result<(), Refusal> {
    check_prefix(draft, context, subject, (class, prefix))?;
    if let Some(before) = draft.subject(subject) {
        return Err(Refusal::AlreadyCommissioned {
            subject: *subject,
            by: before.commissioned_by(),
        });
    }
    let state = SubjectState::commissioned(context.author.member, context.at, class, makeup);
    draft.changes.subjects.insert(*subject, state);
    Ok(())
}

/// The prefix belongs to the author's member, and the class is under it.
pub(super) fn check_prefix(
    state: &dyn StateView,
    context: &Context,
    subject: &SubjectId,
    (class, prefix): (GoodsClass, &Prefix),
) -> Result<(), Refusal> {
    let held = state.registration(prefix);
    let owner = held.map(|held| held.owner);
    if owner == Some(context.author.member) && class_is_under(&class.to_string(), prefix) {
        return Ok(());
    }
    Err(Refusal::NotYourPrefix {
        subject: *subject,
        prefix: prefix.clone(),
        owner,
        by: held.map(|held| held.by),
    })
}

/// A GTIN class shows its digits, so it must be under the prefix. Every other key stays behind the
/// code hash, whoever reads the label checks it; but a container owner's code names containers
/// alone, and digits never do.
pub(crate) fn class_is_under(class: &str, prefix: &Prefix) -> bool {
    match class.strip_prefix("(01)") {
        // The first digit of a GTIN-14 is the indicator, not part of the company prefix.
        Some(gtin) => gtin
            .get(1..)
            .is_some_and(|digits| digits.starts_with(prefix.as_str())),
        None => CodeKind::of_bare_class(class)
            .is_some_and(|kind| prefix.is_container_owner() == (kind == CodeKind::Container)),
    }
}
