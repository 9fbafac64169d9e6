//! How the fields of each kind stand in bytes.

mod read;

use super::{Body, SectionName};
use crate::{
    cbor::{CborError, Reader, Wire, Writer, to_bytes},
    ids::RecordRef,
};

impl Body {
    pub(super) fn write_fields(&self, to: &mut Writer) {
        match self {
            Self::Enrol { member, device } => {
                to.array(2);
                member.write(to);
                device.write(to);
            }
            Self::Revoke { device, last } => {
                to.array(3);
                device.write(to);
                to.option(last.as_ref(), |to, (seq, _)| seq.write(to));
                to.option(last.as_ref(), |to, (_, id)| id.write(to));
            }
            Self::RegisterPrefix { prefix, member } => {
                to.array(2);
                prefix.write(to);
                member.write(to);
            }
            Self::SetPolicy {
                replaces,
                policy,
                from,
            } => {
                to.array(3);
                replaces.write(to);
                to.bytes(&to_bytes(policy.as_ref()));
                to.u64(from.0);
            }
            Self::SetReader {
                group,
                epoch,
                key,
                devices,
                recovery,
            } => {
                to.array(5);
                group.write(to);
                to.u64((*epoch).into());
                key.write(to);
                to.array(devices.len());
                for (device, sealed) in devices {
                    to.array(3);
                    device.write(to);
                    sealed.write_fields(to);
                }
                to.option(recovery.as_ref(), |to, (key, sealed)| {
                    to.array(3);
                    key.write(to);
                    sealed.write_fields(to);
                });
            }
            Self::AdmitMember {
                terms,
                application,
                signature,
            } => {
                to.array(5);
                terms.write_fields(to);
                to.bytes(&application.to_bytes());
                signature.write_into(to);
            }
            Self::ExpelMember {
                terms,
                member,
                signature,
            } => {
                to.array(5);
                terms.write_fields(to);
                member.write(to);
                signature.write_into(to);
            }
            Self::SetValidators {
                terms,
                validators,
                signature,
            } => {
                to.array(5);
                terms.write_fields(to);
                validators.write(to);
                signature.write_into(to);
            }
            Self::RotateRoot { change } => {
                to.array(4);
                change.write_fields(to);
            }
            Self::SetGuardians { choice, signature } => {
                to.array(5);
                to.u64(choice.number);
                to.u64(choice.threshold);
                choice.members.write(to);
                signature.write_into(to);
            }
            Self::Recover { request } => request.write(to),
            Self::ObjectRecovery { signature } => {
                to.array(2);
                signature.write_into(to);
            }
            Self::Commission {
                when,
                class,
                prefix,
                codes,
                quantity,
                activation,
            } => {
                to.array(7);
                when.write(to);
                to.text(class);
                prefix.write(to);
                to.list(codes);
                quantity.write(to);
                to.list(activation);
            }
            Self::CommissionRun {
                when,
                class,
                prefix,
                run,
            } => {
                to.array(5);
                when.write(to);
                class.write(to);
                prefix.write(to);
                run.write(to);
            }
            Self::Transform {
                when,
                step,
                inputs,
                outputs,
                losses,
            } => {
                to.array(6);
                when.write(to);
                to.text(step);
                to.list(inputs);
                to.list(outputs);
                to.list(losses);
            }
            Self::Correct {
                when,
                of,
                reason,
                correctives,
            } => {
                to.array(5);
                when.write(to);
                of.write(to);
                to.text(reason);
                to.list(correctives);
            }
            Self::Draw { when, items } => {
                to.array(3);
                when.write(to);
                to.list(items);
            }
            Self::Observe { when, step: word }
            | Self::Decommission { when, step: word }
            | Self::Report { when, word }
            | Self::Hold { when, reason: word } => {
                to.array(3);
                when.write(to);
                to.text(word);
            }
            Self::Pack { when }
            | Self::Unpack { when }
            | Self::Associate { when }
            | Self::Dissociate { when }
            | Self::Decline { when }
            | Self::DeclineTitle { when }
            | Self::Release { when }
            | Self::Clear { when } => {
                to.array(2);
                when.write(to);
            }
            Self::Offer {
                when,
                to: receiver,
                expires,
                contents,
            }
            | Self::OfferTitle {
                when,
                to: receiver,
                expires,
                contents,
            } => {
                to.array(5);
                when.write(to);
                receiver.write(to);
                expires.write(to);
                to.option(contents.as_ref(), |to, digest| digest.write(to));
            }
            Self::Accept {
                when,
                condition,
                contents,
                left,
            } => {
                to.array(5);
                when.write(to);
                condition.write(to);
                to.option(contents.as_ref(), |to, digest| digest.write(to));
                to.list(left);
            }
            Self::TakeTitle { when, contents } => {
                to.array(3);
                when.write(to);
                to.option(contents.as_ref(), |to, digest| digest.write(to));
            }
            Self::PickUp { when, code } => {
                to.array(3);
                when.write(to);
                to.text(code.as_str());
            }
            Self::Activate {
                when,
                owner,
                signature,
            } => {
                to.array(4);
                when.write(to);
                owner.write(to);
                to.bytes(signature);
            }
            Self::Resell {
                when,
                to: owner,
                signature,
            } => {
                to.array(4);
                when.write(to);
                owner.write(to);
                to.bytes(signature);
            }
            Self::Pledge { when, to: bank } => {
                to.array(3);
                when.write(to);
                bank.write(to);
            }
            Self::Open {
                when,
                section,
                reason,
            } => {
                to.array(5);
                when.write(to);
                section.write_fields(to);
                to.text(reason);
            }
            Self::Unreadable { when, section } | Self::Grant { when, section } => {
                to.array(4);
                when.write(to);
                section.write_fields(to);
            }
            Self::Attest {
                when,
                verdict,
                evidence,
            } => {
                to.array(4);
                when.write(to);
                verdict.write(to);
                to.array(evidence.len());
                for (id, length) in evidence {
                    to.array(2);
                    id.write(to);
                    to.u64(*length);
                }
            }
        }
    }
}

impl SectionName {
    fn write_fields(self, to: &mut Writer) {
        self.record.write(to);
        to.u64(self.index.into());
    }

    fn read_fields(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            record: RecordRef::read(from)?,
            index: from.u16()?,
        })
    }
}
