//! Documents that are refused, one file for each reason and named after it: `refused/NAME.json`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chopmark_epcis::{Document, OnBadEvent};
use std::collections::BTreeMap;
use std::path::Path;

/// What is said about each file.
const SAID: &[(&str, &str)] = &[];

#[test]
fn every_file_is_refused_for_its_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refused");
    let mut said = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let read = Document::read(&std::fs::read(&path).unwrap(), OnBadEvent::RefuseAll);
        said.insert(name, read.unwrap_err().to_string());
    }
    let expected = SAID
        .iter()
        .map(|(name, said)| (name.to_string(), said.to_string()));
    assert_eq!(said, expected.collect());
}
