//! The rules: which record may do what, one module for each family.
//!
//! A rule reads a draft over the state and writes to it; the draft is committed when every
//! record of the unit passed, and dropped whole when one did not. Rules read fields only, never
//! sections, and judge time by the checkpoint's, never by a device's.

mod associate;
mod commission;
mod consumer;
mod correct;
mod counts;
mod custody;
mod decommission;
mod foresee;
mod hold;
mod identity;
mod offer;
mod packing;
mod pledge;
mod policy;
mod prefix;
mod quantity;
mod readers;
mod refusal;
mod root;
mod roster;
mod run;
mod second;
mod title;
mod transform;

pub use foresee::foresee;
pub use refusal::Refusal;

pub(crate) use commission::class_is_under;
pub(crate) use consumer::check_taker;
pub use hold::may_hold;
pub use second::sign_as_asked;

pub(crate) use readers::{check_anchor, check_epochs, check_regulators};
pub(crate) use root::{end_recoveries, seat_guardians};
pub(crate) use roster::check_standing;
pub(crate) use run::draw_now;
pub(crate) use second::{asks_second, check_second};

use crate::state::{Layer, Right, StateView, SubjectState};
use crate::{
    BlockId, Body, Class, DeviceId, Digest32, Kind, MemberId, Party, Record, RecordRef, Role, Seq,
    SubjectId, TimeMs,
};

/// Who wrote a record, and when it is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Author {
    pub(crate) device: DeviceId,
    pub(crate) member: MemberId,
    pub(crate) class: Class,
    pub(crate) role: Role,
    pub(crate) seq: Seq,
    pub(crate) block: BlockId,
}

/// What a rule is told beside the state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) author: Author,
    /// The record that is judged.
    pub(crate) at: RecordRef,
    /// The checkpoint's time.
    pub(crate) now: TimeMs,
}

/// Whether the device may write at all: of a member, enrolled still, neither revoked before this block nor
/// suspended for a fork.
pub(crate) fn check_device(
    state: &dyn StateView,
    author: &Author,
    now: TimeMs,
) -> Result<(), Refusal> {
    check_standing(state, &author.member)?;
    let id = author.device;
    let device = state
        .device(&id)
        .ok_or(Refusal::UnknownDevice { device: id })?;
    if let Some(fork) = device.forked() {
        return Err(Refusal::forked(id, fork));
    }
    if let Some(revoked) = device
        .revoked()
        .filter(|revoked| !revoked.allows(author.seq, &author.block))
    {
        return Err(Refusal::DeviceRevoked {
            device: id,
            by: revoked.by(),
        });
    }
    if now > device.until().plus(state.policy().grace_ms) {
        return Err(Refusal::EnrolmentEnded {
            device: id,
            until: device.until(),
            by: device.enrolled_by(),
        });
    }
    Ok(())
}

/// Whether policy lets the author's class and role write this kind.
pub(crate) fn check_permission(
    state: &dyn StateView,
    author: &Author,
    record: &Record,
) -> Result<(), Refusal> {
    let (class, role, kind) = (author.class, author.role, record.kind());
    if state.policy().permits(class, role, kind) {
        Ok(())
    } else {
        Err(Refusal::NotPermitted {
            class,
            role,
            kind,
            by: state.policy_set_by(),
        })
    }
}

