//! Lists of codes as CSV: what a factory's own program wrote, or the list of a run.

mod run;

use std::io::{self, BufRead};

use chopmark_core::{ActivationError, ActivationSecret, Code, CodeError};
use csv_core::{ReadRecordResult, Reader};
use thiserror::Error;

pub use run::RunList;

/// Rows of a list: as many as a run has items.
pub const LIST_ROWS: u64 = 1_000_000;
/// Bytes of a row: a link, a name and a secret many times over. What is longer is no row of a
/// list, and is read over without being kept.
const ROW_BYTES: usize = 4096;
/// Columns that a factory's program may have beside ours.
const COLUMNS: usize = 64;

/// Why a list cannot be read at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ListError {
    /// The file cannot be read.
    #[error("the list cannot be read: {0}")]
    Read(#[from] io::Error),
    /// No first row, or one that is no row of names.
    #[error("the list has no row of column names")]
    NoHeader,
    /// None of the ways to name a code.
    #[error("the list needs a column `code`, or `gtin` and one of `serial` and `batch`")]
    NoCode,
    /// One name stands over two columns.
    #[error("the column `{0}` is there twice")]
    ColumnTwice(&'static str),
    /// More rows than a run has items.
    #[error("a list has {LIST_ROWS} rows at most")]
    TooManyRows,
}

/// Why one row is left out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RowError {
    /// What should be a code is none.
    #[error("{0}")]
    Code(#[from] CodeError),
    /// What should be an activation secret is none.
    #[error("{0}")]
    Activation(#[from] ActivationError),
    /// Longer than a row can be; perhaps a quotation mark is missing.
    #[error("the row is too long; perhaps a quotation mark is missing")]
    TooLong,
    /// More columns than the list has names for.
    #[error("the row has {found} columns, the first row names {named}")]
    Columns {
        /// How many the row has.
        found: usize,
        /// How many have names.
        named: usize,
    },
    /// Bytes that are no UTF-8.
    #[error("the row is not UTF-8")]
    NotText,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// The code.
    pub code: Code,
    /// The product's name, if the list has one.
    pub name: Option<String>,
    /// What goes under the seal, if the list has it.
    pub activation: Option<ActivationSecret>,
}

/// Where the columns that we know are.
#[derive(Debug, Default, Clone, Copy)]
struct Columns {
    code: Option<usize>,
    gtin: Option<usize>,
    serial: Option<usize>,
    batch: Option<usize>,
    name: Option<usize>,
    activation: Option<usize>,
    named: usize,
}

/// Reads a list row by row. Columns are known by the names in the first row, in any order and
/// case: `code`, or `gtin` with `serial` or `batch`; `name`; `activation`. Others are read over.
pub struct ListReader<R> {
    from: R,
    reader: Reader,
    columns: Columns,
    rows: u64,
    output: Vec<u8>,
    ends: Vec<usize>,
}

/// What a turn of the parser gave: how many columns, or why there are none.
enum Turn {
    Row(usize),
    TooLong,
    End,
}

impl<R: BufRead> ListReader<R> {
    /// Reads the row of names.
    ///
    /// # Errors
    /// [`ListError`] if there is none, or it names no code.
    pub fn new(from: R) -> Result<Self, ListError> {
        let mut list = Self {
            from,
            reader: Reader::new(),
            columns: Columns::default(),
            rows: 0,
            output: vec![0; ROW_BYTES],
            ends: vec![0; COLUMNS],
        };
        let Turn::Row(named) = list.turn()? else {
            return Err(ListError::NoHeader);
        };
        let names = list.fields(named).ok_or(ListError::NoHeader)?;
        list.columns = Columns::of(&names)?;
        Ok(list)
    }

    /// The next row with its number, from 1 and without the row of names; `None` after the last.
    ///
    /// # Errors
    /// [`ListError`] if the list cannot be read on. A bad row is no such error: the next call
    /// gives the row after it.
    #[expect(
        clippy::type_complexity,
        reason = "a row that may be bad, of a list that may end"
    )]
    pub fn next_row(&mut self) -> Result<Option<(u64, Result<ListRow, RowError>)>, ListError> {
        let turn = self.turn()?;
        if matches!(turn, Turn::End) {
            return Ok(None);
        }
        self.rows = self.rows.saturating_add(1);
        if self.rows > LIST_ROWS {
            return Err(ListError::TooManyRows);
        }
        let row = match turn {
            Turn::Row(found) if found > self.columns.named => Err(RowError::Columns {
                found,
                named: self.columns.named,
            }),
            Turn::Row(found) => self
                .fields(found)
                .ok_or(RowError::NotText)
                .and_then(|fields| self.columns.read(&fields)),
            Turn::TooLong | Turn::End => Err(RowError::TooLong),
        };
        Ok(Some((self.rows, row)))
    }

    /// Lets the parser go on until it has a row.
    fn turn(&mut self) -> io::Result<Turn> {
        let (mut written, mut columns, mut too_long) = (0, 0, false);
        loop {
            let input = self.from.fill_buf()?;
            // What does not fit is written over: the row is refused, and its end still found.
            if written >= self.output.len() || columns >= self.ends.len() {
                (written, columns, too_long) = (0, 0, true);
            }
            let (result, read, wrote, ended) = self.reader.read_record(
                input,
                self.output.get_mut(written..).unwrap_or_default(),
                self.ends.get_mut(columns..).unwrap_or_default(),
            );
            self.from.consume(read);
            written = written.saturating_add(wrote);
            columns = columns.saturating_add(ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (written, columns, too_long) = (0, 0, true);
                }
                ReadRecordResult::Record if too_long => return Ok(Turn::TooLong),
                ReadRecordResult::Record => return Ok(Turn::Row(columns)),
                ReadRecordResult::End => return Ok(Turn::End),
            }
        }
    }

    /// The columns of the row that was read last, if they are text.
    fn fields(&self, columns: usize) -> Option<Vec<&str>> {
        let mut start = 0;
        let mut fields = Vec::with_capacity(columns);
        for end in self.ends.iter().take(columns) {
            let field = self.output.get(start..*end)?;
            fields.push(std::str::from_utf8(field).ok()?.trim());
            start = *end;
        }
        Some(fields)
    }
}

