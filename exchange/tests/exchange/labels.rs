//! What whoever holds the label of a thing reads of it.

use crate::network::{Network, event, events};
use chopmark_core::{Audience, Kind, Opener, StateView as _};
use chopmark_epcis::code;

fn epcs(count: usize) -> Vec<String> {
    let epc = |n| format!("urn:epc:id:sgtin:9506000.013435.L{n}");
    (0..count).map(epc).collect()
}

fn quoted(epcs: &[String]) -> String {
    let quoted: Vec<String> = epcs.iter().map(|epc| format!(r#""{epc}""#)).collect();
    quoted.join(",")
}

const TEA: &str = r#""ilmd":{"chopmark:product":"Tea"}"#;

/// The names that the labels of these things open, of each thing one.
fn names(network: &Network, list: &str, things: &[String]) -> Vec<Option<String>> {
    let mut pending = network.pending();
    let list = events(list);
    assert_eq!(network.try_all(&list, &pending), []);
    let blocks = network.sign_all(&list, &mut pending);
    let name = |epc: &String| {
        let code = code(epc).unwrap();
        let opener = Opener::new(pending.network()).with_code(&code, &network.members[0]);
        blocks.iter().find_map(|(block, sealed)| {
            let opener = opener.of(block);
            (0..).zip(block.records()).find_map(|(at, record)| {
                let labels = (0..).zip(record.sections());
                let labels =
                    labels.filter(|(_, of)| matches!(of.audience(), Audience::Label { .. }));
                labels.into_iter().find_map(|(index, section)| {
                    let sealed = sealed.iter().find(|of| of.hash == section.hash())?;
                    opener.open(at, index, &sealed.bytes).ok()?.product
                })
            })
        })
    };
    things.iter().map(name).collect()
}

#[test]
fn a_product_is_named_on_the_labels_of_what_begins_as_far_as_a_record_has_room() {
    let begun = |count| {
        let things = format!(
            r#""action":"ADD","epcList":[{}],{TEA}"#,
            quoted(&epcs(count))
        );
        event("ObjectEvent", &things)
    };
    let tea = Some("Tea".to_owned());
    let full = names(&Network::new(), &begun(15), &epcs(15));
    assert_eq!(full, vec![tea.clone(); 15]);
    assert_eq!(
        names(&Network::new(), &begun(16), &epcs(16)),
        vec![None; 16]
    );
    // Authorities have to be told, and take one of the sections.
    let told = || Network::supervising(&[Kind::Commission]);
    assert_eq!(names(&told(), &begun(14), &epcs(14)), vec![tea.clone(); 14]);
    assert_eq!(names(&told(), &begun(15), &epcs(15)), vec![None; 15]);

    let made = event(
        "TransformationEvent",
        &format!(
            r#""bizStep":"commissioning","inputEPCList":[{}],"outputEPCList":["urn:epc:id:sgtin:9506000.013437.M1"],{TEA}"#,
            quoted(&epcs(2))
        ),
    );
    let plain = format!(r#""action":"ADD","epcList":[{}]"#, quoted(&epcs(2)));
    let list = format!("{},{made}", event("ObjectEvent", &plain));
    let mut things = epcs(1);
    things.push("urn:epc:id:sgtin:9506000.013437.M1".to_owned());
    assert_eq!(names(&Network::new(), &list, &things), [None, tea]);
}
