//! What this member holds, owns and lent money on: an index over the state, made once for each version of it.

use chopmark_core::{MemberId, Pledge, RecordRef, StateView, SubjectId, may_hold};

/// Subjects in this member's custody, and its offers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holdings {
    /// Oldest first.
    subjects: Vec<SubjectId>,
    offered: Vec<RecordRef>,
    /// Of what this member owns.
    title_offered: Vec<RecordRef>,
    /// Oldest first.
    holds: Vec<Hold>,
    /// Oldest first: to this member, and of what it owns.
    pledges: Vec<(SubjectId, Pledge)>,
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
        let mut title_offered = Vec::new();
        let mut holds = Vec::new();
        let mut pledges = Vec::new();
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
            if state.owner().is(member) {
                title_offered.extend(state.open_title_offer());
            }
            if let Some(pledge) = state.pledge()
                && (pledge.to() == member || state.owner().is(member))
            {
                pledges.push((place(&pledge.by()), *subject, *pledge));
            }
            // What was used up or destroyed is with nobody.
            if !is_ours || state.decommissioned_by().is_some() {
                continue;
            }
            held.push((place(&state.last_custody()), *subject));
            offered.extend(state.open_offer());
        }
        held.sort_unstable();
        holds.sort_unstable_by_key(|(place, hold)| (*place, hold.subject));
        pledges.sort_unstable_by_key(|(place, subject, _)| (*place, *subject));
        Self {
            subjects: held.into_iter().map(|(_, subject)| subject).collect(),
            offered,
            title_offered,
            holds: holds.into_iter().map(|(_, hold)| hold).collect(),
            pledges: pledges
                .into_iter()
                .map(|(_, subject, pledge)| (subject, pledge))
                .collect(),
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

    /// Pledges that were not released, newest first.
    pub(crate) fn pledges(&self) -> impl Iterator<Item = (&SubjectId, &Pledge)> {
        let newest_first = self.pledges.iter().rev();
        newest_first.map(|(subject, pledge)| (subject, pledge))
    }

    /// Offers of title of what is owned.
    pub(crate) fn title_offered(&self) -> impl Iterator<Item = RecordRef> {
        self.title_offered.iter().copied()
    }

    /// Offers of what is held.
    pub(crate) fn offered(&self) -> impl Iterator<Item = RecordRef> {
        self.offered.iter().copied()
    }
}
