use serde::{Deserialize, Serialize};

use crate::{Command, SubjectCard};

/// This member's tools, vehicles, containers, crates and places.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Assets {}

/// The answer to [`Assets`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetsView {
    /// What this member owns or holds, by kind and code.
    pub assets: Vec<AssetView>,
    /// How many there are; more than are listed where there are very many.
    pub count: u64,
}

/// One asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetView {
    /// What it is, who has it, how much is in it.
    pub card: SubjectCard,
    /// What kind of asset it is.
    pub kind: AssetKind,
    /// Where it was last, where this device may read it.
    pub place: Option<String>,
    /// What belongs to it: seals, papers.
    pub bound: Vec<SubjectCard>,
    /// When it was last maintained, as the device that signed claims.
    pub maintained_ms: Option<u64>,
    /// When it was last calibrated.
    pub calibrated_ms: Option<u64>,
}

/// What kind of asset something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssetKind {
    /// A tool, a vehicle, a machine.
    Equipment,
    /// A freight container.
    Container,
    /// A crate, a keg, whatever comes back.
    Returnable,
    /// A warehouse, a gate, a shelf.
    Place,
}

impl Command for Assets {
    const NAME: &'static str = "assets";
    type Reply = AssetsView;
}
