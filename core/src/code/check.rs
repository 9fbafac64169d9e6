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
