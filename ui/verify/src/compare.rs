//! Holds two members' proofs of the same code against each other.
//!
//! Each proof alone shows that its records are in the log; neither shows that no newer record was
//! left out. Two members that are asked separately would have to leave out the same.

use crate::answer::Proof;
use chopmark_core::{Height, RecordRef};

/// How two proofs contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// Two different checkpoints at one height: the network was shown two histories.
    TwoHistories {
        /// The height.
        height: Height,
    },
    /// One proof lacks a record that its log holds.
    LeftOut {
        /// Which of the two lacks it.
        by: Side,
        /// The record.
        record: RecordRef,
    },
}

/// One of two proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The one that was named first.
    First,
    /// The other.
    Second,
}

/// Finds how two proofs contradict each other. That one is newer is no contradiction.
pub(crate) fn contradiction(first: &Proof, second: &Proof) -> Option<Contradiction> {
    if first.height == second.height && first.header != second.header {
        return Some(Contradiction::TwoHistories {
            height: first.height,
        });
    }
    let left_out = |from: &Proof, by: &Proof, side: Side| {
        from.records
            .range(..by.log_size)
            .flat_map(|(index, records)| records.iter().map(move |record| (index, record)))
            .find(|(index, record)| {
                !by.records
                    .get(*index)
                    .is_some_and(|known| known.contains(*record))
            })
            .map(|(_, record)| Contradiction::LeftOut {
                by: side,
                record: *record,
            })
    };
    left_out(first, second, Side::Second).or_else(|| left_out(second, first, Side::First))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{proof, record};

    #[test]
    fn a_newer_proof_does_not_contradict_an_older_one() {
        let older = proof(5, &[(0, 1), (3, 2)]);
        let newer = proof(9, &[(0, 1), (3, 2), (7, 3)]);
        assert_eq!(contradiction(&older, &newer), None);
        assert_eq!(contradiction(&newer, &older), None);
    }

    #[test]
    fn a_record_that_one_side_leaves_out_is_named_with_the_side() {
        let whole = proof(9, &[(0, 1), (3, 2), (7, 3)]);
        let holed = proof(9, &[(0, 1), (7, 3)]);
        assert_eq!(
            contradiction(&whole, &holed),
            Some(Contradiction::LeftOut {
                by: Side::Second,
                record: record(2)
            })
        );
        assert_eq!(
            contradiction(&holed, &whole),
            Some(Contradiction::LeftOut {
                by: Side::First,
                record: record(2)
            })
        );
    }

    #[test]
    fn two_checkpoints_at_one_height_are_two_histories() {
        let one = proof(5, &[(0, 1)]);
        let mut other = one.clone();
        other.header = chopmark_core::HeaderHash::from_bytes([9; 32]);
        assert_eq!(
            contradiction(&one, &other),
            Some(Contradiction::TwoHistories { height: one.height })
        );
    }
}
