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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::block::tests::told_block;

    fn payload() -> HandoverPayload {
        let built = told_block();
        HandoverPayload {
            network: NetworkId::from_bytes([9; 32]),
            step: HandoverStep::Offer,
            sections: built
                .sections
                .iter()
                .map(|section| (section.hash, section.bytes.clone()))
                .collect(),
            blocks: vec![built.block],
        }
    }

    #[test]
    fn what_one_phone_shows_the_other_reads() {
        let payload = payload();
        let mut collector = FrameCollector::new();
        let mut gathered = None;
        for frame in payload.frames().unwrap() {
            gathered = Some(collector.push(&frame).unwrap());
        }
        let Some(Gathered::Complete(bytes)) = gathered else {
            panic!("not complete: {gathered:?}");
        };
        assert_eq!(HandoverPayload::from_bytes(&bytes), Ok(payload));
    }

    #[test]
    fn names_what_is_wrong() {
        let good = payload().to_bytes();
        let read = |bytes: &[u8]| HandoverPayload::from_bytes(bytes).map(|_| ());
        let encoding = |cause| Err(HandoverError::Encoding(cause));
        assert_eq!(
            read(&[good.as_slice(), &[0]].concat()),
            encoding(CborError::Trailing { count: 1 })
        );
        let mut newer = good.clone();
        newer[1] = 2;
        assert_eq!(read(&newer), encoding(CborError::Version { found: 2 }));
        let mut step = good.clone();
        // Array, version, 32 bytes of network with two of head, then the step.
        step[36] = 2;
        assert_eq!(read(&step), encoding(CborError::Value { what: "step" }));

        let mut large = payload();
        let section = large.sections[0].clone();
        large.sections = vec![(section.0, vec![0; 120_000])];
        assert!(matches!(
            large.frames(),
            Err(HandoverError::TooLarge { found }) if found > 120_000
        ));

        let mut to = Writer::new();
        to.array(5);
        to.u64(1);
        NetworkId::from_bytes([9; 32]).write(&mut to);
        to.u64(0);
        to.array(1);
        to.array(3);
        to.bytes(b"not a statement");
        to.array(0);
        to.array(0);
        to.array(0);
        assert!(matches!(
            read(&to.into_bytes()),
            Err(HandoverError::Block(BlockError::Statement(_)))
        ));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = HandoverPayload::from_bytes(&bytes);
        }
    }
}
