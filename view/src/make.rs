use serde::{Deserialize, Serialize};

/// Something new that is not a few items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "kebab-case")]
pub enum Make {
    /// So much of a product under one batch number.
    Batch(NewBatch),
    /// So many items under one record; their list is kept as evidence.
    Run(NewRun),
    /// One thing with a code of its own: a logistic unit, a tool, a container, a place.
    Thing(NewThing),
}

/// A new batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBatch {
    /// GTIN, 8 to 14 digits.
    pub gtin: String,
    /// Product name.
    pub product: String,
    /// The batch number.
    pub batch: String,
    /// How much, as typed: digits and perhaps a point.
    pub amount: String,
    /// Of what: a code of UN/ECE Recommendation 20.
    pub unit: String,
    /// Where, as a GLN or free text.
    pub place: Option<String>,
}

/// A new run of serials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRun {
    /// GTIN, 8 to 14 digits.
    pub gtin: String,
    /// Product name.
    pub product: String,
    /// How many items, 1 to 1,000,000.
    pub count: u32,
    /// Where, as a GLN or free text.
    pub place: Option<String>,
    /// Whether the product's name is for everyone. A run has no label whose holder alone could
    /// read it.
    pub public: bool,
}

/// A thing that gets its first record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewThing {
    /// Its code, as typed or scanned.
    pub code: String,
    /// What people call it.
    pub name: Option<String>,
    /// Where, as a GLN or free text.
    pub place: Option<String>,
}
