//! A block's statement: COSE_Sign1 (RFC 9052) with CWT claims in its header (RFC 9597), as SCITT
//! (RFC 9943) has it.

use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, Header, HeaderBuilder, Label,
    TaggedCborSerializable, cbor::value::Value, iana,
};
use thiserror::Error;

use super::{BlockHeader, Payload, Position};
use crate::{
    cbor::{CborError, from_canonical, to_bytes},
    ids::{BlockId, DeviceId, MemberId},
    keys::{DeviceKey, verify_ed25519},
    limits,
};

const CONTENT_TYPE: &str = "application/chopmark-block+cbor";
/// The header that holds CWT claims (RFC 9597).
const CWT_CLAIMS: i64 = 15;
/// Issuer: the member.
const ISS: i64 = 1;
/// Subject: network, device and place in the feed.
const SUB: i64 = 2;

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
}

/// A statement that has been read; its signature is checked by [`Statement::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    header: BlockHeader,
    id: BlockId,
    signature: [u8; 64],
    to_be_signed: Vec<u8>,
    bytes: Vec<u8>,
}

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// [`StatementError`], except `Signature`.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        if bytes.len() > limits::BLOCK_BYTES {
            return Err(CborError::TooLong {
                what: "statement",
                limit: limits::BLOCK_BYTES,
            }
            .into());
        }
        let malformed = || StatementError::Encoding(CborError::Malformed { at: 0 });
        let cose = CoseSign1::from_tagged_slice(bytes).map_err(|_| malformed())?;
        let payload = cose.payload.as_deref().ok_or_else(malformed)?;
        let payload: Payload = from_canonical(payload)?;
        let header = read_header(&cose.protected.header, &payload)?;
        let signature = <[u8; 64]>::try_from(cose.signature.as_slice()).map_err(|_| malformed())?;

        // There is one spelling, and it can be written from what was read: whatever differs
        // (order, lengths, unprotected headers, foreign claims) is refused here.
        let again = unsigned(&header)?;
        let to_be_signed = again.tbs_data(&[]);
        if encode(again, signature)? != bytes {
            return Err(CborError::NonCanonical.into());
        }
        Ok(Self {
            header,
            id: BlockId::of(bytes),
            signature,
            to_be_signed,
            bytes: bytes.to_vec(),
        })
    }

    pub(super) fn sign(header: BlockHeader, key: &DeviceKey) -> Result<Self, StatementError> {
        let cose = unsigned(&header)?;
        let to_be_signed = cose.tbs_data(&[]);
        let signature = key.sign(&to_be_signed);
        let bytes = encode(cose, signature)?;
        Ok(Self {
            header,
            id: BlockId::of(&bytes),
            signature,
            to_be_signed,
            bytes,
        })
    }

    /// Checks the signature, strictly.
    ///
    /// # Errors
    /// [`StatementError::Signature`] if it is not the device's.
    pub fn verify(&self) -> Result<(), StatementError> {
        let device = self.header.device();
        verify_ed25519(device.as_bytes(), &self.to_be_signed, &self.signature)
            .map_err(|_| StatementError::Signature { device })
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

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Header and payload have to agree; the member stands in the header only.
fn read_header(protected: &Header, payload: &Payload) -> Result<BlockHeader, StatementError> {
    if protected.alg != Some(coset::Algorithm::Assigned(iana::Algorithm::EdDSA)) {
        return Err(StatementError::Algorithm);
    }
    let device = <[u8; 32]>::try_from(protected.key_id.as_slice())
        .map(DeviceId::from_bytes)
        .map_err(|_| StatementError::Claims)?;
    let member = claim(protected, ISS)
        .and_then(|text| text.parse::<MemberId>().ok())
        .ok_or(StatementError::Claims)?;
    let header = BlockHeader {
        position: Position {
            network: payload.network,
            member,
            device,
            seq: payload.seq,
            prev: payload.prev,
            anchor: payload.anchor,
            clock: payload.clock,
        },
        record_count: payload.record_count,
        records_root: payload.records_root,
        sections_digest: payload.sections_digest,
    };
    if claim(protected, SUB) != Some(&subject(&header)) {
        return Err(StatementError::Claims);
    }
    if (header.seq().0 == 0) != header.prev().is_none() {
        return Err(StatementError::Prev);
    }
    Ok(header)
}

fn claim(protected: &Header, name: i64) -> Option<&str> {
    let (_, claims) = protected
        .rest
        .iter()
        .find(|(label, _)| *label == Label::Int(CWT_CLAIMS))?;
    let (_, value) = claims
        .as_map()?
        .iter()
        .find(|(key, _)| *key == Value::Integer(name.into()))?;
    value.as_text()
}

fn subject(header: &BlockHeader) -> String {
    format!("{}/{}/{}", header.network(), header.device(), header.seq())
}

/// The COSE structure that lacks only its signature.
fn unsigned(header: &BlockHeader) -> Result<CoseSign1, StatementError> {
    let position = &header.position;
    let payload = Payload {
        network: position.network,
        seq: position.seq,
        prev: position.prev,
        anchor: position.anchor,
        clock: position.clock,
        record_count: header.record_count,
        records_root: header.records_root,
        sections_digest: header.sections_digest,
    };
    let claims = Value::Map(vec![
        (
            Value::Integer(ISS.into()),
            Value::Text(position.member.to_string()),
        ),
        (Value::Integer(SUB.into()), Value::Text(subject(header))),
    ]);
    let mut protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .content_type(CONTENT_TYPE.to_owned())
        .key_id(position.device.as_bytes().to_vec())
        .build();
    protected.rest.push((Label::Int(CWT_CLAIMS), claims));
    // Fails only for duplicate labels, of which there are none.
    let original = protected
        .clone()
        .to_vec()
        .map_err(|_| CborError::Value { what: "header" })?;
    let mut cose = CoseSign1Builder::new().payload(to_bytes(&payload)).build();
    cose.protected = coset::ProtectedHeader {
        original_data: Some(original),
        header: protected,
    };
    Ok(cose)
}

fn encode(mut cose: CoseSign1, signature: [u8; 64]) -> Result<Vec<u8>, StatementError> {
    cose.signature = signature.to_vec();
    cose.to_tagged_vec()
        .map_err(|_| CborError::Value { what: "header" }.into())
}
