//! The fields of each kind of record: all that rules read.

mod check;
mod kind;
mod roster;

use super::{Condition, Made, Output, RunItem, RunSpec, Verdict, When};
use crate::{
    code::{GoodsClass, Prefix},
    ids::{
        ActivationPublic, BlockId, CodeHash, DeviceId, Digest32, EvidenceId, Height, MemberId,
        OwnerKey, RecordRef, Seq, SubjectId, TimeMs,
    },
    keys::{HpkePublic, RootSignature, Sealed},
    member::DeviceEntry,
    party::Party,
    pickup::PickupCode,
    policy::Policy,
    quantity::Quantity,
    readers::Group,
    roots::{GuardianChoice, RecoveryRequest, RootChange},
    roster::{Application, RosterTerms},
    validators::ValidatorSet,
};

/// A section of an earlier record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SectionName {
    /// The record.
    pub record: RecordRef,
    /// The section's place in it.
    pub index: u16,
}

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
        /// The digest of the policy that its author knew as the newest.
        replaces: Digest32,
        /// What should hold in its place.
        policy: Box<Policy>,
        /// The first checkpoint that should be judged by it.
        from: Height,
    },
    /// A member sets a key of one of its reader groups, or gives it to more devices.
    SetReader {
        /// The group.
        group: Group,
        /// Which of its keys: the next one, or one that there is, for more devices.
        epoch: u32,
        /// The public key.
        key: HpkePublic,
        /// The private key, sealed to devices, sorted by device.
        devices: Vec<(DeviceId, Sealed)>,
        /// The member's recovery key, and the private key sealed to it.
        recovery: Option<(HpkePublic, Sealed)>,
    },
    /// A member wants a firm to become a member.
    AdmitMember {
        /// From when on, and instead of what.
        terms: RosterTerms,
        /// Who, by its own wish.
        application: Box<Application>,
        /// By the author's member's root keys.
        signature: Box<RootSignature>,
    },
    /// A member wants another to be one no longer.
    ExpelMember {
        /// From when on, and instead of what.
        terms: RosterTerms,
        /// Who.
        member: MemberId,
        /// By the author's member's root keys.
        signature: Box<RootSignature>,
    },
    /// A member wants these peers to order.
    SetValidators {
        /// From when on, and instead of what.
        terms: RosterTerms,
        /// Whose, with the keys that they cosign with.
        validators: ValidatorSet,
        /// By the author's member's root keys.
        signature: Box<RootSignature>,
    },
    /// A member goes over to its next root keys.
    RotateRoot {
        /// The keys.
        change: Box<RootChange>,
    },
    /// A member says who may give it new root keys.
    SetGuardians {
        /// Who, and how many of them it takes.
        choice: GuardianChoice,
        /// By the member's root keys.
        signature: Box<RootSignature>,
    },
    /// A guardian wants a member to have new root keys.
    Recover {
        /// Which, as the member asked for them.
        request: Box<RecoveryRequest>,
    },
    /// A member's present root keys object to that.
    ObjectRecovery {
        /// By them.
        signature: Box<RootSignature>,
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
        /// What lies under their seals, public half: none, or one for each code.
        activation: Vec<ActivationPublic>,
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
    /// Things belong together with the first subject: a seal with its container, goods with
    /// their bill of lading.
    Associate {
        /// When.
        when: When,
    },
    /// They no longer do.
    Dissociate {
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
        /// What is packed inside of what was taken.
        contents: Option<Digest32>,
        /// What was not taken: it comes out and stays with the giver.
        left: Vec<SubjectId>,
    },
    /// Custody is not taken.
    Decline {
        /// When.
        when: When,
    },
    /// Title is offered.
    OfferTitle {
        /// When.
        when: When,
        /// To whom.
        to: Party,
        /// Until when.
        expires: TimeMs,
        /// What is packed inside.
        contents: Option<Digest32>,
    },
    /// Title is taken.
    TakeTitle {
        /// When.
        when: When,
        /// What is packed inside.
        contents: Option<Digest32>,
    },
    /// Title is not taken.
    DeclineTitle {
        /// When.
        when: When,
    },
    /// The giver's device shows the code that the receiver gave.
    PickUp {
        /// When.
        when: When,
        /// The code of the offer that is cited.
        code: PickupCode,
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
    /// Who opened the seal becomes the first owner outside the members.
    Activate {
        /// When.
        when: When,
        /// The owner's new key.
        owner: OwnerKey,
        /// By the key under the seal, over network, subject and owner.
        signature: [u8; 64],
    },
    /// An owner outside the members gives the thing to another, or back to a member.
    Resell {
        /// When.
        when: When,
        /// The new owner: a consumer, or the member that writes this.
        to: Party,
        /// By the old owner's key, over network, subject, the title record before, new owner.
        signature: [u8; 64],
    },
    /// Somebody says something about things; no rule follows from it.
    Report {
        /// When.
        when: When,
        /// What, a bare word.
        word: String,
    },
    /// The owner pledges title to a bank.
    Pledge {
        /// When.
        when: When,
        /// The bank.
        to: MemberId,
    },
    /// The bank gives its pledge up.
    Release {
        /// When.
        when: When,
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
    /// An authority opened a section.
    Open {
        /// When.
        when: When,
        /// Which.
        section: SectionName,
        /// Why, a bare word.
        reason: String,
    },
    /// An authority cannot open a section that it should.
    Unreadable {
        /// When.
        when: When,
        /// Which.
        section: SectionName,
    },
    /// A section's key stands in a section of this record.
    Grant {
        /// When.
        when: When,
        /// Which.
        section: SectionName,
    },
}

impl Body {
    /// The section of an earlier record that it is about. The record cites that record first, so
    /// that it waits for it and falls with it.
    #[must_use]
    pub const fn section(&self) -> Option<SectionName> {
        match self {
            Self::Open { section, .. }
            | Self::Unreadable { section, .. }
            | Self::Grant { section, .. } => Some(*section),
            _ => None,
        }
    }

    /// Whether it has to stand in no group: what is judged before it and what after would depend
    /// on the group.
    pub(super) const fn stands_alone(&self) -> bool {
        matches!(
            self,
            Self::SetPolicy { .. }
                | Self::AdmitMember { .. }
                | Self::ExpelMember { .. }
                | Self::SetValidators { .. }
                | Self::RotateRoot { .. }
                | Self::Recover { .. }
        )
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

    /// The runs that begin with it, each with the place of its subject.
    pub fn runs(&self) -> impl Iterator<Item = (usize, &RunSpec)> {
        let (one, first, made) = match self {
            Self::CommissionRun { run, .. } => (Some((0, run)), 0, [].as_slice()),
            Self::Transform {
                inputs, outputs, ..
            } => (None, inputs.len(), outputs.as_slice()),
            _ => (None, 0, [].as_slice()),
        };
        let made = (first..)
            .zip(made)
            .filter_map(|(at, output)| match &output.made {
                Made::Run(run) => Some((at, run)),
                Made::Item(..) | Made::Batch(..) => None,
            });
        one.into_iter().chain(made)
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
}
