//! Commissioning: only the prefix's member, and each code once.

use super::{Context, Refusal};
use crate::state::{Layer, StateView, SubjectState};
use crate::{CodeKind, Prefix, SubjectId};

pub(super) fn commission(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
    class: &str,
    prefix: &Prefix,
) -> Result<(), Refusal> {
    let maker = context.author.member;
    let owner = draft.prefix(prefix);
    if owner != Some(maker) || !class_is_under(class, prefix) {
        return Err(Refusal::NotYourPrefix {
            prefix: prefix.clone(),
            owner,
        });
    }
    // That the subject ids are those of the codes under the author's member was checked when the
    // block was verified: nobody can occupy a code of another member.
    for subject in subjects {
        if let Some(before) = draft.subject(subject) {
            return Err(Refusal::AlreadyCommissioned {
                subject: *subject,
                by: before.commissioned_by(),
            });
        }
        draft
            .changes
            .subjects
            .insert(*subject, SubjectState::commissioned(maker, context.at));
    }
    Ok(())
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
