//! What checking a history found.

use std::collections::BTreeMap;

use super::{Problem, Sighting, Warning};
use crate::{
    ActivationPublic, BlockId, Body, Class, DeviceId, HeaderHash, Height, Kind, MemberId,
    NetworkId, Party, RecordRef, Role, SectionBody, Seq, SubjectId, TimeMs,
};

/// The things that are checked, in the order in which a page lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CheckKind {
    /// Enough validators cosigned the checkpoint.
    Checkpoint,
    /// Every block is in the log that the checkpoint fixes.
    Log,
    /// Every block is signed by its device, every record is its block's.
    Signatures,
    /// Every device was enrolled, not revoked, and permitted to write what it wrote.
    Enrolment,
    /// The code's prefix is registered by enough members, and its member commissioned the code.
    Prefix,
    /// Every record that the state commits to is there, and what they come to is what it says.
    Whole,
    /// Every record that another one builds on is there.
    Cites,
    /// Custody went from hand to hand, each time signed by both sides.
    Custody,
    /// What the label opens is what was sealed.
    Sections,
}

impl CheckKind {
    /// Every check.
    pub const ALL: &[Self] = &[
        Self::Checkpoint,
        Self::Log,
        Self::Signatures,
        Self::Enrolment,
        Self::Prefix,
        Self::Whole,
        Self::Cites,
        Self::Custody,
        Self::Sections,
    ];

    /// The check that finds a problem.
    #[must_use]
    pub fn of(problem: &Problem) -> Self {
        match problem {
            Problem::Checkpoint(_) | Problem::Roster(_) => Self::Checkpoint,
            Problem::NotInLog { .. } | Problem::EntryOrder { .. } => Self::Log,
            Problem::AlteredStatement { .. }
            | Problem::BadSignature { .. }
            | Problem::AlteredRecord { .. } => Self::Signatures,
            Problem::StrangerSignature { .. }
            | Problem::RevokedDevice { .. }
            | Problem::NotPermitted { .. } => Self::Enrolment,
            Problem::PrefixNotRegistered { .. } | Problem::NotCommissioned => Self::Prefix,
            Problem::State(_)
            | Problem::LeftOut { .. }
            | Problem::NotApplied { .. }
            | Problem::OtherState { .. } => Self::Whole,
            Problem::MissingRecord { .. } => Self::Cites,
            Problem::AgainstRules { .. }
            | Problem::WrongSubject { .. }
            | Problem::CustodyUnknown { .. }
            | Problem::NotRecognisedMember { .. } => Self::Custody,
            Problem::AlteredSection { .. } => Self::Sections,
        }
    }

    /// The name under which message files know it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Checkpoint => "checkpoint",
            Self::Log => "log",
            Self::Signatures => "signatures",
            Self::Enrolment => "enrolment",
            Self::Prefix => "prefix",
            Self::Whole => "whole",
            Self::Cites => "cites",
            Self::Custody => "custody",
            Self::Sections => "sections",
        }
    }
}

/// One check: how many things were looked at, and what did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub kind: CheckKind,
    /// How many things: signatures, paths, links.
    pub looked_at: u64,
    /// What does not hold; empty when everything does.
    pub problems: Vec<Problem>,
}

/// One record of the journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The record.
    pub at: RecordRef,
    /// Its block's place in the log.
    pub log_index: u64,
    /// Who wrote it.
    pub device: DeviceId,
    /// What the device is for; none when no member enrolled it.
    pub role: Option<Role>,
    /// The member it writes for.
    pub member: MemberId,
    /// The member's name; none when the network has no such member.
    pub member_name: Option<String>,
    /// What the member does.
    pub member_class: Option<Class>,
    /// The kind of record.
    pub kind: Kind,
    /// Its fields.
    pub body: Body,
    /// The container through which it concerns the subject; none when it names the subject.
    pub through: Option<SubjectId>,
    /// What the device's clock said.
    pub clock: TimeMs,
    /// The newest checkpoint that the device knew.
    pub anchor: Option<Height>,
    /// The block's place in its device's feed.
    pub seq: Seq,
    /// The record by which its own member corrects it. Both stay.
    pub corrected_by: Option<RecordRef>,
    /// What the label opens of it.
    pub sections: Vec<ShownSection>,
    /// How many parts the label would open of which the bundle has no bytes. They were purged, or
    /// held back by who gave the bundle: their hashes are signed, so that nothing else can stand
    /// in for them.
    pub absent: usize,
}

