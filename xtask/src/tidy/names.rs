//! Names that must not occur in `core`: it is pure, and the same everywhere.

use super::sizes::is_test;
use super::{files, shown};
use crate::places::Places;
use anyhow::Result;
use std::fs;

/// A name, and what to do instead.
const FORBIDDEN: &[(&str, &str)] = &[
    ("HashMap", "use BTreeMap: its order is the same everywhere"),
    ("HashSet", "use BTreeSet: its order is the same everywhere"),
    ("Instant", "take the time as an argument"),
    ("SystemTime", "take the time as an argument"),
    ("std::time", "take the time as an argument"),
    ("OsRng", "take the seed as an argument"),
    ("getrandom", "take the seed as an argument"),
    ("thread_rng", "take the seed as an argument"),
    ("rand::", "take the seed as an argument"),
    ("std::env", "core does no I/O"),
    ("std::fs", "core does no I/O"),
    ("std::net", "core does no I/O"),
    ("std::process", "core does no I/O"),
    ("std::thread", "core starts no threads"),
    ("tokio", "core does no I/O"),
    ("dbg!", "core prints nothing"),
    ("eprintln!", "core prints nothing"),
    ("println!", "core prints nothing"),
];

pub(super) fn check(places: &Places) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files(&places.root().join("core/src"), ".rs")? {
        if is_test(&file) {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        if text.lines().any(|line| line == "#![cfg(test)]") {
            continue;
        }
        let code = text
            .lines()
            .take_while(|line| line.trim() != "#[cfg(test)]");
        for (number, line) in code.enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for (name, instead) in FORBIDDEN {
                if holds_name(code, name) {
                    found.push(format!(
                        "{}:{}: {name}: {instead}",
                        shown(places, &file),
                        number + 1
                    ));
                }
            }
        }
    }
    Ok(found)
}

/// Whether `name` stands in the line as a whole word.
fn holds_name(line: &str, name: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(name).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        let ends_open = name.ends_with([':', '!']);
        !before.is_some_and(is_word) && (ends_open || !after.is_some_and(is_word))
    })
}

#[cfg(test)]
mod tests {
    use super::holds_name;

    #[test]
    fn finds_whole_words_only() {
        assert!(holds_name("use std::collections::HashMap;", "HashMap"));
        assert!(holds_name("let x = rand::random();", "rand::"));
        assert!(holds_name("println!(\"\")", "println!"));
        assert!(!holds_name("eprintln!(\"\")", "println!"));
        assert!(!holds_name("operand::x()", "rand::"));
        assert!(!holds_name("Instantiate", "Instant"));
    }
}
