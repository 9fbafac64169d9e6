//! What the other side only named: it comes from somebody else, or is asked for.

use std::collections::{BTreeMap, VecDeque};

use crate::{DeviceId, Item, ItemName, NumberedItem, SectionHash, TimeMs};

/// How long something that was named may take to come from whoever sends it: longer than a busy
/// road holds it up, and short beside a person's patience.
const PATIENCE_MS: u64 = 1_000;
/// How long whoever named a thing may take to give it when asked: far longer than any road that is
/// worth staying on.
const GIVES_MS: u64 = 60_000;

/// The names that a session waits for. Nothing from the first of them on is acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Awaited {
    names: BTreeMap<u64, ItemName>,
    /// When to ask for them, unless they have come.
    due: VecDeque<(TimeMs, u64)>,
    /// Until when to wait for what was asked for.
    asked: VecDeque<(TimeMs, u64)>,
}

impl Awaited {
    /// Keeps the names among items that came, and gives the rest. `comes` says whether the peer
    /// that a thing is said to come from is connected: else there is nothing to wait for.
    pub fn sort_out(
        &mut self,
        items: Vec<NumberedItem>,
        now: TimeMs,
        comes: impl Fn(&DeviceId) -> bool,
    ) -> Vec<NumberedItem> {
        let mut rest = Vec::with_capacity(items.len());
        for NumberedItem { number, item } in items {
            match item {
                Item::Named(name, from) => {
                    if self.names.insert(number, name).is_some() {
                        continue;
                    }
                    if comes(&from) {
                        self.due.push_back((later(now, PATIENCE_MS), number));
                    } else {
                        self.due.push_front((now, number));
                    }
                }
                item => {
                    // Asked for, and here now.
                    self.names.remove(&number);
                    rest.push(NumberedItem { number, item });
                }
            }
        }
        rest
    }

    /// Waits for a section that came before any block that names it: the block may be one of those
    /// before it that are waited for. Whether it may.
    pub fn wait_for_block(&mut self, number: u64, section: SectionHash, now: TimeMs) -> bool {
        let mut before = self.names.range(..number);
        let may_come = before.any(|(_, name)| matches!(name, ItemName::Block(_)));
        if may_come {
            self.names.insert(number, ItemName::Section(section));
            self.due.push_back((later(now, PATIENCE_MS), number));
        }
        may_come
    }

    /// Lets go of the first names as far as what they name is here.
    ///
    /// # Errors
    /// What `is_here` says.
    pub fn settle<E>(
        &mut self,
        mut is_here: impl FnMut(&ItemName) -> Result<bool, E>,
    ) -> Result<(), E> {
        while let Some(first) = self.names.first_entry()
            && is_here(first.get())?
        {
            first.remove();
        }
        Ok(())
    }

    /// The numbers to ask for now, of what has not come in time. `may_ask` says whether nobody else
    /// was asked for the same a moment ago.
    ///
    /// # Errors
    /// What `is_here` says.
    pub fn due<E>(
        &mut self,
        now: TimeMs,
        mut is_here: impl FnMut(&ItemName) -> Result<bool, E>,
        mut may_ask: impl FnMut(ItemName) -> bool,
    ) -> Result<Vec<u64>, E> {
        let mut ask = Vec::new();
        while let Some((_, number)) = self.due.pop_front_if(|(due, _)| *due <= now) {
            let Some(name) = self.names.get(&number) else {
                continue;
            };
            if is_here(name)? {
                self.names.remove(&number);
            } else if may_ask(*name) {
                ask.push(number);
                self.asked.push_back((later(now, GIVES_MS), number));
            } else {
                self.due.push_back((later(now, PATIENCE_MS), number));
            }
        }
        // Blocks before their sections, as they stood.
        ask.sort_unstable();
        Ok(ask)
    }

