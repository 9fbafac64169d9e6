//! The kinds of EPC URNs that GS1 keys have, as a table (EPC Tag Data Standard, sections 6.3 to
//! 6.5, and section 8 for patterns).

use super::{PREFIX_LENGTHS, check_digit, decoded, encoded};
use chopmark_core::ElementString;

/// One kind of URN, and the key of GS1 that it stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scheme {
    /// `id`, `class` or `idpat`.
    kind: &'static str,
    name: &'static str,
    /// The key's application identifier.
    pub(super) key: &'static str,
    layout: Layout,
    tail: Tail,
}

/// How the key's digits lie in the URN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Prefix and reference of so many digits together, then the check digit.
    Plain(usize),
    /// The same behind a zero.
    AfterZero(usize),
    /// The first digit of the key leads the reference in the URN; so many digits, and the check
    /// digit.
    Leading(usize),
    /// As a GTIN, then which piece of how many, two digits each.
    Pieces,
    /// Prefix and free text.
    Free,
}

/// What follows the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing.
    Nothing,
    /// Something with an identifier of its own.
    Qualifier(&'static str),
    /// The same, where `0` means that there is none.
    Optional(&'static str),
    /// Text that belongs to the key's own value.
    Appended,
    /// A star: the kind of thing, not one of them.
    Any,
}

const fn id(name: &'static str, key: &'static str, layout: Layout, tail: Tail) -> Scheme {
    Scheme {
        kind: "id",
        name,
        key,
        layout,
        tail,
    }
}

const fn class(name: &'static str, key: &'static str, layout: Layout, tail: Tail) -> Scheme {
    Scheme {
        kind: "class",
        name,
        key,
        layout,
        tail,
    }
}

const fn pattern(name: &'static str, key: &'static str, layout: Layout) -> Scheme {
    Scheme {
        kind: "idpat",
        name,
        key,
        layout,
        tail: Tail::Any,
    }
}

/// A GTIN without its check digit.
const GTIN: Layout = Layout::Leading(13);

/// Of two that fit a link, the first is meant.
static SCHEMES: &[Scheme] = &[
    id("sgtin", "01", GTIN, Tail::Qualifier("21")),
    id("upui", "01", GTIN, Tail::Qualifier("235")),
    class("lgtin", "01", GTIN, Tail::Qualifier("10")),
    pattern("sgtin", "01", GTIN),
    pattern("upui", "01", GTIN),
    id("sscc", "00", Layout::Leading(17), Tail::Nothing),
    id("sgln", "414", Layout::Plain(12), Tail::Optional("254")),
    id("pgln", "417", Layout::Plain(12), Tail::Nothing),
    id("grai", "8003", Layout::AfterZero(12), Tail::Appended),
    pattern("grai", "8003", Layout::AfterZero(12)),
    id("giai", "8004", Layout::Free, Tail::Nothing),
    id("gsrn", "8018", Layout::Plain(17), Tail::Nothing),
    id("gsrnp", "8017", Layout::Plain(17), Tail::Nothing),
    id("gdti", "253", Layout::Plain(12), Tail::Appended),
    pattern("gdti", "253", Layout::Plain(12)),
    id("sgcn", "255", Layout::Plain(12), Tail::Appended),
    pattern("sgcn", "255", Layout::Plain(12)),
    id("cpi", "8010", Layout::Free, Tail::Qualifier("8011")),
    pattern("cpi", "8010", Layout::Free),
    id("ginc", "401", Layout::Free, Tail::Nothing),
    id("gsin", "402", Layout::Plain(16), Tail::Nothing),
    id("itip", "8006", Layout::Pieces, Tail::Qualifier("21")),
    pattern("itip", "8006", Layout::Pieces),
];

/// Keys that have a link and what may qualify them there, the finest first; a batch of pieces
/// has no URN.
const FINEST: &[(&str, &[&str])] = &[
    ("01", &["21", "235", "10"]),
    ("8006", &["21", "10"]),
    ("8010", &["8011"]),
    ("414", &["254"]),
];

/// The parts of a URN, as those of a link.
pub(super) struct Parts {
    pub(super) value: String,
    pub(super) qualifier: Option<(&'static str, String)>,
    pub(super) prefix_length: usize,
}

/// The finest level of a link.
pub(super) struct Finest<'a> {
    pub(super) key: &'static str,
    pub(super) value: &'a str,
    pub(super) qualifier: Option<(&'static str, &'a str)>,
    pub(super) scheme: Option<&'static Scheme>,
}

impl Scheme {
    /// The kind of URN of this name.
    pub(super) fn named(kind: &str, name: &str, is_any: bool) -> Option<&'static Self> {
        let wanted = |scheme: &&Scheme| scheme.kind == kind && scheme.name == name;
        let found = SCHEMES.iter().find(wanted)?;
        ((found.tail == Tail::Any) == (kind == "idpat") && (kind != "idpat" || is_any))
            .then_some(found)
    }

    /// What a link names at its finest level.
    pub(super) fn finest(elements: &ElementString) -> Option<Finest<'_>> {
        let (key, value) = elements.iter().next()?;
        let of_key = |scheme: &&'static Scheme| scheme.key == key;
        let known = SCHEMES.iter().find(of_key)?;
        let qualifiers = FINEST.iter().find(|(name, _)| *name == key);
        let qualifier = qualifiers.and_then(|(_, names)| {
            let named = |name: &&'static str| elements.get(name).map(|text| (*name, text));
            names.iter().find_map(named)
        });
        let fits = |scheme: &&'static Scheme| match scheme.tail {
            Tail::Qualifier(name) => qualifier.is_some_and(|(found, _)| found == name),
            Tail::Appended => value.len() > scheme.layout.key_length(),
            Tail::Any => qualifier.is_none(),
            Tail::Nothing | Tail::Optional(_) => true,
        };
        Some(Finest {
            key: known.key,
            value,
            qualifier,
            scheme: SCHEMES.iter().filter(of_key).find(fits),
        })
    }

    /// Where the company prefix begins in the key.
    pub(super) fn company_part<'v>(&self, value: &'v str) -> &'v str {
        let start = match self.layout {
            Layout::Plain(_) | Layout::Free => 0,
            Layout::AfterZero(_) | Layout::Leading(_) | Layout::Pieces => 1,
        };
        value.get(start..).unwrap_or_default()
    }

    /// Takes a URN's body apart.
    pub(super) fn read(&self, body: &str) -> Option<Parts> {
        let pieces = usize::from(self.layout == Layout::Pieces) * 2;
        let count = 2 + pieces + usize::from(self.tail != Tail::Nothing);
        // The last part may hold points itself.
        let parts: Vec<&str> = body.splitn(count, '.').collect();
        let [prefix, reference, rest @ ..] = parts.as_slice() else {
            return None;
        };
        if parts.len() != count || !PREFIX_LENGTHS.contains(&prefix.len()) || !is_digits(prefix) {
            return None;
        }
        let mut value = self.layout.key(prefix, reference)?;
        let rest = match (self.layout, rest) {
            (Layout::Pieces, [piece, total, rest @ ..]) => {
                if [piece, total].iter().any(|p| p.len() != 2 || !is_digits(p)) {
                    return None;
                }
                value.push_str(piece);
                value.push_str(total);
                rest
            }
            (_, rest) => rest,
        };
        let qualifier = match (self.tail, rest) {
            (Tail::Nothing, []) | (Tail::Any, ["*"]) | (Tail::Optional(_), ["0"]) => None,
            (Tail::Qualifier(name) | Tail::Optional(name), [text]) if !text.is_empty() => {
                Some((name, decoded(text)?))
            }
            (Tail::Appended, [text]) if !text.is_empty() => {
                value.push_str(&decoded(text)?);
                None
            }
            _ => return None,
        };
        Some(Parts {
            value,
            qualifier,
            prefix_length: prefix.len(),
        })
    }

    /// Puts a URN together; `None` if the key is too short for such a prefix.
    pub(super) fn write(
        &self,
        value: &str,
        qualifier: Option<&(&'static str, String)>,
        prefix_length: usize,
    ) -> Option<String> {
        let Self { kind, name, .. } = self;
        let (prefix, reference) = self.layout.parts(value, prefix_length)?;
        let mut urn = format!("urn:epc:{kind}:{name}:{prefix}.{reference}");
        if self.layout == Layout::Pieces {
            let pieces = value.get(self.layout.key_length()..)?;
            let (piece, total) = pieces.split_at_checked(2)?;
            urn.push_str(&format!(".{piece}.{total}"));
        }
        match self.tail {
            Tail::Nothing => {}
            Tail::Any => urn.push_str(".*"),
            Tail::Appended => {
                let serial = value.get(self.layout.key_length()..)?;
                urn.push_str(&format!(".{}", encoded(serial)));
            }
            Tail::Qualifier(_) => urn.push_str(&format!(".{}", encoded(&qualifier?.1))),
            Tail::Optional(_) => match qualifier {
                Some((_, text)) => urn.push_str(&format!(".{}", encoded(text))),
                None => urn.push_str(".0"),
            },
        }
        Some(urn)
    }
}

