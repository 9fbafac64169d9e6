//! The fields of each kind of record: all that rules read.

use super::{Condition, Kind, Output, RunItem, RunSpec, Verdict, When, goods};
use crate::{
    cbor::CborError,
    code::{GoodsClass, Prefix},
    ids::{BlockId, CodeHash, DeviceId, Digest32, EvidenceId, MemberId, RecordRef, Seq, TimeMs},
    limits,
    member::DeviceEntry,
    party::Party,
    policy::Policy,
    quantity::Quantity,
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
        /// How much each of them is, if they are batches.
        quantity: Option<Quantity>,
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
    /// Many things begin at once; the subject is the run of them.
    CommissionRun {
        /// When.
        when: When,
        /// What all of them are.
        class: GoodsClass,
        /// The prefix that all codes start with.
        prefix: Prefix,
        /// How many, and the tree over them.
        run: RunSpec,
    },
    /// Things become other things: the first subjects go in, the others come out.
    Transform {
        /// When.
        when: When,
        /// The business step, a bare word of CBV 2.0.
        step: String,
        /// How much of each subject that goes in; none of an item, which ends here.
        inputs: Vec<Option<Quantity>>,
        /// What comes out, in the order of the other subjects.
        outputs: Vec<Output>,
        /// What is lost of each unit, in the order of the units.
        losses: Vec<Quantity>,
    },
    /// Things end: consumed, destroyed or recycled.
    Decommission {
        /// When.
        when: When,
        /// The business step, a bare word of CBV 2.0.
        step: String,
    },
    /// An earlier record of the same member said something wrong. Both stay.
    Correct {
        /// When.
        when: When,
        /// What it corrects.
        of: RecordRef,
        /// Why: a bare word of CBV 2.0, or a URI.
        reason: String,
        /// The records that say it right.
        correctives: Vec<RecordRef>,
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
    /// Items of a run, the first subject, get a life of their own.
    Draw {
        /// When.
        when: When,
        /// The items with their proofs, in the order of the other subjects.
        items: Vec<RunItem>,
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
            Self::CommissionRun { .. } => Kind::CommissionRun,
            Self::Transform { .. } => Kind::Transform,
            Self::Decommission { .. } => Kind::Decommission,
            Self::Correct { .. } => Kind::Correct,
            Self::Offer { .. } => Kind::Offer,
            Self::Accept { .. } => Kind::Accept,
            Self::Decline { .. } => Kind::Decline,
            Self::Draw { .. } => Kind::Draw,
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
            | Self::CommissionRun { when, .. }
            | Self::Transform { when, .. }
            | Self::Decommission { when, .. }
            | Self::Correct { when, .. }
            | Self::Offer { when, .. }
            | Self::Accept { when, .. }
            | Self::Decline { when }
            | Self::Draw { when, .. }
            | Self::Attest { when, .. }
            | Self::Hold { when, .. }
            | Self::Clear { when } => Some(*when),
        }
    }

    /// The prefixes under which it commissions something.
    pub(crate) fn prefixes(&self) -> Vec<&Prefix> {
        match self {
            Self::Commission { prefix, .. } | Self::CommissionRun { prefix, .. } => vec![prefix],
            Self::Transform { outputs, .. } => {
                outputs.iter().map(|output| &output.prefix).collect()
            }
            _ => Vec::new(),
        }
    }

    /// How many subjects a record has whose fields say something of each of them.
    pub(super) fn named_subjects(&self) -> Option<usize> {
        match self {
            Self::Commission { codes, .. } => Some(codes.len()),
            Self::Transform {
                inputs, outputs, ..
            } => Some(inputs.len().saturating_add(outputs.len())),
            Self::Draw { items, .. } => Some(items.len().saturating_add(1)),
            _ => None,
        }
    }

    /// A correction cites what it names, first what it corrects: it waits until that is in the log.
    pub(super) fn cites_fit(&self, cites: &[RecordRef]) -> bool {
        match self {
            Self::Correct {
                of, correctives, ..
            } => {
                cites.first() == Some(of)
                    && !correctives.contains(of)
                    && correctives.iter().all(|cite| cites.contains(cite))
            }
            _ => true,
        }
    }

    /// What holds for the fields of a kind, whatever the state.
    pub(super) fn check(&self) -> Result<(), CborError> {
        let wrong = |what| Err(CborError::Value { what });
        match self {
            Self::Commission {
                class, quantity, ..
            } => match GoodsClass::parse(class) {
                None => wrong("class"),
                Some(class) if quantity.is_some() && !class.is_gtin() => wrong("quantity"),
                Some(_) => Ok(()),
            },
            Self::CommissionRun { run, .. } => run.check(),
            Self::Transform {
                step,
                inputs,
                outputs,
                losses,
                ..
            } => {
                if !is_word(step) {
                    return wrong("business step");
                }
                // That nothing comes out is possible: everything may be lost.
                if inputs.is_empty() {
                    return wrong("inputs");
                }
                for output in outputs {
                    output.check()?;
                }
                goods::check_losses(losses)
            }
            Self::Observe { step, .. } | Self::Decommission { step, .. } if !is_word(step) => {
                wrong("business step")
            }
            // A consumer has no device to accept with.
            Self::Offer {
                to: Party::Consumer(_),
                ..
            } => wrong("addressee"),
            Self::Hold { reason, .. } if !is_word(reason) => wrong("reason"),
            Self::Correct { reason, .. } if !is_word(reason) && !is_uri(reason) => wrong("reason"),
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

/// A bare word of the Core Business Vocabulary: lower-case letters, digits and underscores.
fn is_word(word: &str) -> bool {
    (1..=64).contains(&word.len())
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// A URI of a vocabulary of its own: a scheme, and nothing that a sentence or a page would have.
fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    !scheme.is_empty()
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.len() <= limits::NAME_BYTES
        && text.bytes().all(|b| b.is_ascii_graphic())
}
