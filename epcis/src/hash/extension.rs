//! Fields of others in a pre-hash string.

use super::{joined, pair, value};
use crate::{Json, Members, Namespaces};

/// A field of comments in every syntax; never part of an event's name.
const COMMENT: &str = "rdfs:comment";
/// Where the text of an element stands that also has elements in it (out of XML).
const TEXT: &str = "#text";

/// Each field as one text.
pub(super) fn members(members: &Members, names: &Namespaces) -> Vec<String> {
    let told = |name: &str| name != COMMENT && !name.starts_with('@');
    members
        .iter()
        .filter(|(name, _)| told(name))
        .map(|(name, json)| field(&full_name(name, names), json, names))
        .collect()
}

fn field(name: &str, json: &Json, names: &Namespaces) -> String {
    match json {
        Json::Null => name.to_owned(),
        Json::Bool(is) => pair(name, if *is { "true" } else { "false" }),
        Json::Number(number) => pair(name, &value::number(number)),
        Json::Text(text) => pair(name, &value::free_text(text, names)),
        Json::List(items) => joined(items.iter().map(|item| field(name, item, names)).collect()),
        Json::Object(inner) => format!("{name}{}", joined(members(inner, names))),
    }
}

/// The name with the address of its prefix in braces.
fn full_name(name: &str, names: &Namespaces) -> String {
    if name == TEXT {
        return String::new();
    }
    match names.split(name) {
        Some((address, local)) => format!("{{{address}}}{local}"),
        None => name.to_owned(),
    }
}
