//! Every spelling of a code that scanners, links and people produce.

use super::{
    Code, CodeError, ElementString, Identifier, container,
    elements::{Elements, GROUP_SEPARATOR},
    link::{self, Query},
};

/// Element strings, as opposed to links or bare digits, are at most this long: GS1-128 allows
/// 48, Data Matrix more, and four of the longest elements fit.
const LONGEST: usize = 512;

pub(super) fn code(text: &str) -> Result<Code, CodeError> {
    let text = trimmed(text)?;
    if let Some(number) = link::container(text) {
        return Code::container(&number);
    }
    // Letters first: no element string begins with one, and no symbol or link has this shape.
    if let Ok(number) = container::read(text) {
        return Code::container(&number);
    }
    elements(text, Query::ReadOver)?.code()
}

pub(super) fn elements(text: &str, query: Query) -> Result<ElementString, CodeError> {
    let text = trimmed(text)?;
    if link::is_link(text) {
        return link::parse(text, query);
    }
    if text.len() > LONGEST {
        return Err(CodeError::NotGs1);
    }
    if text.starts_with(']') {
        return symbology(text, query);
    }
    if text.starts_with('(') {
        return parentheses(text);
    }
    bare(text)
}

fn trimmed(text: &str) -> Result<&str, CodeError> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        Err(CodeError::Empty)
    } else {
        Ok(text)
    }
}

/// What a scanner says about the symbol it read, before the data (ISO/IEC 15424).
fn symbology(text: &str, query: Query) -> Result<ElementString, CodeError> {
    let (name, data) = text.split_at_checked(3).ok_or(CodeError::NotGs1)?;
    match name {
        // GS1 Data Matrix, GS1-128, GS1 DataBar, GS1 QR Code, GS1 DotCode.
        "]d2" | "]C1" | "]e0" | "]Q3" | "]J1" => raw(data),
        // EAN-13 and EAN-8: a GTIN.
        "]E0" | "]E4" => bare(data),
        // Ordinary QR codes and Data Matrix hold the link.
        "]Q0" | "]Q1" | "]Q2" | "]d0" | "]d1" if link::is_link(data) => link::parse(data, query),
        _ => Err(CodeError::NotGs1),
    }
}

/// `(01)…(21)…`
fn parentheses(text: &str) -> Result<ElementString, CodeError> {
    let mut elements = Elements::default();
    let mut rest = text;
    while !rest.is_empty() {
        let inner = rest.strip_prefix('(').ok_or(CodeError::NotGs1)?;
        let (name, tail) = inner.split_once(')').ok_or(CodeError::NotGs1)?;
        let row = Identifier::find(name).ok_or_else(|| CodeError::UnknownIdentifier {
            identifier: name.to_owned(),
        })?;
        let end = next_parenthesis(tail).unwrap_or(tail.len());
        let (value, next) = tail.split_at_checked(end).ok_or(CodeError::NotGs1)?;
        elements.take(row, name, value)?;
        rest = next;
    }
    Ok(elements.finish())
}

/// Where the next known identifier in parentheses starts.
pub(super) fn next_parenthesis(text: &str) -> Option<usize> {
    text.match_indices('(').map(|(at, _)| at).find(|at| {
        text.get(at + 1..)
            .and_then(|tail| tail.split_once(')'))
            .is_some_and(|(name, _)| Identifier::find(name).is_some())
    })
}

/// Text without any mark of what it is.
fn bare(text: &str) -> Result<ElementString, CodeError> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let name = match text.len() {
            // Thirteen digits could be a GLN as well; on goods they are a GTIN. Places are
            // written with their identifier.
            8 | 12 | 13 | 14 => "01",
            18 => "00",
            _ => return raw(text),
        };
        let mut elements = Elements::default();
        elements.take(Identifier::find(name).ok_or(CodeError::NotGs1)?, name, text)?;
        return Ok(elements.finish());
    }
    raw(text)
}

/// Element string as scanners send it: no parentheses, variable elements end at FNC1.
fn raw(text: &str) -> Result<ElementString, CodeError> {
    let mut elements = Elements::default();
    let mut rest = text.trim_start_matches(GROUP_SEPARATOR);
    // A symbol with its mark and nothing in it.
    if rest.is_empty() {
        return Err(CodeError::Empty);
    }
    while !rest.is_empty() {
        let (row, name) = Identifier::at_start(rest).ok_or_else(|| unknown(rest))?;
        let data = rest.get(name.len()..).unwrap_or_default();
        let end = row
            .predefined_length()
            .unwrap_or_else(|| data.find(GROUP_SEPARATOR).unwrap_or(data.len()));
        let (value, next) = data.split_at_checked(end).ok_or(CodeError::Length {
            identifier: row.first(),
            found: data.len(),
        })?;
        elements.take(row, name, value)?;
        rest = next.trim_start_matches(GROUP_SEPARATOR);
    }
    Ok(elements.finish())
}

fn unknown(rest: &str) -> CodeError {
    let identifier: String = rest.chars().take(2).collect();
    if identifier.len() == 2 && identifier.bytes().all(|b| b.is_ascii_digit()) {
        CodeError::UnknownIdentifier { identifier }
    } else {
        CodeError::NotGs1
    }
}
