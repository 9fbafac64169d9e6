//! Holds the languages against each other.

use crate::read::{Messages, arguments};

/// Everything that differs from the first language, as sentences.
pub(crate) fn compare(names: &[&str], languages: &[Messages]) -> Vec<String> {
    let mut problems = Vec::new();
    let (Some(first_name), Some(first)) = (names.first(), languages.first()) else {
        return vec!["there is no language".to_owned()];
    };
    for (name, language) in names.iter().zip(languages).skip(1) {
        for (key, message) in first {
            match language.get(key) {
                None => problems.push(format!("{name} lacks {key}")),
                Some(other) if other.file != message.file => {
                    problems.push(format!(
                        "{key} is in {}.ftl of {first_name} and in {}.ftl of {name}",
                        message.file, other.file
                    ));
                }
                Some(other) if arguments(&other.parts) != arguments(&message.parts) => problems
                    .push(format!(
                        "{key}: {first_name} uses {:?}, {name} uses {:?}",
                        arguments(&message.parts),
                        arguments(&other.parts)
                    )),
                Some(_) => {}
            }
        }
        let unknown = language.keys().filter(|key| !first.contains_key(*key));
        problems.extend(unknown.map(|key| format!("{name} has {key}, which {first_name} lacks")));
    }
    problems
}
