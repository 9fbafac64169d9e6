//! Documents in and out: nothing lost, and every bad event named.

use chopmark_epcis::{
    Document, Event, Json, JsonError, Kind, OnBadEvent, ReadError, Reason, Time, What,
};
use std::collections::BTreeMap;

/// Every type and every field; identifiers as URN and as Digital Link; a leap second, the
/// widest zones, numbers with meaningful zeros.
const EVERY_FIELD: &str = include_str!("every_field.json");

fn read(text: &str) -> Result<Document, ReadError> {
    Document::read(text.as_bytes(), OnBadEvent::RefuseAll).map(|read| read.document)
}

fn events_of(list: &str) -> String {
    format!(
        r#"{{"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-03-02T10:00:00Z", "epcisBody": {{"eventList": [{list}]}}}}"#
    )
}

/// An observation with one more field.
fn observed(field: &str) -> String {
    format!(
        r#"{{"type": "ObjectEvent", "action": "OBSERVE", "epcList": [],
        "eventTime": "2026-03-02T10:00:00Z", "eventTimeZoneOffset": "+00:00"{field}}}"#
    )
}

#[test]
fn every_field_comes_out_as_it_went_in() {
    let document = read(EVERY_FIELD).unwrap();
    let stable = Json::parse(EVERY_FIELD.as_bytes()).unwrap().to_string();
    assert_eq!(document.write(), stable);
    let types: Vec<&str> = document
        .events()
        .iter()
        .map(|event| event.what.type_name())
        .collect();
    assert_eq!(
        types,
        [
            "ObjectEvent",
            "AggregationEvent",
            "TransactionEvent",
            "TransformationEvent",
            "AssociationEvent"
        ]
    );
    // No field of the standard is only carried along as an extension.
    for event in document.events() {
        assert!(event.extensions.keys().all(|name| name.contains(':')));
    }
}

#[test]
fn query_documents_and_single_events_come_out_as_they_went_in() {
    let event = observed(r#", "@context": {"ex": "https://example.com/"}, "ex:a": [1.50, null]"#);
    let query = format!(
        r#"{{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISQueryDocument", "epcisBody": {{"queryResults": {{"queryName": "q",
        "subscriptionID": "7", "resultsBody": {{"eventList": [{event}]}}}}}}}}"#
    );
    for (text, kind) in [(event, Kind::Event), (query, Kind::QueryDocument)] {
        let document = read(&text).unwrap();
        assert_eq!((document.kind(), document.events().len()), (kind, 1));
        let stable = Json::parse(text.as_bytes()).unwrap().to_string();
        assert_eq!(document.write(), stable);
    }
}

#[test]
fn a_new_document_is_read_again() {
    let events = read(EVERY_FIELD).unwrap().events().to_vec();
    let prefixes = BTreeMap::from([("ex".to_owned(), "https://example.com/".to_owned())]);
    let created = Time::parse("2026-03-02T10:00:00Z").unwrap();
    let document = Document::new(&created, &prefixes, events);
    assert_eq!(read(&document.write()).unwrap(), document);
    let answer = document.clone().into_answer();
    assert_eq!(answer.kind(), Kind::QueryDocument);
    assert_eq!(answer.events(), document.events());
    assert_eq!(read(&answer.write()).unwrap(), answer);
    assert_eq!(answer.clone().into_answer(), answer);
}

