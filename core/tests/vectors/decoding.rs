//! Inputs that are refused before any rule is asked, each in the folder of its error.
//! `core/src/block/tests/vectors.rs` makes the files.

use std::fs;

use chopmark_core::{
    BlockId, Code, FrameCollector, Inception, Invitation, Prefix, Record, SignedBlock, Statement,
};
use serde::Deserialize;

use super::{bytes, folder};

#[derive(Deserialize)]
struct Refused {
    reads: String,
    error: String,
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

impl Refused {
    fn input(&self) -> Vec<u8> {
        let part = |part: &Part| match part {
            Part::Hex(hex) => bytes(hex),
            Part::Run { byte, times } => vec![*byte; *times],
        };
        self.bytes.iter().flat_map(part).collect()
    }

    /// What the decoder says, or nothing if it takes the input.
    fn said(&self) -> Option<String> {
        let (input, text) = (self.input(), self.text.as_str());
        match self.reads.as_str() {
            "block" => said(SignedBlock::from_bytes(&input).and_then(SignedBlock::verify)),
            "block 0" => said(
                SignedBlock::from_bytes(&input)
                    .and_then(|block| block.verify_pinned(BlockId::from_bytes([0; 32]))),
            ),
            "statement" => said(Statement::parse(&input).and_then(|statement| statement.verify())),
            "record" => said(Record::from_bytes(&input)),
            "inception" => said(Inception::from_bytes(&input)),
            "code" => said(Code::parse(text)),
            "container" => said(Code::container(text)),
            "prefix" => said(Prefix::parse(text)),
            "serial" => {
                let (gtin, serial) = text.split_once(' ').unwrap();
                said(Code::gtin_serial(gtin, serial))
            }
            "invitation" => said(Invitation::parse(text)),
            "frames" => {
                let mut collector = FrameCollector::new();
                text.lines().map(|line| said(collector.push(line))).last()?
            }
            other => panic!("nothing here reads {other}"),
        }
    }
}

fn said<T, E: std::fmt::Display>(read: Result<T, E>) -> Option<String> {
    read.err().map(|error| error.to_string())
}

#[test]
fn every_input_is_refused_as_its_file_says() {
    let mut seen = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        for file in fs::read_dir(path).unwrap() {
            let path = file.unwrap().path();
            let file: Refused = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(file.said(), Some(file.error.clone()), "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 41, "{seen}");
}
