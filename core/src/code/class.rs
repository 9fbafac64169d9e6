//! What a commissioning shows of codes: the kind of goods.

use std::fmt;

use super::CodeKind;
use crate::cbor::{CborError, Reader, Wire, Writer};

/// Above every GTIN: from here on the number says which bare identifier.
const BARE: u64 = 1 << 48;

/// What several subjects are alike: a GTIN, or no more than the kind of code that they have.
/// Eight bytes, because every subject of a peer has one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoodsClass(u64);

impl GoodsClass {
    /// Reads a class as records show it: `(01)` and 14 digits, or a bare identifier.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("(01)") {
            Some(gtin) if gtin.len() == 14 && gtin.bytes().all(|b| b.is_ascii_digit()) => {
                gtin.parse().ok().map(Self)
            }
            Some(_) => None,
            None => (BARE..)
                .zip(CodeKind::BARE)
                .find(|(_, (_, bare))| *bare == text)
                .map(|(number, _)| Self(number)),
        }
    }

    /// Whether it is a GTIN: only such goods are counted or weighed in batches.
    #[must_use]
    pub const fn is_gtin(self) -> bool {
        self.0 < BARE
    }
}

impl fmt::Display for GoodsClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bare = (BARE..).zip(CodeKind::BARE);
        match bare.find(|(number, _)| *number == self.0) {
            Some((_, (_, text))) => f.write_str(text),
            None => write!(f, "(01){:014}", self.0),
        }
    }
}

impl fmt::Debug for GoodsClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GoodsClass({self})")
    }
}

impl Wire for GoodsClass {
    fn write(&self, to: &mut Writer) {
        to.text(&self.to_string());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::parse(from.text("class", 18)?).ok_or(CborError::Value { what: "class" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_written_as_they_are_read() {
        let gtin = "(01)09506000134352";
        for class in [gtin, "(00)", "(414)", "(8003)", "(8010)", "BIC"] {
            assert_eq!(GoodsClass::parse(class).unwrap().to_string(), class);
        }
        assert!(GoodsClass::parse(gtin).unwrap().is_gtin());
        for other in [
            "",
            "(01)",
            "(01)0950600013435",
            "(01)0950600013435x",
            "(02)",
            "(21)A",
        ] {
            assert_eq!(GoodsClass::parse(other), None, "{other}");
        }
    }
}
