//! What can be wrong with a history.

use thiserror::Error;

use crate::checkpoint::CheckpointError;
use crate::proof::ProofError;
use crate::roster_chain::RosterChainError;
use crate::rules::Refusal;
use crate::{BlockId, Class, DeviceId, Kind, MemberId, RecordRef, Role, SubjectId};

/// Something in a bundle that does not hold, and exactly where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// The checkpoint that everything is measured against is not the validators'.
    #[error("the checkpoint does not hold: {0}")]
    Checkpoint(CheckpointError),
    /// How members and validators changed since the genesis does not hold.
    #[error("the chain of rosters does not hold: {0}")]
    Roster(RosterChainError),
    /// Bytes that should be a block's signed statement are not.
    #[error("entry {log_index}: altered; it cannot be read as a signed block")]
    AlteredStatement {
        /// The entry's place in the log, as the bundle says.
        log_index: u64,
    },
    /// A statement's signature is not its device's.
    #[error("block {block}: altered, or signed by someone else than {device}")]
    BadSignature {
        /// The block.
        block: BlockId,
        /// The device that it names.
        device: DeviceId,
    },
    /// A block that the checkpoint's log does not hold at this place.
    #[error("block {block} is not in the log at place {log_index}")]
    NotInLog {
        /// The block.
        block: BlockId,
        /// The place that the bundle claims.
        log_index: u64,
    },
    /// Entries or records that are there twice or out of order.
    #[error("entry {log_index} is there twice or out of order")]
    EntryOrder {
        /// The entry's place in the log.
        log_index: u64,
    },
    /// A record that its block's author did not sign there.
    #[error("record {record}: altered; its block does not hold it")]
    AlteredRecord {
        /// The record.
        record: RecordRef,
    },
    /// A device that no member enrolled before it wrote this.
    #[error("block {block} is by device {device}, which no member had enrolled")]
    StrangerSignature {
        /// The device.
        device: DeviceId,
        /// The block.
        block: BlockId,
    },
    /// A device that was revoked before it wrote this.
    #[error("block {block} is by device {device}, which was revoked")]
    RevokedDevice {
        /// The device.
        device: DeviceId,
        /// The block.
        block: BlockId,
    },
    /// A device whose role may not write this kind, in a member of its class.
    #[error("record {record}: a device of this role may not write it for its member")]
    NotPermitted {
        /// The record.
        record: RecordRef,
        /// The class of the device's member.
        class: Class,
        /// The device's role.
        role: Role,
        /// The record's kind.
        kind: Kind,
    },
    /// A record that another one builds on was left out.
    #[error("record {cite} is missing; record {cited_by} builds on it")]
    MissingRecord {
        /// What is missing.
        cite: RecordRef,
        /// What names it.
        cited_by: RecordRef,
    },
    /// What is said of the state is not what the checkpoint commits to.
    #[error("the state is not shown as the checkpoint has it: {0}")]
    State(ProofError),
    /// A record that the ledger applied was left out.
    #[error("record {record} of subject {subject} was left out")]
    LeftOut {
        /// The record.
        record: RecordRef,
        /// Whose it is.
        subject: SubjectId,
    },
    /// A record that the ledger did not apply is shown as part of the history.
    #[error("record {record} is shown, and the ledger did not apply it")]
    NotApplied {
        /// The record.
        record: RecordRef,
    },
    /// The history comes to something else than the state says.
    #[error("what is shown of subject {subject} does not come to its state")]
    OtherState {
        /// The subject.
        subject: SubjectId,
    },
    /// The prefix of the code is not registered by enough members.
    #[error("the code's prefix is registered by {have} members, {need} are needed")]
    PrefixNotRegistered {
        /// The most members that agree on an owner here.
        have: u64,
        /// The network's quorum.
        need: u64,
    },
    /// No record shown here commissions the code.
    #[error("nothing here commissions the code under the prefix of its owner")]
    NotCommissioned,
    /// A record that breaks a rule of the ledger.
    #[error("record {record}: {refusal}")]
    AgainstRules {
        /// The record.
        record: RecordRef,
        /// The rule, as the ledger would name it.
        refusal: Refusal,
    },
    /// A commissioning whose subject ids are not those of its codes.
    #[error("record {record}: a subject id is not the one that its code hash gives")]
    WrongSubject {
        /// The record.
        record: RecordRef,
    },
    /// A container came around the subject, and nothing here says who held it.
    #[error("record {record}: nothing here says who held container {container}")]
    CustodyUnknown {
        /// The container.
        container: SubjectId,
        /// The packing.
        record: RecordRef,
    },
    /// A section that is not the one its record names, or that the label does not open.
    #[error("record {record}: section {section} is altered")]
    AlteredSection {
        /// The record.
        record: RecordRef,
        /// The section's place in it.
        section: u16,
    },
    /// A record that names a member which the network does not have.
    #[error("record {record}: names member {member}, who is not in the network")]
    NotRecognisedMember {
        /// The record.
        record: RecordRef,
        /// The member.
        member: MemberId,
    },
}

impl Problem {
    /// The name under which message files know it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Checkpoint(_) => "checkpoint",
            Self::Roster(_) => "roster",
            Self::AlteredStatement { .. } => "altered-statement",
            Self::BadSignature { .. } => "bad-signature",
            Self::NotInLog { .. } => "not-in-log",
            Self::EntryOrder { .. } => "entry-order",
            Self::AlteredRecord { .. } => "altered-record",
            Self::StrangerSignature { .. } => "stranger-signature",
            Self::RevokedDevice { .. } => "revoked-device",
            Self::NotPermitted { .. } => "not-permitted",
            Self::MissingRecord { .. } => "missing-record",
            Self::State(_) => "state",
            Self::LeftOut { .. } => "left-out",
            Self::NotApplied { .. } => "not-applied",
            Self::OtherState { .. } => "other-state",
            Self::PrefixNotRegistered { .. } => "prefix-not-registered",
            Self::NotCommissioned => "not-commissioned",
            Self::AgainstRules { .. } => "against-rules",
            Self::WrongSubject { .. } => "wrong-subject",
            Self::CustodyUnknown { .. } => "custody-unknown",
            Self::AlteredSection { .. } => "altered-section",
            Self::NotRecognisedMember { .. } => "not-recognised-member",
        }
    }
}
