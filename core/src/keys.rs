//! Keys: one type for each use, secrets wiped when dropped and never printed.

mod hpke_keys;
mod ml_dsa_44;
mod ring;
mod root;
mod seeds;

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey, pkcs8::EncodePrivateKey};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::ids::DeviceId;

pub use hpke_keys::{HpkePublic, HpkeSecret, Kem, SealError, Sealed, UnsealError, seal_to};
pub(crate) use ml_dsa_44::SIGNATURE as ML_DSA_44_SIGNATURE;
pub use ml_dsa_44::{MlDsa44Key, MlDsa44Public};
pub use ring::KeyRing;
pub use root::{RootKey, RootPublic, RootSignature};
pub use seeds::SeedStream;

/// 32 bytes from a cryptographic random source, used once.
pub type Seed = [u8; 32];

/// A signature that does not belong to key and message, or a key that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not this key's")]
pub struct BadSignature;

/// A device's signing key (Ed25519).
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// The key that this seed is.
    #[must_use]
    pub fn from_seed(seed: &Seed) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The device's id: the public key.
    #[must_use]
    pub fn id(&self) -> DeviceId {
        DeviceId::from_bytes(self.0.verifying_key().to_bytes())
    }

    /// The seed, to be stored encrypted.
    #[must_use]
    pub fn to_seed(&self) -> Zeroizing<Seed> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The private key in PKCS#8 (RFC 5958), as TLS libraries take it.
    #[must_use]
    pub fn pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        // Encoding 64 bytes into a fixed structure has no way to fail.
        self.0
            .to_pkcs8_der()
            .map_or_else(|_| Zeroizing::default(), |der| der.to_bytes())
    }

    /// Signs; crate-private, so that nothing but labelled structures is ever signed.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({})", self.id())
    }
}

/// Checks an Ed25519 signature strictly: no small-order keys, no second spelling (RFC 8032 with
/// the stricter checks of "Taming the many EdDSAs").
pub(crate) fn verify_ed25519(
    key: &[u8; 32],
    message: &[u8],
    signature: &[u8; 64],
) -> Result<(), BadSignature> {
    VerifyingKey::from_bytes(key)
        .and_then(|key| key.verify_strict(message, &Signature::from_bytes(signature)))
        .map_err(|_| BadSignature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let key = DeviceKey::from_seed(&[0x5a; 32]);
        let secret = HpkeSecret::derive(Kem::X25519, &[0x5a; 32]);
        for shown in [format!("{key:?}"), format!("{secret:?}")] {
            assert!(
                !shown.contains("5a5a") && !shown.contains("90, 90"),
                "{shown}"
            );
        }
    }

    #[test]
    fn signatures_of_others_and_altered_messages_are_refused() {
        let key = DeviceKey::from_seed(&[1; 32]);
        let id = key.id();
        let signature = key.sign(b"message");
        assert_eq!(
            verify_ed25519(id.as_bytes(), b"message", &signature),
            Ok(())
        );
        assert_eq!(
            verify_ed25519(id.as_bytes(), b"massage", &signature),
            Err(BadSignature)
        );
        let other = DeviceKey::from_seed(&[2; 32]).id();
        assert_eq!(
            verify_ed25519(other.as_bytes(), b"message", &signature),
            Err(BadSignature)
        );
    }

    #[test]
    fn keys_of_small_order_are_refused() {
        // The neutral point "signs" every message with R = neutral, S = 0.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut signature = [0; 64];
        signature[0] = 1;
        assert_eq!(
            verify_ed25519(&neutral, b"anything", &signature),
            Err(BadSignature)
        );
    }

    #[test]
    fn pkcs8_names_ed25519() {
        let der = DeviceKey::from_seed(&[1; 32]).pkcs8_der();
        // 1.3.101.112
        assert!(der.windows(5).any(|w| w == [0x06, 0x03, 0x2b, 0x65, 0x70]));
    }
}
