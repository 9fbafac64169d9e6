//! Questions to a replica that need its store.

use chopmark_core::merkle::TreeHash;
use chopmark_core::{
    BlockId, Checkpoint, CodeHash, DeviceId, EvidenceId, HeaderHash, Height, HeldFeeds as _,
    HistorySource, NotInRun, RecordRef, RunItem, SectionHash, Seq, SignedBlock, SubjectId,
    VerifiedBlock,
};
use chopmark_core::{SignedHeader, StateView as _};

use super::held::Feeds;
use super::prepared::Sets;
use super::{Replica, ReplicaError, advance, verified};
use crate::lock::UnlockError;
use crate::store::{EvidenceState, ItemKind, Number, Since, StoreError};

/// The outbox on screen: more than any device signs in a day without a network.
const OUTBOX: Since = Since {
    number: Number::new(0),
    limit: 100_000,
    bytes: usize::MAX,
};

/// Where a device's next block goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its place in the feed.
    pub seq: Seq,
    /// The block before it.
    pub prev: Option<BlockId>,
    /// The newest checkpoint known here; none before the first.
    pub anchor: Option<(Height, HeaderHash)>,
}

/// A block that is not final, and that is this device's to send.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    /// Its number of arrival.
    pub number: Number,
    /// The block.
    pub block: VerifiedBlock,
    /// Bytes of it on the wire, without sections.
    pub bytes: usize,
    /// How far it came.
    pub stage: OutboxStage,
}

/// How far a block in the outbox came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxStage {
    /// Only here.
    Unsent,
    /// On a peer's disk; kept here until it is final.
    Sent,
    /// A peer does not take it.
    NotTaken {
        /// One of the codes of the format, section 10.
        code: String,
        /// The peer's reason.
        detail: String,
    },
}

impl Replica {
    /// Where `device`'s next block goes. A device that signs one block at a time, and stores it
    /// before the next, never forks.
    #[must_use]
    pub fn next_place(&self, device: DeviceId) -> Place {
        let copy = self.copy();
        let (seq, prev) = copy.held.next_place(&copy.ledger, device);
        let tip = copy.ledger.tip();
        let anchor = (tip.height > Height(0)).then_some((tip.height, tip.header_hash));
        Place { seq, prev, anchor }
    }

    /// The block at a place of a device's feed; none when it is not here.
    #[must_use]
    pub fn block_at(&self, device: DeviceId, seq: Seq) -> Option<BlockId> {
        let copy = self.copy();
        let feeds = Feeds {
            held: &copy.held,
            ledger: &copy.ledger,
            store: &self.0.store,
        };
        feeds.block_at(&device, seq)
    }

