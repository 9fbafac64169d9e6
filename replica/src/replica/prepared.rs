//! Checks that need no ledger, done before its lock is taken.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{
    BlockError, BlockId, Body, CborError, Checkpoint, CheckpointError, DeviceId, Digest32,
    EvidenceId, Height, Item, KeyRing, NetworkId, NumberedItem, SectionHash, Seq, SignedBlock,
    StatementError, SubjectId, ValidatorSet, VerifiedBlock, VerifiedCheckpoint, limits,
};

use super::Copy;
use super::checked::{Checked, Signature};
use crate::store::{NewBlock, Store, StoreError};

/// An item whose signatures and hashes are right, or the reason why they are not.
pub(super) enum Prepared {
    Block(Box<Ready>),
    Section(SectionHash, Vec<u8>),
    Checkpoint(Box<VerifiedCheckpoint>),
    /// Of validators that are not known here, or not yet.
    Unverified(Box<Checkpoint>),
    /// A block that is here already, by another way: a hash is cheaper than a signature. Or a
    /// checkpoint of a height that is final here: whatever it says, nothing comes of it.
    Known,
    Bad {
        code: &'static str,
        detail: String,
    },
}

impl Prepared {
    /// A checkpoint that its validators did not make.
    pub(super) fn not_cosigned(error: &CheckpointError) -> Self {
        Self::Bad {
            code: NOT_COSIGNED,
            detail: error.to_string(),
        }
    }
}

/// The word for a checkpoint that its validators did not make.
pub(super) const NOT_COSIGNED: &str = "bad-signature";

impl Copy {
    /// Whether taking the item in could change anything here.
    pub(super) fn is_news(&self, store: &Store, item: &Prepared) -> Result<bool, StoreError> {
        Ok(match item {
            Prepared::Known => false,
            Prepared::Block(ready) => !self.is_here(store, &ready.block.id())?,
            Prepared::Checkpoint(checkpoint) => {
                checkpoint.header().height() > self.ledger.tip().height
            }
            Prepared::Section(hash, _) => !store.has_section(*hash)?,
            Prepared::Unverified(_) | Prepared::Bad { .. } => true,
        })
    }
}

/// A verified block with everything that the store looks up by it.
pub(super) struct Ready {
    pub(super) block: VerifiedBlock,
    pub(super) bytes: Vec<u8>,
    touches: Vec<(SubjectId, u16)>,
    sections: Vec<(SectionHash, u64)>,
    evidence: Vec<(EvidenceId, u64)>,
    place: (DeviceId, Seq),
}

impl Ready {
    pub(super) fn new(block: VerifiedBlock) -> Self {
        let bytes = block.to_bytes();
        let (mut touches, mut sections, mut evidence) = (Vec::new(), Vec::new(), Vec::new());
        for (index, record) in (0_u16..).zip(block.records()) {
            touches.extend(record.concerned().iter().map(|subject| (*subject, index)));
            sections.extend(
                record
                    .sections()
                    .iter()
                    .map(|section| (section.hash(), u64::from(section.length()))),
            );
            if let Body::Attest {
                evidence: named, ..
            } = record.body()
            {
                evidence.extend(named.iter().copied());
            }
        }
        let place = (block.header().device(), block.header().seq());
        Self {
            block,
            bytes,
            touches,
            sections,
            evidence,
            place,
        }
    }

    pub(super) fn new_block(&self) -> NewBlock<'_> {
        NewBlock {
            id: self.block.id(),
            place: self.place,
            bytes: &self.bytes,
            touches: &self.touches,
            sections: &self.sections,
            evidence: &self.evidence,
        }
    }

    pub(super) fn evidence(&self) -> &[(EvidenceId, u64)] {
        &self.evidence
    }
}

/// The validator sets that are known here, by the digests that headers name them with.
pub(super) type Sets = BTreeMap<Digest32, ValidatorSet>;

/// What items are checked against.
pub(super) struct Against<'a> {
    pub(super) network: NetworkId,
    pub(super) sets: &'a Sets,
    /// Blocks that are here already.
    pub(super) known: &'a BTreeSet<BlockId>,
    /// The height up to which all is final here.
    pub(super) tip: Height,
    pub(super) checked: &'a Checked,
}

