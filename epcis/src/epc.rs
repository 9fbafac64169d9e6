//! The two forms of an identifier: EPC URN and GS1 Digital Link, each made from the other.
//!
//! An EPC URN (EPC Tag Data Standard, section 6) says how long the company prefix is, a Digital
//! Link does not, and nothing in the digits tells. So a link becomes a URN only with the help of
//! [`CompanyPrefixes`]: those that a network has registered, or that other URNs showed.

mod schemes;

use chopmark_core::{Code, CodeError, ElementString, check_digit};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use schemes::Scheme;
use std::collections::BTreeSet;
use thiserror::Error;

/// The host of canonical Digital Links (GS1 Digital Link: URI syntax, 4.11).
const CANONICAL: &str = "https://id.gs1.org/";
/// A freight container's number (BIC code): a URN, but no key of GS1 and so no Digital Link.
const CONTAINER: &str = "urn:epc:id:bic:";
/// How long a company prefix is (EPC Tag Data Standard, 6.3.1).
const PREFIX_LENGTHS: std::ops::RangeInclusive<usize> = 6..=12;

/// What a link may not hold as it is: everything but RFC 3986's unreserved characters.
const ESCAPED_IN_LINKS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// What a URN may not hold as it is, of the characters that keys have (EPC Tag Data Standard,
/// appendix A).
const ESCAPED_IN_URNS: &AsciiSet = &percent_encoding::CONTROLS
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?');

/// In which form identifiers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `https://id.gs1.org/01/09506000134352/21/A1`
    Link,
    /// `urn:epc:id:sgtin:9506000.013435.A1`, where the length of the company prefix is known.
    Urn,
}

/// An identifier of GS1, read from either form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epc {
    key: &'static str,
    value: String,
    qualifier: Option<(&'static str, String)>,
    /// How many digits of it are the company prefix, if a URN said so.
    prefix_length: Option<usize>,
    /// The URN's kind; a link may have none.
    scheme: Option<&'static Scheme>,
}

/// Why an identifier is not read, or not written in the other form.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EpcError {
    /// Neither an EPC URN of GS1 nor a Digital Link.
    #[error("{0:?} is neither an EPC URN nor a GS1 Digital Link")]
    Unknown(String),
    /// An EPC URN whose parts are not those of its kind.
    #[error("{0:?} does not have the parts of such an EPC URN")]
    Parts(String),
    /// The key itself is wrong.
    #[error("{uri:?}: {cause}")]
    Key {
        /// The identifier.
        uri: String,
        /// What is wrong with it.
        cause: CodeError,
    },
    /// How long the company prefix is stands nowhere.
    #[error("the company prefix of {0} is not known, so it has no EPC URN")]
    PrefixUnknown(String),
}

/// Company prefixes whose length is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyPrefixes(BTreeSet<String>);

impl CompanyPrefixes {
    /// Knows one more. What no company prefix can be is left out.
    pub fn learn(&mut self, prefix: &str) {
        let is_prefix = PREFIX_LENGTHS.contains(&prefix.len())
            && prefix.bytes().all(|byte| byte.is_ascii_digit());
        if is_prefix && !self.0.contains(prefix) {
            self.0.insert(prefix.to_owned());
        }
    }

    /// How long the company prefix at the beginning of these digits is. Of two that fit, the
    /// shorter is GS1's and the other a range of it.
    fn length(&self, digits: &str) -> Option<usize> {
        PREFIX_LENGTHS.into_iter().find(|length| {
            digits
                .get(..*length)
                .is_some_and(|start| self.0.contains(start))
        })
    }
}

impl Epc {
    /// Reads either form.
    pub fn parse(uri: &str) -> Result<Self, EpcError> {
        if let Some(rest) = uri.strip_prefix("urn:epc:") {
            Self::from_urn(uri, rest)
        } else {
            Self::from_link(uri)
        }
    }

