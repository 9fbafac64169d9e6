//! The one spelling of a statement, written and read without a tree of values in between: a peer
//! does this for every block. A test lets the `coset` crate judge every byte of it.

use base16ct::lower;

use super::{CONTENT_TYPE, CWT_CLAIMS, ISS, SUB, Second, Statement};
use crate::{
    block::{BlockHeader, Payload, Position},
    cbor::{CborError, Reader, Wire, Writer},
    ids::{DeviceId, MemberId, NetworkId},
    keys::{ML_DSA_44_SIGNATURE, MlDsa44Public},
};

/// COSE_Sign1 (RFC 9052, section 2).
const COSE_SIGN1: u64 = 18;
/// EdDSA in COSE's registry of algorithms.
const EDDSA: i16 = -8;
/// Header parameters of COSE: algorithm, content type, key id.
const ALG: u64 = 1;
const TYPE: u64 = 3;
const KID: u64 = 4;
/// Our own: of what a second signature is. In the protected header its key, so that nobody takes
/// the signature away; in the unprotected one the signature. Other readers of COSE find an ordinary
/// EdDSA signature beside it.
const SECOND: &str = "ml-dsa-44";
/// What a signature covers says what it is (RFC 9052, section 4.4).
const CONTEXT: &str = "Signature1";

/// About as long as they get; more costs nothing but time.
const PROTECTED_BYTES: usize = 384;
const PAYLOAD_BYTES: usize = 224;

/// The parts of a statement that a signature covers.
pub(super) struct Unsigned {
    protected: Vec<u8>,
    payload: Vec<u8>,
}

impl Unsigned {
    pub(super) fn of(header: &BlockHeader, second: Option<&MlDsa44Public>) -> Self {
        let mut to = Writer::with_capacity(PAYLOAD_BYTES);
        payload(header).write(&mut to);
        Self {
            protected: protected(header, second),
            payload: to.into_bytes(),
        }
    }

    /// COSE's `Sig_structure`, without external data.
    pub(super) fn to_be_signed(&self) -> Vec<u8> {
        let mut to = Writer::with_capacity(self.protected.len() + self.payload.len() + 32);
        to.array(4);
        to.text(CONTEXT);
        to.bytes(&self.protected);
        to.bytes(&[]);
        to.bytes(&self.payload);
        to.into_bytes()
    }

    /// The statement.
    pub(super) fn signed(&self, signature: &[u8; 64], second: Option<&[u8]>) -> Vec<u8> {
        let mut to = Writer::with_capacity(self.protected.len() + self.payload.len() + 96);
        to.tag(COSE_SIGN1);
        to.array(4);
        to.bytes(&self.protected);
        to.map(usize::from(second.is_some()));
        if let Some(signature) = second {
            to.text(SECOND);
            to.bytes(signature);
        }
        to.bytes(&self.payload);
        to.bytes(signature);
        to.into_bytes()
    }
}

/// What stands in a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) header: BlockHeader,
    pub(super) signature: [u8; 64],
    pub(super) second: Option<Second>,
}

/// Reads what [`Unsigned::signed`] writes. What comes out is to be written again and compared:
/// this does not notice every other spelling.
pub(super) fn read(bytes: &[u8]) -> Result<Read, CborError> {
    let limit = bytes.len();
    let mut from = Reader::new(bytes);
    from.tag(COSE_SIGN1)?;
    from.array_exactly(4)?;
    let protected = from.bytes("header", limit)?;
    let signature_of_second = match from.map("unprotected header", 1)? {
        0 => None,
        _ => Some(read_second(&mut from, |from| {
            Ok(from.bytes(SECOND, ML_DSA_44_SIGNATURE)?.to_vec())
        })?),
    };
    let payload = from.bytes("payload", limit)?;
    let signature = from.array_of_bytes()?;
    from.end()?;

    let (device, member, key_of_second) = read_protected(protected)?;
    let second = match (key_of_second, signature_of_second) {
        (Some(key), Some(signature)) => Some(Second { key, signature }),
        (None, None) => None,
        _ => return Err(CborError::Value { what: "header" }),
    };
    let payload = Payload::read(&mut Reader::new(payload))?;
    Ok(Read {
        header: header(payload, member, device),
        signature,
        second,
    })
}

/// Writes a statement without what can be worked out: a proof holds many, of one network, and half
/// of a statement says again in hexadecimal what the other half says in bytes.
pub(super) fn write_brief(to: &mut Writer, statement: &Statement) {
    to.array(11);
    statement.header.member().write(to);
    statement.header.device().write(to);
    payload(&statement.header).write_rest(to);
    to.bytes(&statement.signature);
    to.option(statement.second.as_ref(), |to, second| {
        to.array(2);
        second.key.write(to);
        to.bytes(&second.signature);
    });
}

/// Reads what [`write_brief`] writes.
pub(super) fn read_brief(from: &mut Reader<'_>, network: NetworkId) -> Result<Read, CborError> {
    from.array_exactly(11)?;
    let (member, device) = (MemberId::read(from)?, DeviceId::read(from)?);
    let payload = Payload::read_rest(from, network)?;
    Ok(Read {
        header: header(payload, member, device),
        signature: from.array_of_bytes()?,
        second: from.option(|from| {
            from.array_exactly(2)?;
            Ok(Second {
                key: MlDsa44Public::read(from)?,
                signature: from.bytes(SECOND, ML_DSA_44_SIGNATURE)?.to_vec(),
            })
        })?,
    })
}

