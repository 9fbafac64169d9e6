use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    Audience, AudienceDraft, Body, Code, DeviceKey, HpkeSecret, Kem, RecordDraft, SectionBody,
    SubjectId, TzMinutes, When, limits,
};

const NETWORK: NetworkId = NetworkId::from_bytes([9; 32]);

fn member(n: u8) -> MemberId {
    MemberId::from_bytes([n; 32])
}

fn key() -> DeviceKey {
    DeviceKey::from_seed(&[1; 32])
}

fn position() -> Position {
    Position {
        network: NETWORK,
        member: member(1),
        device: key().id(),
        seq: Seq(0),
        prev: None,
        anchor: Some((Height(4), HeaderHash::from_bytes([8; 32]))),
        clock: TimeMs(1_790_000_000_000),
    }
}

fn reader_key(kem: Kem, n: u8) -> HpkeSecret {
    HpkeSecret::derive(kem, &[n; 32])
}

fn readers(kem: Kem) -> BTreeMap<MemberId, Reader> {
    (1..=3)
        .map(|n| {
            let key = reader_key(kem, n).public();
            (
                member(n),
                Reader {
                    epoch: u32::from(n),
                    key,
                },
            )
        })
        .collect()
}

fn code() -> Code {
    Code::gtin_serial("09506000134352", "A1").unwrap()
}

fn note(text: &str) -> SectionBody {
    SectionBody {
        note: Some(text.to_owned()),
        ..SectionBody::default()
    }
}

fn observe() -> RecordDraft {
    let body = Body::Observe {
        when: When {
            time: TimeMs(5),
            tz: TzMinutes::default(),
        },
        step: "storing".to_owned(),
    };
    RecordDraft::new(body, vec![code().subject(&NETWORK, &member(1))])
}

fn told() -> RecordDraft {
    observe()
        .telling(
            AudienceDraft::Parties([member(1), member(2)].into()),
            note("parties"),
        )
        .telling(AudienceDraft::Members, note("members"))
        .telling(
            AudienceDraft::Label {
                subject_index: 0,
                code: code(),
            },
            note("label"),
        )
}

fn build(kem: Kem, drafts: &[RecordDraft]) -> BuiltBlock {
    UnsignedBlock::build(position(), drafts, &readers(kem), &[5; 32])
        .unwrap()
        .sign(&key())
        .unwrap()
}

fn opened(opener: &Opener, built: &BuiltBlock, section: u16) -> Result<String, OpenError> {
    let block = built.block.clone().verify().unwrap();
    let bytes = &built.sections[usize::from(section)].bytes;
    opener
        .open(&block, 0, section, bytes)
        .map(|body| body.note.unwrap())
}

/// A block with sections for every audience, for the tests of what carries blocks.
pub(crate) fn told_block() -> BuiltBlock {
    build(Kem::X25519, &[told()])
}

#[test]
fn a_block_is_read_back_and_verified() {
    let built = build(Kem::XWing, &[told(), observe()]);
    let bytes = built.block.to_bytes();
    let block = SignedBlock::from_bytes(&bytes).unwrap();
    assert_eq!(block, built.block);
    let block = block.verify().unwrap();
    assert_eq!(block.to_bytes(), bytes);
    assert_eq!(block.records().len(), 2);
    assert_eq!(block.header().position, position());
    for index in 0..2u16 {
        let leaf = crate::merkle::leaf_hash(block.record_bytes(index).unwrap());
        let path = block.record_path(index).unwrap();
        assert_eq!(
            crate::merkle::root_from_path(&leaf, index.into(), 2, &path).as_ref(),
            Some(block.header().records_root())
        );
    }
}

#[test]
fn a_statement_stands_alone() {
    let built = build(Kem::X25519, &[told()]);
    let block = built.block.verify().unwrap();
    let statement = Statement::parse(block.statement()).unwrap();
    assert_eq!(statement.verify(), Ok(()));
    assert_eq!(statement.header(), block.header());
    assert_eq!(statement.id(), block.id());
}

