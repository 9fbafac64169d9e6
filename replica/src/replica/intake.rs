//! Taking in blocks, sections and checkpoints: what came from the wire, and what another phone
//! showed.

use std::collections::BTreeSet;

use chopmark_core::{
    AdmitError, BlockId, Checkpoint, CheckpointError, DeviceId, Height, Item, NumberedItem,
    SectionHash, SignedBlock, StateView as _, VerifiedCheckpoint,
};

use super::prepared::{Against, NOT_COSIGNED, Prepared, Ready, Sets};
use super::room::weight;
use super::unverified::is_certain;
use super::{Copy, Replica, ReplicaError};
use crate::store::{Batch, EvidenceState, PeerRow, SectionPut, Slot};

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Items stored now; the others were here already.
    pub stored: usize,
    /// Items that are not taken.
    pub not_taken: Vec<NotTaken>,
    /// Sections that are not taken since no block here names them, by their numbers.
    pub unnamed: Vec<(u64, SectionHash)>,
}

/// An item that is not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// The sender's number of it.
    pub number: u64,
    /// One of the codes of the format, section 10.
    pub code: &'static str,
    /// The reason in a sentence.
    pub detail: String,
}

impl NotTaken {
    /// A section that no block names.
    pub(crate) fn unnamed(number: u64, hash: SectionHash) -> Self {
        Self {
            number,
            code: "malformed",
            detail: format!("no block here names section {hash}"),
        }
    }
}

impl Replica {
    /// Takes in what another device sent over the wire, in the order of its numbers; `last` is the
    /// number up to which this is everything. It is on disk when this returns.
    ///
    /// # Errors
    /// What the disk says; nothing of the batch is stored then.
    pub fn take_in(
        &self,
        from: DeviceId,
        items: Vec<NumberedItem>,
        last: u64,
    ) -> Result<TakenIn, ReplicaError> {
        if let (Some(first), Some((slot, _))) = (items.first(), self.0.store.peer_at(from)?) {
            self.copy().unverified.again(slot, first.number);
        }
        self.take_again(from, items, last)
    }

    /// The same for items that come again, under numbers from before: what follows them does not.
    pub(crate) fn take_again(
        &self,
        from: DeviceId,
        items: Vec<NumberedItem>,
        last: u64,
    ) -> Result<TakenIn, ReplicaError> {
        let prepared = self.prepare(items);
        let mut copy = self.writable()?;
        let mut has_news = false;
        for (_, item) in &prepared {
            has_news = has_news || copy.is_news(&self.0.store, item)?;
        }
        if !has_news && self.is_noted_up_to_near(from, last)? {
            return Ok(TakenIn::default());
        }
        self.change(&mut copy, |copy, batch| {
            let slot = batch.slot_of(from)?;
            let taken = self.take_all(copy, batch, prepared, slot)?;
            let mut row = self
                .0
                .store
                .peer(from)?
                .unwrap_or_else(|| PeerRow::new(from));
            // What waits in memory alone is asked for again should this process end.
            row.received(copy.unverified.done_up_to(slot, last));
            batch.put_peer(slot, &row)?;
            Ok(taken)
        })
    }

    /// Whether the row of another side says nearly how far its numbers are here. Peers send each
    /// other what a third one brought to both: to write a row for that, and flush it, would be
    /// most of their work. What is not noted is sent again after a break, and known then.
    fn is_noted_up_to_near(&self, from: DeviceId, last: u64) -> Result<bool, ReplicaError> {
        /// Known items that may come again.
        const NEAR: u64 = 1_024;
        let row = self.0.store.peer(from)?;
        Ok(row.is_some_and(|row| last.saturating_sub(row.since().get()) < NEAR))
    }

    /// Takes in what another phone showed as QR frames. It is passed on from here like what was
    /// signed here, so that either phone can deliver both sides.
    ///
    /// # Errors
    /// What the disk says; nothing is stored then.
    pub fn take_handover(
        &self,
        blocks: Vec<SignedBlock>,
        sections: Vec<(SectionHash, Vec<u8>)>,
    ) -> Result<TakenIn, ReplicaError> {
        let blocks = blocks.into_iter().map(|block| Item::Block(Box::new(block)));
        let sections = sections
            .into_iter()
            .map(|(hash, bytes)| Item::Section(hash, bytes));
        let items: Vec<NumberedItem> = (1..)
            .zip(blocks.chain(sections))
            .map(|(number, item)| NumberedItem { number, item })
            .collect();
        let prepared = self.prepare(items);
        let mut copy = self.writable()?;
        let mut taken = self.change(&mut copy, |copy, batch| {
            self.take_all(copy, batch, prepared, Slot::HERE)
        })?;
        let unnamed = taken.unnamed.drain(..);
        let unnamed = unnamed.map(|(number, hash)| NotTaken::unnamed(number, hash));
        taken.not_taken.extend(unnamed);
        Ok(taken)
    }

