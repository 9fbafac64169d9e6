//! The small values of an event, each kept as it was written.

use crate::shape::Shape;
use crate::terms::Terms;
use crate::written::Written;
use crate::{Decimal, Fault, Json, Reason};

/// Longer than any identifier of GS1 with its address; keeps one field from filling a page.
const MAX_URI_LENGTH: usize = 2048;

/// An identifier or address: a GS1 Digital Link, an EPC URN, any other URI. Kept as written,
/// never turned from one form into the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uri(String);

impl Uri {
    /// Reads an absolute URI. Only ASCII, as RFC 3986 has it: other scripts come
    /// percent-encoded, so no look-alike letters and no marks that turn the reading direction.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let scheme = text
            .split_once(':')
            .map(|(scheme, rest)| (scheme, !rest.is_empty()));
        let is_uri = scheme.is_some_and(|(scheme, has_rest)| {
            has_rest
                && scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        });
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
        if is_uri && is_plain && text.len() <= MAX_URI_LENGTH {
            Ok(Self(text.to_owned()))
        } else {
            Err(Reason::NotAUri(text.chars().take(80).collect()))
        }
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.0
    }
}

/// Whether the event adds to, observes, or takes from what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// `ADD`: the beginning of its life, of its place in a container, of a link.
    Add,
    /// `OBSERVE`: seen, and nothing changed.
    Observe,
    /// `DELETE`: the end.
    Delete,
}

impl Action {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Action::Add => "ADD",
            Action::Observe => "OBSERVE",
            Action::Delete => "DELETE",
        }
    }
}

/// A unit of measure: two or three characters of UN/CEFACT Recommendation 20.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uom(String);

impl Uom {
    /// Reads a unit such as `KGM`.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let is_code = text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if is_code && (2..=3).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Reason::Not(
                "a unit of two or three capitals or digits, as KGM",
            ))
        }
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.0
    }
}

/// Bytes in hexadecimal, kept in the case in which they were written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HexBinary(String);

impl HexBinary {
    /// Reads hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Reason::Not("hexadecimal digits"))
        }
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.0
    }
}

impl Shape for Uri {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        Uri::parse(&String::read(json, terms)?).map_err(Fault::new)
    }

    fn write(&self) -> Written<'_> {
        Written::Text(&self.0)
    }
}

impl Shape for Uom {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        Uom::parse(&String::read(json, terms)?).map_err(Fault::new)
    }

    fn write(&self) -> Written<'_> {
        Written::Text(&self.0)
    }
}

impl Shape for HexBinary {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        HexBinary::parse(&String::read(json, terms)?).map_err(Fault::new)
    }

    fn write(&self) -> Written<'_> {
        Written::Text(&self.0)
    }
}

impl Shape for Action {
    fn read(json: Json, _: &Terms) -> Result<Self, Fault> {
        match &json {
            Json::Text(text) if text == "ADD" => Ok(Action::Add),
            Json::Text(text) if text == "OBSERVE" => Ok(Action::Observe),
            Json::Text(text) if text == "DELETE" => Ok(Action::Delete),
            _ => Err(Fault::new(Reason::Not("ADD, OBSERVE or DELETE"))),
        }
    }

    fn write(&self) -> Written<'_> {
        Written::Text(self.word())
    }
}

impl Shape for Decimal {
    fn read(json: Json, _: &Terms) -> Result<Self, Fault> {
        match json {
            Json::Number(number) => Ok(number),
            _ => Err(Fault::new(Reason::Not("a number, without quotes"))),
        }
    }

    fn write(&self) -> Written<'_> {
        Written::Number(self)
    }
}
