//! The name of a jurisdiction.

use std::fmt;

use crate::cbor::{CborError, Reader, Wire, Writer};

/// The longest name: a word on a screen.
const BYTES: usize = 32;

/// Where a law holds, as a network calls it: lower-case letters, digits and hyphens, `cn-gd` for
/// instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jurisdiction(String);

impl Jurisdiction {
    /// A jurisdiction by its name.
    ///
    /// # Errors
    /// [`CborError::Value`] for anything that is not such a word.
    pub fn parse(name: &str) -> Result<Self, CborError> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=BYTES).contains(&name.len()) && name.bytes().all(fits) {
            Ok(Self(name.to_owned()))
        } else {
            Err(CborError::Value {
                what: "jurisdiction",
            })
        }
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Wire for Jurisdiction {
    fn write(&self, to: &mut Writer) {
        to.text(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::parse(from.text("jurisdiction", BYTES)?)
    }
}
