//! Error declarations as corrections and back.

use crate::network::{HOST, Network, event as event_text, events};
use chopmark_core::{Body, Outcome, RecordDraft, RecordRef, SectionBody, StateView as _, When};
use chopmark_epcis::{CompanyPrefixes, Event, Form, Namespaces};
use chopmark_exchange::{
    Author, Opened, Refused, Style, Unmapped, Unwritten, declaration, event, records,
};

const ITEM: &str = "urn:epc:id:sgtin:9506000.013435.A1";
const WRONG: &str = "urn:uuid:00000000-0000-4000-8000-000000000001";
const RIGHT: &str = "urn:uuid:00000000-0000-4000-8000-000000000002";

fn begins() -> String {
    event_text(
        "ObjectEvent",
        &format!(r#""action":"ADD","epcList":["{ITEM}"]"#),
    )
}

fn seen(rest: &str) -> String {
    event_text(
        "ObjectEvent",
        &format!(r#""action":"OBSERVE","bizStep":"storing","epcList":["{ITEM}"]{rest}"#),
    )
}

/// The observation declared wrong, with more inside of the declaration and beside it.
fn declared(inside: &str, beside: &str) -> String {
    let declaration = format!(
        r#","errorDeclaration":{{"declarationTime":"2026-03-05T10:00:00Z","reason":"did_not_occur"{inside}}}{beside}"#
    );
    seen(&declaration)
}

/// What became of a list: each record with its body, in order; all of them stand.
fn imported(network: &Network, list: &[Event]) -> Vec<(RecordRef, Body, SectionBody)> {
    let mut pending = network.pending();
    assert_eq!(network.try_all(list, &pending), []);
    let mut all = Vec::new();
    for (block, sections) in network.sign_all(list, &mut pending) {
        let opened = network.open(&block, &sections);
        for ((at, record), section) in block.located().zip(opened) {
            assert_eq!(pending.outcome(&at), Some(&Outcome::Applied), "{at}");
            all.push((at, record.body().clone(), section));
        }
    }
    all
}

#[test]
fn a_declaration_with_its_correctives_becomes_a_correction_and_comes_back() {
    let network = Network::new();
    let list = events(
        &[
            begins(),
            seen(&format!(r#","eventID":"{WRONG}""#)),
            seen(&format!(r#","eventID":"{RIGHT}","disposition":"damaged""#)),
            declared(
                &format!(r#","correctiveEventIDs":["{RIGHT}"],"ex:by":"lab""#),
                &format!(r#","eventID":"{WRONG}""#),
            ),
        ]
        .join(","),
    );
    let all = imported(&network, &list);
    let (_, body, section) = all.last().unwrap();
    let Body::Correct {
        when,
        of,
        reason,
        correctives,
    } = body
    else {
        panic!("{body:?}");
    };
    assert_eq!((*of, correctives.as_slice()), (all[1].0, &[all[2].0][..]));
    assert_eq!(reason, "did_not_occur");
    // The time of the declaration, and not of what it declares wrong.
    assert_eq!(when.time.0, 1_772_704_800_000);
    assert_eq!(section.codes, ["(01)09506000134352(21)A1"]);
    assert_eq!(section.event, Some(list[3].write().to_string()));
}

#[test]
fn an_event_without_an_id_is_found_by_its_hash() {
    let network = Network::new();
    // The declaration repeats what was said; its own id is the hash that others compute.
    let hash = events(&seen(""))[0].hash_id(&Namespaces::default());
    for id in [String::new(), format!(r#","eventID":"{hash}""#)] {
        let list = events(&[begins(), seen(""), declared("", &id)].join(","));
        let all = imported(&network, &list);
        let (_, body, _) = all.last().unwrap();
        assert!(matches!(body, Body::Correct { of, .. } if *of == all[1].0));
    }
}

#[test]
fn every_record_of_a_large_event_is_corrected_and_names_three_others_at_most() {
    let network = Network::new();
    let many: Vec<String> = (0..500)
        .map(|n| format!(r#""urn:epc:id:sgtin:9506000.013435.S{n}""#))
        .collect();
    let many = |rest: &str| {
        event_text(
            "ObjectEvent",
            &format!(
                r#""action":"ADD","epcList":[{}],"eventID":"{WRONG}"{rest}"#,
                many.join(",")
            ),
        )
    };
    let ids: Vec<String> = (2..7)
        .map(|n| format!("urn:uuid:00000000-0000-4000-8000-00000000000{n}"))
        .collect();
    let mut list = vec![begins(), many("")];
    list.extend(ids.iter().map(|id| seen(&format!(r#","eventID":"{id}""#))));
    let ids: Vec<String> = ids.iter().map(|id| format!(r#""{id}""#)).collect();
    list.push(many(&format!(
        r#","errorDeclaration":{{"declarationTime":"2026-03-05T10:00:00Z","correctiveEventIDs":[{}]}}"#,
        ids.join(",")
    )));
    let all = imported(&network, &events(&list.join(",")));
    let corrections: Vec<_> = all
        .iter()
        .filter_map(|(_, body, _)| match body {
            Body::Correct {
                of,
                correctives,
                reason,
                ..
            } => Some((*of, correctives.len(), reason.as_str())),
            _ => None,
        })
        .collect();
    let (first, second) = (all[1].0, all[2].0);
    // The declaration gives no reason; the weaker of the standard's two stands in the field.
    let expected = [(first, 3), (first, 2), (second, 3), (second, 2)]
        .map(|(of, count)| (of, count, "incorrect_data"));
    assert_eq!(corrections, expected);
}

#[test]
fn a_declaration_about_nothing_known_is_named() {
    let network = Network::new();
    let pending = network.pending();
    let list = events(&declared("", &format!(r#","eventID":"{WRONG}""#)));
    let by = network.teller(&list);
    let author = Author {
        view: &pending,
        by: &by,
    };
    let unknown = |id: &str| Unmapped::EventUnknown { id: id.to_owned() };
    assert_eq!(records(&list[0], &author), Err(unknown(WRONG)));
    // What says it right is unknown: the place in the list is that of the declaration.
    let declared = declared(&format!(r#","correctiveEventIDs":["{RIGHT}"]"#), "");
    let list = events(&[begins(), seen(""), declared].join(","));
    let bad = network.try_all(&list, &pending);
    let [bad] = bad.as_slice() else {
        panic!("{bad:?}");
    };
    assert_eq!(bad.index, 2);
    assert_eq!(bad.why, Refused::Unmapped(unknown(RIGHT)));
}

#[test]
fn parties_that_the_import_names_can_open_its_sections() {
    let network = Network::new();
    let list = events(&begins());
    let mut pending = network.pending();
    for (block, sections) in network.sign_all(&list, &mut pending) {
        let ours = network.open_as(0, &block, &sections);
        assert_eq!(network.open_as(1, &block, &sections), ours);
        assert_eq!(ours[0].event, Some(list[0].write().to_string()));
    }
}

#[test]
fn a_correction_of_the_app_is_the_declaration_that_it_implies() {
    let network = Network::new();
    let list = events(
        &[
            begins(),
            seen(""),
            seen(&format!(r#","eventID":"{RIGHT}""#)),
        ]
        .join(","),
    );
    let all = imported(&network, &list);
    let when = When {
        time: chopmark_core::TimeMs(1_772_704_800_000),
        tz: chopmark_core::TzMinutes::new(480).unwrap(),
    };
    for (reason, expected) in [
        ("did_not_occur", r#""reason":"did_not_occur""#),
        ("mistyped", r#""chopmark:reason":"mistyped""#),
    ] {
        let body = Body::Correct {
            when,
            of: all[1].0,
            reason: reason.to_owned(),
            correctives: vec![all[2].0],
        };
        let subject = chopmark_epcis::code(ITEM)
            .unwrap()
            .subject(&network.pending().network(), &network.members[0]);
        let draft = RecordDraft::new(body, vec![subject]).citing(vec![all[1].0, all[2].0]);
        let block = network.write_first(&draft);
        let section = SectionBody::default();
        let opened = |record| Opened {
            at: RecordRef {
                block: block.id(),
                index: 0,
            },
            record,
            author: network.members[0],
            section: &section,
        };
        let opened = opened(&block.records()[0]);
        let known = CompanyPrefixes::default();
        let style = Style {
            form: Form::Link,
            host: HOST,
            known: &known,
        };
        // Alone it is no event: what it corrects is another record's.
        assert_eq!(event(&opened, &style), Err(Unwritten::NoEvent));
        let made = declaration(&opened, &list[1], &list[2..]).unwrap();
        let text = made.write().to_string();
        assert!(text.contains(expected), "{text}");
        assert!(
            text.contains(r#""declarationTime":"2026-03-05T18:00:00.000+08:00""#),
            "{text}"
        );
        assert!(
            text.contains(&format!(r#""correctiveEventIDs":["{RIGHT}"]"#)),
            "{text}"
        );
        // It has the name of what it declares wrong, and whoever reads it finds that.
        let names = Namespaces::default();
        let hash = list[1].hash_id(&names);
        assert!(text.contains(&format!(r#""eventID":"{hash}""#)), "{text}");
        assert_eq!(made.hash_id(&names), hash);
    }
}
