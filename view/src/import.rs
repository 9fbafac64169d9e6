use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::{Command, Done, Failure};

/// Begins to bring a file with events in. An import that was begun before is given up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportBegin {
    /// What the file is.
    pub kind: ImportKind,
    /// Its length in bytes.
    pub length: u64,
}

/// What a file with events is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportKind {
    /// EPCIS 2.0 as JSON.
    Epcis,
    /// A table of a factory (CSV).
    Table,
}

/// The answer to [`ImportBegin`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportBegun {
    /// The import, for the commands after this one.
    pub import: String,
    /// How many bytes a chunk has at most.
    pub chunk: u32,
}

/// The next bytes of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportChunk {
    /// The import.
    pub import: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Asks for the columns of a table, once all of it is here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportColumns {
    /// The import.
    pub import: String,
}

/// The answer to [`ImportColumns`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnsView {
    /// The headings of its columns.
    pub headings: Vec<String>,
    /// How tables with these headings were read before, or a first guess.
    pub mapping: TableMapping,
    /// Whether that is how they were read before.
    pub is_known: bool,
}

/// Which column of a table is which field of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableMapping {
    /// What stands between cells.
    pub delimiter: String,
    /// How times are written; none: as EPCIS writes them.
    pub time: Option<String>,
    /// Fields that are the same in every row.
    pub fixed: BTreeMap<String, String>,
    /// Field → heading.
    pub columns: BTreeMap<String, String>,
}

/// Reads the file as a whole; what the rules say follows by [`ImportStep`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportRead {
    /// The import.
    pub import: String,
    /// How to read a table. It is kept for the next one with the same headings.
    pub mapping: Option<TableMapping>,
}

/// Does the next piece of work: asks for some things, tries some events, or signs a block. Whoever stops to ask stops
/// the import there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportStep {
    /// The import.
    pub import: String,
}

/// Begins to sign what was tried.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportSign {
    /// The import.
    pub import: String,
    /// Whether bad rows are left out. Without that nothing is signed while there is one.
    pub skip_bad: bool,
}

/// Ends an import between two blocks: what was signed stays, the rest is forgotten.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportStop {
    /// The import.
    pub import: String,
}

/// Asks for more of the bad rows than an [`ImportView`] has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportBad {
    /// The import.
    pub import: String,
    /// The number of the last row that is known.
    pub after: u64,
}

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportView {
    /// What is done now.
    pub stage: ImportStage,
    /// Rows or events in the file.
    pub total: u64,
    /// Bad ones.
    pub bad_count: u64,
    /// The first of the bad ones; [`ImportBad`] asks for those after them.
    pub bad: Vec<BadRow>,
    /// Those that this company recorded before: they are not signed again.
    pub there: u64,
    /// How many things that nobody wrote about were asked for at their makers.
    pub asked: u64,
    /// How many are to be.
    pub to_ask: u64,
    /// How many are tried before anything is signed, also those that turn out bad.
    pub to_try: u64,
    /// How many of them were.
    pub tried: u64,
    /// How many things were drawn from their runs.
    pub drawn: u64,
    /// How many are to be, before anything is said of them.
    pub to_draw: u64,
    /// How many were signed.
    pub signed: u64,
    /// How many are to be signed, or would be.
    pub good: u64,
    /// In how many blocks those that were signed are.
    pub blocks: u64,
}

/// What an import does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportStage {
    /// Asks makers of which of their runs things are.
    Asking,
    /// Tries what the rules say.
    Trying,
    /// All is tried; the person decides.
    Tried,
    /// Draws things from their runs.
    Drawing,
    /// Signs.
    Signing,
    /// Everything is signed.
    Signed,
    /// It was stopped.
    Stopped,
}

impl ImportStage {
    /// Whether there is a next piece of work.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(
            self,
            Self::Asking | Self::Trying | Self::Drawing | Self::Signing
        )
    }
}

/// A row or event that cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// Of a table the line on which it begins, the heading being line 1; else the event's place in
    /// the file, from 1.
    pub number: u64,
    /// Why.
    pub why: Failure,
}

impl Command for ImportBegin {
    const NAME: &'static str = "import-begin";
    type Reply = ImportBegun;
}

impl Command for ImportChunk {
    const NAME: &'static str = "import-chunk";
    type Reply = Done;
}

impl Command for ImportColumns {
    const NAME: &'static str = "import-columns";
    type Reply = ColumnsView;
}

impl Command for ImportRead {
    const NAME: &'static str = "import-read";
    type Reply = ImportView;
}

impl Command for ImportStep {
    const NAME: &'static str = "import-step";
    type Reply = ImportView;
}

impl Command for ImportSign {
    const NAME: &'static str = "import-sign";
    type Reply = ImportView;
}

impl Command for ImportBad {
    const NAME: &'static str = "import-bad";
    type Reply = Vec<BadRow>;
}

impl Command for ImportStop {
    const NAME: &'static str = "import-stop";
    type Reply = ImportView;
}
