//! Digits, characters and lengths of GS1 keys (General Specifications, 7.9 and 7.11).

use super::{CodeError, Identifier};

/// The check digit for digits that lack it; `None` if one is not a digit or there are none.
///
/// ```
/// assert_eq!(chopmark_core::check_digit("0950600013435"), Some('2'));
/// ```
#[must_use]
pub fn check_digit(digits: &str) -> Option<char> {
    if digits.is_empty() {
        return None;
    }
    let mut sum = 0u32;
    // From the right, every other digit counts three times, the last one first.
    for (place, digit) in digits.chars().rev().enumerate() {
        let weight = if place % 2 == 0 { 3 } else { 1 };
        sum = sum.checked_add(digit.to_digit(10)? * weight)?;
    }
    char::from_digit((10 - sum % 10) % 10, 10)
}

/// Crockford's base 32: no two characters look alike, none is told by its case.
pub(crate) const CROCKFORD: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J',
    'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// A serial that nobody guesses: 80 random bits in Crockford's base 32.
#[must_use]
pub fn crockford_serial(random: [u8; 10]) -> String {
    let bits = random
        .iter()
        .fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    (0..16u32)
        .rev()
        .filter_map(|place| {
            let five = usize::try_from((bits >> (place * 5)) & 31).ok()?;
            CROCKFORD.get(five).copied()
        })
        .collect()
}

/// Checks the check digit at the end of digits.
pub(super) fn last_digit(digits: &str) -> Result<(), CodeError> {
    let (body, found) = digits
        .split_at_checked(digits.len().saturating_sub(1))
        .ok_or(CodeError::NotGs1)?;
    match (check_digit(body), found.chars().next()) {
        (Some(expected), Some(found)) if expected == found => Ok(()),
        (Some(expected), Some(found)) => Err(CodeError::CheckDigit { expected, found }),
        _ => Err(CodeError::NotGs1),
    }
}

/// Set 82 in the order of its values (General Specifications, 7.11).
const SET_82: &str =
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// What a pair of check characters is written in: no two look alike.
const SET_32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// The weights of characters from the right. The longest value has 23 beside its pair.
const PRIMES: [usize; 23] = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
];

/// The two check characters for a value that lacks them; `None` if it is too long or one is not of
/// set 82 (General Specifications, 7.9.5).
pub(super) fn check_pair(value: &str) -> Option<[char; 2]> {
    if value.len() > PRIMES.len() {
        return None;
    }
    let mut sum = 0;
    for (character, weight) in value.chars().rev().zip(PRIMES) {
        sum += SET_82.find(character)? * weight;
    }
    let sum = sum % 1021;
    let at = |place: usize| SET_32.get(place).copied().map(char::from);
    Some([at(sum / 32)?, at(sum % 32)?])
}

/// Checks the check characters at the end of a value.
pub(super) fn last_pair(value: &str) -> Result<(), CodeError> {
    let parts = value.split_at_checked(value.len().saturating_sub(2));
    let fits = parts
        .filter(|(body, _)| !body.is_empty())
        .is_some_and(|(body, found)| check_pair(body).is_some_and(|pair| found.chars().eq(pair)));
    fits.then_some(()).ok_or(CodeError::CheckPair)
}

/// A GTIN of 8, 12, 13 or 14 digits, in 14.
pub(super) fn gtin14(gtin: &str) -> Result<String, CodeError> {
    if !matches!(gtin.len(), 8 | 12 | 13 | 14) && gtin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CodeError::Length {
            identifier: "01",
            found: gtin.len(),
        });
    }
    // Zeros on the left change neither the sum nor the places counted from the right.
    let padded = format!("{gtin:0>14}");
    Identifier::find("01")
        .ok_or(CodeError::NotGs1)?
        .check(&padded)?;
    Ok(padded)
}

/// Whether a character is in one of the sets of GS1 (General Specifications, 7.11).
pub(super) fn is_in(set: char, c: char) -> bool {
    match set {
        'N' => c.is_ascii_digit(),
        // Set 39: what names components and parts.
        'Y' => matches!(c, '#' | '-' | '/' | '0'..='9' | 'A'..='Z'),
        // Base64 for addresses, with its filler.
        'Z' => matches!(c, '-' | '0'..='9' | 'A'..='Z' | '_' | 'a'..='z' | '='),
        // Set 82.
        _ => matches!(c, '!' | '"' | '%'..='?' | 'A'..='Z' | '_' | 'a'..='z'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of a Global Model Number in the General Specifications.
    #[test]
    fn check_characters_are_the_standards() {
        assert_eq!(check_pair("1987654Ad4X4bL5ttr2310c"), Some(['2', 'K']));
        assert_eq!(last_pair("1987654Ad4X4bL5ttr2310c2K"), Ok(()));
        for wrong in [
            // One misread, two exchanged, none there.
            "1987654Ad4X4bL5ttr2310c2L",
            "1987654Ad4X4bL5ttr2310d2K",
            "1987654dA4X4bL5ttr2310c2K",
            "1987654Ad4X4bL5ttr2310c",
            "2K",
            "é2K",
            "",
        ] {
            assert_eq!(last_pair(wrong), Err(CodeError::CheckPair), "{wrong}");
        }
    }

    #[test]
    fn set_82_is_one() {
        let set: String = (0..=127u8)
            .map(char::from)
            .filter(|c| is_in('X', *c))
            .collect();
        assert_eq!(set, SET_82);
    }
}