#[test]
fn each_audience_opens_its_sections_and_no_other() {
    for kem in [Kem::X25519, Kem::XWing] {
        let built = build(kem, &[told()]);
        let reader =
            |n: u8| Opener::new(NETWORK).with_reader(member(n), u32::from(n), &reader_key(kem, n));
        let label = Opener::new(NETWORK).with_code(&code(), &member(1));
        let other = Code::gtin_serial("09506000134352", "A2").unwrap();
        let table = [
            (reader(1), [true, true, false]),
            (reader(2), [true, true, false]),
            (reader(3), [false, true, false]),
            (label, [false, false, true]),
            (
                Opener::new(NETWORK).with_code(&other, &member(1)),
                [false; 3],
            ),
            // The right key of the wrong epoch.
            (
                Opener::new(NETWORK).with_reader(member(1), 7, &reader_key(kem, 1)),
                [false; 3],
            ),
            (Opener::new(NETWORK), [false; 3]),
        ];
        for (who, (opener, opens)) in table.into_iter().enumerate() {
            let words = ["parties", "members", "label"];
            for (section, (word, opens)) in (0u16..).zip(words.into_iter().zip(opens)) {
                let expected = if opens {
                    Ok(word.to_owned())
                } else {
                    Err(OpenError::NotForYou)
                };
                assert_eq!(opened(&opener, &built, section), expected, "{who} {word}");
            }
        }
    }
}

#[test]
fn a_consumer_opens_with_the_label_alone() {
    let built = build(Kem::XWing, &[told()]);
    let block = built.block.verify().unwrap();
    let place = |section_index| SectionPlace {
        header: block.header(),
        record: &block.records()[0],
        record_index: 0,
        section_index,
    };
    let label = &built.sections[2].bytes;
    assert_eq!(open_label(place(2), &code(), label), Ok(note("label")));
    let other = Code::gtin_serial("09506000134352", "A2").unwrap();
    assert_eq!(
        open_label(place(2), &other, label),
        Err(OpenError::NotForYou)
    );
    assert_eq!(
        open_label(place(1), &code(), label),
        Err(OpenError::NotForYou)
    );
    assert_eq!(
        open_label(place(3), &code(), label),
        Err(OpenError::NoSuchSection)
    );
    let mut altered = label.clone();
    altered[0] ^= 1;
    assert!(matches!(
        open_label(place(2), &code(), &altered),
        Err(OpenError::OtherSection { .. })
    ));
}

#[test]
fn a_section_moved_to_another_place_does_not_open() {
    // The same words to the same audience at two places of one block.
    let draft = || observe().telling(AudienceDraft::Members, note("x"));
    let built = build(Kem::X25519, &[draft(), draft()]);
    assert_ne!(built.sections[0].bytes, built.sections[1].bytes);
    let block = built.block.verify().unwrap();
    let opener = Opener::new(NETWORK).with_reader(member(1), 1, &reader_key(Kem::X25519, 1));
    assert!(opener.open(&block, 0, 0, &built.sections[0].bytes).is_ok());
    let moved = SectionPlace {
        header: block.header(),
        record: &block.records()[0],
        record_index: 1,
        section_index: 0,
    };
    assert_eq!(
        opener.open(&block, 1, 0, &built.sections[0].bytes),
        Err(OpenError::OtherSection {
            expected: built.sections[1].hash
        })
    );
    assert_eq!(
        open_label(moved, &code(), &built.sections[0].bytes),
        Err(OpenError::NotForYou)
    );
}

