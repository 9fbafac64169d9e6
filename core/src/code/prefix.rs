//! What begins the codes of one member.

use std::fmt;

use super::{CodeError, container};

/// A GS1 company prefix, or a range below one: 4 to 12 digits. Or the owner's code that container
/// numbers begin with: three letters and U, J or Z.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// Characters of the longest.
    pub(crate) const LONGEST: usize = 12;

    /// Reads the digits or letters.
    ///
    /// # Errors
    /// [`CodeError::Prefix`] if they are neither.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let digits =
            (4..=Self::LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        (digits || container::is_owner(text))
            .then(|| Self(text.to_owned()))
            .ok_or(CodeError::Prefix)
    }

    /// The digits or letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a container owner's code.
    #[must_use]
    pub fn is_container_owner(&self) -> bool {
        container::is_owner(&self.0)
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
