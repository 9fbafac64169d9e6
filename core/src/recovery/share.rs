//! One share as a text that a person keeps on paper and types again.

use std::{fmt, str::FromStr};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{activation::value_of, code::CROCKFORD, hash::labelled, keys::Seed};

/// Before the characters: says what it is and in which version.
const HEAD: &str = "CMR1";
/// 45 bytes, eight characters for every five.
const CHARACTERS: usize = 72;
const BYTES: usize = CHARACTERS / 8 * 5;
const CHECK: usize = 3;
/// Characters in one group, where a person reads them.
const GROUP: usize = 6;
/// One person alone would be no sharing.
const LEAST_NEEDED: u8 = 2;

/// Whose share it is, and of which split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecoveryTags {
    /// Of network and member.
    pub owner: [u8; 4],
    /// Of the split: shares of two splits of one member do not fit together.
    pub split: [u8; 4],
}

/// Why a text is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecoveryShareError {
    /// It does not begin as one.
    #[error("a recovery share begins with {HEAD}")]
    Head,
    /// Too few or too many characters.
    #[error("a recovery share has {CHARACTERS} letters and digits after {HEAD}, this has {found}")]
    Length {
        /// How many letters and digits there are.
        found: usize,
    },
    /// Not a letter or digit of Crockford's base 32.
    #[error("the character {0:?} cannot stand in a recovery share")]
    Character(char),
    /// Something was misread.
    #[error("the recovery share is damaged: a character of it was misread")]
    Check,
}

/// One of the shares that make a [`super::RecoverySecret`] together. Wiped when dropped, and never
/// printed but as its text.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryShare {
    tags: RecoveryTags,
    needed: u8,
    number: u8,
    value: Zeroizing<Seed>,
}

impl RecoveryShare {
    /// Share `number` of a split of which `needed` are enough; `None` unless the number counts
    /// from 1 and at least two are needed.
    #[must_use]
    pub fn new(tags: RecoveryTags, needed: u8, number: u8, value: &Seed) -> Option<Self> {
        (needed >= LEAST_NEEDED && number > 0).then(|| Self {
            tags,
            needed,
            number,
            value: Zeroizing::new(*value),
        })
    }

    /// Whose it is.
    #[must_use]
    pub const fn tags(&self) -> RecoveryTags {
        self.tags
    }

    /// How many are enough.
    #[must_use]
    pub const fn needed(&self) -> u8 {
        self.needed
    }

    /// Which one it is, counted from 1: the x of its point.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The values of the polynomials at that x.
    #[must_use]
    pub fn value(&self) -> &Seed {
        &self.value
    }

    /// The text, in groups.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let bytes = self.bytes();
        let mut text = Zeroizing::new(HEAD.to_owned());
        let mut written = 0_usize;
        for five in bytes.chunks(5) {
            let bits = five
                .iter()
                .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
            for place in (0..8_u32).rev() {
                if written.is_multiple_of(GROUP) {
                    text.push('-');
                }
                let value = usize::try_from((bits >> (place * 5)) & 31).unwrap_or_default();
                text.extend(CROCKFORD.get(value));
                written = written.saturating_add(1);
            }
        }
        text
    }

    fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES));
        bytes.extend([self.needed, self.number]);
        bytes.extend(self.tags.owner);
        bytes.extend(self.tags.split);
        bytes.extend(self.value.as_slice());
        let check = check(&bytes);
        bytes.extend(check);
        bytes
    }
}

/// One misread character is always found, anything else but for one in 16 million.
fn check(bytes: &[u8]) -> [u8; CHECK] {
    let [a, b, c, ..] = labelled("chopmark/recovery-share/1", &[bytes]);
    [a, b, c]
}

/// Reads what was typed: blanks and hyphens do not count, nor does the case, and look-alikes are
/// read as Crockford says.
impl FromStr for RecoveryShare {
    type Err = RecoveryShareError;

