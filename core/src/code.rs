//! Codes: what identifies a thing, as GS1 writes it (General Specifications; Digital Link 1.x).
//!
//! One canonical spelling, the element string with parentheses; every spelling that scanners,
//! links and people produce is read into it.

mod check;
mod link;
mod parse;

use std::fmt;

use thiserror::Error;

use crate::{
    hash::{derive, labelled},
    ids::{CodeHash, MemberId, NetworkId, SubjectId},
};

pub use check::{check_digit, crockford_serial};

/// Why a text is not a code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Nothing there.
    #[error("no code")]
    Empty,
    /// A digit was misread or mistyped.
    #[error("check digit {found} does not fit, {expected} would")]
    CheckDigit {
        /// What the other digits ask for.
        expected: char,
        /// What stands there.
        found: char,
    },
    /// Too few or too many characters for this identifier.
    #[error("({identifier}) cannot have {found} characters")]
    Length {
        /// The application identifier.
        identifier: &'static str,
        /// How many characters there are.
        found: usize,
    },
    /// An application identifier that names nothing Chopmark tracks.
    #[error("({identifier}) is not an identifier known here")]
    UnknownIdentifier {
        /// What stands where an identifier should.
        identifier: String,
    },
    /// A character that GS1 does not allow there.
    #[error("the character {character:?} cannot stand in ({identifier})")]
    BadCharacter {
        /// The application identifier.
        identifier: &'static str,
        /// The character.
        character: char,
    },
    /// A serial that reads as two elements in its written form, `A(10)B` for instance.
    #[error("this serial contains what looks like another identifier in parentheses")]
    Ambiguous,
    /// A GTIN alone names a kind of goods, not one thing.
    #[error("GTIN {gtin} names a product; its serial or batch is missing")]
    ProductOnly {
        /// The GTIN in 14 digits.
        gtin: String,
    },
    /// A well-formed barcode, link or text that does not follow GS1.
    #[error("this is not a GS1 code")]
    NotGs1,
    /// A company prefix is 4 to 12 digits.
    #[error("a GS1 company prefix has 4 to 12 digits")]
    Prefix,
}

/// What a code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeKind {
    /// One item: GTIN with serial.
    Serial,
    /// One batch: GTIN with batch number.
    Batch,
    /// A case, pallet or other logistic unit: SSCC.
    LogisticUnit,
    /// A place: GLN.
    Location,
}

/// A code in its canonical spelling, with its check digit verified.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    element_string: String,
    kind: CodeKind,
}

