//! Labelled SHA-256, so that no bytes hashed for one purpose can stand in for another.

use hkdf::Hkdf;
use sha2::{Digest, Sha256};

/// `H(label, parts…)` of the format, section 1: the label's length in one byte, the label, then
/// the parts. Every part but the last must be of fixed length, or two splits would collide.
pub(crate) fn labelled(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    // Labels are constants of this crate, all far below 256 bytes.
    let label_len = u8::try_from(label.len()).unwrap_or(u8::MAX);
    let mut hasher = Sha256::new();
    hasher.update([label_len]);
    hasher.update(label.as_bytes());
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// HKDF-SHA-256 (RFC 5869) of `N` bytes, `N` at most 255 × 32.
pub(crate) fn derive<const N: usize>(salt: &[u8], ikm: &[u8], info: &[&[u8]]) -> [u8; N] {
    let mut out = [0; N];
    let hkdf = Hkdf::<Sha256>::new(Some(salt), ikm);
    // `expand` fails only above 8,160 bytes; every caller asks for at most 64.
    let expanded = hkdf.expand_multi_info(info, &mut out);
    debug_assert!(expanded.is_ok());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_and_parts_are_hashed_as_the_format_says() {
        let expected: [u8; 32] = Sha256::digest(b"\x01abc").into();
        assert_eq!(labelled("a", &[b"b", b"c"]), expected);
        assert_ne!(labelled("ab", &[b"c"]), expected);
    }
}
