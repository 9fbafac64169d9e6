//! A4 sheets as one PDF document that is written as it grows: a page is gone from memory once it
//! is full.

mod embed;
mod file;

use std::io::{self, Write};

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Content, Filter, Name, Rect, Ref, Str};

use crate::{
    Font, Label, PrintError,
    layout::{Grid, Mark, count, layout},
    sheet::{self, Cells},
};
use embed::Embedded;
use file::PdfFile;

/// Every reader has this one: letters of one width, for codes.
const BUILT_IN: Name<'static> = Name(b"F0");
/// The font that is put into the file.
const EMBEDDED: Name<'static> = Name(b"F1");
/// Points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;
/// Pages below one node of the page tree: readers find a page without reading all of them.
const PAGES_A_NODE: usize = 256;

/// Labels that come one by one, on sheets of one document.
pub struct PdfSheets<W> {
    file: PdfFile<W>,
    fonts: Fonts,
    cells: Cells,
    content: Content,
    pages: Pages,
}

/// Objects that every page refers to.
struct Fonts {
    resources: Ref,
    built_in: Ref,
    embedded: Option<Embedded>,
}

/// The page tree so far: a root, and nodes that are written when they are full.
struct Pages {
    root: Ref,
    nodes: Vec<(Ref, usize)>,
    node: Ref,
    leaves: Vec<Ref>,
}

impl<W: Write> PdfSheets<W> {
    /// Begins a document. `font` draws what is not ASCII; without one such a text is refused.
    ///
    /// # Errors
    /// The writer's.
    pub fn new(to: W, font: Option<Font>) -> io::Result<Self> {
        let mut file = PdfFile::new(to)?;
        let fonts = Fonts {
            resources: file.next_ref(),
            built_in: file.next_ref(),
            embedded: font.map(|font| Embedded::new(font, file.next_ref())),
        };
        let pages = Pages {
            root: file.next_ref(),
            nodes: Vec::new(),
            node: file.next_ref(),
            leaves: Vec::new(),
        };
        Ok(Self {
            file,
            fonts,
            cells: Cells::default(),
            content: Content::new(),
            pages,
        })
    }

    /// Puts a label on the page, or on the next one if this is full.
    ///
    /// # Errors
    /// [`PrintError`] if the label does not fit on its stock or holds a letter that the font
    /// lacks; nothing is drawn then. The writer's.
    pub fn push(&mut self, label: &Label) -> Result<(), PrintError> {
        let marks = layout(label, Grid::Free)?;
        for mark in &marks {
            if let Mark::Text { line, .. } = mark {
                self.fonts.check(line)?;
            }
        }
        let (corner, fresh) = self.cells.place(label.stock());
        if fresh {
            self.end_page()?;
        }
        for mark in &marks {
            self.draw(mark, corner);
        }
        Ok(())
    }

    /// Ends the document and gives the writer back.
    ///
    /// # Errors
    /// The writer's, and [`PrintError::Font`] if the font cannot be cut down to its letters.
    pub fn finish(mut self) -> Result<W, PrintError> {
        self.end_page()?;
        self.end_node()?;
        let Self {
            mut file,
            fonts,
            pages,
            ..
        } = self;
        file.object(fonts.resources, |chunk, id| {
            let mut resources = chunk
                .indirect(id)
                .start::<pdf_writer::writers::Resources<'_>>();
            let mut named = resources.fonts();
            named.pair(BUILT_IN, fonts.built_in);
            if let Some(embedded) = &fonts.embedded {
                named.pair(EMBEDDED, embedded.id());
            }
        })?;
        file.object(fonts.built_in, |chunk, id| {
            chunk
                .type1_font(id)
                .base_font(Name(b"Courier"))
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        })?;
        if let Some(embedded) = fonts.embedded {
            embedded.write(&mut file)?;
        }
        file.object(pages.root, |chunk, id| {
            let total = pages.nodes.iter().map(|(_, leaves)| leaves).sum();
            let kids = pages.nodes.iter().map(|(node, _)| *node);
            chunk.pages(id).count(whole(total)).kids(kids);
        })?;
        Ok(file.finish(pages.root)?)
    }

