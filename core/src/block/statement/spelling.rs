//! The one spelling of a statement, written and read without a tree of values in between: a peer
//! does this for every block. A test lets the `coset` crate judge every byte of it.

use data_encoding::HEXLOWER;

use super::{CONTENT_TYPE, CWT_CLAIMS, ISS, SUB};
use crate::{
    block::{BlockHeader, Payload, Position},
    cbor::{CborError, Reader, Wire, Writer},
    ids::{DeviceId, MemberId},
};

/// COSE_Sign1 (RFC 9052, section 2).
const COSE_SIGN1: u64 = 18;
/// EdDSA in COSE's registry of algorithms.
const EDDSA: i16 = -8;
/// Header parameters of COSE: algorithm, content type, key id.
const ALG: u64 = 1;
const TYPE: u64 = 3;
const KID: u64 = 4;
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
    pub(super) fn of(header: &BlockHeader) -> Self {
        let mut to = Writer::with_capacity(PAYLOAD_BYTES);
        payload(header).write(&mut to);
        Self {
            protected: protected(header),
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
    pub(super) fn signed(&self, signature: &[u8; 64]) -> Vec<u8> {
        let mut to = Writer::with_capacity(self.protected.len() + self.payload.len() + 96);
        to.tag(COSE_SIGN1);
        to.array(4);
        to.bytes(&self.protected);
        to.map(0);
        to.bytes(&self.payload);
        to.bytes(signature);
        to.into_bytes()
    }
}

/// Reads what [`Unsigned::signed`] writes. What comes out is to be written again and compared:
/// this does not notice every other spelling.
pub(super) fn read(bytes: &[u8]) -> Result<(BlockHeader, [u8; 64]), CborError> {
    let limit = bytes.len();
    let mut from = Reader::new(bytes);
    from.tag(COSE_SIGN1)?;
    from.array_exactly(4)?;
    let protected = from.bytes("header", limit)?;
    from.map("unprotected header", 0)?;
    let payload = from.bytes("payload", limit)?;
    let signature = from.array_of_bytes()?;
    from.end()?;

    let (device, member) = read_protected(protected)?;
    let payload = Payload::read(&mut Reader::new(payload))?;
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
    Ok((header, signature))
}

fn protected(header: &BlockHeader) -> Vec<u8> {
    let mut to = Writer::with_capacity(PROTECTED_BYTES);
    to.map(4);
    to.u64(ALG);
    to.i16(EDDSA);
    to.u64(TYPE);
    to.text(CONTENT_TYPE);
    to.u64(KID);
    header.device().write(&mut to);
    to.u64(CWT_CLAIMS);
    to.map(2);
    to.u64(ISS);
    to.text(&HEXLOWER.encode(header.member().as_bytes()));
    to.u64(SUB);
    to.text(&super::subject(header));
    to.into_bytes()
}

/// The key and the member; everything else is constant or repeats the payload.
fn read_protected(bytes: &[u8]) -> Result<(DeviceId, MemberId), CborError> {
    let wrong = CborError::Value { what: "header" };
    let mut from = Reader::new(bytes);
    let names = |found: u64, name: u64| match found == name {
        true => Ok(()),
        false => Err(CborError::Value { what: "header" }),
    };
    from.map("header", 4)?;
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
    Ok((device, member.map_err(|_| wrong)?))
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
            let unsigned = Unsigned::of(&header);
            let bytes = unsigned.signed(&[9; 64]);
            let theirs = CoseSign1::from_tagged_slice(&bytes).unwrap();
            assert_eq!(theirs.tbs_data(&[]), unsigned.to_be_signed());
            let mut again = theirs.clone();
            again.protected.original_data = None;
            assert_eq!(again.to_tagged_vec().unwrap(), bytes);
            assert_eq!(
                theirs.protected.header.clone().to_vec().unwrap(),
                unsigned.protected
            );
            assert_eq!(read(&bytes), Ok((header, [9; 64])));
        }
    }
}
