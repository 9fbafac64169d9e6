//! The clocks of one machine.

use std::time::Duration;

use chopmark_core::TimeMs;
use chopmark_ordering::Now;

/// What the wall shows where clocks are right, at the beginning.
pub(crate) const START: TimeMs = TimeMs(1_790_000_000_000);

/// A machine's clocks: the running one is right, the wall's is off.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: i64,
}

impl Clock {
    pub(crate) fn ahead(ahead_ms: i64) -> Self {
        Self { ahead_ms }
    }

    pub(crate) fn now(self, running: Duration) -> Now {
        let passed = u64::try_from(running.as_millis()).unwrap_or(u64::MAX);
        let right = START.0.saturating_add(passed);
        let wall = TimeMs(right.saturating_add_signed(self.ahead_ms));
        Now { running, wall }
    }
}