/// Applies one record to the draft, or says why not.
pub(crate) fn apply(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
) -> Result<(), Refusal> {
    // A correction may come when everything is over; it changes nothing.
    if record.kind() != Kind::Correct {
        for subject in record.subjects() {
            check_open(draft, subject)?;
        }
    }
    match record.body() {
        Body::Enrol { member, device } => identity::enrol(draft, context, member, device)?,
        Body::Revoke { device, last } => identity::revoke(draft, context, device, *last)?,
        Body::RegisterPrefix { prefix, member } => {
            prefix::register(draft, context, prefix, member)?;
        }
        Body::SetPolicy {
            replaces,
            policy: next,
            from,
        } => policy::set(draft, context, *replaces, (next, *from))?,
        Body::SetReader {
            group,
            epoch,
            key,
            devices,
            recovery,
        } => {
            let key = readers::Key {
                group: *group,
                epoch: *epoch,
                public: key,
                given: devices.iter().map(|(device, _)| *device).collect(),
                recovery: recovery.as_ref().map(|(key, _)| key),
            };
            readers::set(draft, context, key)?;
        }
        Body::AdmitMember { .. } | Body::ExpelMember { .. } | Body::SetValidators { .. } => {
            if let Some((terms, act, signature)) = record.body().roster_wish() {
                roster::wish(draft, context, (terms, &act), signature)?;
            }
        }
        Body::RotateRoot { change } => root::rotate(draft, context, change)?,
        Body::SetGuardians { choice, signature } => {
            root::set_guardians(draft, context, choice, signature)?;
        }
        Body::Recover { request } => root::recover(draft, context, request)?,
        Body::ObjectRecovery { signature } => root::object(draft, context, signature)?,
        Body::Commission {
            class,
            prefix,
            quantity,
            activation,
            ..
        } => {
            let terms = commission::Terms {
                class,
                prefix,
                quantity: *quantity,
            };
            commission::commission(draft, context, record.subjects(), &terms)?;
            commission::seal(draft, record.subjects(), activation)?;
        }
        Body::CommissionRun {
            class, prefix, run, ..
        } => run::commission(draft, context, record.subjects(), (*class, prefix), *run)?,
        Body::Transform {
            inputs,
            outputs,
            losses,
            ..
        } => {
            let terms = transform::Terms {
                inputs,
                outputs,
                losses,
            };
            transform::transform(draft, context, record.subjects(), &terms)?;
        }
        Body::Draw { items, .. } => run::draw(draft, context, record.subjects(), items)?,
        Body::Correct {
            of, correctives, ..
        } => correct::correct(draft, context, of, correctives)?,
        // Whoever may write these may write them about any subject: an inspector examines what
        // others hold.
        Body::Observe { .. } | Body::Attest { .. } | Body::Report { .. } => {}
        Body::Pack { .. } => packing::pack(draft, context, record.subjects())?,
        Body::Unpack { .. } => packing::unpack(draft, context, record.subjects())?,
        Body::Associate { .. } => associate::associate(draft, context, record.subjects())?,
        Body::Dissociate { .. } => associate::dissociate(draft, context, record.subjects())?,
        Body::Offer {
            to,
            expires,
            contents,
            ..
        } => {
            let terms = terms(Right::Custody, to, *expires, contents.as_ref());
            custody::offer(draft, context, record, terms)?;
        }
        Body::Accept { contents, left, .. } => {
            custody::accept(draft, context, record, (*contents, left))?;
        }
        Body::Decline { .. } => offer::decline(draft, context, record, Right::Custody)?,
        Body::OfferTitle {
            to,
            expires,
            contents,
            ..
        } => {
            let terms = terms(Right::Title, to, *expires, contents.as_ref());
            title::offer(draft, context, record, terms)?;
        }
        Body::TakeTitle { contents, .. } => title::take(draft, context, record, *contents)?,
        Body::DeclineTitle { .. } => offer::decline(draft, context, record, Right::Title)?,
        Body::PickUp { code, .. } => custody::pick_up(draft, context, record, code)?,
        Body::Activate {
            owner, signature, ..
        } => consumer::activate(draft, context, record, (owner, signature))?,
        Body::Resell { to, signature, .. } => {
            consumer::resell(draft, context, record, (to, signature))?;
        }
        Body::Pledge { to, .. } => pledge::pledge(draft, context, record.subjects(), to)?,
        Body::Release { .. } => pledge::release(draft, context, record.subjects())?,
        Body::Decommission { .. } => {
            decommission::decommission(draft, context, record.subjects())?;
        }
        Body::Hold { .. } | Body::Unreadable { .. } => {
            hold::hold(draft, context, record.subjects())?;
        }
        Body::Open { .. } => hold::check_authority(draft, context)?,
        // Whoever has a section's key may say so: that it opens the section, and that its member
        // had a right to give it, is for the reader to check. Rules know no sections.
        Body::Grant { .. } => {}
        Body::Clear { .. } => hold::clear(draft, context, record.subjects())?,
    }
    for subject in record.concerned() {
        draft.subject_mut(subject)?.count_record(&context.at);
    }
    Ok(())
}

fn terms(right: Right, to: &Party, expires: TimeMs, contents: Option<&Digest32>) -> offer::Terms {
    offer::Terms {
        right,
        to: *to,
        expires,
        contents: contents.copied(),
    }
}

/// A subject that was commissioned.
fn known<'s>(
    state: &'s (impl StateView + ?Sized),
    subject: &SubjectId,
) -> Result<&'s SubjectState, Refusal> {
    state
        .subject(subject)
        .ok_or(Refusal::UnknownSubject { subject: *subject })
}

/// Refuses when the subject was decommissioned: its history has ended, for every kind of record.
fn check_open(state: &dyn StateView, subject: &SubjectId) -> Result<(), Refusal> {
    match state.subject(subject).and_then(|s| s.decommissioned_by()) {
        Some(by) => Err(Refusal::Decommissioned {
            subject: *subject,
            by,
        }),
        None => Ok(()),
    }
}

/// Refuses when the author's member does not have custody.
fn check_holder(
    state: &dyn StateView,
    context: &Context,
    subject: &SubjectId,
) -> Result<(), Refusal> {
    let (holder, by) = state
        .custody_of(subject)
        .ok_or(Refusal::UnknownSubject { subject: *subject })?;
    if holder.is(&context.author.member) {
        Ok(())
    } else {
        Err(Refusal::NotHolder {
            subject: *subject,
            holder,
            by,
        })
    }
}

#[cfg(test)]
mod tests;
