//! One vector file for each way in which bytes and texts are refused before any rule is asked,
//! in a folder for each error and named after it. `core/tests/vectors` reads them as a stranger
//! would.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::hostile::{commission, repaid, signed_bytes, truly_signed};
use super::reading::tampered;
use super::*;
use crate::testnet::vector_files::{compare, text};
use crate::{Audience, SectionHash, SectionRef, limits};

/// An input that is refused.
#[derive(Serialize)]
struct Refused {
    reads: &'static str,
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bytes: Vec<Part>,
}

/// Bytes in hexadecimal, or one byte many times, so that a large input makes a small file.
#[derive(Serialize)]
#[serde(untagged)]
enum Part {
    Hex(String),
    Run { byte: u8, times: usize },
}

/// Shorter runs are written out.
const RUN: usize = 256;

fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = Vec::new();
    for run in bytes.chunk_by(|one, next| one == next) {
        if run.len() < RUN {
            plain.extend(run);
            continue;
        }
        if !plain.is_empty() {
            parts.push(Part::Hex(HEXLOWER.encode(&std::mem::take(&mut plain))));
        }
        let (byte, times) = (run[0], run.len());
        parts.push(Part::Run { byte, times });
    }
    if !plain.is_empty() {
        parts.push(Part::Hex(HEXLOWER.encode(&plain)));
    }
    parts
}

/// The names of all variants. A new one does not compile before it stands here, and then it
/// needs a vector.
macro_rules! variants {
    ($error:path { $($variant:ident),+ $(,)? }) => {{
        use $error as Error;
        fn name(error: &Error) -> &'static str {
            match error {
                $(Error::$variant { .. } => stringify!($variant),)+
            }
        }
        (name as fn(&Error) -> &'static str, [$(stringify!($variant)),+])
    }};
}

/// `RecordsRoot` as `records-root`.
fn spelt(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// Names each input after its error, and asks that every variant has one.
fn named<E: std::fmt::Display>(
    (name, all): (
        fn(&E) -> &'static str,
        impl IntoIterator<Item = &'static str>,
    ),
    inputs: Vec<(Refused, E)>,
) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (mut input, error) in inputs {
        input.error = error.to_string();
        files.insert(format!("{}.json", spelt(name(&error))), text(&input));
    }
    let expected: BTreeSet<_> = all
        .into_iter()
        .map(|it| format!("{}.json", spelt(it)))
        .collect();
    assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), expected);
    files
}

fn of_bytes<E>(reads: &'static str, bytes: Vec<u8>, error: E) -> (Refused, E) {
    let input = Refused {
        reads,
        error: String::new(),
        text: None,
        bytes: parts(&bytes),
    };
    (input, error)
}

fn of_text<E>(reads: &'static str, text: &str, error: E) -> (Refused, E) {
    let input = Refused {
        reads,
        error: String::new(),
        text: Some(text.to_owned()),
        bytes: Vec::new(),
    };
    (input, error)
}

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
            of_bytes("block", bytes, error)
        })
        .collect();
    let error = SignedBlock::from_bytes(&whole)
        .and_then(|block| block.verify_pinned(BlockId::from_bytes([0; 32])))
        .unwrap_err();
    refused.push(of_bytes("block 0", whole, error));
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
    compare("block", &named(all, refused));
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
        of_bytes("statement", bytes, error.unwrap_err())
    });
    let all = variants!(StatementError {
        Encoding,
        Algorithm,
        Claims,
        Prev,
        Signature,
        SecondSignature,
    });
    compare("statement", &named(all, refused.collect()));
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
        of_bytes(reads, bytes, error)
    });
    let all = variants!(CborError {
        Malformed,
        NonCanonical,
        Trailing,
        TooLong,
        Version,
        Value,
    });
    compare("cbor", &named(all, refused.collect()));
}

#[test]
fn every_refused_code_has_its_vector_file() {
    let prefix = |text: &str| of_text("prefix", text, crate::Prefix::parse(text).unwrap_err());
    let container = |text: &str| of_text("container", text, Code::container(text).unwrap_err());
    let built = |gtin: &str, serial: &str| {
        let error = Code::gtin_serial(gtin, serial).unwrap_err();
        of_text("serial", &format!("{gtin} {serial}"), error)
    };
    let read = |text: &str| of_text("code", text, Code::parse(text).unwrap_err());
    let refused = vec![
        read(" "),
        read("(01)09506000134353(21)A1"),
        read("(8013)1987654Ad4X4bL5ttr2310c2L"),
        read("(00)1234"),
        read("(05)1234"),
        read("(01)09506000134352(21)Аß"),
        built("09506000134352", "A(10)B"),
        read("https://id.example.org/01/09506000134352"),
        read("(8003)09506000134352"),
        read("(8018)950600013435200008"),
        read("WIFI:T:WPA;S:guest;;"),
        prefix("123"),
        container("CSQX3054383"),
    ];
    let all = variants!(crate::CodeError {
        Empty,
        CheckDigit,
        CheckPair,
        Length,
        UnknownIdentifier,
        BadCharacter,
        Ambiguous,
        ProductOnly,
        SerialMissing,
        NotTracked,
        NotGs1,
        Prefix,
        Container,
    });
    compare("code", &named(all, refused));
}

#[test]
fn every_refused_invitation_has_its_vector_file() {
    use crate::{FrameCollector, FrameError, Invitation, InvitationError};
    let read = |text: &str| of_text("invitation", text, Invitation::parse(text).unwrap_err());
    let refused = vec![
        read("https://example.org/join"),
        read("chopmark://join/$$"),
        read("chopmark://join/hgE"),
    ];
    let all = variants!(InvitationError {
        NotAnInvitation,
        Damaged,
        Encoding
    });
    compare("invitation", &named(all, refused));

    let push = |text: &str| {
        let pushed = |collector: &mut FrameCollector| {
            let mut last = Ok(());
            for line in text.lines() {
                last = collector.push(line).map(|_| ());
            }
            last.unwrap_err()
        };
        of_text("frames", text, pushed(&mut FrameCollector::new()))
    };
    let frame = |bytes: &[u8]| format!("CM1:{}", base45::encode(bytes));
    let first = frame(&[1, 0, 0, 0, 0, 0, 0, 0, 2, 9]);
    let refused = vec![
        push("https://example.org"),
        push("CM1:"),
        push(&frame(&[2])),
        push(&format!(
            "{first}\n{}",
            frame(&[1, 9, 9, 9, 9, 0, 1, 0, 2, 9])
        )),
        push(&frame(&[1, 0, 0, 0, 0, 0, 0, 0, 1, 9])),
    ];
    let all = variants!(FrameError {
        NotChopmark,
        Malformed,
        Version,
        OtherPayload,
        Damaged
    });
    compare("frames", &named(all, refused));
}