    /// Whether the other side keeps back what it named: it was asked, and gave it in no time that
    /// a road takes. What it has by now the next session brings without naming it.
    ///
    /// # Errors
    /// What `is_here` says.
    pub fn is_kept_back<E>(
        &mut self,
        now: TimeMs,
        mut is_here: impl FnMut(&ItemName) -> Result<bool, E>,
    ) -> Result<bool, E> {
        while let Some((_, number)) = self.asked.pop_front_if(|(until, _)| *until <= now) {
            if let Some(name) = self.names.get(&number)
                && !is_here(name)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// When something is due next, or was waited for too long.
    pub fn next_due(&mut self) -> Option<TimeMs> {
        let names = &self.names;
        let has_come = |(_, number): &mut (TimeMs, u64)| !names.contains_key(number);
        let first = |of: &mut VecDeque<(TimeMs, u64)>| {
            while of.pop_front_if(has_come).is_some() {}
            of.front().map(|(at, _)| *at)
        };
        let (due, asked) = (first(&mut self.due), first(&mut self.asked));
        due.into_iter().chain(asked).min()
    }

    /// The number up to which everything is here, of what came up to `last`.
    #[must_use]
    pub fn done_up_to(&self, last: u64) -> u64 {
        let first = self.names.keys().next();
        first.map_or(last, |first| first.saturating_sub(1).min(last))
    }

    /// Whether nothing is waited for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

fn later(now: TimeMs, by_ms: u64) -> TimeMs {
    TimeMs(now.0.saturating_add(by_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockId;
    use std::convert::Infallible;

    fn name(n: u8) -> ItemName {
        ItemName::Block(BlockId::from_bytes([n; 32]))
    }

    fn named(number: u64, n: u8) -> NumberedItem {
        let item = Item::Named(name(n), DeviceId::from_bytes([9; 32]));
        NumberedItem { number, item }
    }

    fn due(awaited: &mut Awaited, now: u64, here: &[u8], may_ask: bool) -> Vec<u64> {
        let is_here = |of: &ItemName| Ok::<_, Infallible>(here.iter().any(|n| name(*n) == *of));
        let Ok(due) = awaited.due(TimeMs(now), is_here, |_| may_ask);
        due
    }

    #[test]
    fn what_does_not_come_in_time_is_asked_for_once() {
        let mut awaited = Awaited::default();
        let whole = NumberedItem {
            number: 4,
            item: Item::Section(crate::SectionHash::of(b"x"), b"x".to_vec()),
        };
        let came = vec![named(3, 3), whole.clone(), named(5, 5), named(7, 7)];
        assert_eq!(
            awaited.sort_out(came, TimeMs(0), |_| true),
            std::slice::from_ref(&whole)
        );
        assert_eq!(awaited.done_up_to(9), 2);
        assert_eq!(awaited.next_due(), Some(TimeMs(PATIENCE_MS)));
        assert!(due(&mut awaited, PATIENCE_MS - 1, &[], true).is_empty());
        let is_here = |of: &ItemName| Ok::<_, Infallible>(*of == name(3));
        let Ok(()) = awaited.settle(is_here);
        assert_eq!(awaited.done_up_to(9), 4);
        assert_eq!(awaited.due.len(), 3);
        assert_eq!(awaited.next_due(), Some(TimeMs(PATIENCE_MS)));
        assert_eq!(awaited.due.len(), 2, "what has come is due no more");
        // The fifth is here, and was not noticed yet; the seventh another was asked for.
        assert!(due(&mut awaited, PATIENCE_MS, &[5], false).is_empty());
        assert_eq!(awaited.done_up_to(9), 6);
        assert_eq!(due(&mut awaited, 2 * PATIENCE_MS, &[5], true), [7]);
        assert!(due(&mut awaited, 9 * PATIENCE_MS, &[5], true).is_empty());
        assert_eq!(awaited.done_up_to(9), 6);
        let whole = NumberedItem { number: 7, ..whole };
        awaited.sort_out(vec![whole], TimeMs(0), |_| true);
        assert!(awaited.is_empty());
        assert_eq!((awaited.done_up_to(9), awaited.next_due()), (9, None));
    }

    #[test]
    fn whoever_names_and_keeps_is_not_waited_for_for_ever() {
        let mut awaited = Awaited::default();
        let kept_back = |awaited: &mut Awaited, now: u64, here: &[u8]| {
            let is_here = |of: &ItemName| Ok::<_, Infallible>(here.iter().any(|n| name(*n) == *of));
            let Ok(is_kept_back) = awaited.is_kept_back(TimeMs(now), is_here);
            is_kept_back
        };
        awaited.sort_out(vec![named(1, 1), named(2, 2)], TimeMs(0), |_| false);
        assert_eq!(due(&mut awaited, 0, &[], true), [1, 2]);
        assert_eq!(awaited.next_due(), Some(TimeMs(GIVES_MS)));
        assert!(!kept_back(&mut awaited.clone(), GIVES_MS - 1, &[]));
        assert!(kept_back(&mut awaited.clone(), GIVES_MS, &[1]));
        assert!(
            !kept_back(&mut awaited, GIVES_MS, &[1, 2]),
            "it came from elsewhere"
        );
    }

    #[test]
    fn what_cannot_come_is_asked_for_at_once() {
        let mut awaited = Awaited::default();
        awaited.sort_out(vec![named(1, 1)], TimeMs(5), |_| true);
        awaited.sort_out(vec![named(2, 2), named(3, 3)], TimeMs(5), |_| false);
        assert_eq!(due(&mut awaited, 5, &[], true), [2, 3]);
        assert_eq!(awaited.done_up_to(2), 0);
    }

    #[test]
    fn a_section_waits_for_blocks_that_are_waited_for() {
        let mut awaited = Awaited::default();
        let section = SectionHash::of(b"x");
        assert!(!awaited.wait_for_block(2, section, TimeMs(0)));
        awaited.sort_out(vec![named(1, 1), named(9, 9)], TimeMs(0), |_| true);
        assert!(awaited.wait_for_block(2, section, TimeMs(0)));
        assert_eq!(due(&mut awaited, PATIENCE_MS, &[1], true), [2, 9]);
        assert_eq!(awaited.done_up_to(2), 1);
        assert!(!awaited.wait_for_block(3, section, TimeMs(0)));
    }
}