    fn from_str(text: &str) -> Result<Self, RecoveryShareError> {
        let text = text.trim();
        let rest = match text.split_at_checked(HEAD.len()) {
            Some((head, rest)) if head.eq_ignore_ascii_case(HEAD) => rest,
            _ => return Err(RecoveryShareError::Head),
        };
        let mut values = Zeroizing::new(Vec::with_capacity(CHARACTERS));
        for character in rest.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let value = value_of(character).ok_or(RecoveryShareError::Character(character))?;
            // Whatever is longer is refused anyway.
            if values.len() > CHARACTERS {
                break;
            }
            values.push(value);
        }
        if values.len() != CHARACTERS {
            let found = rest.chars().filter(|c| value_of(*c).is_some()).count();
            return Err(RecoveryShareError::Length { found });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES));
        for eight in values.chunks(8) {
            let bits = eight
                .iter()
                .fold(0_u64, |bits, value| (bits << 5) | u64::from(*value));
            let [_, _, _, five @ ..] = bits.to_be_bytes();
            bytes.extend(five);
        }
        let (body, found) = bytes
            .split_last_chunk::<CHECK>()
            .ok_or(RecoveryShareError::Check)?;
        if *found != check(body) {
            return Err(RecoveryShareError::Check);
        }
        let share = || {
            let ([needed, number], rest) = body.split_first_chunk()?;
            let (owner, rest) = rest.split_first_chunk()?;
            let (split, value) = rest.split_first_chunk()?;
            let tags = RecoveryTags {
                owner: *owner,
                split: *split,
            };
            Self::new(tags, *needed, *number, value.try_into().ok()?)
        };
        share().ok_or(RecoveryShareError::Check)
    }
}

impl fmt::Debug for RecoveryShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryShare({} of {:?})", self.number, self.tags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share(value: u8) -> RecoveryShare {
        let tags = RecoveryTags {
            owner: [1, 2, 3, 4],
            split: [5, 6, 7, 8],
        };
        RecoveryShare::new(tags, 2, 3, &[value; 32]).unwrap()
    }

    #[test]
    fn a_share_reads_as_the_format_says() {
        assert_eq!(
            share(9).text().as_str(),
            "CMR1-081G20-G30G2G-C1R814-4GJ289-144GJ2-89144G-J28914-4GJ289-144GJ2-89144G-J28914-4VPVM9"
        );
    }

    #[test]
    fn what_is_no_share_is_named() {
        let text = share(9).text();
        let cases = [
            ("", RecoveryShareError::Head),
            ("CMA1:0000", RecoveryShareError::Head),
            ("CMR1-0000", RecoveryShareError::Length { found: 4 }),
            ("CMR1-00U0", RecoveryShareError::Character('U')),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<RecoveryShare>(), Err(expected), "{text}");
        }
        let longer = format!("{}0", text.as_str());
        let expected = RecoveryShareError::Length { found: 73 };
        assert_eq!(longer.parse::<RecoveryShare>(), Err(expected));
        let lone = RecoveryShare::new(share(9).tags(), 1, 1, &[0; 32]);
        assert!(lone.is_none(), "one share that opens everything is none");
    }

    #[test]
    fn how_it_was_typed_makes_no_difference() {
        let text = share(9).text();
        let typed = text.to_lowercase().replace('0', "o").replace('-', "  ");
        assert_eq!(typed.parse(), Ok(share(9)));
    }

    proptest! {
        #[test]
        fn a_misread_character_shows(value: u8, place in 0..CHARACTERS, to in 0..32_usize) {
            let text = share(value).text();
            let mut characters: Vec<char> = text.chars().collect();
            // Every seventh after the head is a hyphen.
            let at = HEAD.len() + 1 + place + place / GROUP;
            prop_assume!(characters[at] != CROCKFORD[to]);
            characters[at] = CROCKFORD[to];
            let misread: String = characters.into_iter().collect();
            prop_assert_eq!(misread.parse::<RecoveryShare>(), Err(RecoveryShareError::Check));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _read = text.parse::<RecoveryShare>();
            let _read = format!("CMR1{text}").parse::<RecoveryShare>();
        }
    }
}