#[test]
fn what_cannot_be_written_is_named() {
    let try_build = |position: Position, drafts: &[RecordDraft]| {
        UnsignedBlock::build(position, drafts, &readers(Kem::X25519), &[5; 32]).map(|_| ())
    };
    assert_eq!(
        try_build(position(), &[]),
        Err(BuildError::RecordCount { count: 0 })
    );
    assert_eq!(
        try_build(position(), &vec![observe(); 513]),
        Err(BuildError::RecordCount { count: 513 })
    );
    let later = Position {
        seq: Seq(1),
        ..position()
    };
    assert_eq!(try_build(later, &[observe()]), Err(BuildError::Prev));
    let stranger = observe().telling(AudienceDraft::Parties([member(7)].into()), note("x"));
    assert_eq!(
        try_build(position(), &[stranger]),
        Err(BuildError::NoReader { member: member(7) })
    );
    let long = observe().telling(AudienceDraft::Members, note(&"x".repeat(2001)));
    assert!(matches!(
        try_build(position(), &[observe(), long]),
        Err(BuildError::Record { index: 1, .. })
    ));
    let unsigned =
        UnsignedBlock::build(position(), &[observe()], &BTreeMap::new(), &[5; 32]).unwrap();
    assert_eq!(
        unsigned.sign(&DeviceKey::from_seed(&[2; 32])),
        Err(BuildError::WrongKey)
    );
    let mut zero = readers(Kem::X25519);
    let bad = crate::HpkePublic::from_bytes(Kem::X25519, &[0; 32]).unwrap();
    zero.insert(member(2), Reader { epoch: 0, key: bad });
    let draft = observe().telling(AudienceDraft::Members, note("x"));
    assert_eq!(
        UnsignedBlock::build(position(), &[draft], &zero, &[5; 32]),
        Err(BuildError::ReaderKey { member: member(2) })
    );
}

#[test]
fn blocks_and_sections_over_a_limit_are_not_written() {
    // 200 records of 16 subjects each: 100 KiB.
    let mut wide = observe();
    wide.subjects = (0..16).map(|n| SubjectId::from_bytes([n; 32])).collect();
    let unsigned = UnsignedBlock::build(
        position(),
        &vec![wide; 200],
        &readers(Kem::X25519),
        &[5; 32],
    );
    assert!(matches!(
        unsigned.unwrap().sign(&key()),
        Err(BuildError::TooLarge {
            what: "the block",
            limit: limits::BLOCK_BYTES,
            ..
        })
    ));

    let mut large = SectionBody {
        codes: vec!["c".repeat(256); 1024],
        ..SectionBody::default()
    };
    let draft = observe().telling(AudienceDraft::Members, large.clone());
    assert!(matches!(
        UnsignedBlock::build(position(), &[draft], &readers(Kem::X25519), &[5; 32]),
        Err(BuildError::TooLarge {
            what: "a section",
            ..
        })
    ));
    large.codes = vec!["c".repeat(256); 900];
    let draft = observe().telling(AudienceDraft::Members, large);
    assert!(matches!(
        UnsignedBlock::build(position(), &vec![draft; 5], &readers(Kem::X25519), &[5; 32]),
        Err(BuildError::TooLarge {
            what: "all sections",
            ..
        })
    ));
}

/// A block with one part exchanged, re-encoded.
fn tampered(change: impl FnOnce(&mut Vec<Vec<u8>>, &mut Vec<u8>)) -> Vec<u8> {
    let block = build(Kem::X25519, &[told(), observe()])
        .block
        .verify()
        .unwrap();
    let mut records: Vec<Vec<u8>> = (0..2)
        .map(|index| block.record_bytes(index).unwrap().to_vec())
        .collect();
    let mut statement = block.statement().to_vec();
    change(&mut records, &mut statement);
    let mut to = Writer::new();
    to.array(3);
    to.bytes(&statement);
    to.array(records.len());
    for record in &records {
        to.bytes(record);
    }
    to.list(block.encapsulations());
    to.into_bytes()
}

fn verify(bytes: &[u8]) -> Result<VerifiedBlock, BlockError> {
    SignedBlock::from_bytes(bytes)?.verify()
}

