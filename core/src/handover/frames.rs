//! Cutting bytes into frames, and gathering them again.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::limits;

/// What marks a text as one of our frames.
const MARK: &str = "CM1:";
const VERSION: u8 = 1;
/// Version, digest, index, total.
const HEAD_BYTES: usize = 1 + 4 + 2 + 2;
/// Payload bytes of a frame at most.
pub(super) const PART_BYTES: usize = limits::HANDOVER_FRAME_BYTES - HEAD_BYTES;

/// Why a scanned text is not a frame that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A code of something else.
    #[error("this code is not part of a Chopmark hand-over")]
    NotChopmark,
    /// One of ours, and not readable.
    #[error("this code is damaged; scan it again")]
    Malformed,
    /// Written by a newer version.
    #[error("this code was made by a newer version (format {found})")]
    Version {
        /// The version in the frame.
        found: u8,
    },
    /// A frame of another cycle than the ones gathered so far.
    #[error("this code belongs to another hand-over than the ones before")]
    OtherPayload,
    /// All frames are here and do not make what was cut; gathering starts over.
    #[error("the codes do not fit together; scan them again")]
    Damaged,
}

/// How far gathering is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gathered {
    /// Some frames are missing.
    Progress {
        /// How many are here.
        have: u16,
        /// How many there are.
        total: u16,
    },
    /// Everything is here.
    Complete(Vec<u8>),
}

/// Gathers frames in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrameCollector {
    cycle: Option<Cycle>,
    parts: BTreeMap<u16, Vec<u8>>,
}

/// What all frames of one payload have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cycle {
    digest: [u8; 4],
    total: u16,
}

impl FrameCollector {
    /// Has nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the text of one scanned code; the same one again does no harm.
    ///
    /// # Errors
    /// [`FrameError`]; what was gathered before stays, except after `Damaged`.
    pub fn push(&mut self, text: &str) -> Result<Gathered, FrameError> {
        let (cycle, index, part) = read(text)?;
        match self.cycle {
            Some(known) if known != cycle => return Err(FrameError::OtherPayload),
            Some(_) => {}
            None => self.cycle = Some(cycle),
        }
        self.parts.insert(index, part);
        if self.parts.len() < usize::from(cycle.total) {
            return Ok(Gathered::Progress {
                have: u16::try_from(self.parts.len()).unwrap_or(cycle.total),
                total: cycle.total,
            });
        }
        let bytes: Vec<u8> = self.parts.values().flatten().copied().collect();
        if digest(&bytes) == cycle.digest {
            Ok(Gathered::Complete(bytes))
        } else {
            *self = Self::new();
            Err(FrameError::Damaged)
        }
    }
}

/// Cuts bytes into the texts of QR codes; `None` if they do not fit.
pub(super) fn cut(bytes: &[u8]) -> Option<Vec<String>> {
    let total = bytes.len().div_ceil(PART_BYTES);
    if total == 0 || total > limits::HANDOVER_FRAMES {
        return None;
    }
    let total = u16::try_from(total).ok()?;
    let digest = digest(bytes);
    let frames = (0u16..).zip(bytes.chunks(PART_BYTES)).map(|(index, part)| {
        let mut frame = vec![VERSION];
        frame.extend(digest);
        frame.extend(index.to_be_bytes());
        frame.extend(total.to_be_bytes());
        frame.extend(part);
        format!("{MARK}{}", base45::encode(&frame))
    });
    Some(frames.collect())
}

