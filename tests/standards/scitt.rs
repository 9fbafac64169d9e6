//! A block as a transparent statement against another program: `scitt-cose` from PyPI, which
//! reads COSE_Sign1, receipts and RFC 9162's proofs with code of its own.

use super::{ask, tool};
use chopmark_core::merkle::{MerkleTree, leaf_hash};
use chopmark_core::{
    Body, Code, DeviceKey, LogPlace, MemberId, NetworkId, Position, Readers, RecordDraft, Seq,
    SignedBlock, Statement, TimeMs, TzMinutes, UnsignedBlock, When, transparent_statement,
};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use std::process::Command;

/// Of a statement, its device's key and a peer's key: what the program says of both, and what a
/// stranger's key or another leaf make of it.
const SCITT: &str = r#"
import json, sys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from scitt_cose.receipt import verify_receipt
from scitt_cose.statement import attach_receipts, extract_receipts, parse_signed_statement

transparent, bare, device, peer = map(bytes.fromhex, sys.stdin.read().split())

def pem(key):
    return Ed25519PublicKey.from_public_bytes(key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

signed = parse_signed_statement(transparent, public_key_pem=pem(device))
receipts = extract_receipts(transparent)
judged = verify_receipt(receipts[0], leaf_entry_hex=bare.hex(), log_public_key_pem=pem(peer))
strange = verify_receipt(receipts[0], leaf_entry_hex=bare.hex(), log_public_key_pem=pem(device))
other = verify_receipt(receipts[0], leaf_entry_hex=device.hex(), log_public_key_pem=pem(peer))
print(json.dumps({
    'signed': signed['signature_verified'],
    'issuer': signed['issuer'],
    'subject': signed['subject'],
    'content': signed['content_type'],
    'receipts': len(receipts),
    'attached': attach_receipts(bare, receipts) == transparent,
    'holds': judged.ok,
    'errors': judged.errors,
    'root': judged.root,
    'size': judged.tree_size,
    'place': judged.leaf_index,
    'receipt_issuer': judged.issuer,
    'receipt_subject': judged.subject,
    'kid': (judged.protected_header_ext.get(4) or b'').hex(),
    'refused': [strange.ok, other.ok],
}))
"#;

#[derive(Debug, PartialEq, Deserialize)]
struct Judged {
    signed: bool,
    issuer: String,
    subject: String,
    content: String,
    receipts: usize,
    attached: bool,
    holds: bool,
    errors: Vec<String>,
    root: Option<String>,
    size: Option<u64>,
    place: Option<u64>,
    receipt_issuer: Option<String>,
    receipt_subject: Option<String>,
    kid: String,
    refused: [bool; 2],
}

fn statement(key: &DeviceKey, (network, member): (NetworkId, MemberId)) -> Statement {
    let time = TimeMs(1_790_000_000_000);
    let tz = TzMinutes::default();
    let body = Body::Observe {
        when: When { time, tz },
        step: "storing".to_owned(),
    };
    let code = Code::parse("(01)09506000134352(21)A1B2").unwrap();
    let draft = RecordDraft::new(body, vec![code.subject(&network, &member)]);
    let position = Position {
        network,
        member,
        device: key.id(),
        seq: Seq(0),
        prev: None,
        anchor: None,
        clock: time,
    };
    let block = UnsignedBlock::build(position, &[draft], &Readers::default(), &[4; 32]).unwrap();
    let block = block.sign(key).unwrap().block.to_bytes();
    let block = SignedBlock::from_bytes(&block).unwrap().verify().unwrap();
    Statement::parse(block.statement()).unwrap()
}

#[test]
fn an_exported_block_holds_for_another_programs_reader() {
    let ids = (
        NetworkId::from_bytes([1; 32]),
        MemberId::from_bytes([2; 32]),
    );
    let (device, peer) = (
        DeviceKey::from_seed(&[3; 32]),
        DeviceKey::from_seed(&[5; 32]),
    );
    let statement = statement(&device, ids);
    let owner = MemberId::from_bytes([6; 32]);
    for (size, index) in [(1_u64, 0), (2, 1), (7, 6), (1000, 321)] {
        let leaf = |place: u64| {
            if place == index {
                leaf_hash(statement.as_bytes())
            } else {
                leaf_hash(&place.to_be_bytes())
            }
        };
        let log = MerkleTree::from_leaf_hashes((0..size).map(leaf));
        let path = log.path(index).unwrap();
        let place = LogPlace { index, size, path };
        let transparent = transparent_statement(&statement, &place, (&peer, owner)).unwrap();
        let input = [
            HEXLOWER.encode(&transparent),
            HEXLOWER.encode(statement.as_bytes()),
            device.id().to_string(),
            peer.id().to_string(),
        ];
        let python = tool("python/bin/python");
        let judged: Judged = ask(Command::new(python).args(["-c", SCITT]), &input);
        let expected = Judged {
            signed: true,
            issuer: ids.1.to_string(),
            subject: format!("{}/{}/0", ids.0, device.id()),
            content: "application/chopmark-block+cbor".to_owned(),
            receipts: 1,
            attached: true,
            holds: true,
            errors: Vec::new(),
            root: Some(HEXLOWER.encode(&log.root())),
            size: Some(size),
            place: Some(index),
            // RFC 9943, section 6: a receipt is a signed statement, so it names its issuer, what
            // it is about, and its key.
            receipt_issuer: Some(owner.to_string()),
            receipt_subject: Some(statement.subject()),
            kid: peer.id().to_string(),
            refused: [false, false],
        };
        assert_eq!(judged, expected);
    }
}
