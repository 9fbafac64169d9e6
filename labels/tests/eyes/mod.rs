//! Other programs' eyes: a renderer of SVG, and a reader of barcodes. For PDF, which no small
//! program renders, the operators that draw a page are carried out here.

use std::{fs, io::Read};

use chopmark_labels::Stock;
use flate2::read::ZlibDecoder;
use resvg::{
    tiny_skia::{Color, Paint, Pixmap, Rect, Transform},
    usvg::{Options, Tree},
};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader,
    common::HybridBinarizer, oned::Code128Reader, qrcode::cpp_port::QrReader,
};

/// As fine as a middling office printer.
const DOTS_A_MM: u16 = 8;

/// A code that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    Qr(String),
    /// The data of a GS1-128 symbol.
    Gs1128(String),
}

/// A sheet as brightness, in rows of `width`.
pub(crate) struct Sheet {
    luma: Vec<u8>,
    width: usize,
}

fn canvas() -> Pixmap {
    let dots = u32::from(DOTS_A_MM);
    let mut canvas = Pixmap::new(210 * dots, 297 * dots).unwrap();
    canvas.fill(Color::WHITE);
    canvas
}

impl From<Pixmap> for Sheet {
    fn from(canvas: Pixmap) -> Self {
        Self {
            luma: canvas.pixels().iter().map(|pixel| pixel.green()).collect(),
            width: canvas.width() as usize,
        }
    }
}

pub(crate) fn draw_svg(svg: &str) -> Sheet {
    let tree = Tree::from_str(svg, &Options::default()).unwrap();
    // The document's units are CSS pixels, 96 to 25.4 mm.
    let scale = f32::from(DOTS_A_MM) * 25.4 / 96.0;
    let mut canvas = canvas();
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut canvas.as_mut(),
    );
    canvas.into()
}

/// Draws the pages of one of our own documents: rectangles in their place, no letters.
pub(crate) fn draw_pdf(bytes: &[u8]) -> Vec<Sheet> {
    pages(bytes).iter().map(|page| draw_page(page)).collect()
}

/// The operators of each page: the streams that hold rectangles.
pub(crate) fn pages(bytes: &[u8]) -> Vec<String> {
    streams(bytes)
        .into_iter()
        .filter_map(|stream| String::from_utf8(stream).ok())
        .filter(|text| text.contains(" re\n"))
        .collect()
}

/// What the table at the end of a document says: where each object is.
pub(crate) fn places(bytes: &[u8]) -> Vec<usize> {
    let tail = String::from_utf8_lossy(&bytes[bytes.len() - 64..]).into_owned();
    let start = tail.split("startxref\n").nth(1).unwrap();
    let start: usize = start.lines().next().unwrap().parse().unwrap();
    let table = String::from_utf8_lossy(&bytes[start..]);
    table
        .lines()
        .filter_map(|line| line.strip_suffix(" 00000 n"))
        .map(|place| place.parse().unwrap())
        .collect()
}

fn streams(bytes: &[u8]) -> Vec<Vec<u8>> {
    let find = |from: usize, what: &[u8]| {
        bytes[from..]
            .windows(what.len())
            .position(|window| window == what)
            .map(|at| from + at)
    };
    let (mut streams, mut at) = (Vec::new(), 0);
    while let Some(start) = find(at, b"stream\n") {
        let end = find(start, b"\nendstream").unwrap();
        let mut plain = Vec::new();
        // Streams that are not packed are no pages.
        let _ = ZlibDecoder::new(&bytes[start + 7..end]).read_to_end(&mut plain);
        streams.push(plain);
        at = end + b"\nendstream".len();
    }
    streams
}

fn draw_page(operators: &str) -> Sheet {
    let mut canvas = canvas();
    // Points from the lower left corner.
    let scale = f32::from(DOTS_A_MM) * 25.4 / 72.0;
    let mut now = Transform::from_row(scale, 0.0, 0.0, -scale, 0.0, f32::from(297 * DOTS_A_MM));
    let mut kept = Vec::new();
    let mut ink = Paint::default();
    ink.set_color(Color::BLACK);
    for line in operators.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let numbers: Vec<f32> = words.iter().map_while(|word| word.parse().ok()).collect();
        match (words.last().copied(), numbers.as_slice()) {
            (Some("q"), _) => kept.push(now),
            (Some("Q"), _) => now = kept.pop().unwrap(),
            (Some("cm"), &[a, b, c, d, e, f]) => {
                now = now.pre_concat(Transform::from_row(a, b, c, d, e, f));
            }
            (Some("re"), &[x, y, width, height]) => {
                let rect = Rect::from_xywh(x, y, width, height).unwrap();
                canvas.fill_rect(rect, &ink, now, None);
            }
            _ => {}
        }
    }
    canvas.into()
}

impl Sheet {
    /// The codes in the cells of a sheet.
    pub(crate) fn read(&self, stock: Stock) -> Vec<Seen> {
        let (columns, rows) = stock.grid();
        let (width, height) = stock.size_mm();
        let dots = f64::from(DOTS_A_MM);
        let top = (297.0 - height * rows as f64) / 2.0;
        (0..columns * rows)
            .flat_map(|cell| {
                let (row, column) = (cell / columns, cell % columns);
                let left = (width * column as f64 * dots) as usize;
                let top = ((top + height * row as f64) * dots) as usize;
                self.read_cell(left, top, (width * dots) as usize, (height * dots) as usize)
            })
            .collect()
    }

    fn read_cell(&self, left: usize, top: usize, width: usize, height: usize) -> Vec<Seen> {
        let rows = self.luma.chunks(self.width).skip(top).take(height);
        let luma: Vec<u8> = rows
            .flat_map(|row| &row[left..(left + width).min(self.width)])
            .copied()
            .collect();
        let width = width.min(self.width - left) as u32;
        let height = luma.len() as u32 / width;
        let bitmap = || {
            let source = Luma8LuminanceSource::new(luma.clone(), width, height).unwrap();
            BinaryBitmap::new(HybridBinarizer::new(source))
        };
        let hints = DecodeHints {
            TryHarder: Some(true),
            ..DecodeHints::default()
        };
        let mut seen = Vec::new();
        if let Ok(code) = QrReader.decode_with_hints(&mut bitmap(), &hints) {
            assert_eq!(code.getBarcodeFormat(), &BarcodeFormat::QR_CODE);
            seen.push(Seen::Qr(code.getText().to_owned()));
        }
        if let Ok(code) = Code128Reader.decode_with_hints(&mut bitmap(), &hints) {
            seen.push(Seen::Gs1128(code.getText().to_owned()));
        }
        seen
    }
}

/// The font of the tests' machines with Chinese letters, a collection; face 2 is for mainland
/// China.
pub(crate) fn chinese_font() -> Option<Vec<u8>> {
    fs::read("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").ok()
}
