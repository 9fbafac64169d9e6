//! Inputs that are refused before any rule is asked, each in the folder of its error.
//! `core/src/vectors.rs` says what makes the files, and which errors have none.

use std::fs;

use chopmark_core::{
    ActivationSecret, Amount, BlockId, Code, FrameCollector, HandoverPayload, Inception,
    Invitation, NetworkId, PickupCode, Prefix, Record, RecordRef, RecoveryShare, RunList,
    SealNumber, SignedBlock, Statement, Unit,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{bytes, folder, ledgers, proofs, sealed};

#[derive(Deserialize)]
struct Refused {
    reads: String,
    error: String,
    #[serde(default)]
    given: Map<String, Value>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    bytes: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Hex(String),
    Run { byte: u8, times: usize },
}

fn joined(parts: &[Part]) -> Vec<u8> {
    let part = |part: &Part| match part {
        Part::Hex(hex) => bytes(hex),
        Part::Run { byte, times } => vec![*byte; *times],
    };
    parts.iter().flat_map(part).collect()
}

/// What whoever reads an input knows besides.
pub(super) struct Given<'a>(pub(super) &'a Map<String, Value>);

impl Given<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn text(&self, name: &str) -> &str {
        let value = self.0.get(name).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("a text {name} is given"))
    }

    pub(super) fn number(&self, name: &str) -> u64 {
        let value = self.0.get(name).and_then(Value::as_u64);
        value.unwrap_or_else(|| panic!("a number {name} is given"))
    }

    pub(super) fn bytes(&self, name: &str) -> Vec<u8> {
        bytes(self.text(name))
    }

    /// An id, a digest or a key.
    pub(super) fn id<T: From32>(&self, name: &str) -> T {
        T::from_32(self.bytes(name).try_into().unwrap())
    }

    /// Several byte strings, each written out or in parts; none where there are none.
    pub(super) fn strings(&self, name: &str) -> Vec<Vec<u8>> {
        let all = self.0.get(name).and_then(Value::as_array);
        let string = |value: &Value| match value {
            Value::String(hex) => bytes(hex),
            parts => joined(&Vec::<Part>::deserialize(parts).unwrap()),
        };
        all.into_iter().flatten().map(string).collect()
    }
}

/// What is made of 32 bytes.
pub(super) trait From32 {
    fn from_32(bytes: [u8; 32]) -> Self;
}

macro_rules! from_32 {
    ($($name:ident),+) => {$(
        impl From32 for chopmark_core::$name {
            fn from_32(bytes: [u8; 32]) -> Self {
                Self::from_bytes(bytes)
            }
        }
    )+};
}
from_32!(
    Digest32, HeaderHash, MemberId, NetworkId, SectionKey, SubjectId
);

impl From32 for [u8; 32] {
    fn from_32(bytes: [u8; 32]) -> Self {
        bytes
    }
}

impl Refused {
    /// What the decoder says, or nothing if it takes the input.
    fn said(&self) -> Option<String> {
        let (input, text) = (joined(&self.bytes), self.text.as_str());
        let given = Given(&self.given);
        let read = self.reads.as_str();
        of_text(read, text, &given)
            .or_else(|| of_bytes(read, &input))
            .or_else(|| sealed::said(read, &input, &given))
            .or_else(|| ledgers::said(read, &input, &given))
            .or_else(|| proofs::said(read, &input, &given))
            .unwrap_or_else(|| panic!("nothing here reads {read}"))
    }
}

/// Nothing if it reads something else; else what it said.
pub(super) type Said = Option<Option<String>>;

pub(super) fn said<T, E: std::fmt::Display>(read: Result<T, E>) -> Said {
    Some(read.err().map(|error| error.to_string()))
}

fn of_text(reads: &str, text: &str, given: &Given<'_>) -> Said {
    match reads {
        "code" => said(Code::parse(text)),
        "container" => said(Code::container(text)),
        "prefix" => said(Prefix::parse(text)),
        "serial" => {
            let (gtin, serial) = text.split_once(' ').unwrap();
            said(Code::gtin_serial(gtin, serial))
        }
        "codes of a run" => {
            let codes = text.lines().map(|line| Code::parse(line).unwrap());
            let codes = codes.map(|code| (code.hash(), None));
            said(RunList::new(
                &given.id("network"),
                &given.id("maker"),
                codes,
            ))
        }
        "invitation" => said(Invitation::parse(text)),
        "frames" => {
            let mut collector = FrameCollector::new();
            text.lines().map(|line| said(collector.push(line))).last()?
        }
        "activation secret" => said(text.parse::<ActivationSecret>()),
        "pick-up code" => said(text.parse::<PickupCode>()),
        "seal number" => said(text.parse::<SealNumber>()),
        "recovery share" => said(text.parse::<RecoveryShare>()),
        "amount" => said(text.parse::<Amount>()),
        "unit" => said(text.parse::<Unit>()),
        "id" => said(text.parse::<NetworkId>()),
        "record name" => said(text.parse::<RecordRef>()),
        #[cfg(feature = "written")]
        "written name" => said(chopmark_core::check_written(
            chopmark_core::Written::Name,
            text,
        )),
        #[cfg(feature = "written")]
        "written note" => said(chopmark_core::check_written(
            chopmark_core::Written::Note,
            text,
        )),
        _ => None,
    }
}

fn of_bytes(reads: &str, input: &[u8]) -> Said {
    match reads {
        "block" => said(SignedBlock::from_bytes(input).and_then(SignedBlock::verify)),
        "block 0" => said(
            SignedBlock::from_bytes(input)
                .and_then(|block| block.verify_pinned(BlockId::from_bytes([0; 32]))),
        ),
        "statement" => said(Statement::parse(input).and_then(|statement| statement.verify())),
        "record" => said(Record::from_bytes(input)),
        "inception" => said(Inception::from_bytes(input)),
        "hand-over payload" => said(HandoverPayload::from_bytes(input)),
        _ => None,
    }
}

/// Names are checked with tables that only this feature brings.
fn is_read_here(folder: &str) -> bool {
    folder != "written" || cfg!(feature = "written")
}

#[test]
fn every_input_is_refused_as_its_file_says() {
    let mut seen = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !path.is_dir() || !is_read_here(name) {
            continue;
        }
        for file in fs::read_dir(path).unwrap() {
            let path = file.unwrap().path();
            let file: Refused = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(file.said(), Some(file.error.clone()), "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 240, "{seen}");
}
