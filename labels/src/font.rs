//! The font for what printers and readers of PDF have no letters of their own for: Chinese names.

use skrifa::{
    FontRef, GlyphId, MetadataProvider as _,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
    raw::types::Tag,
};
use thiserror::Error;

/// A font file larger than this is no font: the largest collections of Chinese fonts stay well
/// below.
pub const FONT_BYTES: usize = 128 << 20;

/// Why a file gives no font.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FontError {
    /// No TrueType or OpenType font, or no such face in the collection.
    #[error("this is no TrueType or OpenType font, or has no such face")]
    NotAFont,
    /// Outlines of a kind that cannot be put into a PDF.
    #[error("this font has no outlines that can be printed")]
    NoOutlines,
    /// Too large to be a font.
    #[error("this file is too large for a font")]
    TooLarge,
}

/// A text that cannot be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("there is no letter {letter:?} in the font; name one that has it with --font")]
pub struct NoLetter {
    /// The letter.
    pub letter: char,
}

/// One face of a TrueType or OpenType font.
#[derive(Clone)]
pub struct Font {
    bytes: Vec<u8>,
    face: u32,
}

impl Font {
    /// Reads a font; `face` counts from 0 in a collection and is 0 otherwise.
    ///
    /// # Errors
    /// [`FontError`], naming what is wrong.
    pub fn new(bytes: Vec<u8>, face: u32) -> Result<Self, FontError> {
        if bytes.len() > FONT_BYTES {
            return Err(FontError::TooLarge);
        }
        let font = Self { bytes, face };
        let parsed = font.parsed().ok_or(FontError::NotAFont)?;
        let outlines = [b"glyf", b"CFF "];
        if !outlines.iter().any(|tag| has_table(&parsed, tag)) {
            return Err(FontError::NoOutlines);
        }
        Ok(font)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) const fn face(&self) -> u32 {
        self.face
    }

    /// The glyph of a letter.
    pub(crate) fn glyph(&self, letter: char) -> Result<u16, NoLetter> {
        self.parsed()
            .and_then(|font| font.charmap().map(letter))
            .and_then(|glyph| u16::try_from(glyph.to_u32()).ok())
            .ok_or(NoLetter { letter })
    }

    /// How far the next letter is, in heights of letters.
    pub(crate) fn advance(&self, glyph: u16) -> f32 {
        let metrics = self
            .parsed()
            .map(|font| font.glyph_metrics(Size::new(1.0), LocationRef::default()));
        metrics
            .and_then(|metrics| metrics.advance_width(GlyphId::from(glyph)))
            .unwrap_or(1.0)
    }

    /// Ascent, descent and the box around all letters, in thousandths of their height.
    pub(crate) fn metrics(&self) -> FontMetrics {
        let metrics = self
            .parsed()
            .map(|font| font.metrics(Size::new(1000.0), LocationRef::default()));
        let bounds = metrics.as_ref().and_then(|metrics| metrics.bounds);
        FontMetrics {
            ascent: metrics.as_ref().map_or(880.0, |metrics| metrics.ascent),
            descent: metrics.as_ref().map_or(-120.0, |metrics| metrics.descent),
            bounds: bounds.map_or([0.0, -120.0, 1000.0, 880.0], |bounds| {
                [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max]
            }),
        }
    }

    /// Draws a glyph, in heights of letters upwards from the baseline.
    pub(crate) fn draw(&self, glyph: u16, pen: &mut impl OutlinePen) {
        let outline = self
            .parsed()
            .and_then(|font| font.outline_glyphs().get(GlyphId::from(glyph)));
        if let Some(outline) = outline {
            let settings = DrawSettings::unhinted(Size::new(1.0), LocationRef::default());
            // A glyph that is damaged is left blank; the code beside it says the same.
            let _ = outline.draw(settings, pen);
        }
    }

    fn parsed(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(&self.bytes, self.face).ok()
    }
}

/// See [`Font::metrics`].
pub(crate) struct FontMetrics {
    pub(crate) ascent: f32,
    pub(crate) descent: f32,
    /// Left, bottom, right, top.
    pub(crate) bounds: [f32; 4],
}

/// The outlines of a font that is OpenType with CFF, without what is around them.
pub(crate) fn cff_table(font: &[u8]) -> Option<Vec<u8>> {
    let font = FontRef::new(font).ok()?;
    let table = font.table_data(Tag::new(b"CFF "))?;
    Some(table.as_bytes().to_vec())
}

fn has_table(font: &FontRef<'_>, tag: &[u8; 4]) -> bool {
    font.table_data(Tag::new(tag)).is_some()
}

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Font({} bytes, face {})", self.bytes.len(), self.face)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_font() {
        assert_eq!(Font::new(vec![], 0).unwrap_err(), FontError::NotAFont);
        assert_eq!(
            Font::new(b"ttcf".to_vec(), 2).unwrap_err(),
            FontError::NotAFont
        );
        assert_eq!(
            Font::new(vec![0; 4096], 0).unwrap_err(),
            FontError::NotAFont
        );
    }
}
