//! The order in which records took effect.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Record, RecordRef};

/// A unit's place: its block's, and its first record's in the block.
type Place = (u64, u16);

/// Puts records in the order in which the ledger gave them effect: log order, but a record that
/// cites a later one took effect after that one's whole block, because it had to wait; and
/// records of one all-or-nothing group took effect together. Cites to records that were not
/// inserted delay nothing.
#[derive(Debug, Default)]
pub struct Timeline {
    records: BTreeMap<Place, Entry>,
    here: BTreeSet<RecordRef>,
}

#[derive(Debug)]
struct Entry {
    at: RecordRef,
    group: Option<u16>,
    cites: Vec<RecordRef>,
}

impl Timeline {
    /// Takes in a record; `block_place` is its block's place in the log or, for a block that has
    /// none yet, a number above every place there.
    pub fn insert(&mut self, block_place: u64, at: RecordRef, record: &Record) {
        let entry = Entry {
            at,
            group: record.group(),
            cites: record.cites().to_vec(),
        };
        self.here.insert(at);
        self.records.insert((block_place, at.index), entry);
    }

    /// The records in the order of their effect.
    #[must_use]
    pub fn in_order_of_effect(&self) -> Vec<RecordRef> {
        let units = self.units();
        let mut run = Run {
            timeline: self,
            units: &units,
            done: BTreeSet::new(),
            order: Vec::with_capacity(self.records.len()),
            waiting: BTreeMap::new(),
            woken: BTreeSet::new(),
        };
        let mut places = units.keys().peekable();
        while let Some(place) = places.next() {
            run.decide(*place);
            // What waited is looked at again when the block is through.
            if places.peek().is_none_or(|next| next.0 != place.0) {
                run.settle();
            }
        }
        run.order
    }

    /// What stands or falls together, each unit at the place of its first record.
    fn units(&self) -> BTreeMap<Place, Vec<&Entry>> {
        let mut units: BTreeMap<Place, Vec<&Entry>> = BTreeMap::new();
        let mut groups: BTreeMap<(u64, u16), Place> = BTreeMap::new();
        for (place, entry) in &self.records {
            let first = match entry.group {
                Some(group) => *groups.entry((place.0, group)).or_insert(*place),
                None => *place,
            };
            units.entry(first).or_default().push(entry);
        }
        units
    }
}

struct Run<'t> {
    timeline: &'t Timeline,
    units: &'t BTreeMap<Place, Vec<&'t Entry>>,
    done: BTreeSet<RecordRef>,
    order: Vec<RecordRef>,
    /// For each record that is not done, the units that wait for it.
    waiting: BTreeMap<RecordRef, BTreeSet<Place>>,
    /// Units whose cite is done by now.
    woken: BTreeSet<Place>,
}

impl Run<'_> {
    fn decide(&mut self, place: Place) {
        let Some(unit) = self.units.get(&place) else {
            return;
        };
        let missing = unit
            .iter()
            .flat_map(|entry| &entry.cites)
            .find(|cite| self.timeline.here.contains(cite) && !self.done.contains(cite));
        if let Some(missing) = missing {
            self.waiting.entry(*missing).or_default().insert(place);
            return;
        }
        for entry in unit {
            if self.done.insert(entry.at) {
                self.order.push(entry.at);
                let woken = self.waiting.remove(&entry.at);
                self.woken.extend(woken.unwrap_or_default());
            }
        }
    }

    fn settle(&mut self) {
        while let Some(place) = self.woken.pop_first() {
            self.decide(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testnet::observe;
    use crate::{BlockId, SubjectId};

    fn at(block: u8, index: u16) -> RecordRef {
        RecordRef {
            block: BlockId::from_bytes([block; 32]),
            index,
        }
    }

    /// Inserts a record of the block that has its number as its place.
    fn insert(timeline: &mut Timeline, at: RecordRef, cites: &[RecordRef], group: Option<u16>) {
        let mut draft = observe(&[SubjectId::from_bytes([1; 32])]).citing(cites.to_vec());
        draft.group = group;
        let record = Record::new(&draft, Vec::new()).unwrap();
        timeline.insert(at.block.as_bytes()[0].into(), at, &record);
    }

    fn order(timeline: &Timeline) -> Vec<(u8, u16)> {
        let order = timeline.in_order_of_effect();
        order
            .iter()
            .map(|record| (record.block.as_bytes()[0], record.index))
            .collect()
    }

    #[test]
    fn what_waited_comes_after_what_it_waited_for() {
        let mut timeline = Timeline::default();
        // 3 cites 5, and 1 cites 3: both take effect after 5, 3 first.
        insert(&mut timeline, at(1, 0), &[at(3, 0)], None);
        insert(&mut timeline, at(2, 0), &[], None);
        insert(&mut timeline, at(3, 0), &[at(5, 0)], None);
        insert(&mut timeline, at(5, 0), &[at(9, 0)], None);
        insert(&mut timeline, at(6, 0), &[], None);
        assert_eq!(order(&timeline), [(2, 0), (5, 0), (3, 0), (1, 0), (6, 0)]);
    }

    /// The ledger looks at what waits when a block is through, not after each of its records.
    #[test]
    fn what_waited_comes_after_the_whole_block() {
        let mut timeline = Timeline::default();
        insert(&mut timeline, at(1, 0), &[at(2, 0)], None);
        insert(&mut timeline, at(2, 0), &[], None);
        insert(&mut timeline, at(2, 1), &[], None);
        assert_eq!(order(&timeline), [(2, 0), (2, 1), (1, 0)]);
    }

    #[test]
    fn a_group_takes_effect_at_the_place_of_its_first_record() {
        let mut timeline = Timeline::default();
        insert(&mut timeline, at(1, 0), &[], Some(7));
        insert(&mut timeline, at(1, 1), &[], None);
        insert(&mut timeline, at(1, 2), &[at(2, 0)], Some(7));
        insert(&mut timeline, at(2, 0), &[], None);
        assert_eq!(order(&timeline), [(1, 1), (2, 0), (1, 0), (1, 2)]);
    }
}
