//! Hybrid public-key encryption (RFC 9180), base mode, HKDF-SHA-256, ChaCha20-Poly1305, with the
//! KEM that a network's policy chose.

use std::fmt;
use std::sync::Arc;

use hpke::{
    Deserializable, Kem as KemTrait, OpModeR, OpModeS, Serializable,
    aead::ChaCha20Poly1305,
    kdf::HkdfSha256,
    kem::{X25519HkdfSha256, XWing},
    single_shot_open, single_shot_seal_with_rng,
};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Seed, SeedStream};
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::limits;

/// How a shared secret is made; the numbers are RFC 9180's registry's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kem {
    /// X25519 with HKDF-SHA-256 (0x0020).
    X25519,
    /// X25519 with ML-KEM-768 (0x647a): also withstands quantum computers.
    XWing,
}

impl Kem {
    /// The registry's number.
    #[must_use]
    pub const fn id(self) -> u16 {
        match self {
            Self::X25519 => 0x0020,
            Self::XWing => 0x647a,
        }
    }

    const fn public_bytes(self) -> usize {
        match self {
            Self::X25519 => 32,
            Self::XWing => 1216,
        }
    }

    pub(crate) fn from_id(id: u64) -> Option<Self> {
        match id {
            0x0020 => Some(Self::X25519),
            0x647a => Some(Self::XWing),
            _ => None,
        }
    }
}

/// Why nothing could be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// The receiver's public key is not one: damaged, or chosen to give a known secret.
    #[error("the receiver's encryption key is not usable")]
    PublicKey,
}

/// Why a sealed message does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnsealError {
    /// The encapsulated key is not one.
    #[error("the sealed message is damaged")]
    Encapsulation,
    /// Altered, or sealed for someone else or another purpose.
    #[error("the sealed message is not for this key, or was altered")]
    NotForThisKey,
}

/// A public encryption key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HpkePublic {
    kem: Kem,
    bytes: Vec<u8>,
}

impl HpkePublic {
    /// A public key of the right length; whether it is a point shows when it is used.
    #[must_use]
    pub fn from_bytes(kem: Kem, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == kem.public_bytes()).then(|| Self {
            kem,
            bytes: bytes.to_vec(),
        })
    }

    /// Its KEM.
    #[must_use]
    pub const fn kem(&self) -> Kem {
        self.kem
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for HpkePublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.bytes.get(..8).unwrap_or_default();
        let head = base16ct::lower::encode_string(head);
        write!(f, "HpkePublic({:?}, {head}…)", self.kem)
    }
}

impl Wire for HpkePublic {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.u64(self.kem.id().into());
        to.bytes(&self.bytes);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        let kem = Kem::from_id(from.u64()?).ok_or(CborError::Value { what: "kem" })?;
        let bytes = from.bytes("public key", kem.public_bytes())?;
        Self::from_bytes(kem, bytes).ok_or(CborError::Value { what: "public key" })
    }
}

/// A private encryption key: 32 bytes with either KEM, and what the KEM makes of them, which takes
/// X-Wing as long as opening a message.
#[derive(Clone)]
pub struct HpkeSecret {
    bytes: Zeroizing<[u8; 32]>,
    ready: Ready,
}

#[derive(Clone)]
enum Ready {
    X25519(Private<X25519HkdfSha256>),
    XWing(Arc<Private<XWing>>),
}

type Private<K> = <K as KemTrait>::PrivateKey;

impl HpkeSecret {
    /// The key that comes from this seed (RFC 9180, `DeriveKeyPair`).
    #[must_use]
    pub fn derive(kem: Kem, seed: &Seed) -> Self {
        match kem {
            Kem::X25519 => Self::of(X25519HkdfSha256::derive_keypair(seed).0, Ready::X25519),
            Kem::XWing => Self::of(XWing::derive_keypair(seed).0, |secret| {
                Ready::XWing(Arc::new(secret))
            }),
        }
    }

