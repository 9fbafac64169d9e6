//! Checkpoints of validators that are not known here yet. Who orders a height is known for certain
//! once the checkpoint two before it is applied; until then such a one waits in memory, and its
//! sender is asked for it again should this process end before.

use std::collections::BTreeMap;

use chopmark_core::{
    Checkpoint, CheckpointError, Height, Ledger, StateView as _, VerifiedCheckpoint,
};

use crate::store::{Number, Slot};

/// Checkpoints that wait so, of all senders: more than arrive while a block is fetched.
const WAITING: usize = 512;
/// And of one sender, so that none can keep the others' out.
const WAITING_OF_ONE: usize = 256;

/// A checkpoint that cannot be checked yet.
pub(super) struct Unverified {
    from: Slot,
    number: u64,
    checkpoint: Checkpoint,
}

/// All of them, in order of arrival.
#[derive(Default)]
pub(super) struct Waiting {
    kept: Vec<Unverified>,
    /// The first of each sender's that there was no room for: it is asked for again.
    dropped: BTreeMap<Slot, u64>,
}

/// What became of one that waited.
pub(super) enum Judged {
    Good(Box<VerifiedCheckpoint>, Slot),
    Bad(Height, CheckpointError),
}

impl Waiting {
    /// Keeps one; what there is no room for is asked for again.
    pub(super) fn keep(&mut self, from: Slot, number: u64, checkpoint: Checkpoint) {
        if self.kept.iter().any(|kept| kept.checkpoint == checkpoint) {
            return;
        }
        let of_one = self.kept.iter().filter(|kept| kept.from == from).count();
        if of_one < WAITING_OF_ONE && self.kept.len() < WAITING {
            self.kept.push(Unverified {
                from,
                number,
                checkpoint,
            });
        } else {
            self.dropped.entry(from).or_insert(number);
        }
    }

    /// A sender begins again from this number.
    pub(super) fn again(&mut self, from: Slot, first: u64) {
        if self
            .dropped
            .get(&from)
            .is_some_and(|dropped| first <= *dropped)
        {
            self.dropped.remove(&from);
        }
    }

    /// The number up to which everything that a sender sent is done with.
    pub(super) fn done_up_to(&self, from: Slot, last: u64) -> Number {
        let of_sender = self.kept.iter().filter(|kept| kept.from == from);
        let open = of_sender.map(|kept| kept.number);
        let first = open.chain(self.dropped.get(&from).copied()).min();
        Number::new(first.map_or(last, |first| first.saturating_sub(1).min(last)))
    }

    /// Takes out what can be checked now, each with what came of it.
    pub(super) fn judge(&mut self, ledger: &Ledger) -> Vec<Judged> {
        let (due, wait): (Vec<_>, Vec<_>) = std::mem::take(&mut self.kept)
            .into_iter()
            .partition(|kept| is_certain(ledger, kept.checkpoint.header().height()));
        self.kept = wait;
        let newer = due.into_iter().filter(|kept| {
            let height = kept.checkpoint.header().height();
            height > ledger.tip().height
        });
        let judged = newer.map(|kept| {
            let height = kept.checkpoint.header().height();
            match kept
                .checkpoint
                .verify(ledger.state().roster().validators(height))
            {
                Ok(verified) => Judged::Good(Box::new(verified), kept.from),
                Err(error) => Judged::Bad(height, error),
            }
        });
        judged.collect()
    }
}

/// Whether no checkpoint that comes can change who orders this height: a change lies at least two
/// ahead of the one that decides it.
pub(super) fn is_certain(ledger: &Ledger, height: Height) -> bool {
    height.0 <= ledger.tip().height.0.saturating_add(2)
}
