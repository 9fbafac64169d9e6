//! How much of something there is: an exact decimal and a unit of measure. No floats anywhere,
//! so that what is conserved on one machine is conserved on every other.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::cbor::{CborError, Reader, Wire, Writer};

/// Digits of an amount without its decimal point: a thousand inputs of the largest amount still
/// add up in 128 bits at the finest scale.
const LARGEST_MANTISSA: u64 = 999_999_999_999_999_999;
/// Decimal places: a microgram in kilograms.
const FINEST_SCALE: u8 = 9;

/// Why a text is not an amount or a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// Not digits, with a point and digits after it or without.
    #[error("an amount is written in digits, with a decimal point if need be")]
    Amount,
    /// More than 18 digits, or more than 9 after the point.
    #[error("an amount has at most 18 digits, at most {FINEST_SCALE} of them after the point")]
    TooLong,
    /// Not two or three capital letters and digits.
    #[error("a unit is a code of UN/ECE Recommendation 20, KGM or EA for instance")]
    Unit,
}

/// An exact decimal that is not negative, in its one spelling: no zeros at the end of its
/// decimal places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Amount {
    mantissa: u64,
    scale: u8,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    /// `mantissa` divided by ten to the power of `scale`.
    ///
    /// # Errors
    /// `TooLong` beyond the format's limits.
    pub fn new(mantissa: u64, scale: u8) -> Result<Self, QuantityError> {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
            scale -= 1;
        }
        if mantissa > LARGEST_MANTISSA || scale > FINEST_SCALE {
            return Err(QuantityError::TooLong);
        }
        Ok(Self { mantissa, scale })
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// How much more than `other` this is; `None` when it is less.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        Sum::of(self).minus(Sum::of(other))?.amount()
    }

    /// Both together; `None` beyond the format's limits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Sum::of(self).plus(Sum::of(other)).amount()
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        Sum::of(*self).cmp(&Sum::of(*other))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10u64.saturating_pow(self.scale.into());
        write!(f, "{}", self.mantissa / one)?;
        match usize::from(self.scale) {
            0 => Ok(()),
            places => write!(f, ".{:0places$}", self.mantissa % one),
        }
    }
}

impl FromStr for Amount {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (whole, places) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let dangling = text.ends_with('.');
        if whole.is_empty() || dangling || !digits(whole) || !digits(places) {
            return Err(QuantityError::Amount);
        }
        let places = places.trim_end_matches('0');
        let scale = u8::try_from(places.len()).map_err(|_| QuantityError::TooLong)?;
        let mantissa = format!("{whole}{places}").parse();
        Self::new(mantissa.map_err(|_| QuantityError::TooLong)?, scale)
    }
}

impl Wire for Amount {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.u64(self.mantissa);
        to.u64(self.scale.into());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        // Another spelling of the same number is normalised here and then differs from the bytes.
        Self::new(from.u64()?, from.u8()?).map_err(|_| CborError::Value { what: "amount" })
    }
}

/// Amounts added up at the finest scale: at most a record's worth of them, so it never overflows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sum(u128);

impl Sum {
    pub(crate) fn of(amount: Amount) -> Self {
        let finer = FINEST_SCALE.saturating_sub(amount.scale);
        Self(u128::from(amount.mantissa).saturating_mul(10u128.saturating_pow(finer.into())))
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum as an amount; `None` when it has more digits than one may have.
    fn amount(self) -> Option<Amount> {
        let (mut digits, mut scale) = (self.0, FINEST_SCALE);
        while scale > 0 && digits.is_multiple_of(10) {
            digits /= 10;
            scale -= 1;
        }
        Amount::new(u64::try_from(digits).ok()?, scale).ok()
    }
}

/// A unit of measure: the code of UN/ECE Recommendation 20, checked for its form. Which codes
/// there are changes with each edition, and no rule depends on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    code: [u8; 3],
}

impl Unit {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = if self.code[2] == 0 { 2 } else { 3 };
        // Only capitals and digits are ever put in.
        std::str::from_utf8(self.code.get(..end).unwrap_or_default()).unwrap_or_default()
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unit({self})")
    }
}

