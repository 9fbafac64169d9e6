use std::collections::BTreeSet;

/// What the texts of a hand-over's moving codes begin with.
const FRAME_PREFIX: &str = "CM1:";
/// Equal reads until a code counts: a single misread frame must not name another item.
const EQUAL_READS: u32 = 2;
/// How long a code that was taken is not taken again while it stays in view.
const REST_MS: f64 = 3_000.0;

/// Decides which of the texts that the decoder finds in camera frames count as read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reader {
    candidate: Option<(String, u32)>,
    taken: Option<(String, f64)>,
    frames: BTreeSet<String>,
}

impl Reader {
    /// Takes what one camera frame held; gives back what counts as read by it. `now_ms`
    /// rises from call to call.
    ///
    /// Codes of labels count after equal reads in several frames. The moving codes of a
    /// hand-over count at once, each one once: their digest is checked when they are put
    /// together, and they change too fast to be read twice.
    pub(crate) fn take(&mut self, texts: &[String], now_ms: f64) -> Vec<String> {
        let mut read = Vec::new();
        for text in texts {
            if text.starts_with(FRAME_PREFIX) {
                if self.frames.insert(text.clone()) {
                    read.push(text.clone());
                }
            } else if self.is_confirmed(text, now_ms) {
                self.taken = Some((text.clone(), now_ms));
                self.candidate = None;
                read.push(text.clone());
            }
        }
        read
    }

    fn is_confirmed(&mut self, text: &str, now_ms: f64) -> bool {
        if let Some((taken, since)) = &mut self.taken
            && taken == text
            && now_ms - *since < REST_MS
        {
            // It rests for as long as it stays in view.
            *since = now_ms;
            return false;
        }
        let reads = match &self.candidate {
            Some((candidate, reads)) if candidate == text => reads + 1,
            _ => 1,
        };
        self.candidate = Some((text.to_owned(), reads));
        reads >= EQUAL_READS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_code_counts_after_two_equal_reads() {
        let mut reader = Reader::default();
        assert!(reader.take(&texts(&["A"]), 0.0).is_empty());
        assert_eq!(reader.take(&texts(&["A"]), 50.0), ["A"]);
    }

    #[test]
    fn a_misread_between_does_not_count() {
        let mut reader = Reader::default();
        let reads: Vec<String> = ["A", "B", "A", "A"]
            .iter()
            .enumerate()
            .flat_map(|(at, text)| reader.take(&texts(&[text]), at as f64))
            .collect();
        assert_eq!(reads, ["A"]);
    }

    #[test]
    fn a_code_in_view_is_taken_once_and_again_after_a_rest() {
        let mut reader = Reader::default();
        let mut read_at = Vec::new();
        for step in 0..40 {
            let now = f64::from(step) * 100.0;
            // Out of view from 2 s until 5.1 s.
            let in_view = step < 20;
            if in_view {
                read_at.extend(reader.take(&texts(&["A"]), now));
            }
        }
        assert_eq!(read_at.len(), 1);
        reader.take(&texts(&["A"]), 5_100.0);
        assert_eq!(reader.take(&texts(&["A"]), 5_200.0), ["A"]);
    }

    #[test]
    fn moving_codes_count_at_once_and_once() {
        let mut reader = Reader::default();
        assert_eq!(
            reader.take(&texts(&["CM1:1", "CM1:2"]), 0.0),
            ["CM1:1", "CM1:2"]
        );
        assert!(reader.take(&texts(&["CM1:1"]), 10.0).is_empty());
        assert_eq!(reader.take(&texts(&["CM1:3"]), 20.0), ["CM1:3"]);
    }
}
