//! How a section is sealed and opened.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::{
    cbor::to_bytes,
    hash::{derive, labelled},
    ids::{DeviceId, MemberId, NetworkId, Seq},
    record::Audience,
};

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

/// Keys and associated data of one section.
struct Sealing {
    key: Zeroizing<[u8; 32]>,
    nonce: [u8; 24],
    aad: Vec<u8>,
}

impl Sealing {
    fn new(place: &Place, audience: &Audience, epoch: u32, secret: &[u8; 32]) -> Self {
        let context = place.context();
        let key = derive(&[], secret, &[b"chopmark/section-key/1", &context]);
        let nonce = derive(&[], secret, &[b"chopmark/section-nonce/1", &context]);
        let mut aad = context;
        aad.extend(to_bytes(audience));
        aad.extend(epoch.to_be_bytes());
        Self {
            key: Zeroizing::new(key),
            nonce,
            aad,
        }
    }

    fn commitment(&self) -> [u8; 16] {
        let digest = labelled("chopmark/section-commit/1", &[self.key.as_slice()]);
        let mut first = [0; 16];
        for (to, from) in first.iter_mut().zip(digest) {
            *to = from;
        }
        first
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
    let sealing = Sealing::new(place, audience, epoch, secret);
    let payload = Payload {
        msg: plaintext,
        aad: &sealing.aad,
    };
    let ciphertext = XChaCha20Poly1305::new(&(*sealing.key).into())
        .encrypt(&sealing.nonce.into(), payload)
        .ok()?;
    Some((ciphertext, sealing.commitment()))
}

/// Why a section does not open.
pub(crate) enum Failure {
    /// The secret is not the one that the author committed to.
    OtherKey,
    /// The ciphertext was altered.
    Altered,
}

/// Opens a ciphertext, if `secret` is the one that `commitment` commits to: without that check
/// one ciphertext could be made to open two ways.
pub(crate) fn open(
    place: &Place,
    (audience, commitment): (&Audience, &[u8; 16]),
    epoch: u32,
    secret: &[u8; 32],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let sealing = Sealing::new(place, audience, epoch, secret);
    if sealing.commitment() != *commitment {
        return Err(Failure::OtherKey);
    }
    let payload = Payload {
        msg: ciphertext,
        aad: &sealing.aad,
    };
    XChaCha20Poly1305::new(&(*sealing.key).into())
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
pub(crate) fn encapsulation_aad(group: &MemberId, epoch: u32) -> Vec<u8> {
    [group.as_bytes().as_slice(), &epoch.to_be_bytes()].concat()
}