impl FromStr for Unit {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let mut code = [0; 3];
        let fits = (2..=3).contains(&text.len());
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if !fits || !text.bytes().all(plain) {
            return Err(QuantityError::Unit);
        }
        for (to, from) in code.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Ok(Self { code })
    }
}

impl Wire for Unit {
    fn write(&self, to: &mut Writer) {
        to.text(self.as_str());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let text = from.text("unit", 3)?;
        text.parse().map_err(|_| CborError::Value { what: "unit" })
    }
}

/// How much of a batch. The amount is absent from fields where the network's policy keeps
/// amounts in sections; the unit stands there always, and marks the subject as a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// How much; never zero.
    pub amount: Option<Amount>,
    /// Of what measure.
    pub unit: Unit,
}

impl Quantity {
    /// An amount of a unit.
    #[must_use]
    pub const fn new(amount: Amount, unit: Unit) -> Self {
        Self {
            amount: Some(amount),
            unit,
        }
    }

    /// The same without its amount, as fields have it where amounts stand in sections.
    #[must_use]
    pub const fn veiled(self) -> Self {
        Self {
            amount: None,
            unit: self.unit,
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.amount {
            Some(amount) => write!(f, "{amount} {}", self.unit),
            None => write!(f, "{}", self.unit),
        }
    }
}

impl Wire for Quantity {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        self.amount.write(to);
        self.unit.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        let amount = from.option(Amount::read)?;
        if amount.is_some_and(Amount::is_zero) {
            return Err(CborError::Value { what: "amount" });
        }
        Ok(Self {
            amount,
            unit: Unit::read(from)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cbor::{from_canonical, to_bytes};

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_have_one_spelling() {
        for (written, canonical) in [
            ("12.50", "12.5"),
            ("0.000000001", "0.000000001"),
            ("007", "7"),
            ("0.0", "0"),
            ("999999999999999999", "999999999999999999"),
        ] {
            assert_eq!(amount(written).to_string(), canonical);
            assert_eq!(amount(canonical), amount(written));
        }
        let mut to = Writer::new();
        to.array(2);
        to.u64(1250);
        to.u64(2);
        let twice = from_canonical::<Amount>(&to.into_bytes());
        assert_eq!(twice, Err(CborError::NonCanonical));
    }

    #[test]
    fn what_is_no_amount_or_unit_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "1e3", "1,5", "٣"] {
            assert_eq!(text.parse::<Amount>(), Err(QuantityError::Amount), "{text}");
        }
        for text in ["1000000000000000000", "0.0000000001"] {
            assert_eq!(
                text.parse::<Amount>(),
                Err(QuantityError::TooLong),
                "{text}"
            );
        }
        for text in ["", "K", "kgm", "KGMS", "K M", "é1"] {
            assert_eq!(text.parse::<Unit>(), Err(QuantityError::Unit), "{text}");
        }
        for text in ["EA", "KGM", "H87", "4L"] {
            assert_eq!(text.parse::<Unit>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_quantity_of_nothing_is_not_read() {
        let nothing = Quantity::new(Amount::ZERO, "KGM".parse().unwrap());
        let read = from_canonical::<Quantity>(&to_bytes(&nothing));
        assert_eq!(read, Err(CborError::Value { what: "amount" }));
    }

    #[test]
    fn more_digits_than_an_amount_has_are_not_added() {
        assert_eq!(amount("999999999999999999").plus(amount("0.1")), None);
        assert_eq!(amount("1").minus(amount("1.000000001")), None);
    }

    proptest! {
        #[test]
        fn what_is_added_is_taken_away_again(
            a in 0..1_000_000_000_000u64, b in 0..1_000_000_000_000u64, s in 0..=6u8, t in 0..=6u8,
        ) {
            let (a, b) = (Amount::new(a, s).unwrap(), Amount::new(b, t).unwrap());
            let both = a.plus(b).unwrap();
            prop_assert_eq!(both.minus(b), Some(a));
            prop_assert_eq!(both.minus(a), Some(b));
            prop_assert!(both >= a && both >= b);
            prop_assert_eq!(both.to_string().parse(), Ok(both));
            prop_assert_eq!(from_canonical::<Amount>(&to_bytes(&both)), Ok(both));
        }
    }
}
