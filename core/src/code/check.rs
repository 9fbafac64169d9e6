//! Digits, characters and lengths of GS1 keys (General Specifications, 7.9 and 7.11).

use super::CodeError;

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

/// A serial that nobody guesses: 80 random bits in Crockford's base 32, without look-alikes.
#[must_use]
pub fn crockford_serial(random: [u8; 10]) -> String {
    const ALPHABET: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H',
        'J', 'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
    ];
    let bits = random
        .iter()
        .fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    (0..16u32)
        .rev()
        .filter_map(|place| {
            let five = usize::try_from((bits >> (place * 5)) & 31).ok()?;
            ALPHABET.get(five).copied()
        })
        .collect()
}

/// Checks a numeric key: its length, its digits, its check digit.
pub(super) fn key(digits: &str, identifier: &'static str, length: usize) -> Result<(), CodeError> {
    if let Some(character) = digits.chars().find(|c| !c.is_ascii_digit()) {
        return Err(CodeError::BadCharacter {
            identifier,
            character,
        });
    }
    if digits.len() != length {
        return Err(CodeError::Length {
            identifier,
            found: digits.len(),
        });
    }
    let (body, found) = digits.split_at(length - 1);
    match (check_digit(body), found.chars().next()) {
        (Some(expected), Some(found)) if expected == found => Ok(()),
        (Some(expected), Some(found)) => Err(CodeError::CheckDigit { expected, found }),
        _ => Err(CodeError::Empty),
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
    key(&padded, "01", 14)?;
    Ok(padded)
}

/// Checks a serial or batch number: 1 to 20 characters of set 82.
pub(super) fn variable(value: &str, identifier: &'static str) -> Result<(), CodeError> {
    if let Some(character) = value.chars().find(|c| !is_set_82(*c)) {
        return Err(CodeError::BadCharacter {
            identifier,
            character,
        });
    }
    if !(1..=20).contains(&value.len()) {
        return Err(CodeError::Length {
            identifier,
            found: value.len(),
        });
    }
    // `(21)A(10)B` has to mean one thing only, since its hash names a subject.
    if super::parse::next_parenthesis(value).is_some() {
        return Err(CodeError::Ambiguous);
    }
    Ok(())
}

/// GS1 AI encodable character set 82.
fn is_set_82(c: char) -> bool {
    matches!(c, '!' | '"' | '%'..='/' | '0'..='9' | ':'..='?' | 'A'..='Z' | '_' | 'a'..='z')
}
