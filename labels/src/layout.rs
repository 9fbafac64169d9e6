//! Where everything stands on a label, in millimetres from its upper left corner.

use thiserror::Error;

use crate::{Label, QrCode, QrError, bars::Bars, qr::QUIET_ZONE};

/// A module smaller than this is lost on worn labels and cheap cameras.
const LEAST_MODULE_MM: f64 = 0.5;
/// Larger codes scan no better from arm's length and only cost paper.
const MOST_MODULE_MM: f64 = 1.0;
/// By how much a module becomes smaller at a time, where any size can be printed.
const FREE_STEP_MM: f64 = 0.1;
/// The narrowest bar of a GS1-128 symbol on a logistic unit, and how high its bars are
/// (GS1 General Specifications, 5.12: at least 0.495 mm and 31.75 mm).
const LEAST_BAR_MM: f64 = 0.495;
const BARS_MM: f64 = 32.0;
/// Free paper around every label, against a printer that feeds askew.
const MARGIN_MM: f64 = 2.0;
/// Between the code and the text beside it.
const GAP_MM: f64 = 1.0;
/// A monospaced letter is about so much of its height wide, and a Chinese one twice that.
const LETTER_WIDTH: f64 = 0.6;
/// From one baseline to the next, in heights of letters.
const LINE: f64 = 1.3;

/// Why a label cannot be laid out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// The link does not fit into any QR code.
    #[error(transparent)]
    Qr(#[from] QrError),
    /// With modules of half a millimetre the code is larger than the label.
    #[error("the code of {text} needs a larger label")]
    CodeTooLarge {
        /// What the QR code would have said.
        text: String,
    },
    /// The text that has to be there does not fit beside the code.
    #[error("the text of {text} needs a larger label")]
    TextTooLong {
        /// What the QR code says.
        text: String,
    },
}

/// What the printer can set: anything, or whole dots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Grid {
    /// Vectors.
    Free,
    /// Dots of this many millimetres: a module that is not a whole number of them is drawn
    /// with edges that readers stumble over.
    Dots(f64),
}

impl Grid {
    fn up(self, mm: f64) -> f64 {
        match self {
            Self::Free => mm,
            // A hair of a dot is no dot more.
            Self::Dots(dot) => ((mm / dot) - 1e-6).ceil() * dot,
        }
    }

    fn down(self, mm: f64) -> f64 {
        match self {
            Self::Free => mm,
            Self::Dots(dot) => ((mm / dot) + 1e-6).floor() * dot,
        }
    }
}

/// Something that is drawn.
pub(crate) enum Mark<'l> {
    /// The QR code.
    Qr {
        /// Thirty kilobytes.
        code: Box<QrCode>,
        text: &'l str,
        /// Upper left corner, of the quiet zone.
        left: f64,
        top: f64,
        /// Side of a module.
        module: f64,
    },
    /// The barcode.
    Bars {
        bars: Bars,
        sscc: &'l str,
        /// Upper left corner, of the quiet zone.
        left: f64,
        top: f64,
        /// Width of the narrowest bar.
        module: f64,
        height: f64,
    },
    /// One line of text.
    Text {
        line: String,
        left: f64,
        baseline: f64,
        /// Height of letters.
        size: f64,
    },
}

