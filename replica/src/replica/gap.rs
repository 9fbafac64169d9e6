//! What a snapshot passed over: blocks that are in the log here by their statements alone, and the
//! checkpoints that ordered them. They come in the background, from any peer, lowest first.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};

use chopmark_core::{
    BlockId, Body, CatchUpError, Checkpoint, Descent, DeviceId, Followed, Genesis, HeaderHash,
    Height, Item, NumberedItem, PassedError, Record, RecordRef, SectionHash, SnapshotOffer,
    StateView as _, Timeline, Tip, VerifiedCheckpoint, limits,
};
use minicbor::bytes::ByteVec;

use super::prepared::Ready;
use super::{Copy, Replica, ReplicaError, advance, lineage};
use crate::store::{Batch, SectionPut, Store, StoreError};

/// The fact that says how far a gap is filled.
const GAP: &str = "gap";
/// Checkpoints asked for at a time.
const ASKED_FOR: u64 = 256;

/// A gap, filled up to some checkpoint.
pub(super) struct Gap {
    /// The next checkpoint to fill.
    next: Height,
    /// The hash of the one before it, and the size of the log after that.
    before: (HeaderHash, u64),
    /// Where the gap began: the first checkpoint, and the first place of the log.
    first: (Height, u64),
    /// What was taken over: up to its checkpoint the gap reaches.
    offer: SnapshotOffer,
    followed: Followed,
}

/// As it is stored: next, before, first, offer.
type Stored = (u64, ByteVec, u64, u64, u64, ByteVec);

impl Gap {
    /// The gap that a snapshot leaves, after a log that ended with `tip`; longer by one that is not
    /// filled yet.
    pub(super) fn after(
        older: Option<Self>,
        (tip, size): (Tip, u64),
        offer: SnapshotOffer,
        genesis: &Genesis,
    ) -> Result<Self, CatchUpError> {
        let followed = follow(&offer, genesis)?;
        let next = Height(tip.height.0.saturating_add(1));
        let begun = Self {
            next,
            before: (tip.header_hash, size),
            first: (next, size),
            offer,
            followed,
        };
        Ok(match older {
            Some(older) => Self {
                next: older.next,
                before: older.before,
                first: older.first,
                ..begun
            },
            None => begun,
        })
    }

    /// What the store says of one.
    pub(super) fn load(store: &Store, genesis: &Genesis) -> Result<Option<Self>, ReplicaError> {
        let Some(bytes) = store.fact(GAP)? else {
            return Ok(None);
        };
        let damaged = || StoreError::DamagedRow {
            table: "meta",
            row: GAP.to_owned(),
        };
        let (next, hash, size, height, index, offer): Stored =
            minicbor::decode(&bytes).map_err(|_| damaged())?;
        let hash: [u8; 32] = hash.as_slice().try_into().map_err(|_| damaged())?;
        let offer = SnapshotOffer::from_bytes(&offer)?;
        Ok(Some(Self {
            next: Height(next),
            before: (HeaderHash::from_bytes(hash), size),
            first: (Height(height), index),
            followed: follow(&offer, genesis)?,
            offer,
        }))
    }

    pub(super) fn write(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        let stored: Stored = (
            self.next.0,
            self.before.0.as_bytes().to_vec().into(),
            self.before.1,
            self.first.0.0,
            self.first.1,
            self.offer.to_bytes().into(),
        );
        // Encoding into a vector cannot fail.
        batch.put_fact(GAP, &minicbor::to_vec(stored).unwrap_or_default())
    }

    fn end(&self) -> Height {
        self.offer.checkpoint().header().height()
    }

    fn is_filled(&self) -> bool {
        self.next > self.end()
    }
}

fn follow(offer: &SnapshotOffer, genesis: &Genesis) -> Result<Followed, CatchUpError> {
    offer.follow(genesis).map_err(CatchUpError::Rosters)
}

/// An item that fills a gap, as far as it can be checked without the ledger.
enum Passed {
    Block(Box<Ready>),
    Section(SectionHash, Vec<u8>),
    Checkpoint(Box<Checkpoint>),
}

impl Passed {
    /// A block's id is in the log or not: its signature was checked by those who ordered it.
    fn read(item: Item) -> Result<Option<Self>, PassedError> {
        Ok(match item {
            Item::Block(block) => {
                let id = block.id();
                let block = block.verify_pinned(id)?;
                Some(Self::Block(Box::new(Ready::new(block))))
            }
            Item::Section(hash, bytes) => {
                let fits = bytes.len() <= limits::SECTION_BYTES && SectionHash::of(&bytes) == hash;
                let section = fits.then_some(Self::Section(hash, bytes));
                Some(section.ok_or(PassedError::Section { hash })?)
            }
            Item::Checkpoint(checkpoint) => Some(Self::Checkpoint(checkpoint)),
            _ => None,
        })
    }
}

impl Replica {
    /// Whether the log has a gap, and every change of that.
    pub(crate) fn has_gap(&self) -> tokio::sync::watch::Receiver<bool> {
        self.0.has_gap.subscribe()
    }

