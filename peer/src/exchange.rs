//! EPCIS events in and out: `chopmark epcis import` and `export`, as the running peer carries
//! them out.

mod earlier;
mod export;
mod import;
mod recorded;
mod undrawn;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use chopmark_epcis::Form;
use serde::{Deserialize, Serialize};

pub(crate) use export::Exported;
pub(crate) use import::Imported;

/// More than a document may hold is not even read.
const MAX_BYTES: u64 = 100 * 1024 * 1024;

/// What to import, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Import {
    /// The document or table.
    pub(crate) file: PathBuf,
    /// Which column of a table is which field.
    pub(crate) mapping: Option<PathBuf>,
    /// Names or ids of the members that can open what the events say, beside this one.
    #[serde(default)]
    pub(crate) parties: Vec<String>,
    /// Import the good ones although others are bad.
    pub(crate) skip_bad: bool,
    /// Sign nothing.
    pub(crate) dry_run: bool,
}

/// What to export, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Export {
    /// The codes whose events are wanted; all events without any.
    pub(crate) codes: Vec<String>,
    /// Where the document goes.
    pub(crate) out: PathBuf,
    /// In which form identifiers are written.
    pub(crate) form: FormName,
    /// Whether it is written as the answer to a query.
    #[serde(default)]
    pub(crate) answer: bool,
}

/// The forms of identifiers by the names that people type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FormName {
    Link,
    Urn,
}

impl From<FormName> for Form {
    fn from(name: FormName) -> Self {
        match name {
            FormName::Link => Self::Link,
            FormName::Urn => Self::Urn,
        }
    }
}

/// How far long work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// What is being done.
    pub(crate) step: ProgressStep,
    /// How many of the events are done.
    pub(crate) done: usize,
    /// How many there are; 0 while that is not known.
    pub(crate) total: usize,
}

/// The steps of long work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProgressStep {
    Reading,
    Looking,
    Asking,
    Checking,
    Signing,
    Writing,
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let step = match self.step {
            ProgressStep::Reading => "reading",
            ProgressStep::Looking => "looking for what is recorded already",
            ProgressStep::Asking => "asking makers for things of their runs",
            ProgressStep::Checking => "checking against the rules",
            ProgressStep::Signing => "signing",
            ProgressStep::Writing => "writing",
        };
        match self.total {
            0 => f.write_str(step),
            total => {
                let what = match self.step {
                    ProgressStep::Asking => "things",
                    _ => "events",
                };
                write!(f, "{step}: {} of {total} {what}", self.done)
            }
        }
    }
}

/// Who is told how far it is. Nobody needs to listen.
pub(crate) type Told = tokio::sync::watch::Sender<Option<Progress>>;

/// Says how far it is.
fn tell(told: &Told, step: ProgressStep, done: usize, total: usize) {
    told.send_replace(Some(Progress { step, done, total }));
}

/// Reads a file that must not be larger than what is read of it.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(path)
        .with_context(|| format!("{} cannot be read", path.display()))?
        .len();
    ensure!(
        size <= MAX_BYTES,
        "{} has {size} bytes, at most {MAX_BYTES} are read: split it",
        path.display()
    );
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}
