use super::Language;

/// The messages of one front end in all languages.
#[derive(Debug)]
pub struct Catalogue {
    pub(super) keys: &'static [(&'static str, &'static [&'static str])],
    pub(super) languages: [&'static [&'static [Part]]; 2],
}

/// A piece of a message.
#[derive(Debug)]
pub enum Part {
    /// Shown as it is.
    Text(&'static str),
    /// The value of an argument.
    Value(&'static str),
    /// One of several wordings by the value of an argument; the last is the default.
    Choice(&'static str, &'static [(&'static str, &'static [Part])]),
}

impl Catalogue {
    /// All keys with the arguments that their messages take, in order.
    pub fn keys(&self) -> &'static [(&'static str, &'static [&'static str])] {
        self.keys
    }

    pub(super) fn message(&self, key: &str, language: Language) -> Option<&'static [Part]> {
        let index = self
            .keys
            .binary_search_by(|(known, _)| (*known).cmp(key))
            .ok()?;
        let [english, chinese] = self.languages;
        let messages = match language {
            Language::English => english,
            Language::SimplifiedChinese => chinese,
        };
        messages.get(index).copied()
    }
}

/// Whether a message of this key exists and takes exactly these arguments, in any order.
/// Evaluated by the compiler.
#[expect(
    clippy::indexing_slicing,
    reason = "a constant function has no iterators; it runs in the compiler"
)]
pub const fn knows(keys: &[(&str, &[&str])], key: &str, arguments: &[&str]) -> bool {
    let mut index = 0;
    while index < keys.len() {
        let (known, wanted) = keys[index];
        if same(known, key) {
            if wanted.len() != arguments.len() {
                return false;
            }
            let mut argument = 0;
            while argument < arguments.len() {
                let mut other = 0;
                let mut found = false;
                while other < wanted.len() {
                    found |= same(wanted[other], arguments[argument]);
                    other += 1;
                }
                if !found {
                    return false;
                }
                argument += 1;
            }
            return true;
        }
        index += 1;
    }
    false
}

#[expect(
    clippy::indexing_slicing,
    reason = "a constant function has no iterators; it runs in the compiler"
)]
const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}