impl Code {
    /// Reads any spelling: an element string with parentheses or as scanners send it, a Digital
    /// Link of any host, the digits of an SSCC.
    ///
    /// # Errors
    /// [`CodeError`], naming what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        parse::parse(text)
    }

    /// One item: a GTIN of 8, 12, 13 or 14 digits, and its serial.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn gtin_serial(gtin: &str, serial: &str) -> Result<Self, CodeError> {
        Self::with_variable(gtin, "21", serial, CodeKind::Serial)
    }

    /// One batch: a GTIN of 8, 12, 13 or 14 digits, and its batch number.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn gtin_batch(gtin: &str, batch: &str) -> Result<Self, CodeError> {
        Self::with_variable(gtin, "10", batch, CodeKind::Batch)
    }

    /// A logistic unit: 18 digits.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn sscc(digits: &str) -> Result<Self, CodeError> {
        check::key(digits, "00", 18)?;
        Ok(Self {
            element_string: format!("(00){digits}"),
            kind: CodeKind::LogisticUnit,
        })
    }

    /// A place: 13 digits.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn gln(digits: &str) -> Result<Self, CodeError> {
        check::key(digits, "414", 13)?;
        Ok(Self {
            element_string: format!("(414){digits}"),
            kind: CodeKind::Location,
        })
    }

    fn with_variable(
        gtin: &str,
        identifier: &'static str,
        value: &str,
        kind: CodeKind,
    ) -> Result<Self, CodeError> {
        let gtin = check::gtin14(gtin)?;
        check::variable(value, identifier)?;
        Ok(Self {
            element_string: format!("(01){gtin}({identifier}){value}"),
            kind,
        })
    }

    /// What it names.
    #[must_use]
    pub const fn kind(&self) -> CodeKind {
        self.kind
    }

    /// The canonical spelling, e.g. `(01)09506000134352(21)A1`.
    #[must_use]
    pub fn element_string(&self) -> &str {
        &self.element_string
    }

    /// What a commissioning record shows of the code: the GTIN for items and batches, the bare
    /// identifier for logistic units and places (format, section 5).
    #[must_use]
    pub fn class(&self) -> String {
        match self.kind {
            CodeKind::Serial | CodeKind::Batch => self.part(0, 18).to_owned(),
            CodeKind::LogisticUnit => self.part(0, 4).to_owned(),
            CodeKind::Location => self.part(0, 5).to_owned(),
        }
    }

    /// The GTIN in 14 digits, for items and batches.
    #[must_use]
    pub fn gtin(&self) -> Option<&str> {
        match self.kind {
            CodeKind::Serial | CodeKind::Batch => Some(self.part(4, 18)),
            CodeKind::LogisticUnit | CodeKind::Location => None,
        }
    }

    /// Serial or batch number, for items and batches.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        match self.kind {
            CodeKind::Serial | CodeKind::Batch => Some(self.part(22, self.element_string.len())),
            CodeKind::LogisticUnit | CodeKind::Location => None,
        }
    }

    /// The digits that start with the company prefix: a GTIN without its indicator, an SSCC
    /// without its extension digit, a GLN as it is.
    #[must_use]
    pub fn digits(&self) -> &str {
        match self.kind {
            CodeKind::Serial | CodeKind::Batch => self.part(5, 18),
            CodeKind::LogisticUnit => self.part(5, 22),
            CodeKind::Location => self.part(5, 18),
        }
    }

    /// Whether the code belongs to a company prefix.
    #[must_use]
    pub fn company_prefix_matches(&self, prefix: &str) -> bool {
        !prefix.is_empty() && self.digits().starts_with(prefix)
    }

    /// The code's hash, as a commissioning record carries it.
    #[must_use]
    pub fn hash(&self) -> CodeHash {
        CodeHash::from_bytes(labelled(
            "chopmark/code/1",
            &[self.element_string.as_bytes()],
        ))
    }

    /// The subject that this code names in a network, if `owner` has its prefix.
    #[must_use]
    pub fn subject(&self, network: &NetworkId, owner: &MemberId) -> SubjectId {
        self.hash().subject(network, owner)
    }

    /// The key that opens what whoever holds the label may see.
    #[must_use]
    pub fn label_key(&self, network: &NetworkId) -> [u8; 32] {
        derive(
            network.as_bytes(),
            self.element_string.as_bytes(),
            &[b"chopmark/label-tier/1"],
        )
    }

    /// The link on the label: `https`, or `http` if the host is this machine.
    #[must_use]
    pub fn digital_link(&self, host: &str) -> String {
        link::write(self, host)
    }

    /// A slice of the element string; identifiers and keys have fixed places in it.
    fn part(&self, from: usize, to: usize) -> &str {
        self.element_string.get(from..to).unwrap_or_default()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.element_string)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.element_string)
    }
}

/// A GS1 company prefix, or a range below one: 4 to 12 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// Reads the digits.
    ///
    /// # Errors
    /// [`CodeError::Prefix`] if they are fewer than 4, more than 12, or not digits.
    pub fn parse(digits: &str) -> Result<Self, CodeError> {
        let right = (4..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        right
            .then(|| Self(digits.to_owned()))
            .ok_or(CodeError::Prefix)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether one of the two contains the other: such prefixes cannot both be registered.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
