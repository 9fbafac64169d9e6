//! A block's statement: COSE_Sign1 (RFC 9052) with CWT claims in its header (RFC 9597), as SCITT
//! (RFC 9943) has it.

mod spelling;

use base16ct::lower;
use coset::{CoseSign1, Header, Label, TaggedCborSerializable, cbor::value::Value, iana};
use thiserror::Error;

use super::{BlockHeader, Payload};
use crate::{
    cbor::{CborError, Reader, Writer, from_canonical},
    hash::labelled,
    ids::{BlockId, DeviceId, MemberId, NetworkId},
    keys::{DeviceKey, KeyRing, MlDsa44Key, MlDsa44Public, verify_ed25519},
    limits,
    merkle::{TreeHash, leaf_hash, root_from_path},
    record::Record,
};
use spelling::Unsigned;

const CONTENT_TYPE: &str = "application/chopmark-block+cbor";
/// The header that holds CWT claims (RFC 9597).
const CWT_CLAIMS: u64 = 15;
/// Issuer: the member.
const ISS: u64 = 1;
/// Subject: network, device and place in the feed.
const SUB: u64 = 2;

/// Why bytes are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatementError {
    /// Not a COSE_Sign1, or its payload is not readable.
    #[error("the statement is not readable: {0}")]
    Encoding(#[from] CborError),
    /// Signed with something other than Ed25519.
    #[error("the statement is signed with an algorithm that is not accepted")]
    Algorithm,
    /// Header and payload name different networks, devices or places.
    #[error("the statement's header contradicts its payload")]
    Claims,
    /// `prev` is missing after the first block, or there before it.
    #[error("the block says it follows another, but not which, or the other way round")]
    Prev,
    /// The signature is not the device's.
    #[error("the signature is not that of device {device}")]
    Signature {
        /// The device that the statement names.
        device: DeviceId,
    },
    /// The second, post-quantum signature is not by the key that the statement names.
    #[error("the second signature of device {device} does not hold")]
    SecondSignature {
        /// The device that the statement names.
        device: DeviceId,
    },
}

/// A post-quantum signature of the same bytes, and whose it is. Whether that is the device's key is
/// for the rules: the statement only names one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Second {
    key: MlDsa44Public,
    signature: Vec<u8>,
}

