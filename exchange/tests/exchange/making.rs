//! Transformations and associations, both ways.

use crate::judge;
use crate::network::{HOST, Network, START, event as event_text, events};
use chopmark_core::{
    Body, Code, CodeHash, GoodsClass, Kind, Made, Output, Prefix, Quantity, Record, RecordDraft,
    RecordRef, SectionBody, StateView as _, TzMinutes, When,
};
use chopmark_epcis::{CompanyPrefixes, Document, Event, Form, OnBadEvent, Time};
use chopmark_exchange::{Opened, Style, Unmapped, event};
use std::collections::BTreeMap;

const FLOUR: &str = "urn:epc:class:lgtin:9506000.013435.L1";
const BREAD: &str = "urn:epc:class:lgtin:9506000.013436.L2";
// A class is counted in one unit, so items are of other classes.
const BOX: &str = "urn:epc:id:sgtin:9506000.013437.A1";
const LOAF: &str = "urn:epc:id:sgtin:9506000.013438.B1";

fn batch() -> String {
    event_text(
        "ObjectEvent",
        &format!(
            r#""action":"ADD","quantityList":[{{"epcClass":"{FLOUR}","quantity":200.5,"uom":"KGM"}}],
            "epcList":["{BOX}"]"#
        ),
    )
}

/// 100.5 kg in, 90 kg and an item out: 10.5 kg are lost.
fn baked() -> String {
    event_text(
        "TransformationEvent",
        &format!(
            r#""bizStep":"commissioning","transformationID":"urn:epc:id:gdti:9506000.00001.77",
            "inputQuantityList":[{{"epcClass":"{FLOUR}","quantity":100.5,"uom":"KGM"}}],
            "inputEPCList":["{BOX}"],
            "outputQuantityList":[{{"epcClass":"{BREAD}","quantity":90,"uom":"KGM"}}],
            "outputEPCList":["{LOAF}"],
            "ilmd":{{"chopmark:product":"Bread","ex:lot":"L2"}}"#
        ),
    )
}

pub(crate) fn all(network: &Network, list: &[Event]) -> Vec<(RecordRef, Record, SectionBody)> {
    let mut pending = network.pending();
    assert_eq!(network.try_all(list, &pending), []);
    let mut all = Vec::new();
    for (block, sections) in network.sign_all(list, &mut pending) {
        let opened = network.open(&block, &sections);
        let records = block.located().zip(opened);
        all.extend(records.map(|((at, record), section)| (at, record.clone(), section)));
    }
    all
}

pub(crate) fn written(
    network: &Network,
    (at, record, section): &(RecordRef, Record, SectionBody),
) -> Event {
    let mut known = CompanyPrefixes::default();
    known.learn("9506000");
    let opened = Opened {
        at: *at,
        record,
        author: network.members[0],
        section,
    };
    let style = Style {
        form: Form::Urn,
        host: HOST,
        known: &known,
    };
    event(&opened, &style).unwrap()
}

/// What the standard's schema says to events in a document of ours.
pub(crate) fn assert_valid(events: &[Event]) {
    let created = Time::parse("2026-03-02T10:00:00Z").unwrap();
    let document = Document::new(&created, &BTreeMap::new(), events.to_vec()).write();
    assert_eq!(judge::schema(&document), "valid", "{document}");
    let read = Document::read(document.as_bytes(), OnBadEvent::RefuseAll).unwrap();
    let context = read.document.context().cloned();
    let again = read.document.into_events().into_iter();
    let again: Vec<Event> = again.map(|event| event.alone(context.as_ref())).collect();
    assert_eq!(again, events);
}

#[test]
fn a_transformation_becomes_one_record_and_comes_back_with_its_ilmd() {
    let network = Network::new();
    let list = events(&[batch(), baked()].join(","));
    let records = all(&network, &list);
    let made = records.last().unwrap();
    let kilos = |amount: &str| Quantity::new(amount.parse().unwrap(), "KGM".parse().unwrap());
    let Body::Transform {
        step,
        inputs,
        outputs,
        losses,
        ..
    } = made.1.body()
    else {
        panic!("{:?}", made.1);
    };
    assert_eq!(step, "commissioning");
    // Items first; where the policy keeps amounts in sections, the fields have units alone.
    let stated: Vec<Option<String>> = inputs
        .iter()
        .map(|quantity| quantity.map(|quantity| quantity.unit.as_str().to_owned()))
        .collect();
    assert_eq!(stated, [None, Some("KGM".to_owned())]);
    assert!(matches!(outputs[0].made, Made::Item(..)));
    assert!(matches!(outputs[1].made, Made::Batch(..)));
    let told = if made.2.quantities.is_empty() {
        inputs
            .iter()
            .flatten()
            .copied()
            .chain(outputs.iter().filter_map(Output::quantity))
            .chain(losses.iter().copied())
            .collect()
    } else {
        made.2.quantities.clone()
    };
    assert_eq!(told, [kilos("100.5"), kilos("90"), kilos("10.5")]);
    assert_eq!(losses.len(), 1);
    assert_eq!(made.2.product.as_deref(), Some("Bread"));
    let codes = [BOX, FLOUR, LOAF, BREAD].map(|urn| {
        let code = chopmark_epcis::code(urn).unwrap();
        code.element_string().to_owned()
    });
    assert_eq!(made.2.codes, codes);
    let back = written(&network, made);
    assert_eq!(back, list[1]);
    assert_valid(&[back]);
}

