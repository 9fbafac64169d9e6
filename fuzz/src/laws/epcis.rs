//! Text that other programs wrote.

use chopmark_epcis::{Document, Json, OnBadEvent};

use super::{Fate, broken};

/// JSON comes back equal from its one written form.
pub(super) fn json(bytes: &[u8]) -> Fate {
    let Ok(value) = Json::parse(bytes) else {
        return Fate::Refused;
    };
    let written = value.to_string();
    assert_eq!(
        Json::parse(written.as_bytes()).as_ref(),
        Ok(&value),
        "{written}"
    );
    Fate::Taken
}

/// A document is written, read again without a fault, equal, and written alike.
pub(super) fn epcis(bytes: &[u8]) -> Fate {
    let strict = Document::read(bytes, OnBadEvent::RefuseAll);
    let Ok(read) = Document::read(bytes, OnBadEvent::TakeTheRest) else {
        assert!(strict.is_err(), "all is taken, and the rest of it is not");
        return Fate::Refused;
    };
    assert_eq!(strict.is_ok(), read.left_out.is_empty());
    let written = read.document.write();
    match Document::read(written.as_bytes(), OnBadEvent::RefuseAll) {
        Ok(again) => {
            assert_eq!(again.document, read.document, "{written}");
            assert_eq!(again.document.write(), written);
        }
        Err(error) => broken(&format!("what was written is refused: {error}\n{written}")),
    }
    Fate::Taken
}
