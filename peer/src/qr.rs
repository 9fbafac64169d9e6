//! An invitation as a QR code, on a terminal and as a picture.

use fast_qr::convert::svg::SvgBuilder;
use fast_qr::convert::{Builder as _, Shape};
use fast_qr::{ECL, QRBuilder, QRCode};

/// Modules of quiet zone on each side (ISO/IEC 18004, 5.3.8).
const QUIET: usize = 4;
/// Black on white whatever the terminal's own colours are.
const INK: &str = "\x1b[30;107m";
const PLAIN: &str = "\x1b[0m";

/// The text does not fit into a QR code.
#[derive(Debug, thiserror::Error)]
#[error("the text is too long for a QR code; name fewer addresses in `advertise`")]
pub(crate) struct TooLong;

/// Makes the code, level M.
pub(crate) fn code(text: &str) -> Result<QRCode, TooLong> {
    QRBuilder::new(text)
        .ecl(ECL::M)
        .build()
        .map_err(|_| TooLong)
}

/// Two rows of modules for each line of text.
pub(crate) fn terminal(code: &QRCode) -> String {
    let dark = |row: usize, column: usize| {
        row.checked_sub(QUIET)
            .zip(column.checked_sub(QUIET))
            .filter(|(row, column)| *row < code.size && *column < code.size)
            .and_then(|(row, column)| code.data.get(row * code.size + column))
            .is_some_and(|module| module.value())
    };
    let side = code.size + 2 * QUIET;
    let mut out = String::new();
    for row in (0..side).step_by(2) {
        out.push_str(INK);
        for column in 0..side {
            out.push(match (dark(row, column), dark(row + 1, column)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        out.push_str(PLAIN);
        out.push('\n');
    }
    out
}

/// The code as an SVG picture.
pub(crate) fn svg(code: &QRCode) -> String {
    SvgBuilder::default()
        .shape(Shape::Square)
        .margin(QUIET)
        .to_str(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_shows_every_module_within_a_quiet_zone() {
        let code = code("chopmark://join/AAAA").unwrap();
        let shown = terminal(&code);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), (code.size + 2 * QUIET).div_ceil(2));
        let blank = " ".repeat(code.size + 2 * QUIET);
        assert_eq!(lines[0], format!("{INK}{blank}{PLAIN}"));
        let ink: usize = shown
            .chars()
            .map(|c| match c {
                '█' => 2,
                '▀' | '▄' => 1,
                _ => 0,
            })
            .sum();
        let modules = code
            .data
            .iter()
            .take(code.size * code.size)
            .filter(|m| m.value())
            .count();
        assert_eq!(ink, modules);
    }

    #[test]
    fn refuses_a_text_that_no_code_holds() {
        assert!(code(&"x".repeat(4_000)).is_err());
    }
}
