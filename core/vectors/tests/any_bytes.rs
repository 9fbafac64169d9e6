//! Any bytes at any decoder: a value or an error, never a panic and never a hang.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use chopmark_core::{
    Bundle, Checkpoint, Code, DeviceKey, EvidenceCipher, ForkProof, FounderSignature,
    FrameCollector, Gathered, Genesis, GenesisDraft, HandoverPayload, HandoverStep, HpkeSecret,
    Inception, Invitation, Kem, Known, Ledger, NetworkId, Record, Sealed, SignedBlock, Statement,
    SubjectProof, TimeMs, verify_transparent,
};

/// What every reader is given: the network's true genesis, and bytes that someone made.
type Read = fn(&Genesis, &[u8]);

/// Every decoder of the core that meets bytes of others, with the vector that it reads.
const DECODERS: &[(&str, Read)] = &[
    ("genesis", |genesis, bytes| {
        drop(Genesis::from_pinned_bytes(bytes, genesis.id()));
        drop(GenesisDraft::from_body_bytes(bytes));
        drop(FounderSignature::from_bytes(bytes));
    }),
    ("inception", |_, bytes| drop(Inception::from_bytes(bytes))),
    ("block", |_, bytes| {
        drop(SignedBlock::from_bytes(bytes).and_then(SignedBlock::verify));
    }),
    ("statement", |_, bytes| {
        drop(Statement::parse(bytes).map(|statement| statement.verify()));
        drop(ForkProof::new(bytes.to_vec(), bytes.to_vec()));
    }),
    ("fork-proof", |_, bytes| drop(ForkProof::from_bytes(bytes))),
    ("record", |_, bytes| drop(Record::from_bytes(bytes))),
    ("checkpoint", |genesis, bytes| {
        drop(
            Checkpoint::from_bytes(bytes).map(|checkpoint| checkpoint.verify(genesis.validators())),
        );
    }),
    ("snapshot", |genesis, bytes| {
        drop(Ledger::from_snapshot(genesis, bytes))
    }),
    ("bundle", |genesis, bytes| {
        let code = Code::parse("(01)09506000134352(21)A1B2C3D4E5").unwrap();
        drop(Bundle::from_bytes(bytes).map(|bundle| bundle.verify(&code, genesis.id())));
    }),
    ("proof", |genesis, bytes| {
        let code = Code::parse("(01)09506000134352(21)A1B2C3D4E5").unwrap();
        let known = Known::network(genesis.id());
        drop(SubjectProof::from_bytes(bytes).map(|proof| proof.verify(&code, &known)));
    }),
    ("transparent", |_, bytes| drop(verify_transparent(bytes))),
    ("handover", |_, bytes| {
        drop(HandoverPayload::from_bytes(bytes))
    }),
    ("evidence", |_, bytes| {
        drop(EvidenceCipher::new(&[9; 32]).open_file(bytes));
    }),
    ("hpke-sealed", |_, bytes| {
        for kem in [Kem::X25519, Kem::XWing] {
            let (enc, sealed) = bytes.split_at(bytes.len().min(32));
            let sealed = Sealed {
                enc: enc.to_vec(),
                sealed: sealed.to_vec(),
            };
            drop(HpkeSecret::derive(kem, &[7; 32]).open(&sealed, b"info", b"aad"));
        }
    }),
    ("texts", |_, bytes| {
        let text = String::from_utf8_lossy(bytes);
        drop(Code::parse(&text));
        drop(Invitation::parse(&text));
        drop(FrameCollector::new().push(&text));
    }),
];