    /// A block, final or not.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn block(&self, id: BlockId) -> Result<Option<VerifiedBlock>, ReplicaError> {
        if let Some(block) = self.copy().held.get(&id) {
            return Ok(Some(block.clone()));
        }
        let item = self.0.store.block(id)?;
        item.map(|item| verified(item.number, &item.bytes))
            .transpose()
    }

    /// The final block at a place of the log.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn logged(&self, index: u64) -> Result<Option<VerifiedBlock>, ReplicaError> {
        let item = self.0.store.logged(index)?;
        item.map(|item| verified(item.number, &item.bytes))
            .transpose()
    }

    /// A section's ciphertext.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn section(&self, hash: SectionHash) -> Result<Option<Vec<u8>>, ReplicaError> {
        Ok(self.0.store.section(hash)?)
    }

    /// The checkpoint of a height. Up to the newest one it was verified before it was applied.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn checkpoint(&self, height: Height) -> Result<Option<Checkpoint>, ReplicaError> {
        let item = self.0.store.checkpoint(height)?;
        item.map(|item| advance::read(&item)).transpose()
    }

    /// Every record here that touches a subject, final and pending, in order of arrival; with its
    /// block's index in the log once it is final.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn records_of(
        &self,
        subject: SubjectId,
    ) -> Result<Vec<(RecordRef, Option<u64>)>, ReplicaError> {
        let mut records = Vec::new();
        let mut last: Option<(Number, BlockId)> = None;
        for touch in self.0.store.records_of(subject)? {
            let block = match last {
                Some((number, id)) if number == touch.number => Some(id),
                _ => self.block_id_at(touch.number)?,
            };
            let Some(block) = block else { continue };
            last = Some((touch.number, block));
            records.push((
                RecordRef {
                    block,
                    index: touch.index,
                },
                touch.log_index,
            ));
        }
        Ok(records)
    }

    /// What was signed or handed over here and is not final, in order.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn outbox(&self) -> Result<Vec<OutboxEntry>, ReplicaError> {
        let acked = self
            .0
            .store
            .peers()?
            .iter()
            .map(|(_, row)| row.acked())
            .max();
        let blocks = self
            .0
            .store
            .outbox_since(OUTBOX)?
            .into_iter()
            .filter(|item| item.kind == ItemKind::Block);
        let mut entries = Vec::new();
        for item in blocks {
            let stage = match self.0.store.refusal(item.number)? {
                Some(reason) => {
                    let (code, detail) = minicbor::decode(&reason).unwrap_or_default();
                    OutboxStage::NotTaken { code, detail }
                }
                None if acked.is_some_and(|acked| item.number <= acked) => OutboxStage::Sent,
                None => OutboxStage::Unsent,
            };
            let block = verified(item.number, &item.bytes)?;
            entries.push(OutboxEntry {
                number: item.number,
                bytes: item.bytes.len(),
                block,
                stage,
            });
        }
        Ok(entries)
    }

    /// Wants a file that only a section names: one of the member's own, that no other member keeps.
    ///
    /// # Errors
    /// What the disk says.
    pub fn want_evidence(&self, id: EvidenceId, length: u64) -> Result<(), StoreError> {
        let mut batch = self.0.store.batch()?;
        batch.want_evidence(id, length)?;
        batch.commit()
    }

    /// Moves evidence to a state, after a transfer.
    ///
    /// # Errors
    /// What the disk says.
    pub fn mark_evidence(&self, id: EvidenceId, state: EvidenceState) -> Result<(), StoreError> {
        let mut batch = self.0.store.batch()?;
        batch.mark_evidence(id, state)?;
        batch.commit()
    }

    /// Checks a passphrase without opening anything, for a lock screen over an open replica.
    ///
    /// # Errors
    /// [`UnlockError`], as when opening.
    pub fn check_passphrase(&self, passphrase: &str) -> Result<(), UnlockError> {
        self.0.store.check_passphrase(passphrase)
    }

    /// The validator sets that are known, by their digests.
    pub(super) fn validator_sets(&self) -> Sets {
        let copy = self.copy();
        let sets = copy.ledger.state().roster().validator_sets();
        sets.map(|set| (set.digest(), set.clone())).collect()
    }

    fn block_id_at(&self, number: Number) -> Result<Option<BlockId>, ReplicaError> {
        let Some(item) = self.0.store.item(number)? else {
            return Ok(None);
        };
        let block = SignedBlock::from_bytes(&item.bytes)
            .map_err(|source| ReplicaError::Block { number, source })?;
        Ok(Some(block.id()))
    }
}

/// Final records only: what a bundle can prove. A damaged row reads as missing, which the bundle's
/// maker names.
impl HistorySource for Replica {
    fn records_of(&self, subject: &SubjectId) -> Vec<RecordRef> {
        let records = Self::records_of(self, *subject).unwrap_or_else(|error| {
            tracing::error!(%error, "the records of a subject cannot be read");
            Vec::new()
        });
        records
            .into_iter()
            .filter_map(|(record, log_index)| log_index.map(|_| record))
            .collect()
    }

    fn block(&self, id: &BlockId) -> Option<VerifiedBlock> {
        let item = self.0.store.block(*id).ok().flatten()?;
        verified(item.number, &item.bytes).ok()
    }

    fn log_path(&self, index: u64, size: u64) -> Option<Vec<TreeHash>> {
        self.0.store.log_path(index, size).unwrap_or_else(|error| {
            tracing::error!(%error, "the log's tree cannot be read");
            None
        })
    }

    fn section(&self, hash: &SectionHash) -> Option<Vec<u8>> {
        self.0.store.section(*hash).ok().flatten()
    }

    fn header(&self, height: Height) -> Option<SignedHeader> {
        match self.checkpoint(height) {
            Ok(found) => found.map(|checkpoint| checkpoint.signed_header().clone()),
            Err(error) => {
                tracing::warn!(height = height.0, %error, "a checkpoint cannot be read");
                None
            }
        }
    }

    fn run_gap(&self, run: &SubjectId, code: &CodeHash) -> Option<NotInRun> {
        self.0.runs.gap(run, code).unwrap_or_else(|error| {
            tracing::error!(%error, "the list of a run cannot be read");
            None
        })
    }

    fn run_item(&self, code: &CodeHash) -> Option<(SubjectId, RunItem)> {
        self.0.runs.item(code).unwrap_or_else(|error| {
            tracing::error!(%error, "the lists of runs cannot be read");
            None
        })
    }
}
