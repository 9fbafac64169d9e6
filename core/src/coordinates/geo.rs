//! Positions as text: `geo` URIs (RFC 5870), which EPCIS takes for a place (CBV 2.0, 8.3.5).

use std::fmt;

use super::Coordinates;

/// Digits after the point that a ten-millionth of a degree has.
const DIGITS: usize = 7;
/// Digits that a number of degrees or metres may have: more says nothing.
const LONGEST: usize = 20;

impl Coordinates {
    /// Reads `geo:22.75,113.58`, with or without an altitude and `;u=` (how many metres it may be
    /// off). `None` for other text, for another reference system than WGS 84, and for what is not
    /// on earth.
    #[must_use]
    pub fn from_geo_uri(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_at_checked(4)?;
        if !scheme.eq_ignore_ascii_case("geo:") {
            return None;
        }
        let mut params = rest.split(';');
        let mut numbers = params.next()?.split(',');
        let latitude = e7(numbers.next()?)?;
        let longitude = e7(numbers.next()?)?;
        if numbers
            .next()
            .is_some_and(|altitude| split(altitude).is_none())
            || numbers.next().is_some()
        {
            return None;
        }
        let mut accuracy = 0;
        for param in params {
            let (name, value) = param.split_once('=').unwrap_or((param, ""));
            match name.to_ascii_lowercase().as_str() {
                "crs" if !value.eq_ignore_ascii_case("wgs84") => return None,
                "u" => accuracy = metres(value)?,
                // RFC 5870, 3.3: readers pass over parameters that they do not know.
                _ => {}
            }
        }
        Self::new(latitude, longitude, accuracy)
    }
}

/// As a `geo` URI.
impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            latitude_e7,
            longitude_e7,
            accuracy_m,
        } = self;
        write!(
            f,
            "geo:{},{}",
            Degrees(*latitude_e7),
            Degrees(*longitude_e7)
        )?;
        match accuracy_m {
            0 => Ok(()),
            metres => write!(f, ";u={metres}"),
        }
    }
}

/// Ten-millionths of a degree, written without needless zeros.
struct Degrees(i32);

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:08}", self.0.unsigned_abs());
        let (whole, part) = digits.split_at(digits.len() - DIGITS);
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}")?;
        match part.trim_end_matches('0') {
            "" => Ok(()),
            part => write!(f, ".{part}"),
        }
    }
}

/// A number of RFC 5870: its sign, its digits before the point and behind it.
fn split(number: &str) -> Option<(bool, &str, &str)> {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| {
        (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (is_number(whole) && is_number(part)).then_some((negative, whole, part))
}

fn e7(degrees: &str) -> Option<i32> {
    let (negative, whole, part) = split(degrees)?;
    let part = part.chars().chain(std::iter::repeat('0')).take(DIGITS);
    let value: i32 = whole.chars().chain(part).collect::<String>().parse().ok()?;
    Some(if negative { -value } else { value })
}

/// Whole metres, rounded up: nothing is claimed to be more exact than it was said.
fn metres(text: &str) -> Option<u32> {
    let (negative, whole, part) = split(text)?;
    let whole: u32 = whole.parse().ok()?;
    let more = u32::from(part.bytes().any(|digit| digit != b'0'));
    (!negative).then(|| whole.saturating_add(more))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_the_standard_shows() {
        let at = |lat, lon, metres| Coordinates::new(lat, lon, metres);
        let cases = [
            ("geo:13.4125,103.8667", at(134_125_000, 1_038_667_000, 0)),
            ("geo:48.2010,16.3695,183", at(482_010_000, 163_695_000, 0)),
            (
                "geo:48.198634,16.371648;crs=wgs84;u=40",
                at(481_986_340, 163_716_480, 40),
            ),
            (
                "GEO:-90,-180;CRS=WGS84",
                at(-900_000_000, -1_800_000_000, 0),
            ),
            (
                "geo:66,30;u=6.500;FOo=this%2dthat",
                at(660_000_000, 300_000_000, 7),
            ),
            ("geo:0.12345678,0", at(1_234_567, 0, 0)),
        ];
        for (text, expected) in cases {
            assert!(expected.is_some());
            assert_eq!(Coordinates::from_geo_uri(text), expected, "{text}");
        }
    }

    #[test]
    fn other_text_is_no_position() {
        for text in [
            "",
            "geo",
            "geo:",
            "geo:1",
            "geo:1,",
            "geo:,1",
            "geo:1,2,3,4",
            "geo:91,0",
            "geo:0,181",
            "geo:+1,2",
            "geo:1e2,3",
            "geo:1.,2",
            "geo:.5,2",
            "geo:1,2,x",
            "geo:1,2;u=-3",
            "geo:1,2;u=",
            "geo:1,2;crs=nad83",
            "geo:1, 2",
            "1,2",
            "göo:1,2",
            "geo:111111111111111111111,2",
        ] {
            assert_eq!(Coordinates::from_geo_uri(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_position_survives_its_text(
            latitude in -900_000_000..=900_000_000_i32,
            longitude in -1_800_000_000..=1_800_000_000_i32,
            metres: u32,
        ) {
            let place = Coordinates::new(latitude, longitude, metres).unwrap();
            prop_assert_eq!(Coordinates::from_geo_uri(&place.to_string()), Some(place));
        }
    }
}
