//! The vector files of what blocks, statements and records are refused for.

use super::hostile::{commission, repaid, signed_bytes, truly_signed};
use super::reading::tampered;
use super::*;
use crate::vectors::{Input, compare, variants};
use crate::{Audience, SectionHash, SectionRef, limits};

#[test]
fn every_refused_block_has_its_vector_file() {
    let good = || {
        let block = build(Kem::X25519, &[observe()]).block.verify().unwrap();
        block.record_bytes(0).unwrap().to_vec()
    };
    let whole = build(Kem::X25519, &[told()]).block.to_bytes();
    let mut altered = whole.clone();
    *altered.last_mut().unwrap() ^= 1;
    let others = build(Kem::X25519, &[commission(member(2))])
        .block
        .to_bytes();
    let large = {
        let most = u32::try_from(limits::SECTION_BYTES).unwrap();
        let section = || SectionRef::new(Audience::Members, SectionHash::of(b""), most, [0; 16]);
        let sections = (0..5).map(|_| section()).collect();
        let record = crate::Record::new(&observe(), sections).unwrap();
        truly_signed(vec![record.to_bytes()], vec![]).to_bytes()
    };
    let wide = {
        let group = |n: u8| {
            let sealed = crate::Sealed {
                enc: vec![],
                sealed: vec![0; limits::BLOCK_BYTES],
            };
            Encapsulation::new(member(n).into(), 0, sealed)
        };
        truly_signed(vec![good()], (1..=4).map(group).collect()).to_bytes()
    };
    let inputs = [
        [&[0x98, 3], &whole[1..]].concat(),
        vec![0x83; 400_000],
        wide,
        tampered(|_, statement| *statement.last_mut().unwrap() ^= 1),
        tampered(|records, _| drop(records.pop())),
        tampered(|records, _| records.swap(0, 1)),
        altered,
        truly_signed(vec![good(), vec![0x80]], vec![]).to_bytes(),
        others,
        large,
    ];
    let mut refused: Vec<_> = inputs
        .into_iter()
        .map(|bytes| {
            let error = verify(&bytes).unwrap_err();
            Input::bytes("block", &bytes, error)
        })
        .collect();
    let error = SignedBlock::from_bytes(&whole)
        .and_then(|block| block.verify_pinned(BlockId::from_bytes([0; 32])))
        .unwrap_err();
    refused.push(Input::bytes("block 0", &whole, error));
    let all = variants!(BlockError {
        Encoding,
        TooLarge,
        EncapsulationsTooLarge,
        Statement,
        RecordCount,
        RecordsRoot,
        SectionsDigest,
        Record,
        Subjects,
        SectionsTooLarge,
        OtherBlock,
    });
    compare("block", &all, refused);
}

#[test]
fn every_refused_statement_has_its_vector_file() {
    use coset::iana;
    let inputs = [
        signed_bytes(|cose| drop(cose.payload.as_mut().unwrap().splice(0..1, [0x98, 9]))),
        signed_bytes(|cose| {
            cose.protected.header.alg = Some(coset::Algorithm::Assigned(iana::Algorithm::ES256));
        }),
        signed_bytes(|cose| repaid(cose, |_, payload| payload.seq = Seq(1))),
        signed_bytes(|cose| {
            repaid(cose, |_, payload| {
                payload.prev = Some(BlockId::from_bytes([0; 32]));
            });
        }),
        {
            let mut bytes = signed_bytes(|_| {});
            *bytes.last_mut().unwrap() ^= 1;
            bytes
        },
        reading::signed_twice(|second| second[7] ^= 1),
    ];
    let refused = inputs.into_iter().map(|bytes| {
        let error = Statement::parse(&bytes).and_then(|statement| statement.verify());
        Input::bytes("statement", &bytes, error.unwrap_err())
    });
    let all = variants!(StatementError {
        Encoding,
        Algorithm,
        Claims,
        Prev,
        Signature,
        SecondSignature,
    });
    compare("statement", &all, refused);
}

#[test]
fn every_refused_encoding_has_its_vector_file() {
    let good = crate::Record::new(&observe(), Vec::new())
        .unwrap()
        .to_bytes();
    let many = {
        let mut to = Writer::new();
        to.array(6);
        to.u64(crate::Kind::Observe.as_u8().into());
        to.array(limits::SUBJECTS + 1);
        to.into_bytes()
    };
    let wrong = [&good[..1], &[0x18, 0xff], &good[2..]].concat();
    let inputs = [
        ("record", good[..good.len() - 1].to_vec()),
        ("record", [&[0x98, 6], &good[1..]].concat()),
        ("record", [&good, &[0][..]].concat()),
        ("record", many),
        ("record", wrong),
        // An inception of version 2.
        ("inception", vec![0x86, 2]),
    ];
    let refused = inputs.into_iter().map(|(reads, bytes)| {
        let error = match reads {
            "record" => crate::Record::from_bytes(&bytes).unwrap_err(),
            _ => crate::Inception::from_bytes(&bytes).unwrap_err(),
        };
        Input::bytes(reads, &bytes, error)
    });
    let all = variants!(CborError {
        Malformed,
        NonCanonical,
        Trailing,
        TooLong,
        Version,
        Value,
    });
    compare("cbor", &all, refused);
}
