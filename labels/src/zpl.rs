//! Labels for printers that speak ZPL II, one after the other.
//!
//! Codes are drawn by the printer (`^BQ`, `^BC`), which sets them in whole dots; text in ASCII is
//! set in the printer's own font. Any other text is sent as a picture (`^GF`): which Chinese fonts
//! a printer holds, and under which names, differs from one to the next.

mod picture;

use std::io::Write;

use crate::{
    Font, Label, NoLetter, PrintError,
    bars::Bars,
    layout::{Grid, Mark, layout, quiet_mm},
};
use picture::Picture;

/// How fine the printer's head is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// 203 dots an inch: 8 dots a millimetre.
    Dpi203,
    /// 300 dots an inch.
    Dpi300,
    /// 600 dots an inch.
    Dpi600,
}

impl Resolution {
    /// One dot in millimetres.
    pub(crate) const fn dot_mm(self) -> f64 {
        match self {
            Self::Dpi203 => 0.125,
            Self::Dpi300 => 25.4 / 300.0,
            Self::Dpi600 => 25.4 / 600.0,
        }
    }
}

/// Older printers enlarge a QR code ten times at most. At 600 dots an inch that is less than
/// half a millimetre, and such printers are younger.
const OLD_MAGNIFICATION: u32 = 10;

/// Labels that come one by one, in the printer's language.
pub struct ZplLabels<W> {
    to: W,
    resolution: Resolution,
    font: Option<Font>,
    /// The newest picture of a text: the labels of a run all have the same name.
    last: Option<(String, Picture)>,
}

impl<W: Write> ZplLabels<W> {
    /// Begins to print. `font` draws what is not ASCII; without one such a text is refused.
    pub const fn new(to: W, resolution: Resolution, font: Option<Font>) -> Self {
        Self {
            to,
            resolution,
            font,
            last: None,
        }
    }

    /// Prints one label.
    ///
    /// # Errors
    /// [`PrintError`] if the label does not fit on its stock or holds a letter that the font
    /// lacks; nothing is printed then. The writer's.
    pub fn push(&mut self, label: &Label) -> Result<(), PrintError> {
        let marks = layout(label, Grid::Dots(self.resolution.dot_mm()))?;
        let mut zpl = Vec::new();
        let (width, height) = label.stock().size_mm();
        writeln!(
            zpl,
            "^XA^CI28^LH0,0^PW{}^LL{}",
            self.dots(width),
            self.dots(height)
        )?;
        for mark in &marks {
            self.draw(&mut zpl, label, mark)?;
        }
        zpl.write_all(b"^XZ\n")?;
        // All of a label or nothing of it.
        Ok(self.to.write_all(&zpl)?)
    }

    /// Gives the writer back.
    ///
    /// # Errors
    /// The writer's.
    pub fn finish(mut self) -> Result<W, PrintError> {
        self.to.flush()?;
        Ok(self.to)
    }

    fn draw(
        &mut self,
        zpl: &mut Vec<u8>,
        label: &Label,
        mark: &Mark<'_>,
    ) -> Result<(), PrintError> {
        match mark {
            Mark::Qr {
                text,
                left,
                top,
                module,
                ..
            } => {
                let quiet = quiet_mm(*module);
                let (x, y) = (self.dots(left + quiet), self.dots(top + quiet));
                let module = self.magnification(*module);
                let level = label.stock().level().letter();
                writeln!(
                    zpl,
                    "^FO{x},{y}^BQN,2,{module}^FH_^FD{level}A,{}^FS",
                    escaped(text)
                )?;
            }
            Mark::Bars {
                sscc,
                left,
                top,
                module,
                height,
                ..
            } => {
                let (x, y) = (self.dots(left + Bars::quiet_mm(*module)), self.dots(*top));
                let (module, height) = (self.dots(*module), self.dots(*height));
                // Character set C, and the function character 1 that makes Code 128 GS1-128.
                writeln!(
                    zpl,
                    "^FO{x},{y}^BY{module}^BCN,{height},N,N,N^FD>;>800{sscc}^FS"
                )?;
            }
            Mark::Text {
                line,
                left,
                baseline,
                size,
            } if line.is_ascii() => {
                let (x, y, height) = (self.dots(*left), self.dots(*baseline), self.dots(*size));
                writeln!(
                    zpl,
                    "^FT{x},{y}^A0N,{height},{height}^FH_^FD{}^FS",
                    escaped(line)
                )?;
            }
            Mark::Text {
                line,
                left,
                baseline,
                size,
            } => {
                let (x, baseline) = (self.dots(*left), self.dots(*baseline));
                let height = self.dots(*size);
                let picture = self.picture(line, height)?;
                let y = baseline.saturating_sub(picture.ascent());
                writeln!(zpl, "^FO{x},{y}{}^FS", picture.command())?;
            }
        }
        Ok(())
    }

