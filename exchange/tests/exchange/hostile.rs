//! What is at the limits, or made to mislead: kept exactly in the event, and never shown as it is.

use crate::network::{Network, event as event_text, events};
use chopmark_core::{Body, SectionBody, When};

const ITEM: &str = r#""epcList":["urn:epc:id:sgtin:9506000.013435.A1"]"#;

/// The first record of an import, and its section.
fn first(text: &str) -> (Body, SectionBody) {
    let network = Network::new();
    let list = events(text);
    let mut pending = network.pending();
    assert_eq!(network.try_all(&list, &pending), []);
    let (block, sections) = network.sign_all(&list, &mut pending).remove(0);
    let section = network.open(&block, &sections).remove(0);
    // Nothing of it is lost, whatever screens show.
    assert_eq!(section.event, Some(list[0].write().to_string()));
    (block.records()[0].body().clone(), section)
}

#[test]
fn names_that_mislead_stay_in_the_event_and_reach_no_screen() {
    for (name, is_shown) in [
        ("Tea 500 g 茶", true),
        // A Cyrillic letter that looks Latin.
        ("T\u{0435}a", false),
        // Overrides, isolates and marks of direction.
        ("\u{202e}aeT", false),
        ("\u{2066}Tea\u{2069}", false),
        ("Tea\u{200f}", false),
        // Nothing to see.
        ("Te\u{200b}a", false),
    ] {
        let (_, section) = first(&event_text(
            "ObjectEvent",
            &format!(r#""action":"ADD",{ITEM},"ilmd":{{"chopmark:product":"{name}"}}"#),
        ));
        assert_eq!(section.product.is_some(), is_shown, "{name:?}");
        assert!(section.event.unwrap().contains(name), "{name:?}");
    }
}

#[test]
fn the_widest_zones_and_a_leap_second_become_times_of_records() {
    let of = |time: &str, zone: &str| {
        let text = format!(
            r#"{{"type":"ObjectEvent","eventTime":"{time}","eventTimeZoneOffset":"{zone}","action":"ADD",{ITEM}}}"#
        );
        let (body, section) = first(&text);
        assert!(section.event.unwrap().contains(time));
        let Some(When { time, tz }) = body.when() else {
            panic!("{body:?}");
        };
        (time.0, tz.minutes())
    };
    let noon = 1_772_452_800_000;
    assert_eq!(of("2026-03-02T12:00:00Z", "+14:00"), (noon, 840));
    assert_eq!(of("2026-03-03T02:00:00+14:00", "+14:00"), (noon, 840));
    assert_eq!(of("2026-03-01T22:00:00-14:00", "-14:00"), (noon, -840));
    // The ledger counts no leap seconds: it is the second before.
    let before_2017 = 1_483_228_799_000;
    assert_eq!(of("2016-12-31T23:59:60Z", "+00:00"), (before_2017, 0));
}

#[test]
fn amounts_beyond_what_the_ledger_counts_stay_in_the_event() {
    for amount in [
        "1e300",
        "0.0000000000000000000000001",
        "99999999999999999999999999",
    ] {
        let list = format!(
            r#""action":"ADD","quantityList":[{{"epcClass":"urn:epc:class:lgtin:9506000.013435.L1","quantity":{amount},"uom":"KGM"}}]"#
        );
        let (body, section) = first(&event_text("ObjectEvent", &list));
        assert!(
            matches!(body, Body::Commission { quantity: None, .. }),
            "{amount}"
        );
        assert_eq!(section.quantities, []);
        assert!(section.event.unwrap().contains(amount));
    }
}

#[test]
fn what_others_nest_deep_is_kept() {
    // Document, body, list and event are four levels of the sixty-four.
    let deep = format!("{}{}", "[".repeat(60), "]".repeat(60));
    let text = event_text(
        "ObjectEvent",
        &format!(r#""action":"ADD",{ITEM},"ex:deep":{deep}"#),
    );
    let (_, section) = first(&text);
    assert!(section.event.unwrap().contains(&deep));
}
