//! Texts that a person typed, within the format's limits.

use chopmark_core::{Written, WrittenError, check_written, limits};
use chopmark_view::{Failure, Param};

use crate::failure;

/// A field of the screens that ends up in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Product,
    Place,
    Note,
    Terms,
    Caption,
    Measured,
    Seal,
}

impl Field {
    fn key(self) -> &'static str {
        match self {
            Self::Product => "field-product",
            Self::Place => "field-place",
            Self::Note => "field-note",
            Self::Terms => "field-terms",
            Self::Caption => "field-caption",
            Self::Measured => "field-measured",
            Self::Seal => "field-seal",
        }
    }

    fn written(self) -> Written {
        match self {
            Self::Product | Self::Place | Self::Seal => Written::Name,
            Self::Note | Self::Terms | Self::Caption | Self::Measured => Written::Note,
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Product | Self::Place | Self::Measured | Self::Seal => limits::NAME_BYTES,
            Self::Note | Self::Terms => limits::NOTE_BYTES,
            Self::Caption => limits::CAPTION_BYTES,
        }
    }
}

/// A text without white space around it; none where nothing was typed.
pub(crate) fn checked(field: Field, text: &str) -> Result<Option<String>, Failure> {
    let text = text.trim();
    if text.len() > field.most() {
        return Err(failure::TEXT_TOO_LONG.failure([
            ("field", Param::Key(field.key().into())),
            ("most", Param::Bytes(field.most() as u64)),
        ]));
    }
    check_written(field.written(), text).map_err(|error| misleading(field, &error))?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn misleading(field: Field, error: &WrittenError) -> Failure {
    let field = ("field", Param::Key(field.key().into()));
    match error {
        WrittenError::MixedScripts { word } => {
            failure::TEXT_MIXED.failure([field, ("word", Param::Text(word.clone()))])
        }
        _ => failure::TEXT_UNSEEN.failure([field]),
    }
}

/// The same for a field that may be missing.
pub(crate) fn optional(field: Field, text: Option<&str>) -> Result<Option<String>, Failure> {
    text.map_or(Ok(None), |text| checked(field, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_would_mislead_a_reader() {
        let code = |field, text| checked(field, text).unwrap_err().code;
        assert_eq!(code(Field::Product, "Green\u{200f} tea"), "text-unseen");
        assert_eq!(code(Field::Place, "Quаy 4"), "text-mixed");
        assert_eq!(code(Field::Note, "\u{202e}tew"), "text-unseen");
        let exact = "Чай, quаy 4,\u{200f} שלום";
        assert_eq!(checked(Field::Note, exact), Ok(Some(exact.to_owned())));
    }

    #[test]
    fn names_the_field_that_is_too_long() {
        assert_eq!(checked(Field::Note, "  fine "), Ok(Some("fine".into())));
        assert_eq!(optional(Field::Place, Some("  ")), Ok(None));
        let failure = checked(Field::Product, &"长".repeat(86)).unwrap_err();
        assert_eq!(failure.code, "text-too-long");
        assert_eq!(
            failure.params.get("field"),
            Some(&Param::Key("field-product".into()))
        );
    }
}