    fn picture(&mut self, line: &str, height: u32) -> Result<&Picture, PrintError> {
        let font = self.font.as_ref().ok_or_else(|| {
            let letter = line.chars().find(|c| !c.is_ascii()).unwrap_or_default();
            NoLetter { letter }
        })?;
        let fits = |(text, picture): &(String, Picture)| text == line && picture.height() == height;
        let kept = match self.last.take().filter(fits) {
            Some(kept) => kept,
            None => (line.to_owned(), Picture::of_line(font, line, height)?),
        };
        Ok(&self.last.insert(kept).1)
    }

    /// A length in whole dots.
    fn dots(&self, mm: f64) -> u32 {
        whole(mm / self.resolution.dot_mm())
    }

    fn magnification(&self, module: f64) -> u32 {
        let least = self.dots(0.5);
        let dots = self.dots(module);
        if least <= OLD_MAGNIFICATION {
            dots.min(OLD_MAGNIFICATION)
        } else {
            dots
        }
    }
}

/// Lengths on a label are a few thousand dots.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` from a float saturates, and lengths on a label are a few thousand dots"
)]
fn whole(dots: f64) -> u32 {
    dots.round() as u32
}

/// Field data in which no command can hide: what begins one, and the mark of an escape itself,
/// is written as two hexadecimal digits (`^FH_`).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '^' => out.push_str("_5E"),
            '~' => out.push_str("_7E"),
            '_' => out.push_str("_5F"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stock;
    use chopmark_core::Code;

    fn printed(label: &Label, resolution: Resolution) -> String {
        let mut labels = ZplLabels::new(Vec::new(), resolution, None);
        labels.push(label).unwrap();
        String::from_utf8(labels.finish().unwrap()).unwrap()
    }

    fn label(code: &str) -> Label {
        Label::of_code(&Code::parse(code).unwrap(), "id.example.org")
    }

    /// What stands in the fields after a command, read as the printer does.
    fn fields(zpl: &str, command: &str) -> Vec<String> {
        zpl.split("^FS")
            .filter(|field| field.contains(command))
            .filter_map(|field| field.split_once("^FD"))
            .map(|(_, data)| {
                let mut parts = data.split('_');
                let mut text = parts.next().unwrap().to_owned();
                for part in parts {
                    let (hex, rest) = part.split_at(2);
                    text.push(char::from(u8::from_str_radix(hex, 16).unwrap()));
                    text.push_str(rest);
                }
                text
            })
            .collect()
    }

    #[test]
    fn the_printer_draws_the_link_at_level_m_with_modules_of_half_a_millimetre() {
        let label = label("(01)09506000134352(21)A_1/b");
        for (resolution, least) in [
            (Resolution::Dpi203, 4),
            (Resolution::Dpi300, 6),
            (Resolution::Dpi600, 12),
        ] {
            let zpl = printed(&label, resolution);
            assert_eq!(fields(&zpl, "^BQ"), [format!("MA,{}", label.text())]);
            let module = zpl.split("^BQN,2,").nth(1).unwrap();
            let module = module.split('^').next().unwrap().parse::<u32>().unwrap();
            assert!(module >= least, "{module}");
            let texts = fields(&zpl, "^A0");
            assert!(texts.contains(&"(21)A_1/b".to_owned()), "{texts:?}");
        }
    }

    #[test]
    fn a_logistic_unit_has_both_codes_and_level_q() {
        let zpl = printed(&label("(00)106141412345678908"), Resolution::Dpi203);
        assert!(fields(&zpl, "^BQ")[0].starts_with("QA,https://"));
        assert_eq!(fields(&zpl, "^BC"), [">;>800106141412345678908"]);
        // A6 at 8 dots a millimetre.
        assert!(zpl.contains("^PW840^LL1184"));
    }

    #[test]
    fn writes_no_command_from_a_product_name() {
        let label = label("CSQU3054383").named("Tea^XZ~JR_").on(Stock::Carton);
        let zpl = printed(&label, Resolution::Dpi203);
        assert_eq!(zpl.matches("^XZ").count(), 1);
        assert!(!zpl.contains("~JR"));
        assert!(fields(&zpl, "^A0").concat().contains("Tea^XZ~JR_"));
    }

    #[test]
    fn a_letter_without_a_font_is_refused_and_nothing_is_printed() {
        let mut labels = ZplLabels::new(Vec::new(), Resolution::Dpi203, None);
        let refused = labels.push(&label("CSQU3054383").named("茶"));
        assert!(matches!(
            refused,
            Err(PrintError::Letter(NoLetter { letter: '茶' }))
        ));
        assert!(labels.finish().unwrap().is_empty());
    }
}
