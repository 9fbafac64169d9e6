//! GS1 Digital Link URIs, both ways.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Code, CodeError, CodeKind, parse::Elements};

/// Longer links are no labels: the longest lawful one is well below.
const LONGEST: usize = 2048;

/// Everything but RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn is_link(text: &str) -> bool {
    strip_scheme(text).is_some()
}

fn strip_scheme(text: &str) -> Option<&str> {
    ["https://", "http://"].iter().find_map(|scheme| {
        let (head, tail) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(tail)
    })
}

/// Reads the code out of a link of any host; query and fragment are read over.
pub(super) fn parse(text: &str) -> Result<Code, CodeError> {
    let rest = strip_scheme(text).ok_or(CodeError::NotGs1)?;
    if rest.len() > LONGEST {
        return Err(CodeError::NotGs1);
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').ok_or(CodeError::NotGs1)?;
    if host.is_empty() {
        return Err(CodeError::NotGs1);
    }
    let segments: Vec<String> = path
        .trim_end_matches('/')
        .split('/')
        .map(|segment| {
            percent_decode_str(segment)
                .decode_utf8()
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| CodeError::NotGs1)
        })
        .collect::<Result<_, _>>()?;
    // A host may put its own path before the key.
    let start = segments
        .iter()
        .position(|segment| matches!(segment.as_str(), "00" | "01" | "414"))
        .ok_or(CodeError::NotGs1)?;
    let mut elements = Elements::default();
    let mut pairs = segments.iter().skip(start);
    while let Some(identifier) = pairs.next() {
        if !matches!(
            identifier.as_str(),
            "00" | "01" | "414" | "10" | "21" | "22"
        ) {
            return Err(CodeError::UnknownIdentifier {
                identifier: identifier.clone(),
            });
        }
        let value = pairs.next().ok_or(CodeError::NotGs1)?;
        elements.take(identifier, value)?;
    }
    elements.code()
}

/// The link for a code; the format has neither query nor fragment, so every scanner keeps all of it.
pub(super) fn write(code: &Code, host: &str) -> String {
    let scheme = if is_loopback(host) { "http" } else { "https" };
    let key = code.element_string();
    let path = match (code.kind(), code.gtin(), code.variable()) {
        (CodeKind::Serial, Some(gtin), Some(serial)) => format!("01/{gtin}/21/{}", escape(serial)),
        (CodeKind::Batch, Some(gtin), Some(batch)) => format!("01/{gtin}/10/{}", escape(batch)),
        (CodeKind::LogisticUnit, ..) => format!("00/{}", key.trim_start_matches("(00)")),
        _ => format!("414/{}", key.trim_start_matches("(414)")),
    };
    format!("{scheme}://{host}/{path}")
}

fn escape(value: &str) -> String {
    utf8_percent_encode(value, ESCAPED).to_string()
}

/// Whether a host, with or without port, is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name
            .parse::<core::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
