//! Another program judges what we write: `epcis2.js` with the JSON Schema of EPCIS 2.0.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chopmark_epcis::{Document, OnBadEvent, Time};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const JUDGE: &str = "
    const { validateEpcisDocument } = require(process.argv[1]);
    const text = require('fs').readFileSync(0, 'utf8');
    const { success, errors } = validateEpcisDocument(JSON.parse(text), false);
    console.log(success ? 'valid' : errors.join('; '));";

#[test]
fn every_event_type_validates_and_a_wrong_unit_does_not() {
    let text = include_bytes!("every_field.json");
    let read = Document::read(text, OnBadEvent::RefuseAll).unwrap();
    let created = Time::parse("2026-03-02T10:00:00Z").unwrap();
    let prefixes = BTreeMap::from([("ex".to_owned(), "https://example.com/".to_owned())]);
    let events = read.document.events().to_vec();
    let ours = Document::new(&created, &prefixes, events).write();
    assert_eq!(judged(&ours), "valid");
    assert_eq!(judged(&read.document.write()), "valid");
    let wrong = ours.replace(r#""uom":"KGM""#, r#""uom":"kg""#);
    assert_ne!(judged(&wrong), "valid");
}

/// What the other program says.
fn judged(document: &str) -> String {
    let mut node = Command::new("node")
        .args(["-e", JUDGE])
        .arg(tools().join("epcis2.js/package/dist/epcis2.node.js"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = node.stdin.take().unwrap();
    input.write_all(document.as_bytes()).unwrap();
    drop(input);
    let output = node.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "`cargo xtask setup` fetches epcis2.js"
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Where `cargo xtask setup` puts tools; beside the target folder if it does not say.
fn tools() -> PathBuf {
    std::env::var_os("CHOPMARK_TOOLS").map_or_else(
        || {
            // Test programs lie in `target/<profile>/deps`.
            let program = std::env::current_exe().unwrap();
            program.ancestors().nth(4).unwrap().join("tools")
        },
        PathBuf::from,
    )
}
