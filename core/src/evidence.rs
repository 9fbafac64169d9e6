//! Evidence: photos, videos and files, sealed chunk by chunk (format, section 11).
//!
//! The STREAM construction binds every chunk to its place and flags the last one, so a chunk
//! that is moved, left out or appended does not open, and neither does a file cut short.

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use chacha20poly1305::XChaCha20Poly1305;
use thiserror::Error;

/// Plaintext bytes of every chunk but the last, which may be shorter: small enough for a phone
/// to hold many, large enough that the 16 bytes of each do not count.
pub const EVIDENCE_CHUNK_BYTES: usize = 64 * 1024;
/// Ciphertext bytes of every chunk but the last.
pub const EVIDENCE_SEALED_CHUNK_BYTES: usize = EVIDENCE_CHUNK_BYTES + TAG_BYTES;

/// What sealing adds to a chunk: the tag of Poly1305.
const TAG_BYTES: usize = 16;
/// The key of a file is never used for another, so the nonce holds nothing but the chunk's place.
const NONCE_PREFIX: [u8; 19] = [0; 19];

/// Why evidence does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// A chunk was changed, moved or cut off, or the key is another file's.
    #[error("chunk {chunk} of the evidence is damaged, cut short or of another key")]
    Damaged {
        /// Which chunk, from 0.
        chunk: u32,
    },
    /// More chunks than can be numbered.
    #[error("the evidence is too long")]
    TooLong,
}

/// Where a chunk stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkPlace {
    /// Others follow.
    Inner(u32),
    /// The last one; the only one that may be shorter, and empty only in an empty file.
    Last(u32),
}

impl ChunkPlace {
    /// The chunk's number, from 0.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::Inner(number) | Self::Last(number) => number,
        }
    }

    const fn is_last(self) -> bool {
        matches!(self, Self::Last(_))
    }
}

/// Seals and opens the chunks of one file, in any order.
///
/// ```
/// use chopmark_core::{ChunkPlace, EvidenceCipher};
///
/// let cipher = EvidenceCipher::new(&[7; 32]);
/// let mut chunk = b"the end of a photo".to_vec();
/// cipher.seal(ChunkPlace::Last(3), &mut chunk)?;
/// assert!(cipher.open(ChunkPlace::Inner(3), &mut chunk.clone()).is_err());
/// cipher.open(ChunkPlace::Last(3), &mut chunk)?;
/// assert_eq!(chunk, b"the end of a photo");
/// # Ok::<(), chopmark_core::EvidenceError>(())
/// ```
pub struct EvidenceCipher(StreamBE32<XChaCha20Poly1305>);

impl EvidenceCipher {
    /// The cipher of the file with this key: 32 random bytes that no other file has.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(StreamBE32::new(key.into(), &NONCE_PREFIX.into()))
    }

    /// Turns a chunk of plaintext into ciphertext, 16 bytes longer.
    ///
    /// # Errors
    /// [`EvidenceError::TooLong`] when the cipher refuses the length.
    pub fn seal(&self, place: ChunkPlace, chunk: &mut Vec<u8>) -> Result<(), EvidenceError> {
        self.0
            .encrypt_in_place(place.number(), place.is_last(), b"", chunk)
            .map_err(|_| EvidenceError::TooLong)
    }

    /// Turns a chunk of ciphertext into plaintext.
    ///
    /// # Errors
    /// [`EvidenceError::Damaged`] unless these bytes were sealed for this place by this key.
    pub fn open(&self, place: ChunkPlace, chunk: &mut Vec<u8>) -> Result<(), EvidenceError> {
        self.0
            .decrypt_in_place(place.number(), place.is_last(), b"", chunk)
            .map_err(|_| EvidenceError::Damaged {
                chunk: place.number(),
            })
    }

    /// Opens a whole file that fits into memory.
    ///
    /// # Errors
    /// [`EvidenceError::Damaged`] naming the first chunk that does not open.
    pub fn open_file(&self, ciphertext: &[u8]) -> Result<Vec<u8>, EvidenceError> {
        let mut plaintext = Vec::with_capacity(ciphertext.len());
        let mut rest = ciphertext;
        let mut number = 0_u32;
        loop {
            let (place, sealed, after) = match rest.split_at_checked(EVIDENCE_SEALED_CHUNK_BYTES) {
                Some((sealed, after)) if !after.is_empty() => {
                    (ChunkPlace::Inner(number), sealed, after)
                }
                _ => (ChunkPlace::Last(number), rest, [].as_slice()),
            };
            let mut chunk = sealed.to_vec();
            self.open(place, &mut chunk)?;
            plaintext.append(&mut chunk);
            if place.is_last() {
                return Ok(plaintext);
            }
            rest = after;
            number = number.checked_add(1).ok_or(EvidenceError::TooLong)?;
        }
    }
}

