//! Every spelling of a code that scanners, links and people produce.

use super::{Code, CodeError, check, link};

/// FNC1 as scanners send it: the end of an element of variable length.
const GROUP_SEPARATOR: char = '\u{1d}';

/// Element strings, as opposed to links or bare digits, are at most this long: GS1-128 allows
/// 48, Data Matrix more, and four of the longest elements fit.
const LONGEST: usize = 512;

/// An application identifier that can stand beside the ones that make a code.
struct Identifier {
    name: &'static str,
    /// Characters of the value; `None` if it ends at the separator.
    fixed: Option<usize>,
}

const fn fixed(name: &'static str, length: usize) -> Identifier {
    Identifier {
        name,
        fixed: Some(length),
    }
}

const fn variable(name: &'static str) -> Identifier {
    Identifier { name, fixed: None }
}

/// What is read: keys, and the attributes that commonly stand on the same label (dates, variant,
/// count, customer's part number). No name is the beginning of another.
const IDENTIFIERS: [Identifier; 19] = [
    fixed("00", 18),
    fixed("01", 14),
    fixed("414", 13),
    variable("10"),
    variable("21"),
    fixed("11", 6),
    fixed("12", 6),
    fixed("13", 6),
    fixed("15", 6),
    fixed("16", 6),
    fixed("17", 6),
    fixed("20", 2),
    variable("22"),
    variable("30"),
    variable("37"),
    variable("240"),
    variable("241"),
    variable("250"),
    variable("254"),
];

/// The elements that decide what a code is.
#[derive(Default)]
pub(super) struct Elements<'t> {
    sscc: Option<&'t str>,
    gtin: Option<&'t str>,
    gln: Option<&'t str>,
    batch: Option<&'t str>,
    serial: Option<&'t str>,
}

impl<'t> Elements<'t> {
    /// Takes one element in; attributes are read over. An identifier that comes twice has to say
    /// the same twice: or the thing that one reader looks up would not be the one that another
    /// reader, or the person, sees on the label.
    pub(super) fn take(&mut self, identifier: &str, value: &'t str) -> Result<(), CodeError> {
        let part = match identifier {
            "00" => &mut self.sscc,
            "01" => &mut self.gtin,
            "414" => &mut self.gln,
            "10" => &mut self.batch,
            "21" => &mut self.serial,
            _ => return Ok(()),
        };
        if part.is_some_and(|before| before != value) {
            return Err(CodeError::NotGs1);
        }
        *part = Some(value);
        Ok(())
    }

    /// The code they make: the finest that is there.
    pub(super) fn code(self) -> Result<Code, CodeError> {
        match self {
            Self {
                gtin: Some(gtin),
                serial: Some(serial),
                ..
            } => Code::gtin_serial(gtin, serial),
            Self {
                gtin: Some(gtin),
                batch: Some(batch),
                ..
            } => Code::gtin_batch(gtin, batch),
            Self {
                sscc: Some(sscc), ..
            } => Code::sscc(sscc),
            Self {
                gtin: Some(gtin), ..
            } => Err(CodeError::ProductOnly {
                gtin: check::gtin14(gtin)?,
            }),
            Self { gln: Some(gln), .. } => Code::gln(gln),
            _ => Err(CodeError::NotGs1),
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Code, CodeError> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Err(CodeError::Empty);
    }
    if link::is_link(text) {
        return link::parse(text);
    }
    if text.len() > LONGEST {
        return Err(CodeError::NotGs1);
    }
    if text.starts_with(']') {
        return symbology(text);
    }
    if text.starts_with('(') {
        return parentheses(text);
    }
    bare(text)
}

/// What a scanner says about the symbol it read, before the data (ISO/IEC 15424).
fn symbology(text: &str) -> Result<Code, CodeError> {
    let (name, data) = text.split_at_checked(3).ok_or(CodeError::NotGs1)?;
    match name {
        // GS1 Data Matrix, GS1-128, GS1 DataBar, GS1 QR Code, GS1 DotCode.
        "]d2" | "]C1" | "]e0" | "]Q3" | "]J1" => raw(data),
        // EAN-13 and EAN-8: a GTIN.
        "]E0" | "]E4" => bare(data),
        // Ordinary QR codes and Data Matrix hold the link.
        "]Q0" | "]Q1" | "]Q2" | "]d0" | "]d1" if link::is_link(data) => link::parse(data),
        _ => Err(CodeError::NotGs1),
    }
}

/// `(01)…(21)…`
fn parentheses(text: &str) -> Result<Code, CodeError> {
    let mut elements = Elements::default();
    let mut rest = text;
    while !rest.is_empty() {
        let inner = rest.strip_prefix('(').ok_or(CodeError::NotGs1)?;
        let (name, tail) = inner.split_once(')').ok_or(CodeError::NotGs1)?;
        if !IDENTIFIERS.iter().any(|known| known.name == name) {
            return Err(CodeError::UnknownIdentifier {
                identifier: name.to_owned(),
            });
        }
        let end = next_parenthesis(tail).unwrap_or(tail.len());
        let (value, next) = tail.split_at_checked(end).ok_or(CodeError::NotGs1)?;
        elements.take(name, value)?;
        rest = next;
    }
    elements.code()
}

/// Where the next known identifier in parentheses starts.
pub(super) fn next_parenthesis(text: &str) -> Option<usize> {
    text.match_indices('(').map(|(at, _)| at).find(|at| {
        text.get(at + 1..).is_some_and(|tail| {
            IDENTIFIERS.iter().any(|known| {
                tail.strip_prefix(known.name)
                    .is_some_and(|t| t.starts_with(')'))
            })
        })
    })
}

/// Text without any mark of what it is.
fn bare(text: &str) -> Result<Code, CodeError> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        match text.len() {
            // Thirteen digits could be a GLN as well; on goods they are a GTIN. Places are
            // written with their identifier.
            8 | 12 | 13 | 14 => {
                return Err(CodeError::ProductOnly {
                    gtin: check::gtin14(text)?,
                });
            }
            18 => return Code::sscc(text),
            _ => {}
        }
    }
    raw(text)
}

/// Element string as scanners send it: no parentheses, variable elements end at FNC1.
fn raw(text: &str) -> Result<Code, CodeError> {
    let mut elements = Elements::default();
    let mut rest = text.trim_start_matches(GROUP_SEPARATOR);
    while !rest.is_empty() {
        let Some(known) = IDENTIFIERS.iter().find(|i| rest.starts_with(i.name)) else {
            return Err(unknown(rest));
        };
        let data = rest.get(known.name.len()..).unwrap_or_default();
        let end = match known.fixed {
            Some(length) => length,
            None => data.find(GROUP_SEPARATOR).unwrap_or(data.len()),
        };
        let Some((value, next)) = data.split_at_checked(end) else {
            return Err(CodeError::Length {
                identifier: known.name,
                found: data.len(),
            });
        };
        elements.take(known.name, value)?;
        rest = next.trim_start_matches(GROUP_SEPARATOR);
    }
    elements.code()
}

fn unknown(rest: &str) -> CodeError {
    let identifier: String = rest.chars().take(2).collect();
    if identifier.len() == 2 && identifier.bytes().all(|b| b.is_ascii_digit()) {
        CodeError::UnknownIdentifier { identifier }
    } else {
        CodeError::NotGs1
    }
}
