//! How slow a transfer between peers may be before it is given up: whoever drips, or takes nothing,
//! holds up nobody for long.

use std::time::Duration;

use tokio::time::Instant;

use super::SyncError;

/// What may pass without anything coming or going: the other side may be writing a large state
/// down, and a road may fail for a moment.
const SLACK: Duration = Duration::from_secs(60);
/// The least in a second: an eighth of a road of 1 Mbit/s, which sessions with other peers share.
const BYTES_A_SECOND: u64 = 16 * 1024;
/// The longest for all of it: the largest state takes five hours on a road of 1 Mbit/s.
const WHOLE: Duration = Duration::from_secs(6 * 60 * 60);
/// Whoever was too slow is left alone for so long, which is time for others to be asked.
const REST: Duration = Duration::from_secs(10 * 60);

/// What a transfer is held to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) slack: Duration,
    pub(super) bytes_a_second: u64,
    pub(super) whole: Duration,
    pub(super) rest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            slack: SLACK,
            bytes_a_second: BYTES_A_SECOND,
            whole: WHOLE,
            rest: REST,
        }
    }
}

/// The other side keeps below the pace.
const TOO_SLOW: &str = "too-slow";

/// A transfer that is going on.
pub(super) struct Paced {
    pace: Pace,
    /// When it is given up: later with every byte, and never further ahead than the slack, so that
    /// nobody saves up time to waste.
    due: Instant,
    end: Instant,
}

impl Paced {
    pub(super) fn begin(pace: Pace) -> Self {
        Self::begin_at(pace, Instant::now())
    }

    fn begin_at(pace: Pace, now: Instant) -> Self {
        Self {
            pace,
            due: now + pace.slack,
            end: now + pace.whole,
        }
    }

    /// So many bytes came, or went.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.moved_at(bytes, Instant::now());
    }

    fn moved_at(&mut self, bytes: usize, now: Instant) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let micros = bytes.saturating_mul(1_000_000) / self.pace.bytes_a_second.max(1);
        let most = now + self.pace.slack;
        let paid = self.due.checked_add(Duration::from_micros(micros));
        self.due = paid.map_or(most, |paid| paid.min(most));
    }

    fn given_up(&self) -> Instant {
        self.due.min(self.end)
    }

    /// Does a step of it.
    ///
    /// # Errors
    /// `too-slow` when the step is not done in time, and what it says itself.
    pub(super) async fn step<T>(
        &self,
        step: impl Future<Output = Result<T, SyncError>>,
    ) -> Result<T, SyncError> {
        let done = tokio::time::timeout_at(self.given_up(), step).await;
        done.unwrap_or(Err(SyncError::Ended {
            code: TOO_SLOW,
            detail: "the other side gives or takes too slowly: others are asked meanwhile",
        }))
    }
}

pub(super) fn is_too_slow(error: &SyncError) -> bool {
    matches!(error, SyncError::Ended { code, .. } if *code == TOO_SLOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        slack: Duration::from_secs(60),
        bytes_a_second: 1_000,
        whole: Duration::from_secs(1_000),
        rest: REST,
    };

    /// How many seconds a transfer lasts of which so many bytes come every so many seconds.
    fn lasts(bytes: usize, every: u64) -> u64 {
        let began = Instant::now();
        let mut paced = Paced::begin_at(PACE, began);
        let mut now = began;
        loop {
            now += Duration::from_secs(every);
            if now >= paced.given_up() {
                return paced.given_up().duration_since(began).as_secs();
            }
            paced.moved_at(bytes, now);
        }
    }

    #[test]
    fn whoever_drips_is_given_up_and_whoever_keeps_the_pace_is_not() {
        assert_eq!(lasts(0, 59), 60);
        assert_eq!(lasts(1, 10), 60);
        assert_eq!(lasts(9_000, 10), 510, "a tenth too slow");
        assert_eq!(lasts(10_000, 10), 1_000, "and no longer than that");
        assert_eq!(lasts(usize::MAX, 61), 60);
        // What came fast pays for no silence after it.
        let began = Instant::now();
        let mut paced = Paced::begin_at(PACE, began);
        paced.moved_at(100_000_000, began);
        assert_eq!(paced.given_up(), began + PACE.slack);
    }
}
