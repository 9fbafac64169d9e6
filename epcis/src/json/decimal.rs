//! Numbers digit by digit.

use thiserror::Error;

/// No measured quantity needs more; a number of a million digits only costs time.
const MAX_LENGTH: usize = 64;
/// Past this, readers that use binary floats would read infinity or zero.
const MAX_EXPONENT: u16 = 300;

/// A number as JSON writes it. Two numbers are equal when they are written alike: `1.0` has
/// another precision than `1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// Reads a number, kept as written.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        if text.len() > MAX_LENGTH {
            return Err(DecimalError::TooLong);
        }
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let padded = whole.len() > 1 && whole.starts_with('0');
        if !are_digits(whole) || padded || !fraction.is_none_or(are_digits) {
            return Err(DecimalError::NotANumber);
        }
        if let Some(exponent) = exponent {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if !are_digits(digits) {
                return Err(DecimalError::NotANumber);
            }
            if !digits.parse::<u16>().is_ok_and(|size| size <= MAX_EXPONENT) {
                return Err(DecimalError::OutOfRange);
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The number as it was written.
    pub fn written(&self) -> &str {
        &self.0
    }

    /// Whether it is below zero; `-0` is not.
    pub fn is_negative(&self) -> bool {
        let mantissa = self.0.split(['e', 'E']).next().unwrap_or_default();
        self.0.starts_with('-') && mantissa.contains(|digit| ('1'..='9').contains(&digit))
    }
}

/// Why a number is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecimalError {
    /// Not what RFC 8259 calls a number.
    #[error("not a number as JSON writes it")]
    NotANumber,
    /// More characters than any measurement needs.
    #[error("longer than {MAX_LENGTH} characters")]
    TooLong,
    /// An exponent that other readers cannot hold.
    #[error("written with an exponent beyond ±{MAX_EXPONENT}")]
    OutOfRange,
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{Decimal, DecimalError};

    #[test]
    fn keeps_numbers_as_written() {
        for text in [
            "0",
            "-0",
            "1.0",
            "1.00",
            "0.1",
            "1e3",
            "-12.50E-300",
            "9007199254740993",
            "123456789012345678901234567890.123456789",
        ] {
            assert_eq!(
                Decimal::parse(text).map(|number| number.written() == text),
                Ok(true)
            );
        }
    }

    #[test]
    fn refuses_what_is_no_number_or_out_of_range() {
        use DecimalError::{NotANumber, OutOfRange, TooLong};
        let long = "1".repeat(65);
        for (text, error) in [
            ("", NotANumber),
            ("-", NotANumber),
            ("01", NotANumber),
            ("+1", NotANumber),
            (".5", NotANumber),
            ("1.", NotANumber),
            ("1e", NotANumber),
            ("1e+-2", NotANumber),
            ("NaN", NotANumber),
            ("0x10", NotANumber),
            ("1e301", OutOfRange),
            ("1e-99999999", OutOfRange),
            (long.as_str(), TooLong),
        ] {
            assert_eq!(Decimal::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn minus_zero_is_not_below_zero() {
        let is_negative = |text| Decimal::parse(text).unwrap().is_negative();
        assert!(is_negative("-0.1"));
        assert!(!is_negative("-0.0e7"));
        assert!(!is_negative("1e-7"));
    }
}