/// Lays a label out on its stock.
pub(crate) fn layout(label: &Label, grid: Grid) -> Result<Vec<Mark<'_>>, LayoutError> {
    let stock = label.stock();
    let (width, height) = stock.size_mm();
    let size = stock.letters_mm();
    let mut marks = Vec::new();
    let mut room = height - 2.0 * MARGIN_MM;
    if let Some(bars) = barcode(label, grid) {
        room -= BARS_MM + LINE * size + MARGIN_MM;
        marks.extend(bars);
    }
    let code = QrCode::new(label.text(), stock.level())?;
    let rows = ((room + MARGIN_MM / 2.0) / (size * LINE)).floor();
    let mut found = Err(LayoutError::CodeTooLarge {
        text: label.text().to_owned(),
    });
    // The largest code beside which the text has room.
    for module in modules(&code, room, grid) {
        let text_left = MARGIN_MM + module * count(code.side()) + GAP_MM;
        let columns = (width - text_left - MARGIN_MM) / (size * LETTER_WIDTH);
        found = fitted(label, columns, rows).map(|lines| (module, text_left, lines));
        if found.is_ok() {
            break;
        }
    }
    let (module, text_left, lines) = found?;
    let code_mm = module * count(code.side());
    marks.push(Mark::Qr {
        code: Box::new(code),
        text: label.text(),
        left: grid.down(MARGIN_MM),
        top: grid.down(MARGIN_MM + (room - code_mm).max(0.0) / 2.0),
        module,
    });
    marks.extend(lines.into_iter().enumerate().map(|(row, line)| Mark::Text {
        line,
        left: text_left,
        baseline: MARGIN_MM + size * (1.0 + LINE * count(row)),
        size,
    }));
    Ok(marks)
}

/// The sides of a module that fit and can be printed, from the largest sensible one down.
fn modules(code: &QrCode, room: f64, grid: Grid) -> impl Iterator<Item = f64> {
    let most = grid.down((room / count(code.side())).min(MOST_MODULE_MM));
    let least = grid.up(LEAST_MODULE_MM) - 1e-9;
    let step = match grid {
        Grid::Free => FREE_STEP_MM,
        Grid::Dots(dot) => dot,
    };
    std::iter::successors(Some(most), move |module| Some(module - step))
        .take_while(move |module| *module >= least)
}

/// The barcode of a logistic unit at the lower edge, and its text.
fn barcode(label: &Label, grid: Grid) -> Option<[Mark<'_>; 2]> {
    let stock = label.stock();
    let sscc = label.sscc().filter(|_| stock.has_bars())?;
    let bars = Bars::of_sscc(sscc)?;
    let (width, height) = stock.size_mm();
    let module = grid.down((width - 2.0 * MARGIN_MM) / count(bars.width()));
    if module < LEAST_BAR_MM {
        return None;
    }
    let size = stock.letters_mm();
    let baseline = height - MARGIN_MM - size * (LINE - 1.0);
    let left = grid.down((width - module * count(bars.width())) / 2.0);
    let line = format!("(00) {sscc}");
    let line_mm = count(line.len()) * size * LETTER_WIDTH;
    let top = grid.down(baseline - LINE * size - BARS_MM);
    Some([
        Mark::Bars {
            bars,
            sscc,
            left,
            top,
            module,
            height: BARS_MM,
        },
        Mark::Text {
            line,
            left: (width - line_mm) / 2.0,
            baseline,
            size,
        },
    ])
}

/// The lines that fit: all that have to be there, and before them as much of the product's name
/// as is left room for.
fn fitted(label: &Label, columns: f64, rows: f64) -> Result<Vec<String>, LayoutError> {
    let kept: Vec<String> = label
        .kept_lines()
        .iter()
        .flat_map(|line| wrapped(line, columns))
        .collect();
    let too_long = || LayoutError::TextTooLong {
        text: label.text().to_owned(),
    };
    let spare = rows - count(kept.len());
    if columns < 1.0 || spare < 0.0 {
        return Err(too_long());
    }
    let name = label.name().map(|name| wrapped(name, columns));
    let mut lines = Vec::new();
    for line in name.into_iter().flatten() {
        if count(lines.len() + 1) > spare {
            // Whoever reads it sees that there is more.
            if let Some(last) = lines.last_mut() {
                shorten(last, columns);
            }
            break;
        }
        lines.push(line);
    }
    lines.extend(kept);
    Ok(lines)
}

/// Ends a line with an ellipsis.
fn shorten(line: &mut String, columns: f64) {
    const ELLIPSIS: &str = "...";
    while letters(line) + count(ELLIPSIS.len()) > columns && line.pop().is_some() {}
    line.push_str(ELLIPSIS);
}

