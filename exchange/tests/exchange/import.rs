//! Which records events become, and which events become none.

use crate::network::{Network, event, events};
use chopmark_core::{Body, Coordinates, Kind, Outcome, RecordRef, StateView as _};
use chopmark_exchange::{Author, Refused, Unmapped, records};

const ITEMS: &str = r#""epcList":["urn:epc:id:sgtin:9506000.013435.A1","https://id.gs1.org/01/09506000134352/21/A2"]"#;
const CASE: &str = "urn:epc:id:sscc:9506000.1234567890";

fn life() -> String {
    [
        event(
            "ObjectEvent",
            &format!(
                r#""action":"ADD","bizStep":"commissioning",{ITEMS},
                "ilmd":{{"chopmark:product":"Tea"}},"ex:line":4"#
            ),
        ),
        event("ObjectEvent", &format!(r#""action":"ADD","epcList":["{CASE}","urn:epc:id:grai:9506000.01343.7","urn:epc:id:bic:CSQU3054383"]"#)),
        event(
            "AggregationEvent",
            &format!(
                r#""action":"ADD","bizStep":"packing","parentID":"{CASE}",
                "childEPCs":["urn:epc:id:sgtin:9506000.013435.A1","urn:epc:id:sgtin:9506000.013435.A2"]"#
            ),
        ),
        event(
            "TransactionEvent",
            &format!(
                r#""action":"ADD","bizTransactionList":[{{"type":"po","bizTransaction":"urn:epcglobal:cbv:bt:9506000013435:PO1"}}],
                "parentID":"{CASE}",{ITEMS}"#
            ),
        ),
        event("AggregationEvent", &format!(r#""action":"DELETE","bizStep":"unpacking","parentID":"{CASE}""#)),
        event(
            "ObjectEvent",
            &format!(
                r#""action":"OBSERVE","bizStep":"https://example.com/steps/polishing","disposition":"damaged",{ITEMS},
                "readPoint":{{"id":"geo:22.65,113.63;u=25"}},"bizLocation":{{"id":"urn:epc:id:sgln:9506000.01343.0"}},
                "sensorElementList":[{{"sensorReport":[{{"type":"Temperature","value":4.50,"uom":"CEL"}}]}}]"#
            ),
        ),
        event("ObjectEvent", &format!(r#""action":"DELETE","bizStep":"destroying",{ITEMS}"#)),
    ]
    .join(",")
}

#[test]
fn a_whole_life_becomes_records_that_stand() {
    let network = Network::new();
    let events = events(&life());
    let mut pending = network.pending();
    assert_eq!(network.try_all(&events, &pending), []);
    let blocks = network.sign_all(&events, &mut pending);
    let mut kinds = Vec::new();
    for (block, _) in &blocks {
        for (at, record) in block.located() {
            assert_eq!(pending.outcome(&at), Some(&Outcome::Applied), "{at}");
            kinds.push(record.kind());
        }
    }
    let expected = [
        Kind::Commission,
        // Unit, asset and container are three classes.
        Kind::Commission,
        Kind::Commission,
        Kind::Commission,
        Kind::Pack,
        Kind::Observe,
        Kind::Unpack,
        Kind::Observe,
        Kind::Decommission,
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn rules_read_fields_and_everything_else_is_kept_in_the_section() {
    let network = Network::new();
    let events = events(&life());
    let mut pending = network.pending();
    let blocks = network.sign_all(&events, &mut pending);
    let (block, sections) = &blocks[0];
    let opened = network.open(block, sections);
    let record = &block.records()[0];
    match record.body() {
        Body::Commission { when, class, .. } => {
            assert_eq!((when.time.0, when.tz.minutes()), (1_772_416_800_120, 480));
            assert_eq!(class, "(01)09506000134352");
        }
        other => panic!("{other:?}"),
    }
    let codes = ["(01)09506000134352(21)A1", "(01)09506000134352(21)A2"];
    assert_eq!(opened[0].codes, codes);
    assert_eq!(opened[0].product.as_deref(), Some("Tea"));
    assert_eq!(opened[0].step.as_deref(), Some("commissioning"));
    assert_eq!(opened[0].event, Some(events[0].write().to_string()));
    // A step of others is no word of the standard: the field says so, the event keeps it.
    let (block, sections) = blocks.last().unwrap();
    let place = block.records().len() - 2;
    let observed = &network.open(block, sections)[place];
    assert!(matches!(block.records()[place].body(), Body::Observe { step, .. } if step == "other"));
    assert_eq!(observed.place.as_deref(), Some("(414)9506000013435"));
    assert_eq!(
        observed.position,
        Coordinates::new(226_500_000, 1_136_300_000, 25)
    );
    assert_eq!(opened[0].position, None);
    assert_eq!(observed.disposition.as_deref(), Some("damaged"));
    assert_eq!(observed.measured[0].value, "4.50");
    assert!(observed.event.as_deref().unwrap().contains("polishing"));
}

#[test]
fn an_event_of_many_things_is_several_records() {
    let network = Network::new();
    let many = |count: usize| {
        let item = |n| format!(r#""urn:epc:id:sgtin:9506000.013435.S{n}""#);
        let list: Vec<String> = (0..count).map(item).collect();
        let add = format!(r#""action":"ADD","epcList":[{}]"#, list.join(","));
        events(&event("ObjectEvent", &add))
    };
    // In one block they stand or fall together; what is too large for one takes several.
    for (count, groups) in [(500, vec![Some(0), Some(0)]), (2000, vec![None; 5])] {
        let events = many(count);
        let mut pending = network.pending();
        assert_eq!(network.try_all(&events, &pending), []);
        let blocks = network.sign_all(&events, &mut pending);
        let all = blocks.iter().flat_map(|(block, _)| block.located());
        let found: Vec<Option<u16>> = all
            .map(|(at, record)| {
                assert_eq!(pending.outcome(&at), Some(&Outcome::Applied));
                record.group()
            })
            .collect();
        assert_eq!(found, groups);
        // Each of them keeps the whole event.
        for (block, sections) in &blocks {
            let opened = network.open(block, sections);
            let text = events[0].write().to_string();
            assert!(
                opened
                    .iter()
                    .all(|section| section.event.as_ref() == Some(&text))
            );
        }
    }
}

#[test]
fn later_blocks_of_an_import_cite_earlier_ones() {
    let network = Network::new();
    let mut list = Vec::new();
    for n in 0..600 {
        let item = format!(r#""epcList":["urn:epc:id:sgtin:9506000.013435.S{n}"]"#);
        list.push(event("ObjectEvent", &format!(r#""action":"ADD",{item}"#)));
    }
    list.push(event(
        "ObjectEvent",
        r#""action":"OBSERVE","bizStep":"storing","epcList":["urn:epc:id:sgtin:9506000.013435.S0"]"#,
    ));
    let mut pending = network.pending();
    let blocks = network.sign_all(&events(&list.join(",")), &mut pending);
    assert!(blocks.len() > 1);
    let last = blocks.last().unwrap().0.records().last().unwrap();
    let first = RecordRef {
        block: blocks[0].0.id(),
        index: 0,
    };
    assert_eq!(last.cites(), [first]);
}

#[test]
fn what_the_rules_would_refuse_is_found_before_anything_is_signed() {
    let network = Network::new();
    let twice = event("ObjectEvent", &format!(r#""action":"ADD",{ITEMS}"#));
    let foreign = event(
        "ObjectEvent",
        r#""action":"DELETE","epcList":["urn:epc:id:sgtin:9506000.013435.NONE"]"#,
    );
    let events = events(&[twice.clone(), twice, foreign].join(","));
    let pending = network.pending();
    let bad = network.try_all(&events, &pending);
    let places: Vec<usize> = bad.iter().map(|bad| bad.index).collect();
    assert_eq!(places, [1, 2]);
    assert!(bad.iter().all(|bad| matches!(bad.why, Refused::Rules(_))));
    // Nothing of the trial is left.
    let code = chopmark_epcis::code("urn:epc:id:sgtin:9506000.013435.A1").unwrap();
    let subject = code.subject(&pending.network(), &network.members[0]);
    assert!(pending.subject(&subject).is_none());
}

/// Of one checkpoint's blocks, what begins could come before the word that its prefix needs.
#[test]
fn nothing_begins_under_a_prefix_that_is_not_final() {
    let mut network = Network::new();
    let list = events(&event(
        "ObjectEvent",
        r#""action":"ADD","epcList":["urn:epc:id:sgtin:4012345.011111.1"]"#,
    ));
    let why = |pending: &chopmark_core::Pending<'_>| {
        let by = network.teller(&list);
        let author = Author {
            view: pending,
            by: &by,
        };
        records(&list[0], &author).err()
    };
    let word = network.registration(0, "4012345");
    let mut pending = network.pending();
    assert!(matches!(
        why(&pending),
        Some(Unmapped::PrefixUnknown { .. })
    ));
    pending.push(&word).unwrap();
    assert!(matches!(
        why(&pending),
        Some(Unmapped::PrefixPending { .. })
    ));
    network.order(word);
    let by = network.teller(&list);
    let pending = network.pending();
    let author = Author {
        view: &pending,
        by: &by,
    };
    assert_eq!(records(&list[0], &author).unwrap().len(), 1);
}

#[test]
fn events_that_become_no_record_are_named() {
    let network = Network::new();
    let pending = network.pending();
    let by = network.teller(&[]);
    let author = Author {
        view: &pending,
        by: &by,
    };
    let why = |rest: &str| {
        let list = events(&event("ObjectEvent", rest));
        records(&list[0], &author).unwrap_err()
    };
    let add = |epc: &str| why(&format!(r#""action":"ADD","epcList":["{epc}"]"#));
    assert!(matches!(
        add("urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8"),
        Unmapped::Identifier(_)
    ));
    assert!(matches!(
        add("https://id.gs1.org/01/09506000134353/21/A1"),
        Unmapped::Identifier(_)
    ));
    assert!(matches!(
        add("urn:epc:id:sgtin:4012345.011111.1"),
        Unmapped::PrefixUnknown { .. }
    ));
    assert!(matches!(
        add("urn:epc:id:sgtin:4912345.011111.1"),
        Unmapped::NotYours { .. }
    ));
    let only_class = r#""action":"OBSERVE","quantityList":[{"epcClass":"urn:epc:idpat:sgtin:9506000.013435.*","quantity":3}]"#;
    assert_eq!(why(only_class), Unmapped::NothingTracked);
    let long = format!(
        r#""action":"OBSERVE",{ITEMS},"ex:long":"{}""#,
        "x".repeat(200_000)
    );
    assert!(matches!(why(&long), Unmapped::TooLarge { .. }));
    let early = format!(
        r#"{{"type":"ObjectEvent","eventTime":"1969-12-31T23:59:59Z","eventTimeZoneOffset":"+00:00","action":"OBSERVE",{ITEMS}}}"#
    );
    assert_eq!(
        records(&events(&early)[0], &author),
        Err(Unmapped::TooEarly)
    );
    let wrong = format!(
        r#""action":"OBSERVE",{ITEMS},"errorDeclaration":{{"declarationTime":"2026-03-03T10:00:00Z"}}"#
    );
    assert!(matches!(why(&wrong), Unmapped::EventUnknown { .. }));
}
