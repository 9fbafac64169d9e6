use serde::{Deserialize, Serialize};

use crate::{EventStatus, Line};

/// What is wrong with a record of this member: the two reasons of CBV 2.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Wrong {
    /// What it says did not happen.
    DidNotOccur,
    /// It happened, and not as the record says.
    IncorrectData {
        /// Records of this member that say it right, `BLOCK/INDEX`: at most [`MOST_CORRECTIVES`].
        right: Vec<String>,
    },
}

/// Records that one correction names as saying it right: a record has no room for more.
pub const MOST_CORRECTIVES: usize = 3;

/// That the member which wrote a record has corrected it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// The newest record that does: `BLOCK/INDEX`.
    pub by: String,
    /// Why, in words.
    pub line: Line,
    /// Where that record stands.
    pub status: EventStatus,
}
