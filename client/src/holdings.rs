//! What this member holds: an index over the state, made once for each version of it.

use chopmark_core::{MemberId, RecordRef, StateView, SubjectId, may_hold};

/// Subjects in this member's custody, and its offers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holdings {
    /// Oldest first.
    subjects: Vec<SubjectId>,
    offered: Vec<RecordRef>,
    /// Oldest first.
    holds: Vec<Hold>,
}

/// One hold of an authority.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    pub(crate) subject: SubjectId,
    pub(crate) authority: MemberId,
    pub(crate) record: RecordRef,
}

impl Holdings {
    /// One pass over the subjects, in memory: 100,000 of them take some ten milliseconds.
    pub(crate) fn of(member: &MemberId, view: &dyn StateView) -> Self {
        let mut held = Vec::new();
        let mut offered = Vec::new();
        let mut holds = Vec::new();
        let place = |record: &RecordRef| {
            let logged = view.logged(&record.block);
            (logged.map_or(u64::MAX, |logged| logged.index), record.index)
        };
        // An authority follows all holds; a holder those that keep its own things.
        let follows_all = view
            .member(member)
            .is_some_and(|state| may_hold(state.class()));
        for (subject, state) in view.subjects() {
            let is_ours = view
                .holder_of(subject)
                .is_some_and(|holder| holder.is(member));
            if !state.holds().is_empty() && (follows_all || is_ours) {
                holds.extend(state.holds().iter().map(|(authority, record)| {
                    let hold = Hold {
                        subject: *subject,
                        authority: *authority,
                        record: *record,
                    };
                    (place(record), hold)
                }));
            }
            if !is_ours {
                continue;
            }
            held.push((place(&state.last_custody()), *subject));
            offered.extend(state.open_offer());
        }
        held.sort_unstable();
        holds.sort_unstable_by_key(|(place, hold)| (*place, hold.subject));
        Self {
            subjects: held.into_iter().map(|(_, subject)| subject).collect(),
            offered,
            holds: holds.into_iter().map(|(_, hold)| hold).collect(),
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.subjects.len() as u64
    }

    /// Newest custody first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &SubjectId> {
        self.subjects.iter().rev()
    }

    /// Holds of authorities, newest first.
    pub(crate) fn holds(&self) -> impl Iterator<Item = &Hold> {
        self.holds.iter().rev()
    }

    /// Offers of what is held.
    pub(crate) fn offered(&self) -> impl Iterator<Item = RecordRef> {
        self.offered.iter().copied()
    }
}
