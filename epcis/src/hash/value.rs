//! Values as a pre-hash string writes them.

use crate::{Decimal, Epc, Namespaces, Time};
use jiff::Unit;

/// Where CBV 1.x had its words, and where CBV 2.0 has them.
const OLD_WORDS: &[(&str, &str)] = &[
    (
        "urn:epcglobal:cbv:bizstep:",
        "https://ref.gs1.org/cbv/BizStep-",
    ),
    ("urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-"),
    ("urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-"),
    ("urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-"),
    ("urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-"),
];

/// In UTC and to the millisecond, rounded half up. A leap second stays the sixtieth.
pub(super) fn time(time: &Time) -> String {
    if time.is_leap_second() {
        // The next second begins the next day; what is rounded up to it would be another event.
        let second = format!("{:.0}", time.instant());
        let minute = second.strip_suffix("59Z").unwrap_or(&second);
        let digits: String = time
            .fraction()
            .chars()
            .chain("000".chars())
            .take(3)
            .collect();
        return format!("{minute}60.{digits}Z");
    }
    let instant = time.instant();
    let rounded = instant.round(Unit::Millisecond).unwrap_or(instant);
    format!("{rounded:.3}")
}

/// A URI, or anything that may be one: short names in full, old words as new ones, identifiers of
/// GS1 as canonical links at their finest level.
pub(super) fn text(written: &str, names: &Namespaces) -> String {
    let written = written.trim();
    for (old, new) in OLD_WORDS {
        if let Some(word) = written.strip_prefix(old) {
            return format!("{new}{word}");
        }
    }
    if let Some((address, local)) = names.split(written) {
        return format!("{address}{local}");
    }
    let is_identifier = written.starts_with("urn:epc:") || written.starts_with("http");
    match is_identifier.then(|| Epc::parse(written)) {
        Some(Ok(epc)) => epc.link(),
        _ => written.to_owned(),
    }
}

/// Text in a field of others. XML does not say whether `1.0` is a number, so it is one here.
pub(super) fn free_text(written: &str, names: &Namespaces) -> String {
    let trimmed = written.trim();
    let unsigned = trimmed.strip_prefix('+').unwrap_or(trimmed);
    let sign = if unsigned.starts_with('-') { "-" } else { "" };
    let digits = unsigned.strip_prefix('-').unwrap_or(unsigned);
    let short = digits.trim_start_matches('0');
    let padded = if short.starts_with(|digit: char| digit.is_ascii_digit()) {
        format!("{sign}{short}")
    } else {
        format!("{sign}0{short}")
    };
    let begins = digits.starts_with(|digit: char| digit.is_ascii_digit());
    match Decimal::parse(&padded) {
        Ok(plain) if begins => number(&plain),
        _ => text(trimmed, names),
    }
}

/// Digit by digit without exponent, without zeros that say nothing.
pub(super) fn number(number: &Decimal) -> String {
    let written = number.written();
    let (mantissa, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    // Reading bounds both to a few hundred.
    let exponent: i64 = exponent.trim_start_matches('+').parse().unwrap_or(0);
    let point = i64::try_from(whole.len())
        .unwrap_or(0)
        .saturating_add(exponent);
    let (whole, fraction) = match usize::try_from(point) {
        Ok(point) if point >= digits.len() => {
            let zeros = "0".repeat(point - digits.len());
            (format!("{digits}{zeros}"), String::new())
        }
        Ok(point) => {
            let (whole, fraction) = digits.split_at_checked(point).unwrap_or((&digits, ""));
            (whole.to_owned(), fraction.to_owned())
        }
        Err(_) => {
            let zeros = usize::try_from(point.unsigned_abs()).unwrap_or(0);
            (String::new(), format!("{}{digits}", "0".repeat(zeros)))
        }
    };
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let sign = if number.is_negative() { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::{number, time};
    use crate::{Decimal, Time};

    #[test]
    fn numbers_have_no_zeros_that_say_nothing() {
        for (written, plain) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("1.0", "1"),
            ("200.500", "200.5"),
            ("1e2", "100"),
            ("1.25e1", "12.5"),
            ("-1.5e-3", "-0.0015"),
            ("120e-2", "1.2"),
            ("0.3434000", "0.3434"),
            ("100", "100"),
        ] {
            assert_eq!(
                number(&Decimal::parse(written).unwrap()),
                plain,
                "{written}"
            );
        }
        assert_eq!(number(&Decimal::parse("1e300").unwrap()).len(), 301);
    }

    #[test]
    fn times_are_in_utc_to_the_millisecond() {
        for (written, utc) in [
            ("2020-03-04T11:00:30+01:00", "2020-03-04T10:00:30.000Z"),
            ("2023-01-18T11:04:03.1415Z", "2023-01-18T11:04:03.142Z"),
            ("2023-01-18T11:04:03.1414Z", "2023-01-18T11:04:03.141Z"),
            ("2017-01-01T07:59:60.5+08:00", "2016-12-31T23:59:60.500Z"),
            ("2016-12-31T23:59:60.9999Z", "2016-12-31T23:59:60.999Z"),
        ] {
            assert_eq!(time(&Time::parse(written).unwrap()), utc, "{written}");
        }
    }
}
