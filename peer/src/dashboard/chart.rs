//! A bar for each checkpoint, as SVG. Its words stand beside it in HTML, so that they keep their
//! size on a phone; its numbers stand in the table.

use std::fmt::Write as _;

/// Height of the drawing, in units of its own; it is stretched to its place.
const TALL: u64 = 100;
/// Width of a bar and of the gap after it.
const BAR: u64 = 8;
const GAP: u64 = 2;

/// Values, each of a height, oldest first.
pub(super) struct Chart {
    /// Names the picture within the page.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) values: Vec<(u64, u64)>,
    /// A value in words.
    pub(super) say: fn(u64) -> String,
}

impl Chart {
    /// The picture with what is read beside it.
    pub(super) fn draw(&self) -> String {
        let (Some((oldest, _)), Some((newest, last))) = (self.values.first(), self.values.last())
        else {
            return String::new();
        };
        let most = self.values.iter().map(|(_, value)| *value).max();
        let most = most.unwrap_or_default();
        let mut bars = String::new();
        let mut x = 0_u64;
        for (height, value) in &self.values {
            // Nothing is still a line, so that a checkpoint without blocks is not a hole.
            let tall = value
                .saturating_mul(TALL)
                .checked_div(most)
                .unwrap_or(0)
                .max(1);
            // Writing to a string cannot fail.
            let _ = write!(
                bars,
                "<rect x=\"{x}\" y=\"{}\" width=\"{BAR}\" height=\"{tall}\"><title>Height {height}: {}</title></rect>",
                TALL.saturating_sub(tall),
                (self.say)(*value),
            );
            x = x.saturating_add(BAR + GAP);
        }
        let (id, title) = (self.id, self.title);
        let (most, last) = ((self.say)(most), (self.say)(*last));
        format!(
            "<figure><figcaption>{title}</figcaption><p class=\"most\">at most {most}</p>\
             <svg viewBox=\"0 0 {x} {TALL}\" preserveAspectRatio=\"none\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{title}</title>\
             <desc id=\"{id}-desc\">A bar for each height from {oldest} to {newest}. The tallest is \
             {most}, the newest {last}. The table below has the numbers.</desc>{bars}</svg>\
             <p class=\"ends\"><span>height {oldest}</span> <span>height {newest}</span></p></figure>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_tall_as_their_part_of_the_tallest() {
        let chart = Chart {
            id: "c",
            title: "Blocks",
            values: vec![(7, 0), (8, 5), (9, 10)],
            say: |value| value.to_string(),
        };
        let svg = chart.draw();
        let heights = |tall: u64, height: u64, value: u64| {
            let bar = format!("height=\"{tall}\"><title>Height {height}: {value}<");
            assert!(svg.contains(&bar), "{bar}: {svg}");
        };
        heights(1, 7, 0);
        heights(50, 8, 5);
        heights(100, 9, 10);
        assert!(svg.contains("viewBox=\"0 0 30 100\""), "{svg}");
    }

    #[test]
    fn nothing_to_draw_draws_nothing() {
        let chart = Chart {
            id: "c",
            title: "Blocks",
            values: Vec::new(),
            say: |value| value.to_string(),
        };
        assert_eq!(chart.draw(), "");
    }
}
