//! Why a label cannot be printed.

use std::io;

use thiserror::Error;

use crate::{LayoutError, NoLetter};

/// Why printing stops.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PrintError {
    /// The label does not fit on its stock.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The text has a letter that cannot be drawn.
    #[error(transparent)]
    Letter(#[from] NoLetter),
    /// The font cannot be cut down to the letters that were used.
    #[error("this font cannot be put into a PDF; name another one with --font")]
    Font,
    /// What is printed cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}
