//! Hand-over between two phones without a network: a payload, cut into QR codes that are shown
//! in a cycle and gathered in any order (format, section 9).

mod frames;

use thiserror::Error;

use crate::{
    block::{BlockError, SignedBlock},
    cbor::{CborError, Reader, Wire, Writer},
    ids::{NetworkId, SectionHash},
    limits,
    member::numbered,
};

pub use frames::{FrameCollector, FrameError, Gathered};

/// Bytes of a payload at most: all frames full.
const PAYLOAD_BYTES: usize = frames::PART_BYTES * limits::HANDOVER_FRAMES;
/// Blocks or sections in a payload at most; each has far more than a hundred bytes.
const ENTRIES: usize = PAYLOAD_BYTES / 100;

numbered! {
    /// Which half of a hand-over a payload carries.
    HandoverStep: "step" {
        /// The giver's.
        Offer = 0,
        /// The receiver's.
        Acceptance = 1,
    }
}

/// Why a payload cannot be shown or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HandoverError {
    /// More than 400 codes hold: sync first, so that less has to be shown.
    #[error("too much to show in codes ({found} bytes, {PAYLOAD_BYTES} fit); sync first")]
    TooLarge {
        /// How many bytes there are.
        found: usize,
    },
    /// Not readable.
    #[error("the codes' contents are not readable: {0}")]
    Encoding(#[from] CborError),
    /// A block in it is not readable.
    #[error("a block in the codes is wrong: {0}")]
    Block(#[from] BlockError),
}

/// What one phone shows the other: its blocks that are not final, oldest first, the offer or
/// acceptance last, and the sections that the other may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverPayload {
    /// The network.
    pub network: NetworkId,
    /// Which half it is.
    pub step: HandoverStep,
    /// The blocks, oldest first.
    pub blocks: Vec<SignedBlock>,
    /// Sections of those blocks.
    pub sections: Vec<(SectionHash, Vec<u8>)>,
}

impl HandoverPayload {
    /// The payload's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Writer::new();
        to.array(5);
        to.u64(1);
        self.network.write(&mut to);
        self.step.write(&mut to);
        to.array(self.blocks.len());
        for block in &self.blocks {
            block.write_into(&mut to);
        }
        to.array(self.sections.len());
        for (hash, ciphertext) in &self.sections {
            to.array(2);
            hash.write(&mut to);
            to.bytes(ciphertext);
        }
        to.into_bytes()
    }

    /// Reads gathered bytes. The blocks are not verified yet, and sections may be anything.
    ///
    /// # Errors
    /// [`HandoverError`]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HandoverError> {
        let from = &mut Reader::new(bytes);
        from.array_exactly(5)?;
        from.version()?;
        let network = NetworkId::read(from)?;
        let step = HandoverStep::read(from)?;
        let mut blocks = Vec::new();
        for _ in 0..from.array("blocks", ENTRIES)? {
            blocks.push(SignedBlock::read_from(from)??);
        }
        let mut sections = Vec::new();
        for _ in 0..from.array("sections", ENTRIES)? {
            from.array_exactly(2)?;
            let hash = SectionHash::read(from)?;
            let ciphertext = from.bytes("section", limits::SECTION_BYTES)?;
            sections.push((hash, ciphertext.to_vec()));
        }
        from.end()?;
        let payload = Self {
            network,
            step,
            blocks,
            sections,
        };
        if payload.to_bytes() == bytes {
            Ok(payload)
        } else {
            Err(CborError::NonCanonical.into())
        }
    }

    /// The texts of the QR codes, to be shown in a cycle.
    ///
    /// # Errors
    /// [`HandoverError::TooLarge`]
    pub fn frames(&self) -> Result<Vec<String>, HandoverError> {
        let bytes = self.to_bytes();
        frames::cut(&bytes).ok_or(HandoverError::TooLarge { found: bytes.len() })
    }
}
