//! The fields of each kind of record: all that rules read.

use super::{Condition, Kind, Verdict, When};
use crate::{
    cbor::CborError,
    code::Prefix,
    ids::{BlockId, CodeHash, DeviceId, Digest32, EvidenceId, MemberId, Seq, TimeMs},
    limits,
    member::DeviceEntry,
    party::Party,
    policy::Policy,
};

/// The fields of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A member takes a device in.
    Enrol {
        /// Whose device it becomes.
        member: MemberId,
        /// The device.
        device: DeviceEntry,
    },
    /// A member gives a device up.
    Revoke {
        /// The device.
        device: DeviceId,
        /// The last block of it that is accepted; `None`: nothing that is not final yet.
        last: Option<(Seq, BlockId)>,
    },
    /// A member says that a prefix belongs to a member.
    RegisterPrefix {
        /// The prefix.
        prefix: Prefix,
        /// Whose it is.
        member: MemberId,
    },
    /// A member says which policy should hold.
    SetPolicy {
        /// The digest of the policy that its author knew as the one in force.
        replaces: Digest32,
        /// What should hold in its place.
        policy: Box<Policy>,
    },
    /// Things begin.
    Commission {
        /// When.
        when: When,
        /// What all of them are: a GTIN's element string, `(00)` or `(414)`.
        class: String,
        /// The prefix that all codes start with.
        prefix: Prefix,
        /// Their codes, hashed, in the order of the subjects.
        codes: Vec<CodeHash>,
    },
    /// Something happened to things.
    Observe {
        /// When.
        when: When,
        /// The business step, a bare word of CBV 2.0.
        step: String,
    },
    /// Things go into the first subject.
    Pack {
        /// When.
        when: When,
    },
    /// Things come out of the first subject.
    Unpack {
        /// When.
        when: When,
    },
    /// Things end: consumed, destroyed or recycled.
    Decommission {
        /// When.
        when: When,
        /// The business step, a bare word of CBV 2.0.
        step: String,
    },
    /// Custody is offered.
    Offer {
        /// When.
        when: When,
        /// To whom: a member, or whoever shows a one-time pick-up code.
        to: Party,
        /// Until when.
        expires: TimeMs,
        /// What is packed inside.
        contents: Option<Digest32>,
    },
    /// Custody is taken.
    Accept {
        /// When.
        when: When,
        /// In what state.
        condition: Condition,
        /// What is packed inside.
        contents: Option<Digest32>,
    },
    /// Custody is not taken.
    Decline {
        /// When.
        when: When,
    },
    /// Someone looked at things and judged them.
    Attest {
        /// When.
        when: When,
        /// The judgement.
        verdict: Verdict,
        /// The evidence files, and their length in bytes.
        evidence: Vec<(EvidenceId, u64)>,
    },
    /// An authority keeps things from moving.
    Hold {
        /// When.
        when: When,
        /// Why, a bare word.
        reason: String,
    },
    /// The authority that held things lets them move again.
    Clear {
        /// When.
        when: When,
    },
}

impl Body {
    /// What kind of record it makes.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Enrol { .. } => Kind::Enrol,
            Self::Revoke { .. } => Kind::Revoke,
            Self::RegisterPrefix { .. } => Kind::RegisterPrefix,
            Self::SetPolicy { .. } => Kind::SetPolicy,
            Self::Commission { .. } => Kind::Commission,
            Self::Observe { .. } => Kind::Observe,
            Self::Pack { .. } => Kind::Pack,
            Self::Unpack { .. } => Kind::Unpack,
            Self::Decommission { .. } => Kind::Decommission,
            Self::Offer { .. } => Kind::Offer,
            Self::Accept { .. } => Kind::Accept,
            Self::Decline { .. } => Kind::Decline,
            Self::Attest { .. } => Kind::Attest,
            Self::Hold { .. } => Kind::Hold,
            Self::Clear { .. } => Kind::Clear,
        }
    }

    /// When it happened, for all but identity records.
    #[must_use]
    pub const fn when(&self) -> Option<When> {
        match self {
            Self::Enrol { .. }
            | Self::Revoke { .. }
            | Self::RegisterPrefix { .. }
            | Self::SetPolicy { .. } => None,
            Self::Commission { when, .. }
            | Self::Observe { when, .. }
            | Self::Pack { when }
            | Self::Unpack { when }
            | Self::Decommission { when, .. }
            | Self::Offer { when, .. }
            | Self::Accept { when, .. }
            | Self::Decline { when }
            | Self::Attest { when, .. }
            | Self::Hold { when, .. }
            | Self::Clear { when } => Some(*when),
        }
    }

    /// What holds for the fields of a kind, whatever the state.
    pub(super) fn check(&self) -> Result<(), CborError> {
        let wrong = |what| Err(CborError::Value { what });
        match self {
            Self::Commission { class, .. } if !is_class(class) => wrong("class"),
            Self::Observe { step, .. } | Self::Decommission { step, .. } if !is_word(step) => {
                wrong("business step")
            }
            // A consumer has no device to accept with.
            Self::Offer {
                to: Party::Consumer(_),
                ..
            } => wrong("addressee"),
            Self::Hold { reason, .. } if !is_word(reason) => wrong("reason"),
            Self::Attest { evidence, .. }
                if evidence.len() > limits::EVIDENCE_LINKS
                    || evidence
                        .iter()
                        .any(|(_, length)| *length > limits::EVIDENCE_BYTES) =>
            {
                wrong("evidence")
            }
            _ => Ok(()),
        }
    }
}

/// What a commissioning may show: `(01)` and 14 digits, `(00)` or `(414)`.
fn is_class(class: &str) -> bool {
    match class.strip_prefix("(01)") {
        Some(gtin) => gtin.len() == 14 && gtin.bytes().all(|b| b.is_ascii_digit()),
        None => matches!(class, "(00)" | "(414)"),
    }
}

/// A bare word of the Core Business Vocabulary: lower-case letters, digits and underscores.
fn is_word(word: &str) -> bool {
    (1..=64).contains(&word.len())
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
