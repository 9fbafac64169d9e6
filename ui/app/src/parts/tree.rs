use std::collections::BTreeMap;

use chopmark_view::{AffectedView, RecallView};
use yew::prelude::*;

/// Dots of one column; a picture with more is a wall.
const DOTS: usize = 16;
/// Columns: the steps that fit beside each other on a phone.
const LEVELS: usize = 8;
/// Between two columns, and between two dots of one.
const COLUMN: usize = 44;
const ROW: usize = 18;

/// What was found as a tree that grows to the right: a column for each step, a dot for each
/// thing, a line from what it was found through; hollow for what is used up or out of use, in the
/// colour of the seal for what is here. The list beside it says the same in words.
pub(crate) fn tree(label: &str, view: &RecallView) -> Html {
    let columns = columns(view);
    let height = columns.iter().map(Vec::len).max().unwrap_or(1).max(1) * ROW;
    let width = (columns.len() + 1) * COLUMN;
    let middle = height / 2;
    let root = (COLUMN / 2, middle);
    let mut places = BTreeMap::from([(view.of.card.subject.as_str(), root)]);
    let mut lines = Vec::new();
    let mut dots = vec![
        html! { <circle class="tree-root" cx={root.0.to_string()} cy={root.1.to_string()} r="7" /> },
    ];
    for (at, column) in columns.iter().enumerate() {
        let x = (at + 1) * COLUMN + COLUMN / 2;
        let top = middle.saturating_sub(column.len() * ROW / 2) + ROW / 2;
        for (row, one) in column.iter().enumerate() {
            let y = top + row * ROW;
            // What it came through may be one of those that the picture leaves out.
            if let Some((from, level)) = places.get(one.via.as_str()) {
                let bend = x - COLUMN / 2;
                let path = format!("M{from} {level}C{bend} {level} {bend} {y} {x} {y}");
                lines.push(html! { <path class="tree-line" d={path} /> });
            }
            let class = match (one.ended, one.card.mine) {
                (true, _) => "tree-ended",
                (false, true) => "tree-ours",
                (false, false) => "tree-dot",
            };
            dots.push(html! { <circle {class} cx={x.to_string()} cy={y.to_string()} r="5" /> });
            places.insert(&one.card.subject, (x, y));
        }
    }
    html! {
        <svg class="tree" role="img" aria-label={label.to_owned()} viewBox={format!("0 0 {width} {height}")}>
            {for lines}{for dots}
        </svg>
    }
}

/// Things by their distance, nearest first; in each column in the order of what they hang on, so
/// that few lines cross.
fn columns(view: &RecallView) -> Vec<Vec<&AffectedView>> {
    let mut columns: Vec<Vec<&AffectedView>> = Vec::new();
    let mut rows = BTreeMap::from([(view.of.card.subject.as_str(), 0)]);
    for level in 1..=LEVELS {
        let here = |one: &&AffectedView| usize::try_from(one.level) == Ok(level);
        let mut column: Vec<&AffectedView> = view.found.iter().filter(here).collect();
        if column.is_empty() {
            break;
        }
        column.sort_by_key(|one| rows.get(one.via.as_str()).copied().unwrap_or(usize::MAX));
        column.truncate(DOTS);
        rows.extend(
            column
                .iter()
                .enumerate()
                .map(|(row, one)| (one.card.subject.as_str(), row)),
        );
        columns.push(column);
    }
    columns
}