impl Step {
    /// Where and when the subject was seen, where the label says so.
    #[must_use]
    pub fn sighting(&self) -> Option<Sighting> {
        let position = self
            .sections
            .iter()
            .find_map(|section| section.body.position)?;
        Some(Sighting {
            at: self.at,
            time: self.body.when().map_or(self.clock, |when| when.time),
            position,
        })
    }

    /// The record's block.
    #[must_use]
    pub fn block(&self) -> BlockId {
        self.at.block
    }
}

/// A section that the label opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSection {
    /// Its place in the record.
    pub index: u16,
    /// What it says.
    pub body: SectionBody,
}

/// The run that an item began in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartOfRun {
    /// The run.
    pub subject: SubjectId,
    /// How many items it began with.
    pub count: u32,
    /// Whether the item has records of its own. If not, what is told here is the run's history.
    pub drawn: bool,
}

/// Everything that checking a bundle found. It says that the ledger holds this history as of a
/// checkpoint, and no other; it cannot say that nothing newer exists: for that, ask a second
/// member's gateway and compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The network's name.
    pub network_name: String,
    /// The network.
    pub network: NetworkId,
    /// The subject, when the prefix's owner is known.
    pub subject: Option<SubjectId>,
    /// The record by which the code began: a commissioning, alone or of its run, or the
    /// transformation that made it. Where everything holds, its member is the prefix's.
    pub began: Option<RecordRef>,
    /// The record that ended the subject, or what it is packed in: taken out of use, or used up.
    pub ended: Option<RecordRef>,
    /// Every check, in order.
    pub checks: Vec<Check>,
    /// The journey, in order of effect.
    pub journey: Vec<Step>,
    /// The checkpoint's height.
    pub height: Height,
    /// The checkpoint's time: the history is known up to here.
    pub as_of: TimeMs,
    /// That checkpoint's header: two that differ at one height are two histories.
    pub header: HeaderHash,
    /// How many blocks the log had then.
    pub log_size: u64,
    /// The names of the network's members.
    pub members: BTreeMap<MemberId, String>,
    /// How many validators cosigned that header, and how many there are.
    pub cosigned: (usize, usize),
    /// The names of the members that order this network's blocks.
    pub orderers: Vec<String>,
    /// Who has custody at the end of the journey.
    pub holder: Option<Party>,
    /// An authority that holds the subject, what it is packed in, or a document that stands for it,
    /// at the end of the journey.
    pub held_by: Option<MemberId>,
    /// The run that it began in, if it did.
    pub run: Option<PartOfRun>,
    /// Who has title at the end of the journey, as far as the bundle shows it.
    pub owner: Option<Party>,
    /// The bank that the owner pledged the subject to, alone, with what it is packed in, or by a
    /// document that stands for it.
    pub pledged_to: Option<MemberId>,
    /// What a buyer should know although everything holds.
    pub warnings: Vec<Warning>,
    /// The record that gave the subject its first owner outside the members.
    pub activated: Option<RecordRef>,
    /// The key under its seal, as long as nobody opened it.
    pub activation: Option<ActivationPublic>,
    /// The newest record that moved title: what the next owner's signature is made over.
    pub last_title: Option<RecordRef>,
}

impl Report {
    /// Everything that does not hold.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.checks.iter().flat_map(|check| &check.problems)
    }

    /// Whether it shows no history, and so, where everything holds, that there is none: the state
    /// has no subject of the code. An item that never left its run has none of its own.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        self.journey.is_empty()
    }

    /// Whether everything holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.problems().next().is_none()
    }
}
