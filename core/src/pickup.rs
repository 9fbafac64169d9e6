//! The one-time code by which a receiver without a device takes something over.
//!
//! Whoever orders the delivery makes the code and gives it to the receiver; the courier's offer
//! holds no more than its hash. The receiver tells it when the parcel is there, and the courier's
//! record shows it.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::{
    code::CROCKFORD,
    hash::labelled,
    ids::{NetworkId, PickupHash, SubjectId},
};

/// Why a text is no pick-up code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PickupCodeError {
    /// Too few or too many characters.
    #[error("a pick-up code has 12 to 26 letters and digits, this has {found}")]
    Length {
        /// How many letters and digits there are.
        found: usize,
    },
    /// Not a letter or digit of Crockford's base 32.
    #[error("the character {0:?} cannot stand in a pick-up code")]
    Character(char),
}

/// A code in its one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickupCode(String);

impl PickupCode {
    /// 60 bits. Who knows the hash can try codes without asking anybody, as long as the offer
    /// stands; the one with a motive is the giver, who would claim a delivery that never was.
    /// 2^60 hashes take a graphics card years, and an offer stands for weeks. Three groups of four
    /// are still told over a counter.
    pub const LEAST_CHARACTERS: usize = 12;
    /// 130 bits: more protect nothing.
    pub const MOST_CHARACTERS: usize = 26;

    /// The code of 12 characters from 12 bytes of a cryptographic random source.
    #[must_use]
    pub fn from_random(random: &[u8; Self::LEAST_CHARACTERS]) -> Self {
        // The low five bits of a random byte are as random as the byte.
        let characters = random
            .iter()
            .filter_map(|byte| CROCKFORD.get(usize::from(byte & 31)));
        Self(characters.collect())
    }

    /// The characters that are hashed: capitals and digits, nothing between them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What an offer of the subject says instead of the code. Network and subject are in it, so
    /// that nobody tries one guess against all offers at once, and no code is good twice.
    #[must_use]
    pub fn hash(&self, network: &NetworkId, subject: &SubjectId) -> PickupHash {
        PickupHash::from_bytes(labelled(
            "chopmark/pick-up/1",
            &[network.as_bytes(), subject.as_bytes(), self.0.as_bytes()],
        ))
    }
}

/// In groups of four, as people tell it.
impl fmt::Display for PickupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, character) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{character}")?;
        }
        Ok(())
    }
}

/// Reads what was typed: in any case, with blanks and hyphens, with Crockford's look-alikes.
impl FromStr for PickupCode {
    type Err = PickupCodeError;

    fn from_str(text: &str) -> Result<Self, PickupCodeError> {
        let mut code = String::new();
        let mut found = 0usize;
        for typed in text.chars().filter(|c| !matches!(c, ' ' | '-')) {
            let character = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !CROCKFORD.contains(&character) {
                return Err(PickupCodeError::Character(typed));
            }
            found = found.saturating_add(1);
            if found <= Self::MOST_CHARACTERS {
                code.push(character);
            }
        }
        if (Self::LEAST_CHARACTERS..=Self::MOST_CHARACTERS).contains(&found) {
            Ok(Self(code))
        } else {
            Err(PickupCodeError::Length { found })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_one_code() {
        let code = PickupCode::from_random(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
        assert_eq!(code.to_string(), "0123-4567-89AZ");
        for typed in ["0123456789AZ", "o1 23-4567-89az", " OI2345 6789AZ "] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        let refused = |text: &str| text.parse::<PickupCode>().unwrap_err();
        assert_eq!(refused("0123"), PickupCodeError::Length { found: 4 });
        assert_eq!(
            refused(&"A".repeat(27)),
            PickupCodeError::Length { found: 27 }
        );
        assert_eq!(refused("0123-4567-89AU"), PickupCodeError::Character('U'));
    }

    #[test]
    fn a_code_is_good_for_one_subject_of_one_network() {
        let code = PickupCode::from_random(&[7; 12]);
        let (network, subject) = (
            NetworkId::from_bytes([1; 32]),
            SubjectId::from_bytes([2; 32]),
        );
        let hash = code.hash(&network, &subject);
        assert_ne!(hash, code.hash(&NetworkId::from_bytes([3; 32]), &subject));
        assert_ne!(hash, code.hash(&network, &SubjectId::from_bytes([3; 32])));
    }
}
