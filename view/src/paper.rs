use serde::{Deserialize, Serialize};

/// Why an authority opens a section: the words that the app offers, as the ledger writes them.
/// The sentence of each is `open-reason-WORD`.
pub const OPEN_REASONS: [&str; 6] = [
    "clearance",
    "inspection",
    "risk_analysis",
    "audit",
    "complaint",
    "court_order",
];

/// A part of a record that only some readers open, where there is something to say about it or to
/// do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperView {
    /// Which: `BLOCK/INDEX/SECTION`.
    pub section: String,
    /// Where it stands for this device.
    pub standing: PaperStanding,
    /// Whether this device's member may open it to another member.
    pub may_grant: bool,
}

/// Where a section stands for a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum PaperStanding {
    /// What it says is part of the step.
    Readable,
    /// For authorities: it opens once a record says why.
    ForAuthorities,
    /// For authorities, and this member's record says why it was opened.
    Opened,
    /// Another member opened it to this one.
    Granted {
        /// That member.
        by: String,
    },
    /// Its bytes were taken away; what was signed holds without them.
    Purged {
        /// Whether it is for authorities, who report what they cannot read.
        for_authorities: bool,
    },
    /// Its bytes have not come.
    Awaited {
        /// The same.
        for_authorities: bool,
    },
    /// It should open for this device, and does not.
    Damaged {
        /// The same.
        for_authorities: bool,
    },
}
