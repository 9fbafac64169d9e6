use serde::{Deserialize, Serialize};

use crate::NewBatch;

/// Units of measure that have a name in the message files: codes of UN/ECE Recommendation 20
/// (and, after an X, of Recommendation 21) with their keys, the most used first.
pub const UNITS: &[(&str, &str)] = &[
    ("KGM", "unit-kgm"),
    ("GRM", "unit-grm"),
    ("TNE", "unit-tne"),
    ("LTR", "unit-ltr"),
    ("MLT", "unit-mlt"),
    ("MTR", "unit-mtr"),
    ("MTK", "unit-mtk"),
    ("MTQ", "unit-mtq"),
    ("H87", "unit-h87"),
    ("XBX", "unit-xbx"),
    ("XBG", "unit-xbg"),
    ("XPX", "unit-xpx"),
];

/// Things become other things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Making {
    /// In which way.
    pub way: Way,
    /// What goes in.
    pub inputs: Vec<Input>,
    /// What comes out; nothing if all of it is lost.
    pub outputs: Vec<NewGoods>,
    /// What is lost.
    pub losses: Vec<Loss>,
    /// Where, as a GLN or free text.
    pub place: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// In which way things become other things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// One batch becomes several of the same product.
    Split,
    /// Several batches of a product become one.
    Merge,
    /// Goods become other goods.
    Process,
    /// The same goods get another packaging and so another code.
    Repack,
}

/// Something that goes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Subject id.
    pub subject: String,
    /// How much of a batch; none: all that is left of it.
    pub amount: Option<String>,
}

/// Something that comes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "goods", rename_all = "kebab-case")]
pub enum NewGoods {
    /// So much of a batch: a new one, or one of this member that grows. Its place is not read.
    Batch(NewBatch),
    /// New items.
    Items {
        /// GTIN, 8 to 14 digits.
        gtin: String,
        /// Product name.
        product: String,
        /// How many.
        count: u32,
        /// Whether each gets a code under its seal.
        #[serde(default)]
        sealed: bool,
    },
}

/// What is lost of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// How much, in digits with a decimal point.
    pub amount: String,
    /// The unit's code.
    pub unit: String,
}

/// How much there is of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// What is left; none where the network keeps amounts in sections that this device does not
    /// open, and of what is overdrawn.
    pub amount: Option<String>,
    /// Its records take more out of it than went in. Where amounts stand in sections the ledger
    /// cannot see that.
    pub overdrawn: bool,
    /// The unit's code.
    pub unit: String,
    /// The unit's message key.
    pub key: String,
}
