//! Every sentence of both front ends, compiled from `messages/` by the build script.

mod catalogue;
mod locale;

pub use catalogue::{Catalogue, Part, knows};
pub use locale::Language;

use std::rc::Rc;

include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

/// A value that goes into a sentence, written in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// As it is.
    Text(String),
    /// A count or amount.
    Number(u64),
    /// A point in time, milliseconds since 1970 (UTC): date and time of day.
    Time(u64),
    /// A size in bytes.
    Bytes(u64),
    /// The key of another message, which takes no arguments.
    Key(String),
}

/// The sentences of one front end in one language.
#[derive(Clone, Copy, Debug)]
pub struct Messages {
    catalogue: &'static Catalogue,
    language: Language,
}

impl PartialEq for Messages {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.catalogue, other.catalogue) && self.language == other.language
    }
}

impl Messages {
    /// The sentences of `catalogue` in `language`.
    pub fn new(catalogue: &'static Catalogue, language: Language) -> Self {
        Self {
            catalogue,
            language,
        }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The sentence of `key`, where there is one: for keys that arrive at run time. Keys
    /// that are written in the code go through [`text!`](crate::text), which a build checks.
    pub fn find(&self, key: &str, values: &[(&str, Value)]) -> Option<String> {
        let parts = self.catalogue.message(key, self.language)?;
        let mut sentence = String::new();
        self.write(parts, values, &mut sentence);
        Some(sentence)
    }

    /// The sentence of `key`; the key itself where there is none, which [`text!`](crate::text)
    /// makes impossible.
    pub fn get(&self, key: &str, values: &[(&str, Value)]) -> Rc<str> {
        self.find(key, values)
            .unwrap_or_else(|| key.to_owned())
            .into()
    }

    /// A value as it stands in a sentence.
    pub fn show(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => self.language.number(*number),
            Value::Time(time_ms) => self.language.time(*time_ms),
            Value::Bytes(bytes) => self.language.bytes(*bytes),
            Value::Key(key) => self.find(key, &[]).unwrap_or_else(|| key.clone()),
        }
    }

    fn write(&self, parts: &[Part], values: &[(&str, Value)], sentence: &mut String) {
        let value_of = |name: &str| {
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value)
        };
        for part in parts {
            match part {
                Part::Text(text) => sentence.push_str(text),
                // A missing value leaves an ellipsis: the sentence around it still helps.
                Part::Value(name) => match value_of(name) {
                    Some(value) => sentence.push_str(&self.show(value)),
                    None => sentence.push('…'),
                },
                Part::Choice(name, cases) => {
                    if let Some(parts) = self.choose(value_of(name), cases) {
                        self.write(parts, values, sentence);
                    }
                }
            }
        }
    }

    fn choose(
        &self,
        value: Option<&Value>,
        cases: &'static [(&'static str, &'static [Part])],
    ) -> Option<&'static [Part]> {
        let case = |wanted: &str| {
            cases
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, parts)| *parts)
        };
        let chosen = match value {
            Some(Value::Number(number)) => {
                case(&number.to_string()).or_else(|| case(&self.language.plural(*number)))
            }
            Some(Value::Text(text) | Value::Key(text)) => case(text),
            Some(Value::Time(_) | Value::Bytes(_)) | None => None,
        };
        chosen.or_else(|| cases.last().map(|(_, parts)| *parts))
    }
}

/// The sentence of a key that is written in the code. A build fails where the catalogue has
/// no such key or its message takes other arguments.
///
/// ```
/// use chopmark_kit::{Language, Messages, SHARED, text};
///
/// let messages = Messages::new(&SHARED, Language::English);
/// assert_eq!(&*text!(SHARED_KEYS, messages, "action-close"), "Close");
/// ```
#[macro_export]
macro_rules! text {
    ($keys:ident, $messages:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        const { assert!($crate::knows($crate::$keys, $key, &[$(stringify!($name)),*]), "no such message, or other arguments") };
        $messages.get($key, &[$((stringify!($name), $crate::Value::from($value))),*])
    }};
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> Messages {
        Messages::new(&APP, Language::English)
    }

    #[test]
    fn counts_choose_their_wording() {
        let say =
            |count: u64| text!(APP_KEYS, english(), "outbox-badge", count = count).to_string();
        assert_eq!(say(0), "Nothing unsent");
        assert_eq!(say(1), "1 unsent");
        assert_eq!(say(1200), "1,200 unsent");
    }

    #[test]
    fn an_unknown_key_is_not_found() {
        assert_eq!(english().find("no-such-key", &[]), None);
    }

    #[test]
    fn a_missing_value_leaves_an_ellipsis() {
        let sentence = english().find("outbox-badge", &[]);
        assert_eq!(sentence.as_deref(), Some("… unsent"));
    }
}
