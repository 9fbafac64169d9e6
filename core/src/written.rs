//! Names and notes as people type them (feature `written`).
//!
//! Whoever reads keeps what others wrote, exactly. Whoever writes is held to more: a name must
//! not pass for another one. The difference is deliberate: these rules stand on Unicode's tables,
//! which grow every year, and what was signed once has to stay readable.

use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
    props::{BidiControl, DefaultIgnorableCodePoint, JoinControl, Script, VariationSelector},
};
use thiserror::Error;

const SCRIPTS: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::<Script>::new();
const UNSEEN: CodePointSetDataBorrowed<'static> =
    CodePointSetData::new::<DefaultIgnorableCodePoint>();
const DIRECTION: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<BidiControl>();
/// These two are unseen by themselves and part of how Persian, Hindi or a smiley is written.
const JOINERS: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<JoinControl>();
const VARIANTS: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<VariationSelector>();

/// The scripts whose letters are taken for each other's (Unicode Technical Standard 39, 5.2).
const ALIKE: [Script; 3] = [Script::Latin, Script::Greek, Script::Cyrillic];

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The name of a member, a device, a product, a place: others recognise something by it.
    Name,
    /// A note, a caption, a value: others read it.
    Note,
}

/// Why a text is not written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WrittenError {
    /// A character that does something instead of being read: it moves a terminal's cursor, turns
    /// the direction of writing, or, in a name, cannot be seen.
    #[error("the character U+{:04X} cannot be seen or turns the writing", u32::from(*.character))]
    Character {
        /// The character.
        character: char,
    },
    /// A word of a name mixes letters that look alike: `Сustoms` with a Cyrillic С.
    #[error("the word {word:?} mixes letters of different alphabets that look alike")]
    MixedScripts {
        /// The word.
        word: String,
    },
}

/// Checks a text before it is written.
///
/// # Errors
/// [`WrittenError`] for the first thing in it that would mislead a reader.
pub fn check_written(what: Written, text: &str) -> Result<(), WrittenError> {
    if let Some(character) = text.chars().find(|character| !may_stand(what, *character)) {
        return Err(WrittenError::Character { character });
    }
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !is_inside(letter));
    match (what, words.into_iter().find(|word| is_mixed(word))) {
        (Written::Name, Some(word)) => Err(WrittenError::MixedScripts {
            word: word.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn may_stand(what: Written, character: char) -> bool {
    match what {
        Written::Name => {
            let unseen = UNSEEN.contains(character) || DIRECTION.contains(character);
            !character.is_control() && (!unseen || is_inside(character))
        }
        // Marks of direction belong in Arabic and Hebrew prose; what overrides it does not.
        Written::Note => {
            let breaks_line = matches!(character, '\n' | '\t');
            (!character.is_control() || breaks_line) && !crate::member::turns_writing(character)
        }
    }
}

/// Stands between letters without ending a word.
fn is_inside(character: char) -> bool {
    JOINERS.contains(character) || VARIANTS.contains(character)
}

fn is_mixed(word: &str) -> bool {
    let has = |script: &Script| word.chars().any(|letter| SCRIPTS.get(letter) == *script);
    ALIKE.iter().filter(|script| has(script)).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_language_can_be_written() {
        for name in [
            "Nansha Foods 南沙食品",
            "Café “Lótus” & Söhne",
            "شركة النور LLC",
            "Чай № 5 Earl Grey",
            "Ελιά Kalamata 500 g",
            "キリン Beer 삼성",
            // Persian with its non-joiner, Hindi with its joiner, a smiley with its variant.
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "❤\u{fe0f} tea",
        ] {
            for what in [Written::Name, Written::Note] {
                assert_eq!(check_written(what, name), Ok(()), "{name}");
            }
        }
    }

    #[test]
    fn what_acts_or_cannot_be_seen_is_no_part_of_a_name() {
        for (text, character) in [
            ("Customs\u{1b}[2J", '\u{1b}'),
            ("one\ntwo", '\n'),
            // Marks, embeddings, overrides and isolates of direction.
            ("Acme\u{200f}", '\u{200f}'),
            ("Acme\u{200e}", '\u{200e}'),
            ("Acme\u{61c}", '\u{61c}'),
            ("\u{202e}emcA", '\u{202e}'),
            ("a\u{2066}b", '\u{2066}'),
            // Nothing to see: a second name that looks like the first.
            ("Ac\u{200b}me", '\u{200b}'),
            ("Ac\u{ad}me", '\u{ad}'),
            ("\u{feff}Acme", '\u{feff}'),
            ("Acme\u{3164}", '\u{3164}'),
        ] {
            let refused = Err(WrittenError::Character { character });
            assert_eq!(check_written(Written::Name, text), refused, "{text:?}");
        }
    }

    #[test]
    fn notes_break_lines_and_point_right_but_turn_nothing() {
        for note in ["one\n\ttwo", "שלום\u{200f}!", "kΩ and Сustoms"] {
            assert_eq!(check_written(Written::Note, note), Ok(()), "{note:?}");
        }
        for character in ['\u{0}', '\r', '\u{1b}', '\u{9b}', '\u{202e}', '\u{2067}'] {
            let refused = Err(WrittenError::Character { character });
            let note = format!("a{character}b");
            assert_eq!(check_written(Written::Note, &note), refused, "{note:?}");
        }
    }

    #[test]
    fn a_word_of_letters_that_look_alike_is_no_name() {
        for word in ["Сustoms", "Νestle", "аdmin", "ΟКean"] {
            let refused = Err(WrittenError::MixedScripts {
                word: word.to_owned(),
            });
            assert_eq!(
                check_written(Written::Name, &format!("The {word} 1")),
                refused
            );
        }
    }
}