/// A statement that has been read; its signature is checked by [`Statement::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    header: BlockHeader,
    id: BlockId,
    signature: [u8; 64],
    second: Option<Second>,
    to_be_signed: Vec<u8>,
    bytes: Vec<u8>,
}

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// [`StatementError`], except `Signature`.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        Self::read(bytes.to_vec())
    }

    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, StatementError> {
        if bytes.len() > limits::BLOCK_BYTES {
            return Err(CborError::TooLong {
                what: "statement",
                limit: limits::BLOCK_BYTES,
            }
            .into());
        }
        Self::in_its_spelling(&bytes).ok_or_else(|| why_not(&bytes))
    }

    /// The same for who does not tell why not: a page that does not bring a reader of COSE along.
    pub(crate) fn in_its_spelling(bytes: &[u8]) -> Option<Self> {
        // There is one spelling, and it can be written from what was read: whatever differs
        // (order, lengths, unprotected headers, foreign claims) is refused here.
        let statement = Self::spelled(spelling::read(bytes).ok()?)?;
        (statement.bytes == bytes).then_some(statement)
    }

    /// Writes the statement from what stands in it.
    fn spelled(read: spelling::Read) -> Option<Self> {
        let (header, signature, second) = (read.header, read.signature, read.second);
        if starts_wrong(&header) {
            return None;
        }
        let unsigned = Unsigned::of(&header, second.as_ref().map(|second| &second.key));
        let beside = second.as_ref().map(|second| second.signature.as_slice());
        let bytes = unsigned.signed(&signature, beside);
        Some(Self {
            header,
            id: BlockId::of(&bytes),
            signature,
            second,
            to_be_signed: unsigned.to_be_signed(),
            bytes,
        })
    }

    /// Writes it as part of something that says which network it is of.
    pub(crate) fn write_brief(&self, to: &mut Writer) {
        spelling::write_brief(to, self);
    }

    /// Reads what [`write_brief`](Self::write_brief) writes, and spells it out.
    pub(crate) fn read_brief(from: &mut Reader<'_>, network: NetworkId) -> Result<Self, CborError> {
        let statement = Self::spelled(spelling::read_brief(from, network)?);
        statement.ok_or(CborError::Value { what: "statement" })
    }

    pub(super) fn sign(header: BlockHeader, key: &DeviceKey, second: Option<&MlDsa44Key>) -> Self {
        let public = second.map(MlDsa44Key::public);
        let unsigned = Unsigned::of(&header, public.as_ref());
        let to_be_signed = unsigned.to_be_signed();
        let signature = key.sign(&to_be_signed);
        let second = second.zip(public).map(|(second, key)| Second {
            key,
            signature: second.sign(&second_digest(&to_be_signed)),
        });
        let beside = second.as_ref().map(|second| second.signature.as_slice());
        let bytes = unsigned.signed(&signature, beside);
        Self {
            header,
            id: BlockId::of(&bytes),
            signature,
            second,
            to_be_signed,
            bytes,
        }
    }

    /// Checks the signature, strictly, and the second one where there is one.
    ///
    /// # Errors
    /// [`StatementError::Signature`] if it is not the device's,
    /// [`StatementError::SecondSignature`] if the second is not by the key that is named for it.
    pub fn verify(&self) -> Result<(), StatementError> {
        let device = self.header.device();
        verify_ed25519(device.as_bytes(), &self.to_be_signed, &self.signature)
            .map_err(|_| StatementError::Signature { device })?;
        self.verify_second()
    }

    /// The same with keys that were read before.
    pub(super) fn verify_with(&self, keys: &mut KeyRing) -> Result<(), StatementError> {
        let device = self.header.device();
        keys.verify(device.as_bytes(), &self.to_be_signed, &self.signature)
            .map_err(|_| StatementError::Signature { device })?;
        self.verify_second()
    }

    /// After the first, so that nobody but the device makes anyone do the longer work.
    fn verify_second(&self) -> Result<(), StatementError> {
        let Some(second) = &self.second else {
            return Ok(());
        };
        let device = self.header.device();
        let digest = second_digest(&self.to_be_signed);
        let checked = second.key.verify(&digest, &second.signature);
        checked.map_err(|_| StatementError::SecondSignature { device })
    }

    /// One of its records: the one of these bytes, if the path leads from there to what was signed.
    pub(crate) fn record(&self, index: u16, bytes: &[u8], path: &[TreeHash]) -> Option<Record> {
        let count = self.header.record_count().into();
        let root = root_from_path(&leaf_hash(bytes), index.into(), count, path)?;
        if root != *self.header.records_root() {
            return None;
        }
        Record::from_bytes(bytes).ok()
    }

    /// The key of the second signature; none without one.
    #[must_use]
    pub fn second_key(&self) -> Option<&MlDsa44Public> {
        self.second.as_ref().map(|second| &second.key)
    }

    /// What it signs.
    #[must_use]
    pub const fn header(&self) -> &BlockHeader {
        &self.header
    }

    /// The block's id.
    #[must_use]
    pub const fn id(&self) -> BlockId {
        self.id
    }

    /// What it is about, as its header says: network, device and place in the feed.
    #[must_use]
    pub fn subject(&self) -> String {
        subject(&self.header)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What the second signature is over: what the first is over, under a name of its own.
fn second_digest(to_be_signed: &[u8]) -> [u8; 32] {
    labelled("chopmark/second-signature/1", &[to_be_signed])
}

/// The first block of a feed follows none, every other one does.
fn starts_wrong(header: &BlockHeader) -> bool {
    (header.seq().0 == 0) != header.prev().is_none()
}

/// What is wrong with bytes that are not a statement's one spelling, as somebody else's reader of
/// COSE sees it.
fn why_not(bytes: &[u8]) -> StatementError {
    let malformed = || StatementError::Encoding(CborError::Malformed { at: 0 });
    let Ok(cose) = CoseSign1::from_tagged_slice(bytes) else {
        return malformed();
    };
    let Some(payload) = cose.payload.as_deref() else {
        return malformed();
    };
    let payload = match from_canonical::<Payload>(payload) {
        Ok(payload) => payload,
        Err(why) => return why.into(),
    };
    if cose.signature.len() != 64 {
        return malformed();
    }
    match contradiction(&cose.protected.header, &payload) {
        Some(why) => why,
        None => CborError::NonCanonical.into(),
    }
}

/// Where header and payload do not agree; the member stands in the header only.
fn contradiction(protected: &Header, payload: &Payload) -> Option<StatementError> {
    if protected.alg != Some(coset::Algorithm::Assigned(iana::Algorithm::EdDSA)) {
        return Some(StatementError::Algorithm);
    }
    let device = <[u8; 32]>::try_from(protected.key_id.as_slice()).map(DeviceId::from_bytes);
    let member = claim(protected, ISS).and_then(|text| text.parse::<MemberId>().ok());
    let place = device.map(|device| {
        let (network, seq) = (payload.network, payload.seq);
        format!("{network}/{device}/{seq}")
    });
    if member.is_none() || claim(protected, SUB) != place.ok().as_deref() {
        return Some(StatementError::Claims);
    }
    ((payload.seq.0 == 0) != payload.prev.is_none()).then_some(StatementError::Prev)
}

fn claim(protected: &Header, name: u64) -> Option<&str> {
    let (_, claims) = protected.rest.iter().find(|(label, _)| {
        matches!(label, Label::Int(number) if u64::try_from(*number) == Ok(CWT_CLAIMS))
    })?;
    let (_, value) = claims
        .as_map()?
        .iter()
        .find(|(key, _)| *key == Value::Integer(name.into()))?;
    value.as_text()
}

fn subject(header: &BlockHeader) -> String {
    let mut text = String::with_capacity(2 * 64 + 2 + 20);
    text.push_str(&lower::encode_string(header.network().as_bytes()));
    text.push('/');
    text.push_str(&lower::encode_string(header.device().as_bytes()));
    text.push('/');
    text.push_str(&header.seq().to_string());
    text
}
