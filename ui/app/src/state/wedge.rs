/// Keys of a wedge scanner follow each other faster than any typist's.
const GAP_MS: f64 = 60.0;
/// Shorter than any code that people put on things.
const LEAST_CHARACTERS: usize = 6;
/// Longer than any label's link; what goes on longer is no scanner.
const MOST_CHARACTERS: usize = 2_000;

/// Recognises a wedge scanner, which types what it reads like a keyboard and ends with
/// Enter or Tab, wherever the focus is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wedge {
    typed: String,
    last_ms: f64,
}

impl Wedge {
    /// Takes one key by its DOM name; gives back the code when it ends one.
    pub(crate) fn key(&mut self, key: &str, now_ms: f64) -> Option<String> {
        let is_slow = now_ms - self.last_ms > GAP_MS;
        self.last_ms = now_ms;
        if matches!(key, "Enter" | "Tab") {
            let typed = std::mem::take(&mut self.typed);
            return (!is_slow && typed.len() >= LEAST_CHARACTERS).then_some(typed);
        }
        if is_slow || self.typed.len() > MOST_CHARACTERS {
            self.typed.clear();
        }
        let mut characters = key.chars();
        // Names such as `Shift` are no characters; scanners press it for capitals.
        if let (Some(character), None) = (characters.next(), characters.next()) {
            self.typed.push(character);
        }
        None
    }

    /// Whether the keys so far came too fast for a person.
    pub(crate) fn is_scanning(&self) -> bool {
        self.typed.len() >= LEAST_CHARACTERS
    }
}

/// What was typed or scanned into a field, without what scanners put around a code: the
/// symbology prefix (`]Q3`, `]d2`, …) and ends of lines.
pub(crate) fn clean(typed: &str) -> &str {
    let typed =
        typed.trim_matches(|character: char| character.is_whitespace() || character.is_control());
    match typed.strip_prefix(']') {
        Some(rest) if rest.len() > 2 && rest.is_char_boundary(2) => rest.get(2..).unwrap_or(rest),
        _ => typed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[&str], gap_ms: f64) -> Option<String> {
        let mut wedge = Wedge::default();
        let mut now = 1_000.0;
        keys.iter().find_map(|key| {
            now += gap_ms;
            wedge.key(key, now)
        })
    }

    #[test]
    fn takes_fast_keys_that_end_with_enter_or_tab() {
        let keys = ["Shift", "A", "1", "2", "3", "4", "5", "Enter"];
        assert_eq!(typed(&keys, 5.0).as_deref(), Some("A12345"));
        assert_eq!(
            typed(&["1", "2", "3", "4", "5", "6", "Tab"], 5.0).as_deref(),
            Some("123456")
        );
    }

    #[test]
    fn leaves_a_typist_alone() {
        assert_eq!(typed(&["1", "2", "3", "4", "5", "6", "Enter"], 120.0), None);
        assert_eq!(typed(&["1", "2", "Enter"], 5.0), None);
    }

    #[test]
    fn strips_what_scanners_put_around_a_code() {
        assert_eq!(
            clean("]Q3https://id.example/01/1\r\n"),
            "https://id.example/01/1"
        );
        assert_eq!(clean("\t00361414\t"), "00361414");
        assert_eq!(clean("]"), "]");
    }
}
