//! Every language has every message, with the same variables.
//!
//! Messages are Fluent files under `ui/`: one per language in a folder (`en.ftl`, `zh-Hans.ftl`),
//! or one folder per language with files of the same names.

use super::{files, shown};
use crate::places::Places;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Messages = BTreeMap<String, BTreeSet<String>>;

pub(super) fn check(places: &Places) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut groups: BTreeMap<PathBuf, Vec<(PathBuf, Messages)>> = BTreeMap::new();
    for file in files(&places.root().join("ui"), ".ftl")? {
        let messages = messages_of(&fs::read_to_string(&file)?);
        groups
            .entry(group_of(&file))
            .or_default()
            .push((file, messages));
    }
    for files in groups.values() {
        let mut all = Messages::new();
        for (key, variables) in files.iter().flat_map(|(_, messages)| messages) {
            all.entry(key.clone())
                .or_default()
                .extend(variables.iter().cloned());
        }
        for (file, messages) in files {
            for (key, variables) in &all {
                match messages.get(key) {
                    None => found.push(format!("{}: no message {key}", shown(places, file))),
                    Some(own) if own != variables => found.push(format!(
                        "{}: {key} does not use the variables of the other languages: {}",
                        shown(places, file),
                        variables
                            .difference(own)
                            .cloned()
                            .collect::<Vec<_>>()
                            .join(", ")
                    )),
                    Some(_) => {}
                }
            }
        }
    }
    Ok(found)
}

/// Files of one group are translations of each other.
fn group_of(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(file);
    let language = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    if language == "en" || language.starts_with("zh") {
        folder
            .parent()
            .unwrap_or(folder)
            .join(file.file_name().unwrap_or_default())
    } else {
        folder.to_path_buf()
    }
}

/// The variables that each message, or attribute of a message, uses.
fn messages_of(text: &str) -> Messages {
    let mut messages = Messages::new();
    let mut message = String::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split('=').next().unwrap_or_default().trim();
        let starts_message = line
            .starts_with(|first: char| first.is_ascii_alphabetic() || first == '-')
            && line.contains('=');
        if starts_message {
            message = name.to_owned();
            key = message.clone();
        } else if name.starts_with('.') && line.contains('=') {
            key = format!("{message}{name}");
        }
        if !key.is_empty() {
            messages
                .entry(key.clone())
                .or_default()
                .extend(variables(line));
        }
    }
    messages
}

fn variables(line: &str) -> impl Iterator<Item = String> + '_ {
    line.split('$').skip(1).map(|rest| {
        rest.chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::messages_of;

    #[test]
    fn reads_messages_attributes_and_variables() {
        let messages = messages_of(
            "# note = x\nhello = Hi { $name }\n    and { $other }\n    .title = T { $n }\n",
        );
        let shape: Vec<_> = messages
            .iter()
            .map(|(key, variables)| {
                (
                    key.as_str(),
                    variables.iter().map(String::as_str).collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(
            shape,
            [("hello", vec!["name", "other"]), ("hello.title", vec!["n"])]
        );
    }
}
