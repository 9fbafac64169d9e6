use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::RecordRef;

/// Where a record stands by itself: its block's place in the log or, before it has one, its
/// arrival after everything in the log; then its place in the block.
pub(crate) type Place = (u64, u16);

/// Arrivals that are not in the log yet come after everything that is.
const NOT_LOGGED: u64 = 1 << 63;

/// The place of a record of a block.
pub(crate) fn place(log_index: Option<u64>, arrival: u64, index: u16) -> Place {
    let by_log = log_index.unwrap_or(NOT_LOGGED | arrival);
    (by_log, index)
}

/// Puts records in the order in which they took effect: by place, but a record that cites a
/// later one took effect after it, because it had to wait. Cites to others delay nothing.
pub(crate) fn order(records: &BTreeMap<Place, (RecordRef, Vec<RecordRef>)>) -> Vec<Place> {
    let here: BTreeSet<RecordRef> = records.values().map(|(record, _)| *record).collect();
    let mut order = Vec::with_capacity(records.len());
    let mut done = BTreeSet::new();
    // For each record that is not done, those that wait for it.
    let mut waiting: BTreeMap<RecordRef, BTreeSet<Place>> = BTreeMap::new();
    for place in records.keys() {
        let mut open = BTreeSet::from([*place]);
        while let Some(place) = open.pop_first() {
            let Some((record, cites)) = records.get(&place) else {
                continue;
            };
            let missing = cites
                .iter()
                .find(|cite| here.contains(cite) && !done.contains(*cite));
            if let Some(missing) = missing {
                waiting.entry(*missing).or_default().insert(place);
            } else if done.insert(*record) {
                order.push(place);
                open.extend(waiting.remove(record).unwrap_or_default());
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use chopmark_core::BlockId;

    use super::*;

    fn record(n: u8) -> RecordRef {
        RecordRef {
            block: BlockId::from_bytes([n; 32]),
            index: 0,
        }
    }

    #[test]
    fn what_waited_comes_after_what_it_waited_for() {
        let records = BTreeMap::from([
            ((1, 0), (record(1), vec![record(3)])),
            ((2, 0), (record(2), vec![])),
            ((3, 0), (record(3), vec![record(5)])),
            (place(None, 5, 0), (record(5), vec![record(9)])),
        ]);
        let order: Vec<u8> = order(&records)
            .iter()
            .map(|place| records[place].0.block.as_bytes()[0])
            .collect();
        assert_eq!(order, [2, 5, 3, 1]);
    }
}
