//! Where codes come from: the command line, or a list.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::Context as _;
use chopmark_core::Code;
use chopmark_labels::{ListReader, ListRow};

/// Rows one after the other.
pub(super) enum Source {
    Codes(std::iter::Enumerate<std::vec::IntoIter<String>>),
    List(Box<ListReader<BufReader<File>>>),
}

/// A row with its number, good or bad.
type Numbered = (u64, anyhow::Result<ListRow>);

impl Source {
    pub(super) fn codes(codes: Vec<String>) -> Self {
        Self::Codes(codes.into_iter().enumerate())
    }

    pub(super) fn list(path: &Path) -> anyhow::Result<Self> {
        let context = || path.display().to_string();
        let file = File::open(path).with_context(context)?;
        let list = ListReader::new(BufReader::new(file)).with_context(context)?;
        Ok(Self::List(Box::new(list)))
    }

    pub(super) fn next_row(&mut self) -> anyhow::Result<Option<Numbered>> {
        Ok(match self {
            Self::Codes(codes) => codes.next().map(|(place, text)| {
                let row = Code::parse(&text).map(|code| ListRow {
                    code,
                    name: None,
                    activation: None,
                });
                let number = u64::try_from(place).unwrap_or(u64::MAX).saturating_add(1);
                (number, row.map_err(Into::into))
            }),
            Self::List(list) => list
                .next_row()?
                .map(|(number, row)| (number, row.map_err(Into::into))),
        })
    }
}