#[test]
fn refuses_altered_records() {
    let dropped = tampered(|records, _| {
        records.pop();
    });
    assert_eq!(
        verify(&dropped),
        Err(BlockError::RecordCount {
            stated: 2,
            found: 1
        })
    );
    let swapped = tampered(|records, _| records.swap(0, 1));
    assert_eq!(verify(&swapped), Err(BlockError::RecordsRoot));
    let altered = tampered(|records, _| *records[1].last_mut().unwrap() ^= 1);
    assert_eq!(verify(&altered), Err(BlockError::RecordsRoot));
}

#[test]
fn refuses_altered_signature() {
    let bytes = tampered(|_, statement| *statement.last_mut().unwrap() ^= 1);
    assert_eq!(
        verify(&bytes),
        Err(BlockError::Statement(StatementError::Signature {
            device: key().id()
        }))
    );
}

#[test]
fn refuses_altered_encapsulations() {
    let block = build(Kem::X25519, &[told()]).block;
    let mut bytes = block.to_bytes();
    // The last byte is the last reader group's sealed secrets.
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(verify(&bytes), Err(BlockError::SectionsDigest));
}

#[test]
fn refuses_what_is_not_canonical_or_too_large() {
    let good = tampered(|_, _| {});
    assert!(verify(&good).is_ok());
    let more = [good.as_slice(), &[0]].concat();
    assert_eq!(
        verify(&more),
        Err(BlockError::Encoding(CborError::Trailing { count: 1 }))
    );
    assert!(matches!(
        verify(&good[..good.len() - 1]),
        Err(BlockError::Encoding(CborError::Malformed { .. }))
    ));
    assert_eq!(
        verify(&vec![0x83; 100_000]),
        Err(BlockError::TooLarge { found: 100_000 })
    );
    let large = tampered(|records, _| records[0] = vec![0; limits::BLOCK_BYTES - 100]);
    assert!(matches!(verify(&large), Err(BlockError::TooLarge { .. })));
}

#[test]
fn refuses_another_block_than_the_pinned_one() {
    let block = build(Kem::X25519, &[observe()]).block;
    let id = block.id();
    assert!(block.clone().verify_pinned(id).is_ok());
    let expected = BlockId::from_bytes([0; 32]);
    assert_eq!(
        block.verify_pinned(expected),
        Err(BlockError::OtherBlock {
            expected,
            found: id
        })
    );
}

#[test]
fn refuses_a_commissioning_of_others_subjects() {
    let commission = |owner| {
        let body = Body::Commission {
            when: When {
                time: TimeMs(5),
                tz: TzMinutes::default(),
            },
            class: code().class(),
            prefix: crate::Prefix::parse("9506000").unwrap(),
            codes: vec![code().hash()],
        };
        RecordDraft::new(body, vec![code().subject(&NETWORK, &owner)])
    };
    let own = build(Kem::X25519, &[commission(member(1))]);
    assert!(own.block.verify().is_ok());
    let others = build(Kem::X25519, &[observe(), commission(member(2))]);
    assert_eq!(
        others.block.verify(),
        Err(BlockError::Subjects { index: 1 })
    );
}

/// A statement as a hostile device would sign it.
fn hostile(change: impl FnOnce(&mut coset::CoseSign1, &mut Payload)) -> Result<(), StatementError> {
    use coset::{CborSerializable, TaggedCborSerializable};
    let block = build(Kem::X25519, &[observe()]).block;
    let built = block.verify().unwrap();
    let mut cose = coset::CoseSign1::from_tagged_slice(built.statement()).unwrap();
    let mut payload: Payload = cbor::from_canonical(cose.payload.as_ref().unwrap()).unwrap();
    change(&mut cose, &mut payload);
    cose.payload = Some(cbor::to_bytes(&payload));
    let header = cose.protected.header.clone();
    cose.protected.original_data = Some(header.to_vec().unwrap());
    cose.signature = key().sign(&cose.tbs_data(&[])).to_vec();
    let bytes = cose.to_tagged_vec().unwrap();
    Statement::parse(&bytes)?.verify()
}

