//! What a sensor says: a word of GS1, a number, and a unit in which such a thing is given.

use std::cmp::Ordering;
use std::fmt;

use chopmark_core::{self as core, Amount, SealNumber};
use chopmark_view::{Failure, Line, Measured, Param, SENSED, Sensed, UNITS};

use crate::{failure, lines, sealed};

/// What each unit can say at most: nature's own limits where it has some, else what lies beyond
/// anything that goods meet, so that a slip of the finger shows before it is signed.
const RANGES: &[(&str, &str, &str)] = &[
    ("CEL", "-273.15", "10000"),
    ("FAH", "-459.67", "18032"),
    ("KEL", "0", "10273.15"),
    ("P1", "0", "100"),
    ("K40", "-100000", "100000"),
    ("MSK", "-1000000", "1000000"),
    ("DD", "-360", "360"),
    ("A97", "0", "10000000"),
    ("KPA", "0", "1000000"),
    ("BAR", "0", "10000"),
    ("LUX", "0", "1000000"),
    ("KGM", "0", "1000000000"),
    ("GRM", "0", "1000000000000"),
    ("TNE", "0", "1000000"),
    ("VLT", "-1000000", "1000000"),
];

/// A decimal number, as exact as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Below(Amount),
    FromZero(Amount),
}

impl Reading {
    /// Digits with a point, and a minus sign before them; keyboards have two. A comma is refused:
    /// some read "1,000" as a thousand, and some as one.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let amount = |digits: &str| digits.parse::<Amount>().ok();
        match text.strip_prefix(['-', '\u{2212}']) {
            Some(digits) => amount(digits).map(|amount| match amount.is_zero() {
                true => Self::FromZero(amount),
                false => Self::Below(amount),
            }),
            None => amount(text).map(Self::FromZero),
        }
    }
}

impl PartialOrd for Reading {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Below(one), Self::Below(other)) => other.cmp(one),
            (Self::FromZero(one), Self::FromZero(other)) => one.cmp(other),
            (Self::Below(_), Self::FromZero(_)) => Ordering::Less,
            (Self::FromZero(_), Self::Below(_)) => Ordering::Greater,
        })
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Below(amount) => write!(f, "-{amount}"),
            Self::FromZero(amount) => write!(f, "{amount}"),
        }
    }
}

/// A reading as a person typed it, in the spelling that is recorded.
pub(crate) fn checked(typed: &Measured) -> Result<core::Measured, Failure> {
    let sensed = SENSED.iter().find(|sensed| sensed.word == typed.name);
    let sensed = sensed.ok_or_else(|| failure::READING_MISSING.failure([]))?;
    let what = || ("what", Param::Key(sensed.key.into()));
    let unit = unit_of(sensed, &typed.unit).ok_or_else(|| {
        failure::READING_UNIT.failure([what(), ("unit", Param::Text(typed.unit.clone()))])
    })?;
    let value = Reading::parse(&typed.value).ok_or_else(|| {
        failure::READING_NO_NUMBER.failure([what(), ("value", Param::Text(typed.value.clone()))])
    })?;
    let range = RANGES.iter().find(|(code, ..)| *code == typed.unit);
    if let Some((_, least, most)) = range
        && (Reading::parse(least).is_some_and(|least| value < least)
            || Reading::parse(most).is_some_and(|most| value > most))
    {
        return Err(failure::READING_OUT_OF_RANGE.failure([
            what(),
            ("least", Param::Text((*least).to_owned())),
            ("most", Param::Text((*most).to_owned())),
            ("unit", Param::Key(unit.to_owned())),
        ]));
    }
    Ok(core::Measured {
        name: sensed.word.to_owned(),
        value: value.to_string(),
        unit: typed.unit.clone(),
    })
}