/// Breaks a line so that no part is wider than so many letters.
fn wrapped(line: &str, columns: f64) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    // What no printer draws, and markup languages have no way to write, is a blank.
    for letter in line.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if letters(&part) + letter_width(letter) > columns && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        part.push(letter);
    }
    parts.push(part);
    parts
}

fn letters(text: &str) -> f64 {
    text.chars().map(letter_width).sum()
}

fn letter_width(letter: char) -> f64 {
    if letter.is_ascii() { 1.0 } else { 2.0 }
}

/// Counts of modules, letters and lines, all small.
pub(crate) fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// The quiet zone, for who draws the code without it.
pub(crate) fn quiet_mm(module: f64) -> f64 {
    count(QUIET_ZONE) * module
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stock;
    use chopmark_core::Code;

    const GRIDS: [Grid; 4] = [
        Grid::Free,
        Grid::Dots(25.4 / 203.2),
        Grid::Dots(25.4 / 304.8),
        Grid::Dots(25.4 / 609.6),
    ];

    fn label(code: &str) -> Label {
        Label::of_code(&Code::parse(code).unwrap(), "id.example.org")
    }

    fn lines(label: &Label) -> Vec<String> {
        let marks = layout(label, Grid::Free).unwrap();
        let line = |mark| match mark {
            Mark::Text { line, .. } => Some(line),
            _ => None,
        };
        marks.into_iter().filter_map(line).collect()
    }

    #[test]
    fn modules_are_half_a_millimetre_or_more_and_whole_dots() {
        for grid in GRIDS {
            for code in [
                "(01)09506000134352(21)0123456789ABCDEF",
                "(00)106141412345678908",
                "(414)9506000134352",
                "(8004)0614141A/7",
                "CSQU3054383",
            ] {
                let label = label(code);
                let (width, height) = label.stock().size_mm();
                for mark in layout(&label, grid).unwrap() {
                    let Mark::Qr {
                        code,
                        left,
                        top,
                        module,
                        ..
                    } = mark
                    else {
                        continue;
                    };
                    assert!(module >= 0.5, "{module}");
                    if let Grid::Dots(dot) = grid {
                        let dots = module / dot;
                        assert!((dots - dots.round()).abs() < 1e-6, "{dots}");
                    }
                    let side = module * count(code.side());
                    assert!(left + side < width && top + side < height, "{side}");
                }
            }
        }
    }

    #[test]
    fn a_logistic_unit_has_its_barcode_on_paper_that_is_large_enough() {
        let label = label("(00)106141412345678908");
        for grid in GRIDS {
            let marks = layout(&label, grid).unwrap();
            let bars = marks.iter().find_map(|mark| match mark {
                Mark::Bars { module, height, .. } => Some((*module, *height)),
                _ => None,
            });
            let (module, height) = bars.unwrap();
            assert!(module >= 0.495 && height >= 31.75, "{module} {grid:?}");
        }
        let label = label.on(Stock::Carton);
        let small = layout(&label, Grid::Free);
        assert!(
            !small
                .unwrap()
                .iter()
                .any(|mark| matches!(mark, Mark::Bars { .. }))
        );
    }

    #[test]
    fn a_long_name_pushes_no_code_off_the_label() {
        let label = label("(01)09506000134352(21)0123456789ABCDEF").named(&"烏龍茶 ".repeat(60));
        let lines = lines(&label);
        assert!(lines.iter().any(|line| line.contains("...")));
        let all = lines.concat();
        assert!(all.ends_with("(01)09506000134352(21)0123456789ABCDEFid.example.org"));
    }

    #[test]
    fn says_what_needs_a_larger_label() {
        let code = "(01)09506000134352(21)!%&'*+,-./:;<=>?!%&'";
        let code = Code::parse(code).unwrap();
        let long = Label::of_code(&code, &format!("{}.example.org", "a".repeat(120)));
        assert!(matches!(
            layout(&long.clone().on(Stock::Item), Grid::Free),
            Err(LayoutError::CodeTooLarge { .. } | LayoutError::TextTooLong { .. })
        ));
        assert!(layout(&long.on(Stock::Logistic), Grid::Free).is_ok());
    }
}
