//! The event hash id of CBV 2.0 against two other programs: GS1's reference implementation
//! (`epcis-event-hash-generator`) and `epcis2.js`.

use super::{ask, tool};
use chopmark_epcis::{Document, OnBadEvent};
use std::process::Command;

const EVENTS: &str = include_str!("hashed.json");

/// Gives the hash of each event, each in a document of its own.
const REFERENCE: &str = r#"
import json, sys
from epcis_event_hash_generator import hash_generator, json_to_py
document = json.load(sys.stdin)
answers = []
for event in document['epcisBody']['eventList']:
    alone = dict(document, epcisBody={'eventList': [event]})
    events = json_to_py.event_list_from_epcis_document_str(json.dumps(alone))
    answers.extend(hash_generator.epcis_hashes_from_events(events))
print(json.dumps(answers))
"#;

const EPCIS2: &str = "
const { eventToHashedId } = require(process.argv[1]);
const document = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const events = document.epcisBody.eventList;
console.log(JSON.stringify(events.map(event => eventToHashedId(event, document['@context'], false))));";

/// Where the reference implementation writes something else than the standard says: papers,
/// sources and destinations only behind sensor data, fields of others inside a standard field
/// within it (as CBV 2.1 will), a transaction's parent before its things.
const REFERENCE_DIFFERS: &[usize] = &[6, 7];
/// Where `epcis2.js` does: it writes no list of certificates, knows no path before a link's key,
/// and computes another check digit for an SSCC.
const EPCIS2_DIFFERS: &[usize] = &[0, 1, 2];

#[test]
fn our_event_hashes_are_those_of_two_other_programs() {
    let read = Document::read(EVENTS.as_bytes(), OnBadEvent::RefuseAll).unwrap();
    let names = read.document.namespaces();
    let events = read.document.events();
    let ours: Vec<String> = events.iter().map(|event| event.hash_id(&names)).collect();
    let text: Vec<String> = EVENTS.lines().map(str::to_owned).collect();

    let module = tool("epcis2.js/package/dist/epcis2.node.js");
    let node = ask(Command::new("node").args(["-e", EPCIS2]).arg(module), &text);
    let python = tool("python/bin/python");
    let python = ask(Command::new(python).args(["-c", REFERENCE]), &text);
    let judges: [(&str, Vec<String>, &[usize]); 2] = [
        ("epcis2.js", node, EPCIS2_DIFFERS),
        ("the reference implementation", python, REFERENCE_DIFFERS),
    ];
    for (judge, theirs, differ) in judges {
        assert_eq!(theirs.len(), ours.len());
        for (index, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            let said = events[index].pre_hash(&names);
            let differs = differ.contains(&index);
            assert_eq!(ours != theirs, differs, "event {index}, {judge}: {said}");
        }
    }
    // Of each event at least one of them says the same.
    let all = EPCIS2_DIFFERS.iter().chain(REFERENCE_DIFFERS);
    assert!(
        all.clone().all(|index| {
            !(EPCIS2_DIFFERS.contains(index) && REFERENCE_DIFFERS.contains(index))
        })
    );
}