    fn of<P: Serializable>(secret: P, ready: impl FnOnce(P) -> Ready) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        for (to, from) in bytes.iter_mut().zip(secret.to_bytes()) {
            *to = from;
        }
        let ready = ready(secret);
        Self { bytes, ready }
    }

    /// Reads a stored key back; `None` unless there are 32 bytes.
    #[must_use]
    pub fn from_bytes(kem: Kem, bytes: &[u8]) -> Option<Self> {
        let ready = match kem {
            Kem::X25519 => Ready::X25519(Deserializable::from_bytes(bytes).ok()?),
            Kem::XWing => Ready::XWing(Arc::new(Deserializable::from_bytes(bytes).ok()?)),
        };
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(bytes).ok()?);
        Some(Self { bytes, ready })
    }

    /// The bytes, to be stored encrypted.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.bytes.clone()
    }

    /// Its KEM.
    #[must_use]
    pub const fn kem(&self) -> Kem {
        match self.ready {
            Ready::X25519(_) => Kem::X25519,
            Ready::XWing(_) => Kem::XWing,
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> HpkePublic {
        let bytes = match &self.ready {
            Ready::X25519(secret) => X25519HkdfSha256::sk_to_pk(secret).to_bytes().to_vec(),
            Ready::XWing(secret) => XWing::sk_to_pk(secret).to_bytes().to_vec(),
        };
        HpkePublic {
            kem: self.kem(),
            bytes,
        }
    }

    /// Opens what [`seal_to`] sealed with the same `info` and `aad`.
    ///
    /// # Errors
    /// [`UnsealError`] if it is damaged or for another key or purpose.
    pub fn open(&self, sealed: &Sealed, info: &[u8], aad: &[u8]) -> Result<Vec<u8>, UnsealError> {
        match &self.ready {
            Ready::X25519(secret) => open_with::<X25519HkdfSha256>(secret, sealed, info, aad),
            Ready::XWing(secret) => open_with::<XWing>(secret, sealed, info, aad),
        }
    }
}

fn open_with<K: KemTrait>(
    secret: &K::PrivateKey,
    sealed: &Sealed,
    info: &[u8],
    aad: &[u8],
) -> Result<Vec<u8>, UnsealError> {
    let enc = K::EncappedKey::from_bytes(&sealed.enc).map_err(|_| UnsealError::Encapsulation)?;
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, K>(
        &OpModeR::Base,
        secret,
        &enc,
        info,
        &sealed.sealed,
        aad,
    )
    .map_err(|_| UnsealError::NotForThisKey)
}

impl fmt::Debug for HpkeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HpkeSecret({:?})", self.kem())
    }
}

/// A message that one key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The encapsulated key.
    pub enc: Vec<u8>,
    /// The ciphertext.
    pub sealed: Vec<u8>,
}

/// An encapsulated key of X-Wing is 1,120 bytes, of X25519 32.
const ENC_BYTES: usize = 1120;

impl Sealed {
    /// Two items of the array that the caller has begun.
    pub(crate) fn write_fields(&self, to: &mut Writer) {
        to.bytes(&self.enc);
        to.bytes(&self.sealed);
    }

    pub(crate) fn read_fields(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            enc: from.bytes("encapsulated key", ENC_BYTES)?.to_vec(),
            sealed: from.bytes("sealed secrets", limits::BLOCK_BYTES)?.to_vec(),
        })
    }
}

/// Seals `plaintext` so that only `to` opens it, and only with the same `info` and `aad`.
///
/// `seed` must be random and used once.
///
/// # Errors
/// [`SealError::PublicKey`] if `to` is not a key.
pub fn seal_to(
    to: &HpkePublic,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    seed: &Seed,
) -> Result<Sealed, SealError> {
    match to.kem {
        Kem::X25519 => seal_with::<X25519HkdfSha256>(to, info, aad, plaintext, seed),
        Kem::XWing => seal_with::<XWing>(to, info, aad, plaintext, seed),
    }
}