impl Columns {
    fn of(names: &[&str]) -> Result<Self, ListError> {
        let find = |name: &'static str| {
            let mut places = names
                .iter()
                .enumerate()
                .filter(|(_, found)| found.eq_ignore_ascii_case(name))
                .map(|(place, _)| place);
            match (places.next(), places.next()) {
                (_, Some(_)) => Err(ListError::ColumnTwice(name)),
                (place, None) => Ok(place),
            }
        };
        let columns = Self {
            code: find("code")?,
            gtin: find("gtin")?,
            serial: find("serial")?,
            batch: find("batch")?,
            name: find("name")?,
            activation: find("activation")?,
            named: names.len(),
        };
        let in_parts =
            columns.gtin.is_some() && (columns.serial.is_some() || columns.batch.is_some());
        if columns.code.is_none() && !in_parts {
            return Err(ListError::NoCode);
        }
        Ok(columns)
    }

    fn read(self, fields: &[&str]) -> Result<ListRow, RowError> {
        let field = |place: Option<usize>| {
            let field = place.and_then(|place| fields.get(place)).copied();
            field.filter(|text| !text.is_empty())
        };
        let gtin = field(self.gtin);
        let code = match (
            field(self.code),
            gtin,
            field(self.serial),
            field(self.batch),
        ) {
            (Some(code), ..) => Code::parse(code)?,
            (None, Some(gtin), Some(serial), _) => Code::gtin_serial(gtin, serial)?,
            (None, Some(gtin), None, Some(batch)) => Code::gtin_batch(gtin, batch)?,
            (None, Some(gtin), None, None) => {
                return Err(RowError::Code(CodeError::ProductOnly {
                    gtin: gtin.to_owned(),
                }));
            }
            (None, None, ..) => return Err(RowError::Code(CodeError::Empty)),
        };
        Ok(ListRow {
            code,
            name: field(self.name).map(str::to_owned),
            activation: field(self.activation).map(str::parse).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests;