fn protected(header: &BlockHeader, second: Option<&MlDsa44Public>) -> Vec<u8> {
    let mut to = Writer::with_capacity(PROTECTED_BYTES);
    to.map(4 + usize::from(second.is_some()));
    to.u64(ALG);
    to.i16(EDDSA);
    to.u64(TYPE);
    to.text(CONTENT_TYPE);
    to.u64(KID);
    header.device().write(&mut to);
    to.u64(CWT_CLAIMS);
    to.map(2);
    to.u64(ISS);
    to.text(&lower::encode_string(header.member().as_bytes()));
    to.u64(SUB);
    to.text(&super::subject(header));
    if let Some(key) = second {
        to.text(SECOND);
        key.write(&mut to);
    }
    to.into_bytes()
}

/// What stands under our own name in a header.
fn read_second<'b, T>(
    from: &mut Reader<'b>,
    read: impl FnOnce(&mut Reader<'b>) -> Result<T, CborError>,
) -> Result<T, CborError> {
    match from.text("header", SECOND.len())? {
        SECOND => read(from),
        _ => Err(CborError::Value { what: "header" }),
    }
}

/// The keys and the member; everything else is constant or repeats the payload.
fn read_protected(bytes: &[u8]) -> Result<(DeviceId, MemberId, Option<MlDsa44Public>), CborError> {
    let wrong = CborError::Value { what: "header" };
    let mut from = Reader::new(bytes);
    let names = |found: u64, name: u64| match found == name {
        true => Ok(()),
        false => Err(CborError::Value { what: "header" }),
    };
    let entries = from.map("header", 5)?;
    names(from.u64()?, ALG)?;
    from.i16()?;
    names(from.u64()?, TYPE)?;
    from.text("content type", bytes.len())?;
    names(from.u64()?, KID)?;
    let device = DeviceId::read(&mut from)?;
    names(from.u64()?, CWT_CLAIMS)?;
    from.map("claims", 2)?;
    names(from.u64()?, ISS)?;
    let member = from.text("issuer", bytes.len())?.parse();
    names(from.u64()?, SUB)?;
    from.text("subject", bytes.len())?;
    let second = match entries {
        5 => Some(read_second(&mut from, MlDsa44Public::read)?),
        _ => None,
    };
    Ok((device, member.map_err(|_| wrong)?, second))
}

fn header(payload: Payload, member: MemberId, device: DeviceId) -> BlockHeader {
    BlockHeader {
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
    }
}

fn payload(header: &BlockHeader) -> Payload {
    let position = &header.position;
    Payload {
        network: position.network,
        seq: position.seq,
        prev: position.prev,
        anchor: position.anchor,
        clock: position.clock,
        record_count: header.record_count,
        records_root: header.records_root,
        sections_digest: header.sections_digest,
    }
}

#[cfg(test)]
mod tests {
    use coset::{CborSerializable as _, CoseSign1, TaggedCborSerializable as _};

    use super::*;
    use crate::ids::{BlockId, HeaderHash, Height, NetworkId, Seq, TimeMs};
    use crate::keys::MlDsa44Key;

    fn header(seq: u64, anchored: bool) -> BlockHeader {
        BlockHeader {
            position: Position {
                network: NetworkId::from_bytes([1; 32]),
                member: MemberId::from_bytes([2; 32]),
                device: DeviceId::from_bytes([3; 32]),
                seq: Seq(seq),
                prev: (seq > 0).then(|| BlockId::from_bytes([4; 32])),
                anchor: anchored.then(|| (Height(seq), HeaderHash::from_bytes([5; 32]))),
                clock: TimeMs(seq << 20),
            },
            record_count: 7,
            records_root: [6; 32],
            sections_digest: [8; 32],
        }
    }

    /// Another implementation of COSE reads what we write, writes the same bytes again, and would
    /// sign the same.
    #[test]
    fn coset_agrees() {
        for (seq, anchored) in [
            (0, false),
            (1, false),
            (23, true),
            (24, true),
            (u64::MAX, true),
        ] {
            let header = header(seq, anchored);
            let second = anchored.then(|| Second {
                key: MlDsa44Key::from_seed(&[7; 32]).public(),
                signature: vec![8; ML_DSA_44_SIGNATURE],
            });
            let unsigned = Unsigned::of(&header, second.as_ref().map(|second| &second.key));
            let beside = second.as_ref().map(|second| second.signature.as_slice());
            let bytes = unsigned.signed(&[9; 64], beside);
            let theirs = CoseSign1::from_tagged_slice(&bytes).unwrap();
            assert_eq!(theirs.tbs_data(&[]), unsigned.to_be_signed());
            let mut again = theirs.clone();
            again.protected.original_data = None;
            assert_eq!(again.to_tagged_vec().unwrap(), bytes);
            assert_eq!(
                theirs.protected.header.clone().to_vec().unwrap(),
                unsigned.protected
            );
            let read = read(&bytes).unwrap();
            assert_eq!(read.header, header);
            assert_eq!((read.signature, read.second), ([9; 64], second));

            let statement = Statement::parse(&bytes).unwrap();
            assert_eq!(again_from_brief(&statement).unwrap(), statement);
        }
    }

    fn again_from_brief(statement: &Statement) -> Result<Statement, CborError> {
        let mut to = Writer::new();
        statement.write_brief(&mut to);
        let brief = to.into_bytes();
        let mut from = Reader::new(&brief);
        let again = Statement::read_brief(&mut from, statement.header().network())?;
        from.end().map(|()| again)
    }

    #[test]
    fn a_brief_statement_that_begins_wrong_is_refused() {
        let bytes = Unsigned::of(&header(1, true), None).signed(&[9; 64], None);
        let mut statement = Statement::parse(&bytes).unwrap();
        statement.header.position.seq = Seq(0);
        let wrong = CborError::Value { what: "statement" };
        assert_eq!(again_from_brief(&statement), Err(wrong));
    }
}
