//! A line of text as a picture in dots (`^GF`).

use std::fmt::Write as _;

use skrifa::outline::OutlinePen;
use tiny_skia::{FillRule, Paint, PathBuilder, Pixmap, Transform};

use crate::{Font, NoLetter};

/// A darker dot than this is printed.
const THRESHOLD: u8 = 127;

/// Black dots.
pub(super) struct Picture {
    height: u32,
    ascent: u32,
    command: String,
}

impl Picture {
    /// Draws a line with letters of so many dots.
    pub(super) fn of_line(font: &Font, line: &str, height: u32) -> Result<Self, NoLetter> {
        let mut pen = Pen {
            path: PathBuilder::new(),
            at: 0.0,
        };
        for letter in line.chars() {
            let glyph = font.glyph(letter)?;
            font.draw(glyph, &mut pen);
            pen.at += font.advance(glyph);
        }
        // Half as much again as the letters: what stands above and hangs below them.
        let ascent = height;
        let rows = height.saturating_add(height / 2).max(1);
        let columns = dots(pen.at * size(height)).max(1);
        let command = Pixmap::new(columns, rows).map_or_else(String::new, |mut pixmap| {
            let place =
                Transform::from_row(size(height), 0.0, 0.0, -size(height), 0.0, size(ascent));
            if let Some(path) = pen.path.finish() {
                let mut paint = Paint::default();
                paint.set_color_rgba8(0, 0, 0, u8::MAX);
                pixmap.fill_path(&path, &paint, FillRule::Winding, place, None);
            }
            command(&pixmap)
        });
        Ok(Self {
            height,
            ascent,
            command,
        })
    }

    /// Height of the letters.
    pub(super) const fn height(&self) -> u32 {
        self.height
    }

    /// Dots above the baseline.
    pub(super) const fn ascent(&self) -> u32 {
        self.ascent
    }

    /// The command that draws it.
    pub(super) fn command(&self) -> &str {
        &self.command
    }
}

/// `^GFA`: bytes in all, bytes in all, bytes a row, rows in hexadecimal digits. A comma ends a
/// row of which the rest is white, a colon stands for the row before once more.
fn command(pixmap: &Pixmap) -> String {
    let columns = usize::try_from(pixmap.width()).unwrap_or(1).max(1);
    let row_bytes = columns.div_ceil(8);
    let mut rows = String::new();
    let mut before = String::new();
    let mut lines = 0usize;
    for pixels in pixmap.pixels().chunks(columns) {
        let mut row = String::new();
        for eight in pixels.chunks(8) {
            let dark = eight.iter().enumerate();
            let byte = dark.fold(0u8, |byte, (place, pixel)| {
                byte | (u8::from(pixel.alpha() > THRESHOLD) << (7 - place))
            });
            // Writing into a string cannot fail.
            let _ = write!(row, "{byte:02X}");
        }
        let dark = row.trim_end_matches('0').len().next_multiple_of(2);
        match row.get(..dark) {
            _ if row == before => rows.push(':'),
            Some(dark) if dark.len() < row.len() => {
                rows.push_str(dark);
                rows.push(',');
            }
            _ => rows.push_str(&row),
        }
        before = row;
        lines += 1;
    }
    let total = row_bytes * lines;
    format!("^GFA,{total},{total},{row_bytes},{rows}")
}

/// Collects outlines one letter after the other, in heights of letters.
struct Pen {
    path: PathBuilder,
    at: f32,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.at + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.at + x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.at + cx, cy, self.at + x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let at = self.at;
        self.path.cubic_to(at + cx0, cy0, at + cx1, cy1, at + x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

/// Heights of letters in dots are small.
fn size(dots: u32) -> f32 {
    u16::try_from(dots).map_or(f32::INFINITY, f32::from)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` from a float saturates, and a line of a label is a few thousand dots"
)]
fn dots(length: f32) -> u32 {
    length.ceil() as u32
}
