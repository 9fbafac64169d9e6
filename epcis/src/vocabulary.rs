//! Words of CBV 2.0, in each of the forms in which they are written.

use crate::shape::Shape;
use crate::terms::Terms;
use crate::written::Written;
use crate::{Fault, Json, Reason};
use thiserror::Error;

/// Where the words of CBV live, as the standard's JSON-LD context shortens it.
const CBV: (&str, &str) = ("cbv:", "https://ref.gs1.org/cbv/");
/// Where the words of the GS1 web vocabulary live.
const GS1: (&str, &str) = ("gs1:", "https://gs1.org/voc/");
/// Where CBV 1.x had its words.
const URN: &str = "urn:epcglobal:cbv:";

/// A closed list of words in the standard.
pub trait Vocabulary: Copy + Eq + 'static {
    /// Every word.
    const ALL: &'static [Self];
    /// What stands before the bare word in its web address.
    const WEB: &'static str;
    /// What stands before the bare word in its URN; `None` for words that are younger than
    /// URNs.
    const URN: Option<&'static str>;

    /// The bare word, as JSON-LD writes it.
    fn word(self) -> &'static str;

    /// The web address: `https://ref.gs1.org/cbv/BizStep-shipping`.
    fn web(self) -> String {
        format!("{}{}", Self::WEB, self.word())
    }

    /// The URN: `urn:epcglobal:cbv:bizstep:shipping`.
    fn urn(self) -> Option<String> {
        Self::URN.map(|before| format!("{before}{}", self.word()))
    }
}

/// A word as it was written: one that the vocabulary holds, in whatever form, or a URI of
/// someone else's vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<V> {
    written: String,
    known: Option<V>,
}

/// Why a word is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum WordError {
    /// Bare, or under GS1's names, and CBV 2.0 does not list it: most likely a slip.
    #[error("CBV 2.0 has no word {0:?}; a word of your own needs its URI")]
    NotInStandard(String),
    /// Neither a word nor a URI.
    #[error("neither a word of CBV 2.0 nor a URI: {0:?}")]
    NotAUri(String),
}

impl<V: Vocabulary> Word<V> {
    /// Reads a word in any of its forms.
    pub fn parse(text: &str) -> Result<Self, WordError> {
        let bare = bare::<V>(text);
        let known = V::ALL
            .iter()
            .copied()
            .find(|value| bare.is_some_and(|bare| value.word() == bare));
        if known.is_none() {
            let is_gs1 = [CBV.0, CBV.1, GS1.0, GS1.1, URN]
                .iter()
                .any(|start| text.starts_with(start));
            if is_gs1 || !text.contains(':') {
                return Err(WordError::NotInStandard(text.chars().take(80).collect()));
            }
            if crate::Uri::parse(text).is_err() {
                return Err(WordError::NotAUri(text.chars().take(80).collect()));
            }
        }
        Ok(Self {
            written: text.to_owned(),
            known,
        })
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The word of the standard, if it is one.
    pub fn known(&self) -> Option<V> {
        self.known
    }
}

impl<V: Vocabulary> From<V> for Word<V> {
    /// The bare word: the only form that the standard's JSON schema accepts.
    fn from(value: V) -> Self {
        Self {
            written: value.word().to_owned(),
            known: Some(value),
        }
    }
}

/// The text without what stands before the word in one of its forms.
fn bare<V: Vocabulary>(text: &str) -> Option<&str> {
    if !text.contains(':') {
        return Some(text);
    }
    let short = [CBV, GS1].iter().find_map(|(short, long)| {
        let before = V::WEB.strip_prefix(long)?;
        text.strip_prefix(short)?.strip_prefix(before)
    });
    short
        .or_else(|| text.strip_prefix(V::WEB))
        .or_else(|| text.strip_prefix(V::URN?))
}

impl<V: Vocabulary> Shape for Word<V> {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        Word::parse(&String::read(json, terms)?).map_err(|error| Fault::new(Reason::Word(error)))
    }

    fn write(&self) -> Written<'_> {
        Written::Text(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::{Vocabulary, Word, WordError};
    use crate::{
        BizStep, BizTransactionType, Component, Disposition, ErrorReason, Measurement, SensorAlert,
        SourceDestinationType,
    };

    /// Every form of every word gives the word, and stays as it was written.
    fn reads_every_form<V: Vocabulary + std::fmt::Debug>(count: usize) {
        assert_eq!(V::ALL.len(), count);
        for value in V::ALL {
            let short = value
                .web()
                .replace("https://ref.gs1.org/cbv/", "cbv:")
                .replace("https://gs1.org/voc/", "gs1:");
            let forms = [
                Some(value.word().to_owned()),
                Some(value.web()),
                value.urn(),
                Some(short),
            ];
            for form in forms.into_iter().flatten() {
                let word = Word::<V>::parse(&form).unwrap();
                assert_eq!(
                    (word.known(), word.written()),
                    (Some(*value), form.as_str())
                );
            }
        }
    }

    #[test]
    fn every_word_is_read_in_every_form() {
        reads_every_form::<BizStep>(41);
        reads_every_form::<Disposition>(33);
        reads_every_form::<BizTransactionType>(13);
        reads_every_form::<SourceDestinationType>(3);
        reads_every_form::<ErrorReason>(2);
        reads_every_form::<Measurement>(72);
        reads_every_form::<SensorAlert>(2);
        reads_every_form::<Component>(14);
    }

    #[test]
    fn keeps_words_of_others_and_refuses_slips() {
        let own = Word::<BizStep>::parse("https://example.com/steps/polishing").unwrap();
        assert_eq!(own.known(), None);
        for slip in [
            "shiping",
            "Shipping",
            "",
            "cbv:BizStep-shiping",
            "cbv:Disp-active",
            "https://ref.gs1.org/cbv/BizStep-",
            "urn:epcglobal:cbv:disp:active",
        ] {
            assert_eq!(
                Word::<BizStep>::parse(slip),
                Err(WordError::NotInStandard(slip.to_owned()))
            );
        }
        assert!(matches!(
            Word::<BizStep>::parse("ex:two words"),
            Err(WordError::NotAUri(_))
        ));
    }
}
