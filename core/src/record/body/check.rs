//! What fields have to be like, beyond their encoding.

use super::Body;
use crate::{cbor::CborError, code::GoodsClass, limits, party::Party, record::goods};

impl Body {
    /// What holds for the fields of a kind, whatever the state.
    pub(in crate::record) fn check(&self) -> Result<(), CborError> {
        let wrong = |what| Err(CborError::Value { what });
        match self {
            Self::Commission {
                codes, activation, ..
            } if !activation.is_empty() && activation.len() != codes.len() => {
                wrong("activation keys")
            }
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
            // Title leaves the members by an activation, which the consumer's side signs.
            Self::OfferTitle {
                to: Party::Consumer(_) | Party::Bearer(_),
                ..
            } => wrong("addressee"),
            Self::Accept { left, .. }
                if left.len() > limits::SUBJECTS || !crate::record::distinct(left) =>
            {
                wrong("what was left")
            }
            Self::Report { word, .. } if !is_word(word) => wrong("report"),
            Self::Hold { reason, .. } | Self::Open { reason, .. } if !is_word(reason) => {
                wrong("reason")
            }
            Self::SetReader { devices, .. }
                if devices.len() > limits::DEVICES_SEALED
                    || !devices.is_sorted_by(|(one, _), (next, _)| one < next) =>
            {
                wrong("devices")
            }
            Self::AdmitMember { application, .. } => application.check(),
            Self::SetGuardians { choice, .. } => choice.check(),
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
