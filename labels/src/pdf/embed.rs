//! A font inside the document, cut down to the letters that were used (ISO 32000-1, 9.7).

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{
    Filter, Name, Rect, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use subsetter::GlyphRemapper;

use super::file::PdfFile;
use crate::{Font, NoLetter, PrintError, font::cff_table};

/// Six letters and a plus mark a subset; they need not differ between documents.
const NAME: Name<'static> = Name(b"CHPMRK+Letters");
const IDENTITY: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The font and which of its letters the document shows.
pub(super) struct Embedded {
    font: Font,
    id: Ref,
    numbers: GlyphRemapper,
    /// What was shown: the letter and how far the next one is, by its number in the subset.
    shown: BTreeMap<u16, (char, f32)>,
}

impl Embedded {
    pub(super) fn new(font: Font, id: Ref) -> Self {
        Self {
            font,
            id,
            numbers: GlyphRemapper::new(),
            shown: BTreeMap::new(),
        }
    }

    pub(super) const fn id(&self) -> Ref {
        self.id
    }

    pub(super) fn check(&self, line: &str) -> Result<(), NoLetter> {
        line.chars()
            .try_for_each(|letter| self.font.glyph(letter).map(|_| ()))
    }

    /// A line as numbers of glyphs. A letter that the font lacks is left out: lines are checked
    /// before they are drawn.
    pub(super) fn encoded(&mut self, line: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for letter in line.chars() {
            let Ok(glyph) = self.font.glyph(letter) else {
                continue;
            };
            let number = self.numbers.remap(glyph);
            let advance = self.font.advance(glyph);
            self.shown.entry(number).or_insert((letter, advance));
            bytes.extend(number.to_be_bytes());
        }
        bytes
    }

    /// Writes the font and everything that belongs to it.
    pub(super) fn write<W: Write>(self, file: &mut PdfFile<W>) -> Result<(), PrintError> {
        let subset = subsetter::subset(self.font.bytes(), self.font.face(), &self.numbers)
            .map_err(|_| PrintError::Font)?;
        let (kind, program) = match cff_table(&subset) {
            Some(cff) => (CidFontType::Type0, cff),
            None => (CidFontType::Type2, subset),
        };
        let [descendant, descriptor, program_id, letters] = [(); 4].map(|()| file.next_ref());
        file.object(self.id, |chunk, id| {
            chunk
                .type0_font(id)
                .base_font(NAME)
                .encoding_predefined(Name(b"Identity-H"))
                .descendant_font(descendant)
                .to_unicode(letters);
        })?;
        file.object(descendant, |chunk, id| {
            let mut font = chunk.cid_font(id);
            font.subtype(kind)
                .base_font(NAME)
                .system_info(IDENTITY)
                .font_descriptor(descriptor)
                .default_width(1000.0);
            if matches!(kind, CidFontType::Type2) {
                font.cid_to_gid_map_predefined(Name(b"Identity"));
            }
            let mut widths = font.widths();
            for (number, (_, advance)) in &self.shown {
                widths.consecutive(*number, [advance * 1000.0]);
            }
        })?;
        let metrics = self.font.metrics();
        file.object(descriptor, |chunk, id| {
            let [left, bottom, right, top] = metrics.bounds;
            let mut descriptor = chunk.font_descriptor(id);
            descriptor
                .name(NAME)
                .flags(FontFlags::SYMBOLIC)
                .bbox(Rect::new(left, bottom, right, top))
                .italic_angle(0.0)
                .ascent(metrics.ascent)
                .descent(metrics.descent)
                .cap_height(metrics.ascent)
                // Of use to readers that have to replace the font, which is in the file.
                .stem_v(80.0);
            match kind {
                CidFontType::Type0 => descriptor.font_file3(program_id),
                CidFontType::Type2 => descriptor.font_file2(program_id),
            };
        })?;
        let packed = packed(&program)?;
        file.object(program_id, |chunk, id| {
            let mut stream = chunk.stream(id, &packed);
            stream.filter(Filter::FlateDecode);
            if matches!(kind, CidFontType::Type0) {
                stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
            }
        })?;
        let mut map = UnicodeCmap::new(Name(b"Letters"), IDENTITY);
        for (number, (letter, _)) in &self.shown {
            map.pair(*number, *letter);
        }
        let map = map.finish();
        file.object(letters, |chunk, id| {
            chunk.cmap(id, map.as_slice());
        })?;
        Ok(())
    }
}

fn packed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes)?;
    packed.finish()
}
