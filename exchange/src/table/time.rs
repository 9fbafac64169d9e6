//! Times that a table has in a form of its own, as EPCIS writes them.

use jiff::fmt::strtime::BrokenDownTime;
use std::iter::Peekable;
use std::str::CharIndices;

/// Seconds since 1970 and the name of a zone: such a time is no clock with a zone's hours, and a
/// clock beside it could contradict it.
const NO_CLOCK: [char; 2] = ['s', 'Q'];

/// Whether times of this form can be written as EPCIS writes them.
pub(super) fn is_of_clock(form: &str) -> bool {
    directives(form).all(|(directive, _)| !NO_CLOCK.contains(&directive))
}

/// The time of a cell, to the digit that counts. It is in the zone that it names itself, or else in
/// that of its row.
pub(super) fn written(form: &str, cell: &str, zone: Option<&str>) -> Result<String, String> {
    let no_time = |_| format!("{cell:?} is no time of the form {form:?}");
    let parsed = BrokenDownTime::parse(form, cell).map_err(no_time)?;
    let time = parsed.to_datetime().map_err(no_time)?;
    let zone = match (parsed.offset(), zone) {
        (Some(_), _) => parsed.to_string("%:z").map_err(no_time)?,
        (None, Some(zone)) => zone.to_owned(),
        (None, None) => return Err("a time without zone needs eventTimeZoneOffset".to_owned()),
    };
    // Whether there is one at this time, EPCIS decides as it does for documents.
    let second = match is_leap_second(form, cell, &parsed) {
        true => 60,
        false => time.second(),
    };
    let (minutes, fraction) = (time.strftime("%Y-%m-%dT%H:%M"), time.strftime("%.f"));
    Ok(format!("{minutes}:{second:02}{fraction}{zone}"))
}

/// The reader takes second 60 for 59, so the cell is looked at itself: up to where the form has the
/// second, it ends with it.
fn is_leap_second(form: &str, cell: &str, parsed: &BrokenDownTime) -> bool {
    let seconds = directives(form).filter(|(directive, _)| matches!(directive, 'S' | 'T'));
    let up_to_second = seconds.last().and_then(|(_, end)| form.get(..end));
    let read = up_to_second
        .filter(|_| parsed.second() == Some(59))
        .and_then(|start| BrokenDownTime::parse_prefix(start, cell).ok());
    let read = read.and_then(|(_, length)| cell.get(..length));
    read.is_some_and(|read| read.ends_with("60"))
}

/// The directives of a form, each with where it ends.
fn directives(form: &str) -> impl Iterator<Item = (char, usize)> {
    let mut letters = form.char_indices().peekable();
    std::iter::from_fn(move || {
        letters.find(|(_, letter)| *letter == '%')?;
        skip_extensions(&mut letters);
        let (at, directive) = letters.next()?;
        Some((directive, at + directive.len_utf8()))
    })
}

/// Flags, width and colons stand between the percent sign and its letter.
fn skip_extensions(letters: &mut Peekable<CharIndices<'_>>) {
    let is_extension = |letter: char| letter.is_ascii_digit() || "_-^#:.".contains(letter);
    while letters
        .next_if(|(_, letter)| is_extension(*letter))
        .is_some()
    {}
}

#[cfg(test)]
mod tests {
    use super::{is_of_clock, written};
    use chopmark_epcis::{Time, TimeError};

    #[test]
    fn a_fraction_is_kept() {
        for (form, cell, expected) in [
            ("%Y-%m-%d %H:%M:%S%.f", "2026-03-02 10:00:01.5", "01.5"),
            ("%Y-%m-%d %T.%f", "2026-03-02 10:00:01.120", "01.12"),
            ("%F %T%.9f", "2026-03-02 10:00:01.123456789", "01.123456789"),
            ("%F %T%.f", "2026-03-02 10:00:01", "01"),
            ("%F %R", "2026-03-02 10:00", "00"),
        ] {
            let expected = format!("2026-03-02T10:00:{expected}+08:00");
            assert_eq!(written(form, cell, Some("+08:00")), Ok(expected), "{cell}");
        }
        // The form has none, so it would be lost.
        assert!(written("%F %T", "2026-03-02 10:00:01.5", Some("+08:00")).is_err());
    }

    #[test]
    fn a_zone_in_the_cell_is_its_zone() {
        for (form, cell, zone) in [
            ("%F %H:%M %z", "2026-03-02 10:00 -0530", "-05:30"),
            ("%F %H:%M%:z", "2026-03-02 10:00+14:00", "+14:00"),
            ("%F %H:%M%:z", "2026-03-02 10:00-14:00", "-14:00"),
        ] {
            let expected = format!("2026-03-02T10:00:00{zone}");
            for of_row in [Some("+08:00"), None] {
                assert_eq!(written(form, cell, of_row), Ok(expected.clone()));
            }
        }
        // As far as EPCIS knows zones: the reader of documents judges.
        for cell in ["2026-03-02 10:00+14:01", "2026-03-02 10:00+08:00:30"] {
            let time = written("%F %H:%M%:z", cell, None).unwrap();
            assert!(Time::parse(&time).is_err(), "{time}");
        }
        assert!(written("%F %H:%M", "2026-03-02 10:00", None).is_err());
    }

    #[test]
    fn second_sixty_stays_itself() {
        for (form, cell, zone, expected) in [
            (
                "%d.%m.%Y %H:%M:%S",
                "31.12.2016 23:59:60",
                "+00:00",
                "2016-12-31T23:59:60+00:00",
            ),
            (
                "%T%.f %F",
                "07:59:60.5 2017-01-01",
                "+08:00",
                "2017-01-01T07:59:60.5+08:00",
            ),
            (
                "%S seconds after %R, %F%%",
                "60 seconds after 23:59, 2016-12-31%",
                "+00:00",
                "2016-12-31T23:59:60+00:00",
            ),
        ] {
            let time = written(form, cell, Some(zone)).unwrap();
            assert_eq!(time, expected);
            assert!(Time::parse(&time).is_ok());
        }
        // Refused as in documents, where none can be.
        let noon = written("%F %T", "2016-12-31 12:00:60", Some("+00:00")).unwrap();
        assert_eq!(Time::parse(&noon), Err(TimeError::LeapSecond));
        let before = written("%F %T", "2016-12-31 23:59:59", Some("+00:00")).unwrap();
        assert_eq!(before, "2016-12-31T23:59:59+00:00");
    }

    #[test]
    fn forms_without_a_clock_are_known() {
        for form in ["%s", "%F %T %Q", "%F %T %:Q", "%_10s"] {
            assert!(!is_of_clock(form), "{form}");
        }
        for form in ["%F %T%.3f %:z", "%%s", "%-d.%m.%Y %S", ""] {
            assert!(is_of_clock(form), "{form}");
        }
    }
}
