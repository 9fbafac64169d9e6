//! Encryption at rest: one random data key, two keys derived from it.
//!
//! Every value is sealed with XChaCha20-Poly1305 under a random nonce. The associated data names
//! the table and the row's plain columns, so a row that is moved, swapped or edited by someone who
//! can write the file but has no key does not open.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Bytes of an XChaCha20 nonce.
const NONCE: usize = 24;
/// Bytes that sealing adds: the nonce before and the tag behind.
pub(crate) const OVERHEAD: usize = NONCE + 16;

/// The operating system gave no random bytes; nothing can be sealed without them.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

/// Fills a fixed-size array with random bytes from the operating system.
///
/// # Errors
/// [`NoRandomness`] when the system's source fails.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A sealed value did not open: it was damaged, moved, or sealed under another key.
#[derive(Debug)]
pub(crate) struct Unsealable;

/// The random key of one replica. It leaves this type only wrapped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct DataKey([u8; 32]);

impl DataKey {
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(random_bytes()?))
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The keys that rows are sealed and looked up with.
    pub(crate) fn row_keys(&self) -> RowKeys {
        let row = Zeroizing::new(blake3::derive_key(
            "chopmark replica 1 row sealing",
            &self.0,
        ));
        RowKeys {
            cipher: XChaCha20Poly1305::new((&*row).into()),
            names: blake3::derive_key("chopmark replica 1 row names", &self.0),
        }
    }
}

/// Seals values and hides the names they are looked up by.
pub(crate) struct RowKeys {
    cipher: XChaCha20Poly1305,
    names: [u8; 32],
}

impl Drop for RowKeys {
    fn drop(&mut self) {
        self.names.zeroize();
    }
}

/// A key column: a keyed hash, so that the file does not show which subject, block or setting a
/// row is about. 16 bytes keep indexes small; a chance collision needs about 2^64 rows.
pub(crate) type Name = [u8; 16];

impl RowKeys {
    /// The key column for `key` in `space`, a table or part of one.
    pub(crate) fn name(&self, space: &str, key: &[u8]) -> Name {
        let mut hasher = blake3::Hasher::new_keyed(&self.names);
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        hasher.update(&(space.len() as u64).to_be_bytes());
        hasher.update(space.as_bytes());
        hasher.update(key);
        let mut name = [0; 16];
        hasher.finalize_xof().fill(&mut name);
        name
    }

    /// Seals `plain`; `bound` is the row's place, see [`bound`].
    pub(crate) fn seal(&self, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let nonce: [u8; NONCE] = random_bytes()?;
        let mut sealed = Vec::with_capacity(plain.len().saturating_add(OVERHEAD));
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(NONCE);
        // The cipher refuses only plaintexts above 256 GiB, which no row reaches.
        if let Ok(tag) =
            self.cipher
                .encrypt_inout_detached(&XNonce::from(nonce), bound, body.into())
        {
            sealed.extend_from_slice(&tag);
        }
        Ok(sealed)
    }

    /// Opens what [`Self::seal`] made for the same place.
    pub(crate) fn open(&self, bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
        let (body, tag) = rest.split_last_chunk::<16>().ok_or(Unsealable)?;
        let mut plain = body.to_vec();
        self.cipher
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                bound,
                plain.as_mut_slice().into(),
                tag.into(),
            )
            .map_err(|_| Unsealable)?;
        Ok(plain)
    }
}

/// Associated data of a row: the table's name and its plain columns, each behind its length.
pub(crate) fn bound(table: &str, columns: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    for part in std::iter::once(&table.as_bytes()).chain(columns) {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_in_its_own_place() {
        let keys = DataKey::from_bytes(&[7; 32]).row_keys();
        let here = bound("items", &[&1u64.to_be_bytes()]);
        let sealed = keys.seal(&here, b"hello").unwrap();
        assert_eq!(keys.open(&here, &sealed).unwrap(), b"hello");
        assert!(
            keys.open(&bound("items", &[&2u64.to_be_bytes()]), &sealed)
                .is_err()
        );
        assert!(
            keys.open(&bound("notes", &[&1u64.to_be_bytes()]), &sealed)
                .is_err()
        );
        assert!(
            DataKey::from_bytes(&[8; 32])
                .row_keys()
                .open(&here, &sealed)
                .is_err()
        );
        assert!(keys.open(&here, &sealed[..20]).is_err());
        let mut flipped = sealed;
        flipped[30] ^= 1;
        assert!(keys.open(&here, &flipped).is_err());
    }

    #[test]
    fn names_differ_by_space_and_key() {
        let keys = DataKey::from_bytes(&[7; 32]).row_keys();
        assert_ne!(keys.name("ab", b"c"), keys.name("a", b"bc"));
        assert_eq!(keys.name("a", b"b"), keys.name("a", b"b"));
    }
}
