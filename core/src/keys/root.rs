//! A member's root keys: Ed25519 and ML-DSA-65 (FIPS 204) together. Both must verify, since the
//! one may fall to quantum computers and the other is young.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};
use ml_dsa::{
    EncodedSignature, EncodedVerifyingKey, Keypair, MlDsa65, Signature, SigningKey as MlDsaKey,
    VerifyingKey,
};

use super::{BadSignature, Seed, verify_ed25519};
use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    hash::labelled,
    ids::Digest32,
};

/// Bytes of an ML-DSA-65 public key.
const ML_DSA_PUBLIC: usize = 1952;
/// Bytes of an ML-DSA-65 signature.
const ML_DSA_SIGNATURE: usize = 3309;

/// The private root keys of a member, kept offline.
pub struct RootKey {
    ed25519: SigningKey,
    ml_dsa: MlDsaKey<MlDsa65>,
}

impl RootKey {
    /// The keys that these two seeds are.
    #[must_use]
    pub fn from_seeds(ed25519: &Seed, ml_dsa: &Seed) -> Self {
        Self {
            ed25519: SigningKey::from_bytes(ed25519),
            ml_dsa: MlDsaKey::from_seed(&(*ml_dsa).into()),
        }
    }

    /// The public halves.
    #[must_use]
    pub fn public(&self) -> RootPublic {
        RootPublic {
            ed25519: self.ed25519.verifying_key().to_bytes(),
            ml_dsa_65: self.ml_dsa.verifying_key().encode().to_vec(),
        }
    }

    /// Signs a labelled digest with both keys.
    pub(crate) fn sign(&self, digest: &[u8; 32]) -> RootSignature {
        let ml_dsa: Signature<MlDsa65> = self.ml_dsa.sign(digest);
        RootSignature {
            ed25519: self.ed25519.sign(digest).to_bytes(),
            ml_dsa_65: ml_dsa.encode().to_vec(),
        }
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey")
    }
}

/// The public root keys of a member.
#[derive(Clone, PartialEq, Eq)]
pub struct RootPublic {
    ed25519: [u8; 32],
    ml_dsa_65: Vec<u8>,
}

impl RootPublic {
    /// What an inception says about the keys that come next, without showing them.
    #[must_use]
    pub fn next_digest(&self) -> Digest32 {
        Digest32::from_bytes(labelled("chopmark/next-root/1", &[&to_bytes(self)]))
    }

    /// The bytes of both.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads both.
    ///
    /// # Errors
    /// [`CborError`] if the bytes are not two keys.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        from_canonical(bytes)
    }

    /// Both signatures must verify.
    pub(crate) fn verify(
        &self,
        digest: &[u8; 32],
        signature: &RootSignature,
    ) -> Result<(), BadSignature> {
        verify_ed25519(&self.ed25519, digest, &signature.ed25519)?;
        let key = EncodedVerifyingKey::<MlDsa65>::try_from(self.ml_dsa_65.as_slice())
            .map_err(|_| BadSignature)?;
        let encoded = EncodedSignature::<MlDsa65>::try_from(signature.ml_dsa_65.as_slice())
            .map_err(|_| BadSignature)?;
        let decoded = Signature::<MlDsa65>::decode(&encoded).ok_or(BadSignature)?;
        if VerifyingKey::decode(&key).verify_with_context(digest, &[], &decoded) {
            Ok(())
        } else {
            Err(BadSignature)
        }
    }
}

impl fmt::Debug for RootPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ed25519 = base16ct::lower::encode_string(&self.ed25519);
        write!(f, "RootPublic({ed25519}, …)")
    }
}

impl Wire for RootPublic {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.bytes(&self.ed25519);
        to.bytes(&self.ml_dsa_65);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            ed25519: from.array_of_bytes()?,
            ml_dsa_65: from.array_of_bytes::<ML_DSA_PUBLIC>()?.to_vec(),
        })
    }
}

/// A signature of both root keys.
#[derive(Clone, PartialEq, Eq)]
pub struct RootSignature {
    ed25519: [u8; 64],
    ml_dsa_65: Vec<u8>,
}

impl RootSignature {
    /// Writes the two signatures into the array that holds them.
    pub(crate) fn write_into(&self, to: &mut Writer) {
        to.bytes(&self.ed25519);
        to.bytes(&self.ml_dsa_65);
    }

    pub(crate) fn read_from(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            ed25519: from.array_of_bytes()?,
            ml_dsa_65: from.array_of_bytes::<ML_DSA_SIGNATURE>()?.to_vec(),
        })
    }
}

impl fmt::Debug for RootSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootSignature")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_signature_missing_is_a_refusal() {
        let key = RootKey::from_seeds(&[1; 32], &[2; 32]);
        let digest = [9; 32];
        let good = key.sign(&digest);
        assert_eq!(key.public().verify(&digest, &good), Ok(()));
        assert_eq!(key.public().verify(&[8; 32], &good), Err(BadSignature));

        let mut ed25519 = good.clone();
        ed25519.ed25519[3] ^= 1;
        assert_eq!(key.public().verify(&digest, &ed25519), Err(BadSignature));

        let mut ml_dsa = good;
        ml_dsa.ml_dsa_65[3] ^= 1;
        assert_eq!(key.public().verify(&digest, &ml_dsa), Err(BadSignature));
    }
}