impl Layout {
    /// How long the key is, without what is appended to it.
    fn key_length(self) -> usize {
        match self {
            Self::Plain(digits) | Self::Leading(digits) => digits + 1,
            Self::AfterZero(digits) => digits + 2,
            Self::Pieces => 14,
            Self::Free => 0,
        }
    }

    /// The key of a prefix and a reference.
    fn key(self, prefix: &str, reference: &str) -> Option<String> {
        let (before, after) = match self {
            Self::Free => {
                let reference = decoded(reference)?;
                return (!reference.is_empty()).then(|| format!("{prefix}{reference}"));
            }
            Self::Plain(_) => ("", reference),
            Self::AfterZero(_) => ("0", reference),
            Self::Leading(_) | Self::Pieces => reference.split_at_checked(1)?,
        };
        let body = format!("{before}{prefix}{after}");
        if body.len() + 1 != self.key_length() {
            return None;
        }
        let digit = check_digit(&body)?;
        Some(format!("{body}{digit}"))
    }

    /// Prefix and reference of a key.
    fn parts(self, value: &str, prefix_length: usize) -> Option<(String, String)> {
        if self == Self::Free {
            let (prefix, reference) = value.split_at_checked(prefix_length)?;
            let is_whole = !reference.is_empty() && is_digits(prefix);
            return is_whole.then(|| (prefix.to_owned(), encoded(reference)));
        }
        let body = value.get(..self.key_length().checked_sub(1)?)?;
        let (before, rest) = match self {
            Self::Plain(_) | Self::Free => ("", body),
            Self::AfterZero(_) => ("", body.strip_prefix('0')?),
            Self::Leading(_) | Self::Pieces => body.split_at_checked(1)?,
        };
        let (prefix, after) = rest.split_at_checked(prefix_length)?;
        Some((prefix.to_owned(), format!("{before}{after}")))
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
