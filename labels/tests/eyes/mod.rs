//! Other programs' eyes: renderers of SVG and PDF, and a reader of barcodes.

use std::fs;

use chopmark_labels::Stock;
use hayro::{
    PixmapSettings, RenderCache, RenderSettings, hayro_interpret::InterpreterSettings,
    hayro_syntax::Pdf, vello_cpu::color::palette::css::WHITE,
};
use resvg::{
    tiny_skia::{Color, Pixmap, Transform},
    usvg::{Options, Tree},
};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader, common::HybridBinarizer,
    oned::Code128Reader, qrcode::cpp_port::QrReader,
};

/// As fine as a middling office printer.
const DOTS_A_MM: u16 = 8;

/// A code that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    Qr(String),
    /// The data of a GS1-128 symbol.
    Gs1128(String),
}

/// A sheet as brightness, in rows of `width`.
pub struct Sheet {
    luma: Vec<u8>,
    width: usize,
}

pub fn draw_svg(svg: &str) -> Sheet {
    let tree = Tree::from_str(svg, &Options::default()).unwrap();
    let scale = f32::from(DOTS_A_MM);
    let (width, height) = (210 * u32::from(DOTS_A_MM), 297 * u32::from(DOTS_A_MM));
    let mut canvas = Pixmap::new(width, height).unwrap();
    canvas.fill(Color::WHITE);
    // The document's units are CSS pixels, 96 to 25.4 mm.
    let scale = scale * 25.4 / 96.0;
    let transform = Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut canvas.as_mut());
    Sheet {
        luma: canvas.pixels().iter().map(|pixel| pixel.green()).collect(),
        width: width as usize,
    }
}

pub fn draw_pdf(bytes: Vec<u8>) -> Vec<Sheet> {
    let pdf = Pdf::new(bytes).unwrap();
    let scale = f32::from(DOTS_A_MM) * 25.4 / 72.0;
    let settings = PixmapSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
    };
    let (cache, how) = (RenderCache::new(), RenderSettings::default());
    let sheet = |page| {
        let drawn = hayro::render(page, &cache, &InterpreterSettings::default(), &how, &settings);
        Sheet {
            width: usize::from(drawn.width()),
            luma: drawn.data().iter().map(|pixel| pixel.g).collect(),
        }
    };
    pdf.pages().iter().map(sheet).collect()
}

impl Sheet {
    /// How many pixels are dark.
    pub fn dark(&self) -> usize {
        self.luma.iter().filter(|luma| **luma < 128).count()
    }

    /// The codes in the cells of a sheet.
    pub fn read(&self, stock: Stock) -> Vec<Seen> {
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
            let source = Luma8LuminanceSource::new(luma.clone(), width, height);
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
        if let Ok(code) = Code128Reader::default().decode_with_hints(&mut bitmap(), &hints) {
            seen.push(Seen::Gs1128(code.getText().to_owned()));
        }
        seen
    }
}

/// The font of the tests' machines with Chinese letters, a collection; face 2 is for mainland
/// China.
pub fn chinese_font() -> Option<Vec<u8>> {
    fs::read("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").ok()
}