fn seal_with<K: KemTrait>(
    to: &HpkePublic,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    seed: &Seed,
) -> Result<Sealed, SealError> {
    let public = K::PublicKey::from_bytes(&to.bytes).map_err(|_| SealError::PublicKey)?;
    let (enc, sealed) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, K>(
        &OpModeS::Base,
        &public,
        info,
        plaintext,
        aad,
        &mut SeedStream::new(seed, b"hpke encapsulate"),
    )
    .map_err(|_| SealError::PublicKey)?;
    Ok(Sealed {
        enc: enc.to_bytes().to_vec(),
        sealed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_receiver_opens_and_only_for_the_same_purpose() {
        for kem in [Kem::X25519, Kem::XWing] {
            let secret = HpkeSecret::derive(kem, &[1; 32]);
            let public = secret.public();
            let sealed = seal_to(&public, b"info", b"aad", b"words", &[2; 32]).unwrap();
            assert_eq!(secret.open(&sealed, b"info", b"aad").unwrap(), b"words");

            let refused = Err(UnsealError::NotForThisKey);
            assert_eq!(secret.open(&sealed, b"other", b"aad"), refused);
            assert_eq!(secret.open(&sealed, b"info", b"other"), refused);
            let other = HpkeSecret::derive(kem, &[3; 32]);
            assert_eq!(other.open(&sealed, b"info", b"aad"), refused);

            let mut altered = sealed.clone();
            altered.sealed[0] ^= 1;
            assert_eq!(secret.open(&altered, b"info", b"aad"), refused);
            altered = sealed.clone();
            altered.enc.pop();
            assert_eq!(
                secret.open(&altered, b"info", b"aad"),
                Err(UnsealError::Encapsulation)
            );
        }
    }

    #[test]
    fn keys_survive_storage_and_seeds_decide() {
        for kem in [Kem::X25519, Kem::XWing] {
            let secret = HpkeSecret::derive(kem, &[1; 32]);
            let back = HpkeSecret::from_bytes(kem, secret.to_bytes().as_slice()).unwrap();
            assert_eq!(back.public(), secret.public());
            let public = secret.public();
            let sealed = seal_to(&public, b"", b"", b"x", &[2; 32]).unwrap();
            assert_eq!(seal_to(&public, b"", b"", b"x", &[2; 32]).unwrap(), sealed);
            assert_ne!(seal_to(&public, b"", b"", b"x", &[4; 32]).unwrap(), sealed);
        }
        assert!(HpkeSecret::from_bytes(Kem::XWing, &[0; 31]).is_none());
    }

    #[test]
    fn an_all_zero_shared_secret_is_refused() {
        // The point of order one would make every secret the same.
        let zero = HpkePublic::from_bytes(Kem::X25519, &[0; 32]).unwrap();
        assert_eq!(
            seal_to(&zero, b"", b"", b"x", &[2; 32]),
            Err(SealError::PublicKey)
        );
        let secret = HpkeSecret::derive(Kem::X25519, &[1; 32]);
        let mut sealed = seal_to(&secret.public(), b"", b"", b"x", &[2; 32]).unwrap();
        sealed.enc = vec![0; 32];
        assert!(secret.open(&sealed, b"", b"").is_err());
    }

    /// RFC 9180, appendix A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, base
    /// mode, sequence number 0.
    #[test]
    fn opens_the_rfcs_message() {
        let hex = |text: &str| base16ct::lower::decode_vec(text).unwrap();
        let seed = hex("1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df");
        let secret = HpkeSecret::derive(Kem::X25519, &seed.try_into().unwrap());
        assert_eq!(
            secret.public().as_bytes(),
            hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
        );
        let sealed = Sealed {
            enc: hex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
            sealed: hex(concat!(
                "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db",
                "21993c62ce81883d2dd1b51a28"
            )),
        };
        assert_eq!(
            secret
                .open(&sealed, b"Ode on a Grecian Urn", b"Count-0")
                .unwrap(),
            b"Beauty is truth, truth beauty"
        );
    }
}