#[test]
fn every_bad_event_is_named_and_none_or_the_rest_is_taken() {
    let list = [
        observed(""),
        observed(r#", "disposition": "brokn""#),
        observed(r#", "bizStep": "shipping""#),
        observed(r#", "readPoint": {"id": "no uri"}"#),
    ]
    .join(",");
    let text = events_of(&list);
    let Err(ReadError::Events { bad, total }) = read(&text) else {
        panic!("taken");
    };
    let named: Vec<(usize, String)> = bad
        .named()
        .iter()
        .map(|bad| (bad.index, bad.fault.path()))
        .collect();
    let expected = [
        (1, "$.disposition".to_owned()),
        (3, "$.readPoint.id".to_owned()),
    ];
    assert_eq!((named.as_slice(), total), (expected.as_slice(), 4));
    let rest = Document::read(text.as_bytes(), OnBadEvent::TakeTheRest).unwrap();
    assert_eq!(rest.places, [0, 2]);
    assert_eq!((rest.document.events().len(), rest.left_out), (2, bad));
}

/// Each was kept with its reason: a document of a hundred megabytes made a report larger than
/// itself.
#[test]
fn of_very_many_bad_events_the_first_are_named_and_the_others_counted() {
    let long = "x".repeat(10_000);
    let mut list = vec![observed(&format!(r#", "{long}": 1"#)), observed("")];
    list.extend((0..101_001).map(|_| "{}".to_owned()));
    list.push(observed(""));
    let text = events_of(&list.join(","));
    let rest = Document::read(text.as_bytes(), OnBadEvent::TakeTheRest).unwrap();
    assert_eq!(rest.places, [1, 101_003]);
    let bad = rest.left_out;
    assert_eq!(
        (bad.named().len(), bad.more(), bad.count()),
        (100_000, 1_002, 101_002)
    );
    let places: Vec<usize> = bad.named().iter().map(|bad| bad.index).collect();
    assert_eq!((places[0], places[1], places[999]), (0, 2, 1_000));
    let said = bad.named()[0].to_string();
    assert!(
        said.contains("is no field of EPCIS 2.0") && said.len() < 400,
        "{said}"
    );
    let refused = read(&text).unwrap_err().to_string();
    assert!(
        refused.starts_with("101002 of 101004 events are wrong, none was taken"),
        "{refused}"
    );
}

#[test]
fn refuses_each_wrong_field_where_it_is() {
    let cases = [
        (r#", "colour": "red""#, "$.colour", "no field of EPCIS"),
        (r#", "eventID": "no scheme""#, "$.eventID", "must be a URI"),
        (
            r#", "eventID": "urn:uuid:\u202e1""#,
            "$.eventID",
            "must be a URI",
        ),
        (
            r#", "recordTime": "yesterday""#,
            "$.recordTime",
            "time with zone",
        ),
        (
            r#", "recordTime": "2026-03-02T10:00:00+14:30""#,
            "$.recordTime",
            "14:00",
        ),
        (
            r#", "recordTime": "2026-03-02T10:00:60Z""#,
            "$.recordTime",
            "second 60",
        ),
        (
            r#", "quantityList": [{"quantity": 1}]"#,
            "$.quantityList[0].epcClass",
            "is missing",
        ),
        (
            r#", "quantityList": [{"epcClass": "urn:a:b", "quantity": -1}]"#,
            "$.quantityList[0].quantity",
            "below zero",
        ),
        (
            r#", "quantityList": [{"epcClass": "urn:a:b", "quantity": "1"}]"#,
            "$.quantityList[0].quantity",
            "without quotes",
        ),
        (
            r#", "quantityList": [{"epcClass": "urn:a:b", "uom": "kg"}]"#,
            "$.quantityList[0].uom",
            "KGM",
        ),
        (
            r#", "quantityList": [{"epcClass": "urn:a:b", "ex:a": 1}]"#,
            "$.quantityList[0].ex:a",
            "no field",
        ),
        (
            r#", "sensorElementList": [{}]"#,
            "$.sensorElementList[0].sensorReport",
            "is missing",
        ),
        (
            r#", "sensorElementList": [{"sensorReport": [{"hexBinaryValue": "xy"}]}]"#,
            "$.sensorElementList[0].sensorReport[0].hexBinaryValue",
            "hexadecimal",
        ),
        (r#", "ilmd": {}"#, "$.ilmd", "action ADD"),
        (r#", "disposition": null"#, "$.disposition", "must be text"),
    ];
    for (field, path, says) in cases {
        let Err(ReadError::Events { bad, .. }) = read(&observed(field)) else {
            panic!("taken: {field}");
        };
        let fault = &bad.named()[0].fault;
        assert_eq!(fault.path(), path);
        assert!(fault.to_string().contains(says), "{fault}");
    }
}

#[test]
fn refuses_events_that_lack_what_their_type_demands() {
    let common = r#""eventTime": "2026-03-02T10:00:00Z", "eventTimeZoneOffset": "+00:00""#;
    for event in [
        r#""type": "ObjectEvent", "action": "OBSERVE""#,
        r#""type": "AggregationEvent", "action": "ADD", "childEPCs": ["urn:a:b"]"#,
        r#""type": "AggregationEvent", "action": "OBSERVE", "parentID": "urn:a:b""#,
        r#""type": "TransactionEvent", "action": "ADD", "epcList": []"#,
        r#""type": "TransformationEvent", "inputEPCList": ["urn:a:b"]"#,
        r#""type": "TransformationEvent", "transformationID": "urn:a:b""#,
        r#""type": "AssociationEvent", "action": "ADD", "parentID": "urn:a:b""#,
    ] {
        let json = Json::parse(format!("{{{event}, {common}}}").as_bytes()).unwrap();
        let fault = Event::read(json).unwrap_err();
        assert!(
            matches!(fault.reason(), Reason::Needs(_)),
            "{event}: {fault}"
        );
    }
    let unknown = format!(r#"{{"type": "QuantityEvent", {common}}}"#);
    let fault = Event::read(Json::parse(unknown.as_bytes()).unwrap()).unwrap_err();
    assert!(matches!(fault.reason(), Reason::UnknownEventType(_)));
}

#[test]
fn refuses_wrong_envelopes_where_they_are_wrong() {
    let good = events_of("");
    let cases = [
        (r#""schemaVersion": "2.0","#, "", "$.schemaVersion"),
        ("2026-03-02T10:00:00Z", "2026-03-02", "$.creationDate"),
        ("eventList", "events", "$.epcisBody.eventList"),
        ("EPCISDocument", "Invoice", "$.type"),
        ("[]", "{}", "$.epcisBody.eventList"),
    ];
    assert!(read(&good).is_ok());
    for (from, to, path) in cases {
        let Err(ReadError::Envelope(fault)) = read(&good.replace(from, to)) else {
            panic!("taken: {path}");
        };
        assert_eq!(fault.path(), path);
    }
    assert!(matches!(
        read(&good.replacen('{', r#"{"type": "EPCISDocument", "#, 1)),
        Err(ReadError::Json(JsonError::DuplicateName { .. }))
    ));
}

#[test]
fn a_bare_extension_is_taken_where_the_context_defines_it() {
    let event = observed(r#", "colour": "red""#);
    let context = r#""@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld""#;
    let closed = events_of(&event);
    assert!(read(&closed).is_err());
    for open in [
        r#""@context": {"colour": "https://example.com/colour"}"#,
        r#""@context": ["https://example.com/context.jsonld"]"#,
    ] {
        let document = read(&closed.replace(context, open)).unwrap();
        assert!(document.events()[0].extensions.contains_key("colour"));
        assert!(matches!(document.events()[0].what, What::Object(_)));
    }
}
