//! An import that is cut short and begun again with the same file.

use crate::network::{HOST, Network, event as event_text, events};
use chopmark_core::{Body, Pending, Record, RecordRef, SectionBody, StateView as _, SubjectId};
use chopmark_epcis::{CompanyPrefixes, Event, Form};
use chopmark_exchange::{Author, Earlier, Once, Opened, Style, Suspects, event};

/// Events that are looked for in one go.
const AT_ONCE: usize = 3;

pub(crate) type Written = (RecordRef, Record, SectionBody);

/// How many records a thing has, whether it is packed, and whether it has ended.
type Standing = (SubjectId, u64, bool, bool);

fn item(n: usize) -> String {
    format!(r#""urn:epc:id:sgtin:9506000.013435.S{n}""#)
}

fn items(range: std::ops::Range<usize>) -> String {
    let items: Vec<String> = range.map(item).collect();
    items.join(",")
}

/// A file of several blocks: events of more things than a block takes, the same event twice, what
/// is packed and taken out as a whole, and a declaration.
fn file() -> Vec<Event> {
    let object = |rest: &str| event_text("ObjectEvent", rest);
    let case = "urn:epc:id:sscc:9506000.1234567890";
    let add = object(&format!(r#""action":"ADD","epcList":[{}]"#, items(0..1500)));
    let begun = object(&format!(r#""action":"ADD","epcList":["{case}"]"#));
    let pack = event_text(
        "AggregationEvent",
        &format!(
            r#""action":"ADD","parentID":"{case}","childEPCs":[{}]"#,
            items(0..900)
        ),
    );
    let empty = event_text(
        "AggregationEvent",
        &format!(r#""action":"DELETE","parentID":"{case}""#),
    );
    let look = object(&format!(
        r#""action":"OBSERVE","bizStep":"storing","epcList":[{}]"#,
        items(0..1500)
    ));
    let one = object(&format!(r#""action":"OBSERVE","epcList":[{}]"#, item(7)));
    let wrong = object(&format!(
        r#""action":"OBSERVE","epcList":[{}],"errorDeclaration":{{"declarationTime":"2026-03-05T10:00:00Z"}}"#,
        item(7)
    ));
    let end = object(&format!(
        r#""action":"DELETE","epcList":[{}]"#,
        items(0..1500)
    ));
    let list = [add, begun, pack, one.clone(), empty, look, one, end, wrong];
    events(&list.join(","))
}

/// The records of blocks that stand, with what they say.
pub(crate) fn written(
    network: &Network,
    blocks: &[(
        chopmark_core::VerifiedBlock,
        Vec<chopmark_core::SealedSection>,
    )],
) -> Vec<Written> {
    let each = blocks.iter().flat_map(|(block, sections)| {
        let opened = network.open(block, sections);
        let records = block.located().zip(opened);
        records.map(|((at, record), section)| (at, record.clone(), section))
    });
    each.collect()
}

pub(crate) fn opened<'a>(network: &Network, (at, record, section): &'a Written) -> Opened<'a> {
    Opened {
        at: *at,
        record,
        author: network.members[0],
        section,
    }
}

/// What a peer does: the events that are missing, and on which knowledge they are signed.
pub(crate) fn go_on(
    network: &Network,
    mut events: Vec<Event>,
    pending: &mut Pending<'_>,
    before: &[Written],
) -> (usize, Vec<Written>) {
    let known = CompanyPrefixes::default();
    let style = Style {
        form: Form::Link,
        host: HOST,
        known: &known,
    };
    let mut by = network.teller(&events);
    let said = |written: &Written| event(&opened(network, written), &style).unwrap();
    for written in before {
        by.recorded
            .learn(&said(written), written.0, written.1.subjects());
        if let Body::Correct { of, .. } = written.1.body() {
            by.parts.withdraw(of);
        }
        by.parts
            .learn(&said(written), (written.0, written.1.kind()));
    }
    let mut earlier = Earlier::default();
    let mut learned = std::collections::BTreeSet::new();
    let mut there: Vec<usize> = by.parts.recorded_among(&events).into_iter().collect();
    for (window, first) in events.chunks(AT_ONCE).zip((0..).step_by(AT_ONCE)) {
        let author = Author {
            view: &*pending,
            by: &by,
        };
        let suspects = Suspects::among(window, first, &author);
        let subjects: Vec<SubjectId> = suspects.subjects().copied().collect();
        for written in before {
            let touches = written.1.subjects().iter().any(|of| subjects.contains(of));
            if touches && suspects.may_be(&written.1) && learned.insert(written.0) {
                earlier.learn(&said(written), &written.1);
            }
        }
        there.extend(earlier.settle(suspects, &mut by.begun));
    }
    let mut index = 0..;
    events.retain(|_| !there.contains(&index.next().unwrap()));
    let blocks = network.sign_some((&events, usize::MAX), by, pending);
    (there.len(), written(network, &blocks))
}

/// How often each event was said, and how things are now.
fn end_state(
    network: &Network,
    pending: &Pending<'_>,
    records: &[Written],
) -> (Vec<String>, Vec<Standing>) {
    let mut once = Once::default();
    let said = records
        .iter()
        .filter(|written| once.is_first(&opened(network, written)))
        .map(|(_, _, section)| section.event.clone().unwrap());
    let mut said: Vec<String> = said.collect();
    said.sort();
    let things = pending.subjects().map(|(id, state)| {
        let ended = state.decommissioned_by().is_some();
        (*id, state.count(), state.inside().is_some(), ended)
    });
    (said, things.collect())
}

/// Every event of it used to be refused the second time, so that what was missing could not be
/// told from what was there.
#[test]
fn an_import_that_was_cut_short_goes_on_with_what_is_missing() {
    let network = Network::new();
    let list = file();
    let mut pending = network.pending();
    assert_eq!(network.try_all(&list, &pending), []);
    let all = network.sign_all(&list, &mut pending);
    let all = written(&network, &all);
    let expected = end_state(&network, &pending, &all);
    assert_eq!(expected.0.len(), list.len());
    let blocks: Vec<_> = all.iter().map(|(at, ..)| at.block).collect();
    let count = blocks.chunk_by(|a, b| a == b).count();
    assert!(count > 6, "{count} blocks are too few to be cut between");
    let mut there = Vec::new();
    for most in 0..=count {
        let mut pending = network.pending();
        let first = (list.as_slice(), most);
        let first = network.sign_some(first, network.teller(&list), &mut pending);
        let mut records = written(&network, &first);
        let (found, rest) = go_on(&network, list.clone(), &mut pending, &records);
        records.extend(rest);
        let state = end_state(&network, &pending, &records);
        assert!(state == expected, "cut after {most} blocks");
        there.push(found);
    }
    assert!(there.is_sorted(), "{there:?}");
    assert_eq!((there[0], there[count]), (0, list.len()));
}

/// An id is its writer's to choose, and what it says is what counts.
#[test]
fn other_words_under_the_same_id_are_another_event() {
    let network = Network::new();
    let begun = event_text(
        "ObjectEvent",
        &format!(r#""action":"ADD","epcList":[{}]"#, item(1)),
    );
    let look = |step: &str, id: &str| {
        event_text(
            "ObjectEvent",
            &format!(
                r#""action":"OBSERVE","bizStep":"{step}","epcList":[{}],"eventID":"urn:uuid:00000000-0000-4000-8000-00000000000{id}""#,
                item(1)
            ),
        )
    };
    let mut pending = network.pending();
    let first = events(&[begun, look("storing", "1")].join(","));
    let before = network.sign_all(&first, &mut pending);
    let before = written(&network, &before);
    let again = [look("storing", "2"), look("inspecting", "1")].join(",");
    let (there, rest) = go_on(&network, events(&again), &mut pending, &before);
    assert_eq!((there, rest.len()), (1, 1));
    assert!(rest[0].2.event.as_deref().unwrap().contains("inspecting"));
}
