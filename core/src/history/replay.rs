//! The order in which records took effect: log order, but a record that cites a later one took
//! effect after it, because it had to wait.

use std::collections::{BTreeMap, BTreeSet};

use crate::RecordRef;

/// A record's place: its block's leaf in the log, its own place in the block.
pub(super) type Place = (u64, u16);

/// Records to be ordered, by place, with what each cites.
#[derive(Default)]
pub(super) struct Timeline {
    places: BTreeMap<RecordRef, Place>,
    records: BTreeMap<Place, (RecordRef, Vec<RecordRef>)>,
}

impl Timeline {
    pub(super) fn insert(&mut self, place: Place, record: RecordRef, cites: &[RecordRef]) {
        self.places.insert(record, place);
        self.records.insert(place, (record, cites.to_vec()));
    }

    /// The order of effect. Cites to records that are not in the timeline delay nothing.
    pub(super) fn in_order_of_effect(&self) -> Vec<RecordRef> {
        let mut order = Vec::with_capacity(self.records.len());
        let mut done: BTreeSet<RecordRef> = BTreeSet::new();
        // For each record that is not done, those that wait for it.
        let mut waiting: BTreeMap<RecordRef, BTreeSet<Place>> = BTreeMap::new();
        for place in self.records.keys() {
            let mut open = BTreeSet::from([*place]);
            while let Some(place) = open.pop_first() {
                let Some((record, cites)) = self.records.get(&place) else {
                    continue;
                };
                let missing = cites
                    .iter()
                    .find(|cite| self.places.contains_key(cite) && !done.contains(cite));
                if let Some(missing) = missing {
                    waiting.entry(*missing).or_default().insert(place);
                } else if done.insert(*record) {
                    order.push(*record);
                    open.extend(waiting.remove(record).unwrap_or_default());
                }
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockId;

    fn record(n: u8) -> RecordRef {
        RecordRef {
            block: BlockId::from_bytes([n; 32]),
            index: 0,
        }
    }

    #[test]
    fn what_waited_comes_after_what_it_waited_for() {
        let mut timeline = Timeline::default();
        // 3 cites 5, and 1 cites 3: both take effect after 5, 3 first.
        timeline.insert((1, 0), record(1), &[record(3)]);
        timeline.insert((2, 0), record(2), &[]);
        timeline.insert((3, 0), record(3), &[record(5)]);
        timeline.insert((5, 0), record(5), &[record(9)]);
        timeline.insert((6, 0), record(6), &[]);
        let order: Vec<_> = timeline
            .in_order_of_effect()
            .iter()
            .map(|r| r.block.as_bytes()[0])
            .collect();
        assert_eq!(order, [2, 5, 3, 1, 6]);
    }
}
