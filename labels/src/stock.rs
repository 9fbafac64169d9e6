//! Self-adhesive paper as it is sold.

use chopmark_core::CodeKind;

use crate::Level;

/// One size of label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stock {
    /// 70 × 37 mm, 24 on an A4 sheet: items, and the code under the seal.
    Item,
    /// 105 × 74 mm, 8 on an A4 sheet: cartons, batches, containers, places.
    Carton,
    /// 105 × 148 mm (A6), 4 on an A4 sheet: logistic units, with the GS1-128 barcode.
    Logistic,
}

impl Stock {
    /// What a kind of code is printed on if nobody says otherwise.
    #[must_use]
    pub const fn of(kind: CodeKind) -> Self {
        match kind {
            CodeKind::LogisticUnit => Self::Logistic,
            CodeKind::Batch | CodeKind::Container | CodeKind::Location => Self::Carton,
            _ => Self::Item,
        }
    }

    /// Width and height of one label in millimetres.
    #[must_use]
    pub const fn size_mm(self) -> (f64, f64) {
        match self {
            Self::Item => (70.0, 37.0),
            Self::Carton => (105.0, 74.0),
            Self::Logistic => (105.0, 148.0),
        }
    }

    /// Columns and rows on an A4 sheet.
    #[must_use]
    pub const fn grid(self) -> (usize, usize) {
        match self {
            Self::Item => (3, 8),
            Self::Carton => (2, 4),
            Self::Logistic => (2, 2),
        }
    }

    /// How much of the code may be lost: cartons scuff.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Item => Level::Medium,
            Self::Carton | Self::Logistic => Level::Quartile,
        }
    }

    /// Height of letters in millimetres.
    pub(crate) const fn letters_mm(self) -> f64 {
        match self {
            Self::Item => 2.6,
            Self::Carton => 3.6,
            Self::Logistic => 4.2,
        }
    }

    /// Whether the barcode of a logistic unit has room beside the QR code.
    pub(crate) const fn has_bars(self) -> bool {
        matches!(self, Self::Logistic)
    }
}
