//! The message files of the screens hold a sentence for everything that the client says.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{FAILURES, KEYS, LINES, Message};

/// Messages of one language by key, each with its text.
fn messages(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../ui/kit/messages")
        .join(language);
    let mut messages = BTreeMap::new();
    let mut key = String::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines() {
            let starts = line.starts_with(|letter: char| letter.is_ascii_lowercase());
            if let Some((name, rest)) = line.split_once('=').filter(|_| starts) {
                key = name.trim().to_owned();
                messages.insert(key.clone(), rest.to_owned());
            } else if let Some(message) = messages.get_mut(&key) {
                message.push_str(line);
            }
        }
    }
    messages
}

/// Whatever a message needs and a language lacks.
fn lacking(messages: &BTreeMap<String, String>, key: &str, message: &Message) -> Vec<String> {
    let Some(text) = messages.get(key) else {
        return vec![key.to_owned()];
    };
    let known: Vec<&str> = message.params().iter().map(|(name, _)| *name).collect();
    let used = text.split('$').skip(1).map(|rest| {
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '-');
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    });
    // A sentence may leave a parameter out; it must not use one that never comes. Days come
    // with minutes: the screens count them.
    used.filter(|used| !known.contains(used) && (*used != "days" || !known.contains(&"minutes")))
        .map(|used| format!("{key} ${used}"))
        .collect()
}

#[test]
fn every_language_has_every_sentence() {
    for language in ["en", "zh-Hans"] {
        let messages = messages(language);
        let mut lacks = Vec::new();
        for message in FAILURES {
            lacks.extend(lacking(
                &messages,
                &format!("failure-{}", message.key()),
                message,
            ));
        }
        for message in LINES {
            lacks.extend(lacking(&messages, message.key(), message));
        }
        lacks.extend(
            KEYS.iter()
                .filter(|key| !messages.contains_key(**key))
                .map(ToString::to_string),
        );
        assert!(lacks.is_empty(), "{language} lacks {lacks:?}");
    }
}
