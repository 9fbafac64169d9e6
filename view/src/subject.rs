use serde::{Deserialize, Serialize};

use crate::{
    Command, Corrected, EvidenceView, Failure, HandoverCard, Line, PaperView, Party, PledgeCard,
    Stock,
};

/// Finds out what a scanned or typed text is. Nothing is opened or followed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lookup {
    /// The text as read: Digital Link, element string, SSCC, bare serial, invitation, frame.
    pub text: String,
}

/// The answer to [`Lookup`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "kebab-case")]
pub enum Found {
    /// A subject of this network.
    Subject(SubjectCard),
    /// A well-formed code that this replica knows nothing of.
    UnknownCode {
        /// The canonical element string.
        code: String,
        /// The member that the prefix belongs to, if any does.
        issuer: Option<String>,
    },
    /// An invitation to join a network.
    Invitation,
    /// A frame of a hand-over between phones: feed it to `frame-feed`.
    Frame,
    /// Not one of ours: a link to another host, a foreign code, ….
    Foreign(Failure),
}

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// One item with its serial.
    Item,
    /// A batch.
    Batch,
    /// A case, pallet or other logistic unit.
    Unit,
    /// A place.
    Place,
}

/// A subject in one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectCard {
    /// Subject id.
    pub subject: String,
    /// Canonical element string, where this device knows it.
    pub code: Option<String>,
    /// What it is.
    pub kind: SubjectKind,
    /// Product name, where this device may read it.
    pub product: Option<String>,
    /// Who holds it.
    pub holder: Party,
    /// Whether this device's member holds it.
    pub mine: bool,
    /// How many subjects are packed in it.
    pub contents: u64,
    /// The container it is packed in: its code or id.
    pub inside: Option<String>,
    /// What a person should compare with the thing itself, although the code is taken.
    pub warning: Option<Failure>,
}

/// One subject with its journey.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subject {
    /// Subject id.
    pub subject: String,
}

/// The answer to [`Subject`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectView {
    /// What it is and who holds it.
    pub card: SubjectCard,
    /// Who owns it.
    pub owner: Party,
    /// How much is left of it, of a batch.
    pub left: Option<Stock>,
    /// The label's link.
    pub link: Option<String>,
    /// What is packed in it.
    pub contents: Vec<SubjectCard>,
    /// What this member has and saw at this place last, the last that came first; at most a
    /// hundred.
    pub seen_here: Vec<SubjectCard>,
    /// What it is packed in.
    pub container: Option<SubjectCard>,
    /// The offer that stands, if one does: `BLOCK/INDEX`.
    pub offer: Option<String>,
    /// Whether that offer is to this device's member.
    pub offer_to_me: bool,
    /// Whether that offer is for whoever shows a pick-up code.
    pub offer_to_code: bool,
    /// The offer of title that was not answered; its time may be over.
    pub title_offer: Option<HandoverCard>,
    /// Whether that offer is to this device's member.
    pub title_offer_to_me: bool,
    /// The pledge on the subject itself.
    pub pledge: Option<PledgeCard>,
    /// What it is bound to: papers that stand for it, assets and places.
    pub bound_to: Vec<SubjectCard>,
    /// What is bound to it.
    pub bound: Vec<SubjectCard>,
    /// What a buyer should know although every record stands: sold before, seen in two places.
    pub warnings: Vec<Line>,
    /// Every step known here, oldest first.
    pub journey: Vec<JourneyStep>,
    /// What is final is so under this; none before the first checkpoint.
    pub newest: Option<NewestCheckpoint>,
}

/// The newest checkpoint that a device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewestCheckpoint {
    /// How many validators signed it.
    pub signed: u64,
    /// How many there were.
    pub validators: u64,
    /// When it was made.
    pub time_ms: u64,
}

/// One step of a subject's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JourneyStep {
    /// The record: `BLOCK/INDEX`.
    pub record: String,
    /// What happened, in words.
    pub line: Line,
    /// Legal name of the member that signed.
    pub member: String,
    /// When, as the device claims.
    pub time_ms: u64,
    /// Time zone of the event, minutes east of UTC.
    pub tz_minutes: i16,
    /// Where it stands.
    pub status: EventStatus,
    /// Where it happened, where this device may read it.
    pub place: Option<String>,
    /// A note, where this device may read it.
    pub note: Option<String>,
    /// What was measured or counted, in words, where this device may read it.
    pub values: Vec<Line>,
    /// Photos and files, where this device may open them.
    pub evidence: Vec<EvidenceView>,
    /// Parts for some readers only, where there is something to say about them.
    pub papers: Vec<PaperView>,
    /// The container through which it concerns this subject.
    pub via: Option<String>,
    /// That the member which wrote it corrected it, if it did and that is not refused.
    pub corrected: Option<Corrected>,
    /// Whether this device may sign a correction of it.
    pub may_correct: bool,
}

/// Where a signed thing stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum EventStatus {
    /// Signed, not in a checkpoint yet.
    Pending,
    /// It cites a record that is not known yet.
    Waiting,
    /// In a checkpoint and applied.
    Final {
        /// Height of the checkpoint.
        height: u64,
    },
    /// In a checkpoint and against the rules, or (before a checkpoint) sure to be so.
    Refused(Failure),
}

/// The products that this member commissioned before, to choose from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Products {}

/// The answer to [`Products`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductsView {
    /// Company prefixes registered to this member.
    pub prefixes: Vec<String>,
    /// Products by name.
    pub products: Vec<Product>,
}

/// One product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// GTIN, 14 digits.
    pub gtin: String,
    /// Name.
    pub name: String,
}

/// Subjects that this member holds, newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recent {
    /// At most this many.
    pub limit: u32,
}

/// The answer to [`Recent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentView {
    /// The subjects.
    pub subjects: Vec<SubjectCard>,
}

impl Command for Lookup {
    const NAME: &'static str = "lookup";
    type Reply = Found;
}

impl Command for Subject {
    const NAME: &'static str = "subject";
    type Reply = SubjectView;
}

impl Command for Products {
    const NAME: &'static str = "products";
    type Reply = ProductsView;
}

impl Command for Recent {
    const NAME: &'static str = "recent";
    type Reply = RecentView;
}
