//! Wishes for a change of who the members are and whose peers order.

use super::Body;
use crate::keys::RootSignature;
use crate::roster::{RosterAct, RosterTerms};

impl Body {
    /// The body of a wish for a change of the roster, with the root signature under it.
    #[must_use]
    pub fn wish(terms: RosterTerms, act: RosterAct, signature: RootSignature) -> Self {
        let signature = Box::new(signature);
        match act {
            RosterAct::Admit(application) => Self::AdmitMember {
                terms,
                application,
                signature,
            },
            RosterAct::Expel(member) => Self::ExpelMember {
                terms,
                member,
                signature,
            },
            RosterAct::SetValidators(validators) => Self::SetValidators {
                terms,
                validators,
                signature,
            },
        }
    }

    /// The change of the roster that it wants, with the root signature under it.
    #[must_use]
    pub fn roster_wish(&self) -> Option<(RosterTerms, RosterAct, &RootSignature)> {
        match self {
            Self::AdmitMember {
                terms,
                application,
                signature,
            } => Some((*terms, RosterAct::Admit(application.clone()), signature)),
            Self::ExpelMember {
                terms,
                member,
                signature,
            } => Some((*terms, RosterAct::Expel(*member), signature)),
            Self::SetValidators {
                terms,
                validators,
                signature,
            } => {
                let act = RosterAct::SetValidators(validators.clone());
                Some((*terms, act, signature))
            }
            _ => None,
        }
    }
}
