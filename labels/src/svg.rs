//! A4 sheets as SVG documents.

use std::fmt::Write as _;

use crate::{
    Label, Stock,
    layout::{Grid, LayoutError, Mark, layout},
    sheet::{self, Cells},
};

/// Labels that come one by one, and the sheets that they fill.
#[derive(Debug, Default)]
pub struct SvgSheets {
    cells: Cells,
    sheet: String,
}

impl SvgSheets {
    /// No label yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a label on the sheet; gives the sheet before, if this one begins another.
    ///
    /// # Errors
    /// [`LayoutError`] if it does not fit on its stock; nothing is drawn then.
    pub fn push(&mut self, label: &Label) -> Result<Option<String>, LayoutError> {
        let marks = layout(label, Grid::Free)?;
        let (corner, full) = self.cells.place(label.stock());
        let before = if full { self.take() } else { None };
        if self.sheet.is_empty() {
            begin(&mut self.sheet);
        }
        for mark in marks {
            draw(&mut self.sheet, &mark, corner);
        }
        Ok(before)
    }

    /// The last sheet.
    #[must_use]
    pub fn finish(mut self) -> Option<String> {
        self.take()
    }

    fn take(&mut self) -> Option<String> {
        let mut sheet = std::mem::take(&mut self.sheet);
        if sheet.is_empty() {
            return None;
        }
        sheet.push_str("</svg>");
        Some(sheet)
    }
}

/// All sheets of a few labels, one kind of paper after the other.
///
/// # Errors
/// [`LayoutError`] of the first label that does not fit on its stock.
pub fn svg_sheets(labels: &[Label]) -> Result<Vec<String>, LayoutError> {
    let mut sheets = SvgSheets::new();
    let mut documents = Vec::new();
    for stock in [Stock::Item, Stock::Carton, Stock::Logistic] {
        for label in labels.iter().filter(|label| label.stock() == stock) {
            documents.extend(sheets.push(label)?);
        }
    }
    documents.extend(sheets.finish());
    Ok(documents)
}

// Writing into a string cannot fail, so its results are let go.

fn begin(svg: &mut String) {
    let (width, height) = (sheet::WIDTH_MM, sheet::HEIGHT_MM);
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {width} {height}\"><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"
    );
}

fn draw(svg: &mut String, mark: &Mark<'_>, corner: (f64, f64)) {
    match mark {
        Mark::Qr {
            code,
            left,
            top,
            module,
            ..
        } => {
            let (left, top) = (corner.0 + left, corner.1 + top);
            let _ = write!(
                svg,
                "<path transform=\"translate({left:.2} {top:.2}) scale({module:.4})\" d=\"{}\" \
                 fill=\"#000\" shape-rendering=\"crispEdges\"/>",
                code.svg_path()
            );
        }
        Mark::Bars {
            bars,
            left,
            top,
            module,
            height,
            ..
        } => {
            let (left, top) = (corner.0 + left, corner.1 + top);
            let _ = write!(
                svg,
                "<path transform=\"translate({left:.2} {top:.2}) scale({module:.4} {height:.4})\" d=\""
            );
            for (place, width) in bars.dark() {
                let _ = write!(svg, "M{place} 0h{width}v1h-{width}z");
            }
            svg.push_str("\" fill=\"#000\" shape-rendering=\"crispEdges\"/>");
        }
        Mark::Text {
            line,
            left,
            baseline,
            size,
        } => {
            let (left, baseline) = (corner.0 + left, corner.1 + baseline);
            let _ = write!(
                svg,
                "<text x=\"{left:.2}\" y=\"{baseline:.2}\" font-size=\"{size}\" xml:space=\"preserve\" \
                 font-family=\"'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace\">{}</text>",
                escaped(line)
            );
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use chopmark_core::Code;

    fn label(name: &str) -> Label {
        let code = Code::parse("(01)09506000134352(21)0123456789ABCDEF").unwrap();
        Label::of_code(&code, "id.example.org").named(name)
    }

    #[test]
    fn puts_24_items_on_a_sheet_and_other_paper_on_sheets_of_its_own() {
        let mut labels = vec![label("Tea"); 25];
        labels.insert(3, label("Case").on(Stock::Carton));
        let documents = svg_sheets(&labels).unwrap();
        let codes = |svg: &String| svg.matches("<path").count();
        assert_eq!(documents.iter().map(codes).collect::<Vec<_>>(), [24, 1, 1]);
    }

    #[test]
    fn writes_no_markup_from_a_product_name() {
        let documents = svg_sheets(&[label("<script>&\u{7}")]).unwrap();
        assert!(!documents[0].contains("<script>") && !documents[0].contains('\u{7}'));
        assert!(documents[0].contains("&lt;"));
    }
}
