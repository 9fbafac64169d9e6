//! Codes: what identifies a thing, as GS1 writes it (General Specifications; Digital Link 1.x).
//!
//! One canonical spelling, the element string with parentheses; every spelling that scanners,
//! links and people produce is read into it.

mod check;
mod class;
mod container;
mod elements;
mod error;
mod identifiers;
mod link;
mod parse;
mod prefix;
mod query;

use std::fmt;

use crate::{
    hash::{derive, labelled},
    ids::{CodeHash, MemberId, NetworkId, SubjectId},
};

pub(crate) use check::CROCKFORD;
pub use check::{check_digit, crockford_serial};
pub use class::GoodsClass;
pub use elements::ElementString;
pub use error::{CodeError, CodeWarning};
pub use identifiers::Identifier;
pub use prefix::Prefix;
pub use query::CodeQuery;

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
    /// Something that comes back, a crate or a keg: GRAI with serial.
    ReturnableAsset,
    /// A tool, a vehicle, a machine: GIAI.
    Asset,
    /// A component or part: CPID with serial.
    Component,
    /// What one seller sends one buyer: GSIN.
    Shipment,
    /// What a forwarder moves as one: GINC.
    Consignment,
    /// One document: GDTI with serial.
    Document,
    /// A freight container: ISO 6346.
    Container,
}

impl CodeKind {
    /// The kinds of which a commissioning record shows no more than this.
    const BARE: [(Self, &'static str); 9] = [
        (Self::LogisticUnit, "(00)"),
        (Self::Location, "(414)"),
        (Self::ReturnableAsset, "(8003)"),
        (Self::Asset, "(8004)"),
        (Self::Component, "(8010)"),
        (Self::Shipment, "(402)"),
        (Self::Consignment, "(401)"),
        (Self::Document, "(253)"),
        (Self::Container, "BIC"),
    ];

    /// The kind whose class this is, if the class says no more than that.
    #[must_use]
    pub fn of_bare_class(class: &str) -> Option<Self> {
        Self::BARE
            .iter()
            .find(|(_, bare)| *bare == class)
            .map(|(kind, _)| *kind)
    }

    fn bare_class(self) -> Option<&'static str> {
        Self::BARE
            .iter()
            .find(|(kind, _)| *kind == self)
            .map(|(_, bare)| *bare)
    }
}

/// A code in its canonical spelling, with its check digit verified.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    element_string: String,
    kind: CodeKind,
}

