//! Documents that are refused, one file for each reason and named after it: `refused/NAME.json`.

use chopmark_epcis::{Document, OnBadEvent};
use std::collections::BTreeMap;

/// What is said about each file.
const SAID: &[(&str, &str)] = &[
    (
        "duplicate-name",
        "byte 191: the name \"recordTime\" is there twice in one object",
    ),
    (
        "ilmd-without-add",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.ilmd: ilmd belongs only to an event with action ADD",
    ),
    (
        "missing",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.eventTime: is missing",
    ),
    (
        "not-in-this-event",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.persistentDisposition: belongs only to an ObjectEvent or a TransformationEvent",
    ),
    (
        "needs",
        "1 of 1 events are wrong, none was taken; the first: event 1, $: the event needs epcList, quantityList, or sensor data with a readPoint",
    ),
    (
        "negative",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.quantityList[0].quantity: must not be below zero: -1",
    ),
    (
        "not-a-uri",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.eventID: must be a URI, a GS1 Digital Link or a URN, without spaces: \"urn:uuid:\\u{202e}1\"",
    ),
    (
        "not-text",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.disposition: must be text",
    ),
    ("not-utf8", "byte 9 is not UTF-8"),
    (
        "number-not-a-number",
        "byte 169: the number is not a number as JSON writes it",
    ),
    (
        "number-out-of-range",
        "byte 169: the number is written with an exponent beyond ±300",
    ),
    (
        "number-too-long",
        "byte 169: the number is longer than 64 characters",
    ),
    ("syntax", "byte 22: expected a name or text in quotes"),
    (
        "time-leap-second",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.recordTime: second 60 is only at 23:59 UTC",
    ),
    (
        "time-not-a-time",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.recordTime: must be a time with zone, as 2026-03-02T10:00:00.000+08:00",
    ),
    (
        "time-zone-beyond-14",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.recordTime: the zone must be between -14:00 and +14:00",
    ),
    ("too-deep", "byte 64: nested deeper than 64 levels"),
    (
        "unknown-document-type",
        "$.type: must be EPCISDocument, EPCISQueryDocument or an event type: \"Invoice\"",
    ),
    (
        "unknown-event-type",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.type: is no event type of EPCIS 2.0: \"QuantityEvent\"",
    ),
    (
        "unknown-field",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.colour: is no field of EPCIS 2.0; an extension needs a prefix, as in ex:colour",
    ),
    (
        "word-not-a-uri",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.disposition: neither a word of CBV 2.0 nor a URI: \"ex:a b\"",
    ),
    (
        "word-not-in-standard",
        "1 of 1 events are wrong, none was taken; the first: event 1, $.disposition: CBV 2.0 has no word \"brokn\"; a word of your own needs its URI",
    ),
];

#[test]
fn every_file_is_refused_for_its_reason() {
    let folder = "tests/refused";
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
