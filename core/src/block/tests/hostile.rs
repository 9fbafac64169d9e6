//! Blocks that an enrolled device signed to do harm.

use super::reading::tampered;
use super::*;
use crate::{Audience, Kind, SectionHash, SectionRef, limits};

/// One block, one spelling: with two, one record would have two names, and a replayed one would
/// pass for a new one. Whoever passes a block on can re-spell the outside, its author everything.
#[test]
fn refuses_bytes_that_are_not_canonical() {
    let good = truly_signed(vec![record(1, 1)], vec![]).to_bytes();
    assert!(verify(&good).is_ok());
    // An array of three, then a byte string with its length in two bytes.
    assert_eq!((good[0], good[1]), (0x83, 0x59));
    let longer_array = [&[0x98, 3], &good[1..]].concat();
    let open_array = [&[0x9f], &good[1..], &[0xff]].concat();
    let longer_text = [&[0x83, 0x5a, 0, 0], &good[2..]].concat();
    for bytes in [longer_array, open_array, longer_text] {
        assert_eq!(
            verify(&bytes),
            Err(BlockError::Encoding(CborError::NonCanonical))
        );
    }

    // A record whose kind is written in two bytes, truly signed.
    let mut respelt = record(1, 1);
    respelt.splice(1..2, [0x18, 11]);
    assert_eq!(
        truly_signed(vec![respelt], vec![]).verify(),
        Err(BlockError::Record {
            index: 0,
            cause: CborError::NonCanonical
        })
    );
    // Members of an audience out of their order, truly signed.
    let audience = Audience::Parties([member(1).into(), member(2).into()].into());
    let section = SectionRef::new(audience, SectionHash::of(b"x"), 1, [0; 16]);
    let mut unsorted = crate::Record::new(&observe(), vec![section])
        .unwrap()
        .to_bytes();
    let one = unsorted.windows(32).position(|w| w == [1; 32]).unwrap();
    let two = unsorted.windows(32).position(|w| w == [2; 32]).unwrap();
    unsorted[one..one + 32].fill(2);
    unsorted[two..two + 32].fill(1);
    assert_eq!(
        truly_signed(vec![unsorted], vec![]).verify(),
        Err(BlockError::Record {
            index: 0,
            cause: CborError::NonCanonical
        })
    );
    // A payload whose array has its length in two bytes, truly signed.
    let respelt = signed(|cose| {
        let payload = cose.payload.as_mut().unwrap();
        payload.splice(0..1, [0x98, 9]);
    });
    assert_eq!(respelt, Err(CborError::NonCanonical.into()));
}

/// Everything that is counted is counted before it is kept, and nothing nests: a block costs its
/// reader what 64 KiB and the keys beside them cost, whoever signed it.
#[test]
fn refuses_blocks_over_a_limit_and_endless_nesting() {
    assert_eq!(
        verify(&vec![0x83; 400_000]),
        Err(BlockError::TooLarge { found: 400_000 })
    );
    let large = tampered(|records, _| records[0] = vec![0; limits::BLOCK_BYTES - 100]);
    assert!(matches!(verify(&large), Err(BlockError::TooLarge { .. })));

    let too_long = |what, limit| CborError::TooLong { what, limit };
    let read = |records, groups| verify(&truly_signed(records, groups).to_bytes());
    assert_eq!(
        read(vec![record(1, 0); limits::RECORDS + 1], vec![]),
        Err(too_long("records", limits::RECORDS).into())
    );
    let group = |n: usize| {
        let nothing = crate::Sealed {
            enc: vec![],
            sealed: vec![],
        };
        Encapsulation::new(member(u8::try_from(n).unwrap()).into(), 0, nothing)
    };
    assert_eq!(
        read(
            vec![record(1, 0)],
            (0..=limits::READER_GROUPS).map(group).collect()
        ),
        Err(too_long("encapsulations", limits::READER_GROUPS).into())
    );
    // Few groups that are given far too much each.
    let wide = |n: u8| {
        let sealed = crate::Sealed {
            enc: vec![],
            sealed: vec![0; limits::BLOCK_BYTES],
        };
        Encapsulation::new(member(n).into(), 0, sealed)
    };
    assert!(matches!(
        read(vec![record(1, 0)], (1..=4).map(wide).collect()),
        Err(BlockError::EncapsulationsTooLarge { found }) if found > limits::ENCAPSULATIONS_BYTES
    ));
    let large = u32::try_from(limits::SECTION_BYTES + 1).unwrap();
    let section = SectionRef::new(Audience::Members, SectionHash::of(b""), large, [0; 16]);
    let section = crate::Record::new(&observe(), vec![section]).unwrap();
    for (bytes, what, limit) in [
        (
            record(limits::SUBJECTS + 1, 0),
            "subjects",
            limits::SUBJECTS,
        ),
        (record(1, limits::CITES + 1), "cites", limits::CITES),
        (section.to_bytes(), "section", limits::SECTION_BYTES),
    ] {
        let cause = too_long(what, limit);
        assert_eq!(
            read(vec![bytes], vec![]),
            Err(BlockError::Record { index: 0, cause })
        );
    }

    // Arrays, maps, tags and open arrays inside each other as deep as a block is long: where the
    // statement is, and where its header is.
    for opening in [&[0x81][..], &[0xa1, 0], &[0xc1], &[0x9f]] {
        let deep = opening.repeat(60_000 / opening.len());
        let header = [&[0xa1, 15][..], &deep].concat();
        let mut to = Writer::new();
        to.bytes(&header);
        let header = to.into_bytes();
        for inside in [deep, header] {
            let statement = [&[0xd2, 0x84][..], &inside].concat();
            let bytes = tampered(|_, to_replace| *to_replace = statement);
            assert!(matches!(
                verify(&bytes),
                Err(BlockError::Statement(StatementError::Encoding(
                    CborError::Malformed { .. }
                )))
            ));
        }
    }
}

