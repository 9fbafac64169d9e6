//! A device's post-quantum key: ML-DSA-44 (FIPS 204) beside its Ed25519 key, one for headers and
//! one for blocks. Both must verify where both are asked for, since the one may fall to quantum
//! computers and the other is young.

use std::fmt;

use ed25519_dalek::Signer;
use ml_dsa::{
    EncodedSignature, EncodedVerifyingKey, Keypair, MlDsa44, Signature, SigningKey as MlDsaKey,
    VerifyingKey,
};
use zeroize::Zeroizing;

use super::{BadSignature, DeviceKey, Seed};
use crate::{
    cbor::{CborError, Reader, Wire, Writer},
    hash::labelled,
};

/// Bytes of an ML-DSA-44 public key.
const PUBLIC: usize = 1312;
/// Bytes of an ML-DSA-44 signature.
pub(crate) const SIGNATURE: usize = 2420;

/// The private key.
pub struct MlDsa44Key(MlDsaKey<MlDsa44>);

impl MlDsa44Key {
    /// The key that this seed is.
    #[must_use]
    pub fn from_seed(seed: &Seed) -> Self {
        Self(MlDsaKey::from_seed(&(*seed).into()))
    }

    /// The key with which a device signs its blocks a second time, and a validator's checkpoints.
    /// It comes of the same seed: who breaks Ed25519 learns the scalar that was hashed from the
    /// seed, and not the seed.
    #[must_use]
    pub fn second_of(key: &DeviceKey) -> Self {
        let seed = key.to_seed();
        let own = Zeroizing::new(labelled("chopmark/second-key/1", &[seed.as_slice()]));
        Self::from_seed(&own)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> MlDsa44Public {
        MlDsa44Public(self.0.verifying_key().encode().to_vec())
    }

    /// Signs a labelled digest.
    pub(crate) fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        let signature: Signature<MlDsa44> = self.0.sign(digest);
        signature.encode().to_vec()
    }
}

impl fmt::Debug for MlDsa44Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MlDsa44Key")
    }
}

/// The public key, 1,312 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct MlDsa44Public(Vec<u8>);

impl MlDsa44Public {
    /// The key that these bytes are.
    ///
    /// # Errors
    /// [`CborError::Value`] for another number of bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        match bytes.len() {
            PUBLIC => Ok(Self(bytes.to_vec())),
            _ => Err(CborError::Value { what: "ml-dsa-44" }),
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Checks a signature of a labelled digest.
    pub(crate) fn verify(&self, digest: &[u8; 32], signature: &[u8]) -> Result<(), BadSignature> {
        let key = EncodedVerifyingKey::<MlDsa44>::try_from(self.0.as_slice())
            .map_err(|_| BadSignature)?;
        let encoded = EncodedSignature::<MlDsa44>::try_from(signature).map_err(|_| BadSignature)?;
        let decoded = Signature::<MlDsa44>::decode(&encoded).ok_or(BadSignature)?;
        if VerifyingKey::decode(&key).verify_with_context(digest, &[], &decoded) {
            Ok(())
        } else {
            Err(BadSignature)
        }
    }
}

impl fmt::Debug for MlDsa44Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MlDsa44Public")
    }
}

impl Wire for MlDsa44Public {
    fn write(&self, to: &mut Writer) {
        to.bytes(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self(from.array_of_bytes::<PUBLIC>()?.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_key_and_one_digest() {
        let key = MlDsa44Key::second_of(&DeviceKey::from_seed(&[1; 32]));
        let (digest, public) = ([9; 32], key.public());
        let mut signature = key.sign(&digest);
        assert_eq!(public.verify(&digest, &signature), Ok(()));
        assert_eq!(public.verify(&[8; 32], &signature), Err(BadSignature));
        let other = MlDsa44Key::from_seed(&[1; 32]).public();
        assert_eq!(other.verify(&digest, &signature), Err(BadSignature));
        signature[7] ^= 1;
        assert_eq!(public.verify(&digest, &signature), Err(BadSignature));
        assert_eq!(public.verify(&digest, &signature[1..]), Err(BadSignature));
    }
}
