//! What kinds of records there are, and the words that stand in their fields.

use crate::{
    cbor::{CborError, Reader, Wire, Writer},
    ids::{TimeMs, TzMinutes},
    limits,
    member::numbered,
};

numbered! {
    /// What a record is.
    Kind: "kind" {
        /// A member takes a device in.
        Enrol = 1,
        /// A member gives a device up.
        Revoke = 2,
        /// A member says that a prefix belongs to a member.
        RegisterPrefix = 3,
        /// A member says which policy should hold.
        SetPolicy = 4,
        /// A member sets a reader group's key.
        SetReader = 5,
        /// A member wants a firm to become a member.
        AdmitMember = 6,
        /// A member wants another to be one no longer.
        ExpelMember = 7,
        /// A member wants these peers to order.
        SetValidators = 8,
        /// A member goes over to its next root keys.
        RotateRoot = 9,
        /// Things begin.
        Commission = 10,
        /// Something happened to things.
        Observe = 11,
        /// Things go into a container.
        Pack = 12,
        /// Things come out of a container.
        Unpack = 13,
        /// Many things begin at once.
        CommissionRun = 14,
        /// Things become other things.
        Transform = 15,
        /// Things belong together with the first subject.
        Associate = 16,
        /// They no longer do.
        Dissociate = 17,
        /// Things end.
        Decommission = 18,
        /// An earlier record said something wrong.
        Correct = 19,
        /// Custody is offered.
        Offer = 20,
        /// Custody is taken.
        Accept = 21,
        /// Custody is not taken.
        Decline = 22,
        /// Title is offered.
        OfferTitle = 23,
        /// Title is taken.
        TakeTitle = 24,
        /// Title is not taken.
        DeclineTitle = 25,
        /// Custody is taken with a one-time code.
        PickUp = 26,
        /// Things of a run get a life of their own.
        Draw = 29,
        /// Someone looked at things and judged them.
        Attest = 30,
        /// A thing gets its first owner outside the members.
        Activate = 40,
        /// That owner gives it to another.
        Resell = 41,
        /// Something is said about a thing.
        Report = 42,
        /// Title is pledged to a bank.
        Pledge = 50,
        /// The bank gives the pledge up.
        Release = 51,
        /// An authority keeps things from moving.
        Hold = 60,
        /// It lets them move again.
        Clear = 61,
        /// An authority opened a section.
        Open = 62,
        /// An authority cannot open a section, and keeps its things from moving.
        Unreadable = 63,
        /// An older section is opened to someone else.
        Grant = 70,
        /// A member says who may give it new root keys.
        SetGuardians = 80,
        /// A guardian wants a member to have new root keys.
        Recover = 81,
        /// A member's present root keys object to that.
        ObjectRecovery = 82,
    }
}

impl Kind {
    /// The fewest and the most subjects it may have.
    pub(crate) const fn subject_counts(self) -> (usize, usize) {
        match self {
            Self::Enrol
            | Self::Revoke
            | Self::RegisterPrefix
            | Self::SetPolicy
            | Self::SetReader
            | Self::AdmitMember
            | Self::ExpelMember
            | Self::SetValidators
            | Self::RotateRoot
            | Self::SetGuardians
            | Self::Recover
            | Self::ObjectRecovery
            | Self::Open
            | Self::Grant => (0, 0),
            Self::Commission
            | Self::Observe
            | Self::Transform
            | Self::Decommission
            | Self::Correct
            | Self::Attest
            | Self::Report
            | Self::Pledge
            | Self::Release
            | Self::Hold
            | Self::Clear
            | Self::Unreadable => (1, limits::SUBJECTS),
            Self::Pack | Self::Unpack | Self::Associate | Self::Dissociate => (2, limits::SUBJECTS),
            Self::Draw => (2, limits::DRAWN_ITEMS + 1),
            Self::CommissionRun
            | Self::Offer
            | Self::Accept
            | Self::Decline
            | Self::OfferTitle
            | Self::TakeTitle
            | Self::DeclineTitle
            | Self::PickUp
            | Self::Activate
            | Self::Resell => (1, 1),
        }
    }
}

numbered! {
    /// In what state a receiver took something over.
    Condition: "condition" {
        /// All there and whole.
        Good = 0,
        /// Something is missing.
        Shortage = 1,
        /// Something is damaged.
        Damage = 2,
        /// The seal is broken.
        SealBroken = 3,
    }
}

numbered! {
    /// What an inspection found.
    Verdict: "verdict" {
        /// As it should be.
        Pass = 0,
        /// Not as it should be.
        Fail = 1,
        /// Under a condition, which stands in the notes.
        Conditional = 2,
    }
}

/// When something happened, as the device claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct When {
    /// The time.
    pub time: TimeMs,
    /// The local time's offset from UTC.
    pub tz: TzMinutes,
}

impl When {
    pub(super) fn write(self, to: &mut Writer) {
        self.time.write(to);
        self.tz.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            time: TimeMs::read(from)?,
            tz: TzMinutes::read(from)?,
        })
    }
}
