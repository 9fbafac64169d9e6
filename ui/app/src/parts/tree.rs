use chopmark_view::AffectedView;
use yew::prelude::*;

/// Dots of one column; a picture with more is a wall.
const DOTS: usize = 16;
/// Columns: the steps that fit beside each other on a phone.
const LEVELS: usize = 8;
/// Between two columns, and between two dots of one.
const COLUMN: usize = 44;
const ROW: usize = 18;

/// What was found as a tree that grows to the right: a column for each step, a dot for each
/// thing; hollow for what is used up or out of use, in the colour of the seal for what is here.
/// The list beside it says the same in words.
pub(crate) fn tree(label: &str, found: &[AffectedView]) -> Html {
    let columns = columns(found);
    let height = columns.iter().map(Vec::len).max().unwrap_or(1).max(1) * ROW;
    let width = (columns.len() + 1) * COLUMN;
    let middle = height / 2;
    let mut lines = Vec::new();
    let mut dots = vec![
        html! { <circle class="tree-root" cx={half(COLUMN)} cy={middle.to_string()} r="7" /> },
    ];
    for (at, column) in columns.iter().enumerate() {
        let (from, to) = (at * COLUMN + COLUMN / 2, (at + 1) * COLUMN + COLUMN / 2);
        let top = middle.saturating_sub(column.len() * ROW / 2) + ROW / 2;
        for (row, one) in column.iter().enumerate() {
            let y = top + row * ROW;
            let bend = from + COLUMN / 2;
            let path = format!("M{from} {middle}C{bend} {middle} {bend} {y} {to} {y}");
            lines.push(html! { <path class="tree-line" d={path} /> });
            let class = match (one.ended, one.card.mine) {
                (true, _) => "tree-ended",
                (false, true) => "tree-ours",
                (false, false) => "tree-dot",
            };
            dots.push(html! { <circle {class} cx={to.to_string()} cy={y.to_string()} r="5" /> });
        }
    }
    html! {
        <svg class="tree" role="img" aria-label={label.to_owned()} viewBox={format!("0 0 {width} {height}")}>
            {for lines}{for dots}
        </svg>
    }
}

/// Things by their distance, nearest first.
fn columns(found: &[AffectedView]) -> Vec<Vec<&AffectedView>> {
    let mut columns: Vec<Vec<&AffectedView>> = Vec::new();
    for one in found {
        let Ok(level) = usize::try_from(one.level) else {
            continue;
        };
        let at = level.saturating_sub(1);
        if at >= LEVELS {
            continue;
        }
        while columns.len() <= at {
            columns.push(Vec::new());
        }
        if let Some(column) = columns.get_mut(at)
            && column.len() < DOTS
        {
            column.push(one);
        }
    }
    columns
}

fn half(length: usize) -> String {
    (length / 2).to_string()
}
