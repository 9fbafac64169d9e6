//! What is handed from one to another as a file or a message, and is not what it should be.

use coset::{CoseSign1, Label, TaggedCborSerializable as _, cbor::Value};

use super::{Given, Input, compare, variants};
use crate::cbor::{self, Writer};
use crate::testnet::*;
use crate::{
    ChunkPlace, EvidenceCipher, HandoverPayload, HpkeSecret, Kem, Ledger, LogPlace, ReceiptError,
    Sealed, StateView, Statement, VerifiedBlock, seal_to, transparent_statement,
    verify_transparent,
};

/// Receipts in a transparent statement, and the proofs in a receipt (RFC 9942, section 2).
const RECEIPTS: i64 = 394;
const PROOFS: i64 = 396;

fn export(net: &Net, block: &VerifiedBlock) -> Vec<u8> {
    let index = net.ledger.state().logged(&block.id()).unwrap().index;
    let place = LogPlace {
        index,
        size: net.log.size(),
        path: net.log.path(index).unwrap(),
    };
    let statement = Statement::parse(block.statement()).unwrap();
    transparent_statement(&statement, &place, (&net.peer, net.id(FACTORY))).unwrap()
}

/// The value under a label of an unprotected header.
fn value(cose: &mut CoseSign1, label: i64) -> &mut Value {
    let mut rest = cose.unprotected.rest.iter_mut();
    let found = rest.find(|(known, _)| *known == Label::Int(label));
    &mut found.unwrap().1
}

/// A transparent statement with a change in its receipt, which the peer did not sign.
fn with_receipt(bytes: &[u8], change: impl FnOnce(&mut CoseSign1)) -> Vec<u8> {
    let mut cose = CoseSign1::from_tagged_slice(bytes).unwrap();
    let [Value::Bytes(receipt)] = value(&mut cose, RECEIPTS)
        .as_array_mut()
        .unwrap()
        .as_mut_slice()
    else {
        panic!("one receipt")
    };
    let mut inner = CoseSign1::from_tagged_slice(receipt).unwrap();
    change(&mut inner);
    *receipt = inner.to_tagged_vec().unwrap();
    cose.to_tagged_vec().unwrap()
}

#[test]
fn every_refused_receipt_has_its_vector_file() {
    let mut net = Net::alone("Receipts");
    let seen = |net: &mut Net| {
        let draft = observe(&[crate::SubjectId::from_bytes([7; 32])]);
        let block = net.staff(FACTORY, &[draft]);
        net.order(std::slice::from_ref(&block));
        block
    };
    let (one, other) = (seen(&mut net), seen(&mut net));
    let good = export(&net, &one);
    assert!(verify_transparent(&good).is_ok());
    let mut unsigned = good.clone();
    *unsigned.last_mut().unwrap() ^= 1;
    // The receipt of one block on the statement of another.
    let mut swapped = CoseSign1::from_tagged_slice(&export(&net, &other)).unwrap();
    swapped.unprotected = CoseSign1::from_tagged_slice(&good).unwrap().unprotected;
    let nowhere = LogPlace {
        index: 9,
        size: 2,
        path: Vec::new(),
    };
    let nowhere = with_receipt(&good, |receipt| {
        let proofs = Value::Array(vec![Value::Bytes(cbor::to_bytes(&nowhere))]);
        *value(receipt, PROOFS) = Value::Map(vec![(Value::from(-1), proofs)]);
    });
    let es256 = with_receipt(&good, |receipt| {
        let alg = coset::iana::Algorithm::ES256;
        receipt.protected.header.alg = Some(coset::Algorithm::Assigned(alg));
        receipt.protected.original_data = None;
    });
    let refused = [
        (one.statement().to_vec(), Some("receipts")),
        (es256, Some("algorithm")),
        (good[..good.len() - 1].to_vec(), Some("statement")),
        (unsigned, None),
        (swapped.to_tagged_vec().unwrap(), None),
        (nowhere, None),
        (
            with_receipt(&good, |receipt| receipt.signature[0] ^= 1),
            None,
        ),
    ];
    let refused = refused.map(|(bytes, case)| {
        let error = verify_transparent(&bytes).unwrap_err();
        Input {
            case,
            ..Input::bytes("transparent statement", &bytes, error)
        }
    });
    let all = variants!(ReceiptError {
        Malformed,
        Statement,
        OtherStatement,
        Path,
        Signature
    });
    compare("receipt", &all, refused);
}

