//! An offer of custody or of title.

use chopmark_core::{Digest32, MemberId, Party, SubjectId, TimeMs};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfferFate {
    Open,
    Accepted,
    Declined,
    Lapsed,
}

impl Offer {
    pub(crate) fn stands(&self, now: TimeMs) -> bool {
        now <= self.until
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// Of title; else of custody.
    pub(crate) title: bool,
    pub(crate) subject: SubjectId,
    pub(crate) from: MemberId,
    pub(crate) to: Party,
    /// With the grace that held when it was made.
    pub(crate) until: TimeMs,
    pub(crate) contents: Option<Digest32>,
    pub(crate) fate: OfferFate,
}
