//! One measured figure, with its peer's where it has one.

use serde::{Deserialize, Serialize};

/// One measured figure.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Row {
    name: String,
    value: f64,
    unit: String,
    peer: Option<String>,
    peer_value: Option<f64>,
    ratio: Option<f64>,
}

impl Row {
    /// A figure of ours alone.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self {
            name: name.into(),
            value,
            unit: unit.to_owned(),
            peer: None,
            peer_value: None,
            ratio: None,
        }
    }

    /// Sets the peer's time for the same work; the ratio is above 1 where ours is faster.
    pub(crate) fn beside(mut self, peer: impl Into<String>, seconds: f64) -> Self {
        self.peer = Some(peer.into());
        self.peer_value = Some(seconds);
        self.ratio = Some(seconds / self.value);
        self
    }
}

/// Prints rows for people.
pub(crate) fn print_table(rows: &[Row]) {
    println!(
        "{:<78} {:>12} {:<6} {:<22} {:>10} {:>7}",
        "figure", "value", "unit", "peer", "its value", "ratio"
    );
    for row in rows {
        println!(
            "{:<78} {:>12.3} {:<6} {:<22} {:>10} {:>7}",
            row.name,
            row.value,
            row.unit,
            row.peer.as_deref().unwrap_or("–"),
            optional(row.peer_value),
            optional(row.ratio),
        );
    }
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}