#[test]
fn refuses_statements_that_contradict_themselves() {
    use coset::{Label, cbor::value::Value, iana};
    assert_eq!(hostile(|_, _| {}), Ok(()));
    type Change = fn(&mut coset::CoseSign1, &mut Payload);
    let table: [(StatementError, Change); 8] = [
        (StatementError::Algorithm, |cose, _| {
            cose.protected.header.alg = Some(coset::Algorithm::Assigned(iana::Algorithm::ES256));
        }),
        (StatementError::Claims, |cose, _| {
            cose.protected.header.key_id = vec![1; 31];
        }),
        (StatementError::Claims, |cose, _| {
            cose.protected.header.rest.clear();
        }),
        (StatementError::Claims, |_, payload| payload.seq = Seq(1)),
        (StatementError::Claims, |_, payload| {
            payload.network = NetworkId::from_bytes([0; 32]);
        }),
        (StatementError::Prev, |_, payload| {
            payload.prev = Some(BlockId::from_bytes([0; 32]));
        }),
        // A header that nobody asked for.
        (CborError::NonCanonical.into(), |cose, _| {
            let extra = (Label::Int(99), Value::Bool(true));
            cose.protected.header.rest.push(extra);
        }),
        (CborError::NonCanonical.into(), |cose, _| {
            cose.unprotected.key_id = vec![1];
        }),
    ];
    for (expected, change) in table {
        assert_eq!(hostile(change), Err(expected));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let built = build(Kem::XWing, &[told()]);
    assert_eq!(built, build(Kem::XWing, &[told()]));
    let other = UnsignedBlock::build(position(), &[told()], &readers(Kem::XWing), &[6; 32]);
    assert_ne!(
        built.sections[0],
        other.unwrap().sign(&key()).unwrap().sections[0]
    );
}

#[test]
fn audiences_that_are_absent_cost_nothing() {
    let parties = observe().telling(AudienceDraft::Parties([member(2)].into()), note("x"));
    let block = build(Kem::X25519, &[parties]).block.verify().unwrap();
    let groups: Vec<_> = block
        .encapsulations()
        .iter()
        .map(Encapsulation::group)
        .collect();
    assert_eq!(groups, [member(2)]);
    assert_eq!(
        block.records()[0].sections()[0].audience(),
        &Audience::Parties([member(2)].into())
    );
}

/// A block as a hostile device would sign it: anything for records and encapsulations, truly
/// signed.
fn truly_signed(records: Vec<Vec<u8>>, encapsulations: Vec<Encapsulation>) -> SignedBlock {
    let header = BlockHeader {
        position: position(),
        record_count: u16::try_from(records.len()).unwrap(),
        records_root: crate::merkle::MerkleTree::from_leaves(&records).root(),
        sections_digest: signed::sections_digest(&encapsulations),
    };
    let statement = Statement::sign(header, &key()).unwrap();
    SignedBlock::assemble(statement, records, encapsulations)
}

#[test]
fn refuses_records_that_are_truly_signed_and_wrong() {
    let good = build(Kem::X25519, &[observe()]).block.verify().unwrap();
    let good = good.record_bytes(0).unwrap().to_vec();
    assert!(truly_signed(vec![good.clone()], vec![]).verify().is_ok());
    assert_eq!(
        truly_signed(vec![good, vec![0x80]], vec![]).verify(),
        Err(BlockError::Record {
            index: 1,
            cause: CborError::Malformed { at: 1 }
        })
    );
    assert_eq!(
        truly_signed(vec![], vec![]).verify(),
        Err(BlockError::RecordCount {
            stated: 0,
            found: 0
        })
    );
}

#[test]
fn refuses_more_sections_than_a_block_may_have() {
    let section = || {
        crate::SectionRef::new(
            Audience::Members,
            crate::SectionHash::from_bytes([1; 32]),
            u32::try_from(limits::SECTION_BYTES).unwrap(),
            [0; 16],
        )
    };
    let record = |count: usize| {
        let sections = (0..count).map(|_| section()).collect();
        crate::Record::new(&observe(), sections).unwrap().to_bytes()
    };
    assert!(truly_signed(vec![record(4)], vec![]).verify().is_ok());
    assert_eq!(
        truly_signed(vec![record(5)], vec![]).verify(),
        Err(BlockError::SectionsTooLarge {
            found: 5 * limits::SECTION_BYTES
        })
    );
}

#[test]
fn refuses_reader_groups_out_of_order() {
    let block = build(Kem::X25519, &[told()]).block.verify().unwrap();
    let record = block.record_bytes(0).unwrap().to_vec();
    let mut groups = block.encapsulations().to_vec();
    groups.reverse();
    assert_eq!(
        truly_signed(vec![record], groups).verify(),
        Err(BlockError::SectionsDigest)
    );
}

#[test]
fn names_sections_that_authors_damaged() {
    // Sealed to the right reader, with another block's secrets inside.
    let other = build(
        Kem::X25519,
        &[observe().telling(AudienceDraft::Members, note("x"))],
    );
    let groups = other.block.verify().unwrap().encapsulations().to_vec();
    let built = build(Kem::X25519, &[told()]);
    let block = built.block.verify().unwrap();
    let record = block.record_bytes(0).unwrap().to_vec();
    let mixed = truly_signed(vec![record], groups).verify().unwrap();
    let opener = Opener::new(NETWORK).with_reader(member(1), 1, &reader_key(Kem::X25519, 1));
    let parties = &built.sections[0].bytes;
    assert_eq!(opener.open(&mixed, 0, 0, parties), Err(OpenError::Damaged));

    // Sealed with the right key, and no map inside.
    let place = crate::section::Place {
        network: NETWORK,
        device: key().id(),
        seq: Seq(0),
        record: 0,
        section: 0,
    };
    let audience = Audience::Label { subject_index: 0 };
    let secret = code().label_key(&NETWORK);
    let (bytes, commitment) =
        crate::section::seal(&place, &audience, 0, &secret, b"words").unwrap();
    let hash = crate::SectionHash::of(&bytes);
    let length = u32::try_from(bytes.len()).unwrap();
    let section = crate::SectionRef::new(audience, hash, length, commitment);
    let record = crate::Record::new(&observe(), vec![section]).unwrap();
    let block = truly_signed(vec![record.to_bytes()], vec![])
        .verify()
        .unwrap();
    let opener = Opener::new(NETWORK).with_code(&code(), &member(1));
    assert!(matches!(
        opener.open(&block, 0, 0, &bytes),
        Err(OpenError::Contents(_))
    ));
}

#[test]
fn a_block_is_for_at_most_64_members() {
    let key = reader_key(Kem::X25519, 1).public();
    let readers = |n: u8| -> BTreeMap<_, _> {
        (0..n)
            .map(|n| {
                (
                    member(n),
                    Reader {
                        epoch: 0,
                        key: key.clone(),
                    },
                )
            })
            .collect()
    };
    let draft = [observe().telling(AudienceDraft::Members, note("x"))];
    assert!(UnsignedBlock::build(position(), &draft, &readers(64), &[5; 32]).is_ok());
    assert_eq!(
        UnsignedBlock::build(position(), &draft, &readers(65), &[5; 32]),
        Err(BuildError::TooManyReaders)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = verify(&bytes);
        let _ = Statement::parse(&bytes);
    }

    #[test]
    fn every_flipped_bit_is_noticed(at: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = tampered(|_, _| {});
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(verify(&bytes).is_err(), "byte {} bit {}", at, bit);
    }
}
