//! What a value writes, without a copy of its texts: most events are only written out.

use crate::{Json, Members};
use std::fmt::{self, Display, Formatter};

/// A JSON value that borrows from what it is of.
pub(crate) enum Written<'a> {
    Text(&'a str),
    /// A number, digit by digit.
    Number(&'a crate::Decimal),
    Bool(bool),
    List(Vec<Written<'a>>),
    /// Each name once, in any order.
    Object(Vec<(&'a str, Written<'a>)>),
    /// What is kept as JSON.
    Json(&'a Json),
    /// The members of an object that is kept as JSON.
    Members(&'a Members),
}

impl Written<'_> {
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::Text((*text).to_owned()),
            Self::Number(number) => Json::Number((*number).clone()),
            Self::Bool(value) => Json::Bool(*value),
            Self::List(items) => Json::List(items.iter().map(Self::to_json).collect()),
            Self::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.to_json()))
                    .collect(),
            ),
            Self::Json(json) => (*json).clone(),
            Self::Members(members) => Json::Object((*members).clone()),
        }
    }
}

/// As [`Json`] is written: no spaces, members in the order of their names.
impl Display for Written<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => crate::json::write_text(text, out),
            Self::Number(number) => out.write_str(number.written()),
            Self::Bool(value) => write!(out, "{value}"),
            Self::List(items) => crate::json::write_list(items, out),
            Self::Object(members) => {
                let mut members: Vec<(&str, &Self)> =
                    members.iter().map(|(name, value)| (*name, value)).collect();
                members.sort_unstable_by_key(|(name, _)| *name);
                crate::json::write_members(members, out)
            }
            Self::Json(json) => write!(out, "{json}"),
            Self::Members(members) => crate::json::write_members(*members, out),
        }
    }
}