impl Against<'_> {
    /// Checks a batch, its halves side by side: signatures are most of the work of a sync.
    pub(super) fn prepare_all(&self, items: Vec<NumberedItem>) -> Vec<(u64, Prepared)> {
        /// Below this, starting a thread costs more than it saves.
        const WORTH_A_THREAD: usize = 16;
        if items.len() < WORTH_A_THREAD {
            return self.prepare(items);
        }
        let mut first = items;
        let second = first.split_off(first.len().div_euclid(2));
        std::thread::scope(|scope| {
            let half = scope.spawn(|| self.prepare(second));
            let mut prepared = self.prepare(first);
            match half.join() {
                Ok(rest) => prepared.extend(rest),
                Err(panic) => std::panic::resume_unwind(panic),
            }
            prepared
        })
    }

    /// Checks one after the other. A block that somebody else is checking comes last: they will
    /// be done with it by then.
    fn prepare(&self, items: Vec<NumberedItem>) -> Vec<(u64, Prepared)> {
        let mut keys = KeyRing::default();
        let mut prepared = Vec::with_capacity(items.len());
        let mut later = Vec::new();
        for (place, NumberedItem { number, item }) in items.into_iter().enumerate() {
            match self.prepare_now(item, &mut keys) {
                Ok(done) => prepared.push((place, number, done)),
                Err(block) => later.push((place, number, block)),
            }
        }
        for (place, number, block) in later {
            let signature = self.checked.wait(block.id());
            prepared.push((place, number, prepare_block(*block, signature, &mut keys)));
        }
        // As they came: blocks follow those that they build on.
        prepared.sort_unstable_by_key(|(place, ..)| *place);
        let prepared = prepared.into_iter();
        prepared.map(|(_, number, done)| (number, done)).collect()
    }

    /// Checks one item by itself, or gives a block back that somebody else is checking.
    fn prepare_now(&self, item: Item, keys: &mut KeyRing) -> Result<Prepared, Box<SignedBlock>> {
        Ok(match item {
            Item::Block(block) if self.known.contains(&block.id()) => Prepared::Known,
            Item::Block(block) => match self.checked.look(block.id()) {
                Some(signature) => prepare_block(*block, signature, keys),
                None => return Err(block),
            },
            Item::Section(hash, bytes) if bytes.len() > limits::SECTION_BYTES => Prepared::Bad {
                code: "too-large",
                detail: format!("section {hash} has {} bytes", bytes.len()),
            },
            Item::Section(hash, bytes) if SectionHash::of(&bytes) != hash => Prepared::Bad {
                code: "malformed",
                detail: format!("the bytes sent as section {hash} have another hash"),
            },
            Item::Section(hash, bytes) => Prepared::Section(hash, bytes),
            Item::Checkpoint(checkpoint) if checkpoint.header().network() != self.network => {
                let found = checkpoint.header().network();
                Prepared::Bad {
                    code: "wrong-network",
                    detail: CheckpointError::WrongNetwork { found }.to_string(),
                }
            }
            // Between validators each comes from every other one, soon after it was agreed on here.
            Item::Checkpoint(checkpoint) if checkpoint.header().height() <= self.tip => {
                Prepared::Known
            }
            Item::Checkpoint(checkpoint) => {
                match self.sets.get(checkpoint.header().validator_set()) {
                    Some(validators) => checkpoint
                        .verify(validators)
                        .map(|verified| Prepared::Checkpoint(Box::new(verified)))
                        .unwrap_or_else(|error| Prepared::not_cosigned(&error)),
                    None => Prepared::Unverified(checkpoint),
                }
            }
            _ => Prepared::Bad {
                code: "version",
                detail: "an item of a kind that is not known here".to_owned(),
            },
        })
    }
}

fn prepare_block(block: SignedBlock, signature: Signature<'_>, keys: &mut KeyRing) -> Prepared {
    let verified = match signature {
        Signature::Good => {
            let id = block.id();
            block.verify_pinned(id)
        }
        Signature::Yours(check) => block.verify_with(keys).inspect(|_| check.found_good()),
    };
    match verified {
        Ok(verified) => Prepared::Block(Box::new(Ready::new(verified))),
        Err(error) => Prepared::Bad {
            code: code(&error),
            detail: error.to_string(),
        },
    }
}

/// The word of the format, section 10, for what is wrong with a block.
fn code(error: &BlockError) -> &'static str {
    match error {
        BlockError::Encoding(CborError::NonCanonical) => "non-canonical",
        BlockError::TooLarge { .. }
        | BlockError::EncapsulationsTooLarge { .. }
        | BlockError::SectionsTooLarge { .. } => "too-large",
        BlockError::Statement(StatementError::Signature { .. }) => "bad-signature",
        _ => "malformed",
    }
}
