//! Items that the other side refused for what it lacked at the time. They go again in the same
//! session once everything else has arrived, each after what it builds on, and at the beginning of
//! later sessions until someone has them.

use std::collections::{BTreeSet, VecDeque};

/// What goes again, in rounds: a round that brings nothing is the last.
#[derive(Default)]
pub(super) struct Again {
    /// For the next round.
    refused: BTreeSet<u64>,
    /// Of this round, not queued yet.
    due: VecDeque<u64>,
    /// Of this round, queued.
    queued: BTreeSet<u64>,
    /// How many went in the last round.
    before: Option<usize>,
}

impl Again {
    /// These were refused.
    pub(super) fn refused(&mut self, numbers: impl IntoIterator<Item = u64>) {
        self.refused.extend(numbers);
    }

    /// The next of this round.
    pub(super) fn next(&self) -> Option<u64> {
        self.due.front().copied()
    }

    /// The next of this round is queued.
    pub(super) fn queued(&mut self) {
        self.queued.extend(self.due.pop_front());
    }

    /// Everything of a round was answered. Gives what was taken, and what is to go in the next
    /// round.
    pub(super) fn end_round(&mut self) -> (BTreeSet<u64>, BTreeSet<u64>) {
        let queued = std::mem::take(&mut self.queued);
        let taken: BTreeSet<u64> = queued.difference(&self.refused).copied().collect();
        let refused = std::mem::take(&mut self.refused);
        if self.before.is_some_and(|before| refused.len() >= before) {
            self.before = None;
            return (taken, BTreeSet::new());
        }
        self.before = (!refused.is_empty()).then_some(refused.len());
        (taken, refused)
    }

    /// Starts a round in this order.
    pub(super) fn begin_round(&mut self, order: Vec<u64>) {
        self.before = self.before.filter(|_| !order.is_empty());
        self.due = order.into();
    }

    /// Whether nothing goes again.
    pub(super) fn is_idle(&self) -> bool {
        self.refused.is_empty() && self.due.is_empty() && self.queued.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_in_rounds_as_long_as_they_bring_something() {
        let mut again = Again::default();
        again.refused([3, 1, 2]);
        let (taken, next) = again.end_round();
        assert_eq!((taken.len(), next.len()), (0, 3));
        let round = |again: &mut Again, order: &[u64], refused: &[u64]| {
            again.begin_round(order.to_vec());
            while again.next().is_some() {
                again.queued();
            }
            again.refused(refused.iter().copied());
            assert!(!again.is_idle());
            again.end_round()
        };
        let (taken, next) = round(&mut again, &[1, 2, 3], &[3]);
        assert_eq!(taken, BTreeSet::from([1, 2]));
        assert_eq!(next, BTreeSet::from([3]));
        let (taken, next) = round(&mut again, &[3], &[3]);
        assert!(taken.is_empty() && next.is_empty() && again.is_idle());
        // What is refused later is tried anew.
        again.refused([3]);
        assert_eq!(again.end_round().1, BTreeSet::from([3]));
    }
}
