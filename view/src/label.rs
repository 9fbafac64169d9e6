use serde::{Deserialize, Serialize};

use crate::Command;

/// Labels for subjects whose codes this device knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Labels {
    /// Subject ids.
    pub subjects: Vec<String>,
}

/// Saves the sheets of [`Labels`] in the system's folder for downloads: for windows whose
/// web view saves nothing by a link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SaveLabels {
    /// Subject ids.
    pub subjects: Vec<String>,
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
