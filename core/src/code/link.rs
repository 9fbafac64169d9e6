//! GS1 Digital Link URIs, both ways.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{
    Code, CodeError, CodeKind, ElementString, Identifier, elements::Elements,
    parse::next_parenthesis,
};

/// Longer links are no labels: the longest lawful one is well below.
const LONGEST: usize = 2048;

/// What stands before a container's number in a path, as in its EPC URN.
const CONTAINER: &str = "bic";

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

/// What happens to the query of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Query {
    /// Whatever it holds changes nothing: for who wants the code alone.
    ReadOver,
    /// Its data belong to what was read.
    Kept,
}

/// Reads the elements out of a link of any host; the fragment is read over.
pub(super) fn parse(text: &str, query: Query) -> Result<ElementString, CodeError> {
    let segments = segments(text)?;
    // A host may put its own path before the key.
    let start = segments
        .iter()
        .position(|segment| Identifier::find(segment).is_some_and(Identifier::is_key))
        .ok_or(CodeError::NotGs1)?;
    let mut elements = Elements::default();
    let mut pairs = segments.iter().skip(start);
    let mut key: Option<&Identifier> = None;
    while let Some(name) = pairs.next() {
        let row = Identifier::find(name).filter(|row| {
            let first = *key.get_or_insert(row);
            *row == first || first.qualifiers().contains(&name.as_ref())
        });
        let row = row.ok_or_else(|| CodeError::UnknownIdentifier {
            identifier: name.clone().into_owned(),
        })?;
        elements.take(row, name, pairs.next().ok_or(CodeError::NotGs1)?)?;
    }
    if query == Query::Kept {
        take_query(text, key, &mut elements)?;
    }
    Ok(elements.finish())
}

/// A container has no identifier of GS1 and so no Digital Link: `/bic/` with its number.
pub(super) fn container(text: &str) -> Option<String> {
    // Asked of every link first, and hardly any is one.
    let mut backwards = path(text).ok()?.rsplit('/').skip(1);
    let is_container = decode(backwards.next()?).is_ok_and(|name| name == CONTAINER);
    let segments = is_container.then(|| segments(text).ok()).flatten();
    segments?.pop().map(Cow::into_owned)
}

/// The parts of a link's path, decoded.
fn segments(text: &str) -> Result<Vec<Cow<'_, str>>, CodeError> {
    path(text)?.split('/').map(decode).collect()
}

/// What stands between a link's host and its query.
fn path(text: &str) -> Result<&str, CodeError> {
    let rest = strip_scheme(text).ok_or(CodeError::NotGs1)?;
    if rest.len() > LONGEST {
        return Err(CodeError::NotGs1);
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').ok_or(CodeError::NotGs1)?;
    if host.is_empty() {
        return Err(CodeError::NotGs1);
    }
    Ok(path.trim_end_matches('/'))
}

/// Takes the data out of the query. What GS1 gives no meaning to is another's: a language, a
/// campaign. What would name another thing than the path is not data.
fn take_query(
    text: &str,
    key: Option<&Identifier>,
    elements: &mut Elements,
) -> Result<(), CodeError> {
    let text = text.split('#').next().unwrap_or_default();
    let query = text.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split(['&', ';']) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(row) = Identifier::find(name) else {
            continue;
        };
        let names_another = key.is_none_or(|key| key.qualifiers().contains(&name));
        if row.is_key() || names_another {
            return Err(CodeError::UnknownIdentifier {
                identifier: name.to_owned(),
            });
        }
        elements.take(row, name, &decode(value)?)?;
    }
    Ok(())
}

fn decode(text: &str) -> Result<Cow<'_, str>, CodeError> {
    percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| CodeError::NotGs1)
}

/// The link for a code; it has neither query nor fragment, so every scanner keeps all of it.
pub(super) fn write(code: &Code, host: &str) -> String {
    let mut path = String::new();
    match code.kind() {
        CodeKind::Container => {
            path.push_str(CONTAINER);
            path.push('/');
            path.push_str(code.element_string());
        }
        // A canonical string is made of checked elements; values hold no identifier.
        _ => {
            let mut rest = code.element_string();
            while let Some((name, tail)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
                let end = next_parenthesis(tail).unwrap_or(tail.len());
                let (value, next) = tail.split_at_checked(end).unwrap_or((tail, ""));
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(name);
                path.push('/');
                path.push_str(&escape(value));
                rest = next;
            }
        }
    }
    format!("{}://{host}/{path}", scheme(host))
}

/// How a host is reached.
pub(super) fn scheme(host: &str) -> &'static str {
    if is_loopback(host) { "http" } else { "https" }
}

pub(super) fn escape(value: &str) -> String {
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
