//! The file that says which column is which field.

use super::time;
use chopmark_epcis::Uri;
use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// Which column of a table is which field of an event. A TOML file:
///
/// ```toml
/// separator = ";"                  # between several values in one cell
/// time = "%d.%m.%Y %H:%M"          # how times are written; left out: as EPCIS writes them
///
/// [fixed]                          # the same for every row
/// type = "ObjectEvent"
/// action = "ADD"
/// bizStep = "commissioning"
/// eventTimeZoneOffset = "+08:00"
///
/// [columns]                        # field = heading
/// eventTime = "Produced"
/// gtin = "GTIN"
/// serial = "Serial no."
/// "ilmd.chopmark:product" = "Product"
///
/// [words.disposition]              # what the table says = what EPCIS says
/// ok = "active"
///
/// [prefixes]                       # of extensions
/// chopmark = "https://chopmark.invalid/terms/"
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(default = "comma")]
    delimiter: char,
    #[serde(default = "semicolon")]
    separator: char,
    time: Option<String>,
    #[serde(default)]
    fixed: BTreeMap<String, String>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
    #[serde(default)]
    words: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    prefixes: BTreeMap<String, String>,
}

/// Why a mapping is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MappingError {
    /// Not TOML, or not of this form.
    #[error("not a mapping: {0}")]
    Form(String),
    /// The delimiter is no single ASCII character.
    #[error("the delimiter must be one ASCII character, not {0:?}")]
    Delimiter(char),
    /// Times of this form have no clock.
    #[error(
        "the times {0:?} count seconds (%s) or name their zone by a word (%Q); write date and clock, with %z or with eventTimeZoneOffset"
    )]
    Time(String),
    /// No such field.
    #[error("{0:?} is no field that a column can be; an extension needs a prefix, as in ex:{0}")]
    UnknownField(String),
    /// Both fixed and in a column.
    #[error("{0:?} is both fixed and in a column")]
    Twice(String),
    /// A prefix whose address is none.
    #[error("the address of prefix {0:?} is no URI")]
    Prefix(String),
    /// An extension whose prefix stands for nothing.
    #[error("{0:?} has a prefix that [prefixes] does not name")]
    PrefixMissing(String),
}

/// What one cell becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Text, under this name.
    Text(String),
    /// A time.
    Time(String),
    /// An identifier, in any spelling.
    Identifier(String),
    /// Identifiers, several in a cell.
    Identifiers(String),
    /// A place: an object with an id.
    Place(String),
    /// A paper with its type.
    Paper(&'static str),
    /// A party or place with its sense, in a list.
    Party(&'static str, &'static str),
    /// The parts of a quantity, of which list.
    Quantity(&'static str, Part),
    /// The parts of an item's or batch's code.
    Gtin,
    /// With `Gtin`: one item.
    Serial,
    /// With `Gtin`: a batch.
    Batch,
    /// Text in `ilmd`.
    Ilmd(String),
}

/// A part of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Class,
    Amount,
    Unit,
}

const TEXTS: &[&str] = &[
    "action",
    "bizStep",
    "disposition",
    "eventID",
    "eventTimeZoneOffset",
    "type",
];
const PAPERS: &[&str] = &[
    "bol",
    "cert",
    "desadv",
    "inv",
    "pedigree",
    "po",
    "poc",
    "prodorder",
    "recadv",
    "rma",
    "testprd",
    "testres",
    "upevt",
];
const PARTIES: &[&str] = &["owning_party", "possessing_party", "location"];
const QUANTITIES: &[(&str, &str)] = &[
    ("", "quantityList"),
    ("child.", "childQuantityList"),
    ("input.", "inputQuantityList"),
    ("output.", "outputQuantityList"),
];

