//! What kind of record a body makes, and when it happened.

use super::Body;
use crate::record::{Kind, When};

impl Body {
    /// What kind of record it makes.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Enrol { .. } => Kind::Enrol,
            Self::Revoke { .. } => Kind::Revoke,
            Self::RegisterPrefix { .. } => Kind::RegisterPrefix,
            Self::SetPolicy { .. } => Kind::SetPolicy,
            Self::SetReader { .. } => Kind::SetReader,
            Self::AdmitMember { .. } => Kind::AdmitMember,
            Self::ExpelMember { .. } => Kind::ExpelMember,
            Self::SetValidators { .. } => Kind::SetValidators,
            Self::RotateRoot { .. } => Kind::RotateRoot,
            Self::SetGuardians { .. } => Kind::SetGuardians,
            Self::Recover { .. } => Kind::Recover,
            Self::ObjectRecovery { .. } => Kind::ObjectRecovery,
            Self::Commission { .. } => Kind::Commission,
            Self::Observe { .. } => Kind::Observe,
            Self::Pack { .. } => Kind::Pack,
            Self::Unpack { .. } => Kind::Unpack,
            Self::CommissionRun { .. } => Kind::CommissionRun,
            Self::Transform { .. } => Kind::Transform,
            Self::Associate { .. } => Kind::Associate,
            Self::Dissociate { .. } => Kind::Dissociate,
            Self::Decommission { .. } => Kind::Decommission,
            Self::Correct { .. } => Kind::Correct,
            Self::Offer { .. } => Kind::Offer,
            Self::Accept { .. } => Kind::Accept,
            Self::Decline { .. } => Kind::Decline,
            Self::OfferTitle { .. } => Kind::OfferTitle,
            Self::TakeTitle { .. } => Kind::TakeTitle,
            Self::DeclineTitle { .. } => Kind::DeclineTitle,
            Self::PickUp { .. } => Kind::PickUp,
            Self::Draw { .. } => Kind::Draw,
            Self::Attest { .. } => Kind::Attest,
            Self::Activate { .. } => Kind::Activate,
            Self::Resell { .. } => Kind::Resell,
            Self::Report { .. } => Kind::Report,
            Self::Pledge { .. } => Kind::Pledge,
            Self::Release { .. } => Kind::Release,
            Self::Hold { .. } => Kind::Hold,
            Self::Clear { .. } => Kind::Clear,
            Self::Open { .. } => Kind::Open,
            Self::Unreadable { .. } => Kind::Unreadable,
            Self::Grant { .. } => Kind::Grant,
        }
    }

    /// When it happened, for all but identity records.
    #[must_use]
    pub const fn when(&self) -> Option<When> {
        match self {
            Self::Enrol { .. }
            | Self::Revoke { .. }
            | Self::RegisterPrefix { .. }
            | Self::SetPolicy { .. }
            | Self::SetReader { .. }
            | Self::AdmitMember { .. }
            | Self::ExpelMember { .. }
            | Self::SetValidators { .. }
            | Self::RotateRoot { .. }
            | Self::SetGuardians { .. }
            | Self::Recover { .. }
            | Self::ObjectRecovery { .. } => None,
            Self::Commission { when, .. }
            | Self::Observe { when, .. }
            | Self::Pack { when }
            | Self::Unpack { when }
            | Self::CommissionRun { when, .. }
            | Self::Transform { when, .. }
            | Self::Associate { when }
            | Self::Dissociate { when }
            | Self::Decommission { when, .. }
            | Self::Correct { when, .. }
            | Self::Offer { when, .. }
            | Self::Accept { when, .. }
            | Self::Decline { when }
            | Self::OfferTitle { when, .. }
            | Self::TakeTitle { when, .. }
            | Self::DeclineTitle { when }
            | Self::PickUp { when, .. }
            | Self::Draw { when, .. }
            | Self::Attest { when, .. }
            | Self::Activate { when, .. }
            | Self::Resell { when, .. }
            | Self::Report { when, .. }
            | Self::Pledge { when, .. }
            | Self::Release { when }
            | Self::Hold { when, .. }
            | Self::Clear { when }
            | Self::Open { when, .. }
            | Self::Unreadable { when, .. }
            | Self::Grant { when, .. } => Some(*when),
        }
    }
}
