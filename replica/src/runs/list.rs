//! The list of a run as its maker keeps it: evidence, of which look-up files are made.

use std::io::{self, BufRead, BufReader, Read};

use chopmark_core::{Code, CodeError, Digest32, IdError};
use thiserror::Error;

/// Bytes of a line: the longest code, a comma, a key and the line's end fit many times over.
const LINE_BYTES: u64 = 512;
/// Characters of a key.
const KEY_CHARACTERS: usize = 64;

/// Why a list is not one that was made by [`RunListText`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunListTextError {
    /// It cannot be read, or is no text.
    #[error("the list of the run cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A line longer than any item's.
    #[error("line {0} of the run's list is too long for an item")]
    TooLong(u64),
    /// What should be a code is none.
    #[error("line {0} of the run's list: {1}")]
    Code(u64, #[source] CodeError),
    /// What should be a public key is none.
    #[error("line {0} of the run's list: the key under the seal: {1}")]
    Key(u64, #[source] IdError),
}

/// Reads the text of a list, item by item, each with the public key under its seal.
pub fn run_list_items(
    text: impl Read,
) -> impl Iterator<Item = Result<(Code, Option<Digest32>), RunListTextError>> {
    let mut text = BufReader::new(text);
    let mut numbers = 1_u64..;
    std::iter::from_fn(move || {
        let number = numbers.next()?;
        let mut line = String::new();
        match text.by_ref().take(LINE_BYTES).read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(item(number, &line)),
            Err(error) => Some(Err(error.into())),
        }
    })
}

fn item(number: u64, line: &str) -> Result<(Code, Option<Digest32>), RunListTextError> {
    if line.len() as u64 >= LINE_BYTES {
        return Err(RunListTextError::TooLong(number));
    }
    let line = line.strip_suffix('\n').unwrap_or(line);
    // No key holds a comma, and a code may.
    let (code, key) = match line.rsplit_once(',') {
        Some((code, key)) if key.len() == KEY_CHARACTERS => (code, Some(key)),
        _ => (line, None),
    };
    let key = key.map(str::parse).transpose();
    Ok((
        Code::parse(code).map_err(|error| RunListTextError::Code(number, error))?,
        key.map_err(|error| RunListTextError::Key(number, error))?,
    ))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<(Code, Option<Digest32>)>, RunListTextError> {
        run_list_items(text).collect()
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let code = |text| Code::parse(text).unwrap();
        let key = Digest32::from_bytes([7; 32]);
        let items = vec![
            (code("(01)09506000134352(21)A1"), Some(key)),
            (code("(01)09506000134352(21)A,2"), None),
            (code("(01)09506000134352(21)A,3"), Some(key)),
        ];
        let mut text = Vec::new();
        RunListText::new(items.iter().map(|(code, key)| (code, *key)))
            .read_to_end(&mut text)
            .unwrap();
        assert_eq!(read(&text).unwrap(), items);
    }

    #[test]
    fn what_is_no_list_is_named_with_its_line() {
        let code = "(01)09506000134352(21)A1";
        let says = |text: &[u8]| read(text).unwrap_err().to_string();
        assert!(says(b"nothing\n").starts_with("line 1 of the run's list: "));
        let no_key = format!("{code}\n{code},{}\n", "g".repeat(64));
        assert!(says(no_key.as_bytes()).starts_with("line 2 of the run's list: the key"));
        let long = format!("{code}{}\n{code}\n", ",".repeat(512));
        assert!(says(long.as_bytes()).contains("line 1 of the run's list is too long"));
        assert!(says(b"\xff\n").contains("cannot be read"));
    }
}
