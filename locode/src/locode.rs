use std::{fmt, str::FromStr};

use thiserror::Error;

/// Why a text names no place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LocodeError {
    /// Not two letters of a country and three letters or digits from 2 to 9.
    #[error("a UN/LOCODE has 2 letters and then 3 letters or digits from 2 to 9")]
    Form,
    /// Well formed, and not in the directory.
    #[error("{code} is no place in the directory")]
    Unknown {
        /// The code.
        code: Locode,
    },
}

/// The code of a place: two letters of the country (ISO 3166-1), three of the place. Digits are 2
/// to 9, since 0 and 1 look like letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locode([u8; 5]);

impl Locode {
    /// The five characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // All of them are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The country's two letters (ISO 3166-1).
    #[must_use]
    pub fn country(&self) -> &str {
        self.as_str().get(..2).unwrap_or_default()
    }
}

/// Reads what people write: `CNNSA`, `CN NSA`, in any case.
impl FromStr for Locode {
    type Err = LocodeError;

    fn from_str(text: &str) -> Result<Self, LocodeError> {
        let text = text.trim();
        let (country, place) = text.split_at_checked(2).ok_or(LocodeError::Form)?;
        let place = place.strip_prefix(' ').unwrap_or(place);
        let letters = country.bytes().all(|b| b.is_ascii_alphabetic());
        let place_fits = place
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b'2'..=b'9'));
        if !letters || !place_fits {
            return Err(LocodeError::Form);
        }
        let code = [country, place].concat().to_ascii_uppercase();
        <[u8; 5]>::try_from(code.as_bytes())
            .map(Self)
            .map_err(|_| LocodeError::Form)
    }
}

impl fmt::Display for Locode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Locode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locode({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_refuses_what_no_place_has() {
        for text in ["CNNSA", "cn nsa", " CN NSA "] {
            assert_eq!(text.parse::<Locode>().unwrap().as_str(), "CNNSA");
        }
        assert_eq!("USL2A".parse::<Locode>().unwrap().country(), "US");
        for text in [
            "",
            "CN",
            "CNNS",
            "CNNSAX",
            "C1NSA",
            "CNN0A",
            "CNN1A",
            "CN  NSA",
            "茶茶茶",
        ] {
            assert_eq!(text.parse::<Locode>(), Err(LocodeError::Form), "{text}");
        }
    }
}