/// How long the ciphertext of so many bytes of plaintext is.
#[must_use]
pub const fn sealed_evidence_length(plaintext: u64) -> u64 {
    let chunks = match plaintext.div_ceil(EVIDENCE_CHUNK_BYTES as u64) {
        0 => 1,
        chunks => chunks,
    };
    plaintext.saturating_add(chunks.saturating_mul(TAG_BYTES as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal_file(cipher: &EvidenceCipher, plaintext: &[u8]) -> Vec<u8> {
        let mut chunks: Vec<Vec<u8>> = plaintext
            .chunks(EVIDENCE_CHUNK_BYTES)
            .map(<[u8]>::to_vec)
            .collect();
        if chunks.is_empty() {
            chunks.push(Vec::new());
        }
        let last = chunks.len() - 1;
        for (index, chunk) in chunks.iter_mut().enumerate() {
            let number = u32::try_from(index).unwrap();
            let place = if index == last {
                ChunkPlace::Last(number)
            } else {
                ChunkPlace::Inner(number)
            };
            cipher.seal(place, chunk).unwrap();
        }
        chunks.concat()
    }

    #[test]
    fn files_around_a_chunks_length_are_opened() {
        let cipher = EvidenceCipher::new(&[1; 32]);
        for length in [
            0,
            1,
            EVIDENCE_CHUNK_BYTES,
            EVIDENCE_CHUNK_BYTES + 1,
            200_000,
        ] {
            let plaintext = vec![0x5a; length];
            let sealed = seal_file(&cipher, &plaintext);
            assert_eq!(
                sealed_evidence_length(length as u64),
                sealed.len() as u64,
                "{length}"
            );
            assert_eq!(cipher.open_file(&sealed), Ok(plaintext), "{length}");
        }
    }

    #[test]
    fn a_file_cut_between_chunks_is_damaged() {
        let cipher = EvidenceCipher::new(&[1; 32]);
        let sealed = seal_file(&cipher, &[9; 3 * EVIDENCE_CHUNK_BYTES]);
        let cut = &sealed[..2 * EVIDENCE_SEALED_CHUNK_BYTES];
        assert_eq!(
            cipher.open_file(cut),
            Err(EvidenceError::Damaged { chunk: 1 })
        );
        assert_eq!(
            cipher.open_file(&[]),
            Err(EvidenceError::Damaged { chunk: 0 })
        );
    }

    #[test]
    fn a_flipped_bit_and_a_foreign_key_are_damage() {
        let cipher = EvidenceCipher::new(&[1; 32]);
        let mut sealed = seal_file(&cipher, &[9; 100_000]);
        assert!(EvidenceCipher::new(&[2; 32]).open_file(&sealed).is_err());
        sealed[70_000] ^= 1;
        assert_eq!(
            cipher.open_file(&sealed),
            Err(EvidenceError::Damaged { chunk: 1 })
        );
    }

    #[test]
    fn chunks_do_not_change_places() {
        let cipher = EvidenceCipher::new(&[1; 32]);
        let sealed = seal_file(&cipher, &[9; 3 * EVIDENCE_CHUNK_BYTES]);
        let mut swapped =
            sealed[EVIDENCE_SEALED_CHUNK_BYTES..2 * EVIDENCE_SEALED_CHUNK_BYTES].to_vec();
        swapped.extend_from_slice(&sealed[..EVIDENCE_SEALED_CHUNK_BYTES]);
        swapped.extend_from_slice(&sealed[2 * EVIDENCE_SEALED_CHUNK_BYTES..]);
        assert_eq!(
            cipher.open_file(&swapped),
            Err(EvidenceError::Damaged { chunk: 0 })
        );
    }
}
