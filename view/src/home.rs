use serde::{Deserialize, Serialize};

use crate::{Command, EventStatus, Line, Party, SubjectCard};

/// Everything the first screen shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Home {}

/// The answer to [`Home`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// Who this device is.
    pub me: Me,
    /// How the link to the consortium stands.
    pub link: LinkState,
    /// Figures for badges.
    pub counts: Counts,
    /// Hand-overs offered to this member, newest first.
    pub incoming: Vec<HandoverCard>,
    /// Hand-overs that this member offered and that nobody accepted yet.
    pub outgoing: Vec<HandoverCard>,
    /// Hand-overs of both directions whose time and grace are over, newest first.
    pub lapsed: Vec<HandoverCard>,
    /// Title offered to this member, newest first.
    pub title_incoming: Vec<HandoverCard>,
    /// Title that this member offered and that nobody took yet.
    pub title_outgoing: Vec<HandoverCard>,
    /// Pledges that were not released, newest first: to this member for a bank, for others of
    /// what they own.
    pub pledges: Vec<PledgeCard>,
    /// Items that this member holds and nobody attested yet, for QC staff.
    pub to_inspect: Vec<SubjectCard>,
    /// What an authority holds back, newest first: everything for an authority, for others what
    /// they have.
    pub holds: Vec<HoldCard>,
    /// What this device did last, newest first.
    pub activity: Vec<Activity>,
    /// Things the person should know now: a wrong clock, an old checkpoint, ….
    pub warnings: Vec<Line>,
}

/// Who this device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Name of the network.
    pub network: String,
    /// Id of the member.
    pub member_id: String,
    /// Legal name of the member.
    pub member: String,
    /// The device's name.
    pub device: String,
    /// The role, as a message key: `role-courier`, `role-qc`, ….
    pub role: String,
}

/// How the link to the consortium stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "link", rename_all = "kebab-case")]
pub enum LinkState {
    /// Connected and up to date.
    Online {
        /// Height of the newest checkpoint here.
        height: u64,
        /// Time of that checkpoint.
        checkpoint_ms: u64,
    },
    /// Trying to connect.
    Connecting,
    /// No peer can be reached; everything still works here.
    Offline {
        /// When a peer was last heard.
        last_heard_ms: Option<u64>,
    },
}

/// Figures for badges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Blocks that no peer has acknowledged.
    pub unsent: u64,
    /// Signed and not final: unsent ones included.
    pub pending: u64,
    /// Refused and not yet seen by the person.
    pub refused: u64,
    /// Subjects that this member holds.
    pub held: u64,
}

/// One offer of custody or of title that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverCard {
    /// The offer: `BLOCK/INDEX`.
    pub offer: String,
    /// What of it is offered.
    pub of: Offered,
    /// What is handed over.
    pub subject: SubjectCard,
    /// Legal name of the giver.
    pub from: String,
    /// Whether that is this device's member.
    pub ours: bool,
    /// The addressee.
    pub to: Party,
    /// When it was offered, as the giver's device claims.
    pub offered_ms: u64,
    /// When the offer ends.
    pub expires_ms: u64,
    /// How its time stands.
    pub term: Term,
    /// Where the offer stands.
    pub status: EventStatus,
}

/// What is offered of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offered {
    /// To hold it.
    Custody,
    /// To own it.
    Title,
}

/// How the time of an offer stands, judged by the newest checkpoint as the rules do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "term", rename_all = "kebab-case")]
pub enum Term {
    /// It can be answered.
    Open,
    /// Its time is over; an answer still counts until then, for who was without a network.
    Grace {
        /// When the grace ends.
        until_ms: u64,
    },
    /// No answer counts any more.
    Over,
}

/// One pledge that was not released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PledgeCard {
    /// The record that pledged it: `BLOCK/INDEX`.
    pub record: String,
    /// What is pledged, and who holds it.
    pub subject: SubjectCard,
    /// The owner.
    pub owner: Party,
    /// Legal name of the bank.
    pub bank: String,
    /// Whether that is this device's member, which alone releases it.
    pub ours: bool,
    /// Since when, as the owner's device claims.
    pub since_ms: u64,
    /// Where the thing was last, where this device may read it.
    pub place: Option<String>,
    /// Where the pledge stands.
    pub status: EventStatus,
}

/// One hold that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldCard {
    /// The record that holds it: `BLOCK/INDEX`.
    pub record: String,
    /// What is held back.
    pub subject: SubjectCard,
    /// Legal name of the authority.
    pub by: String,
    /// Whether that is this device's member, which alone can clear it.
    pub mine: bool,
    /// Why, as a message key: `activity-held-papers`, ….
    pub why: String,
    /// Since when, as the authority's device claims.
    pub since_ms: u64,
    /// Where the hold stands.
    pub status: EventStatus,
}

/// One thing that this device signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The record: `BLOCK/INDEX`.
    pub record: String,
    /// What was signed, in words.
    pub line: Line,
    /// When, by this device's clock.
    pub time_ms: u64,
    /// Where it stands.
    pub status: EventStatus,
}

/// Waits until something changed after `since`, 25 seconds at most.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Watch {
    /// The version that the caller has shown; 0 at first.
    pub since: u64,
}

/// The answer to [`Watch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The version now.
    pub version: u64,
}

/// The members of the network, to choose an addressee from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Members {}

/// The answer to [`Members`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    /// All members but this device's own, by name.
    pub members: Vec<MemberView>,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Id of the member.
    pub id: String,
    /// Legal name.
    pub name: String,
    /// The class, as a message key: `class-carrier`, ….
    pub class: String,
}

impl Command for Home {
    const NAME: &'static str = "home";
    type Reply = HomeView;
}

impl Command for Watch {
    const NAME: &'static str = "watch";
    type Reply = Watched;
}

impl Command for Members {
    const NAME: &'static str = "members";
    type Reply = MembersView;
}
