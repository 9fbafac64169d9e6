use std::fmt::Write as _;

use chopmark_view::LabelView;

/// A module smaller than this is lost on worn labels and cheap cameras.
const LEAST_MODULE_MM: f64 = 0.5;
/// Larger codes scan no better from arm's length and only cost paper.
const MOST_MODULE_MM: f64 = 1.0;
/// Free paper around every label, against a printer that feeds askew.
const MARGIN_MM: f64 = 2.0;
const SHEET_WIDTH_MM: f64 = 210.0;
const SHEET_HEIGHT_MM: f64 = 297.0;

/// A label with what decides how it is printed.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    /// Code, link and text.
    pub(crate) view: LabelView,
    /// Which paper it goes on.
    pub(crate) stock: Stock,
}

/// Self-adhesive paper as it is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stock {
    /// 70 × 37 mm, 24 a sheet: items.
    Item,
    /// 105 × 74 mm, 8 a sheet (in 4 rows of 2): cartons.
    Carton,
}

impl Stock {
    fn columns(self) -> usize {
        match self {
            Self::Item => 3,
            Self::Carton => 2,
        }
    }

    fn rows(self) -> usize {
        match self {
            Self::Item => 8,
            Self::Carton => 4,
        }
    }

    fn cell(self) -> (f64, f64) {
        match self {
            Self::Item => (70.0, 37.0),
            Self::Carton => (105.0, 74.0),
        }
    }

    fn font_mm(self) -> f64 {
        match self {
            Self::Item => 2.6,
            Self::Carton => 3.6,
        }
    }
}

/// A4 sheets as SVG documents: items first, cartons on sheets of their own.
pub(crate) fn sheets(labels: &[Label]) -> Vec<String> {
    let mut documents = Vec::new();
    for stock in [Stock::Item, Stock::Carton] {
        let of_stock: Vec<&Label> = labels.iter().filter(|label| label.stock == stock).collect();
        for page in of_stock.chunks(stock.columns() * stock.rows()) {
            documents.push(sheet(stock, page));
        }
    }
    documents
}

fn sheet(stock: Stock, labels: &[&Label]) -> String {
    let (width, height) = stock.cell();
    let columns = stock.columns();
    let mut left = 0.0;
    let mut top = (SHEET_HEIGHT_MM - height * if stock == Stock::Item { 8.0 } else { 4.0 }) / 2.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{SHEET_WIDTH_MM}mm\" height=\"{SHEET_HEIGHT_MM}mm\" \
         viewBox=\"0 0 {SHEET_WIDTH_MM} {SHEET_HEIGHT_MM}\">\
         <rect width=\"{SHEET_WIDTH_MM}\" height=\"{SHEET_HEIGHT_MM}\" fill=\"#fff\"/>"
    );
    for row in labels.chunks(columns) {
        for label in row {
            draw(&mut svg, label, (left, top));
            left += width;
        }
        left = 0.0;
        top += height;
    }
    svg.push_str("</svg>");
    svg
}

/// Draws one label with its upper left corner at `corner`. Writing into a string cannot
/// fail, so its results are let go.
fn draw(svg: &mut String, label: &Label, corner: (f64, f64)) {
    let (width, height) = label.stock.cell();
    let side = f64::from(label.view.qr.size);
    let module = ((height - 2.0 * MARGIN_MM) / side).clamp(LEAST_MODULE_MM, MOST_MODULE_MM);
    let code_mm = module * side;
    let (left, top) = (corner.0 + MARGIN_MM, corner.1 + (height - code_mm) / 2.0);
    let _ = write!(
        svg,
        "<path transform=\"translate({left:.2} {top:.2}) scale({module:.4})\" d=\"{}\" fill=\"#000\" \
         shape-rendering=\"crispEdges\"/>",
        label.view.qr.path
    );
    let font = label.stock.font_mm();
    let text_left = left + code_mm + 1.0;
    // A monospaced letter is about 0.6 of its height wide.
    let room = width - code_mm - 2.0 * MARGIN_MM - 1.0;
    let lines = wrapped(&label.view.text, room / (font * 0.6));
    let mut baseline = corner.1 + MARGIN_MM + font * 1.5;
    for line in lines {
        if baseline > corner.1 + height - MARGIN_MM / 2.0 {
            break;
        }
        let _ = write!(
            svg,
            "<text x=\"{text_left:.2}\" y=\"{baseline:.2}\" font-size=\"{font}\" \
             font-family=\"'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace\">{}</text>",
            escaped(&line)
        );
        baseline += font * 1.3;
    }
}

/// Breaks lines so that none is wider than `most` letters; a Chinese character counts two.
fn wrapped(lines: &[String], most: f64) -> Vec<String> {
    let mut out = Vec::new();
    for line in lines {
        let mut current = String::new();
        let mut taken = 0.0;
        for letter in line.chars() {
            let letter_width = if letter.is_ascii() { 1.0 } else { 2.0 };
            if taken + letter_width > most && !current.is_empty() {
                out.push(std::mem::take(&mut current));
                taken = 0.0;
            }
            current.push(letter);
            taken += letter_width;
        }
        out.push(current);
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 has no way to write these at all.
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Level, qr};

    fn label(stock: Stock, name: &str) -> Label {
        let link = "https://id.example.org/01/09506000134352/21/0123456789ABCDEF";
        Label {
            view: LabelView {
                qr: qr(link, Level::Medium).unwrap(),
                link: link.into(),
                text: vec![
                    name.into(),
                    "(01)09506000134352".into(),
                    "(21)0123456789ABCDEF".into(),
                ],
            },
            stock,
        }
    }

    #[test]
    fn puts_24_items_on_a_sheet_and_cartons_on_their_own() {
        let mut labels = vec![label(Stock::Item, "Tea"); 25];
        labels.push(label(Stock::Carton, "Case"));
        let documents = sheets(&labels);
        assert_eq!(documents.len(), 3);
        assert_eq!(
            documents
                .iter()
                .map(|svg| svg.matches("<path").count())
                .collect::<Vec<_>>(),
            [24, 1, 1]
        );
    }

    #[test]
    fn keeps_modules_at_half_a_millimetre_or_more() {
        let documents = sheets(&[label(Stock::Item, "Tea")]);
        let scale = documents[0]
            .split("scale(")
            .nth(1)
            .unwrap()
            .split(')')
            .next()
            .unwrap();
        assert!(scale.parse::<f64>().unwrap() >= 0.5, "{scale}");
    }

    #[test]
    fn writes_no_markup_from_a_product_name() {
        let documents = sheets(&[label(Stock::Item, "<script>&\u{7}")]);
        assert!(!documents[0].contains("<script>"));
        assert!(documents[0].contains("&lt;"));
    }
}
