//! The newest arrivals in memory: a peer passes each of them on to every session.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use super::read::{ItemKind, Number, Since};
use super::{Slot, Store};

/// Bytes of all that are kept: some seconds of a busy network.
const BYTES: usize = 4 * 1024 * 1024;

/// An item that arrived a moment ago.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) number: Number,
    pub(crate) kind: ItemKind,
    pub(crate) origin: Slot,
    pub(crate) id: [u8; 32],
    pub(crate) bytes: Arc<[u8]>,
}

/// Everything that arrived after a number, as far as there is room.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// None before the first arrival of this run.
    after: Option<Number>,
    arrivals: VecDeque<Arrival>,
    bytes: usize,
}

impl Recent {
    /// What arrives after this number is kept.
    pub(super) fn begin_after(&mut self, newest: Number) {
        *self = Self {
            after: Some(newest),
            ..Self::default()
        };
    }

    pub(super) fn extend(&mut self, arrivals: Vec<Arrival>) {
        let before = arrivals
            .first()
            .map(|first| first.number.get().saturating_sub(1));
        // The first of this run; or what the file has beside these is not here.
        if let Some(before) = before.map(Number::new)
            && self.newest() != Some(before)
        {
            self.begin_after(before);
        }
        for arrival in arrivals {
            self.bytes = self.bytes.saturating_add(arrival.bytes.len());
            self.arrivals.push_back(arrival);
        }
        while let Some(oldest) = self.arrivals.pop_front_if(|_| self.bytes > BYTES) {
            self.bytes = self.bytes.saturating_sub(oldest.bytes.len());
            self.after = Some(oldest.number);
        }
    }

    fn newest(&self) -> Option<Number> {
        let last = self.arrivals.back();
        last.map_or(self.after, |last| Some(last.number))
    }

    /// Whether everything after a number is here, and `holds` of where each of it came from.
    fn all_since(&self, number: Number, mut holds: impl FnMut(Slot) -> bool) -> bool {
        let begin = self
            .arrivals
            .partition_point(|arrival| arrival.number <= number);
        let is_whole = self.after.is_some_and(|after| after <= number);
        is_whole
            && self
                .arrivals
                .range(begin..)
                .all(|arrival| holds(arrival.origin))
    }

    /// What arrived since, and the newest number of all: what the file has and this has not yet
    /// does not count.
    fn since(&self, since: Since, except: Slot) -> Option<(Vec<Arrival>, Number)> {
        let after = self.after.filter(|after| *after <= since.number)?;
        let newest = self.newest().unwrap_or(after);
        let begin = self
            .arrivals
            .partition_point(|arrival| arrival.number <= since.number);
        let mut bytes = 0usize;
        let page = self.arrivals.range(begin..);
        let page = page.filter(|arrival| arrival.origin != except);
        let fits = |arrival: &&Arrival| {
            let is_first = bytes == 0;
            bytes = bytes.saturating_add(arrival.bytes.len());
            is_first || bytes <= since.bytes
        };
        let page = page.take(since.limit).take_while(fits).cloned().collect();
        Some((page, newest))
    }
}

impl Store {
    /// What arrived after a number, in order, except what came from `except`, and the newest number
    /// of all; `None` when not all of it is in memory.
    pub(crate) fn recent_since(
        &self,
        since: Since,
        except: Slot,
    ) -> Option<(Vec<Arrival>, Number)> {
        self.recent().since(since, except)
    }

    /// Whether all that arrived after a number is in memory, and `holds` of where each of it came
    /// from.
    pub(crate) fn recent_all_since(&self, number: Number, holds: impl FnMut(Slot) -> bool) -> bool {
        self.recent().all_since(number, holds)
    }

    pub(super) fn recent(&self) -> std::sync::MutexGuard<'_, Recent> {
        // Each change leaves it whole, or short of arrivals that the file has.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(number: u64, origin: u64, bytes: usize) -> Arrival {
        Arrival {
            number: Number::new(number),
            kind: ItemKind::Block,
            origin: Slot::new(origin),
            id: [0; 32],
            bytes: vec![0; bytes].into(),
        }
    }

    fn numbers(recent: &Recent, after: u64, except: u64, bytes: usize) -> Option<Vec<u64>> {
        let since = Since {
            number: Number::new(after),
            limit: 3,
            bytes,
        };
        let (page, _) = recent.since(since, Slot::new(except))?;
        Some(page.iter().map(|arrival| arrival.number.get()).collect())
    }

    #[test]
    fn the_newest_are_here_as_far_as_there_is_room() {
        let mut recent = Recent::default();
        assert_eq!(numbers(&recent, 10, 0, 100), None);
        recent.extend((11..16).map(|n| arrival(n, n % 2, 10)).collect());
        assert_eq!(numbers(&recent, 9, 0, 100), None);
        assert_eq!(numbers(&recent, 10, 9, 100), Some(vec![11, 12, 13]));
        assert_eq!(numbers(&recent, 13, 9, 100), Some(vec![14, 15]));
        assert_eq!(numbers(&recent, 10, 1, 100), Some(vec![12, 14]));
        let even = |slot: Slot| slot.get().is_multiple_of(2);
        assert!(recent.all_since(Number::new(13), |slot| slot.get() < 2));
        assert!(!recent.all_since(Number::new(13), even), "15 is odd");
        assert!(recent.all_since(Number::new(15), even), "there is nothing");
        assert!(
            !recent.all_since(Number::new(9), |_| true),
            "10 is in the file alone"
        );
        assert_eq!(numbers(&recent, 10, 9, 25), Some(vec![11, 12]));
        assert_eq!(numbers(&recent, 10, 9, 5), Some(vec![11]));
        recent.extend(vec![arrival(16, 0, BYTES - 15)]);
        assert_eq!(numbers(&recent, 13, 9, 100), None);
        assert_eq!(numbers(&recent, 14, 9, BYTES), Some(vec![15, 16]));
        recent.extend(vec![arrival(18, 0, 10)]);
        assert_eq!(
            numbers(&recent, 16, 9, 100),
            None,
            "17 is in the file alone"
        );
        assert_eq!(numbers(&recent, 17, 9, 100), Some(vec![18]));
        recent.extend(vec![arrival(19, 0, BYTES + 1)]);
        assert_eq!(numbers(&recent, 18, 9, 100), None);
        assert_eq!(numbers(&recent, 19, 9, 100), Some(vec![]));
    }
}
