//! QR codes (ISO/IEC 18004) as modules, for whoever draws them.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder, QRCode};
use thiserror::Error;

/// Light modules around the code, which readers need to find it (ISO/IEC 18004, 5.3.8).
pub(crate) const QUIET_ZONE: usize = 4;

/// How much of a code may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// 7 %: for screens, where a frame is shown again and again.
    Low,
    /// 15 %: labels of items.
    Medium,
    /// 25 %: labels of cartons, which scuff.
    Quartile,
}

impl Level {
    /// The letter of the standard.
    pub(crate) const fn letter(self) -> char {
        match self {
            Self::Low => 'L',
            Self::Medium => 'M',
            Self::Quartile => 'Q',
        }
    }
}

/// The text is longer than a QR code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the text is longer than a QR code holds")]
pub struct QrError;

/// The modules of a QR code.
#[derive(Clone)]
pub struct QrCode(QRCode);

impl QrCode {
    /// Makes the code of a text.
    ///
    /// # Errors
    /// [`QrError`] if the text is too long.
    pub fn new(text: &str, level: Level) -> Result<Self, QrError> {
        let level = match level {
            Level::Low => ECL::L,
            Level::Medium => ECL::M,
            Level::Quartile => ECL::Q,
        };
        QRBuilder::new(text)
            .ecl(level)
            .build()
            .map(Self)
            .map_err(|_| QrError)
    }

    /// The side in modules, quiet zone included.
    #[must_use]
    pub fn side(&self) -> usize {
        self.0.size + 2 * QUIET_ZONE
    }

    /// Whether a module is dark; places count from the upper left corner of the quiet zone.
    #[must_use]
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        let inside = |place: usize| {
            place
                .checked_sub(QUIET_ZONE)
                .filter(|place| *place < self.0.size)
        };
        inside(column)
            .zip(inside(row))
            .and_then(|(column, row)| self.0.data.get(row * self.0.size + column))
            .is_some_and(|module| module.value())
    }

    /// The dark modules as bars `(column, row, width)`, each one module high.
    pub(crate) fn bars(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let size = self.0.size;
        let rows = self.0.data.chunks(size).take(size).enumerate();
        rows.flat_map(|(row, modules)| {
            let mut column = QUIET_ZONE;
            modules
                .chunk_by(|a, b| a.value() == b.value())
                .filter_map(move |run| {
                    let start = column;
                    column += run.len();
                    let dark = run.first().is_some_and(|module| module.value());
                    dark.then_some((start, row + QUIET_ZONE, run.len()))
                })
        })
    }

    /// The dark modules as one SVG path, for a view box of `side` by `side`.
    #[must_use]
    pub fn svg_path(&self) -> String {
        let mut path = String::new();
        for (column, row, width) in self.bars() {
            // Writing into a string cannot fail.
            let _ = write!(path, "M{column} {row}h{width}v1h-{width}z");
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://id.example.org/01/09506000134352/21/0123456789ABCDEF";

    #[test]
    fn draws_the_finder_patterns_inside_the_quiet_zone() {
        let code = QrCode::new(LINK, Level::Medium).unwrap();
        assert!(code.svg_path().starts_with("M4 4h7v1h-7z"));
        assert_eq!((code.side() - 8 - 17) % 4, 0);
    }

    #[test]
    fn bars_are_the_dark_modules() {
        let code = QrCode::new(LINK, Level::Quartile).unwrap();
        let mut drawn = vec![false; code.side() * code.side()];
        for (column, row, width) in code.bars() {
            drawn[row * code.side() + column..][..width].fill(true);
        }
        for (place, drawn) in drawn.into_iter().enumerate() {
            let (row, column) = (place / code.side(), place % code.side());
            assert_eq!(code.is_dark(column, row), drawn, "{column} {row}");
        }
    }

    #[test]
    fn an_activation_code_takes_25_modules() {
        let text = format!("CMA1:{}", "Z".repeat(27));
        let code = QrCode::new(&text, Level::Medium).unwrap();
        assert_eq!(code.side(), 25 + 8);
    }

    #[test]
    fn says_when_a_text_is_too_long() {
        assert!(QrCode::new(&"x".repeat(5000), Level::Medium).is_err());
    }
}
