//! The number that is read off a seal of a container, a truck or a carton.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Measured;

/// What UN/EDIFACT has room for (segment SEL, element 9308); the numbers of ISO 17712 are shorter.
const CHARACTERS: usize = 35;
/// Its name among a section's values. Whoever does not know it reads it as it stands.
const NAME: &str = "seal number";

/// Why a text is no seal's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealNumberError {
    /// Nothing to read, or more than a seal has room for.
    #[error("a seal number has 1 to {CHARACTERS} characters, this has {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// Not a letter or a digit, nor what stands between them.
    #[error("the character {0:?} cannot stand in a seal number")]
    Character(char),
}

/// A seal's number as it stands on it: letters and digits, and blanks, hyphens, points and
/// slashes between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealNumber(String);

impl SealNumber {
    /// The most characters that one has.
    pub const MOST: usize = CHARACTERS;

    /// The number that stands among a section's values; none where it is another value.
    #[must_use]
    pub fn of(value: &Measured) -> Option<Self> {
        let is_seal = value.name == NAME && value.unit.is_empty();
        is_seal.then(|| value.value.parse().ok()).flatten()
    }

    /// The number as a value of a section: read like any other, and without a unit.
    #[must_use]
    pub fn to_value(&self) -> Measured {
        Measured {
            name: NAME.to_owned(),
            value: self.0.clone(),
            unit: String::new(),
        }
    }

    /// As it stands on the seal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads what a person typed, without white space around it.
impl FromStr for SealNumber {
    type Err = SealNumberError;

    fn from_str(text: &str) -> Result<Self, SealNumberError> {
        let text = text.trim();
        let found = text.chars().count();
        if !(1..=CHARACTERS).contains(&found) {
            return Err(SealNumberError::Length { found });
        }
        let mut letters = text.chars();
        if let Some(other) = letters.find(|letter| !may_stand(*letter)) {
            return Err(SealNumberError::Character(other));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for SealNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Letters of any script: seals of railways and customs have their own.
fn may_stand(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '.' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_as_it_stands_on_the_seal() {
        for (typed, kept) in [
            (" ML-CN 0471903 ", "ML-CN 0471903"),
            ("007", "007"),
            ("РЖД Э1234567", "РЖД Э1234567"),
            ("粤A-12/3.4", "粤A-12/3.4"),
        ] {
            let number: SealNumber = typed.parse().unwrap();
            assert_eq!(number.as_str(), kept);
            assert_eq!(SealNumber::of(&number.to_value()), Some(number));
        }
    }

    #[test]
    fn names_what_stands_on_no_seal() {
        let parsed = |text: &str| text.parse::<SealNumber>();
        assert_eq!(parsed("  "), Err(SealNumberError::Length { found: 0 }));
        assert_eq!(
            parsed(&"7".repeat(36)),
            Err(SealNumberError::Length { found: 36 })
        );
        assert!(parsed(&"铅".repeat(35)).is_ok());
        for other in ['<', '\n', '\u{202e}', '\u{200b}', '\'', ','] {
            assert_eq!(
                parsed(&format!("A{other}1")),
                Err(SealNumberError::Character(other))
            );
        }
    }

    #[test]
    fn other_values_are_no_seals() {
        let number: SealNumber = "A1".parse().unwrap();
        for other in [
            Measured {
                name: "Temperature".to_owned(),
                ..number.to_value()
            },
            Measured {
                unit: "CEL".to_owned(),
                ..number.to_value()
            },
            Measured {
                value: "\u{202e}1A".to_owned(),
                ..number.to_value()
            },
        ] {
            assert_eq!(SealNumber::of(&other), None, "{other:?}");
        }
    }
}
