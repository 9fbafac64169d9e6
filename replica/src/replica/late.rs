//! Handing a snapshot out, and taking one over.

use std::ops::Range;

use chopmark_core::{
    Arrived, Arriving, CatchUpError, DeviceId, Height, SnapshotOffer, StateView as _,
};

use super::gap::Gap;
use super::{Replica, ReplicaError, advance};
use crate::store::{Number, PeerRow};

/// Checkpoints that the ordinary sync brings without anyone noticing: running them takes a second
/// or two.
const NEAR: u64 = 512;
/// A state is heavier the more subjects it has: running a checkpoint costs about as much as taking
/// over so many of them.
const SUBJECTS_A_CHECKPOINT: u64 = 256;

/// What a peer that is far behind gets.
pub(crate) struct Handout {
    /// The bytes of a [`SnapshotOffer`].
    pub(crate) offer: Vec<u8>,
    /// The state, in parts of about a megabyte.
    pub(crate) parts: Vec<Vec<u8>>,
    /// The places of the log whose statements follow.
    pub(crate) log: Range<u64>,
}

impl Replica {
    /// Whether a peer at this height is so far ahead that its state is sooner taken over than what
    /// led there is run.
    pub(crate) fn is_far_behind(&self, height: u64) -> bool {
        let (here, subjects) = self.read_final(|ledger| {
            let state = ledger.state();
            (state.tip().height.0, state.subject_count())
        });
        let subjects = u64::try_from(subjects).unwrap_or(u64::MAX);
        let near = NEAR.saturating_add(subjects.div_euclid(SUBJECTS_A_CHECKPOINT));
        height.saturating_sub(here) > near
    }

    /// The state as it stands, for a peer at this height with a log of this size; `None` when
    /// nothing newer is here, or not all of it.
    ///
    /// The ledger is locked while its state is written down, about a second for a million subjects,
    /// so that whoever takes it slowly holds up nobody.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn hand_out(
        &self,
        (height, size): (Height, u64),
    ) -> Result<Option<Handout>, ReplicaError> {
        let copy = self.copy();
        let (tip, end) = (copy.ledger.tip(), copy.ledger.log().size());
        if copy.stale || copy.gap.is_some() || tip.height <= height || end < size {
            return Ok(None);
        }
        let Some(checkpoint) = self.checkpoint(tip.height)? else {
            return Ok(None);
        };
        // What arrived before the first that is not final is all in the log.
        let store = &self.0.store;
        let resting = match copy.held.resting.is_empty() {
            true => None,
            false => store.first_open()?,
        };
        let open = copy.held.first().into_iter().chain(resting);
        let open = open.chain(store.first_above(tip.height)?).min();
        let since = match open {
            Some(first) => first.get().saturating_sub(1),
            None => store.newest()?.get(),
        };
        let offer = match SnapshotOffer::new(&copy.ledger, checkpoint, self, since) {
            Ok(offer) => offer.to_bytes(),
            Err(error) => {
                tracing::error!(%error, "no snapshot can be given to a peer that is behind");
                return Ok(None);
            }
        };
        let (give, take) = std::sync::mpsc::channel();
        copy.ledger.state_in_parts(move |part| {
            // It is taken below, once all are there.
            let _ = give.send(part);
        });
        Ok(Some(Handout {
            offer,
            parts: take.into_iter().collect(),
            log: size..end,
        }))
    }

    /// The statements at these places of the log.
    ///
    /// # Errors
    /// [`crate::StoreError::DamagedRow`] naming the row, or what the disk says.
    pub(crate) fn statements(&self, places: Range<u64>) -> Result<Vec<Vec<u8>>, ReplicaError> {
        let mut statements = Vec::new();
        for index in places {
            let block = self.logged(index)?;
            statements.extend(block.map(|block| block.statement().to_vec()));
        }
        Ok(statements)
    }

    /// Gets ready for a snapshot that another peer offers.
    ///
    /// # Errors
    /// [`CatchUpError`]: what is wrong with the offer.
    pub(crate) fn accept_snapshot(&self, offer: &SnapshotOffer) -> Result<Arriving, CatchUpError> {
        self.read_final(|ledger| offer.accept(&self.0.genesis, ledger))
    }

    /// Compares what arrived with what validators cosigned, and goes over to it. On disk when this
    /// returns; the blocks that were passed over come later.
    ///
    /// # Errors
    /// [`ReplicaError::CatchUp`], or what the disk says; then everything stays as it was.
    pub(crate) fn take_over(
        &self,
        from: DeviceId,
        offer: SnapshotOffer,
        arriving: Arriving,
    ) -> Result<(), ReplicaError> {
        let arrived: Arrived = arriving.finish(&self.0.genesis)?;
        arrived.check_blocks(offer.checkpoint())?;
        let mut copy = self.writable()?;
        let (found, here) = (
            offer.checkpoint().header().height(),
            copy.ledger.tip().height,
        );
        if found <= here {
            return Err(CatchUpError::NotAhead { found, here }.into());
        }
        self.change(&mut copy, |copy, batch| {
            let slot = batch.slot_of(from)?;
            let since = Number::new(offer.since());
            let passed = (copy.ledger.tip(), copy.ledger.log().size());
            let checkpoint = offer.checkpoint().clone();
            let resting = copy.resting_from();
            let gap = Gap::after(copy.gap.take(), passed, offer, &self.0.genesis)?;
            batch.append_leaves(passed.1, arrived.leaves())?;
            copy.ledger.take_over(arrived)?;
            copy.pending = None;
            copy.drafts = Default::default();
            copy.checkpoints.retain(|height, _| *height > found);
            let ledger = &copy.ledger;
            let logged = |id: &_| ledger.state().logged(id);
            for id in copy.held.which(|id| logged(id).is_some()) {
                let place = copy.ledger.state().logged(&id).map(|logged| logged.index);
                let done = place.and_then(|index| copy.finish(&id, index));
                done.map_or(Ok(()), |done| done.write(batch))?;
            }
            copy.finish_resting(&self.0.store, batch, resting)?;
            // Its cosignatures were checked with the offer.
            advance::put(batch, &checkpoint, slot)?;
            gap.write(batch)?;
            copy.gap = Some(gap);
            copy.write_state(batch)?;
            copy.unsaved_records = 0;
            let row = self.0.store.peer(from)?;
            let mut row = row.unwrap_or_else(|| PeerRow::new(from));
            row.received(since);
            batch.put_peer(slot, &row)?;
            copy.advance(&self.0.store, batch)
        })?;
        self.0.has_gap.send_replace(true);
        Ok(())
    }
}
