//! Numbers of freight containers (ISO 6346): owner's code, category, six digits, check digit.

use super::{CodeError, CodeWarning};

/// Eleven characters, and blanks wherever painters and typists leave them.
const LONGEST: usize = 32;

/// Three letters and the equipment category.
pub(super) fn is_owner(text: &str) -> bool {
    matches!(
        text.as_bytes(),
        [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z', b'U' | b'J' | b'Z']
    )
}

/// A container's number as painted or typed, with blanks, hyphens or small letters, in its one
/// spelling.
pub(super) fn read(text: &str) -> Result<String, CodeError> {
    if text.len() > LONGEST {
        return Err(CodeError::Container);
    }
    let number: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let fits = number.split_at_checked(4).is_some_and(|(owner, digits)| {
        is_owner(owner) && digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit())
    });
    fits.then_some(number).ok_or(CodeError::Container)
}

/// A wrong check digit is told and not refused: such numbers are painted on containers in use,
/// and stand in examples of the standards.
pub(super) fn warning(number: &str) -> Option<CodeWarning> {
    let (body, found) = number.split_at_checked(10)?;
    let found = found.chars().next()?;
    let expected = check_digit(body)?;
    (expected != found).then_some(CodeWarning::ContainerCheckDigit { expected, found })
}

/// The sum of every character's value times two to the power of its place, modulo 11, and 10
/// written as 0 (ISO 6346, annex A).
fn check_digit(body: &str) -> Option<char> {
    let mut sum = 0;
    for (place, letter) in (0u32..).zip(body.chars()) {
        let value = letter.to_digit(36)?;
        // Letters count from 10 on, leaving out the multiples of 11.
        let left_out = [11, 21, 31].iter().filter(|from| value >= **from).count();
        sum += (value + u32::try_from(left_out).ok()?) << place;
    }
    char::from_digit(sum % 11 % 10, 10)
}
