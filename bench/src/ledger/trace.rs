//! Tracing over a million events.

use std::time::Instant;

use anyhow::{Result, ensure};
use chopmark_core::{BlockId, Descent, Lineage, Reach, RecordRef, SubjectId};

use crate::row::Row;

const EVENTS: u64 = 1_000_000;
const LEVELS: u64 = 12;
const WIDTH: u64 = EVENTS / LEVELS;
const ROUNDS: usize = 20;

/// A recall from an ingredient to everything made of it, and from a product to everything it was
/// made of: each thing goes into two or more of the next level.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let mut lineage = Lineage::default();
    for level in 0..LEVELS {
        let descents = (0..WIDTH).map(|number| Descent {
            by: RecordRef {
                block: BlockId::from_bytes(*subject(level, number).as_bytes()),
                index: 0,
            },
            from: vec![
                subject(level, number / 2),
                subject(level, (number / 2 + 1) % WIDTH),
            ],
            to: vec![subject(level + 1, number)],
        });
        lineage.extend(&descents.collect::<Vec<_>>());
    }
    let mut rows = Vec::new();
    for (name, reach, from) in [
        ("forward", Reach::Descendants, subject(0, 5)),
        ("backward", Reach::Origins, subject(LEVELS, WIDTH / 2)),
    ] {
        let mut best = f64::INFINITY;
        let mut found = 0;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            found = lineage.trace(&from, reach, 0).found.len();
            best = best.min(start.elapsed().as_secs_f64());
        }
        ensure!(found > 20, "the {name} trace found {found} subjects");
        rows.push(Row::new(
            format!("{name} trace over {EVENTS} events, {LEVELS} levels, {found} found"),
            best * 1e3,
            "ms",
        ));
    }
    Ok(rows)
}

/// A subject's bytes, spread as hashes are.
fn subject(level: u64, number: u64) -> SubjectId {
    let mut state = (level << 40 | number).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    SubjectId::from_bytes(std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [_, _, _, byte, ..] = state.to_le_bytes();
        byte
    }))
}
