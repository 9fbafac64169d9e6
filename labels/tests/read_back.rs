//! Every code that is printed is read back by another program's eyes: what a sheet shows is
//! drawn by a renderer of SVG or PDF and read by a reader of barcodes.

#![expect(clippy::unwrap_used, reason = "a test that cannot look fails")]

mod eyes;

use chopmark_core::{ActivationSecret, Code};
use chopmark_labels::{Font, Label, PdfSheets, Stock, svg_sheets};
use eyes::{Seen, Sheet, draw_pdf, draw_svg};

const HOST: &str = "id.example.org";

/// One of every kind of code.
const CODES: &[&str] = &[
    "(01)09506000134352(21)0123456789ABCDEF",
    "(01)09506000134352(21)!%&'()*+,-./:;<=>?A_z",
    "(01)09506000134352(10)L42",
    "(00)106141412345678908",
    "(414)9506000134352",
    "(8003)006141411234521234",
    "(8004)0614141A/7",
    "(8010)0614141AB/1(8011)34",
    "(402)06141411234567890",
    "(401)0614141xyz",
    "(253)471951200288934",
    "CSQU3054383",
];

fn labels() -> Vec<Label> {
    let mut labels: Vec<Label> = CODES
        .iter()
        .map(|code| Label::of_code(&Code::parse(code).unwrap(), HOST))
        .collect();
    let item = Code::parse(CODES[0]).unwrap();
    let secret = ActivationSecret::from_bytes([7; 16]);
    labels.push(Label::under_the_seal(&item, &secret));
    labels
}

/// What a reader should find on the sheets of these labels.
fn expected(labels: &[Label]) -> Vec<Seen> {
    let mut expected: Vec<Seen> = labels
        .iter()
        .map(|label| Seen::Qr(label.text().to_owned()))
        .collect();
    expected.push(Seen::Gs1128("00106141412345678908".to_owned()));
    expected.sort();
    expected
}

/// One kind of paper after the other, as sheets are filled.
const STOCKS: [Stock; 3] = [Stock::Item, Stock::Carton, Stock::Logistic];

/// All codes on sheets of which each is of the stock beside it.
fn seen(sheets: &[Sheet]) -> Vec<Seen> {
    assert_eq!(sheets.len(), STOCKS.len());
    let mut seen: Vec<Seen> = sheets
        .iter()
        .zip(STOCKS)
        .flat_map(|(sheet, stock)| sheet.read(stock))
        .collect();
    seen.sort();
    seen
}

#[test]
fn svg_sheets_are_read_back() {
    let labels = labels();
    let sheets: Vec<Sheet> = svg_sheets(&labels)
        .unwrap()
        .iter()
        .map(|svg| draw_svg(svg))
        .collect();
    assert_eq!(seen(&sheets), expected(&labels));
}

#[test]
fn pdf_sheets_are_read_back() {
    let mut labels = labels();
    labels.sort_by_key(Label::stock);
    let mut pdf = PdfSheets::new(Vec::new(), None).unwrap();
    for label in &labels {
        pdf.push(label).unwrap();
    }
    let sheets = draw_pdf(pdf.finish().unwrap());
    assert_eq!(seen(&sheets), expected(&labels));
}

#[test]
fn the_codes_of_labels_are_the_codes_that_were_printed() {
    for (label, code) in labels().iter().zip(CODES) {
        assert_eq!(&Code::parse(label.text()).unwrap().to_string(), code);
    }
}

#[test]
fn a_chinese_name_stands_in_a_pdf_as_text_and_as_letters() {
    let Some(font) = eyes::chinese_font() else {
        // Installed by `cargo xtask setup`; elsewhere the file may be another.
        return;
    };
    let code = Code::parse(CODES[0]).unwrap();
    let label = Label::of_code(&code, HOST).named("烏龍茶 Tea").on(Stock::Carton);
    let blank = Label::of_code(&code, HOST).named("   ").on(Stock::Carton);
    let print = |label: &Label| {
        let font = Font::new(font.clone(), 2).unwrap();
        let mut pdf = PdfSheets::new(Vec::new(), Some(font)).unwrap();
        pdf.push(label).unwrap();
        pdf.finish().unwrap()
    };
    let (named, blank) = (print(&label), print(&blank));
    // A whole font of Chinese letters has many megabytes.
    assert!(named.len() < 100_000, "{}", named.len());
    let dark = |pdf| draw_pdf(pdf)[0].dark();
    let (dark, without) = (dark(named), dark(blank));
    assert!(dark > without + 500, "{dark} {without}");
}
