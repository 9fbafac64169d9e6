//! What can be wrong with a code.

use thiserror::Error;

/// Why a text is not a code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Nothing there.
    #[error("no code")]
    Empty,
    /// A digit was misread or mistyped.
    #[error("check digit {found} does not fit, {expected} would")]
    CheckDigit {
        /// What the other digits ask for.
        expected: char,
        /// What stands there.
        found: char,
    },
    /// The same of a key with letters, which ends with two characters for it.
    #[error("the two check characters at the end do not fit")]
    CheckPair,
    /// Too few or too many characters for this identifier.
    #[error("({identifier}) cannot have {found} characters")]
    Length {
        /// The application identifier.
        identifier: &'static str,
        /// How many characters there are.
        found: usize,
    },
    /// No application identifier of GS1, or one that cannot stand there.
    #[error("({identifier}) is not an identifier known here")]
    UnknownIdentifier {
        /// What stands where an identifier should.
        identifier: String,
    },
    /// A character that GS1 does not allow there.
    #[error("the character {character:?} cannot stand in ({identifier})")]
    BadCharacter {
        /// The application identifier.
        identifier: &'static str,
        /// The character.
        character: char,
    },
    /// A serial that reads as two elements in its written form, `A(10)B` for instance.
    #[error("this serial contains what looks like another identifier in parentheses")]
    Ambiguous,
    /// A GTIN alone names a kind of goods, not one thing.
    #[error("GTIN {gtin} names a product; its serial or batch is missing")]
    ProductOnly {
        /// The GTIN in 14 digits.
        gtin: String,
    },
    /// An asset type, part or document type without its serial names a kind, not one thing.
    #[error("({identifier}) names a kind of thing; its serial is missing")]
    SerialMissing {
        /// The application identifier.
        identifier: &'static str,
    },
    /// A key of GS1 that has no history in a ledger: a coupon, a person, a product model.
    #[error("({identifier}) names nothing that has a history here")]
    NotTracked {
        /// The application identifier.
        identifier: &'static str,
    },
    /// A well-formed barcode, link or text that does not follow GS1.
    #[error("this is not a GS1 code")]
    NotGs1,
    /// A prefix is 4 to 12 digits, or a container owner's code.
    #[error(
        "a GS1 company prefix has 4 to 12 digits, a container owner's code 3 letters and U, J or Z"
    )]
    Prefix,
    /// A freight container's number is the owner's code and 7 digits.
    #[error("a container number has 3 letters, one of U, J and Z, and 7 digits")]
    Container,
}

/// What a person should look at although the code is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodeWarning {
    /// A container's check digit. Containers with wrong ones are at sea, so it is no error.
    #[error("check digit {found} of the container does not fit, {expected} would")]
    ContainerCheckDigit {
        /// What owner and number ask for.
        expected: char,
        /// What stands there.
        found: char,
    },
}
