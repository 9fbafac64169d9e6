//! Pending: what the state would be if everything held here were ordered now, in the order in
//! which it arrived. Devices show it; peers admit blocks with it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use thiserror::Error;

use crate::ledger::{Applied, Ledger, Outcome, Place, place, run_block};
use crate::rules::{Refusal, draw_now};
use crate::state::{
    Changes, ClosedOffer, DeviceState, FeedHead, Governance, GroupState, Layer, Logged,
    MemberState, Offer, PrefixClaim, Registration, Roster, StateView, SubjectState, Tip,
    WaitingUnit,
};
use crate::{
    BlockId, DeviceId, Height, MemberId, NetworkId, Prefix, ReaderGroup, RecordRef, SubjectId,
    TimeMs, Undrawn, VerifiedBlock,
};

/// Why a block has no place on the overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PendingError {
    /// What it builds on is neither final nor pending.
    #[error("the block builds on one that is not here")]
    MissingPrev,
    /// Its device is not enrolled by the member that it names, in the network that it names.
    #[error("the block's device is not enrolled")]
    Stranger,
    /// It is final or on the overlay already.
    #[error("the block is there already")]
    Duplicate,
}

/// An overlay on a ledger's final state. The base is neither copied nor changed. A clone is for
/// trying what would come of blocks that may never be kept.
#[derive(Clone)]
pub struct Pending<'a> {
    layer: Layer<'a>,
    book: Book,
}

/// A pending overlay without its ledger, to be kept beside it.
#[derive(Clone, Debug)]
pub struct DetachedPending {
    changes: Changes,
    book: Book,
}

/// What an overlay knows beside its changes.
#[derive(Clone, Debug)]
struct Book {
    outcomes: BTreeMap<RecordRef, Outcome>,
    next_index: u64,
    height: Height,
}

impl<'a> Pending<'a> {
    /// An overlay with these blocks on it, in their order. Blocks that have no place (their feed
    /// has a hole, say) are left out; they may find one later.
    pub fn over<'b>(
        ledger: &'a Ledger,
        blocks: impl IntoIterator<Item = &'b VerifiedBlock>,
    ) -> Self {
        let mut pending = Self {
            layer: Layer {
                base: ledger.state(),
                changes: Changes::default(),
            },
            book: Book {
                outcomes: BTreeMap::new(),
                next_index: ledger.log().size(),
                height: ledger.tip().height,
            },
        };
        for block in blocks {
            // Left out, as promised: there is nothing to tell about a block that cannot count.
            let _ = pending.push(block);
        }
        pending
    }

    /// Adds one block.
    ///
    /// # Errors
    /// Says why it has no place here; the overlay is then unchanged.
    pub fn push(&mut self, block: &VerifiedBlock) -> Result<(), PendingError> {
        if self.layer.logged(&block.id()).is_some() {
            return Err(PendingError::Duplicate);
        }
        match place(&self.layer, block) {
            Place::Next | Place::Fork => {}
            Place::MissingPrev => return Err(PendingError::MissingPrev),
            Place::Stranger => return Err(PendingError::Stranger),
        }
        let now = self.layer.tip().time;
        let decided = run_block(&mut self.layer, block, self.book.next_index, now);
        self.book.next_index = self.book.next_index.saturating_add(1);
        // A record that waited and was decided later has its last outcome.
        self.book.outcomes.extend(decided);
        Ok(())
    }

    /// The overlay as it would be with these items drawn from their runs: how to look at a thing
    /// about which nobody wrote yet. What cannot be drawn now is left out.
    #[must_use]
    pub fn with_drawn<'u>(&self, items: impl IntoIterator<Item = &'u Undrawn>) -> Self {
        let mut drawn = self.clone();
        drawn.draw(items);
        drawn
    }

    /// The same in place.
    pub fn draw<'u>(&mut self, items: impl IntoIterator<Item = &'u Undrawn>) {
        let now = self.layer.tip().time;
        for undrawn in items {
            let Some(subject) = undrawn.subject(&self.layer) else {
                continue;
            };
            let item = std::slice::from_ref(undrawn.item());
            // What failed half way changed nothing that anyone keeps.
            let _ = draw_now(&mut self.layer, now, (undrawn.run(), &[subject]), item);
        }
    }

    /// What would become of a record of the overlay; earlier records that waited and would be
    /// decided now are here too.
    #[must_use]
    pub fn outcome(&self, record: &RecordRef) -> Option<&Outcome> {
        self.book.outcomes.get(record)
    }

    /// Every outcome, by record.
    pub fn outcomes(&self) -> impl Iterator<Item = (&RecordRef, &Outcome)> {
        self.book.outcomes.iter()
    }

    /// Lets go of the ledger, so that it can be kept or changed.
    #[must_use]
    pub fn detach(self) -> DetachedPending {
        DetachedPending {
            changes: self.layer.changes,
            book: self.book,
        }
    }
}

