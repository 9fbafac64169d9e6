//! Both forms of identifiers, and the name that an event has by what it says.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chopmark_epcis::{CompanyPrefixes, Document, Event, Form, Json, Namespaces, OnBadEvent};

const EVERY_FIELD: &[u8] = include_bytes!("every_field.json");

fn document(text: &[u8]) -> Document {
    Document::read(text, OnBadEvent::RefuseAll)
        .unwrap()
        .document
}

fn event(text: &str) -> Event {
    Event::read(Json::parse(text.as_bytes()).unwrap()).unwrap()
}

#[test]
fn a_document_goes_through_the_other_form_and_comes_back() {
    let read = document(EVERY_FIELD);
    let mut known = CompanyPrefixes::default();
    for event in read.events() {
        event.show_prefixes(&mut known);
    }
    let links = read.in_form(Form::Link, &known);
    let urns = links.in_form(Form::Urn, &known);
    let text = links.write();
    assert!(!text.contains("urn:epc:id:sgtin"), "{text}");
    assert!(urns.write().contains("urn:epc:id:sgtin:9506000.013435.A2"));
    assert_eq!(urns.in_form(Form::Link, &known), links);
    assert_eq!(links.in_form(Form::Urn, &known), urns);
    // Without known prefixes links stay links: nothing is guessed.
    assert_eq!(links.in_form(Form::Urn, &CompanyPrefixes::default()), links);
    // What the document says is the same in every form.
    let names = read.namespaces();
    for ((read, link), urn) in read.events().iter().zip(links.events()).zip(urns.events()) {
        assert_eq!(read.hash_id(&names), link.hash_id(&names));
        assert_eq!(read.hash_id(&names), urn.hash_id(&names));
    }
}

#[test]
fn fields_of_others_and_words_are_not_rewritten() {
    let kept = event(
        r#"{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-03-02T10:00:00Z",
            "eventTimeZoneOffset":"+00:00","epcList":["urn:epc:id:sgtin:9506000.013435.A1"],
            "ex:copy":["urn:epc:id:sgtin:9506000.013435.A1"],
            "ex:in":{"epcList":["urn:epc:id:sgtin:9506000.013435.A1"]}}"#,
    );
    let link = kept.in_form(Form::Link, &CompanyPrefixes::default());
    let text = link.write().to_string();
    assert_eq!(text.matches("urn:epc:id:sgtin").count(), 2, "{text}");
    assert!(text.contains(r#""epcList":["https://id.gs1.org/01/09506000134352/21/A1"]"#));
}

#[test]
fn equal_events_have_equal_names_however_they_are_written() {
    let names = Namespaces::default();
    let one = event(
        r#"{"type":"ObjectEvent","action":"OBSERVE","bizStep":"shipping",
            "@context":{"ex":"https://example.com/terms/"},
            "eventTime":"2026-03-02T18:00:00+08:00","eventTimeZoneOffset":"+08:00",
            "epcList":["urn:epc:id:sgtin:9506000.013435.B","urn:epc:id:sgtin:9506000.013435.A"],
            "quantityList":[{"epcClass":"urn:epc:class:lgtin:9506000.013435.L","quantity":1.0}],
            "ex:a":{"ex:b":1.50},"recordTime":"2026-03-02T10:00:01Z"}"#,
    );
    let other = event(
        r#"{"type":"ObjectEvent","action":"OBSERVE","bizStep":"urn:epcglobal:cbv:bizstep:shipping",
            "@context":[{"other":"https://example.com/terms/"}],
            "eventTime":"2026-03-02T10:00:00.000Z","eventTimeZoneOffset":"+08:00",
            "epcList":["https://example.org/01/09506000134352/10/L/21/A",
                       "https://id.gs1.org/01/09506000134352/21/B?17=261231"],
            "quantityList":[{"epcClass":"https://id.gs1.org/01/09506000134352/10/L","quantity":1}],
            "other:a":{"other:b":"1.5"},"eventID":"urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8"}"#,
    );
    assert_eq!(one.pre_hash(&names), other.pre_hash(&names));
    assert_eq!(one.hash_id(&names), other.hash_id(&names));
    let changed = event(&one.write().to_string().replace("1.50", "1.51"));
    assert_ne!(one.hash_id(&names), changed.hash_id(&names));
}

/// As two other programs compute it (`tests/standards`), kept here so that it is checked without
/// them.
#[test]
fn a_known_event_has_its_known_name() {
    let known = event(
        r#"{"type":"TransactionEvent","eventTime":"2026-03-02T10:00:00Z",
            "eventTimeZoneOffset":"+00:00","action":"ADD",
            "bizTransactionList":[{"type":"po","bizTransaction":"urn:epcglobal:cbv:bt:9506000013435:PO1"}],
            "parentID":"urn:epc:id:grai:9506000.01343.7",
            "epcList":["urn:epc:id:sgtin:9506000.013435.A1"]}"#,
    );
    assert_eq!(
        known.hash_id(&Namespaces::default()),
        "ni:///sha-256;eaac2068fb09a3e7b0dcf86e5eedbdab71abed4544fe0c10926e6ab7820ec557?ver=CBV2.0"
    );
}

#[test]
fn an_event_alone_brings_the_context_that_it_needs() {
    let read = document(EVERY_FIELD);
    let names = read.namespaces();
    for event in read.events() {
        let alone = event.clone().alone(read.context());
        let again = Event::read(Json::parse(alone.write().to_string().as_bytes()).unwrap());
        let again = again.unwrap();
        assert_eq!(again, alone);
        assert_eq!(again.hash_id(&Namespaces::default()), event.hash_id(&names));
    }
    // Together again they share it.
    let alone = |event: &Event| event.clone().alone(read.context());
    let all: Vec<Event> = read.events().iter().map(alone).collect();
    let created = chopmark_epcis::Time::parse("2026-03-02T10:00:00Z").unwrap();
    let together = Document::new(&created, &std::collections::BTreeMap::new(), all);
    assert_eq!(together.events(), read.events());
    assert_eq!(together.namespaces(), names);
}

#[test]
fn a_lasting_disposition_is_only_of_objects_and_transformations() {
    let text = r#"{"type":"AggregationEvent","action":"ADD","eventTime":"2026-03-02T10:00:00Z",
        "eventTimeZoneOffset":"+00:00","parentID":"urn:epc:id:sscc:9506000.0134567890",
        "childEPCs":["urn:epc:id:sgtin:9506000.013435.A1"],
        "persistentDisposition":{"set":["available"]}}"#;
    let fault = Event::read(Json::parse(text.as_bytes()).unwrap()).unwrap_err();
    assert_eq!(fault.path(), "$.persistentDisposition");
}
