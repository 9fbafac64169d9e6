//! Which column of a table is which field: asked once for each kind of table, then remembered.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chopmark_exchange::{Mapping, TERMS, Table};
use chopmark_replica::Store;
use chopmark_view::{ColumnsView, Failure, TableMapping};

use super::read::no_file;
use crate::trouble::Trouble;

/// The headings of a table → how tables with these headings are read.
const MAPPINGS: &str = "import-columns";
/// What spreadsheet programs put between cells.
const DELIMITERS: [char; 3] = [',', ';', '\t'];
/// Between headings in a key: no heading has it.
const SEPARATOR: &str = "\u{1f}";
/// The field that a product's name is.
const PRODUCT: &str = "ilmd.chopmark:product";

pub(super) fn view(store: &Store, bytes: &[u8]) -> Result<ColumnsView, Trouble> {
    let (delimiter, headings) = headings(bytes)?;
    let kept = store.note(MAPPINGS, key(&headings).as_bytes())?;
    let known: Option<TableMapping> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(ColumnsView {
        is_known: known.is_some(),
        mapping: known.unwrap_or_else(|| guess(delimiter, &headings, &zone_here())),
        headings,
    })
}

/// Remembers how a table is read.
pub(super) fn keep(store: &Store, bytes: &[u8], mapping: &TableMapping) -> Result<(), Trouble> {
    let (_, headings) = headings(bytes)?;
    // Texts and maps of texts always encode.
    let value = serde_json::to_vec(mapping).unwrap_or_default();
    let mut batch = store.batch()?;
    batch.put_note(MAPPINGS, key(&headings).as_bytes(), &value)?;
    Ok(batch.commit()?)
}

/// The same as the exchange reads it: what is chosen on a screen is written as the file that the
/// peer's import takes.
pub(super) fn exchange(mapping: &TableMapping) -> Result<Mapping, Failure> {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = writeln!(text, "delimiter = {}", quoted(&mapping.delimiter));
    if let Some(time) = &mapping.time {
        let _ = writeln!(text, "time = {}", quoted(time));
    }
    for (name, table) in [("fixed", &mapping.fixed), ("columns", &mapping.columns)] {
        let _ = writeln!(text, "[{name}]");
        for (field, value) in table {
            let _ = writeln!(text, "{} = {}", quoted(field), quoted(value));
        }
    }
    let (prefix, address) = TERMS;
    let _ = writeln!(text, "[prefixes]\n{prefix} = {}", quoted(address));
    Mapping::parse(&text).map_err(|error| no_file(error.to_string()))
}

/// A text as TOML and JSON write it alike.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn headings(bytes: &[u8]) -> Result<(char, Vec<String>), Failure> {
    let first = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let count = |delimiter: char| {
        let same = |byte: &&u8| char::from(**byte) == delimiter;
        first.iter().filter(same).count()
    };
    let delimiter = DELIMITERS
        .into_iter()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(',');
    let headings = Table::headings(bytes, delimiter).map_err(|error| no_file(error.to_string()))?;
    Ok((delimiter, headings))
}

fn key(headings: &[String]) -> String {
    headings.join(SEPARATOR)
}

/// The zone of this device, as EPCIS writes it: a factory's table is most likely of the same.
fn zone_here() -> String {
    jiff::Zoned::now().strftime("%:z").to_string()
}

/// Columns that are called as the field is, or as most people call it.
fn guess(delimiter: char, headings: &[String], zone: &str) -> TableMapping {
    const CALLED: &[(&str, &[&str])] = &[
        ("eventTime", &["eventtime", "time", "date"]),
        ("gtin", &["gtin"]),
        ("serial", &["serial", "serial number", "serial no."]),
        ("batch", &["batch", "lot"]),
        ("quantity", &["quantity", "amount"]),
        ("unit", &["unit", "uom"]),
        ("readPoint", &["readpoint", "place", "location"]),
        (PRODUCT, &["product", "name"]),
    ];
    let mut columns = BTreeMap::new();
    for (field, names) in CALLED {
        let called = |heading: &&String| names.contains(&heading.trim().to_lowercase().as_str());
        if let Some(heading) = headings.iter().find(called) {
            columns.insert((*field).to_owned(), heading.clone());
        }
    }
    let fixed = [
        ("type", "ObjectEvent"),
        ("action", "ADD"),
        ("bizStep", "commissioning"),
        ("eventTimeZoneOffset", zone),
    ];
    TableMapping {
        delimiter: delimiter.to_string(),
        time: None,
        fixed: fixed
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value.to_owned()))
            .collect(),
        columns,
    }
}
