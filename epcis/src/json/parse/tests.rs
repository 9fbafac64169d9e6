use super::{Json, JsonError, MAX_BYTES, MAX_DEPTH, MAX_VALUES};
use crate::DecimalError;

fn error(text: &str) -> JsonError {
    Json::parse(text.as_bytes()).unwrap_err()
}

#[test]
fn writes_members_in_order_and_numbers_as_they_were() {
    let text = "\u{feff} { \"b\" : [1.0, 1e3, true ,null], \"a\":{} ,\"@\":\"\\u00e9\\ud83d\\ude00\\n\" } ";
    let json = Json::parse(text.as_bytes()).unwrap();
    assert_eq!(
        json.to_string(),
        "{\"@\":\"é😀\\n\",\"a\":{},\"b\":[1.0,1e3,true,null]}"
    );
}

#[test]
fn refuses_a_name_that_is_there_twice() {
    let twice = JsonError::DuplicateName {
        at: 29,
        name: "quantity".to_owned(),
    };
    assert_eq!(error(r#"{"quantity": 1, "quantity": 2}"#), twice);
    // The same name, once with an escape: still the same.
    assert!(matches!(
        error(r#"{"a": {"b": 1, "\u0062": 2}}"#),
        JsonError::DuplicateName { .. }
    ));
}

#[test]
fn refuses_what_is_nested_too_deep() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Json::parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(
        error(&nested(MAX_DEPTH + 1)),
        JsonError::TooDeep { at: MAX_DEPTH }
    );
    // A hundred thousand levels must not reach the stack's end.
    assert!(matches!(
        error(&"[".repeat(100_000)),
        JsonError::TooDeep { .. }
    ));
}

#[test]
fn refuses_what_is_too_large_before_reading_it() {
    let bytes = vec![b' '; MAX_BYTES + 1];
    assert_eq!(
        Json::parse(&bytes),
        Err(JsonError::TooLarge {
            bytes: MAX_BYTES + 1
        })
    );
}

/// Short values are cheap to write and dear to hold: the size alone does not bound the memory.
#[test]
fn refuses_more_values_than_memory_should_hold() {
    let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
    assert_eq!(
        error(&many),
        JsonError::TooMany {
            // The list itself is the first value.
            at: 1 + 2 * (MAX_VALUES - 1)
        }
    );
}

#[test]
fn refuses_what_is_not_utf8() {
    assert_eq!(
        Json::parse(b"[\"\xff\"]"),
        Err(JsonError::NotUtf8 { at: 2 })
    );
}

#[test]
fn refuses_wrong_numbers_where_they_are() {
    for (text, at, wrong) in [
        ("[01]", 1, DecimalError::NotANumber),
        ("[ -]", 2, DecimalError::NotANumber),
        ("1e999", 0, DecimalError::OutOfRange),
    ] {
        assert_eq!(error(text), JsonError::Number { at, error: wrong });
    }
}

#[test]
fn refuses_broken_text() {
    for text in [
        "",
        "{",
        "[1",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\n\"",
        "tru",
        "1 2",
        "[] x",
        "'a'",
        "NaN",
    ] {
        assert!(matches!(error(text), JsonError::Syntax { .. }), "{text}");
    }
}
