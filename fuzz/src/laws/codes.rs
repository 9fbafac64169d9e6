//! Codes in every spelling.

use chopmark_core::{Code, ElementString, GoodsClass, RecoveryShare};

use super::{Fate, broken};

/// A domain as on a label, and this machine as in a trial: the two schemes of links.
const HOSTS: [&str; 2] = ["id.example.org", "127.0.0.1:8750"];

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Whatever spelling a code was read from, its canonical one and its link name the same thing.
pub(super) fn code(bytes: &[u8]) -> Fate {
    let Some(Ok(code)) = text(bytes).map(Code::parse) else {
        return Fate::Refused;
    };
    same_thing(&code);
    Fate::Taken
}

/// An element string is read back equal from each of its own spellings, its data with it.
pub(super) fn element_string(bytes: &[u8]) -> Fate {
    let Some(Ok(elements)) = text(bytes).map(ElementString::parse) else {
        return Fate::Refused;
    };
    same_elements(&elements);
    Fate::Taken
}

/// The same for what a link says, read as a label and read for its code alone.
pub(super) fn digital_link(bytes: &[u8]) -> Fate {
    let Some(text) = text(bytes) else {
        return Fate::Refused;
    };
    let link = format!("https://{text}");
    let (code, elements) = (Code::parse(&link), ElementString::parse(&link));
    if let Ok(code) = &code {
        same_thing(code);
    }
    let Ok(elements) = elements else {
        return if code.is_ok() {
            Fate::Taken
        } else {
            Fate::Refused
        };
    };
    same_elements(&elements);
    // Data in the query never make another thing of it.
    assert_eq!(elements.code(), code, "{link}");
    for host in HOSTS {
        match elements.digital_link(host) {
            Ok(link) => assert_eq!(ElementString::parse(&link), Ok(elements.clone()), "{link}"),
            Err(error) => broken(&format!(
                "{elements} came from a link and makes none: {error}"
            )),
        }
    }
    Fate::Taken
}

/// A share is read back from its one spelling.
pub(super) fn recovery_share(bytes: &[u8]) -> Fate {
    let Some(Ok(share)) = text(bytes).map(str::parse::<RecoveryShare>) else {
        return Fate::Refused;
    };
    assert_eq!(share.text().parse().as_ref(), Ok(&share));
    Fate::Taken
}

fn same_thing(code: &Code) {
    let canonical = code.element_string();
    assert_eq!(Code::parse(canonical).as_ref(), Ok(code), "{canonical}");
    for host in HOSTS {
        let link = code.digital_link(host);
        assert_eq!(Code::parse(&link).as_ref(), Ok(code), "{link}");
    }
    assert!(canonical.contains(code.digits()), "{canonical}");
    // What can be read off a label can be given a history.
    let class = code.class();
    assert!(
        GoodsClass::parse(&class).is_some(),
        "{canonical} cannot be commissioned: {class}"
    );
}

/// As long as a text of a symbol may be.
const LONGEST: usize = 512;

/// An element string is read back from what people read and from what scanners send.
fn same_elements(elements: &ElementString) {
    let people = elements.to_string();
    // A value that holds what looks like another identifier is read as two; no code has one. And
    // brackets make some fifty elements longer than any text that is read.
    if people.len() <= LONGEST && !elements.iter().any(|(_, value)| value.contains('(')) {
        let again = ElementString::parse(&people);
        assert_eq!(again.as_ref(), Ok(elements), "{people}");
    }
    let scanned = format!("]C1{}", elements.fnc1());
    let again = ElementString::parse(&scanned);
    assert_eq!(again.as_ref(), Ok(elements), "{scanned:?}");
}