#[test]
fn transformations_that_no_record_can_say_are_named() {
    let network = Network::new();
    let pending = network.pending();
    let why = |text: &str, from: &str, to: &str| {
        let list = events(&text.replace(from, to));
        network.try_all(&list, &pending).remove(0).why.to_string()
    };
    let no_amount = why(&baked(), r#","quantity":100.5,"uom":"KGM""#, "");
    assert!(
        no_amount.contains("an amount that is missing"),
        "{no_amount}"
    );
    let no_input = event_text(
        "TransformationEvent",
        r#""transformationID":"urn:epc:id:gdti:9506000.00001.77","outputEPCList":["urn:epc:id:sgtin:9506000.013435.A1"]"#,
    );
    let unknown = Unmapped::InputsUnknown {
        id: "urn:epc:id:gdti:9506000.00001.77".to_owned(),
    };
    assert_eq!(why(&no_input, "", ""), unknown.to_string());
    let foreign = why(&baked(), "9506000.013438.B1", "4912345.011111.1");
    let not_yours = Unmapped::NotYours {
        code: chopmark_epcis::code("urn:epc:id:sgtin:4912345.011111.1").unwrap(),
    };
    assert_eq!(foreign, not_yours.to_string());
}

#[test]
fn associations_join_part_and_are_seen() {
    let network = Network::new();
    let linked = |action: &str, step: &str, more: &str| {
        event_text(
            "AssociationEvent",
            &format!(
                r#""action":"{action}","bizStep":"{step}","parentID":"urn:epc:id:grai:9506000.01343.7",
                "childEPCs":["urn:epc:id:giai:9506000.S7"]{more}"#
            ),
        )
    };
    let things = event_text(
        "ObjectEvent",
        r#""action":"ADD","epcList":["urn:epc:id:grai:9506000.01343.7","urn:epc:id:giai:9506000.S7"]"#,
    );
    let list = events(
        &[
            things,
            linked("ADD", "installing", r#","ex:by":"lab""#),
            linked("OBSERVE", "inspecting", ""),
            linked("DELETE", "removing", ""),
            // Classes have no history: with nothing else it is an observation of the parent.
            linked("ADD", "installing", "").replace(
                r#""childEPCs":["urn:epc:id:giai:9506000.S7"]"#,
                r#""childQuantityList":[{"epcClass":"urn:epc:idpat:sgtin:9506000.013435.*","quantity":2}]"#,
            ),
        ]
        .join(","),
    );
    let records = all(&network, &list);
    let kinds: Vec<Kind> = records.iter().map(|(_, record, _)| record.kind()).collect();
    let expected = [
        Kind::Commission,
        Kind::Commission,
        Kind::Associate,
        Kind::Observe,
        Kind::Dissociate,
        Kind::Observe,
    ];
    assert_eq!(kinds, expected);
    let events: Vec<Event> = records[2..]
        .iter()
        .map(|record| written(&network, record))
        .collect();
    assert_eq!(events, list[1..]);
    assert_valid(&events);
}

#[test]
fn records_of_the_app_are_transformations_and_associations_that_the_schema_takes() {
    let network = Network::new();
    let when = When {
        time: START,
        tz: TzMinutes::new(480).unwrap(),
    };
    let hash = |code: &str| -> CodeHash { Code::parse(code).unwrap().hash() };
    let kilos = Quantity::new("2.5".parse().unwrap(), "KGM".parse().unwrap());
    let transform = Body::Transform {
        when,
        step: "other".to_owned(),
        inputs: vec![Some(kilos)],
        outputs: vec![Output {
            class: GoodsClass::parse("(01)09506000134352").unwrap(),
            prefix: Prefix::parse("9506000").unwrap(),
            made: Made::Batch(hash("(01)09506000134352(10)L2"), kilos.veiled()),
        }],
        losses: Vec::new(),
    };
    let two = |first: &str, second: &str| SectionBody {
        codes: vec![first.to_owned(), second.to_owned()],
        quantities: vec![kilos],
        ..SectionBody::default()
    };
    let batches = two("(01)09506000134352(10)L1", "(01)09506000134352(10)L2");
    let assets = two("(8003)095060001343527", "(8004)9506000S7");
    let cases = [
        (
            transform,
            batches,
            // What the fields leave out stands in the section.
            r#""outputQuantityList":[{"epcClass":"urn:epc:class:lgtin:9506000.013435.L2","quantity":2.5,"uom":"KGM"}]"#,
        ),
        (
            Body::Associate { when },
            assets.clone(),
            r#""action":"ADD","bizStep":"installing","childEPCs":["urn:epc:id:giai:9506000.S7"]"#,
        ),
        (
            Body::Dissociate { when },
            assets,
            r#""action":"DELETE","bizStep":"removing""#,
        ),
    ];
    let network_id = network.pending().network();
    let mut made = Vec::new();
    for (body, section, expected) in cases {
        let subjects = section.codes.iter().map(|code| {
            let code = Code::parse(code).unwrap_or_else(|error| panic!("{code}: {error}"));
            code.subject(&network_id, &network.members[0])
        });
        let block = network.write_first(&RecordDraft::new(body, subjects.collect()));
        let at = RecordRef {
            block: block.id(),
            index: 0,
        };
        let event = written(&network, &(at, block.records()[0].clone(), section));
        let text = event.write().to_string();
        for part in expected.split(r#","#) {
            assert!(text.contains(part), "{part}\n{text}");
        }
        made.push(event);
    }
    assert_valid(&made);
}
