//! Every code that is printed is read back: what a sheet shows is drawn and given to a reader of
//! barcodes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test that cannot look fails, and sheets are small"
)]

mod eyes;

use chopmark_core::{ActivationSecret, Code};
use chopmark_labels::{Font, Label, PdfSheets, Resolution, Stock, ZplLabels, svg_sheets};
use eyes::{Seen, Sheet, draw_pdf, draw_svg, pages, places};

const HOST: &str = "id.example.org";

/// One of every kind of code.
const CODES: &[&str] = &[
    "(01)09506000134352(21)0123456789ABCDEF",
    "(01)09506000134352(21)!%&'()*+,-./:;<=>?A_",
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
    let sheets = draw_pdf(&pdf.finish().unwrap());
    assert_eq!(seen(&sheets), expected(&labels));
}

#[test]
fn the_codes_of_labels_are_the_codes_that_were_printed() {
    for (label, code) in labels().iter().zip(CODES) {
        assert_eq!(&Code::parse(label.text()).unwrap().to_string(), code);
    }
}

#[test]
fn the_table_of_a_pdf_says_where_each_object_is() {
    let code = Code::parse(CODES[0]).unwrap();
    let label = Label::of_code(&code, HOST);
    let mut pdf = PdfSheets::new(Vec::new(), None).unwrap();
    for _ in 0..100 {
        pdf.push(&label).unwrap();
    }
    let bytes = pdf.finish().unwrap();
    assert_eq!(pages(&bytes).len(), 5);
    let places = places(&bytes);
    // Page and content of five sheets, and what they share.
    assert_eq!(places.len(), 15);
    for place in places {
        let object = String::from_utf8_lossy(&bytes[place..place + 12]).into_owned();
        assert!(object.contains(" 0 obj"), "{object}");
    }
}

#[test]
fn a_chinese_name_stands_in_a_pdf_with_its_letters_and_no_others() {
    // The machine that `cargo xtask setup` made ready has it.
    let Some(font) = eyes::chinese_font() else {
        return;
    };
    let code = Code::parse(CODES[0]).unwrap();
    let label = Label::of_code(&code, HOST).named("烏龍茶 Tea");
    let mut pdf = PdfSheets::new(Vec::new(), Some(Font::new(font, 2).unwrap())).unwrap();
    pdf.push(&label).unwrap();
    let bytes = pdf.finish().unwrap();
    // The whole font has 18 megabytes.
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    let text = String::from_utf8_lossy(&bytes);
    for letter in "烏龍茶Tea".chars() {
        let mapped = format!("<{:04X}>\n", u32::from(letter));
        assert!(text.contains(&mapped), "{letter}");
    }
    let page = &pages(&bytes)[0];
    assert!(page.contains("/F1") && page.contains("/F0"), "both fonts");
}

#[test]
fn a_chinese_name_is_a_picture_for_a_label_printer() {
    let Some(font) = eyes::chinese_font() else {
        return;
    };
    let code = Code::parse(CODES[0]).unwrap();
    let label = Label::of_code(&code, HOST).named("烏龍茶");
    let font = Font::new(font, 2).unwrap();
    let mut zpl = ZplLabels::new(Vec::new(), Resolution::Dpi203, Some(font));
    for _ in 0..2 {
        zpl.push(&label).unwrap();
    }
    let zpl = String::from_utf8(zpl.finish().unwrap()).unwrap();
    assert!(zpl.is_ascii());
    let pictures: Vec<&str> = zpl.split("^GFA,").skip(1).collect();
    assert_eq!(pictures.len(), 2);
    let picture = pictures[0].split("^FS").next().unwrap();
    let parts: Vec<&str> = picture.splitn(4, ',').collect();
    // Three letters of 21 dots, and half as much again in height.
    assert_eq!(parts[0], (8 * 31).to_string());
    let rows = parts[3];
    let dark: u32 = rows
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(u32::count_ones)
        .sum();
    assert!(dark > 200 && dark < 1000, "{dark}");
}
