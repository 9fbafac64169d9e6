//! Checkpoints that are not on disk: those of validators that are not known here yet, since who
//! orders a height is known for certain once the checkpoint two before it is applied, and those
//! of a height of which another one is on disk. Cosignatures are of the header alone, and whoever
//! hands a checkpoint on may have put another list of blocks beside it, or left parts of
//! cosignatures out. They wait in memory, and their sender is asked for them again should this
//! process end before.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{
    Checkpoint, CheckpointError, Height, Ledger, StateView as _, VerifiedCheckpoint,
};

use crate::store::{Number, Slot};

/// Checkpoints that wait so, of all senders: more than arrive while a block is fetched.
const WAITING: usize = 512;
/// And of one sender, so that none can keep the others' out.
const WAITING_OF_ONE: usize = 256;
/// And of one sender for one height: trying one costs as much as applying it.
const OF_ONE_HEIGHT: usize = 2;

/// A checkpoint that cannot be checked or tried yet.
pub(super) struct Unverified {
    from: Slot,
    number: u64,
    checkpoint: Checkpoint,
}

impl Unverified {
    pub(super) fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    pub(super) fn from(&self) -> Slot {
        self.from
    }

    fn height(&self) -> Height {
        self.checkpoint.header().height()
    }
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
        let of_sender = self.kept.iter().filter(|kept| kept.from == from);
        let height = checkpoint.header().height();
        let of_height = of_sender.clone().filter(|kept| kept.height() == height);
        let has_room = of_height.count() < OF_ONE_HEIGHT
            && of_sender.count() < WAITING_OF_ONE
            && self.kept.len() < WAITING;
        if has_room {
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

    /// Takes out those of a height.
    pub(super) fn others(&mut self, height: Height) -> Vec<Unverified> {
        let (others, rest) = std::mem::take(&mut self.kept)
            .into_iter()
            .partition(|kept| kept.height() == height);
        self.kept = rest;
        others
    }

    /// Keeps on keeping one that was taken out.
    pub(super) fn put_back(&mut self, one: Unverified) {
        self.kept.push(one);
    }

    /// Takes out what can be checked now, at most one for each height of which none is there, each
    /// with what came of it.
    pub(super) fn judge(&mut self, ledger: &Ledger, has: impl Fn(Height) -> bool) -> Vec<Judged> {
        let mut judged = Vec::new();
        let mut given = BTreeSet::new();
        for kept in std::mem::take(&mut self.kept) {
            let height = kept.height();
            if height <= ledger.tip().height {
                continue;
            }
            if !is_certain(ledger, height) || has(height) || given.contains(&height) {
                self.kept.push(kept);
                continue;
            }
            let validators = ledger.state().roster().validators(height);
            judged.push(match kept.checkpoint.verify(validators) {
                Ok(verified) => {
                    given.insert(height);
                    Judged::Good(Box::new(verified), kept.from)
                }
                Err(error) => Judged::Bad(height, error),
            });
        }
        judged
    }
}

/// Whether no checkpoint that comes can change who orders this height: a change lies at least two
/// ahead of the one that decides it.
pub(super) fn is_certain(ledger: &Ledger, height: Height) -> bool {
    height.0 <= ledger.tip().height.0.saturating_add(2)
}
