//! Laws: generated events come back equal, any text gives a document or a refusal.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chopmark_epcis::{
    About, Action, Aggregation, Amount, Association, BizStep, BizTransaction, Decimal, Disposition,
    Document, Event, Extensions, Json, Measurement, Object, OnBadEvent, OneOrMany, Place, Quantity,
    SensorElement, SensorReport, Time, Transaction, Transformation, Uom, Uri, Vocabulary, What,
    Word, ZoneOffset,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

fn uri() -> impl Strategy<Value = Uri> {
    "(urn:epc:id:sgtin:|https://id\\.gs1\\.org/01/)[0-9]{7}\\.[0-9A-Za-z.%_-]{1,20}"
        .prop_map(|text| Uri::parse(&text).unwrap())
}

fn decimal() -> impl Strategy<Value = Decimal> {
    "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?"
        .prop_map(|text| Decimal::parse(&text).unwrap())
}

fn time() -> impl Strategy<Value = Time> {
    "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
        .prop_map(|text| Time::parse(&text).unwrap())
}

fn offset() -> impl Strategy<Value = ZoneOffset> {
    "[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)".prop_map(|text| ZoneOffset::parse(&text).unwrap())
}

/// A word in one of its forms, or one of someone else's.
fn word<V: Vocabulary + std::fmt::Debug>() -> impl Strategy<Value = Word<V>> {
    prop_oneof![
        select(V::ALL).prop_map(Word::from),
        select(V::ALL).prop_map(|value| Word::parse(&value.web()).unwrap()),
        "https://example\\.com/[a-z]{1,9}".prop_map(|text| Word::parse(&text).unwrap()),
    ]
}

fn quantity() -> impl Strategy<Value = Quantity> {
    let unsigned = decimal().prop_filter_map("below zero", |number| Amount::new(number).ok());
    let uom = "[A-Z0-9]{2,3}".prop_map(|text| Uom::parse(&text).unwrap());
    (uri(), of(unsigned), of(uom)).prop_map(|(epc_class, quantity, uom)| Quantity {
        epc_class,
        quantity,
        uom,
    })
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        decimal().prop_map(Json::Number),
        any::<String>().prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::List),
            btree_map(any::<String>(), inner, 0..4).prop_map(Json::Object),
        ]
    })
}

fn extensions() -> impl Strategy<Value = Extensions> {
    btree_map("ex:[a-zA-Z]{1,9}", json(), 0..3)
}

fn sensor() -> impl Strategy<Value = SensorElement> {
    let report = (
        word::<Measurement>(),
        of(decimal()),
        of(any::<String>()),
        of(time()),
        of(any::<bool>()),
        extensions(),
    )
        .prop_map(
            |(kind, value, string_value, time, boolean_value, extensions)| SensorReport {
                kind: Some(kind),
                exception: None,
                device_id: None,
                device_metadata: None,
                raw_data: None,
                data_processing_method: None,
                time,
                microorganism: None,
                chemical_substance: None,
                coordinate_reference_system: None,
                min_value: value.clone(),
                value,
                component: None,
                string_value,
                boolean_value,
                hex_binary_value: None,
                uri_value: None,
                max_value: None,
                mean_value: None,
                standard_deviation: None,
                percentile_rank: None,
                percentile_value: None,
                uom: None,
                extensions,
            },
        );
    (vec(report, 1..3), extensions()).prop_map(|(reports, extensions)| SensorElement {
        metadata: None,
        reports,
        extensions,
    })
}

fn action() -> impl Strategy<Value = Action> {
    select(vec![Action::Add, Action::Observe, Action::Delete])
}

