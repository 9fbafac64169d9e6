use serde::{Deserialize, Serialize};

use crate::{Command, Party, SubjectCard};

/// Everything made of a subject, or everything it was made of, with who has it now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recall {
    /// Subject id: of a batch, an item or a run.
    pub subject: String,
    /// Which way.
    pub towards: Towards,
    /// How many of what is found to pass over.
    pub from: u64,
}

/// Which way a recall looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Towards {
    /// Everything made of it.
    Descendants,
    /// Everything it was made of.
    Origins,
}

/// The answer to [`Recall`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallView {
    /// What was asked about.
    pub of: AffectedView,
    /// How many subjects were found.
    pub total: u64,
    /// Who has them, those with most first. What was used up or destroyed is with nobody.
    pub holders: Vec<HolderCount>,
    /// What was found, nearest first; 500 of it, behind those that were passed over.
    pub found: Vec<AffectedView>,
    /// Whether there is more than a trace gives, so that `total` is too low.
    pub cut_off: bool,
}

/// How much of a recall somebody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderCount {
    /// Who.
    pub holder: Party,
    /// Whether it is this device's member.
    pub mine: bool,
    /// How many subjects.
    pub count: u64,
}

/// One subject of a recall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedView {
    /// The subject, with its holder and container.
    pub card: SubjectCard,
    /// How many records lie between it and what was asked about.
    pub level: u32,
    /// The record that connects them: `BLOCK/INDEX`.
    pub record: String,
    /// Subject id of what it was found through: that of `of`, or of another that was found.
    pub via: String,
    /// How much is left of it, with its unit; of batches whose amounts stand in fields.
    pub quantity: Option<String>,
    /// Whether it was used up or taken out of use.
    pub ended: bool,
}

impl Command for Recall {
    const NAME: &'static str = "recall";
    type Reply = RecallView;
}