    /// The heights to ask for next; `None` when there is no gap, or all of it is here.
    pub(crate) fn gap(&self) -> Option<RangeInclusive<u64>> {
        let copy = self.copy();
        let gap = copy.gap.as_ref().filter(|gap| !gap.is_filled())?;
        let last = gap.next.0.saturating_add(ASKED_FOR - 1);
        Some(gap.next.0..=last.min(gap.end().0))
    }

    /// How many checkpoints were passed over and are not here yet.
    #[must_use]
    pub fn passed_over(&self) -> u64 {
        let copy = self.copy();
        let gap = copy.gap.as_ref().filter(|gap| !gap.is_filled());
        gap.map_or(0, |gap| {
            gap.end().0.saturating_sub(gap.next.0).saturating_add(1)
        })
    }

    /// The blocks of a checkpoint with their sections, then the checkpoint; `None` when one of
    /// the blocks is not here.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub(crate) fn passed(&self, height: Height) -> Result<Option<Vec<Item>>, ReplicaError> {
        let Some(checkpoint) = self.checkpoint(height)? else {
            return Ok(None);
        };
        let mut items = Vec::new();
        for id in checkpoint.blocks() {
            let Some(block) = self.block(*id)? else {
                return Ok(None);
            };
            items.push(Item::Block(Box::new(block.as_signed().clone())));
            for record in block.records() {
                for section in record.sections() {
                    let bytes = self.section(section.hash())?;
                    items.extend(bytes.map(|bytes| Item::Section(section.hash(), bytes)));
                }
            }
        }
        items.push(Item::Checkpoint(Box::new(checkpoint)));
        Ok(Some(items))
    }

    /// Takes in what another peer sent to fill the gap, on disk when this returns. Gives how many
    /// of these items were not here.
    ///
    /// # Errors
    /// [`ReplicaError::Passed`], or what the disk says; then nothing of it is stored.
    pub(crate) fn take_passed(
        &self,
        from: DeviceId,
        items: Vec<NumberedItem>,
    ) -> Result<usize, ReplicaError> {
        let read = items.into_iter().map(|item| Passed::read(item.item));
        let passed: Vec<Passed> = read
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?;
        let mut copy = self.writable()?;
        let checked = copy.check_passed(&self.0.store, &passed)?;
        self.change(&mut copy, |copy, batch| {
            let slot = batch.slot_of(from)?;
            let mut new = checked.len();
            for item in passed {
                let is_new = match item {
                    Passed::Block(ready) => self.keep_passed(copy, batch, &ready, slot)?,
                    Passed::Section(hash, bytes) => {
                        let put = batch.put_section(hash, &bytes, slot)?;
                        matches!(put, SectionPut::Stored(_))
                    }
                    Passed::Checkpoint(_) => false,
                };
                new = new.saturating_add(usize::from(is_new));
            }
            for checkpoint in checked {
                advance::put(batch, checkpoint.checkpoint(), slot)?;
                if let Some(gap) = &mut copy.gap {
                    let header = checkpoint.header();
                    gap.next = Height(header.height().0.saturating_add(1));
                    gap.before = (checkpoint.checkpoint().hash(), header.log_size());
                }
            }
            copy.gap.as_ref().map_or(Ok(()), |gap| gap.write(batch))?;
            Ok(new)
        })
    }

    /// Ends a gap that is filled: what came of what in it is known now.
    ///
    /// # Errors
    /// What the disk says; then it is tried again at the next occasion.
    pub(crate) fn close_gap(&self) -> Result<(), ReplicaError> {
        let filled = |copy: &Copy| {
            let gap = copy.gap.as_ref().filter(|gap| gap.is_filled())?;
            Some((gap.first, (gap.end(), gap.before.1)))
        };
        let Some(gap) = filled(&self.copy()) else {
            return Ok(());
        };
        let ((first, start), (last, end)) = gap;
        // Not under the lock: it reads every block that was passed over.
        let descents = self.descents(start..end)?;
        let mut copy = self.writable()?;
        // Another snapshot made it longer meanwhile.
        if filled(&copy) != Some(gap) {
            return Ok(());
        }
        self.change(&mut copy, |copy, batch| {
            let heights = last.0.saturating_sub(first.0).saturating_add(1);
            let rows = usize::try_from(heights).unwrap_or(usize::MAX);
            // Only their order counts, so they are spread evenly over the rows that there can be.
            let a_row = descents.len().div_ceil(rows).max(1);
            for (height, part) in (first.0..).zip(descents.chunks(a_row)) {
                batch.put_lineage(Height(height), &Descent::all_to_bytes(part))?;
            }
            batch.drop_fact(GAP)?;
            copy.gap = None;
            Ok(())
        })?;
        self.0.has_gap.send_replace(false);
        // What came after the gap stands behind it.
        let height = copy.ledger.tip().height;
        copy.lineage = lineage(&self.0.store, height).inspect_err(|_| copy.stale = true)?;
        Ok(())
    }

    /// What came of what in these blocks, in order of effect.
    fn descents(&self, places: Range<u64>) -> Result<Vec<Descent>, ReplicaError> {
        let mut timeline = Timeline::default();
        let mut found = BTreeMap::new();
        let mut later = BTreeSet::new();
        for index in places.clone() {
            let Some(block) = self.logged(index)? else {
                continue;
            };
            for (at, record) in block.located() {
                if let Some(descent) = descent(at, record)
                    && self.is_applied(&at)
                {
                    found.insert(at, descent);
                    self.note(&mut timeline, (index, at, record.clone()), &mut later)?;
                }
            }
        }
        let order = timeline.in_order_of_effect();
        // What waited for a block after the gap took effect when the rules ran here.
        let is_here = |at: &RecordRef| {
            let place = self.read_final(|ledger| ledger.state().logged(&at.block));
            place.is_none_or(|logged| places.contains(&logged.index))
        };
        let here = order.into_iter().take_while(is_here);
        Ok(here.filter_map(|at| found.remove(&at)).collect())
    }

    /// Puts a record on the timeline, with those it had to wait for: they come later in the log.
    fn note(
        &self,
        timeline: &mut Timeline,
        first: (u64, RecordRef, Record),
        later: &mut BTreeSet<RecordRef>,
    ) -> Result<(), ReplicaError> {
        let mut open = vec![first];
        while let Some((index, at, record)) = open.pop() {
            timeline.insert(index, at, &record);
            for cite in record.cites() {
                let logged = self.read_final(|ledger| ledger.state().logged(&cite.block));
                let Some(place) = logged.map(|logged| logged.index).filter(|i| *i > index) else {
                    continue;
                };
                let block = self.block(cite.block)?;
                let cited = block.as_ref().and_then(|block| {
                    let record = block.records().get(usize::from(cite.index));
                    record.cloned()
                });
                if let Some(cited) = cited.filter(|_| later.insert(*cite)) {
                    open.push((place, *cite, cited));
                }
            }
        }
        Ok(())
    }

    fn is_applied(&self, at: &RecordRef) -> bool {
        self.read_final(|ledger| {
            let state = ledger.state();
            state.refusal(at).is_none() && state.waiting(at).is_none()
        })
    }
}

