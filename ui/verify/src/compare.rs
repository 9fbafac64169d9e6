//! Holds two members' proofs of the same code against each other.
//!
//! Each proof alone shows that its records are in the log; neither shows that no newer record was
//! left out. Two members that are asked separately would have to leave out the same.

use crate::answer::Proof;
use chopmark_core::RecordRef;

/// One of two proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The one that was named first.
    First,
    /// The other.
    Second,
}

/// A record that one of two proofs lacks, although its log holds it. That one is newer is no
/// contradiction.
pub(crate) fn left_out(first: &Proof, second: &Proof) -> Option<(Side, RecordRef)> {
    let by = |lacking: &Proof, whole: &Proof, side: Side| {
        whole
            .records
            .range(..lacking.log_size)
            .flat_map(|(index, records)| records.iter().map(move |record| (index, record)))
            .find(|(index, record)| {
                !lacking
                    .records
                    .get(*index)
                    .is_some_and(|known| known.contains(*record))
            })
            .map(|(_, record)| (side, *record))
    };
    by(second, first, Side::Second).or_else(|| by(first, second, Side::First))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{proof, record};

    #[test]
    fn a_newer_proof_does_not_contradict_an_older_one() {
        let older = proof(5, &[(0, 1), (3, 2)]);
        let newer = proof(9, &[(0, 1), (3, 2), (7, 3)]);
        assert_eq!(left_out(&older, &newer), None);
        assert_eq!(left_out(&newer, &older), None);
    }

    #[test]
    fn a_record_that_one_side_leaves_out_is_named_with_the_side() {
        let whole = proof(9, &[(0, 1), (3, 2), (7, 3)]);
        let holed = proof(9, &[(0, 1), (7, 3)]);
        assert_eq!(left_out(&whole, &holed), Some((Side::Second, record(2))));
        assert_eq!(left_out(&holed, &whole), Some((Side::First, record(2))));
    }
}
