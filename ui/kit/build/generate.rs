//! Writes a table of messages as Rust.

use crate::read::{Message, Messages, Part, arguments};
use std::fmt::Write;

/// One `Catalogue` with the messages of the files whose names start with one of `files`.
pub(crate) fn catalogue(name: &str, files: &[&str], languages: &[Messages]) -> String {
    let mut code = String::new();
    let keys: Vec<(&String, &Message)> = languages
        .first()
        .into_iter()
        .flatten()
        .filter(|(_, message)| files.iter().any(|start| message.file.starts_with(start)))
        .collect();
    let _ = writeln!(
        code,
        "/// Keys of [`{name}`] with their arguments, in order."
    );
    let _ = writeln!(code, "pub const {name}_KEYS: &[(&str, &[&str])] = &[");
    for (key, message) in &keys {
        let names: Vec<&str> = arguments(&message.parts).into_iter().collect();
        let _ = writeln!(code, "    ({key:?}, &{names:?}),");
    }
    let _ = writeln!(
        code,
        "];\n/// Compiled from `messages/*/{{{}}}*.ftl`.",
        files.join(",")
    );
    let _ = writeln!(
        code,
        "pub static {name}: Catalogue = Catalogue {{ keys: {name}_KEYS, languages: ["
    );
    for language in languages {
        let _ = writeln!(code, "&[");
        for (key, _) in &keys {
            if let Some(message) = language.get(*key) {
                let _ = writeln!(code, "    {},", parts(&message.parts));
            }
        }
        let _ = writeln!(code, "],");
    }
    code.push_str("] };\n");
    code
}

fn parts(list: &[Part]) -> String {
    let mut code = String::from("&[");
    for part in list {
        let _ = match part {
            Part::Text(text) => write!(code, "Part::Text({text:?}), "),
            Part::Value(name) => write!(code, "Part::Value({name:?}), "),
            Part::Choice {
                argument,
                cases,
                otherwise,
            } => {
                // The default stands last, where the reader looks for it.
                let mut order: Vec<usize> = (0..cases.len())
                    .filter(|index| index != otherwise)
                    .collect();
                order.push(*otherwise);
                let cases: Vec<String> = order
                    .into_iter()
                    .filter_map(|index| cases.get(index))
                    .map(|(name, list)| format!("({name:?}, {})", parts(list)))
                    .collect();
                write!(
                    code,
                    "Part::Choice({argument:?}, &[{}]), ",
                    cases.join(", ")
                )
            }
        };
    }
    code.push(']');
    code
}