    fn draw(&mut self, mark: &Mark<'_>, (x, y): (f64, f64)) {
        let content = &mut self.content;
        match mark {
            Mark::Qr {
                code,
                left,
                top,
                module,
                ..
            } => {
                content.save_state();
                content.transform(moved(x + left, y + top, *module, *module));
                for (column, row, width) in code.bars() {
                    content.rect(
                        real(count(column)),
                        real(count(row)),
                        real(count(width)),
                        1.0,
                    );
                }
                content.fill_nonzero();
                content.restore_state();
            }
            Mark::Bars {
                bars,
                left,
                top,
                module,
                height,
                ..
            } => {
                content.save_state();
                content.transform(moved(x + left, y + top, *module, *height));
                for (place, width) in bars.dark() {
                    content.rect(real(count(place)), 0.0, real(count(width)), 1.0);
                }
                content.fill_nonzero();
                content.restore_state();
            }
            Mark::Text {
                line,
                left,
                baseline,
                size,
            } => {
                content.begin_text();
                // The page counts downwards, letters stand upwards.
                content.set_text_matrix([1.0, 0.0, 0.0, -1.0, real(x + left), real(y + baseline)]);
                match (&mut self.fonts.embedded, line.is_ascii()) {
                    (Some(embedded), false) => {
                        content.set_font(EMBEDDED, real(*size));
                        content.show(Str(&embedded.encoded(line)));
                    }
                    _ => {
                        content.set_font(BUILT_IN, real(*size));
                        content.show(Str(line.as_bytes()));
                    }
                }
                content.end_text();
            }
        }
    }

    fn end_page(&mut self) -> io::Result<()> {
        let content = std::mem::replace(&mut self.content, Content::new()).finish();
        if content.as_slice().is_empty() {
            return Ok(());
        }
        if self.pages.leaves.len() >= PAGES_A_NODE {
            self.end_node()?;
        }
        let (width, height) = (sheet::WIDTH_MM * POINTS, sheet::HEIGHT_MM * POINTS);
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        // Millimetres from the upper left corner, as the layout counts.
        let (scale, top) = (real(POINTS), real(height));
        writeln!(packed, "{scale} 0 0 -{scale} 0 {top} cm")?;
        packed.write_all(content.as_slice())?;
        let packed = packed.finish()?;
        let (page, stream) = (self.file.next_ref(), self.file.next_ref());
        self.file.object(stream, |chunk, id| {
            chunk.stream(id, &packed).filter(Filter::FlateDecode);
        })?;
        let (node, resources) = (self.pages.node, self.fonts.resources);
        self.file.object(page, |chunk, id| {
            let mut page = chunk.page(id);
            page.parent(node).contents(stream);
            page.media_box(Rect::new(0.0, 0.0, real(width), real(height)));
            page.pair(Name(b"Resources"), resources);
        })?;
        self.pages.leaves.push(page);
        Ok(())
    }

    fn end_node(&mut self) -> io::Result<()> {
        let leaves = std::mem::take(&mut self.pages.leaves);
        if leaves.is_empty() {
            return Ok(());
        }
        let root = self.pages.root;
        self.file.object(self.pages.node, |chunk, id| {
            let mut node = chunk.pages(id);
            node.parent(root).count(whole(leaves.len()));
            node.kids(leaves.iter().copied());
        })?;
        self.pages.nodes.push((self.pages.node, leaves.len()));
        self.pages.node = self.file.next_ref();
        Ok(())
    }
}

impl Fonts {
    fn check(&self, line: &str) -> Result<(), PrintError> {
        match (&self.embedded, line.chars().find(|c| !c.is_ascii())) {
            (_, None) => Ok(()),
            (Some(embedded), Some(_)) => Ok(embedded.check(line)?),
            (None, Some(letter)) => Err(PrintError::Letter(crate::NoLetter { letter })),
        }
    }
}

/// Moves the origin and stretches what is drawn.
fn moved(left: f64, top: f64, across: f64, down: f64) -> [f32; 6] {
    [real(across), 0.0, 0.0, real(down), real(left), real(top)]
}

/// PDF's numbers are of single precision: on a sheet of paper they are exact to a ten-thousandth
/// of a millimetre.
#[expect(
    clippy::cast_possible_truncation,
    reason = "lengths on a sheet of paper, rounded"
)]
fn real(number: f64) -> f32 {
    number as f32
}

fn whole(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
