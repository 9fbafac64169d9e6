//! An invitation as a QR code, on a terminal and as a picture.

use chopmark_labels::{Level, QrCode};

/// Black on white whatever the terminal's own colours are.
const INK: &str = "\x1b[30;107m";
const PLAIN: &str = "\x1b[0m";

/// The text does not fit into a QR code.
#[derive(Debug, thiserror::Error)]
#[error("the text is too long for a QR code; name fewer addresses in `advertise`")]
pub(crate) struct TooLong;

/// Makes the code, level M.
pub(crate) fn code(text: &str) -> Result<QrCode, TooLong> {
    QrCode::new(text, Level::Medium).map_err(|_| TooLong)
}

/// Two rows of modules for each line of text.
pub(crate) fn terminal(code: &QrCode) -> String {
    let side = code.side();
    let mut out = String::new();
    for row in (0..side).step_by(2) {
        out.push_str(INK);
        for column in 0..side {
            out.push(
                match (code.is_dark(column, row), code.is_dark(column, row + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                },
            );
        }
        out.push_str(PLAIN);
        out.push('\n');
    }
    out
}

/// The code as an SVG picture.
pub(crate) fn svg(code: &QrCode) -> String {
    let side = code.side();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{}\" fill=\"#000\"/></svg>",
        code.svg_path()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_shows_every_module_within_a_quiet_zone() {
        let code = code("chopmark://join/AAAA").unwrap();
        let shown = terminal(&code);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), code.side().div_ceil(2));
        let blank = " ".repeat(code.side());
        assert_eq!(lines[0], format!("{INK}{blank}{PLAIN}"));
        let ink: usize = shown
            .chars()
            .map(|c| match c {
                '█' => 2,
                '▀' | '▄' => 1,
                _ => 0,
            })
            .sum();
        let side = code.side();
        let modules = (0..side * side)
            .filter(|place| code.is_dark(place % side, place / side))
            .count();
        assert_eq!(ink, modules);
    }

    #[test]
    fn refuses_a_text_that_no_code_holds() {
        assert!(code(&"x".repeat(4_000)).is_err());
    }
}
