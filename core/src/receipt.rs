//! COSE Receipts (RFC 9942) that a block is in the log, and a block as a transparent statement
//! (RFC 9943) that carries them: for whoever has tools for these and none of ours.
//!
//! A peer mints a receipt when it is asked for one: it signs the log's root with its device key,
//! and answers for it alone. What a quorum of validators answers for is a
//! [`SubjectProof`](crate::SubjectProof).

use base16ct::lower;
use coset::cbor::value::Value;
use coset::{
    Algorithm, CoseSign1, CoseSign1Builder, Header, HeaderBuilder, Label, TaggedCborSerializable,
    iana,
};
use thiserror::Error;

use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::keys::{DeviceKey, verify_ed25519};
use crate::merkle::{TreeHash, leaf_hash, root_from_path};
use crate::{DeviceId, Digest32, MemberId, Statement, StatementError, limits};

/// CWT claims (RFC 9597): issuer and subject.
const CWT_CLAIMS: i64 = 15;
const ISS: u64 = 1;
const SUB: u64 = 2;
/// The kind of log, and its one value here: the tree of RFC 9162 over SHA-256 (RFC 9942,
/// section 5.1).
const VDS: i64 = 395;
const RFC9162_SHA256: u64 = 1;
/// Proofs, and among them those of inclusion (RFC 9942, sections 2 and 5.2).
const VDP: i64 = 396;
const INCLUSION: i64 = -1;
/// Receipts in a transparent statement (RFC 9942, section 2).
const RECEIPTS: i64 = 394;

/// No log that a `u64` counts is higher.
const PATH_NODES: usize = 64;

/// Why a receipt or a transparent statement is not one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Not a COSE_Sign1 with what a receipt needs, or not in its one spelling.
    #[error("not a receipt: {part} is missing, or is not as RFC 9942 has it")]
    Malformed {
        /// What is wrong.
        part: &'static str,
    },
    /// The statement in it is none of ours, or its device did not sign it.
    #[error("the statement does not hold: {0}")]
    Statement(#[from] StatementError),
    /// The receipt is about another statement than the one it came with.
    #[error("the receipt is about another statement")]
    OtherStatement,
    /// Its path leads nowhere.
    #[error("the receipt's path does not fit its place in the log")]
    Path,
    /// The log's key did not sign the root that the path leads to.
    #[error("the receipt is not signed by {key}, or is of another block or log")]
    Signature {
        /// The key that it names.
        key: DeviceId,
    },
}

/// What a receipt says, once it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipted {
    /// The peer that signed it.
    pub key: DeviceId,
    /// The member that it says the peer is of.
    pub member: MemberId,
    /// The block's place in the log, from 0.
    pub log_index: u64,
    /// How many blocks the log had.
    pub log_size: u64,
    /// The log's root.
    pub log_root: Digest32,
}

/// Where a block stands in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPlace {
    /// Its place, from 0.
    pub index: u64,
    /// How many blocks the log has.
    pub size: u64,
    /// The path from the block to the root.
    pub path: Vec<TreeHash>,
}

impl LogPlace {
    fn root(&self, statement: &[u8]) -> Option<TreeHash> {
        root_from_path(&leaf_hash(statement), self.index, self.size, &self.path)
    }
}

/// A block's statement with this peer's receipt that it is in the log (RFC 9943, section 7).
///
/// # Errors
/// `Path` when the place is not one of a log.
pub fn transparent_statement(
    statement: &Statement,
    place: &LogPlace,
    (key, member): (&DeviceKey, MemberId),
) -> Result<Vec<u8>, ReceiptError> {
    let root = place.root(statement.as_bytes());
    let root = root.ok_or(ReceiptError::Path)?;
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(key.id().as_bytes().to_vec())
        .value(CWT_CLAIMS, claims(member, statement))
        .value(VDS, Value::from(RFC9162_SHA256))
        .build();
    let proofs = Value::Array(vec![Value::Bytes(cbor::to_bytes(place))]);
    let unprotected = HeaderBuilder::new()
        .value(VDP, Value::Map(vec![(Value::from(INCLUSION), proofs)]))
        .build();
    let receipt = CoseSign1Builder::new()
        .protected(protected)
        .unprotected(unprotected)
        .create_detached_signature(&root, &[], |message| key.sign(message).to_vec())
        .build();
    let malformed = |part| move |_| ReceiptError::Malformed { part };
    let receipt = receipt.to_tagged_vec().map_err(malformed("receipt"))?;
    let mut cose =
        CoseSign1::from_tagged_slice(statement.as_bytes()).map_err(malformed("statement"))?;
    let receipts = Value::Array(vec![Value::Bytes(receipt)]);
    cose.unprotected.rest.push((Label::Int(RECEIPTS), receipts));
    cose.to_tagged_vec().map_err(malformed("statement"))
}

