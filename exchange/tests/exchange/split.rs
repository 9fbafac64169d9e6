//! Transformations that are told by several events, and such of goods without a batch.

use chopmark_core::{Audience, Body, Kind, Opener, Output, Quantity, Record, StateView as _};
use chopmark_epcis::{Event, code};
use chopmark_exchange::{Unmapped, in_order};

use crate::earlier::{Written, go_on, written};
use crate::making::{all, assert_valid};
use crate::network::{Network, event as event_text, events};

const FLOUR: &str = "urn:epc:class:lgtin:9506000.013435.L1";
const YEAST: &str = "urn:epc:class:lgtin:9506000.013439.L5";
const BREAD: &str = "urn:epc:class:lgtin:9506000.013436.L2";
const ROLLS: &str = "urn:epc:class:lgtin:9506000.013438.L3";
const SALT: &str = "urn:epc:idpat:sgtin:9506000.013440.*";
const BOX: &str = "urn:epc:id:sgtin:9506000.013437.A1";
const ID: &str = "urn:epc:id:gdti:9506000.00001.77";

/// 200 kg of flour, 10 kg of yeast and a box.
fn begun() -> String {
    event_text(
        "ObjectEvent",
        &format!(
            r#""action":"ADD","quantityList":[{},{}],"epcList":["{BOX}"]"#,
            kilos(FLOUR, 200),
            kilos(YEAST, 10)
        ),
    )
}

