use serde::{Deserialize, Serialize};

use crate::Command;

/// Labels for subjects whose codes this device knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Labels {
    /// Subject ids.
    pub subjects: Vec<String>,
    /// Whether, after each, the label comes that goes under its seal. Whoever sees that one can
    /// activate the thing.
    pub under_seals: bool,
}

/// Saves the sheets of [`Labels`] in the system's folder for downloads: for windows whose
/// web view saves nothing by a link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SaveLabels {
    /// Subject ids.
    pub subjects: Vec<String>,
    /// As in [`Labels`].
    pub under_seals: bool,
}

/// Has this device forget what goes under the seals of these things: it cannot be printed again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetSecrets {
    /// Subject ids.
    pub subjects: Vec<String>,
}

/// The answer to [`ForgetSecrets`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Of how many things.
    pub count: u32,
}

/// The answer to [`SaveLabels`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedLabels {
    /// Where the files are.
    pub folder: String,
    /// Their names, one for each sheet.
    pub files: Vec<String>,
}

/// The answer to [`Labels`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelSheet {
    /// The labels in order.
    pub labels: Vec<LabelView>,
    /// A4 sheets as SVG documents, to save or print.
    pub sheets: Vec<String>,
}

/// One label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelView {
    /// The QR code of the label's link.
    pub qr: QrView,
    /// The link.
    pub link: String,
    /// Readable text under the code.
    pub text: Vec<String>,
    /// Whether the thing has something under its seal, and this device that.
    pub seal: SealState,
    /// The label that goes under its seal, if it was asked for and is here.
    pub under_seal: Option<UnderSealView>,
}

/// What goes under the seal of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealState {
    /// Nothing: it began without a seal.
    None,
    /// A secret that this device keeps.
    Here,
    /// A secret that this device does not have, or no longer.
    Elsewhere,
}

/// The label under a seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderSealView {
    /// The QR code of the secret.
    pub qr: QrView,
    /// The secret in three groups, and which thing it belongs to.
    pub text: Vec<String>,
}

/// A QR code as one SVG path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrView {
    /// Side in modules, quiet zone included: the `viewBox` is `0 0 size size`.
    pub size: u32,
    /// The dark modules as an SVG path.
    pub path: String,
}

impl Command for Labels {
    const NAME: &'static str = "labels";
    type Reply = LabelSheet;
}

impl Command for SaveLabels {
    const NAME: &'static str = "save-labels";
    type Reply = SavedLabels;
}

impl Command for ForgetSecrets {
    const NAME: &'static str = "forget-secrets";
    type Reply = Forgotten;
}
