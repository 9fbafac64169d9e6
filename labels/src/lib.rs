//! What is printed on goods: codes that machines and people read, as SVG, PDF and ZPL II.
//!
//! A [`Label`] says what stands on it, a [`Stock`] on which paper. The writers take labels one by
//! one and keep no more than one sheet, so that a run of a million items prints from a phone's
//! memory.
//!
//! ```
//! use chopmark_core::Code;
//! use chopmark_labels::{Label, PdfSheets, Resolution, SvgSheets, ZplLabels};
//!
//! let code = Code::parse("(01)09506000134352(21)0123456789ABCDEF")?;
//! let label = Label::of_code(&code, "id.example.org").named("Tea");
//!
//! let mut sheets = SvgSheets::new();
//! assert_eq!(sheets.push(&label)?, None);
//! assert!(sheets.finish().is_some_and(|svg| svg.ends_with("</svg>")));
//!
//! let mut pdf = PdfSheets::new(Vec::new(), None)?;
//! pdf.push(&label)?;
//! assert!(pdf.finish()?.starts_with(b"%PDF"));
//!
//! let mut zpl = ZplLabels::new(Vec::new(), Resolution::Dpi203, None);
//! zpl.push(&label)?;
//! assert!(zpl.finish()?.starts_with(b"^XA"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bars;
mod error;
mod font;
mod label;
mod layout;
mod list;
mod pdf;
mod qr;
mod sheet;
mod stock;
mod svg;
mod zpl;

pub use error::PrintError;
pub use font::{FONT_BYTES, Font, FontError, NoLetter};
pub use label::Label;
pub use layout::LayoutError;
pub use list::{LIST_ROWS, ListError, ListReader, ListRow, RowError, RunList};
pub use pdf::PdfSheets;
pub use qr::{Level, QrCode, QrError};
pub use stock::Stock;
pub use svg::{SvgSheets, svg_sheets};
pub use zpl::{Resolution, ZplLabels};
