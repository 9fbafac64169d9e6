//! What is wrong with a field, and where it stands.

use crate::{DecimalError, TimeError, WordError};
use std::fmt::{self, Display, Formatter};
use thiserror::Error;

/// One thing wrong with a document or an event: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From the inside out.
    steps: Vec<Step>,
    /// Why.
    reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

/// Why a field is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The standard demands this field.
    #[error("is missing")]
    Missing,
    /// Neither a field of the standard nor an extension.
    #[error("is no field of EPCIS 2.0; an extension needs a prefix, as in ex:{0}")]
    UnknownField(String),
    /// Another kind of JSON value should stand here.
    #[error("must be {0}")]
    Not(&'static str),
    /// Not an absolute URI in ASCII.
    #[error("must be a URI, a GS1 Digital Link or a URN, without spaces: {0:?}")]
    NotAUri(String),
    /// Not a time with a zone.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// Not a number within the limits.
    #[error("the number is {0}")]
    Decimal(#[from] DecimalError),
    /// Below zero, where nothing can be.
    #[error("must not be below zero: {0}")]
    Negative(String),
    /// A word that the vocabulary does not hold.
    #[error(transparent)]
    Word(#[from] WordError),
    /// The event's type is none of the five.
    #[error("is no event type of EPCIS 2.0: {0:?}")]
    UnknownEventType(String),
    /// The document's type is none that is read here.
    #[error("must be EPCISDocument, EPCISQueryDocument or an event type: {0:?}")]
    UnknownDocumentType(String),
    /// An event that says nothing about any goods.
    #[error("the event needs {0}")]
    Needs(&'static str),
    /// It would not be clear of which of the things it is said.
    #[error("belongs only to an ObjectEvent or a TransformationEvent")]
    NotInThisEvent,
    /// Master data of an item is said once, when it begins.
    #[error("ilmd belongs only to an event with action ADD")]
    IlmdWithoutAdd,
}

impl Fault {
    pub(crate) fn new(reason: impl Into<Reason>) -> Self {
        Self {
            steps: Vec::new(),
            reason: reason.into(),
        }
    }

    /// The same fault, seen from the object whose member it is in.
    pub(crate) fn in_member(mut self, name: &str) -> Self {
        self.steps.push(Step::Name(shown(name)));
        self
    }

    /// A field that nobody knows.
    pub(crate) fn unknown_field(name: &str) -> Self {
        Self::new(Reason::UnknownField(shown(name))).in_member(name)
    }

    /// The same fault, seen from the list whose item it is in.
    pub(crate) fn in_item(mut self, index: usize) -> Self {
        self.steps.push(Step::Index(index));
        self
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Where, as a JSON path: `$.epcisBody.eventList[3].eventTime`.
    pub fn path(&self) -> String {
        let mut path = "$".to_owned();
        for step in self.steps.iter().rev() {
            match step {
                Step::Name(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }
}

/// As much of what a stranger wrote as a report needs: a name may be as long as its document.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

impl Display for Fault {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path(), self.reason)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use crate::{DecimalError, Document, JsonError, OnBadEvent, ReadError, Reason};
    use crate::{TimeError, WordError};

    /// The file in `tests/refused` that shows a reason. A new reason does not compile before it
    /// stands here.
    fn file(reason: &Reason) -> &'static str {
        match reason {
            Reason::Missing => "missing",
            Reason::UnknownField(_) => "unknown-field",
            Reason::Not(_) => "not-text",
            Reason::NotAUri(_) => "not-a-uri",
            Reason::Time(TimeError::NotATime) => "time-not-a-time",
            Reason::Time(TimeError::Zone) => "time-zone-beyond-14",
            Reason::Time(TimeError::LeapSecond) => "time-leap-second",
            Reason::Decimal(error) => number(*error),
            Reason::Negative(_) => "negative",
            Reason::Word(WordError::NotInStandard(_)) => "word-not-in-standard",
            Reason::Word(WordError::NotAUri(_)) => "word-not-a-uri",
            Reason::UnknownEventType(_) => "unknown-event-type",
            Reason::UnknownDocumentType(_) => "unknown-document-type",
            Reason::Needs(_) => "needs",
            Reason::NotInThisEvent => "not-in-this-event",
            Reason::IlmdWithoutAdd => "ilmd-without-add",
        }
    }

    fn number(error: DecimalError) -> &'static str {
        match error {
            DecimalError::NotANumber => "number-not-a-number",
            DecimalError::TooLong => "number-too-long",
            DecimalError::OutOfRange => "number-out-of-range",
        }
    }

    fn json(error: &JsonError) -> &'static str {
        match error {
            // A hundred megabytes are no file to keep: `refuses_what_is_too_large_before_reading_it`.
            JsonError::TooLarge { .. } => "too-large",
            // Nor are four million values.
            JsonError::TooMany { .. } => "too-many",
            JsonError::NotUtf8 { .. } => "not-utf8",
            JsonError::Syntax { .. } => "syntax",
            JsonError::TooDeep { .. } => "too-deep",
            JsonError::DuplicateName { .. } => "duplicate-name",
            JsonError::Number { error, .. } => number(*error),
        }
    }

    #[test]
    fn refused_documents_are_named_after_their_reason() {
        let folder = "tests/refused";
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read(&path).unwrap();
            let name = match Document::read(&text, OnBadEvent::RefuseAll).unwrap_err() {
                ReadError::Json(error) => json(&error),
                ReadError::Envelope(fault) => file(fault.reason()),
                ReadError::Events { bad, .. } => file(bad.named()[0].fault.reason()),
            };
            assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(name));
            seen += 1;
        }
        assert_eq!(seen, 22, "one file for each reason");
    }
}
