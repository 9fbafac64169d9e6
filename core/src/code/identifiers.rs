//! The application identifiers of GS1 (General Specifications, section 3): what each is called on
//! labels, how its value is made, and its part in a Digital Link. The table is that of the GS1
//! Barcode Syntax Dictionary of January 2026; a test compares it with another program's
//! (`tests/standards`).

mod table;

use super::{CodeError, check};
use table::IDENTIFIERS;

/// Identifiers that differ in their last digit alone, or one.
#[derive(Debug, PartialEq, Eq)]
pub struct Identifier {
    first: &'static str,
    last: char,
    title: &'static str,
    format: &'static str,
    check: Check,
    role: Role,
}

/// Whether the value carries a check digit, or two characters for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    None,
    /// The last digit of the value's first part, modulo 10 (General Specifications, 7.9).
    Digit,
    /// The last two characters, modulo 1021 (General Specifications, 7.9.5).
    Pair,
}

/// The part of an identifier in a Digital Link (Digital Link standard, URI syntax, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It names a thing; these qualify it in the path, in this order.
    Key(&'static [&'static str]),
    /// It stands in the query, or in the path if it qualifies the key there.
    Attribute,
}

/// The longest identifier.
const LONGEST: usize = 4;

impl Identifier {
    /// The row of an identifier, `3102` for instance.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        IDENTIFIERS.iter().find(|row| row.is(name))
    }

    /// The row whose identifier a text begins with, and that identifier.
    pub(super) fn at_start(text: &str) -> Option<(&'static Self, &str)> {
        (2..=LONGEST).find_map(|length| {
            let name = text.get(..length)?;
            Some((Self::find(name)?, name))
        })
    }

    /// All rows, in the order of the standard.
    #[must_use]
    pub fn all() -> &'static [Self] {
        IDENTIFIERS
    }

    /// The identifier, the lowest one if the row is a range.
    #[must_use]
    pub const fn first(&self) -> &'static str {
        self.first
    }

    /// The data title: what stands beside the value on a label.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// How the value is made, in the standard's notation: `N13[+X..17]`.
    #[must_use]
    pub const fn format(&self) -> &'static str {
        self.format
    }

    /// The section of the General Specifications that defines it.
    #[must_use]
    pub fn section(&self) -> &'static str {
        match self.first.as_bytes() {
            [b'0', ..] => "3.3",
            [b'1', ..] => "3.4",
            [b'2', ..] => "3.5",
            [b'3', ..] => "3.6",
            [b'4', ..] => "3.7",
            [b'7', ..] => "3.8",
            [b'8', ..] => "3.9",
            _ => "3.10",
        }
    }

    /// The length after which the next element begins without FNC1: known from the first two
    /// digits alone, so that a reader needs no table (General Specifications, 7.8.5).
    #[must_use]
    pub fn predefined_length(&self) -> Option<usize> {
        let predefined = matches!(
            self.first.as_bytes(),
            [b'0', b'0'..=b'4', ..]
                | [b'1', b'1'..=b'9', ..]
                | [b'2', b'0', ..]
                | [b'3', b'1'..=b'6', ..]
                | [b'4', b'1', ..]
        );
        predefined.then(|| self.longest())
    }

    /// Whether it names a thing and so begins a Digital Link.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        matches!(self.role, Role::Key(_))
    }

    /// What qualifies this key in the path of a Digital Link, in order.
    #[must_use]
    pub const fn qualifiers(&self) -> &'static [&'static str] {
        match self.role {
            Role::Key(qualifiers) => qualifiers,
            Role::Attribute => &[],
        }
    }

    /// Checks a value: its characters, its length, its check digit.
    pub(super) fn check(&self, value: &str) -> Result<(), CodeError> {
        let mut rest = value;
        for part in self.parts() {
            let (piece, tail) = rest.split_at_checked(part.most).unwrap_or((rest, ""));
            if let Some(character) = piece.chars().find(|c| !check::is_in(part.set, *c)) {
                return Err(CodeError::BadCharacter {
                    identifier: self.first,
                    character,
                });
            }
            if piece.len() < part.least && !(piece.is_empty() && part.may_be_missing) {
                return Err(self.length(value));
            }
            rest = tail;
        }
        if let Some(character) = rest.chars().find(|c| !check::is_in('X', *c)) {
            return Err(CodeError::BadCharacter {
                identifier: self.first,
                character,
            });
        }
        if !rest.is_empty() {
            return Err(self.length(value));
        }
        match self.check {
            Check::Digit => check::last_digit(self.head(value)),
            Check::Pair => check::last_pair(value),
            Check::None => Ok(()),
        }
    }

    /// The first part of a value: of an asset's identifier its type, for instance.
    pub(super) fn head<'v>(&self, value: &'v str) -> &'v str {
        let end = self.parts().next().map_or(0, |part| part.most);
        value.get(..end).unwrap_or(value)
    }

    fn is(&self, name: &str) -> bool {
        let begin = |text: &str| text.len().saturating_sub(1);
        name.len() == self.first.len()
            && name.get(..begin(name)) == self.first.get(..begin(self.first))
            && name
                .chars()
                .next_back()
                .is_some_and(|end| self.first.ends_with(|c| c <= end) && end <= self.last)
    }

    fn length(&self, value: &str) -> CodeError {
        CodeError::Length {
            identifier: self.first,
            found: value.len(),
        }
    }

    /// The length of the longest value.
    fn longest(&self) -> usize {
        self.parts().map(|part| part.most).sum()
    }

    fn parts(&self) -> impl Iterator<Item = Part> {
        self.format.split('+').filter_map(|text| {
            let may_be_missing = text.ends_with(']');
            let mut text = text.trim_end_matches(['[', ']']).chars();
            let set = text.next()?;
            let length = text.as_str();
            let (least, most) = match length.strip_prefix("..") {
                Some(most) => (1, most.parse().ok()?),
                None => {
                    let exactly = length.parse().ok()?;
                    (exactly, exactly)
                }
            };
            Some(Part {
                set,
                least,
                most,
                may_be_missing,
            })
        })
    }
}

/// One part of a value.
struct Part {
    set: char,
    least: usize,
    most: usize,
    /// Then the part before it, always of fixed length, is all.
    may_be_missing: bool,
}