fn claims(member: MemberId, statement: &Statement) -> Value {
    Value::Map(vec![
        (
            Value::from(ISS),
            Value::Text(lower::encode_string(member.as_bytes())),
        ),
        // A receipt is about what its statement is about.
        (Value::from(SUB), Value::Text(statement.subject())),
    ])
}

/// Checks a transparent statement: its device's signature, and every receipt on it. Whether the
/// keys that signed these are a log's is for whoever asks to know.
///
/// # Errors
/// Says what does not hold; see [`ReceiptError`].
pub fn verify_transparent(bytes: &[u8]) -> Result<(Statement, Vec<Receipted>), ReceiptError> {
    let malformed = |part| ReceiptError::Malformed { part };
    let no_statement = malformed("statement");
    if bytes.len() > limits::BLOCK_BYTES {
        return Err(no_statement);
    }
    let mut cose = CoseSign1::from_tagged_slice(bytes).map_err(|_| no_statement.clone())?;
    if cose.clone().to_tagged_vec().ok().as_deref() != Some(bytes) {
        return Err(no_statement);
    }
    // Without them it is the statement that its device signed, and that the log holds.
    let rest = &mut cose.unprotected.rest;
    let attached = rest.iter().position(|(label, _)| is(label, RECEIPTS));
    let receipts = attached.and_then(|place| rest.remove(place).1.into_array().ok());
    let receipts = receipts.filter(|receipts| !receipts.is_empty());
    let receipts = receipts.ok_or(malformed("receipts"))?;
    let bare = cose.to_tagged_vec().map_err(|_| no_statement)?;
    let statement = Statement::parse(&bare)?;
    statement.verify()?;
    let checked = receipts.iter().map(|receipt| {
        let receipt = receipt.as_bytes().ok_or(malformed("receipt"))?;
        verify_receipt(receipt, &statement)
    });
    let checked = checked.collect::<Result<_, _>>()?;
    Ok((statement, checked))
}

/// RFC 9943 wants of a receipt's own header what it wants of a statement's: who issues it, what
/// it is about, and which key signed.
fn verify_receipt(bytes: &[u8], statement: &Statement) -> Result<Receipted, ReceiptError> {
    let malformed = |part| ReceiptError::Malformed { part };
    let cose = CoseSign1::from_tagged_slice(bytes).map_err(|_| malformed("receipt"))?;
    if cose.clone().to_tagged_vec().ok().as_deref() != Some(bytes) || cose.payload.is_some() {
        return Err(malformed("receipt"));
    }
    let header = &cose.protected.header;
    if header.alg != Some(Algorithm::Assigned(iana::Algorithm::EdDSA)) {
        return Err(malformed("algorithm"));
    }
    if value(header, VDS) != Some(&Value::from(RFC9162_SHA256)) {
        return Err(malformed("kind of log"));
    }
    let key = <[u8; 32]>::try_from(header.key_id.as_slice());
    let key = DeviceId::from_bytes(key.map_err(|_| malformed("key"))?);
    let claims = value(header, CWT_CLAIMS).and_then(Value::as_map);
    let claims = claims.ok_or(malformed("claims"))?;
    let claim = |name: u64| {
        let found = claims.iter().find(|(label, _)| *label == Value::from(name));
        found.and_then(|(_, value)| value.as_text())
    };
    let member = claim(ISS).and_then(|issuer| issuer.parse().ok());
    let member = member.ok_or(malformed("issuer"))?;
    if claim(SUB) != Some(statement.subject().as_str()) {
        return Err(ReceiptError::OtherStatement);
    }
    let place = inclusion(&cose.unprotected).ok_or(malformed("proof of inclusion"))?;
    let root = place.root(statement.as_bytes()).ok_or(ReceiptError::Path)?;
    let signature = <[u8; 64]>::try_from(cose.signature.as_slice());
    let signature = signature.map_err(|_| malformed("signature"))?;
    let signed = cose.tbs_detached_data(&root, &[]);
    verify_ed25519(key.as_bytes(), &signed, &signature)
        .map_err(|_| ReceiptError::Signature { key })?;
    Ok(Receipted {
        key,
        member,
        log_index: place.index,
        log_size: place.size,
        log_root: Digest32::from_bytes(root),
    })
}

