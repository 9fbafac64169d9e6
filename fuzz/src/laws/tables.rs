//! What comes from factories and other systems in the forms of before: tables and URNs.

use std::sync::LazyLock;

use chopmark_core::Code;
use chopmark_epcis::{CompanyPrefixes, Document, Epc, Form, OnBadEvent, code, uri};
use chopmark_exchange::{Mapping, Table};

use super::{Fate, broken};

/// Mappings that have every sort of column between them: what is made,
const MADE: &str = r#"
time = "%Y-%m-%d %H:%M"
separator = "|"
[fixed]
type = "ObjectEvent"
action = "ADD"
eventTimeZoneOffset = "+08:00"
[columns]
eventTime = "Made"
gtin = "GTIN"
serial = "Serial"
epcList = "More"
disposition = "State"
"ilmd.ex:lot" = "Lot"
[words.disposition]
ok = "active"
[prefixes]
ex = "https://example.com/terms/"
"#;

/// and what is moved.
const MOVED: &str = r#"
delimiter = ";"
separator = "|"
[columns]
type = "Type"
action = "Action"
eventTime = "When"
eventTimeZoneOffset = "Zone"
gtin = "GTIN"
batch = "Lot"
quantity = "Amount"
unit = "Unit"
parentID = "Parent"
childEPCs = "Children"
"child.class" = "Child lot"
"child.quantity" = "Child amount"
"child.unit" = "Child unit"
"paper.po" = "Order"
"source.owning_party" = "From"
"destination.location" = "To"
readPoint = "Gate"
"ex:line" = "Line"
[words.unit]
kg = "KGM"
[prefixes]
ex = "https://example.com/terms/"
"#;

static KNOWN_MAPPINGS: LazyLock<[Option<Mapping>; 2]> =
    LazyLock::new(|| [MADE, MOVED].map(|text| Mapping::parse(text).ok()));

/// Each row is an event that is written and read again equal, or bad at a line of its own.
pub(super) fn table(bytes: &[u8]) -> Fate {
    let mut fate = Fate::Refused;
    for mapping in KNOWN_MAPPINGS.iter() {
        let Some(mapping) = mapping.as_ref() else {
            broken("the mapping is none");
        };
        if let Ok(table) = Table::read(bytes, mapping) {
            check(&table);
            fate = Fate::Taken;
        }
    }
    fate
}

fn check(table: &Table) {
    for (line, event) in &table.events {
        let text = event.write().to_string();
        match Document::read(text.as_bytes(), OnBadEvent::RefuseAll) {
            Ok(read) => assert_eq!(read.document.events(), std::slice::from_ref(event)),
            Err(error) => broken(&format!("line {line} is no event: {error}\n{text}")),
        }
    }
    let mut lines: Vec<u64> = table.events.iter().map(|(line, _)| *line).collect();
    lines.extend(table.bad.named().iter().map(|row| row.line));
    let rows = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), rows, "two rows on one line");
}

/// What names a thing in one form names it in the other, and again in the first.
pub(super) fn epc(bytes: &[u8]) -> Fate {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Fate::Refused;
    };
    let Ok(thing) = code(text) else {
        return Fate::Refused;
    };
    let mut known = CompanyPrefixes::default();
    if let Ok(epc) = Epc::parse(text)
        && let Some(prefix) = epc.company_prefix()
    {
        known.learn(prefix);
    }
    for form in [Form::Link, Form::Urn] {
        let written = uri(&thing, form, "id.example.org", &known);
        same(&thing, &written);
    }
    Fate::Taken
}

fn same(thing: &Code, written: &str) {
    match code(written) {
        Ok(again) => assert_eq!(&again, thing, "{written}"),
        Err(error) => broken(&format!("{thing} as {written} is refused: {error}")),
    }
}
