//! Checks that need no ledger, done before its lock is taken.

use std::collections::BTreeSet;

use chopmark_core::{
    BlockError, BlockId, Body, CborError, DeviceId, EvidenceId, Item, KeyRing, NumberedItem,
    SectionHash, Seq, SignedBlock, StatementError, SubjectId, ValidatorSet, VerifiedBlock,
    VerifiedCheckpoint, limits,
};

use crate::store::NewBlock;

/// An item whose signatures and hashes are right, or the reason why they are not.
pub(super) enum Prepared {
    Block(Box<Ready>),
    Section(SectionHash, Vec<u8>),
    Checkpoint(Box<VerifiedCheckpoint>),
    /// A block that is here already, by another way: a hash is cheaper than a signature.
    Known,
    Bad {
        code: &'static str,
        detail: String,
    },
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
            touches.extend(record.subjects().iter().map(|subject| (*subject, index)));
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

/// Checks one item by itself.
pub(super) fn prepare(
    item: Item,
    validators: &ValidatorSet,
    known: &BTreeSet<BlockId>,
    keys: &mut KeyRing,
) -> Prepared {
    match item {
        Item::Block(block) if known.contains(&block.id()) => Prepared::Known,
        Item::Block(block) => prepare_block(*block, keys),
        Item::Section(hash, bytes) if bytes.len() > limits::SECTION_BYTES => Prepared::Bad {
            code: "too-large",
            detail: format!("section {hash} has {} bytes", bytes.len()),
        },
        Item::Section(hash, bytes) if SectionHash::of(&bytes) != hash => Prepared::Bad {
            code: "malformed",
            detail: format!("the bytes sent as section {hash} have another hash"),
        },
        Item::Section(hash, bytes) => Prepared::Section(hash, bytes),
        Item::Checkpoint(checkpoint) => match checkpoint.verify(validators) {
            Ok(verified) => Prepared::Checkpoint(Box::new(verified)),
            Err(error) => Prepared::Bad {
                code: "bad-signature",
                detail: error.to_string(),
            },
        },
        _ => Prepared::Bad {
            code: "version",
            detail: "an item of a kind that is not known here".to_owned(),
        },
    }
}

fn prepare_block(block: SignedBlock, keys: &mut KeyRing) -> Prepared {
    match block.verify_with(keys) {
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

/// Checks a batch, its halves side by side: signatures are most of the work of a sync.
pub(super) fn prepare_all(
    items: Vec<NumberedItem>,
    validators: &ValidatorSet,
    known: &BTreeSet<BlockId>,
) -> Vec<(u64, Prepared)> {
    /// Below this, starting a thread costs more than it saves.
    const WORTH_A_THREAD: usize = 16;
    let one_by_one = |items: Vec<NumberedItem>| -> Vec<(u64, Prepared)> {
        let mut keys = KeyRing::default();
        let mut one = |item| prepare(item, validators, known, &mut keys);
        items
            .into_iter()
            .map(|numbered| (numbered.number, one(numbered.item)))
            .collect()
    };
    if items.len() < WORTH_A_THREAD {
        return one_by_one(items);
    }
    let mut first = items;
    let second = first.split_off(first.len().div_euclid(2));
    std::thread::scope(|scope| {
        let half = scope.spawn(|| one_by_one(second));
        let mut prepared = one_by_one(first);
        match half.join() {
            Ok(rest) => prepared.extend(rest),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        prepared
    })
}
