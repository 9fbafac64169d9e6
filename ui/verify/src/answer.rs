//! What the members' peers answered about one code.

use chopmark_core::{HeaderHash, Height, RecordRef, Warning};
use std::collections::BTreeMap;

/// A gateway that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gateway {
    /// Scheme, host and port, without a slash at its end.
    pub(crate) origin: String,
    /// The member that runs it, as far as the asked network says.
    pub(crate) member: Option<String>,
}

impl Gateway {
    /// Host and port: what a person compares with the address bar.
    pub(crate) fn host(&self) -> &str {
        match self.origin.split_once("://") {
            Some((_, host)) => host,
            None => &self.origin,
        }
    }

    /// Member and host, as sentences name it.
    pub(crate) fn name(&self) -> String {
        match &self.member {
            Some(member) => format!("{member} ({})", self.host()),
            None => self.host().to_owned(),
        }
    }
}

/// A gateway and what it said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answered {
    /// Who was asked.
    pub(crate) gateway: Gateway,
    /// What came back.
    pub(crate) answer: Answer,
}

/// What came back from one gateway.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// A bundle in which everything holds.
    Proof(Box<Proof>),
    /// A bundle in which something does not hold.
    Broken(Failure),
    /// A bundle that shows that the ledger, as of this height, has no record of the code.
    NoRecord {
        /// The checkpoint that it was made at.
        height: Height,
        /// That checkpoint's header.
        header: HeaderHash,
    },
    /// No answer that says anything.
    Silent(Silence),
}

impl Answer {
    /// The checkpoint that it was made at.
    pub(crate) fn checkpoint(&self) -> Option<(Height, HeaderHash)> {
        match self {
            Self::Proof(proof) => Some((proof.height, proof.header)),
            Self::NoRecord { height, header } => Some((*height, *header)),
            Self::Broken(_) | Self::Silent(_) => None,
        }
    }
}

/// Why a gateway's silence says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// No connection, or the answer broke off.
    Unreachable,
    /// Nothing within the time that a person waits.
    TimedOut,
    /// It asks to come back later.
    Busy,
    /// It answered with an error.
    Status(u16),
    /// More bytes than any lawful answer has.
    TooLarge,
}

/// What is wrong with a bundle, for the sentence that a person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Names the message: `problem-CODE`.
    pub(crate) code: &'static str,
    /// What the message names: the block, the device, the record.
    pub(crate) details: Vec<(&'static str, String)>,
}

/// What a verified bundle says, as far as the verdict and comparing two of them need it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Proof {
    /// The checkpoint it was made at.
    pub(crate) height: Height,
    /// That checkpoint's header.
    pub(crate) header: HeaderHash,
    /// How many blocks the log had.
    pub(crate) log_size: u64,
    /// The subject's records by their blocks' places in the log.
    pub(crate) records: BTreeMap<u64, Vec<RecordRef>>,
    /// Who made the record, and whether the network recognises it for this code.
    pub(crate) issuer: Issuer,
    /// What the record itself says against the item.
    pub(crate) concern: Option<Concern>,
}

/// Who made what carries the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// The member under whose registered prefix the code is.
    Recognised(String),
    /// Somebody whom the network does not recognise for this code.
    Unknown,
}

/// Something in a record that holds which a buyer must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Concern {
    /// The item was taken out of use or used up: whoever carries its label now should not.
    Ended,
    /// The prefix's member calls the item back.
    Recalled {
        /// Who that is.
        by: String,
    },
    /// An authority holds the item, or what it is packed in.
    Held,
    /// What was recorded cannot all have happened to one new item.
    Trace(Warning),
    /// The newest inspection says: failed.
    InspectionFailed,
    /// At the newest hand-over the seal was broken.
    SealBroken,
}