fn read(text: &str) -> Result<(Cycle, u16, Vec<u8>), FrameError> {
    let encoded = text.strip_prefix(MARK).ok_or(FrameError::NotChopmark)?;
    // Base45 makes three characters of two bytes.
    if encoded.len() > limits::HANDOVER_FRAME_BYTES.div_ceil(2) * 3 {
        return Err(FrameError::Malformed);
    }
    let frame = base45::decode(encoded).map_err(|_| FrameError::Malformed)?;
    let (version, rest) = frame.split_first().ok_or(FrameError::Malformed)?;
    if *version != VERSION {
        return Err(FrameError::Version { found: *version });
    }
    let (digest, rest) = rest.split_first_chunk().ok_or(FrameError::Malformed)?;
    let (index, rest) = rest.split_first_chunk().ok_or(FrameError::Malformed)?;
    let (total, part) = rest.split_first_chunk().ok_or(FrameError::Malformed)?;
    let (index, total) = (u16::from_be_bytes(*index), u16::from_be_bytes(*total));
    let cycle = Cycle {
        digest: *digest,
        total,
    };
    let fits = index < total
        && usize::from(total) <= limits::HANDOVER_FRAMES
        && (1..=PART_BYTES).contains(&part.len());
    if fits {
        Ok((cycle, index, part.to_vec()))
    } else {
        Err(FrameError::Malformed)
    }
}

fn digest(bytes: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(bytes));
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(frame: &[u8]) -> String {
        format!("{MARK}{}", base45::encode(frame))
    }

    #[test]
    fn names_what_is_wrong() {
        let long = format!("{MARK}{}", "0".repeat(1000));
        let table = [
            ("https://example.org".to_owned(), FrameError::NotChopmark),
            (String::new(), FrameError::NotChopmark),
            ("CM1:".to_owned(), FrameError::Malformed),
            ("CM1:äöü".to_owned(), FrameError::Malformed),
            (long, FrameError::Malformed),
            (text(&[2]), FrameError::Version { found: 2 }),
            (text(&[1, 0, 0, 0, 0, 0, 0, 0]), FrameError::Malformed),
            // No part.
            (text(&[1, 0, 0, 0, 0, 0, 0, 0, 1]), FrameError::Malformed),
            // Index beyond total.
            (text(&[1, 0, 0, 0, 0, 0, 1, 0, 1, 9]), FrameError::Malformed),
            // 401 frames.
            (
                text(&[1, 0, 0, 0, 0, 0, 1, 1, 0x91, 9]),
                FrameError::Malformed,
            ),
            // The digest is not that of the bytes.
            (text(&[1, 0, 0, 0, 0, 0, 0, 0, 1, 9]), FrameError::Damaged),
        ];
        for (text, expected) in table {
            assert_eq!(FrameCollector::new().push(&text), Err(expected), "{text}");
        }
    }

    #[test]
    fn another_cycle_does_not_disturb_this_one() {
        let ours = cut(&[1; 600]).unwrap();
        let theirs = cut(&[2; 600]).unwrap();
        let mut collector = FrameCollector::new();
        collector.push(&ours[0]).unwrap();
        assert_eq!(collector.push(&theirs[1]), Err(FrameError::OtherPayload));
        collector.push(&ours[2]).unwrap();
        assert_eq!(
            collector.push(&ours[1]),
            Ok(Gathered::Complete(vec![1; 600]))
        );
    }

    #[test]
    fn frames_fit_and_too_much_is_refused() {
        let most = PART_BYTES * limits::HANDOVER_FRAMES;
        let frames = cut(&vec![7; most]).unwrap();
        assert_eq!(frames.len(), limits::HANDOVER_FRAMES);
        assert!(frames.iter().all(|f| f.len() <= MARK.len() + 450));
        assert_eq!(cut(&vec![7; most + 1]), None);
    }

    proptest! {
        #[test]
        fn gathers_in_any_order(
            bytes in proptest::collection::vec(any::<u8>(), 1..3000),
            order in any::<proptest::sample::Index>(),
        ) {
            let mut frames = cut(&bytes).unwrap();
            let middle = order.index(frames.len());
            frames.rotate_left(middle);
            frames.reverse();
            let mut collector = FrameCollector::new();
            let mut last = None;
            for frame in &frames {
                last = Some(collector.push(frame).unwrap());
                // A code is often scanned twice.
                collector.push(frame).unwrap();
            }
            prop_assert_eq!(last, Some(Gathered::Complete(bytes)));
        }

        #[test]
        fn never_panics(text: String, tail in "[0-9A-Z $%*+./:-]{0,60}") {
            let mut collector = FrameCollector::new();
            let _ = collector.push(&text);
            let _ = collector.push(&format!("{MARK}{tail}"));
        }
    }
}