fn inclusion(header: &Header) -> Option<LogPlace> {
    let [(kind, proofs)] = value(header, VDP)?.as_map()?.as_slice() else {
        return None;
    };
    let [proof] = proofs.as_array()?.as_slice() else {
        return None;
    };
    let place = cbor::from_canonical(proof.as_bytes()?).ok();
    place.filter(|_| *kind == Value::from(INCLUSION))
}

fn value(header: &Header, label: i64) -> Option<&Value> {
    let mut rest = header.rest.iter();
    rest.find(|(known, _)| is(known, label))
        .map(|(_, value)| value)
}

fn is(label: &Label, number: i64) -> bool {
    *label == Label::Int(number)
}

/// The proof of inclusion (RFC 9942, section 5.2): `[tree size, leaf index, path]`.
impl Wire for LogPlace {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        to.u64(self.size);
        to.u64(self.index);
        to.array(self.path.len());
        for node in &self.path {
            to.bytes(node);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        let (size, index) = (from.u64()?, from.u64()?);
        let nodes = from.array("path", PATH_NODES)?;
        let path = (0..nodes).map(|_| from.array_of_bytes());
        Ok(Self {
            index,
            size,
            path: path.collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testnet::*;
    use crate::{StateView, VerifiedBlock};

    /// A block of a log of nine, as its peer exports it.
    fn exported() -> (Vec<u8>, VerifiedBlock, Net) {
        let mut net = Net::with_prefix();
        let item = net.item("A");
        let block = net.staff(FACTORY, &[observe(&[item])]);
        net.applied(&block);
        for _ in 0..4 {
            let more = net.staff(FACTORY, &[observe(&[item])]);
            net.applied(&more);
        }
        let bytes = export(&net, &block);
        (bytes, block, net)
    }

    fn export(net: &Net, block: &VerifiedBlock) -> Vec<u8> {
        let log = &net.log;
        let index = net.ledger.state().logged(&block.id()).unwrap().index;
        let place = LogPlace {
            index,
            size: log.size(),
            path: log.path(index).unwrap(),
        };
        let statement = Statement::parse(block.statement()).unwrap();
        transparent_statement(&statement, &place, (&net.peer, net.id(FACTORY))).unwrap()
    }

    #[test]
    fn an_exported_block_says_that_it_is_in_the_log() {
        let (bytes, block, net) = exported();
        let (statement, receipts) = verify_transparent(&bytes).unwrap();
        assert_eq!(statement.id(), block.id());
        let expected = Receipted {
            key: net.peer.id(),
            member: net.id(FACTORY),
            log_index: 4,
            log_size: 9,
            log_root: Digest32::from_bytes(net.log.root()),
        };
        assert_eq!(receipts, [expected]);
    }

    #[test]
    fn a_byte_changed_in_an_export_is_noticed() {
        let (bytes, ..) = exported();
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1 << (place % 8);
            assert!(verify_transparent(&altered).is_err(), "byte {place}");
            assert!(verify_transparent(&bytes[..place]).is_err());
        }
    }

    #[test]
    fn a_receipt_is_of_its_statement_and_log() {
        let (bytes, block, mut net) = exported();
        // The receipt of one block on the statement of another.
        let item = net.subject_of(&code("A"));
        let other = net.staff(FACTORY, &[observe(&[item])]);
        net.applied(&other);
        let mut wrong = CoseSign1::from_tagged_slice(&export(&net, &other)).unwrap();
        let right = CoseSign1::from_tagged_slice(&bytes).unwrap();
        wrong.unprotected = right.unprotected.clone();
        let wrong = wrong.to_tagged_vec().unwrap();
        assert_eq!(
            verify_transparent(&wrong),
            Err(ReceiptError::OtherStatement)
        );
        // One without a receipt is a statement, and not a transparent one.
        let bare = verify_transparent(block.statement());
        assert_eq!(bare, Err(ReceiptError::Malformed { part: "receipts" }));
        // A place that no log has.
        let place = LogPlace {
            index: 3,
            size: 3,
            path: Vec::new(),
        };
        let statement = Statement::parse(block.statement()).unwrap();
        let made = transparent_statement(&statement, &place, (&net.peer, net.id(FACTORY)));
        assert_eq!(made, Err(ReceiptError::Path));
    }
}
