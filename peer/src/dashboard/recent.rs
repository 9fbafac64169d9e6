//! The newest checkpoints, as much of each as the page shows.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use chopmark_core::{Checkpoint, Height, TimeMs};

use crate::peer::Peer;

/// As many bars as a phone's width still shows apart.
const KEPT: usize = 40;

/// One checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CheckpointRow {
    pub(crate) height: u64,
    pub(crate) time: TimeMs,
    pub(crate) blocks: u64,
    /// Since the checkpoint before; none where that is not here.
    pub(crate) since_ms: Option<u64>,
    pub(crate) cosignatures: usize,
}

/// What was read before is not read again: whoever asks often costs only what is new.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<VecDeque<CheckpointRow>>);

impl Recent {
    /// The newest checkpoints up to a height, oldest first.
    pub(crate) fn read(&self, peer: &Peer, newest: u64) -> anyhow::Result<Vec<CheckpointRow>> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = u64::try_from(KEPT)?;
        let first = newest.saturating_sub(kept).max(1);
        let known = rows.back().map(|row| row.height);
        for height in known.map_or(first, |known| first.max(known.saturating_add(1)))..=newest {
            // One that the peer got as part of a saved state only is not there.
            if let Some(checkpoint) = peer.replica().checkpoint(Height(height))? {
                let row = row(&checkpoint, rows.back());
                rows.push_back(row);
            }
        }
        while rows.len() > KEPT {
            rows.pop_front();
        }
        Ok(rows.iter().copied().collect())
    }
}

fn row(checkpoint: &Checkpoint, before: Option<&CheckpointRow>) -> CheckpointRow {
    let header = checkpoint.header();
    let height = header.height().0;
    let before = before.filter(|before| before.height.saturating_add(1) == height);
    CheckpointRow {
        height,
        time: header.time(),
        blocks: header.block_count(),
        since_ms: before.map(|before| header.time().0.saturating_sub(before.time.0)),
        cosignatures: checkpoint.signed_header().cosignatures().len(),
    }
}

/// Tenths of a block a second, over the time between the oldest and the newest of these.
pub(super) fn throughput(rows: &[CheckpointRow]) -> u64 {
    let (Some(oldest), Some(newest)) = (rows.first(), rows.last()) else {
        return 0;
    };
    // What the oldest one ordered came before that time.
    let blocks: u64 = rows.iter().skip(1).map(|row| row.blocks).sum();
    let ms = newest.time.0.saturating_sub(oldest.time.0);
    blocks
        .saturating_mul(10_000)
        .checked_div(ms)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throughput_counts_what_came_between_the_oldest_and_the_newest() {
        let row = |height, seconds: u64, blocks| CheckpointRow {
            height,
            time: TimeMs(seconds * 1_000),
            blocks,
            since_ms: None,
            cosignatures: 1,
        };
        assert_eq!(throughput(&[]), 0);
        assert_eq!(throughput(&[row(1, 10, 99)]), 0);
        let rows = [row(1, 10, 99), row(2, 11, 20), row(3, 14, 5)];
        assert_eq!(throughput(&rows), 62);
    }
}
