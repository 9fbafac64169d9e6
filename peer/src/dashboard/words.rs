//! Numbers as an operator reads them.

/// A length of time: tenths of a second up to a minute, then the two largest units.
pub(super) fn span(ms: u64) -> String {
    let (seconds, minutes, hours) = (ms / 1_000, ms / 60_000, ms / 3_600_000);
    match hours {
        0 if minutes == 0 => format!("{seconds}.{} s", ms % 1_000 / 100),
        0 => format!("{minutes} min {} s", seconds % 60),
        1..=47 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{} days {} h", hours / 24, hours % 24),
    }
}

/// Tenths of something a second.
pub(super) fn rate(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_read_at_a_glance() {
        let table = [
            (0, "0.0 s"),
            (99, "0.0 s"),
            (59_999, "59.9 s"),
            (60_000, "1 min 0 s"),
            (3_599_999, "59 min 59 s"),
            (3_600_000, "1 h 0 min"),
            (172_800_000, "2 days 0 h"),
        ];
        for (ms, words) in table {
            assert_eq!(span(ms), words);
        }
        assert_eq!(rate(123), "12.3");
    }
}
