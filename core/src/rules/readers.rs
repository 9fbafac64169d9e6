//! Reader groups' keys: setting them, and refusing what was sealed to an old one.

use std::collections::BTreeSet;

use super::{Context, Refusal, identity::check_admin_of};
use crate::state::{EpochState, Fork, Layer, Revocation, StateView};
use crate::{
    Audience, DeviceId, Group, Height, HpkePublic, ReaderGroup, Record, RecordRef, SectionRef,
    TimeMs, VerifiedBlock,
};

/// A key as its record sets it.
pub(super) struct Key<'a> {
    pub(super) group: Group,
    pub(super) epoch: u32,
    pub(super) public: &'a HpkePublic,
    pub(super) given: BTreeSet<DeviceId>,
    /// The recovery key that it is sealed to as well.
    pub(super) recovery: Option<&'a HpkePublic>,
}

/// Begins the group's next epoch, or gives the key of one that there is to more devices.
pub(super) fn set(draft: &mut Layer<'_>, context: &Context, key: Key<'_>) -> Result<(), Refusal> {
    let member = context.author.member;
    check_admin_of(context, &member)?;
    let kem = draft.policy().kem;
    if key.public.kem() != kem || key.recovery.is_some_and(|recovery| recovery.kem() != kem) {
        return Err(Refusal::WrongKem { member });
    }
    for device in &key.given {
        check_reads(draft, &member, key.group, device)?;
    }
    let of = ReaderGroup::new(member, key.group);
    let mut state = draft.reader_group(&of).cloned().unwrap_or_default();
    let next = state.next();
    let recovery = key.recovery.map(|_| context.at);
    // A key that was used before would still open to whoever was shut out.
    if key.epoch == next && !state.epochs.iter().any(|old| old.key == *key.public) {
        state.epochs.push(EpochState {
            key: key.public.clone(),
            from: Height(draft.tip().height.0.saturating_add(1)),
            since: context.now,
            set_by: Some(context.at),
            given: key.given,
            recovery,
        });
    } else if let Some(there) = state.epoch_mut(key.epoch)
        && there.key == *key.public
    {
        // An old one too: whoever reads in the group now may read what the group read before.
        there.given.extend(key.given);
        there.recovery = recovery.or(there.recovery);
    } else {
        return Err(Refusal::WrongEpoch {
            member,
            group: key.group,
            next: next.into(),
            latest: state.epochs.last().and_then(|newest| newest.set_by),
        });
    }
    draft.changes.readers.insert(of, state);
    Ok(())
}

/// Whether a device reads in a member's group, still.
fn check_reads(
    state: &dyn StateView,
    member: &crate::MemberId,
    group: Group,
    id: &DeviceId,
) -> Result<(), Refusal> {
    let device = state
        .device(id)
        .ok_or(Refusal::UnknownDevice { device: *id })?;
    let forked = |fork: &Fork| RecordRef {
        block: fork.refused,
        index: 0,
    };
    let shut_out = device.revoked().map(Revocation::by);
    let shut_out = shut_out.or(device.forked().map(forked));
    if shut_out.is_some() || device.member() != member || !group.includes(device.role()) {
        return Err(Refusal::NotAReader {
            device: *id,
            group,
            by: shut_out.or(device.enrolled_by()),
        });
    }
    Ok(())
}

/// Refuses a record without the section for regulators that the policy asks for, and one whose
/// section was not sealed to each of them that has a key.
pub(crate) fn check_regulators(
    state: &dyn StateView,
    block: &VerifiedBlock,
    record: &Record,
) -> Result<(), Refusal> {
    let policy = state.policy();
    let Some(name) = policy.required_for(record.kind()) else {
        return Ok(());
    };
    let told =
        |section: &SectionRef| matches!(section.audience(), Audience::Regulators(of) if of == name);
    let sealed: BTreeSet<_> = block.encapsulations().iter().map(|e| e.group()).collect();
    let regulators = policy.jurisdictions.get(name).into_iter().flatten();
    let mut groups = regulators
        .map(|member| ReaderGroup::new(*member, Group::Supervision))
        .filter(|of| state.reader_group(of).is_some());
    if record.sections().iter().any(told) && groups.all(|of| sealed.contains(&of)) {
        Ok(())
    } else {
        Err(Refusal::NoRegulatorSection {
            kind: record.kind(),
            jurisdiction: name.clone(),
            by: state.policy_set_by(),
        })
    }
}

/// Refuses a block that says it knows a checkpoint which is not made yet: with the checkpoint that
/// orders it, the anchor bounds when a block was written.
pub(crate) fn check_anchor(state: &dyn StateView, block: &VerifiedBlock) -> Result<(), Refusal> {
    let next = state.next_height();
    match block.header().anchor() {
        Some((anchor, _)) if anchor >= next => Err(Refusal::AnchorAhead { anchor, next }),
        _ => Ok(()),
    }
}

/// Refuses what was sealed to a key that had been replaced: a device that was revoked has it.
///
/// What counts is what the author knew, that is the anchor. An anchor is a claim, so an author who
/// wants the old key may keep an old one: the grace ends that, by checkpoint time.
pub(crate) fn check_epochs(
    state: &dyn StateView,
    block: &VerifiedBlock,
    now: TimeMs,
) -> Result<(), Refusal> {
    let anchor = block.header().anchor().map_or(Height(0), |(at, _)| at);
    for encapsulation in block.encapsulations() {
        let of = encapsulation.group();
        let used = encapsulation.epoch();
        let after = state
            .reader_group(&of)
            .and_then(|group| group.epoch(used.checked_add(1)?));
        if let Some(after) = after
            && (anchor >= after.from || now > after.since.plus(state.policy().grace_ms))
        {
            return Err(Refusal::OldEpoch {
                member: of.member,
                group: of.group,
                epoch: used.into(),
                by: after.set_by,
            });
        }
    }
    Ok(())
}