/// A record of so many subjects and cites, whatever the limits are.
fn record(subjects: usize, cites: usize) -> Vec<u8> {
    let mut to = Writer::new();
    to.array(6);
    to.u64(Kind::Observe.as_u8().into());
    to.array(subjects);
    for n in 0..subjects {
        to.bytes(SectionHash::of(&n.to_be_bytes()).as_bytes());
    }
    to.array(cites);
    for index in 0..cites {
        to.array(2);
        to.bytes(&[7; 32]);
        to.u64(u64::try_from(index).unwrap());
    }
    to.array(3);
    to.u64(5);
    to.i16(0);
    to.text("storing");
    to.array(0);
    to.null();
    to.into_bytes()
}

/// A statement as a hostile device would sign it: whatever the change made of it, signed again.
fn signed(change: impl FnOnce(&mut coset::CoseSign1)) -> Result<(), StatementError> {
    Statement::parse(&signed_bytes(change))?.verify()
}

pub(super) fn signed_bytes(change: impl FnOnce(&mut coset::CoseSign1)) -> Vec<u8> {
    use coset::{CborSerializable, TaggedCborSerializable};
    let block = build(Kem::X25519, &[observe()]).block;
    let built = block.verify().unwrap();
    let mut cose = coset::CoseSign1::from_tagged_slice(built.statement()).unwrap();
    change(&mut cose);
    let header = cose.protected.header.clone();
    cose.protected.original_data = Some(header.to_vec().unwrap());
    cose.signature = key().sign(&cose.tbs_data(&[])).to_vec();
    cose.to_tagged_vec().unwrap()
}

/// The same, with the payload opened.
fn hostile(change: impl FnOnce(&mut coset::CoseSign1, &mut Payload)) -> Result<(), StatementError> {
    signed(|cose| repaid(cose, change))
}

pub(super) fn repaid(
    cose: &mut coset::CoseSign1,
    change: impl FnOnce(&mut coset::CoseSign1, &mut Payload),
) {
    let mut payload: Payload = cbor::from_canonical(cose.payload.as_ref().unwrap()).unwrap();
    change(cose, &mut payload);
    cose.payload = Some(cbor::to_bytes(&payload));
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

/// A block as a hostile device would sign it: anything for records and encapsulations, truly
/// signed.
pub(super) fn truly_signed(
    records: Vec<Vec<u8>>,
    encapsulations: Vec<Encapsulation>,
) -> SignedBlock {
    let header = BlockHeader {
        position: position(),
        record_count: u16::try_from(records.len()).unwrap(),
        records_root: crate::merkle::MerkleTree::from_leaves(&records).root(),
        sections_digest: signed::sections_digest(&encapsulations),
    };
    let statement = Statement::sign(header, &key(), None);
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
        SectionRef::new(
            Audience::Members,
            SectionHash::from_bytes([1; 32]),
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

/// A commissioning of a subject that the owner's code names.
pub(super) fn commission(owner: MemberId) -> RecordDraft {
    let body = Body::Commission {
        when: When {
            time: TimeMs(5),
            tz: TzMinutes::default(),
        },
        class: code().class(),
        prefix: crate::Prefix::parse("9506000").unwrap(),
        codes: vec![code().hash()],
        quantity: None,
        activation: Vec::new(),
    };
    RecordDraft::new(body, vec![code().subject(&NETWORK, &owner)])
}

#[test]
fn refuses_a_commissioning_of_others_subjects() {
    let run = crate::RunSpec {
        count: 5,
        root: crate::Digest32::from_bytes([8; 32]),
    };
    let class = crate::GoodsClass::parse(&code().class()).unwrap();
    let when = When {
        time: TimeMs(5),
        tz: TzMinutes::default(),
    };
    let prefix = crate::Prefix::parse("9506000").unwrap();
    let commission_run = |owner| {
        let body = Body::CommissionRun {
            when,
            class,
            prefix: prefix.clone(),
            run,
        };
        RecordDraft::new(body, vec![run.subject(&NETWORK, &owner)])
    };
    let transform = |owner| {
        let output = crate::Output {
            class,
            prefix: prefix.clone(),
            made: crate::Made::Item(code().hash(), None),
        };
        let made = output.subject(&NETWORK, &owner);
        let body = Body::Transform {
            when,
            step: "assembling".to_owned(),
            inputs: vec![None],
            outputs: vec![output],
            losses: Vec::new(),
        };
        RecordDraft::new(body, vec![crate::SubjectId::from_bytes([1; 32]), made])
    };
    let drafts = |owner| [commission(owner), commission_run(owner), transform(owner)];
    for draft in drafts(member(1)) {
        let own = build(Kem::X25519, &[draft]);
        assert!(own.block.verify().is_ok());
    }
    for draft in drafts(member(2)) {
        let others = build(Kem::X25519, &[observe(), draft]);
        assert_eq!(
            others.block.verify(),
            Err(BlockError::Subjects { index: 1 })
        );
    }
}
