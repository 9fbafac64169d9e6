//! The sentences of the screens and the keys that the client sends fit each other: none is
//! missing, none lacks an argument, none is left over. And `docs/threats.md` names sentences and
//! tests that exist.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its sources fails"
)]

use chopmark_client::{FAILURES, LINES, Message, keys};
use chopmark_kit::{APP_KEYS, VERIFY_KEYS};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Arguments that the screens work out from others.
const WORKED_OUT: &[(&str, &str)] = &[("days", "minutes")];

fn arguments(key: &str) -> Option<&'static [&'static str]> {
    APP_KEYS
        .iter()
        .find(|(known, _)| *known == key)
        .map(|(_, arguments)| *arguments)
}

fn problem(key: &str, message: &Message) -> Option<String> {
    let Some(used) = arguments(key) else {
        return Some(format!("no sentence for {key}"));
    };
    let has = |name: &str| message.params().iter().any(|(sent, _)| *sent == name);
    let works_out = |name: &str| {
        WORKED_OUT
            .iter()
            .any(|(out, from)| *out == name && has(from))
    };
    let lacking: Vec<_> = used
        .iter()
        .filter(|name| !has(name) && !works_out(name))
        .collect();
    (!lacking.is_empty()).then(|| format!("{key} uses {lacking:?}, which the client does not send"))
}

#[test]
fn every_key_of_the_client_has_a_sentence() {
    let lines = LINES
        .iter()
        .filter_map(|message| problem(message.key(), message));
    let failures = FAILURES
        .iter()
        .filter_map(|message| problem(&format!("failure-{}", message.key()), message));
    let keys = keys()
        .filter(|key| arguments(key) != Some(&[]))
        .map(|key| format!("no sentence without arguments for {key}"));
    let problems: Vec<String> = lines.chain(failures).chain(keys).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn no_sentence_is_left_over() {
    let mut wanted: BTreeSet<String> = keys().collect();
    wanted.extend(LINES.iter().map(|message| message.key().to_owned()));
    wanted.extend(
        FAILURES
            .iter()
            .map(|message| format!("failure-{}", message.key())),
    );
    let ui = Path::new("../ui");
    // `verify-problem-{}` stands for a family of keys. Failures of the app are known one by
    // one and need no family.
    let mut families = BTreeSet::new();
    for literal in ["app/src", "verify/src", "kit/src"]
        .iter()
        .flat_map(|folder| literals(&ui.join(folder)))
    {
        match literal.split_once('{') {
            Some(("failure-", _)) => {}
            Some((family, _)) if family.ends_with('-') => {
                families.insert(family.to_owned());
            }
            _ => {
                wanted.insert(format!("failure-{literal}"));
                wanted.insert(literal);
            }
        }
    }
    let left_over: Vec<&str> = APP_KEYS
        .iter()
        .chain(VERIFY_KEYS)
        .map(|(key, _)| *key)
        .filter(|key| !wanted.contains(*key))
        .filter(|key| !families.iter().any(|family| key.starts_with(family)))
        .collect();
    assert!(left_over.is_empty(), "{left_over:#?}");
}

/// One attack, one test; and for bad input, what the person is told.
#[test]
fn the_threats_page_names_tests_and_sentences_that_exist() {
    let root = Path::new("..");
    let rooms = [
        "client",
        "core",
        "epcis",
        "fuzz",
        "ordering",
        "peer",
        "replica",
        "sim",
        "tests",
        "ui/verify",
    ];
    let code: String = rooms
        .iter()
        .flat_map(|room| sources(&root.join(room)))
        .collect();
    let page = fs::read_to_string(root.join("docs/threats.md")).unwrap();
    let mut attacks = BTreeSet::new();
    let mut rows = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let (test, messages) = match cells.as_slice() {
            [.., "test"] | ["---", ..] => continue,
            [_attack, _holds, test] => {
                assert!(attacks.insert(*test), "{test} stands for two attacks");
                (*test, "")
            }
            [_input, _error, messages, test] => (*test, *messages),
            _ => panic!("not a row: {row}"),
        };
        rows += 1;
        let name = test.trim_matches('`');
        assert!(code.contains(&format!("fn {name}(")), "no test {name}");
        for key in messages.split('`').skip(1).step_by(2) {
            assert!(arguments(key).is_some(), "no sentence {key}");
        }
    }
    assert!(rows > 50, "the tables were not found");
}

/// All texts in quotes in the sources of a folder.
fn literals(folder: &Path) -> Vec<String> {
    sources(folder)
        .iter()
        .flat_map(|text| text.split('"'))
        .map(str::to_owned)
        .collect()
}

/// Every source file of a folder.
fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
    found
}
