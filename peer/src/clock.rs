//! The wall clock, in the ledger's unit.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chopmark_core::TimeMs;
use jiff::Timestamp;

/// The time now; 1970 if the clock stands before it.
pub(crate) fn now() -> TimeMs {
    time_of(SystemTime::now())
}

/// A time of the system as one of the ledger.
pub(crate) fn time_of(time: SystemTime) -> TimeMs {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    TimeMs(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The form that people and browsers read (RFC 3339, UTC, whole seconds); the bare number for a
/// time that no calendar holds.
pub(crate) fn readable(time: TimeMs) -> String {
    let shown = i64::try_from(time.0 / 1_000)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    shown.map_or_else(|| time.0.to_string(), |shown| shown.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_whole_seconds_in_utc() {
        assert_eq!(readable(TimeMs(1_763_909_005_999)), "2025-11-23T14:43:25Z");
        assert_eq!(readable(TimeMs(u64::MAX)), u64::MAX.to_string());
    }
}
