//! Records as events again.

use crate::network::{HOST, Network, START, event as event_text, events};
use chopmark_core::{
    AudienceDraft, Body, Code, Condition, Coordinates, Measured, Readers, Record, RecordDraft,
    RecordRef, SealNumber, SectionBody, StateView as _, TzMinutes, UnsignedBlock, Verdict,
    VerifiedBlock, When,
};
use chopmark_epcis::{CompanyPrefixes, Event, Form, Namespaces};
use chopmark_exchange::{Opened, Style, Unwritten, event};
use std::collections::BTreeSet;

fn known() -> CompanyPrefixes {
    let mut known = CompanyPrefixes::default();
    known.learn("9506000");
    known
}

fn written(opened: &Opened<'_>, form: Form) -> Result<Event, Unwritten> {
    let known = known();
    let style = Style {
        form,
        host: HOST,
        known: &known,
    };
    event(opened, &style)
}

#[test]
fn an_imported_event_comes_back_as_it_was() {
    let network = Network::new();
    let list = events(&event_text(
        "ObjectEvent",
        r#""action":"ADD","bizStep":"commissioning","epcList":["https://id.gs1.org/01/09506000134352/21/A1"],
        "quantityList":[{"epcClass":"https://id.gs1.org/01/09506000134352/10/L1","quantity":200.500,"uom":"KGM"}],
        "certificationInfo":"https://example.com/c","ex:deep":[{"ex:no":1},null,true],
        "persistentDisposition":{"set":["available"]},"ilmd":{"ex:lot":"7"}"#,
    ));
    let mut pending = network.pending();
    let blocks = network.sign_all(&list, &mut pending);
    let (block, sections) = &blocks[0];
    for (index, (section, record)) in network
        .open(block, sections)
        .iter()
        .zip(block.records())
        .enumerate()
    {
        let opened = Opened {
            at: RecordRef {
                block: block.id(),
                index: u16::try_from(index).unwrap(),
            },
            record,
            author: network.members[0],
            section,
        };
        assert_eq!(written(&opened, Form::Link).as_ref(), Ok(&list[0]));
        let urn = written(&opened, Form::Urn).unwrap();
        assert!(
            urn.write()
                .to_string()
                .contains("urn:epc:class:lgtin:9506000.013435.L1")
        );
        assert_eq!(urn.in_form(Form::Link, &known()), list[0]);
        let names = Namespaces::default();
        assert_eq!(urn.hash_id(&names), list[0].hash_id(&names));
    }
}

/// A record that the app made, and its section.
fn made(network: &Network, body: Body, section: &SectionBody) -> (VerifiedBlock, SectionBody) {
    let pending = network.pending();
    let position = network.position(0, &pending);
    let subjects = section.codes.iter().map(|code| {
        Code::parse(code)
            .unwrap()
            .subject(&pending.network(), &network.members[0])
    });
    let mut draft = RecordDraft::new(body, subjects.collect());
    draft.sections.push((
        AudienceDraft::Parties(BTreeSet::from([network.members[0].into()])),
        section.clone(),
    ));
    let readers: Readers = [(network.members[0], network.reader())]
        .into_iter()
        .collect();
    let built = UnsignedBlock::build(position, &[draft], &readers, &[5; 32]).unwrap();
    let block = built.sign(network.admin()).unwrap().block.verify().unwrap();
    (block, section.clone())
}

