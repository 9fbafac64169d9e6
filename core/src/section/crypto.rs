//! How a section is sealed and opened.

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::{
    cbor::to_bytes,
    hash::{derive, labelled},
    ids::{DeviceId, NetworkId, Seq},
    readers::ReaderGroup,
    record::Audience,
};

/// What XChaCha20-Poly1305 adds to what it seals.
pub(super) const TAG_BYTES: usize = 16;

/// What a section's key comes from.
pub(crate) type AudienceSecret = Zeroizing<[u8; 32]>;

/// Where a section stands; every key and nonce is bound to it.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) network: NetworkId,
    pub(crate) device: DeviceId,
    pub(crate) seq: Seq,
    pub(crate) record: u16,
    pub(crate) section: u16,
}

impl Place {
    /// 32 + 32 + 8 + 2 + 2 bytes.
    fn context(&self) -> Vec<u8> {
        [
            self.network.as_bytes().as_slice(),
            self.device.as_bytes(),
            &self.seq.0.to_be_bytes(),
            &self.record.to_be_bytes(),
            &self.section.to_be_bytes(),
        ]
        .concat()
    }
}

/// What opens one section and nothing else. Whoever has it can open that section to others.
#[derive(Clone, PartialEq, Eq)]
pub struct SectionKey(Zeroizing<[u8; 32]>);

impl SectionKey {
    /// The key of the section at this place.
    pub(crate) fn derive(place: &Place, secret: &[u8; 32]) -> Self {
        let info = [b"chopmark/section-key/1".as_slice(), &place.context()];
        Self(Zeroizing::new(derive(&[], secret, &info)))
    }

    /// A key that a grant carries.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes that a grant carries.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }

    pub(crate) fn commitment(&self) -> [u8; 16] {
        let digest = labelled("chopmark/section-commit/1", &[self.0.as_slice()]);
        let mut first = [0; 16];
        for (to, from) in first.iter_mut().zip(digest) {
            *to = from;
        }
        first
    }
}

impl fmt::Debug for SectionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SectionKey")
    }
}

/// The secret of what everyone may read: none, so that the same code path serves it.
pub(crate) fn public_secret(network: &NetworkId) -> AudienceSecret {
    Zeroizing::new(labelled("chopmark/public/1", &[network.as_bytes()]))
}

/// Nonce and associated data of one section. The key is used for this section alone, so that the
/// nonce may come from it, and a grant need not carry both.
struct Sealing<'k> {
    key: &'k SectionKey,
    nonce: [u8; 24],
    aad: Vec<u8>,
}

impl<'k> Sealing<'k> {
    fn new(place: &Place, audience: &Audience, epoch: u32, key: &'k SectionKey) -> Self {
        let context = place.context();
        let info = [b"chopmark/section-nonce/1".as_slice(), &context];
        let nonce = derive(&[], key.0.as_slice(), &info);
        let mut aad = context;
        aad.extend(to_bytes(audience));
        aad.extend(epoch.to_be_bytes());
        Self { key, nonce, aad }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key.0).into())
    }
}

/// Seals a plaintext; also gives the commitment to the key. `None` only beyond the cipher's
/// limit of 256 GB.
pub(crate) fn seal(
    place: &Place,
    audience: &Audience,
    epoch: u32,
    secret: &[u8; 32],
    plaintext: &[u8],
) -> Option<(Vec<u8>, [u8; 16])> {
    let key = SectionKey::derive(place, secret);
    let sealing = Sealing::new(place, audience, epoch, &key);
    let payload = Payload {
        msg: plaintext,
        aad: &sealing.aad,
    };
    let ciphertext = sealing
        .cipher()
        .encrypt(&sealing.nonce.into(), payload)
        .ok()?;
    Some((ciphertext, key.commitment()))
}

/// Why a section does not open.
pub(crate) enum Failure {
    /// The secret is not the one that the author committed to.
    OtherKey,
    /// The ciphertext was altered.
    Altered,
}

/// Opens a ciphertext, if `key` is the one that `commitment` commits to: without that check
/// one ciphertext could be made to open two ways.
pub(crate) fn open(
    place: &Place,
    (audience, commitment): (&Audience, &[u8; 16]),
    epoch: u32,
    key: &SectionKey,
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let sealing = Sealing::new(place, audience, epoch, key);
    if key.commitment() != *commitment {
        return Err(Failure::OtherKey);
    }
    let payload = Payload {
        msg: ciphertext,
        aad: &sealing.aad,
    };
    sealing
        .cipher()
        .decrypt(&sealing.nonce.into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| Failure::Altered)
}

/// HPKE's `info` for the audience secrets of a block.
pub(crate) fn encapsulation_info(network: &NetworkId, device: &DeviceId, seq: Seq) -> Vec<u8> {
    [
        b"chopmark/audience/1".as_slice(),
        network.as_bytes(),
        device.as_bytes(),
        &seq.0.to_be_bytes(),
    ]
    .concat()
}

/// HPKE's associated data for one reader group.
pub(crate) fn encapsulation_aad(of: &ReaderGroup, epoch: u32) -> Vec<u8> {
    [
        of.member.as_bytes().as_slice(),
        &[of.group.as_u8()],
        &epoch.to_be_bytes(),
    ]
    .concat()
}