impl Code {
    /// Reads any spelling: an element string with parentheses or as scanners send it, a Digital
    /// Link of any host, the digits of an SSCC, the number of a container.
    ///
    /// # Errors
    /// [`CodeError`], naming what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        parse::code(text)
    }

    /// One item: a GTIN of 8, 12, 13 or 14 digits, and its serial.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn gtin_serial(gtin: &str, serial: &str) -> Result<Self, CodeError> {
        let gtin = check::gtin14(gtin)?;
        Self::of(CodeKind::Serial, &[("01", &gtin), ("21", serial)])
    }

    /// One batch: a GTIN of 8, 12, 13 or 14 digits, and its batch number.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn gtin_batch(gtin: &str, batch: &str) -> Result<Self, CodeError> {
        let gtin = check::gtin14(gtin)?;
        Self::of(CodeKind::Batch, &[("01", &gtin), ("10", batch)])
    }

    /// A logistic unit: 18 digits.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn sscc(digits: &str) -> Result<Self, CodeError> {
        Self::of(CodeKind::LogisticUnit, &[("00", digits)])
    }

    /// A place: 13 digits.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn gln(digits: &str) -> Result<Self, CodeError> {
        Self::of(CodeKind::Location, &[("414", digits)])
    }

    /// A returnable asset: a zero, the 13 digits of its type, its serial.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character, or without serial.
    pub fn returnable_asset(grai: &str) -> Result<Self, CodeError> {
        if grai.len() == 14 {
            return Err(CodeError::SerialMissing { identifier: "8003" });
        }
        if let Some(character) = grai.chars().next().filter(|first| *first != '0') {
            return Err(CodeError::BadCharacter {
                identifier: "8003",
                character,
            });
        }
        Self::of(CodeKind::ReturnableAsset, &[("8003", grai)])
    }

    /// A tool, vehicle or machine: company prefix and reference, 30 characters at most.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong length or character.
    pub fn asset(giai: &str) -> Result<Self, CodeError> {
        Self::of(CodeKind::Asset, &[("8004", giai)])
    }

    /// A component or part with its serial.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong length or character.
    pub fn component(part: &str, serial: &str) -> Result<Self, CodeError> {
        Self::of(CodeKind::Component, &[("8010", part), ("8011", serial)])
    }

    /// A shipment: 17 digits.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character.
    pub fn shipment(gsin: &str) -> Result<Self, CodeError> {
        Self::of(CodeKind::Shipment, &[("402", gsin)])
    }

    /// A consignment: company prefix and reference, 30 characters at most.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong length or character.
    pub fn consignment(ginc: &str) -> Result<Self, CodeError> {
        Self::of(CodeKind::Consignment, &[("401", ginc)])
    }

    /// A document: the 13 digits of its type, its serial.
    ///
    /// # Errors
    /// [`CodeError`] for a wrong check digit, length or character, or without serial.
    pub fn document(gdti: &str) -> Result<Self, CodeError> {
        if gdti.len() == 13 {
            return Err(CodeError::SerialMissing { identifier: "253" });
        }
        Self::of(CodeKind::Document, &[("253", gdti)])
    }

    /// A freight container. A check digit that does not fit is a [`warning`](Self::warning).
    ///
    /// # Errors
    /// [`CodeError::Container`] if it is not an owner's code and seven digits.
    pub fn container(number: &str) -> Result<Self, CodeError> {
        Ok(Self {
            element_string: container::read(number)?,
            kind: CodeKind::Container,
        })
    }

    /// Checks the elements and writes them in order.
    fn of(kind: CodeKind, elements: &[(&str, &str)]) -> Result<Self, CodeError> {
        let length = |(name, value): &(&str, &str)| name.len() + value.len() + 2;
        let mut element_string = String::with_capacity(elements.iter().map(length).sum());
        for (name, value) in elements {
            Identifier::find(name)
                .ok_or(CodeError::NotGs1)?
                .check(value)?;
            // `(21)A(10)B` has to mean one thing only, since its hash names a subject.
            if parse::next_parenthesis(value).is_some() {
                return Err(CodeError::Ambiguous);
            }
            for text in ["(", name, ")", value] {
                element_string.push_str(text);
            }
        }
        Ok(Self {
            element_string,
            kind,
        })
    }

    /// What it names.
    #[must_use]
    pub const fn kind(&self) -> CodeKind {
        self.kind
    }

    /// What a person should look at before going on.
    #[must_use]
    pub fn warning(&self) -> Option<CodeWarning> {
        match self.kind {
            CodeKind::Container => container::warning(&self.element_string),
            _ => None,
        }
    }

    /// The canonical spelling, e.g. `(01)09506000134352(21)A1`.
    #[must_use]
    pub fn element_string(&self) -> &str {
        &self.element_string
    }

    /// What a commissioning record shows of the code: the GTIN for items and batches, the bare
    /// identifier for everything else (format, section 3).
    #[must_use]
    pub fn class(&self) -> String {
        self.kind
            .bare_class()
            .unwrap_or_else(|| self.part(0, 18))
            .to_owned()
    }

    /// The GTIN in 14 digits, for items and batches.
    #[must_use]
    pub fn gtin(&self) -> Option<&str> {
        matches!(self.kind, CodeKind::Serial | CodeKind::Batch).then(|| self.part(4, 18))
    }

    /// Serial or batch number, for items and batches.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        matches!(self.kind, CodeKind::Serial | CodeKind::Batch)
            .then(|| self.part(22, self.element_string.len()))
    }

    /// What starts with the prefix: a GTIN without its indicator, an SSCC without its extension
    /// digit, a GRAI without its zero, any other key as it is.
    #[must_use]
    pub fn digits(&self) -> &str {
        let end = self.element_string.len();
        match self.kind {
            CodeKind::Serial | CodeKind::Batch => self.part(5, 18),
            CodeKind::LogisticUnit => self.part(5, 22),
            CodeKind::Location | CodeKind::Document => self.part(5, 18),
            CodeKind::Shipment | CodeKind::Consignment => self.part(5, end),
            CodeKind::ReturnableAsset => self.part(7, 20),
            CodeKind::Asset => self.part(6, end),
            CodeKind::Component => self.part(6, self.component_end()),
            CodeKind::Container => &self.element_string,
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

    /// Where a component's serial begins.
    fn component_end(&self) -> usize {
        // Set 39 has no parenthesis.
        self.element_string
            .find("(8011)")
            .unwrap_or(self.element_string.len())
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

#[cfg(test)]
mod tests;