fn told(network: &Network, body: Body, section: &SectionBody) -> String {
    let (block, section) = made(network, body, section);
    let record: &Record = &block.records()[0];
    let opened = Opened {
        at: RecordRef {
            block: block.id(),
            index: 0,
        },
        record,
        author: network.members[0],
        section: &section,
    };
    let event = written(&opened, Form::Urn).unwrap();
    // Its name is the one that anybody computes.
    let id = event.hash_id(&Namespaces::default());
    assert_eq!(
        event.about.event_id.as_ref().map(|id| id.written()),
        Some(id.as_str())
    );
    let text = event.write().to_string();
    let cut = |text: &str, name: &str| {
        let start = text.find(name).unwrap();
        let end = text[start..].find(',').unwrap_or(text.len() - start - 1) + start;
        format!("{}{}", &text[..start], &text[end..])
    };
    cut(&text, r#""chopmark:record""#)
}

#[test]
fn records_of_the_app_are_the_events_that_they_imply() {
    let network = Network::new();
    let when = When {
        time: START,
        tz: TzMinutes::new(480).unwrap(),
    };
    let item = SectionBody {
        codes: vec!["(01)09506000134352(21)A1".to_owned()],
        ..SectionBody::default()
    };
    let measured = SectionBody {
        measured: vec![
            Measured {
                name: "Temperature".to_owned(),
                value: "4.5".to_owned(),
                unit: "CEL".to_owned(),
            },
            Measured {
                name: "colour".to_owned(),
                value: "green".to_owned(),
                unit: String::new(),
            },
        ],
        place: Some("(414)9506000013435".to_owned()),
        note: Some("wet \u{202e}label".to_owned()),
        ..item.clone()
    };
    let packed = SectionBody {
        codes: vec!["(00)195060002345678901".to_owned(), item.codes[0].clone()],
        ..SectionBody::default()
    };
    let located = SectionBody {
        place: Some("Nansha, China (CNNSA)".to_owned()),
        position: Coordinates::new(226_000_000, 1_136_000_000, 20_000),
        ..item.clone()
    };
    let cases = [
        (
            Body::Observe {
                when,
                step: "storing".to_owned(),
            },
            &located,
            r#""chopmark:place":"Nansha, China (CNNSA)","readPoint":{"id":"geo:22.6,113.6;u=20000"}"#,
        ),
        (
            Body::Pack { when },
            &packed,
            r#""action":"ADD","bizStep":"packing""#,
        ),
        (
            Body::Pack { when },
            &packed,
            r#""childEPCs":["urn:epc:id:sgtin:9506000.013435.A1"]"#,
        ),
        (
            Body::Observe {
                when,
                step: "storing".to_owned(),
            },
            &item,
            r#""action":"OBSERVE","bizStep":"storing","epcList":["urn:epc:id:sgtin:9506000.013435.A1"]"#,
        ),
        (
            Body::Observe {
                when,
                step: "polishing".to_owned(),
            },
            &item,
            r#""bizStep":"other","chopmark:step":"polishing""#,
        ),
        (
            Body::Decommission {
                when,
                step: "destroying".to_owned(),
            },
            &item,
            r#""bizStep":"destroying","disposition":"destroyed""#,
        ),
        (
            Body::Accept {
                when,
                condition: Condition::SealBroken,
                contents: None,
                left: Vec::new(),
            },
            &item,
            r#""bizStep":"receiving","disposition":"container_open""#,
        ),
        (
            Body::Attest {
                when,
                verdict: Verdict::Fail,
                evidence: Vec::new(),
            },
            &measured,
            r#"{"type":"Temperature","uom":"CEL","value":4.5},{"chopmark:name":"colour","stringValue":"green","type":"https://chopmark.invalid/terms/measured"}"#,
        ),
        (
            Body::Attest {
                when,
                verdict: Verdict::Fail,
                evidence: Vec::new(),
            },
            &measured,
            r#""chopmark:verdict":"fail","disposition":"non_conformant""#,
        ),
        (
            Body::Observe {
                when,
                step: "storing".to_owned(),
            },
            &item,
            r#""eventTime":"2026-09-21T22:13:20.000+08:00","eventTimeZoneOffset":"+08:00""#,
        ),
    ];
    for (body, section, expected) in cases {
        let text = told(&network, body, section);
        let squeezed: Vec<&str> = expected.split(r#"","#).collect();
        for part in &squeezed {
            assert!(text.contains(part.trim_matches('"')), "{expected}\n{text}");
        }
    }
    let marks = told(
        &network,
        Body::Observe {
            when,
            step: "storing".to_owned(),
        },
        &measured,
    );
    assert!(
        marks.contains("\"chopmark:note\":\"wet \u{202e}label\""),
        "{marks}"
    );
}

/// A container is sealed in one network and opened in another.
#[test]
fn a_seals_number_survives_the_way_out_and_back_in() {
    let when = When {
        time: START,
        tz: TzMinutes::new(480).unwrap(),
    };
    for (numbers, expected) in [
        (&["ML-CN 0471903"][..], r#""chopmark:seal":"ML-CN 0471903""#),
        (&["007", "РЖД Э1"], r#""chopmark:seal":["007","РЖД Э1"]"#),
    ] {
        let network = Network::new();
        let seals: Vec<SealNumber> = numbers.iter().map(|one| one.parse().unwrap()).collect();
        let temperature = Measured {
            name: "Temperature".to_owned(),
            value: "4.5".to_owned(),
            unit: "CEL".to_owned(),
        };
        let mut measured: Vec<Measured> = seals.iter().map(SealNumber::to_value).collect();
        measured.push(temperature.clone());
        let sealed = SectionBody {
            codes: vec!["(00)195060002345678901".to_owned()],
            disposition: Some("container_closed".to_owned()),
            measured: measured.clone(),
            ..SectionBody::default()
        };
        let step = "installing".to_owned();
        let (block, section) = made(&network, Body::Observe { when, step }, &sealed);
        let event = |network: &Network, block: &VerifiedBlock, section: &SectionBody| {
            let opened = Opened {
                at: RecordRef {
                    block: block.id(),
                    index: 0,
                },
                record: &block.records()[0],
                author: network.members[0],
                section,
            };
            written(&opened, Form::Link).unwrap()
        };
        let out = event(&network, &block, &section);
        let text = out.write().to_string();
        assert!(text.contains(expected), "{text}");
        assert_eq!(text.matches(r#""type":"Temperature""#).count(), 1, "{text}");
        assert!(!text.contains("stringValue"), "{text}");

        let other = Network::new();
        let mut pending = other.pending();
        let blocks = other.sign_all(std::slice::from_ref(&out), &mut pending);
        let (block, sections) = &blocks[0];
        let told = other.open(block, sections).remove(0);
        assert_eq!(told.measured, measured);
        assert_eq!(event(&other, block, &told), out);
    }
}

/// What others write under the name stays in the event; a screen shows numbers alone.
#[test]
fn what_is_no_seals_number_does_not_reach_a_screen() {
    let network = Network::new();
    let list = events(&event_text(
        "ObjectEvent",
        r#""action":"OBSERVE","epcList":["https://id.gs1.org/01/09506000134352/21/A1"],
        "ex:other":"ML7","@context":[{"chopmark":"https://chopmark.invalid/terms/"}],
        "chopmark:seal":["ok 1","<b>2</b>","3\u202e",4,"АBС5",{"ex:no":"6"}]"#,
    ));
    let mut pending = network.pending();
    let blocks = network.sign_all(&list, &mut pending);
    let (block, sections) = &blocks[0];
    let told = network.open(block, sections).remove(0);
    let values: Vec<&str> = told.measured.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(values, ["ok 1"]);
    assert!(told.event.unwrap().contains("<b>2</b>"));
}

#[test]
fn a_record_without_codes_is_no_event() {
    let network = Network::new();
    let section = SectionBody {
        codes: vec!["(01)09506000134352(21)A1".to_owned()],
        ..SectionBody::default()
    };
    let when = When {
        time: START,
        tz: TzMinutes::default(),
    };
    let (block, _) = made(&network, Body::Clear { when }, &section);
    let opened = |section| Opened {
        at: RecordRef {
            block: block.id(),
            index: 0,
        },
        record: &block.records()[0],
        author: network.members[0],
        section,
    };
    let none = SectionBody::default();
    assert_eq!(written(&opened(&none), Form::Link), Err(Unwritten::NoCodes));
    let broken = SectionBody {
        event: Some("{".to_owned()),
        ..SectionBody::default()
    };
    assert!(matches!(
        written(&opened(&broken), Form::Link),
        Err(Unwritten::Json(_))
    ));
    // Half of the things would be all of them in an event.
    let more = SectionBody {
        codes: [section.codes.clone(), section.codes.clone()].concat(),
        ..SectionBody::default()
    };
    assert_eq!(
        written(&opened(&more), Form::Link),
        Err(Unwritten::CodesMissing {
            codes: 2,
            things: 1
        })
    );
    let other = SectionBody {
        event: Some("{}".to_owned()),
        ..SectionBody::default()
    };
    assert!(matches!(
        written(&opened(&other), Form::Link),
        Err(Unwritten::Event(_))
    ));
}
