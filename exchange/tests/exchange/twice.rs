//! Events that name a thing twice. The record of one was refused where its block was built, and the
//! import ended without naming it, also when bad events were to be left out.

use crate::making::all;
use crate::network::{Network, event as event_text, events};
use chopmark_core::{Body, Code, Kind, Outcome, Output, Quantity, Record};
use chopmark_exchange::{Refused, Unmapped};

const FLOUR: &str = "urn:epc:class:lgtin:9506000.013435.L1";
const BREAD: &str = "urn:epc:class:lgtin:9506000.013436.L2";
const BOX: &str = "urn:epc:id:sgtin:9506000.013437.A1";
const CASE: &str = "urn:epc:id:sscc:9506000.1234567890";
const CRATE: &str = "urn:epc:id:grai:9506000.01343.7";
const TOOL: &str = "urn:epc:id:giai:9506000.S7";

fn code(urn: &str) -> Code {
    chopmark_epcis::code(urn).unwrap()
}

/// Entries of a list of quantities.
fn portions(parts: &[(&str, &str, &str)]) -> String {
    let each = parts.iter().map(|(class, amount, unit)| {
        format!(r#"{{"epcClass":"{class}","quantity":{amount},"uom":"{unit}"}}"#)
    });
    each.collect::<Vec<_>>().join(",")
}

fn object(action: &str, epcs: &[&str], quantities: &[(&str, &str, &str)]) -> String {
    let epcs: Vec<String> = epcs.iter().map(|epc| format!("{epc:?}")).collect();
    let (epcs, quantities) = (epcs.join(","), portions(quantities));
    event_text(
        "ObjectEvent",
        &format!(r#""action":"{action}","epcList":[{epcs}],"quantityList":[{quantities}]"#),
    )
}

fn made(inputs: &[(&str, &str, &str)], outputs: &[(&str, &str, &str)]) -> String {
    let (inputs, outputs) = (portions(inputs), portions(outputs));
    event_text(
        "TransformationEvent",
        &format!(r#""inputQuantityList":[{inputs}],"outputQuantityList":[{outputs}]"#),
    )
}

/// The parent and a child, which may be the same.
fn joined(kind: &str, action: &str, parent: &str, child: &str) -> String {
    let epcs = match kind {
        "TransactionEvent" => {
            r#""bizTransactionList":[{"type":"po","bizTransaction":"urn:epcglobal:cbv:bt:9506000013435:PO1"}],"epcList""#
        }
        _ => r#""childEPCs""#,
    };
    event_text(
        kind,
        &format!(r#""action":"{action}","parentID":"{parent}",{epcs}:["{parent}","{child}"]"#),
    )
}

/// What everything here is about.
fn begun() -> String {
    object("ADD", &[BOX, CASE, CRATE, TOOL], &[(FLOUR, "200", "KGM")])
}

fn kilos(amount: &str) -> Quantity {
    Quantity::new(amount.parse().unwrap(), "KGM".parse().unwrap())
}

/// The amounts of a record: of a transformation what goes in, comes out and is lost.
fn amounts(record: &Record) -> Vec<Quantity> {
    match record.body() {
        Body::Commission { quantity, .. } => quantity.iter().copied().collect(),
        Body::Transform {
            inputs,
            outputs,
            losses,
            ..
        } => {
            let inputs = inputs.iter().flatten().copied();
            let outputs = outputs.iter().filter_map(Output::quantity);
            inputs
                .chain(outputs)
                .chain(losses.iter().copied())
                .collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn a_batch_that_begins_in_parts_has_all_of_them() {
    let network = Network::new();
    let parts = [(FLOUR, "100", "KGM"), (FLOUR, "20.5", "KGM")];
    let records = all(&network, &events(&object("ADD", &[], &parts)));
    let [(_, record, _)] = records.as_slice() else {
        panic!("{records:?}");
    };
    assert_eq!(amounts(record), [kilos("120.5")]);
}

#[test]
fn a_batch_that_goes_in_and_comes_out_in_parts_is_one_of_each() {
    let network = Network::new();
    let baked = made(
        &[(FLOUR, "60", "KGM"), (FLOUR, "40", "KGM")],
        &[(BREAD, "50", "KGM"), (BREAD, "45", "KGM")],
    );
    let records = all(&network, &events(&[begun(), baked].join(",")));
    let (_, record, _) = records.last().unwrap();
    assert_eq!(record.subjects().len(), 2);
    assert_eq!(amounts(record), [kilos("100"), kilos("95"), kilos("5")]);
}

#[test]
fn a_parent_that_is_seen_among_its_children_is_seen_once() {
    let network = Network::new();
    let seen = [
        joined("AggregationEvent", "OBSERVE", CASE, BOX),
        joined("AssociationEvent", "OBSERVE", CRATE, TOOL),
        joined("TransactionEvent", "ADD", CASE, BOX),
        // A batch as an item and with its amount.
        event_text(
            "AggregationEvent",
            &format!(
                r#""action":"OBSERVE","childEPCs":["{FLOUR}"],"childQuantityList":[{}]"#,
                portions(&[(FLOUR, "20", "KGM"), (FLOUR, "10", "KGM")])
            ),
        ),
    ];
    let list = [vec![begun()], seen.to_vec()].concat();
    let records = all(&network, &events(&list.join(",")));
    let seen = records
        .iter()
        .filter(|(_, record, _)| record.kind() == Kind::Observe);
    let named: Vec<Vec<String>> = seen.map(|(_, _, section)| section.codes.clone()).collect();
    let text = |urns: &[&str]| -> Vec<String> {
        let codes = urns.iter().map(|urn| code(urn).element_string().to_owned());
        codes.collect()
    };
    let expected = [
        text(&[CASE, BOX]),
        text(&[CRATE, TOOL]),
        text(&[CASE, BOX]),
        text(&[FLOUR]),
    ];
    assert_eq!(named, expected);
}

#[test]
fn what_has_no_clear_meaning_is_named_and_everything_else_goes_in() {
    let network = Network::new();
    let last = || object("OBSERVE", &[BOX, CASE], &[]);
    let named = |urn: &str, make: fn(Code) -> Unmapped| make(code(urn));
    let in_itself = |code| Unmapped::InItself { code };
    let both_sides = |code| Unmapped::BothSides { code };
    let amounts = |code| Unmapped::Amounts { code };
    let not_counted = |code| Unmapped::NotCounted { code };
    let cases = [
        (
            joined("AggregationEvent", "ADD", CASE, BOX),
            named(CASE, in_itself),
        ),
        (
            joined("AggregationEvent", "DELETE", CASE, BOX),
            named(CASE, in_itself),
        ),
        (
            joined("AssociationEvent", "ADD", CRATE, TOOL),
            named(CRATE, in_itself),
        ),
        (
            joined("AssociationEvent", "DELETE", CRATE, TOOL),
            named(CRATE, in_itself),
        ),
        (
            made(&[(FLOUR, "60", "KGM")], &[(FLOUR, "40", "KGM")]),
            named(FLOUR, both_sides),
        ),
        (
            made(
                &[(FLOUR, "60", "KGM"), (FLOUR, "1", "GRM")],
                &[(BREAD, "40", "KGM")],
            ),
            named(FLOUR, amounts),
        ),
        (
            object("ADD", &[], &[(BREAD, "60", "KGM"), (BREAD, "1", "GRM")]),
            named(BREAD, amounts),
        ),
        // What the ledger cannot count with makes the sum unknown.
        (
            object("ADD", &[], &[(BREAD, "60", "KGM"), (BREAD, "1e90", "KGM")]),
            named(BREAD, amounts),
        ),
        (
            object(
                "ADD",
                &[],
                &[("urn:epc:id:sgtin:9506000.013437.A2", "60", "KGM")],
            ),
            named("urn:epc:id:sgtin:9506000.013437.A2", not_counted),
        ),
        (
            object(
                "ADD",
                &[],
                &[("urn:epc:id:sscc:9506000.1234567891", "1", "H87")],
            ),
            named("urn:epc:id:sscc:9506000.1234567891", not_counted),
        ),
        (
            object(
                "ADD",
                &[],
                &[("urn:epc:id:grai:9506000.01343.8", "1", "H87")],
            ),
            named("urn:epc:id:grai:9506000.01343.8", not_counted),
        ),
        (
            made(&[(BOX, "1", "H87")], &[(BREAD, "40", "KGM")]),
            named(BOX, not_counted),
        ),
    ];
    for (bad, why) in cases {
        let mut list = events(&[begun(), bad.clone(), last()].join(","));
        let mut pending = network.pending();
        let found = network.try_all(&list, &pending);
        let found: Vec<(usize, &Refused)> = found.iter().map(|bad| (bad.index, &bad.why)).collect();
        assert_eq!(found, [(1, &Refused::Unmapped(why))], "{bad}");
        list.remove(1);
        for (block, _) in network.sign_all(&list, &mut pending) {
            for (at, _) in block.located() {
                assert_eq!(pending.outcome(&at), Some(&Outcome::Applied));
            }
        }
    }
}
