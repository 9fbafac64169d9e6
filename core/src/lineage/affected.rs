//! Who has what a trace found: what a recall goes by.

use super::Trace;
use crate::state::StateView;
use crate::{Party, Quantity, RecordRef, SubjectId};

/// A subject of a recall, as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The subject.
    pub subject: SubjectId,
    /// How many records lie between it and what was asked about; 0 for that itself.
    pub level: u32,
    /// The record that connects them; for what was asked about, its commissioning.
    pub by: RecordRef,
    /// What it was found through; for what was asked about, itself.
    pub via: SubjectId,
    /// Who has custody.
    pub holder: Party,
    /// Who has title.
    pub owner: Party,
    /// How much is left, of a batch.
    pub quantity: Option<Quantity>,
    /// The container it is packed in.
    pub inside: Option<SubjectId>,
    /// The record that ended it.
    pub ended: Option<RecordRef>,
}

/// The subject that was asked about and everything that a trace found, nearest first; `None` when
/// the state does not know it.
pub fn affected(
    state: &dyn StateView,
    subject: &SubjectId,
    trace: &Trace,
) -> Option<Vec<Affected>> {
    let commissioned = state.subject(subject)?.commissioned_by();
    let found = trace.found.iter();
    let all = std::iter::once((*subject, 0, commissioned, *subject))
        .chain(found.map(|found| (found.subject, found.level, found.by, found.via)));
    // Everything that a record made is in the state.
    let all = all.filter_map(|(subject, level, by, via)| {
        let known = state.subject(&subject)?;
        Some(Affected {
            subject,
            level,
            by,
            via,
            holder: state.holder_of(&subject)?,
            owner: *known.owner(),
            quantity: known.makeup().quantity(),
            inside: known.inside().copied(),
            ended: known.decommissioned_by(),
        })
    });
    Some(all.collect())
}
