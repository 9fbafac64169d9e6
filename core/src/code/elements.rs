//! Element strings: identifiers with their values, in every spelling of GS1.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::{Code, CodeError, Identifier, check, link, parse};

/// FNC1 as scanners send it: the end of an element of variable length.
pub(super) const GROUP_SEPARATOR: char = '\u{1d}';

/// One identifier with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Element {
    row: &'static Identifier,
    /// The identifier; the row's alone does not say how many decimals a measure has.
    name: Cow<'static, str>,
    value: String,
}

/// All that one label says: a key, what qualifies it, and data such as dates and weights. Equal
/// ones are written alike, in whatever order and spelling they were read.
#[derive(Clone, PartialEq, Eq)]
pub struct ElementString {
    /// The key first, what qualifies it in the standard's order, then data by identifier.
    elements: Vec<Element>,
}

impl ElementString {
    /// Reads what [`Code::parse`] reads, except container numbers, and keeps the data beside the
    /// code, of a link also those in its query.
    ///
    /// # Errors
    /// [`CodeError`], naming what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        parse::elements(text, link::Query::Kept)
    }

    /// The value of an identifier.
    #[must_use]
    pub fn get(&self, identifier: &str) -> Option<&str> {
        self.elements
            .iter()
            .find(|element| element.name == identifier)
            .map(|element| element.value.as_str())
    }

    /// The identifiers with their values, the key first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.elements
            .iter()
            .map(|element| (element.name.as_ref(), element.value.as_str()))
    }

    /// The code that the elements make: the finest that is there.
    ///
    /// # Errors
    /// [`CodeError`] if they name no one thing that has a history here.
    pub fn code(&self) -> Result<Code, CodeError> {
        let get = |identifier| self.get(identifier);
        if let Some(gtin) = get("01") {
            if let Some(serial) = get("21") {
                return Code::gtin_serial(gtin, serial);
            }
            if let Some(batch) = get("10") {
                return Code::gtin_batch(gtin, batch);
            }
        }
        if let Some(sscc) = get("00") {
            return Code::sscc(sscc);
        }
        if let Some(gtin) = get("01") {
            return Err(CodeError::ProductOnly {
                gtin: gtin.to_owned(),
            });
        }
        let key = self.elements.first().ok_or(CodeError::Empty)?;
        match (key.name.as_ref(), key.value.as_str()) {
            ("414", gln) => Code::gln(gln),
            ("8003", grai) => Code::returnable_asset(grai),
            ("8004", giai) => Code::asset(giai),
            ("8010", part) => match get("8011") {
                Some(serial) => Code::component(part, serial),
                None => Err(CodeError::SerialMissing { identifier: "8010" }),
            },
            ("402", gsin) => Code::shipment(gsin),
            ("401", ginc) => Code::consignment(ginc),
            ("253", gdti) => Code::document(gdti),
            _ if key.row.is_key() => Err(CodeError::NotTracked {
                identifier: key.row.first(),
            }),
            _ => Err(CodeError::NotGs1),
        }
    }

    /// As scanners send it, without the symbology identifier: FNC1 after each element that needs
    /// it, except the last.
    #[must_use]
    pub fn fnc1(&self) -> String {
        let mut text = String::new();
        let mut elements = self.elements.iter().peekable();
        while let Some(Element { row, name, value }) = elements.next() {
            text.push_str(name);
            text.push_str(value);
            if row.predefined_length().is_none() && elements.peek().is_some() {
                text.push(GROUP_SEPARATOR);
            }
        }
        text
    }

    /// The Digital Link of a host: the key and what qualifies it in the path, data in the query.
    /// `https`, or `http` if the host is this machine.
    ///
    /// # Errors
    /// [`CodeError::NotGs1`] if no element is a key: a link has to name something.
    pub fn digital_link(&self, host: &str) -> Result<String, CodeError> {
        let key = self.elements.first().filter(|element| element.row.is_key());
        let key = key.ok_or(CodeError::NotGs1)?;
        let (mut path, mut query) = (String::new(), String::new());
        for (place, Element { name, value, .. }) in self.elements.iter().enumerate() {
            let value = link::escape(value);
            // Writing to a text cannot fail.
            let _ = if place == 0 || key.row.qualifiers().contains(&name.as_ref()) {
                write!(path, "/{name}/{value}")
            } else {
                let before = if query.is_empty() { '?' } else { '&' };
                write!(query, "{before}{name}={value}")
            };
        }
        Ok(format!("{}://{host}{path}{query}", link::scheme(host)))
    }
}

/// With parentheses, as people read it.
impl fmt::Display for ElementString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter()
            .try_for_each(|(name, value)| write!(f, "({name}){value}"))
    }
}

impl fmt::Debug for ElementString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ElementString({self})")
    }
}

/// Elements on their way to an [`ElementString`].
#[derive(Default)]
pub(super) struct Elements(Vec<Element>);

impl Elements {
    /// Takes one element in. An identifier that comes twice has to say the same twice: or the
    /// thing that one reader looks up would not be the one that another reader, or the person,
    /// sees on the label.
    pub(super) fn take(
        &mut self,
        row: &'static Identifier,
        name: &str,
        value: &str,
    ) -> Result<(), CodeError> {
        let value = match name {
            "01" => check::gtin14(value)?,
            _ => {
                row.check(value)?;
                value.to_owned()
            }
        };
        match self.0.iter().find(|element| element.name == name) {
            Some(before) if before.value != value => Err(CodeError::NotGs1),
            Some(_) => Ok(()),
            None => {
                let name = match row.first() {
                    first if first == name => Cow::Borrowed(first),
                    _ => Cow::Owned(name.to_owned()),
                };
                self.0.push(Element { row, name, value });
                Ok(())
            }
        }
    }

    pub(super) fn finish(mut self) -> ElementString {
        // Which of several keys leads: the goods before what carries them, both before where
        // they are and go. The table has them in another order for the assets alone.
        let rank = |element: &Element| match element.name.as_ref() {
            "01" => 0,
            "8006" | "8010" => 1,
            "8003" | "8004" => 2,
            "00" => 3,
            _ if element.row.is_key() => 4,
            _ => 5,
        };
        self.0
            .sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
        let qualifiers = self
            .0
            .first()
            .map_or(&[] as &[&str], |key| key.row.qualifiers());
        let place = |element: &Element| qualifiers.iter().position(|q| *q == element.name);
        // Stable: what qualifies nothing stays as it was.
        if let Some((_, rest)) = self.0.split_first_mut() {
            rest.sort_by_key(|element| place(element).unwrap_or(usize::MAX));
        }
        ElementString { elements: self.0 }
    }
}