fn kilos(class: &str, amount: u32) -> String {
    format!(r#"{{"epcClass":"{class}","quantity":{amount},"uom":"KGM"}}"#)
}

/// An event of the transformation, with what makes it another event than the others.
fn part(step: &str, rest: &str) -> String {
    event_text(
        "TransformationEvent",
        &format!(r#""bizStep":"{step}","transformationID":"{ID}",{rest}"#),
    )
}

fn takes(class: &str, amount: u32) -> String {
    part(
        "storing",
        &format!(r#""inputQuantityList":[{}]"#, kilos(class, amount)),
    )
}

fn gives(class: &str, amount: u32) -> String {
    part(
        "commissioning",
        &format!(r#""outputQuantityList":[{}]"#, kilos(class, amount)),
    )
}

fn list(of: &[String]) -> Vec<Event> {
    events(&of.join(","))
}

fn kinds(records: &[Written]) -> Vec<Kind> {
    records.iter().map(|(_, record, _)| record.kind()).collect()
}

/// How much a record says went in, came out and was lost.
fn told((_, record, _): &Written) -> Vec<Quantity> {
    let Body::Transform {
        inputs,
        outputs,
        losses,
        ..
    } = record.body()
    else {
        return Vec::new();
    };
    let outputs = outputs.iter().filter_map(Output::quantity);
    let stated = inputs.iter().flatten().copied().chain(outputs);
    stated.chain(losses.iter().copied()).collect()
}

fn weighed(amounts: &[&str]) -> Vec<Quantity> {
    let of = |amount: &&str| Quantity::new(amount.parse().unwrap(), "KGM".parse().unwrap());
    amounts.iter().map(of).collect()
}

fn names(record: &Record, network: &Network, urns: &[&str]) -> bool {
    let pending = network.pending();
    let subjects = urns.iter().map(|urn| {
        let code = code(urn).unwrap();
        code.subject(&pending.network(), &network.members[0])
    });
    subjects.collect::<Vec<_>>() == record.subjects()
}

#[test]
fn a_split_transformation_is_one_record_and_every_event_of_it_comes_back() {
    let network = Network::new();
    let list = list(&[
        begun(),
        takes(FLOUR, 100),
        part(
            "storing",
            &format!(
                r#""inputEPCList":["{BOX}"],"inputQuantityList":[{}]"#,
                kilos(YEAST, 2)
            ),
        ),
        gives(BREAD, 60),
        gives(ROLLS, 30),
    ]);
    let records = all(&network, &list);
    let of_parts = &records[records.len() - 4..];
    let expected = [Kind::Observe, Kind::Observe, Kind::Transform, Kind::Observe];
    assert_eq!(kinds(of_parts), expected);
    let made = &of_parts[2];
    assert!(names(&made.1, &network, &[BOX, FLOUR, YEAST, BREAD, ROLLS]));
    // 102 kg went in and 90 came out.
    let amounts = weighed(&["100", "2", "60", "30", "12"]);
    assert_eq!(told(made), amounts);
    let said = of_parts
        .iter()
        .map(|record| crate::making::written(&network, record));
    let said: Vec<Event> = said.collect();
    assert_eq!(said, list[1..]);
    assert_valid(&said);
}

#[test]
fn what_comes_out_follows_what_goes_in_wherever_it_stands_in_the_file() {
    let network = Network::new();
    let sorted = [
        begun(),
        takes(FLOUR, 100),
        takes(YEAST, 2),
        gives(BREAD, 60),
        gives(ROLLS, 42),
    ];
    let mixed: Vec<(Event, usize)> = [0, 3, 1, 2, 4]
        .iter()
        .map(|at| list(&sorted[*at..=*at]).remove(0))
        .zip(0..)
        .collect();
    let (ordered, places): (Vec<Event>, Vec<usize>) = in_order(mixed).into_iter().unzip();
    assert_eq!(ordered, list(&sorted));
    assert_eq!(places, [0, 2, 3, 1, 4]);
    assert_eq!(network.try_all(&ordered, &network.pending()), []);
    // Whole transformations stay where they are, under one id as under several.
    let whole = |amount: u32, made: &str| {
        let goes_in = kilos(FLOUR, amount);
        let comes_out = kilos(made, amount);
        part(
            "commissioning",
            &format!(r#""inputQuantityList":[{goes_in}],"outputQuantityList":[{comes_out}]"#),
        )
    };
    let both = list(&[begun(), whole(10, BREAD), whole(20, ROLLS)]);
    let kept = in_order(both.iter().cloned().zip(0..).collect());
    assert!(kept.iter().map(|(_, at)| *at).eq(0..3));
    let records = all(&network, &both);
    assert_eq!(told(&records[records.len() - 2]), weighed(&["10", "10"]));
    assert_eq!(told(&records[records.len() - 1]), weighed(&["20", "20"]));
}

/// Of a day's file the inputs, of the next day's the outputs; then a file with all of both and
/// what was new; then the same again.
#[test]
fn parts_that_were_recorded_before_are_joined_and_nothing_goes_in_twice() {
    let network = Network::new();
    let mut pending = network.pending();
    let monday = list(&[begun(), takes(FLOUR, 100)]);
    let (there, mut records) = go_on(&network, monday, &mut pending, &[]);
    assert_eq!(there, 0);
    let tuesday = list(&[takes(YEAST, 2), gives(BREAD, 60)]);
    let (there, made) = go_on(&network, tuesday, &mut pending, &records);
    assert_eq!(
        (there, kinds(&made)),
        (0, vec![Kind::Observe, Kind::Transform])
    );
    assert!(names(&made[1].1, &network, &[FLOUR, YEAST, BREAD]));
    assert_eq!(told(&made[1]), weighed(&["100", "2", "60", "42"]));
    records.extend(made);
    let week = [
        begun(),
        takes(FLOUR, 100),
        takes(YEAST, 2),
        gives(BREAD, 60),
        takes(FLOUR, 50),
        gives(ROLLS, 45),
    ];
    let (there, made) = go_on(&network, list(&week), &mut pending, &records);
    assert_eq!(
        (there, kinds(&made)),
        (4, vec![Kind::Observe, Kind::Transform])
    );
    assert!(names(&made[1].1, &network, &[FLOUR, ROLLS]));
    assert_eq!(told(&made[1]), weighed(&["50", "45", "5"]));
    records.extend(made);
    let (there, made) = go_on(&network, list(&week), &mut pending, &records);
    assert_eq!((there, made.len()), (week.len(), 0));
}

#[test]
fn outputs_without_inputs_are_named_and_inputs_alone_are_seen_until_they_follow() {
    let network = Network::new();
    let alone = list(&[begun(), gives(BREAD, 60)]);
    let bad = network.try_all(&alone, &network.pending());
    let unknown = Unmapped::InputsUnknown { id: ID.to_owned() };
    assert_eq!((bad.len(), bad[0].index), (1, 1));
    assert_eq!(bad[0].why, unknown.into());
    let records = all(&network, &list(&[begun(), takes(FLOUR, 100)]));
    assert_eq!(records.last().unwrap().1.kind(), Kind::Observe);
}

#[test]
fn an_event_of_it_that_a_file_has_twice_goes_in_once() {
    let network = Network::new();
    let twice = list(&[
        begun(),
        takes(FLOUR, 100),
        takes(FLOUR, 100),
        gives(BREAD, 100),
    ]);
    let records = all(&network, &twice);
    assert_eq!(told(records.last().unwrap()), weighed(&["100", "100"]));
}

/// A wrong input is said again: only what is right went in, in one file and in two.
#[test]
fn inputs_that_are_declared_wrong_do_not_go_in() {
    let network = Network::new();
    let wrong = takes(FLOUR, 100).replace(
        r#""bizStep""#,
        r#""errorDeclaration":{"declarationTime":"2026-03-05T10:00:00Z"},"bizStep""#,
    );
    let file = [
        begun(),
        takes(FLOUR, 100),
        takes(FLOUR, 120),
        gives(BREAD, 120),
        wrong.clone(),
    ];
    let mut pending = network.pending();
    let (_, whole) = go_on(&network, list(&file), &mut pending, &[]);
    let made = whole
        .iter()
        .find(|(_, record, _)| record.kind() == Kind::Transform);
    assert_eq!(told(made.unwrap()), weighed(&["120", "120"]));
    let mut pending = network.pending();
    let first = list(&[begun(), takes(FLOUR, 100), wrong]);
    let (_, records) = go_on(&network, first, &mut pending, &[]);
    let second = list(&[takes(FLOUR, 120), gives(BREAD, 120)]);
    let (_, made) = go_on(&network, second, &mut pending, &records);
    assert_eq!(told(made.last().unwrap()), weighed(&["120", "120"]));
}

/// What no rule sees is refused before it is signed.
#[test]
fn what_does_not_add_up_is_named_also_where_sections_have_the_amounts() {
    let network = Network::hiding_amounts();
    let sound = list(&[begun(), takes(FLOUR, 100), gives(BREAD, 90)]);
    assert_eq!(network.try_all(&sound, &network.pending()), []);
    let more = list(&[begun(), takes(FLOUR, 100), gives(BREAD, 110)]);
    let bad = network.try_all(&more, &network.pending());
    assert_eq!((bad.len(), bad[0].index), (1, 2));
    let why = bad[0].why.to_string();
    assert!(why.contains("what goes in of unit KGM"), "{why}");
}

/// Each part names what it makes itself.
#[test]
fn labels_have_the_name_that_their_own_event_says() {
    let network = Network::new();
    let named = |class: &str, amount, product: &str| {
        gives(class, amount).replace(
            r#""bizStep""#,
            &format!(r#""ilmd":{{"chopmark:product":"{product}"}},"bizStep""#),
        )
    };
    let file = list(&[
        begun(),
        takes(FLOUR, 100),
        named(BREAD, 60, "Bread"),
        named(ROLLS, 40, "Rolls"),
    ]);
    let mut pending = network.pending();
    let blocks = network.sign_all(&file, &mut pending);
    let network_id = pending.network();
    let mut names = Vec::new();
    for (block, sections) in &blocks {
        for (at, record) in block.located() {
            for (index, section) in (0_u16..).zip(record.sections()) {
                let Audience::Label { subject_index, .. } = section.audience() else {
                    continue;
                };
                let subject = record.subjects()[usize::from(*subject_index)];
                for urn in [BREAD, ROLLS] {
                    let code = code(urn).unwrap();
                    if code.subject(&network_id, &network.members[0]) != subject {
                        continue;
                    }
                    let sealed = sections
                        .iter()
                        .find(|of| of.hash == section.hash())
                        .unwrap();
                    let opener = Opener::new(network_id).with_code(&code, &network.members[0]);
                    let opened = opener.of(block).open(at.index, index, &sealed.bytes);
                    names.push((urn, opened.unwrap().product.unwrap()));
                }
            }
        }
    }
    let expected = [(BREAD, "Bread"), (ROLLS, "Rolls")];
    let expected = expected.map(|(urn, name)| (urn, name.to_owned()));
    assert_eq!(names, expected);
}

#[test]
fn what_is_joined_has_the_room_of_one_record() {
    let network = Network::new();
    let item = |n: usize| format!(r#""urn:epc:id:sgtin:9506000.013437.S{n}""#);
    let items: Vec<String> = (0..1_024).map(item).collect();
    let begun = event_text(
        "ObjectEvent",
        &format!(r#""action":"ADD","epcList":[{}]"#, items.join(",")),
    );
    let goes_in = items.chunks(50).map(|some| {
        part(
            "storing",
            &format!(r#""inputEPCList":[{}]"#, some.join(",")),
        )
    });
    let mut file = vec![begun];
    file.extend(goes_in);
    file.push(gives(BREAD, 60));
    let bad = network.try_all(&list(&file), &network.pending());
    assert_eq!((bad.len(), bad[0].index), (1, file.len() - 1));
    assert!(
        bad[0].why.to_string().contains("1,024 things"),
        "{}",
        bad[0].why
    );
}

#[test]
fn an_import_that_was_cut_short_between_parts_goes_on() {
    let network = Network::new();
    // Each of the first fills most of a block.
    let serials = |from: usize| {
        let items =
            (from..from + 350).map(|n| format!(r#""urn:epc:id:sgtin:9506000.013437.S{n}""#));
        items.collect::<Vec<_>>().join(",")
    };
    let add = |from| {
        event_text(
            "ObjectEvent",
            &format!(r#""action":"ADD","epcList":[{}]"#, serials(from)),
        )
    };
    let seen = |from| {
        event_text(
            "ObjectEvent",
            &format!(r#""action":"OBSERVE","epcList":[{}]"#, serials(from)),
        )
    };
    let file = list(&[
        begun(),
        add(0),
        takes(FLOUR, 100),
        add(400),
        add(800),
        takes(YEAST, 2),
        seen(0),
        seen(800),
        gives(BREAD, 60),
        gives(ROLLS, 42),
        seen(400),
        add(1200),
        seen(1200),
    ]);
    let mut whole = network.pending();
    let count = network.sign_all(&file, &mut whole).len();
    assert!(count > 2, "{count} blocks are too few to be cut between");
    for most in 0..=count {
        let mut pending = network.pending();
        let by = network.teller(&file);
        let first = network.sign_some((&file, most), by, &mut pending);
        let mut records = written(&network, &first);
        let (_, rest) = go_on(&network, file.clone(), &mut pending, &records);
        records.extend(rest);
        let made: Vec<_> = records
            .iter()
            .filter(|(_, record, _)| record.kind() == Kind::Transform)
            .collect();
        assert_eq!(made.len(), 1, "cut after {most} blocks");
        assert_eq!(told(made[0]), weighed(&["100", "2", "60", "42"]));
        assert_eq!(records.len(), whole_count(&network, &file));
    }
}

fn whole_count(network: &Network, file: &[Event]) -> usize {
    all(network, file).len()
}

/// Goods of a class without a batch have no history: the event keeps them, and the ledger counts
/// what has one.
#[test]
fn goods_without_a_batch_stay_in_the_event_of_a_transformation() {
    let network = Network::new();
    let made_of = |inputs: &[String], outputs: &[String]| {
        event_text(
            "TransformationEvent",
            &format!(
                r#""inputQuantityList":[{}],"outputQuantityList":[{}]"#,
                inputs.join(","),
                outputs.join(",")
            ),
        )
    };
    let salt = |amount| kilos(SALT, amount);
    // Salt goes in beside flour, crumbs come out beside bread; dough is made of salt alone; what
    // is left of the flour becomes salt, as far as anybody can tell.
    let salted = made_of(&[kilos(FLOUR, 100), salt(2)], &[kilos(BREAD, 90), salt(12)]);
    let from_nothing = made_of(&[salt(7)], &[kilos(ROLLS, 7)]);
    let to_nothing = event_text(
        "TransformationEvent",
        &format!(
            r#""inputQuantityList":[{}],"inputEPCList":["{BOX}"],"outputQuantityList":[{}]"#,
            kilos(FLOUR, 100),
            salt(100)
        ),
    );
    let list = list(&[begun(), salted, from_nothing, to_nothing]);
    let records = all(&network, &list);
    let made = &records[records.len() - 4..];
    let expected = [
        Kind::Transform,
        Kind::Commission,
        Kind::Decommission,
        Kind::Transform,
    ];
    assert_eq!(kinds(made), expected);
    assert!(names(&made[0].1, &network, &[FLOUR, BREAD]));
    assert_eq!(told(&made[0]), weighed(&["100", "90", "10"]));
    let begun = match made[1].1.body() {
        Body::Commission { quantity, .. } => *quantity,
        _ => None,
    };
    assert_eq!(begun, weighed(&["7"]).pop());
    assert!(names(&made[2].1, &network, &[BOX]));
    assert_eq!(told(&made[3]), weighed(&["100", "100"]));
    let said = made[..3]
        .iter()
        .map(|record| crate::making::written(&network, record));
    let said: Vec<Event> = said.collect();
    assert_eq!(said, list[1..]);
    assert_valid(&said);
    let nothing = events(&made_of(&[salt(1)], &[salt(1)]));
    let bad = network.try_all(&nothing, &network.pending());
    assert_eq!(bad[0].why, Unmapped::NothingTracked.into());
}