#[test]
fn every_refused_hand_over_has_its_vector_file() {
    let payload = |version: u64, block: &[u8]| {
        let mut to = Writer::new();
        to.array(5);
        to.u64(version);
        to.bytes(&[9; 32]);
        to.u64(0);
        to.array(1);
        to.array(3);
        to.bytes(block);
        for _ in 0..3 {
            to.array(0);
        }
        to.into_bytes()
    };
    let refused = [
        (payload(2, b""), Some("version")),
        (payload(1, b"not a statement"), None),
        (payload(1, b"")[..20].to_vec(), None),
    ];
    let refused = refused.map(|(bytes, case)| {
        let error = HandoverPayload::from_bytes(&bytes).unwrap_err();
        Input {
            case,
            ..Input::bytes("hand-over payload", &bytes, error)
        }
    });
    let all = variants!(crate::HandoverError {
        TooLarge,
        Encoding,
        Block
    });
    compare("handover", &all, refused);
}

#[test]
fn every_refused_evidence_has_its_vector_file() {
    let cipher = EvidenceCipher::new(&[1; 32]);
    let sealed = |place| {
        let mut chunk = b"a photo".to_vec();
        cipher.seal(place, &mut chunk).unwrap();
        chunk
    };
    let mut altered = sealed(ChunkPlace::Last(0));
    altered[3] ^= 1;
    let refused = [
        (altered, None),
        (Vec::new(), Some("empty")),
        // The file went on, and was cut here.
        (sealed(ChunkPlace::Inner(0)), Some("cut")),
        (sealed(ChunkPlace::Last(1)), Some("moved")),
    ];
    let refused = refused.map(|(bytes, case)| {
        let error = cipher.open_file(&bytes).unwrap_err();
        Input {
            case,
            ..Input::bytes("evidence", &bytes, error).given("key", Given::hex([1; 32]))
        }
    });
    let all = variants!(crate::EvidenceError { Damaged, TooLong });
    compare("evidence", &all, refused);
}

#[test]
fn every_sealed_message_that_does_not_open_has_its_vector_file() {
    let secret = HpkeSecret::derive(Kem::X25519, &[1; 32]);
    let (info, aad) = (b"purpose", b"place");
    let good = seal_to(&secret.public(), info, aad, b"words", &[2; 32]).unwrap();
    let refused = |enc: &[u8], sealed: &[u8], aad: &[u8]| {
        let message = Sealed {
            enc: enc.to_vec(),
            sealed: sealed.to_vec(),
        };
        let error = secret.open(&message, info, aad).unwrap_err();
        Input::bytes("sealed message", sealed, error)
            .given("x25519", Given::hex(secret.to_bytes().as_slice()))
            .given("enc", Given::hex(enc))
            .given("info", Given::hex(info))
            .given("aad", Given::hex(aad))
    };
    let mut altered = good.sealed.clone();
    altered[0] ^= 1;
    let refused = [
        refused(&good.enc[1..], &good.sealed, aad),
        refused(&good.enc, &altered, aad),
        refused(&good.enc, &good.sealed, b"another place").case("place"),
    ];
    let all = variants!(crate::UnsealError {
        Encapsulation,
        NotForThisKey
    });
    compare("unseal", &all, refused);
}

#[test]
fn every_refused_snapshot_has_its_vector_file() {
    let net = Net::alone("Snapshots");
    let good = net.ledger.snapshot_bytes();
    let read = |bytes: &[u8], genesis: &crate::Genesis| {
        let error = Ledger::from_snapshot(genesis, bytes).unwrap_err();
        Input::bytes("snapshot", bytes, error).in_network(genesis)
    };
    let mut newer = good[..2].to_vec();
    newer[1] += 1;
    let other = Net::alone("Others");
    let refused = [
        read(&good[..good.len() - 1], &net.genesis),
        read(&newer, &net.genesis).case("version"),
        read(&good[..40], &other.genesis),
    ];
    let all = variants!(crate::SnapshotError {
        Damaged,
        WrongNetwork
    });
    compare("snapshot", &all, refused);
}