impl DetachedPending {
    /// Puts the overlay back on its ledger; `None` when the ledger has gone on since: then it
    /// must be made anew.
    #[must_use]
    pub fn attach(self, ledger: &Ledger) -> Option<Pending<'_>> {
        (ledger.tip().height == self.book.height).then(|| self.attach_anyway(ledger))
    }

    /// The overlay after one more checkpoint, where all that the checkpoint decided came out as
    /// here: for whoever holds so much that making it anew each time costs more than what is new.
    /// Every feed and every change is still there. What it says of the rest stays as it was in the
    /// order of arrival, before the checkpoint's time: whoever keeps it makes it anew now and
    /// then. `None` where anything came out otherwise, or the ledger has gone on by more.
    #[must_use]
    pub fn follow(mut self, ledger: &Ledger, applied: &Applied) -> Option<Self> {
        let expected = self.book.height.0.checked_add(1).map(Height);
        if expected != Some(ledger.tip().height) {
            return None;
        }
        for (record, outcome) in &applied.outcomes {
            // What is final is no longer pending.
            if self.book.outcomes.remove(record).as_ref() != Some(outcome) {
                return None;
            }
        }
        self.book.height = ledger.tip().height;
        Some(self)
    }

    /// The same although the ledger may have gone on: what the overlay changed stands as it did
    /// then, and everything else as it does now. For trying what is judged again before it counts,
    /// where beginning anew at each checkpoint would never end.
    #[must_use]
    pub fn attach_anyway(self, ledger: &Ledger) -> Pending<'_> {
        Pending {
            layer: Layer {
                base: ledger.state(),
                changes: self.changes,
            },
            book: self.book,
        }
    }
}

impl StateView for Pending<'_> {
    fn network(&self) -> NetworkId {
        self.layer.network()
    }

    fn governance(&self) -> &Governance {
        self.layer.governance()
    }

    fn roster(&self) -> &Roster {
        self.layer.roster()
    }

    fn tip(&self) -> Tip {
        self.layer.tip()
    }

    fn member(&self, id: &MemberId) -> Option<&MemberState> {
        self.layer.member(id)
    }

    fn members(&self) -> Box<dyn Iterator<Item = (&MemberId, &MemberState)> + '_> {
        self.layer.members()
    }

    fn device(&self, id: &DeviceId) -> Option<&DeviceState> {
        self.layer.device(id)
    }

    fn devices(&self) -> Box<dyn Iterator<Item = (&DeviceId, &DeviceState)> + '_> {
        self.layer.devices()
    }

    fn reader_group(&self, of: &ReaderGroup) -> Option<&GroupState> {
        self.layer.reader_group(of)
    }

    fn reader_groups(&self) -> Box<dyn Iterator<Item = (&ReaderGroup, &GroupState)> + '_> {
        self.layer.reader_groups()
    }

    fn registration(&self, prefix: &Prefix) -> Option<&Registration> {
        self.layer.registration(prefix)
    }

    fn registrations(&self) -> Box<dyn Iterator<Item = (&Prefix, &Registration)> + '_> {
        self.layer.registrations()
    }

    fn final_registrations(&self) -> Box<dyn Iterator<Item = (&Prefix, &Registration)> + '_> {
        self.layer.final_registrations()
    }

    fn claim(&self, prefix: &Prefix, member: &MemberId) -> Option<&PrefixClaim> {
        self.layer.claim(prefix, member)
    }

    fn feed(&self, device: &DeviceId) -> Option<FeedHead> {
        self.layer.feed(device)
    }

    fn subject(&self, id: &SubjectId) -> Option<&SubjectState> {
        self.layer.subject(id)
    }

    fn subjects(&self) -> Box<dyn Iterator<Item = (&SubjectId, &SubjectState)> + '_> {
        self.layer.subjects()
    }

    fn contents(&self, container: &SubjectId) -> Vec<SubjectId> {
        self.layer.contents(container)
    }

    fn associated(&self, parent: &SubjectId) -> Vec<SubjectId> {
        self.layer.associated(parent)
    }

    fn offer(&self, record: &RecordRef) -> Option<&Offer> {
        self.layer.offer(record)
    }

    fn closed_offer(&self, record: &RecordRef) -> Option<ClosedOffer> {
        self.layer.closed_offer(record)
    }

    fn offers_to(&self, member: &MemberId) -> Vec<(SubjectId, RecordRef)> {
        self.layer.offers_to(member)
    }

    fn refusal(&self, record: &RecordRef) -> Option<&Refusal> {
        self.layer.refusal(record)
    }

    fn waiting_unit(&self, first: &RecordRef) -> Option<&WaitingUnit> {
        self.layer.waiting_unit(first)
    }

    fn waiting_with(&self, record: &RecordRef) -> Option<RecordRef> {
        self.layer.waiting_with(record)
    }

    fn waiters_on(&self, missing: &RangeInclusive<RecordRef>) -> Vec<RecordRef> {
        self.layer.waiters_on(missing)
    }

    fn waiting_since_before(&self, time: TimeMs) -> Vec<RecordRef> {
        self.layer.waiting_since_before(time)
    }

    fn logged(&self, block: &BlockId) -> Option<Logged> {
        self.layer.logged(block)
    }
}