impl Copy {
    /// Checks what should fill the gap, and gives the checkpoints of it, one after the other.
    fn check_passed(
        &self,
        store: &Store,
        passed: &[Passed],
    ) -> Result<Vec<VerifiedCheckpoint>, ReplicaError> {
        let Some(gap) = &self.gap else {
            return Ok(Vec::new());
        };
        let mut before = gap.before;
        let mut here: BTreeSet<BlockId> = BTreeSet::new();
        let mut checked = Vec::new();
        for item in passed {
            match item {
                Passed::Block(ready) => {
                    let block = ready.block.id();
                    if self.ledger.state().logged(&block).is_none() {
                        return Err(PassedError::NotLogged { block }.into());
                    }
                    here.insert(block);
                }
                Passed::Section(..) => {}
                Passed::Checkpoint(checkpoint) => {
                    for block in checkpoint.blocks() {
                        if !here.contains(block) && !store.has_block(*block)? {
                            return Err(PassedError::Missing { block: *block }.into());
                        }
                    }
                    let checkpoint = checkpoint.as_ref().clone();
                    let verified = self
                        .ledger
                        .check_passed(checkpoint, before, &gap.followed)?;
                    before = (verified.checkpoint().hash(), verified.header().log_size());
                    checked.push(verified);
                }
            }
        }
        Ok(checked)
    }

    /// Gives a gap up whose state was lost: what is here of it is replayed, and the rest comes as
    /// it came to everyone.
    pub(super) fn drop_hopeless_gap(&mut self, store: &Store) -> Result<(), StoreError> {
        let tip = self.ledger.tip().height;
        if self.gap.as_ref().is_none_or(|gap| gap.end() <= tip) {
            return Ok(());
        }
        let mut batch = store.batch()?;
        batch.drop_fact(GAP)?;
        for (slot, mut row) in store.peers()? {
            row.start_over();
            batch.put_peer(slot, &row)?;
        }
        batch.commit()?;
        self.gap = None;
        Ok(())
    }
}

/// Takes the log's tree away, to be made again of the log. Where blocks of that are missing, the
/// state goes with it: what is here is replayed, and the rest comes as it came to everyone.
pub(super) fn forget_tree(store: &Store) -> Result<(), StoreError> {
    let mut batch = store.batch()?;
    batch.drop_tiles()?;
    if store.fact(GAP)?.is_some() {
        batch.drop_snapshot()?;
    }
    batch.commit()
}

/// What a record makes of what.
fn descent(at: RecordRef, record: &Record) -> Option<Descent> {
    let went_in = match record.body() {
        Body::Transform { inputs, .. } => inputs.len(),
        Body::Draw { .. } => 1,
        _ => return None,
    };
    let (from, to) = record.subjects().split_at_checked(went_in)?;
    Some(Descent {
        by: at,
        from: from.to_vec(),
        to: to.to_vec(),
    })
}
