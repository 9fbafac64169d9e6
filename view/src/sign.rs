use serde::{Deserialize, Serialize};

use crate::{Command, Deed, Done, Line, Make, Making, Wrong};

/// Makes a draft of what is to be signed and says it in words. Nothing is signed yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Prepare {
    /// What the person wants to do.
    pub action: Action,
}

/// Something a person signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// New items, with a case around them if asked.
    Commission(NewItems),
    /// A batch, a run, or a thing with a code of its own.
    Make(Make),
    /// Things become other things.
    Transform(Making),
    /// Puts subjects into a container.
    Pack {
        /// The container's subject id.
        container: String,
        /// Subject ids.
        subjects: Vec<String>,
    },
    /// Takes subjects out of a container.
    Unpack {
        /// The container's subject id.
        container: String,
        /// Subject ids.
        subjects: Vec<String>,
    },
    /// Offers custody to another member.
    Offer {
        /// Subject id.
        subject: String,
        /// Member id of the addressee.
        to: String,
        /// Where, as a GLN or free text.
        place: Option<String>,
    },
    /// Accepts custody.
    Accept {
        /// The offer: `BLOCK/INDEX`.
        offer: String,
        /// The goods' condition.
        condition: Condition,
        /// What is not taken and stays with the giver: subject ids.
        left: Vec<String>,
        /// The number of a seal that is broken, as typed.
        seal: Option<String>,
        /// A remark.
        note: Option<String>,
        /// Photos of what it is like, from `evidence-finish`.
        evidence: Vec<String>,
    },
    /// Attests an inspection.
    Attest {
        /// Subject id.
        subject: String,
        /// The verdict.
        verdict: Verdict,
        /// A remark.
        note: Option<String>,
        /// Measured values.
        measured: Vec<Measured>,
        /// Evidence ids, from `evidence-finish`.
        evidence: Vec<String>,
        /// Whether whoever holds the label may see note and photos.
        public: bool,
    },
    /// Declines custody.
    Decline {
        /// The offer: `BLOCK/INDEX`.
        offer: String,
        /// Why, in words.
        note: Option<String>,
    },
    /// Records a named activity.
    Deed(Deed),
    /// Opens a section that is for authorities.
    Open {
        /// The section: `BLOCK/INDEX/SECTION`.
        section: String,
        /// Why: one of [`OPEN_REASONS`](crate::OPEN_REASONS).
        reason: String,
    },
    /// Says that such a section cannot be read, which holds its goods.
    Unreadable {
        /// The section: `BLOCK/INDEX/SECTION`.
        section: String,
    },
    /// Opens a section of parties to another member.
    Grant {
        /// The section: `BLOCK/INDEX/SECTION`.
        section: String,
        /// Member id of who may read it.
        to: String,
    },
    /// Offers custody to whoever shows a pick-up code.
    OfferToCode {
        /// Subject id.
        subject: String,
        /// The hash of the code, as whoever made it gave it.
        hash: String,
        /// Where, as a GLN or free text.
        place: Option<String>,
    },
    /// Hands over to whoever told the code.
    PickUp {
        /// The offer: `BLOCK/INDEX`.
        offer: String,
        /// The code, as typed or scanned.
        code: String,
        /// Where, as a GLN or free text.
        place: Option<String>,
    },
    /// Offers title to another member.
    OfferTitle {
        /// Subject id.
        subject: String,
        /// Member id of the addressee.
        to: String,
        /// Price and terms, for those who handle money on both sides.
        terms: Option<String>,
    },
    /// Takes title.
    TakeTitle {
        /// The offer: `BLOCK/INDEX`.
        offer: String,
        /// A remark.
        note: Option<String>,
    },
    /// Does not take title.
    DeclineTitle {
        /// The offer: `BLOCK/INDEX`.
        offer: String,
        /// Why, in words.
        note: Option<String>,
    },
    /// Pledges what this member owns to a bank.
    Pledge {
        /// Subject ids, one or more.
        subjects: Vec<String>,
        /// Member id of the bank.
        to: String,
        /// The contract, for those who handle money on both sides.
        terms: Option<String>,
    },
    /// The bank gives its pledges up.
    Release {
        /// Subject ids, one or more.
        subjects: Vec<String>,
        /// A remark.
        note: Option<String>,
    },
    /// Binds things to a subject: seals, sensors, papers, a place.
    Associate {
        /// Subject id.
        subject: String,
        /// What is bound to it, or it to them: subject ids.
        others: Vec<String>,
        /// A remark.
        note: Option<String>,
    },
    /// Takes such bonds off.
    Dissociate {
        /// Subject id.
        subject: String,
        /// From what, or what from it: subject ids.
        others: Vec<String>,
        /// A remark.
        note: Option<String>,
    },
    /// Says that a record of this member is wrong. Nothing is undone.
    Correct {
        /// The record: `BLOCK/INDEX`.
        record: String,
        /// What is wrong with it.
        wrong: Wrong,
    },
}

/// New items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewItems {
    /// GTIN, 8 to 14 digits.
    pub gtin: String,
    /// Product name.
    pub product: String,
    /// How many items, 1 to 200.
    pub count: u32,
    /// Whether to commission a case and pack the items in it.
    pub in_case: bool,
    /// Whether each item gets a secret under its seal, with which its buyer can activate it.
    pub sealed: bool,
    /// Where, as a GLN or free text.
    pub place: Option<String>,
}

/// The goods' condition at acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// As offered.
    Good,
    /// Something is missing.
    Shortage,
    /// Something is damaged.
    Damage,
    /// A seal is broken.
    SealBroken,
}

/// The verdict of an inspection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// In order.
    Pass,
    /// Not in order.
    Fail,
    /// In order under conditions, named in the note.
    Conditional,
}

/// One measured value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// What was measured.
    pub name: String,
    /// The value as read.
    pub value: String,
    /// Its unit.
    pub unit: String,
}

/// The answer to [`Prepare`]: exactly what [`Sign`] will sign, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The draft to sign or discard.
    pub draft: String,
    /// What will be signed.
    pub lines: Vec<Line>,
    /// What the person should know before.
    pub warnings: Vec<Line>,
}

/// Signs a draft. The reply comes when it is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sign {
    /// The draft, from [`Prepare`].
    pub draft: String,
}

/// The answer to [`Sign`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The records, `BLOCK/INDEX`.
    pub records: Vec<String>,
    /// Subjects that were commissioned, items first, then the case: subject ids.
    pub subjects: Vec<String>,
}

/// Throws a draft away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Discard {
    /// The draft, from [`Prepare`].
    pub draft: String,
}

impl Command for Prepare {
    const NAME: &'static str = "prepare";
    type Reply = Summary;
}

impl Command for Sign {
    const NAME: &'static str = "sign";
    type Reply = Signed;
}

impl Command for Discard {
    const NAME: &'static str = "discard";
    type Reply = Done;
}
