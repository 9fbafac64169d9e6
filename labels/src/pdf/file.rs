//! The objects of a PDF file, each written as soon as it is known, and the table of where they
//! are (ISO 32000-1, 7.5).

use std::io::{self, Write};

use pdf_writer::{Chunk, Ref};

/// The second line tells programs that move files that this is not text.
const HEADER: &[u8] = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n";

/// A file in the making. What it remembers of an object is its place alone.
pub(super) struct PdfFile<W> {
    to: W,
    written: u64,
    /// Where each object is; its number is its place here and one.
    places: Vec<u64>,
}

impl<W: Write> PdfFile<W> {
    pub(super) fn new(mut to: W) -> io::Result<Self> {
        to.write_all(HEADER)?;
        Ok(Self {
            to,
            written: length(HEADER),
            places: Vec::new(),
        })
    }

    /// The number of an object that will be written.
    pub(super) fn next_ref(&mut self) -> Ref {
        self.places.push(0);
        Ref::new(i32::try_from(self.places.len()).unwrap_or(i32::MAX))
    }

    /// Writes the one object that `build` puts into the chunk.
    pub(super) fn object(
        &mut self,
        id: Ref,
        build: impl FnOnce(&mut Chunk, Ref),
    ) -> io::Result<()> {
        let mut chunk = Chunk::new();
        build(&mut chunk, id);
        let place = usize::try_from(id.get())
            .ok()
            .and_then(|id| id.checked_sub(1));
        if let Some(place) = place.and_then(|place| self.places.get_mut(place)) {
            *place = self.written;
        }
        self.to.write_all(chunk.as_bytes())?;
        self.written = self.written.saturating_add(length(chunk.as_bytes()));
        Ok(())
    }

    /// Ends the file: the catalog, the table, and where that is.
    pub(super) fn finish(mut self, pages: Ref) -> io::Result<W> {
        let catalog = self.next_ref();
        self.object(catalog, |chunk, id| {
            let mut catalog = chunk
                .indirect(id)
                .start::<pdf_writer::writers::Catalog<'_>>();
            catalog.pages(pages);
        })?;
        let size = self.places.len().saturating_add(1);
        write!(self.to, "xref\n0 {size}\n0000000000 65535 f\r\n")?;
        for place in &self.places {
            // A number that was not used after all is free.
            match place {
                0 => write!(self.to, "0000000000 65535 f\r\n")?,
                place => write!(self.to, "{place:010} 00000 n\r\n")?,
            }
        }
        write!(
            self.to,
            "trailer\n<< /Size {size} /Root {} 0 R >>\nstartxref\n{}\n%%EOF\n",
            catalog.get(),
            self.written
        )?;
        self.to.flush()?;
        Ok(self.to)
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