    fn from_urn(uri: &str, rest: &str) -> Result<Self, EpcError> {
        let unknown = || EpcError::Unknown(shown(uri));
        let (kind, rest) = rest.split_once(':').ok_or_else(unknown)?;
        let (name, body) = rest.split_once(':').ok_or_else(unknown)?;
        let scheme = Scheme::named(kind, name, body.ends_with(".*")).ok_or_else(unknown)?;
        let parts = || EpcError::Parts(shown(uri));
        let read = scheme.read(body).ok_or_else(parts)?;
        let epc = Self {
            key: scheme.key,
            value: read.value,
            qualifier: read.qualifier,
            prefix_length: Some(read.prefix_length),
            scheme: Some(scheme),
        };
        // Characters, lengths and check digits are checked in one place.
        ElementString::parse(&epc.link()).map_err(|cause| EpcError::Key {
            uri: shown(uri),
            cause,
        })?;
        Ok(epc)
    }

    /// Reads a link of any host. Of what qualifies the key only the finest level stays (CBV 2.0,
    /// 8.9, on the constrained canonical form); the query is not part of the identifier.
    fn from_link(uri: &str) -> Result<Self, EpcError> {
        if !(uri.starts_with("https://") || uri.starts_with("http://")) {
            return Err(EpcError::Unknown(shown(uri)));
        }
        let path = uri.split(['?', '#']).next().unwrap_or_default();
        let elements = ElementString::parse(path).map_err(|cause| EpcError::Key {
            uri: shown(uri),
            cause,
        })?;
        let finest = Scheme::finest(&elements).ok_or_else(|| EpcError::Unknown(shown(uri)))?;
        Ok(Self {
            key: finest.key,
            value: finest.value.to_owned(),
            qualifier: finest.qualifier.map(|(name, text)| (name, text.to_owned())),
            prefix_length: None,
            scheme: finest.scheme,
        })
    }

    /// The canonical Digital Link.
    pub fn link(&self) -> String {
        let escaped = |text| utf8_percent_encode(text, ESCAPED_IN_LINKS);
        let mut link = format!("{CANONICAL}{}/{}", self.key, escaped(&self.value));
        if let Some((name, text)) = &self.qualifier {
            link.push_str(&format!("/{name}/{}", escaped(text)));
        }
        link
    }

    /// The EPC URN, with the prefix length that a URN brought or that is known.
    pub fn urn(&self, known: &CompanyPrefixes) -> Result<String, EpcError> {
        let unknown = || EpcError::PrefixUnknown(self.link());
        let scheme = self.scheme.ok_or_else(unknown)?;
        let length = self
            .prefix_length
            .or_else(|| known.length(scheme.company_part(&self.value)))
            .ok_or_else(unknown)?;
        scheme
            .write(&self.value, self.qualifier.as_ref(), length)
            .ok_or_else(unknown)
    }

    /// The company prefix, if a URN said how long it is.
    pub fn company_prefix(&self) -> Option<&str> {
        let part = self.scheme?.company_part(&self.value);
        part.get(..self.prefix_length?)
    }
}

/// The code that an identifier of either form names here.
pub fn code(uri: &str) -> Result<Code, EpcError> {
    let key = |cause| EpcError::Key {
        uri: shown(uri),
        cause,
    };
    match uri.strip_prefix(CONTAINER) {
        Some(number) => Code::container(number).map_err(key),
        None if uri.starts_with("urn:") => Code::parse(&Epc::parse(uri)?.link()).map_err(key),
        None => Code::parse(uri).map_err(key),
    }
}

/// A code in one of the forms: its link on `host`, or its URN where the prefix is known.
pub fn uri(code: &Code, form: Form, host: &str, known: &CompanyPrefixes) -> String {
    let link = code.digital_link(host);
    if form == Form::Link {
        return link;
    }
    if code.kind() == chopmark_core::CodeKind::Container {
        return format!("{CONTAINER}{code}");
    }
    match Epc::parse(&link).and_then(|epc| epc.urn(known)) {
        Ok(urn) => urn,
        Err(_) => link,
    }
}

/// Long identifiers are cut before they reach a message.
fn shown(uri: &str) -> String {
    uri.chars().take(120).collect()
}

/// Text out of a URN.
fn decoded(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED_IN_URNS).to_string()
}

#[cfg(test)]
mod tests;
