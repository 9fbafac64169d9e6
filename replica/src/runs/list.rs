//! The list of a run as its maker keeps it: evidence, of which look-up files are made.

use std::io::{self, Read};

use chopmark_core::{Code, Digest32};

/// One item a line: its code, and after a comma, if there is one, the public key under its seal.
pub const RUN_LIST_MEDIA_TYPE: &str = "text/vnd.chopmark.run-list";

/// A list as it is sealed, line by line: its text is never in memory as a whole.
pub struct RunListText<I> {
    items: I,
    line: io::Cursor<Vec<u8>>,
}

impl<'a, I: Iterator<Item = (&'a Code, Option<Digest32>)>> RunListText<I> {
    /// The text of these items.
    pub fn new(items: I) -> Self {
        Self {
            items,
            line: io::Cursor::default(),
        }
    }
}

impl<'a, I: Iterator<Item = (&'a Code, Option<Digest32>)>> Read for RunListText<I> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.line.read(to)?;
            if read > 0 || to.is_empty() {
                return Ok(read);
            }
            let Some((code, key)) = self.items.next() else {
                return Ok(0);
            };
            let mut line = code.element_string().to_owned();
            if let Some(key) = key {
                line.push(',');
                line.push_str(&key.to_string());
            }
            line.push('\n');
            self.line = io::Cursor::new(line.into_bytes());
        }
    }
}