/// One good input for each decoder.
fn good() -> (Genesis, BTreeMap<&'static str, Vec<u8>>) {
    let lines = chopmark_vectors::lines().unwrap();
    let bytes = |name: &str| {
        let line = lines.iter().find_map(|line| {
            let (found, bytes) = line.split_once(' ')?;
            (found == name).then_some(bytes)
        });
        data_encoding::HEXLOWER
            .decode(line.unwrap().as_bytes())
            .unwrap()
    };
    let genesis = Genesis::from_bytes(&bytes("genesis")).unwrap();
    let block = SignedBlock::from_bytes(&bytes("block")).unwrap();
    let verified = block.clone().verify().unwrap();
    let handover = HandoverPayload {
        network: genesis.id(),
        step: HandoverStep::Offer,
        blocks: vec![block],
        sections: Vec::new(),
    };
    let device = DeviceKey::from_seed(&[1; 32]).id();
    let invitation = Invitation::new(
        NetworkId::from_bytes([1; 32]),
        device,
        vec!["peer.example.org:4750".to_owned()],
        [3; 16],
        TimeMs(1),
    );
    let frame = handover.frames().unwrap().swap_remove(0);
    let texts = [
        invitation.unwrap().to_link(),
        frame,
        "https://id.example.org/01/09506000134352/21/A1B2C3D4E5".to_owned(),
    ];
    let mut good: BTreeMap<&'static str, Vec<u8>> = DECODERS
        .iter()
        .filter(|(name, _)| {
            lines
                .iter()
                .any(|line| line.starts_with(&format!("{name} ")))
        })
        .map(|(name, _)| (*name, bytes(name)))
        .collect();
    let record = verified.record_bytes(1).unwrap().to_vec();
    good.insert("record", record);
    good.insert("statement", verified.statement().to_vec());
    good.insert("fork-proof", fork_proof(verified.statement()));
    good.insert("handover", handover.to_bytes());
    good.insert("texts", texts.concat().into_bytes());
    assert!(good.contains_key("bundle") && good.contains_key("snapshot"));
    (genesis, good)
}

/// The bytes of a proof, here of two statements that agree: `[statement, statement]`.
fn fork_proof(statement: &[u8]) -> Vec<u8> {
    let head = |length: usize| {
        let length = u16::try_from(length).unwrap();
        [&[0x59], length.to_be_bytes().as_slice()].concat()
    };
    let one = [head(statement.len()), statement.to_vec()].concat();
    [&[0x82], one.as_slice(), one.as_slice()].concat()
}

/// At most so many places of an input are damaged, spread over all of it.
const PLACES: usize = 1_500;

#[test]
fn any_bytes_at_any_decoder_give_a_value_or_an_error() {
    let (genesis, good) = good();
    for (name, read) in DECODERS {
        // Each decoder also gets what was made for the others.
        for bytes in good.values() {
            read(&genesis, bytes);
        }
        let bytes = good.get(name).unwrap();
        let step = bytes.len().div_ceil(PLACES);
        for place in (0..bytes.len()).step_by(step) {
            let (head, tail) = bytes.split_at(place);
            read(&genesis, head);
            read(&genesis, tail);
            // Another value, the longest lengths of every kind, and something that was not there.
            for byte in [
                0x00, 0x1b, 0x3b, 0x5b, 0x7b, 0x9b, 0x9f, 0xbb, 0xdb, 0xf6, 0xff,
            ] {
                let rest = tail.get(1..).unwrap_or_default();
                read(&genesis, &[head, &[byte], rest].concat());
                read(&genesis, &[head, &[byte], tail].concat());
            }
        }
        for opening in [0x81_u8, 0xa1, 0xc1, 0x9f, 0xbf, 0x5f, 0x28, 0x5d] {
            read(&genesis, &vec![opening; 60_000]);
        }
    }
}

/// The pieces of a hand-over come from another phone's screen, or from someone else's.
#[test]
fn any_frames_give_a_payload_or_an_error() {
    let (genesis, good) = good();
    let payload = HandoverPayload::from_bytes(good.get("handover").unwrap()).unwrap();
    let frames = payload.frames().unwrap();
    for (place, frame) in frames.iter().enumerate() {
        for at in 0..frame.len() {
            let mut collector = FrameCollector::new();
            let mut altered = frames.clone();
            // Base45 is ASCII.
            let letter = if frame.get(at..=at) == Some("0") {
                "1"
            } else {
                "0"
            };
            altered
                .get_mut(place)
                .unwrap()
                .replace_range(at..=at, letter);
            for text in &altered {
                if let Ok(Gathered::Complete(bytes)) = collector.push(text) {
                    drop(HandoverPayload::from_bytes(&bytes));
                }
            }
        }
    }
    assert_eq!(payload.network, genesis.id());
}
