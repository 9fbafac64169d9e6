//! A document of the largest size that is read: all of it, in bounded memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chopmark_epcis::{Document, OnBadEvent};
use std::fmt::Write as _;

/// Just below the limit of 100 MiB.
const BYTES: usize = 100 * 1024 * 1024 - 4096;
/// What reading may take beside the document itself: twice the 1.0 GiB that it was measured at.
const MOST_KIB: u64 = 2 * 1024 * 1024;

/// An event of 284 bytes, as factories write them.
fn event(number: usize, to: &mut String) {
    write!(
        to,
        r#"{{"type":"ObjectEvent","eventTime":"2026-03-02T10:00:00.120+08:00","eventTimeZoneOffset":"+08:00","action":"ADD","bizStep":"commissioning","epcList":["https://id.gs1.org/01/09506000134352/21/S{number:09}"],"readPoint":{{"id":"https://id.gs1.org/414/9506000134376/254/3"}},"ex:line":{number}}}"#
    )
    .unwrap();
}

#[test]
fn a_document_of_a_hundred_megabytes_is_read_whole_in_bounded_memory() {
    let mut text = r#"{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",{"ex":"https://example.com/terms/"}],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-03-02T10:00:00Z","epcisBody":{"eventList":["#.to_owned();
    let mut count = 0;
    while text.len() < BYTES {
        if count > 0 {
            text.push(',');
        }
        event(count, &mut text);
        count += 1;
    }
    text.push_str("]}}");
    let before = peak_kib();
    let read = Document::read(text.as_bytes(), OnBadEvent::RefuseAll).unwrap();
    assert_eq!(read.document.events().len(), count);
    let taken = peak_kib() - before;
    println!("{} bytes, {count} events: {taken} KiB", text.len());
    assert!(taken < MOST_KIB, "{taken} KiB");
}

/// The most memory that this process ever had; each test is a process of its own.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.unwrap().parse().unwrap()
}
