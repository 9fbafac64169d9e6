//! What fits into a block, and what every block has to carry.

use crate::network::{Network, event, events, jurisdiction};
use chopmark_core::{Audience, Kind, Outcome};

fn item(serial: impl std::fmt::Display) -> String {
    format!(r#""urn:epc:id:sgtin:9506000.013435.{serial}""#)
}

/// One item made into so many.
fn made(number: usize, outputs: usize) -> String {
    let outputs: Vec<String> = (0..outputs)
        .map(|n| format!(r#""urn:epc:id:sgtin:9506000.013437.O{number}x{n}""#))
        .collect();
    event(
        "TransformationEvent",
        &format!(
            r#""bizStep":"commissioning","inputEPCList":[{}],"outputEPCList":[{}]"#,
            item(format!("I{number}")),
            outputs.join(",")
        ),
    )
}

fn begun(count: usize) -> String {
    let items: Vec<String> = (0..count).map(|n| item(format!("I{n}"))).collect();
    event(
        "ObjectEvent",
        &format!(r#""action":"ADD","epcList":[{}]"#, items.join(",")),
    )
}

fn assert_all_stand(network: &Network, list: &str) -> usize {
    let list = events(list);
    let mut pending = network.pending();
    assert_eq!(network.try_all(&list, &pending), []);
    let blocks = network.sign_all(&list, &mut pending);
    for (block, _) in &blocks {
        for (at, _) in block.located() {
            assert_eq!(pending.outcome(&at), Some(&Outcome::Applied));
        }
    }
    blocks.len()
}

/// What comes out of a transformation was not counted: a hundred of them were put into one block,
/// which was too large, and the import ended without naming an event.
#[test]
fn transformations_of_many_outputs_take_as_many_blocks_as_they_need() {
    let mut list = vec![begun(200)];
    list.extend((0..200).map(|number| made(number, 10)));
    let blocks = assert_all_stand(&Network::new(), &list.join(","));
    assert!(blocks > 2, "{blocks}");
}

/// Nor was counted whom a record tells, in each of its names of a section.
#[test]
fn records_that_tell_many_members_take_as_many_blocks_as_they_need() {
    let observed = |n| {
        let items = format!(r#""epcList":[{}]"#, item(format!("I{n}")));
        event("ObjectEvent", &format!(r#""action":"OBSERVE",{items}"#))
    };
    let mut list = vec![begun(300)];
    list.extend((0..300).map(observed));
    let blocks = assert_all_stand(&Network::telling(20), &list.join(","));
    assert!(blocks > 3, "{blocks}");
}

/// An import told regulators nothing, so that a network whose policy asks for it refused the whole.
#[test]
fn regulators_are_told_what_the_policy_asks_for() {
    let kinds = [Kind::Commission, Kind::Transform, Kind::Observe, Kind::Pack];
    let network = Network::supervising(&kinds);
    let case = r#""urn:epc:id:sscc:9506000.1234567890""#;
    let list = [
        begun(1),
        made(0, 2),
        event(
            "ObjectEvent",
            &format!(r#""action":"ADD","epcList":[{case}]"#),
        ),
        event(
            "AggregationEvent",
            &format!(
                r#""action":"ADD","parentID":{case},"childEPCs":["urn:epc:id:sgtin:9506000.013437.O0x0"]"#
            ),
        ),
        event(
            "ObjectEvent",
            &format!(r#""action":"OBSERVE","epcList":[{case}]"#),
        ),
    ];
    let list = events(&list.join(","));
    let mut pending = network.pending();
    assert_eq!(network.try_all(&list, &pending), []);
    let mut told = Vec::new();
    for (block, sections) in network.sign_all(&list, &mut pending) {
        for (at, record) in block.located() {
            assert_eq!(pending.outcome(&at), Some(&Outcome::Applied));
            let audience = record.sections()[1].audience();
            assert_eq!(*audience, Audience::Regulators(jurisdiction()));
        }
        told.extend(network.open_as_regulator(&block, &sections));
    }
    let texts: Vec<Option<String>> = told.into_iter().map(|body| body.event).collect();
    let expected: Vec<Option<String>> = list
        .iter()
        .map(|event| Some(event.write().to_string()))
        .collect();
    assert_eq!(texts, expected);
}