impl Field {
    fn parse(name: &str) -> Option<Self> {
        let own = || name.to_owned();
        if TEXTS.contains(&name) {
            return Some(Self::Text(own()));
        }
        if let Some(paper) = name.strip_prefix("paper.") {
            let found = PAPERS.iter().find(|known| **known == paper)?;
            return Some(Self::Paper(found));
        }
        for (start, list) in [
            ("source.", "sourceList"),
            ("destination.", "destinationList"),
        ] {
            if let Some(sense) = name.strip_prefix(start) {
                let found = PARTIES.iter().find(|known| **known == sense)?;
                return Some(Self::Party(list, found));
            }
        }
        if let Some(inner) = name.strip_prefix("ilmd.") {
            return inner.contains(':').then(|| Self::Ilmd(inner.to_owned()));
        }
        for (start, list) in QUANTITIES {
            let part = match name.strip_prefix(start) {
                Some("class") => Part::Class,
                Some("quantity") => Part::Amount,
                Some("unit") => Part::Unit,
                _ => continue,
            };
            return Some(Self::Quantity(list, part));
        }
        match name {
            "eventTime" => Some(Self::Time(own())),
            "parentID" | "transformationID" => Some(Self::Identifier(own())),
            "epcList" | "childEPCs" | "inputEPCList" | "outputEPCList" => {
                Some(Self::Identifiers(own()))
            }
            "readPoint" | "bizLocation" => Some(Self::Place(own())),
            "gtin" => Some(Self::Gtin),
            "serial" => Some(Self::Serial),
            "batch" => Some(Self::Batch),
            extension => extension.contains(':').then(|| Self::Text(own())),
        }
    }

    /// The extension that it is, if it is one.
    fn extension(&self) -> Option<&str> {
        match self {
            Self::Text(name) | Self::Ilmd(name) if name.contains(':') => Some(name),
            _ => None,
        }
    }
}

impl Mapping {
    /// Reads a mapping.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mapping: Self =
            toml::from_str(text).map_err(|error| MappingError::Form(error.to_string()))?;
        if !mapping.delimiter.is_ascii() {
            return Err(MappingError::Delimiter(mapping.delimiter));
        }
        if let Some(form) = mapping
            .time
            .as_ref()
            .filter(|form| !time::is_of_clock(form))
        {
            return Err(MappingError::Time(form.clone()));
        }
        for name in mapping.fixed.keys().chain(mapping.columns.keys()) {
            let field =
                Field::parse(name).ok_or_else(|| MappingError::UnknownField(name.clone()))?;
            if mapping.fixed.contains_key(name) && mapping.columns.contains_key(name) {
                return Err(MappingError::Twice(name.clone()));
            }
            let prefix = field.extension().and_then(|name| name.split_once(':'));
            if prefix.is_some_and(|(prefix, _)| !mapping.prefixes.contains_key(prefix)) {
                return Err(MappingError::PrefixMissing(name.clone()));
            }
        }
        for (prefix, address) in &mapping.prefixes {
            Uri::parse(address).map_err(|_| MappingError::Prefix(prefix.clone()))?;
        }
        Ok(mapping)
    }

    /// Between cells.
    pub(super) fn delimiter(&self) -> u8 {
        // Only ASCII was taken.
        u8::try_from(self.delimiter).unwrap_or(b',')
    }

    pub(super) fn separator(&self) -> char {
        self.separator
    }

    pub(super) fn time(&self) -> Option<&str> {
        self.time.as_deref()
    }

    pub(super) fn prefixes(&self) -> &BTreeMap<String, String> {
        &self.prefixes
    }

    /// Fields that are the same in every row.
    pub(super) fn fixed(&self) -> impl Iterator<Item = (Field, &str)> {
        fields(&self.fixed)
    }

    /// Fields with the heading of their column.
    pub(super) fn columns(&self) -> impl Iterator<Item = (Field, &str)> {
        fields(&self.columns)
    }

    /// What a cell of a field means.
    pub(super) fn word<'t>(&'t self, field: &str, cell: &'t str) -> &'t str {
        let words = self.words.get(field);
        words
            .and_then(|words| words.get(cell))
            .map_or(cell, String::as_str)
    }
}

fn fields(named: &BTreeMap<String, String>) -> impl Iterator<Item = (Field, &str)> {
    named
        .iter()
        .filter_map(|(name, value)| Some((Field::parse(name)?, value.as_str())))
}

fn comma() -> char {
    ','
}

fn semicolon() -> char {
    ';'
}
