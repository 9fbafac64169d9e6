//! Reading JSON text (RFC 8259) within limits.

use super::{Decimal, DecimalError, Json, Members};
use std::collections::btree_map::Entry;
use thiserror::Error;

/// A day's events of a large site; more comes in several documents.
const MAX_BYTES: usize = 100 * 1024 * 1024;
/// A value takes some seventy bytes of memory however short it is written: a hundred megabytes of
/// `0,` would take three gigabytes. Factories write one value in 26 bytes (`tests/large.rs`).
const MAX_VALUES: usize = 5_000_000;
/// EPCIS itself needs nine levels; the rest is room for extensions. Reading calls itself once
/// a level, so this also bounds the stack.
const MAX_DEPTH: usize = 64;

/// Why a text is not read as JSON. Places are byte offsets from the start.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonError {
    /// More than one document may hold.
    #[error("the document has {bytes} bytes, at most {MAX_BYTES} are read: split it")]
    TooLarge {
        /// The size of the document.
        bytes: usize,
    },
    /// Not UTF-8.
    #[error("byte {at} is not UTF-8")]
    NotUtf8 {
        /// The first wrong byte.
        at: usize,
    },
    /// Another character should stand here.
    #[error("byte {at}: expected {expected}")]
    Syntax {
        /// Where.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// Nested deeper than any event.
    #[error("byte {at}: nested deeper than {MAX_DEPTH} levels")]
    TooDeep {
        /// Where the level begins that is too deep.
        at: usize,
    },
    /// More values than a document of the largest size has.
    #[error("byte {at}: more than {MAX_VALUES} values: split the document")]
    TooMany {
        /// Where the first one too many stands.
        at: usize,
    },
    /// Two members of one object have the same name: readers disagree which of them counts.
    #[error("byte {at}: the name \"{name}\" is there twice in one object")]
    DuplicateName {
        /// After the second of the two.
        at: usize,
        /// The name.
        name: String,
    },
    /// A number that is none, or beyond the limits.
    #[error("byte {at}: the number is {error}")]
    Number {
        /// Where it begins.
        at: usize,
        /// What is wrong with it.
        error: DecimalError,
    },
}

impl Json {
    /// Reads a document.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        if bytes.len() > MAX_BYTES {
            return Err(JsonError::TooLarge { bytes: bytes.len() });
        }
        let text = str::from_utf8(bytes).map_err(|error| JsonError::NotUtf8 {
            at: error.valid_up_to(),
        })?;
        let mut reader = Reader {
            text,
            at: 0,
            left: MAX_VALUES,
        };
        // Spreadsheet programs put a byte order mark first.
        if text.starts_with('\u{feff}') {
            reader.at = '\u{feff}'.len_utf8();
        }
        let value = reader.value(0)?;
        reader.skip_space();
        match reader.peek() {
            None => Ok(value),
            Some(_) => Err(reader.expected("the end of the document")),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// How many values may still come.
    left: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.skip_space();
        self.left = self
            .left
            .checked_sub(1)
            .ok_or(JsonError::TooMany { at: self.at })?;
        match self.peek() {
            Some(b'{') => self.object(depth + 1).map(Json::Object),
            Some(b'[') => self.list(depth + 1).map(Json::List),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.expected("a value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Members, JsonError> {
        self.open(depth)?;
        let mut members = Members::new();
        if self.takes(b'}') {
            return Ok(members);
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            if !self.takes(b':') {
                return Err(self.expected("a colon"));
            }
            let value = self.value(depth)?;
            match members.entry(name) {
                Entry::Vacant(place) => place.insert(value),
                Entry::Occupied(place) => {
                    return Err(JsonError::DuplicateName {
                        at: self.at,
                        name: place.key().clone(),
                    });
                }
            };
            if self.takes(b'}') {
                return Ok(members);
            }
            if !self.takes(b',') {
                return Err(self.expected("a comma or a closing brace"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Json>, JsonError> {
        self.open(depth)?;
        let mut items = Vec::new();
        if self.takes(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.value(depth)?);
            if self.takes(b']') {
                return Ok(items);
            }
            if !self.takes(b',') {
                return Err(self.expected("a comma or a closing bracket"));
            }
        }
    }

    fn open(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth > MAX_DEPTH {
            return Err(JsonError::TooDeep { at: self.at });
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<String, JsonError> {
        if !self.takes(b'"') {
            return Err(self.expected("a name or text in quotes"));
        }
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest
                .find(|letter| letter == '"' || letter == '\\' || letter < ' ')
                .ok_or_else(|| self.expected("a closing quote"))?;
            text.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escaped()?);
                }
                _ => return Err(self.expected("no bare control character")),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, JsonError> {
        let letter = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.expected("an escape of JSON")),
        };
        self.at += 1;
        Ok(letter)
    }

    /// Halves of a surrogate pair that stand alone are no characters, and refused.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.four_digits()?;
        let code = match first {
            0xd800..=0xdbff => {
                if !self.takes_text("\\u") {
                    return Err(self.expected("the second half of a surrogate pair"));
                }
                let second = self.four_digits()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(self.expected("the second half of a surrogate pair"));
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            other => other,
        };
        char::from_u32(code).ok_or_else(|| self.expected("a character"))
    }

    fn four_digits(&mut self) -> Result<u32, JsonError> {
        let code = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<Decimal, JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = rest
            .bytes()
            .position(|byte| !is_part(byte))
            .unwrap_or(rest.len());
        let number = Decimal::parse(rest.get(..length).unwrap_or_default())
            .map_err(|error| JsonError::Number { at: self.at, error })?;
        self.at += length;
        Ok(number)
    }

    fn word(&mut self, word: &'static str, value: Json) -> Result<Json, JsonError> {
        if self.takes_text(word) {
            Ok(value)
        } else {
            Err(self.expected("true, false or null"))
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        self.skip_space();
        let is_here = self.peek() == Some(byte);
        if is_here {
            self.at += 1;
        }
        is_here
    }

    fn takes_text(&mut self, text: &str) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_here = rest.starts_with(text);
        if is_here {
            self.at += text.len();
        }
        is_here
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn expected(&self, expected: &'static str) -> JsonError {
        JsonError::Syntax {
            at: self.at,
            expected,
        }
    }
}

#[cfg(test)]
mod tests;
