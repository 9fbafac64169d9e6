//! Lists of codes: what a factory's program wrote for its labels, and what a run's maker keeps.

use std::io::{BufReader, Read as _};

use chopmark_core::{Code, Digest32};
use chopmark_labels::{ListError, ListReader, ListRow, RowError};
use chopmark_replica::{RunListText, run_list_items};

use super::{Fate, broken};

type Rows = Vec<(u64, Result<ListRow, RowError>)>;

/// However the bytes come, the rows are the same; each is read again equal, or bad at a number of
/// its own.
pub(super) fn labels(bytes: &[u8]) -> Fate {
    let Ok(rows) = read(bytes, bytes.len().max(1)) else {
        return Fate::Refused;
    };
    match read(bytes, 7) {
        Ok(pieces) => assert_eq!(pieces, rows, "in pieces it is another list"),
        Err(error) => broken(&format!("in pieces it is no list: {error}")),
    }
    assert!((1..).zip(&rows).all(|(number, row)| number == row.0));
    let good: Vec<&ListRow> = rows.iter().flat_map(|(_, row)| row).collect();
    match read(written(&good).as_bytes(), 4096) {
        Ok(again) => {
            let again: Vec<_> = again.iter().map(|(_, row)| row.as_ref()).collect();
            let good: Vec<_> = good.into_iter().map(Ok).collect();
            assert_eq!(again, good);
        }
        Err(error) => broken(&format!("what was written of it is no list: {error}")),
    }
    Fate::Taken
}

fn read(bytes: &[u8], at_once: usize) -> Result<Rows, ListError> {
    let mut list = ListReader::new(BufReader::with_capacity(at_once, bytes))?;
    let mut rows = Vec::new();
    while let Some(row) = list.next_row()? {
        rows.push(row);
    }
    Ok(rows)
}

fn written(rows: &[&ListRow]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = String::from("code,name,activation\n");
    for row in rows {
        let secret = row.activation.as_ref().map(|secret| secret.text());
        let fields = [
            quoted(row.code.element_string()),
            quoted(row.name.as_deref().unwrap_or_default()),
            secret.map(|secret| secret.to_string()).unwrap_or_default(),
        ];
        text.push_str(&fields.join(","));
        text.push('\n');
    }
    text
}

/// A list that is read is read again equal from what is kept of it.
pub(super) fn run(bytes: &[u8]) -> Fate {
    let Ok(items) = run_list_items(bytes).collect::<Result<Vec<_>, _>>() else {
        return Fate::Refused;
    };
    let mut text = Vec::new();
    let kept = items
        .iter()
        .map(|(code, key): &(Code, Option<Digest32>)| (code, *key));
    if let Err(error) = RunListText::new(kept).read_to_end(&mut text) {
        broken(&format!("a list cannot be written: {error}"));
    }
    match run_list_items(&*text).collect::<Result<Vec<_>, _>>() {
        Ok(again) => assert_eq!(again, items),
        Err(error) => broken(&format!("what was written of it is no list: {error}")),
    }
    Fate::Taken
}
