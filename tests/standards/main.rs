//! Other people's software judges our codes: GS1's own Digital Link toolkit (in npm's
//! `digital-link.js`) and `python-stdnum` from PyPI, both installed by `cargo xtask setup`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot ask its judge fails"
)]

use chopmark_core::{Code, CodeWarning, ElementString, check_digit};
use chopmark_tests::Places;
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
