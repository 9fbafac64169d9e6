//! GS1-128: the barcode of logistic units beside the QR code, for scanners that read no other.

use barcoders::sym::code128::Code128;

use crate::layout::count;

/// Modules of quiet zone on each side (GS1 General Specifications, 5.4: ten times X).
const QUIET_ZONE: usize = 10;
/// `barcoders` writes the start in character set C and the function character 1 so.
const START_C_FNC1: &str = "\u{106}\u{179}";

/// The modules of a GS1-128 symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bars(Vec<u8>);

impl Bars {
    /// The symbol of an SSCC, 18 digits; `None` for anything else.
    pub(crate) fn of_sscc(sscc: &str) -> Option<Self> {
        let digits = sscc.len() == 18 && sscc.bytes().all(|b| b.is_ascii_digit());
        digits
            .then(|| Code128::new(format!("{START_C_FNC1}00{sscc}")).ok())
            .flatten()
            .map(|code| Self(code.encode()))
    }

    /// The width in modules, quiet zones included.
    pub(crate) fn width(&self) -> usize {
        self.0.len() + 2 * QUIET_ZONE
    }

    /// The quiet zone on the left, for who draws the symbol without it.
    pub(crate) fn quiet_mm(module: f64) -> f64 {
        count(QUIET_ZONE) * module
    }

    /// The dark bars: first module, counted from the quiet zone's edge, and width.
    pub(crate) fn dark(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut place = QUIET_ZONE;
        self.0.chunk_by(|a, b| a == b).filter_map(move |run| {
            let start = place;
            place += run.len();
            (run.first() == Some(&1)).then_some((start, run.len()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sscc_takes_156_modules_and_nothing_else_is_drawn() {
        // Start, FNC1, ten pairs of digits and the check character of 11 modules, stop of 13.
        let bars = Bars::of_sscc("106141412345678908").unwrap();
        assert_eq!(bars.width(), 13 * 11 + 13 + 20);
        let dark: usize = bars.dark().map(|(_, width)| width).sum();
        assert!(dark > 50 && dark < 100, "{dark}");
        assert_eq!(Bars::of_sscc("10614141234567890"), None);
        assert_eq!(Bars::of_sscc("1061414123456789AB"), None);
    }
}
