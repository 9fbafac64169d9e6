//! Signatures that were checked not long ago. Peers pass on what they take in, so the same blocks
//! come from several of them within moments: whoever comes first checks a block, and the others
//! take that for it. A block's id is the hash of its statement, signature included, so it stands
//! for exactly what was checked.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use chopmark_core::BlockId;

/// Ids that are remembered: more than come between a block's first arrival and its last.
const REMEMBERED: usize = 8_192;

/// Blocks that are being checked, and those that were found good.
#[derive(Default)]
pub(super) struct Checked {
    seen: Mutex<Seen>,
    /// Told whenever a check has ended.
    ended: Condvar,
}

#[derive(Default)]
struct Seen {
    going_on: BTreeSet<BlockId>,
    good: BTreeSet<BlockId>,
    /// The good ones by age.
    by_age: VecDeque<BlockId>,
}

/// What is known of a block's signature, while nobody else is checking it.
pub(super) enum Signature<'a> {
    /// It was checked.
    Good,
    /// It is to be checked by whoever has this.
    Yours(Check<'a>),
}

/// The right to check a block. Dropped, others may.
pub(super) struct Check<'a> {
    of: &'a Checked,
    block: BlockId,
}

impl Checked {
    /// What is known of a block's signature; `None` while somebody is checking it.
    pub(super) fn look(&self, block: BlockId) -> Option<Signature<'_>> {
        let mut seen = self.seen();
        (!seen.going_on.contains(&block)).then(|| self.begin(&mut seen, block))
    }

    /// The same, once nobody is checking it any more.
    pub(super) fn wait(&self, block: BlockId) -> Signature<'_> {
        let mut seen = self.seen();
        while seen.going_on.contains(&block) {
            seen = self
                .ended
                .wait(seen)
                .unwrap_or_else(PoisonError::into_inner);
        }
        self.begin(&mut seen, block)
    }

    fn begin(&self, seen: &mut Seen, block: BlockId) -> Signature<'_> {
        if seen.good.contains(&block) {
            return Signature::Good;
        }
        seen.going_on.insert(block);
        Signature::Yours(Check { of: self, block })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Sets of ids are readable whatever happened while they were locked.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Check<'_> {
    /// The signature is the device's.
    pub(super) fn found_good(self) {
        let mut seen = self.of.seen();
        if seen.good.insert(self.block) {
            seen.by_age.push_back(self.block);
        }
        if seen.by_age.len() > REMEMBERED
            && let Some(oldest) = seen.by_age.pop_front()
        {
            seen.good.remove(&oldest);
        }
    }
}

impl Drop for Check<'_> {
    fn drop(&mut self) {
        self.of.seen().going_on.remove(&self.block);
        self.of.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(number: u64) -> BlockId {
        BlockId::of(&number.to_be_bytes())
    }

    #[test]
    fn a_block_is_checked_by_one_at_a_time_and_a_good_one_never_again() {
        let checked = Checked::default();
        let Some(Signature::Yours(check)) = checked.look(block(1)) else {
            panic!("nobody has checked it");
        };
        assert!(checked.look(block(1)).is_none());
        assert!(matches!(checked.look(block(2)), Some(Signature::Yours(_))));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| matches!(checked.wait(block(1)), Signature::Good));
            check.found_good();
            assert!(waiting.join().unwrap());
        });
    }

    #[test]
    fn a_bad_block_is_looked_at_by_everyone_who_brings_it() {
        let checked = Checked::default();
        drop(checked.look(block(1)));
        assert!(matches!(checked.look(block(1)), Some(Signature::Yours(_))));
        assert!(matches!(checked.wait(block(1)), Signature::Yours(_)));
    }

    #[test]
    fn only_so_many_are_remembered() {
        let checked = Checked::default();
        let most = u64::try_from(REMEMBERED).unwrap();
        for number in 0..=most {
            if let Some(Signature::Yours(check)) = checked.look(block(number)) {
                check.found_good();
            }
        }
        assert!(matches!(checked.look(block(0)), Some(Signature::Yours(_))));
        assert!(matches!(checked.look(block(most)), Some(Signature::Good)));
        assert_eq!(checked.seen().good.len(), REMEMBERED);
    }
}
