//! Offers of custody and of title: open ones, and what became of the others.

use super::codec::wire_fields;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::member::numbered;
use crate::{Digest32, MemberId, Party, RecordRef, SubjectId, TimeMs};

numbered! {
    /// What an offer is of.
    Right: "right" {
        /// To hold the subject.
        Custody = 0,
        /// To own it.
        Title = 1,
    }
}

/// An offer that nobody has accepted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub(crate) right: Right,
    pub(crate) subject: SubjectId,
    pub(crate) from: MemberId,
    pub(crate) to: Party,
    pub(crate) expires: TimeMs,
    pub(crate) stands_until: TimeMs,
    pub(crate) contents: Option<Digest32>,
}

wire_fields!(Offer {
    right,
    subject,
    from,
    to,
    expires,
    stands_until,
    contents
});

impl Offer {
    /// Whether custody is offered or title.
    pub fn right(&self) -> Right {
        self.right
    }

    /// What is offered.
    pub fn subject(&self) -> &SubjectId {
        &self.subject
    }

    /// The member that gives.
    pub fn from(&self) -> &MemberId {
        &self.from
    }

    /// Who it is for: a member, or whoever shows a pick-up code.
    pub fn to(&self) -> &Party {
        &self.to
    }

    /// Until when it stands, before grace: what the giver wrote, or the policy's longest life
    /// of an offer after the checkpoint that ordered it, whichever is sooner.
    pub fn expires(&self) -> TimeMs {
        self.expires
    }

    /// The digest of what is packed inside, where the giver stated it.
    pub fn contents(&self) -> Option<&Digest32> {
        self.contents.as_ref()
    }

    /// Until when it can be answered: late syncs get the grace of the policy that held when it
    /// was made. A longer grace that is agreed on later wakes no offer that had expired: its
    /// subject may lie in another's container by then.
    pub fn stands_until(&self) -> TimeMs {
        self.stands_until
    }

    /// Whether it still binds at a checkpoint's time.
    pub fn stands_at(&self, now: TimeMs) -> bool {
        now <= self.stands_until
    }
}

/// What became of an offer that is no longer open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedOffer {
    /// This acceptance used it.
    Accepted {
        /// The acceptance.
        by: RecordRef,
    },
    /// It expired at this time, and a newer record about its subject took its place.
    Lapsed {
        /// When it expired.
        at: TimeMs,
    },
    /// Its addressee declined it.
    Declined {
        /// The declining.
        by: RecordRef,
    },
}

impl Wire for ClosedOffer {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        match self {
            Self::Accepted { by } => {
                to.u64(0);
                by.write(to);
            }
            Self::Lapsed { at } => {
                to.u64(1);
                at.write(to);
            }
            Self::Declined { by } => {
                to.u64(2);
                by.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        match from.u64()? {
            0 => Ok(Self::Accepted {
                by: RecordRef::read(from)?,
            }),
            1 => Ok(Self::Lapsed {
                at: TimeMs::read(from)?,
            }),
            2 => Ok(Self::Declined {
                by: RecordRef::read(from)?,
            }),
            _ => Err(CborError::Value {
                what: "closed offer",
            }),
        }
    }
}