    /// All that can be checked without holding up who else needs the ledger.
    fn prepare(&self, items: Vec<NumberedItem>) -> Vec<(u64, Prepared)> {
        let (known, tip) = self.known(&items);
        let is_checkpoint = |numbered: &NumberedItem| matches!(numbered.item, Item::Checkpoint(_));
        // Most batches have none, and sets of validators have large keys.
        let sets = match items.iter().any(is_checkpoint) {
            true => self.validator_sets(),
            false => Sets::new(),
        };
        let against = Against {
            network: self.0.genesis.id(),
            sets: &sets,
            known: &known,
            tip,
            checked: &self.0.checked,
        };
        against.prepare_all(items)
    }

    /// The blocks of a batch that are here already, and up to where all is final.
    fn known(&self, items: &[NumberedItem]) -> (BTreeSet<BlockId>, Height) {
        let copy = self.copy();
        // After a failed write memory has what the disk has not.
        if copy.stale {
            return (BTreeSet::new(), Height(0));
        }
        let blocks = items.iter().filter_map(|numbered| match &numbered.item {
            Item::Block(block) => Some(block.id()),
            _ => None,
        });
        let known = blocks
            // One that a snapshot passed over is news. A read that fails finds nothing known.
            .filter(|id| {
                let logged = copy.ledger.state().logged(id).is_some();
                (logged && copy.gap.is_none()) || copy.is_here(&self.0.store, id).unwrap_or(false)
            })
            .collect();
        (known, copy.ledger.tip().height)
    }

    fn take_all(
        &self,
        copy: &mut Copy,
        batch: &mut Batch<'_>,
        prepared: Vec<(u64, Prepared)>,
        origin: Slot,
    ) -> Result<TakenIn, ReplicaError> {
        let mut taken = TakenIn::default();
        for (number, item) in prepared {
            let outcome = match item {
                Prepared::Block(ready) => self.take_block(copy, batch, *ready, origin)?,
                Prepared::Section(hash, bytes) => take_section(batch, hash, &bytes, origin)?,
                Prepared::Checkpoint(checkpoint) => {
                    self.take_checkpoint(copy, batch, checkpoint, (origin, number))?
                }
                Prepared::Unverified(checkpoint) => {
                    self.take_unverified(copy, batch, *checkpoint, (origin, number))?
                }
                Prepared::Known => Outcome::Known,
                Prepared::Bad { code, detail } => Outcome::NotTaken { code, detail },
            };
            match outcome {
                Outcome::Stored => taken.stored = taken.stored.saturating_add(1),
                Outcome::Known => {}
                Outcome::NotTaken { code, detail } => taken.not_taken.push(NotTaken {
                    number,
                    code,
                    detail,
                }),
                Outcome::Unnamed(hash) => taken.unnamed.push((number, hash)),
            }
        }
        // A block may have filled the gap that others, or a checkpoint, waited for.
        if taken.stored > 0 {
            self.retry_aside(copy, batch)?;
            copy.advance(&self.0.store, batch)?;
        }
        Ok(taken)
    }

    fn take_block(
        &self,
        copy: &mut Copy,
        batch: &mut Batch<'_>,
        ready: Ready,
        origin: Slot,
    ) -> Result<Outcome, ReplicaError> {
        if copy.is_here(&self.0.store, &ready.block.id())? {
            return Ok(Outcome::Known);
        }
        let refused = match copy.check_admission(&self.0.store, &ready.block) {
            Ok(()) => {
                self.keep(copy, batch, ready, origin)?;
                return Ok(Outcome::Stored);
            }
            Err(AdmitError::Duplicate) => return self.take_logged(copy, batch, &ready, origin),
            Err(refused) => refused,
        };
        // Not an error of the sender: the rest may come from elsewhere.
        let waits = matches!(
            refused,
            AdmitError::MissingPrev { .. } | AdmitError::UnknownDevice { .. }
        );
        let device = ready.block.header().device();
        let mut stored = false;
        if (waits || refused.may_be_ordered())
            && copy.held.has_room_aside(device, ready.bytes.len())
            && let Some(number) = batch.put_aside(&ready.new_block(), origin)?
        {
            stored = true;
            let size = ready.bytes.len();
            copy.held.insert_aside(number, ready.block, size);
        }
        match waits && stored {
            true => Ok(Outcome::Stored),
            false => Ok(Outcome::NotTaken {
                code: refused.code(),
                detail: refused.to_string(),
            }),
        }
    }

    /// A block that is in the log: a snapshot may have passed it over.
    fn take_logged(
        &self,
        copy: &Copy,
        batch: &mut Batch<'_>,
        ready: &Ready,
        origin: Slot,
    ) -> Result<Outcome, ReplicaError> {
        match copy.gap.is_some() && self.keep_passed(copy, batch, ready, origin)? {
            true => Ok(Outcome::Stored),
            false => Ok(Outcome::Known),
        }
    }

