//! Events that are several records come out once, and events that were said twice come out twice.

use crate::making::all;
use crate::network::{Network, event as event_text, events};
use chopmark_core::{MemberId, Record, RecordRef, SectionBody};
use chopmark_exchange::{Once, Opened};

type Told = (RecordRef, Record, SectionBody);

/// The events that an export of these records has, in their order.
fn exported<'r>(records: impl IntoIterator<Item = (MemberId, &'r Told)>) -> Vec<&'r str> {
    let mut once = Once::default();
    let mut found = Vec::new();
    for (author, (at, record, section)) in records {
        let opened = Opened {
            at: *at,
            record,
            author,
            section,
        };
        if once.is_first(&opened) {
            found.push(section.event.as_deref().unwrap());
        }
    }
    found
}

/// An event of a thousand things: three records, and more than one block.
fn many(action: &str, more: &str) -> String {
    let items: Vec<String> = (0..1000)
        .map(|n| format!(r#""urn:epc:id:sgtin:9506000.013435.S{n}""#))
        .collect();
    let items = items.join(",");
    event_text(
        "ObjectEvent",
        &format!(r#""action":"{action}","epcList":[{items}]{more}"#),
    )
}

/// Only neighbours used to be compared, so what stood between the parts doubled the event.
#[test]
fn an_event_of_several_blocks_is_one_whatever_lies_between() {
    let network = Network::new();
    let us = network.members[0];
    let other = event_text(
        "ObjectEvent",
        r#""action":"ADD","epcList":["urn:epc:id:sgtin:9506000.013435.A1"]"#,
    );
    let records = all(&network, &events(&[many("ADD", ""), other].join(",")));
    let blocks: Vec<_> = records.iter().map(|(at, ..)| at.block).collect();
    assert_eq!(records.len(), 4);
    assert_ne!(blocks[0], blocks[2], "one block held all of it");
    let between = [0, 1, 3, 2].map(|index| (us, &records[index]));
    let texts = [0, 3].map(|index| records[index].2.event.as_deref().unwrap());
    assert_eq!(exported(between), texts);
}

/// They used to come out as one.
#[test]
fn two_events_that_say_the_same_stay_two() {
    let network = Network::new();
    let [us, other] = network.members[..] else {
        panic!("two members");
    };
    let seen = event_text(
        "ObjectEvent",
        r#""action":"OBSERVE","epcList":["urn:epc:id:sgtin:9506000.013435.S1"]"#,
    );
    let look = many("OBSERVE", "");
    let list = [many("ADD", ""), seen.clone(), seen, look.clone(), look];
    let records = all(&network, &events(&list.join(",")));
    assert_eq!(records.len(), 3 + 2 + 6);
    let in_order = records.iter().map(|record| (us, record));
    assert_eq!(exported(in_order).len(), 5);
    // Two imports at the same time: first part, first part, second part and so on.
    let mixed = [5, 8, 6, 9, 7, 10].map(|index| (us, &records[index]));
    assert_eq!(exported(mixed).len(), 2);
    // Of some things alone, not every part is looked at.
    let some = [6, 7, 9].map(|index| (us, &records[index]));
    assert_eq!(exported(some).len(), 2);
    // Two members that say the same are two who say it.
    let both = [us, other].map(|author| (author, &records[3]));
    assert_eq!(exported(both).len(), 2);
}

#[test]
fn a_declaration_about_a_large_event_is_one() {
    let network = Network::new();
    let us = network.members[0];
    let declared = r#","errorDeclaration":{"declarationTime":"2026-03-05T10:00:00Z","reason":"did_not_occur"}"#;
    let list = [many("ADD", ""), many("ADD", declared)];
    let records = all(&network, &events(&list.join(",")));
    assert_eq!(records.len(), 6);
    let in_order = records.iter().map(|record| (us, record));
    assert_eq!(exported(in_order).len(), 2);
}
