//! Points in time with their zone, kept as written.

use crate::shape::Shape;
use crate::terms::Terms;
use crate::written::Written;
use crate::{Fault, Json, Reason};
use jiff::Timestamp;
use thiserror::Error;

/// XML Schema, and so EPCIS, knows no zone beyond fourteen hours.
const MAX_OFFSET_MINUTES: u16 = 14 * 60;
const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// A point in time: `2026-03-02T10:00:00.000+08:00`. Kept as written; two times are equal when
/// they are written alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    written: String,
    instant: Timestamp,
}

/// The zone in which an event was seen: `+08:00`, at most fourteen hours either way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneOffset(String);

/// Why a time is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeError {
    /// Not of this form, or no such day.
    #[error("must be a time with zone, as 2026-03-02T10:00:00.000+08:00")]
    NotATime,
    /// Zones end at fourteen hours.
    #[error("the zone must be between -14:00 and +14:00")]
    Zone,
    /// Leap seconds come only at the end of a UTC day.
    #[error("second 60 is only at 23:59 UTC")]
    LeapSecond,
}

impl Time {
    /// Reads an `xsd:dateTimeStamp` with at most nine digits after the second. The leap second
    /// 23:59:60 UTC is kept as written; as an [instant](Self::instant) it is the second before.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let (clock, zone) = split(text).ok_or(TimeError::NotATime)?;
        if zone != "Z" {
            ZoneOffset::parse(zone)?;
        }
        let second = clock.get(17..19).ok_or(TimeError::NotATime)?;
        let instant: Timestamp = text.parse().map_err(|_| TimeError::NotATime)?;
        let is_last_of_day = instant.as_second().rem_euclid(SECONDS_A_DAY) == SECONDS_A_DAY - 1;
        if second == "60" && !is_last_of_day {
            return Err(TimeError::LeapSecond);
        }
        Ok(Self {
            written: text.to_owned(),
            instant,
        })
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Whether it is in a leap second.
    pub(crate) fn is_leap_second(&self) -> bool {
        self.written.get(17..19) == Some("60")
    }

    /// The digits after the second, as they were written.
    pub(crate) fn fraction(&self) -> &str {
        let after = self.written.split_once('.').map_or("", |(_, after)| after);
        let end = after
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(after.len());
        after.get(..end).unwrap_or_default()
    }

    /// The point in time, whatever the zone it was written in.
    pub fn instant(&self) -> Timestamp {
        self.instant
    }
}

impl ZoneOffset {
    /// Reads `+08:00`.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let is_form = matches(text, "±00:00");
        let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u16>().ok();
        let (Some(hours), Some(minutes), true) = (number(1..3), number(4..6), is_form) else {
            return Err(TimeError::Zone);
        };
        if minutes > 59 || hours * 60 + minutes > MAX_OFFSET_MINUTES {
            return Err(TimeError::Zone);
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.0
    }

    /// Minutes east of UTC.
    pub fn minutes(&self) -> i16 {
        let number = |range: std::ops::Range<usize>| {
            let digits = self.0.get(range).and_then(|digits| digits.parse().ok());
            digits.unwrap_or(0_i16)
        };
        let minutes = number(1..3) * 60 + number(4..6);
        if self.0.starts_with('-') {
            -minutes
        } else {
            minutes
        }
    }
}

/// Date and clock, and zone, if the text has the form of both.
fn split(text: &str) -> Option<(&str, &str)> {
    let zone_length = if text.ends_with('Z') { 1 } else { 6 };
    let (clock, zone) = text.split_at_checked(text.len().checked_sub(zone_length)?)?;
    let (whole, fraction) = match clock.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (clock, "0"),
    };
    let is_fraction =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let is_zone = zone == "Z" || matches(zone, "±00:00");
    (matches(whole, "0000-00-00T00:00:00") && is_fraction && is_zone).then_some((clock, zone))
}

/// Whether the text has a digit where the form has `0`, a sign for `±`, and else the same.
fn matches(text: &str, form: &str) -> bool {
    text.chars().count() == form.chars().count()
        && text
            .chars()
            .zip(form.chars())
            .all(|(letter, wanted)| match wanted {
                '0' => letter.is_ascii_digit(),
                '±' => letter == '+' || letter == '-',
                other => letter == other,
            })
}

impl Shape for Time {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        Time::parse(&String::read(json, terms)?).map_err(|error| Fault::new(Reason::Time(error)))
    }

    fn write(&self) -> Written<'_> {
        Written::Text(&self.written)
    }
}

impl Shape for ZoneOffset {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        ZoneOffset::parse(&String::read(json, terms)?)
            .map_err(|error| Fault::new(Reason::Time(error)))
    }

    fn write(&self) -> Written<'_> {
        Written::Text(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Time, TimeError, ZoneOffset};

    #[test]
    fn keeps_times_as_written() {
        for (text, second) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T08:00:01.000+08:00", 1),
            ("1970-01-01T14:00:00.123456789+14:00", 0),
            ("1969-12-31T10:00:00-14:00", 0),
            ("2024-02-29T00:00:00-00:00", 1_709_164_800),
        ] {
            let time = Time::parse(text).unwrap();
            assert_eq!((time.written(), time.instant().as_second()), (text, second));
        }
    }

    #[test]
    fn keeps_leap_seconds_as_written_and_orders_them_before_the_next_day() {
        for text in ["2016-12-31T23:59:60Z", "2017-01-01T07:59:60.500+08:00"] {
            let time = Time::parse(text).unwrap();
            assert_eq!(time.written(), text);
            assert!(time.instant() < Time::parse("2017-01-01T00:00:00Z").unwrap().instant());
        }
        for text in ["2016-12-31T22:59:60Z", "2016-12-31T23:59:60+08:00"] {
            assert_eq!(Time::parse(text), Err(TimeError::LeapSecond));
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2026-03-02",
            "2026-03-02T10:00:00",
            "2026-03-02 10:00:00Z",
            "2026-03-02t10:00:00z",
            "2026-3-2T10:00:00Z",
            "2026-02-29T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-03-02T24:00:00Z",
            "2026-03-02T10:60:00Z",
            "2026-03-02T10:00:61Z",
            "2026-03-02T10:00:00.Z",
            "2026-03-02T10:00:00.1234567890Z",
            "+2026-03-02T10:00:00Z",
            "2026-03-02T10:00:00Z[Asia/Shanghai]",
            "２０２６-03-02T10:00:00Z",
        ] {
            assert_eq!(Time::parse(text), Err(TimeError::NotATime), "{text}");
        }
    }

    #[test]
    fn refuses_zones_beyond_fourteen_hours() {
        for text in ["+14:00", "-14:00", "+00:00", "-00:30", "+05:45"] {
            assert!(ZoneOffset::parse(text).is_ok(), "{text}");
        }
        for text in [
            "+14:01", "-14:30", "+15:00", "+08:60", "08:00", "Z", "+8:00", "+08:0é",
        ] {
            assert_eq!(ZoneOffset::parse(text), Err(TimeError::Zone), "{text}");
        }
        assert_eq!(
            Time::parse("2026-03-02T10:00:00+14:01"),
            Err(TimeError::Zone)
        );
    }
}
