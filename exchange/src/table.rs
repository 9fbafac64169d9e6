//! Tables of factories (CSV) as events: columns are mapped once, in a small file that is kept.

mod mapping;
mod row;
mod time;

use chopmark_epcis::{BadList, Event, Fault};
use row::Columns;
use thiserror::Error;

pub use mapping::{Mapping, MappingError};

/// More comes in several files, as with documents.
const MAX_BYTES: usize = 100 * 1024 * 1024;
/// Rows of a table. An event takes some 3 KB in memory, so these take about as much as the largest
/// document; without this limit a table of two letters a row had fifty million.
const MAX_ROWS: usize = 400_000;

/// What a table holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The events of the good rows, each with the number of the line on which its row begins.
    pub events: Vec<(u64, Event)>,
    /// The bad rows.
    pub bad: BadList<BadRow>,
}

/// A row that is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}: {why}")]
pub struct BadRow {
    /// The line on which it begins; the heading is line 1.
    pub line: u64,
    /// Why.
    pub why: BadCells,
}

/// Why a row is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadCells {
    /// Not UTF-8.
    #[error("the row is not UTF-8: save the table as \"CSV UTF-8\"")]
    NotUtf8,
    /// More or fewer cells than the heading.
    #[error("the row has {found} cells, the heading has {expected}")]
    Length {
        /// In the heading.
        expected: u64,
        /// In the row.
        found: u64,
    },
    /// A cell that is not what its column is mapped to.
    #[error("column {column:?}: {why}")]
    Cell {
        /// The column's heading.
        column: String,
        /// What is wrong.
        why: String,
    },
    /// Its cells make no event.
    #[error(transparent)]
    Event(Fault),
}

/// Why a table is not read at all.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableError {
    /// More than one table may hold.
    #[error("the table has {bytes} bytes, at most {MAX_BYTES} are read: split it")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// More than are held in memory at ease.
    #[error("the table has more than {MAX_ROWS} rows: split it")]
    TooManyRows,
    /// The heading is not readable.
    #[error("the heading is not readable: {0}")]
    Heading(String),
    /// Two columns are called alike, so it is unclear which is meant.
    #[error("two columns are called {0:?}")]
    ColumnTwice(String),
    /// The mapping names a column that is not there.
    #[error("the mapping names column {0:?}, which the table does not have")]
    ColumnMissing(String),
}

impl Table {
    /// The headings of a table, for mapping its columns.
    pub fn headings(bytes: &[u8], delimiter: char) -> Result<Vec<String>, TableError> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let delimiter = u8::try_from(delimiter)
            .map_err(|_| TableError::Heading(MappingError::Delimiter(delimiter).to_string()))?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(bytes);
        let heading = reader
            .headers()
            .map_err(|error| TableError::Heading(error.to_string()))?;
        Ok(heading.iter().map(str::to_owned).collect())
    }

    /// Reads a table. Empty lines are read over; a row is either an event or bad.
    pub fn read(bytes: &[u8], mapping: &Mapping) -> Result<Self, TableError> {
        if bytes.len() > MAX_BYTES {
            return Err(TableError::TooLarge { bytes: bytes.len() });
        }
        // Spreadsheet programs put a byte order mark first.
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(mapping.delimiter())
            .from_reader(bytes);
        let heading = reader
            .headers()
            .map_err(|error| TableError::Heading(error.to_string()))?;
        let columns = Columns::find(heading, mapping)?;
        let mut table = Self::default();
        let mut record = csv::StringRecord::new();
        let mut lines = Lines { at: 0, line: 1 };
        loop {
            let start = reader.position().clone();
            let read = match reader.read_record(&mut record) {
                Ok(false) => return Ok(table),
                Ok(true) => columns.event(&record).map_err(Some),
                Err(error) => Err(bad_row(&error)),
            };
            let line = lines.of_row(bytes, &start);
            match read {
                Ok(event) => table.events.push((line, event)),
                Err(Some(why)) => table.bad.add(BadRow { line, why }),
                // Reading bytes that are all here has no other failures.
                Err(None) => return Ok(table),
            }
            if table.rows() > MAX_ROWS {
                return Err(TableError::TooManyRows);
            }
        }
    }

    /// How many rows there are, good and bad.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.events.len().saturating_add(self.bad.count())
    }
}

/// Lines, counted up to where a row begins. Not as the reader counts them: it ends a row at a lone
/// carriage return too, and counts no line for that.
struct Lines {
    at: usize,
    line: u64,
}

impl Lines {
    /// The line of the row that is read from here on: empty lines before it are read over, and of a
    /// row that is no text the reader does not say where it was.
    fn of_row(&mut self, bytes: &[u8], start: &csv::Position) -> u64 {
        let from = usize::try_from(start.byte()).unwrap_or(usize::MAX);
        let rest = bytes.get(from..).unwrap_or_default().iter();
        let empty = rest.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let begins = from.saturating_add(empty.count());
        let passed = bytes.get(self.at..begins).unwrap_or_default();
        let next = passed.iter().skip(1).copied().map(Some).chain([None]);
        let ends = passed.iter().zip(next);
        let ends = ends.filter(|(byte, next)| match byte {
            b'\n' => true,
            b'\r' => *next != Some(b'\n'),
            _ => false,
        });
        let ends = u64::try_from(ends.count()).unwrap_or(u64::MAX);
        self.line = self.line.saturating_add(ends);
        self.at = begins;
        self.line
    }
}

fn bad_row(error: &csv::Error) -> Option<BadCells> {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => Some(BadCells::NotUtf8),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => Some(BadCells::Length {
            expected: *expected_len,
            found: *len,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
