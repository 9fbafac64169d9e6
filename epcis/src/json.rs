//! JSON values that keep what was written.
//!
//! Not `serde_json`: it takes the last of two equal keys in silence and turns numbers into
//! binary floats. Its feature `arbitrary_precision` would change numbers in every other room,
//! because cargo unifies features. A quantity must come out as it went in.

mod decimal;
mod parse;

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write};

pub use decimal::{Decimal, DecimalError};
pub use parse::JsonError;

/// The members of a JSON object, in the order of their names: what makes written text stable.
pub type Members = BTreeMap<String, Json>;

/// A JSON value. Written with [`Display`]: no spaces, members in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, digit by digit as it was written.
    Number(Decimal),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Members),
}

impl Display for Json {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(true) => out.write_str("true"),
            Json::Bool(false) => out.write_str("false"),
            Json::Number(number) => out.write_str(number.written()),
            Json::Text(text) => write_text(text, out),
            Json::List(items) => write_list(items, out),
            Json::Object(members) => write_members(members, out),
        }
    }
}

pub(crate) fn write_list<T: Display>(items: &[T], out: &mut Formatter<'_>) -> fmt::Result {
    out.write_char('[')?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        item.fmt(out)?;
    }
    out.write_char(']')
}

/// Members that come in the order of their names.
pub(crate) fn write_members<N: AsRef<str>, T: Display>(
    members: impl IntoIterator<Item = (N, T)>,
    out: &mut Formatter<'_>,
) -> fmt::Result {
    out.write_char('{')?;
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        write_text(name.as_ref(), out)?;
        out.write_char(':')?;
        value.fmt(out)?;
    }
    out.write_char('}')
}

/// Only what RFC 8259 demands is escaped.
pub(crate) fn write_text(text: &str, out: &mut Formatter<'_>) -> fmt::Result {
    out.write_char('"')?;
    // These bytes are no parts of longer characters.
    let is_escaped = |byte: u8| byte == b'"' || byte == b'\\' || byte < b' ';
    let mut rest = text;
    // Most texts have nothing of that, and to look at every byte without stopping takes a fraction
    // of looking for the first.
    if !text.bytes().fold(false, |any, byte| any | is_escaped(byte)) {
        out.write_str(rest)?;
        return out.write_char('"');
    }
    while let Some(at) = rest.bytes().position(is_escaped) {
        let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (letter, after) = from.split_at_checked(1).unwrap_or((from, ""));
        out.write_str(plain)?;
        match letter {
            "\"" => out.write_str("\\\"")?,
            "\\" => out.write_str("\\\\")?,
            "\n" => out.write_str("\\n")?,
            "\r" => out.write_str("\\r")?,
            "\t" => out.write_str("\\t")?,
            control => control
                .bytes()
                .try_for_each(|byte| write!(out, "\\u{byte:04x}"))?,
        }
        rest = after;
    }
    out.write_str(rest)?;
    out.write_char('"')
}