fn what() -> impl Strategy<Value = What> {
    let epcs = || of(vec(uri(), 0..4));
    let some = || of(vec(quantity(), 0..4));
    let object = (action(), vec(uri(), 0..4), some(), extensions()).prop_map(
        |(action, epcs, quantities, ilmd)| {
            What::Object(Object {
                action,
                epcs: Some(epcs),
                quantities,
                ilmd: (action == Action::Add).then_some(ilmd),
            })
        },
    );
    let packed = (action(), uri(), vec(uri(), 1..4), some());
    let aggregation = packed.prop_map(|(action, parent, epcs, child_quantities)| {
        What::Aggregation(Aggregation {
            action,
            parent_id: Some(parent),
            child_epcs: Some(epcs),
            child_quantities,
        })
    });
    let linked = (action(), uri(), epcs(), vec(quantity(), 1..4));
    let association = linked.prop_map(|(action, parent_id, child_epcs, quantities)| {
        What::Association(Association {
            action,
            parent_id,
            child_epcs,
            child_quantities: Some(quantities),
        })
    });
    let transaction = (action(), of(uri()), vec(uri(), 0..4), some()).prop_map(
        |(action, parent_id, epcs, quantities)| {
            What::Transaction(Transaction {
                action,
                parent_id,
                epcs: Some(epcs),
                quantities,
            })
        },
    );
    let transformation = (
        epcs(),
        vec(quantity(), 1..4),
        vec(uri(), 1..4),
        some(),
        of(uri()),
    )
        .prop_map(
            |(input_epcs, inputs, outputs, output_quantities, transformation_id)| {
                What::Transformation(Transformation {
                    input_epcs,
                    input_quantities: Some(inputs),
                    output_epcs: Some(outputs),
                    output_quantities,
                    transformation_id,
                    ilmd: None,
                })
            },
        );
    prop_oneof![
        object,
        aggregation,
        association,
        transaction,
        transformation
    ]
}

fn about() -> impl Strategy<Value = About> {
    let place = (uri(), extensions()).prop_map(|(id, extensions)| Place { id, extensions });
    let certificates = prop_oneof![
        uri().prop_map(OneOrMany::One),
        vec(uri(), 0..3).prop_map(OneOrMany::Many)
    ];
    let paper = uri().prop_map(|id| BizTransaction { kind: None, id });
    (
        (time(), of(time()), offset(), of(uri()), of(certificates)),
        (of(word::<BizStep>()), of(word::<Disposition>()), of(place)),
        (vec(paper, 1..3), of(vec(sensor(), 0..2))),
    )
        .prop_map(|(when, why, how)| About {
            event_time: when.0,
            record_time: when.1,
            event_time_zone_offset: when.2,
            event_id: when.3,
            certification_info: when.4,
            error_declaration: None,
            biz_step: why.0,
            disposition: why.1,
            persistent_disposition: None,
            read_point: why.2,
            biz_location: None,
            biz_transactions: Some(how.0),
            sources: None,
            destinations: None,
            sensor_elements: how.1,
        })
}

fn event() -> impl Strategy<Value = Event> {
    (about(), what(), extensions()).prop_map(|(about, what, extensions)| Event {
        context: None,
        about,
        what,
        extensions,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn events_come_back_equal_and_text_is_stable(events in vec(event(), 0..4)) {
        let created = Time::parse("2026-03-02T10:00:00Z").unwrap();
        let document = Document::new(&created, &BTreeMap::new(), events);
        let text = document.write();
        let read = Document::read(text.as_bytes(), OnBadEvent::RefuseAll).unwrap();
        prop_assert_eq!(&read.document, &document);
        prop_assert_eq!(read.document.write(), text);
        for event in document.into_events() {
            prop_assert_eq!(event.text_len(), event.text().len());
        }
    }

    #[test]
    fn json_comes_back_equal(value in json()) {
        prop_assert_eq!(Json::parse(value.to_string().as_bytes()), Ok(value));
    }

    /// Text cut and changed anywhere is read or refused, and never stops the program.
    #[test]
    fn damaged_text_is_read_or_refused(at in 0_usize..4096, byte in any::<u8>(), cut in any::<bool>()) {
        let mut text = include_bytes!("every_field.json").to_vec();
        let at = at % text.len();
        text[at] = byte;
        if cut {
            text.truncate(at);
        }
        if let Ok(read) = Document::read(&text, OnBadEvent::TakeTheRest) {
            let again = Document::read(read.document.write().as_bytes(), OnBadEvent::RefuseAll);
            prop_assert_eq!(again.map(|read| read.document), Ok(read.document));
        }
    }
}
