//! What a scanned or typed text is. Nothing is opened or followed.

use chopmark_core::{Code, CodeError, CodeWarning};
use chopmark_view::{Failure, Param};

use crate::failure;

/// How an invitation begins.
pub(crate) const INVITATION: &str = "chopmark://";
/// How a frame of a hand-over begins.
pub(crate) const FRAME: &str = "CM1:";
/// Serials made by Chopmark: 16 letters of Crockford's base 32.
const SERIAL_LETTERS: usize = 16;

/// What a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// A link to join a network.
    Invitation,
    /// A frame of a hand-over.
    Frame,
    /// A code of this network's labels, or one without a host.
    Code(Code),
    /// Perhaps a serial alone, in the form in which serials are remembered.
    Serial(String),
}

/// Sorts a text; `host` is the name on this network's labels.
pub(crate) fn classify(text: &str, host: &str) -> Result<Scan, Failure> {
    let text = text.trim();
    if text.starts_with(FRAME) {
        return Ok(Scan::Frame);
    }
    if starts_with_ignoring_case(text, INVITATION) {
        return Ok(Scan::Invitation);
    }
    // The same path on another host may be a look-alike label.
    if let Some(other) = link_host(text).filter(|found| !found.eq_ignore_ascii_case(host)) {
        return Err(failure::LINK_FOREIGN.failure([("host", Param::Text(other.to_owned()))]));
    }
    match Code::parse(text) {
        Ok(code) => Ok(Scan::Code(code)),
        Err(error) => match serial(text) {
            Some(serial) => Ok(Scan::Serial(serial)),
            None => Err(code_failure(&error)),
        },
    }
}

/// A typed serial as it is remembered: upper case, without spaces and hyphens, with the
/// letters that Crockford's base 32 leaves out read as what they look like.
pub(crate) fn serial(text: &str) -> Option<String> {
    let letters: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        })
        .collect();
    let fits = letters.len() == SERIAL_LETTERS
        && letters.chars().all(|letter| {
            letter.is_ascii_digit() || (letter.is_ascii_uppercase() && letter != 'U')
        });
    fits.then_some(letters)
}

/// A code's fault, for the person who typed or scanned it.
pub(crate) fn code_failure(error: &CodeError) -> Failure {
    match error {
        CodeError::Empty => failure::CODE_EMPTY.failure([]),
        CodeError::CheckDigit { expected, found } => failure::CODE_CHECK_DIGIT.failure([
            ("expected", Param::Text(expected.to_string())),
            ("found", Param::Text(found.to_string())),
        ]),
        CodeError::Length { .. } => failure::CODE_LENGTH.failure([]),
        CodeError::UnknownIdentifier { .. } => failure::CODE_IDENTIFIER.failure([]),
        CodeError::BadCharacter { .. } => failure::CODE_CHARACTER.failure([]),
        CodeError::ProductOnly { gtin } => {
            failure::CODE_PRODUCT_ONLY.failure([("gtin", Param::Text(gtin.clone()))])
        }
        _ => failure::CODE_FOREIGN.failure([]),
    }
}

/// What to compare with the thing, for a code that is taken all the same.
pub(crate) fn code_warning(warning: CodeWarning) -> Option<Failure> {
    match warning {
        CodeWarning::ContainerCheckDigit { expected, found } => {
            Some(failure::CONTAINER_CHECK_DIGIT.failure([
                ("expected", Param::Text(expected.to_string())),
                ("found", Param::Text(found.to_string())),
            ]))
        }
        // One that this version has no words for.
        _ => None,
    }
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.split_at_checked(start.len())
        .is_some_and(|(head, _)| head.eq_ignore_ascii_case(start))
}

/// The host of a web link, with its port.
fn link_host(text: &str) -> Option<&str> {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        starts_with_ignoring_case(text, scheme)
            .then(|| text.get(scheme.len()..))
            .flatten()
    })?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // Whatever stands before an @ is there to deceive.
    authority.rsplit('@').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "id.example.org";

    fn code(text: &str) -> String {
        classify(text, HOST).unwrap_err().code
    }

    #[test]
    fn knows_what_is_ours() {
        let label = "https://id.example.org/01/09506000134352/21/0123456789ABCDEF";
        assert!(matches!(classify(label, HOST), Ok(Scan::Code(_))));
        assert!(matches!(
            classify(&label.replace("id.", "ID."), HOST),
            Ok(Scan::Code(_))
        ));
        assert_eq!(classify("CM1:ABC", HOST), Ok(Scan::Frame));
        assert_eq!(classify("CHOPMARK://join/AAAA", HOST), Ok(Scan::Invitation));
        assert_eq!(
            classify("0l23-4567 89ab-cdeF", HOST),
            Ok(Scan::Serial("0123456789ABCDEF".into()))
        );
    }

    #[test]
    fn a_container_is_taken_with_a_warning() {
        let warned = |number| {
            let warning = Code::container(number).unwrap().warning();
            warning.and_then(code_warning).map(|failure| failure.code)
        };
        assert_eq!(warned("CSQU3054383"), None);
        assert_eq!(
            warned("CSQU3054384").as_deref(),
            Some("container-check-digit")
        );
    }

    #[test]
    fn names_what_is_not() {
        assert_eq!(
            code("https://id.example.org.evil.example/01/09506000134352/21/1"),
            "link-foreign"
        );
        assert_eq!(
            code("https://id.example.org@evil.example/01/09506000134352/21/1"),
            "link-foreign"
        );
        assert_eq!(code("(01)09506000134353(21)1"), "code-check-digit");
        assert_eq!(code("(01)09506000134352"), "code-product-only");
        assert_eq!(code(""), "code-empty");
        assert_eq!(code("hello"), "code-foreign");
    }
}