    /// Keeps a block that a snapshot passed over; whether it is one, and was not here.
    pub(super) fn keep_passed(
        &self,
        copy: &Copy,
        batch: &mut Batch<'_>,
        ready: &Ready,
        origin: Slot,
    ) -> Result<bool, ReplicaError> {
        let Some(logged) = copy.ledger.state().logged(&ready.block.id()) else {
            return Ok(false);
        };
        let put = batch.put_passed(&ready.new_block(), logged.index, origin)?;
        if put.is_some() {
            self.mark_evidence_here(batch, ready)?;
            self.0.begun.note(&ready.block);
        }
        Ok(put.is_some())
    }

    pub(super) fn mark_evidence_here(
        &self,
        batch: &mut Batch<'_>,
        ready: &Ready,
    ) -> Result<(), ReplicaError> {
        for (id, _) in ready.evidence() {
            if self.0.vault.length(*id).is_some() {
                batch.mark_evidence(*id, EvidenceState::Here)?;
            }
        }
        Ok(())
    }

    /// Tries what was kept aside again, until nothing more finds its place.
    fn retry_aside(&self, copy: &mut Copy, batch: &mut Batch<'_>) -> Result<(), ReplicaError> {
        let mut moved = copy.held.has_aside();
        while moved {
            moved = false;
            for (number, bytes, block) in copy.held.aside() {
                let weight = weight(&block, bytes);
                let rests = !copy.held.has_room(&copy.ledger, &block, weight);
                let admitted = copy.check_admission(&self.0.store, &block).is_ok()
                    && (rests || copy.with_pending(|_, pending, _| pending.push(&block).is_ok()));
                if admitted {
                    let ready = Ready::new(block);
                    batch.take_from_aside(&ready.new_block(), number)?;
                    self.mark_evidence_here(batch, &ready)?;
                    self.0.begun.note(&ready.block);
                    copy.held.take_from_aside(&copy.ledger, number);
                    moved = true;
                }
            }
        }
        Ok(())
    }

    fn take_checkpoint(
        &self,
        copy: &mut Copy,
        batch: &mut Batch<'_>,
        checkpoint: Box<VerifiedCheckpoint>,
        (origin, number): (Slot, u64),
    ) -> Result<Outcome, ReplicaError> {
        let header = checkpoint.header();
        let height = header.height();
        if height <= copy.ledger.tip().height {
            return Ok(Outcome::Known);
        }
        // By validators that do not order its height, or no longer: their word is worth nothing
        // there. Further ahead they may be the right ones.
        let expected = copy.ledger.state().roster().validators(height).digest();
        let right = *header.validator_set() == expected;
        if !right && is_certain(&copy.ledger, height) {
            return Ok(Outcome::not_cosigned(&CheckpointError::WrongValidators));
        }
        let here = copy.checkpoints.get(&height);
        let outcome = match here.map(|here| here.checkpoint() == checkpoint.checkpoint()) {
            None => {
                copy.put_checkpoint(batch, checkpoint, origin)?;
                Outcome::Stored
            }
            Some(true) => Outcome::Known,
            // One of the two may not be what the validators agreed on, and which is seen when it
            // is applied.
            Some(false) => {
                let other = checkpoint.checkpoint().clone();
                copy.unverified.keep(origin, number, other);
                Outcome::Known
            }
        };
        // Its blocks may have come meanwhile; who orders what comes next is known only then.
        copy.advance(&self.0.store, batch)?;
        Ok(outcome)
    }

    /// A checkpoint of validators that were not known when it came: they are by now, or it waits.
    fn take_unverified(
        &self,
        copy: &mut Copy,
        batch: &mut Batch<'_>,
        checkpoint: Checkpoint,
        (origin, number): (Slot, u64),
    ) -> Result<Outcome, ReplicaError> {
        let height = checkpoint.header().height();
        if height <= copy.ledger.tip().height {
            return Ok(Outcome::Known);
        }
        if !is_certain(&copy.ledger, height) {
            copy.unverified.keep(origin, number, checkpoint);
            return Ok(Outcome::Known);
        }
        match checkpoint.verify(copy.ledger.state().roster().validators(height)) {
            Ok(verified) => self.take_checkpoint(copy, batch, Box::new(verified), (origin, number)),
            Err(error) => Ok(Outcome::not_cosigned(&error)),
        }
    }
}

enum Outcome {
    Stored,
    Known,
    NotTaken {
        code: &'static str,
        detail: String,
    },
    /// A section that no block here names.
    Unnamed(SectionHash),
}

impl Outcome {
    fn not_cosigned(error: &CheckpointError) -> Self {
        Self::NotTaken {
            code: NOT_COSIGNED,
            detail: error.to_string(),
        }
    }
}

fn take_section(
    batch: &mut Batch<'_>,
    hash: SectionHash,
    bytes: &[u8],
    origin: Slot,
) -> Result<Outcome, ReplicaError> {
    Ok(match batch.put_section(hash, bytes, origin)? {
        SectionPut::Stored(_) => Outcome::Stored,
        SectionPut::Known => Outcome::Known,
        SectionPut::NotExpected => Outcome::Unnamed(hash),
    })
}