/// A measured value, or a seal's number, in words: by name where it is one of the list, else as its author wrote it.
pub(crate) fn line(measured: &core::Measured) -> Line {
    if let Some(number) = SealNumber::of(measured) {
        return sealed::line(&number);
    }
    let sensed = SENSED.iter().find(|sensed| sensed.word == measured.name);
    let value = ("value", Param::Text(measured.value.clone()));
    match sensed.and_then(|sensed| Some((sensed, unit_of(sensed, &measured.unit)?))) {
        Some((sensed, unit)) => lines::SIGN_READING.line([
            ("what", Param::Key(sensed.key.to_owned())),
            value,
            ("unit", Param::Key(unit.to_owned())),
        ]),
        None => lines::SIGN_MEASURED.line([
            ("name", Param::Text(measured.name.clone())),
            value,
            ("unit", Param::Text(measured.unit.clone())),
        ]),
    }
}

/// The message key of a unit in which such a thing is given.
fn unit_of(sensed: &Sensed, code: &str) -> Option<&'static str> {
    let found = sensed.units.iter().find(|(known, _)| *known == code);
    found.map(|(_, key)| *key)
}

/// The keys of what is measured and of its units, for the check against the message files.
pub(crate) fn keys() -> impl Iterator<Item = String> {
    let named = SENSED.iter().map(|sensed| sensed.key);
    let units = SENSED.iter().flat_map(|sensed| sensed.units);
    // Goods are weighed, too.
    let units = units.filter(|unit| !UNITS.contains(unit));
    named.chain(units.map(|(_, key)| *key)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use chopmark_epcis::{Decimal, Measurement, Word};

    use super::*;

    fn typed(name: &str, value: &str, unit: &str) -> Measured {
        Measured {
            name: name.to_owned(),
            value: value.to_owned(),
            unit: unit.to_owned(),
        }
    }

    /// An export would write it as a word of its own otherwise.
    #[test]
    fn everything_that_is_measured_is_a_word_of_the_standard() {
        for sensed in SENSED {
            let word = Word::<Measurement>::parse(sensed.word).unwrap();
            assert!(word.known().is_some(), "{sensed:?}");
            for (code, _) in sensed.units {
                let (_, least, most) = RANGES.iter().find(|(unit, ..)| unit == code).unwrap();
                assert!(Reading::parse(least).unwrap() < Reading::parse(most).unwrap());
            }
        }
    }

    #[test]
    fn a_reading_is_kept_exactly_in_one_spelling() {
        for (value, kept) in [
            ("4.5", "4.5"),
            (" 4.50 ", "4.5"),
            ("-18", "-18"),
            ("\u{2212}0.125", "-0.125"),
            ("-0.0", "0"),
            ("-273.15", "-273.15"),
        ] {
            let told = checked(&typed("Temperature", value, "CEL")).unwrap();
            assert_eq!((told.value.as_str(), told.unit.as_str()), (kept, "CEL"));
            assert!(Decimal::parse(&told.value).is_ok(), "{kept}");
        }
    }

    #[test]
    fn refuses_what_no_sensor_says() {
        for (reading, code) in [
            (typed("Temperature", "", "CEL"), "reading-no-number"),
            (typed("Temperature", "warm", "CEL"), "reading-no-number"),
            (typed("Temperature", "4,5", "CEL"), "reading-no-number"),
            (typed("Temperature", "1e3", "CEL"), "reading-no-number"),
            (typed("Temperature", "NaN", "CEL"), "reading-no-number"),
            (
                typed("Temperature", "0.0000000001", "CEL"),
                "reading-no-number",
            ),
            (
                typed("Temperature", "-273.16", "CEL"),
                "reading-out-of-range",
            ),
            (typed("Temperature", "-1", "KEL"), "reading-out-of-range"),
            (
                typed("RelativeHumidity", "100.1", "P1"),
                "reading-out-of-range",
            ),
            (typed("Temperature", "4", "KGM"), "reading-unit"),
            (typed("Mass", "4", "CEL"), "reading-unit"),
            (typed("", "4", "CEL"), "reading-missing"),
        ] {
            assert_eq!(checked(&reading).unwrap_err().code, code, "{reading:?}");
        }
    }
}
