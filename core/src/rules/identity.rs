//! Enrolling and revoking devices: the daily work of a member's admin devices.

use super::{Context, Refusal, check_standing};
use crate::state::{DeviceState, Layer, Revocation, StateView};
use crate::{BlockId, DeviceEntry, DeviceId, MemberId, Role, Seq};

pub(super) fn enrol(
    draft: &mut Layer<'_>,
    context: &Context,
    member: &MemberId,
    entry: &DeviceEntry,
) -> Result<(), Refusal> {
    check_standing(draft, member)?;
    check_admin_of(context, member)?;
    let device = entry.key();
    if let Some(before) = draft.device(&device) {
        return Err(Refusal::AlreadyEnrolled {
            device,
            member: before.member,
            by: before.enrolled_by,
        });
    }
    draft.changes.devices.insert(
        device,
        DeviceState {
            member: *member,
            entry: entry.clone(),
            enrolled_by: Some(context.at),
            revoked: None,
            forked: None,
        },
    );
    Ok(())
}

pub(super) fn revoke(
    draft: &mut Layer<'_>,
    context: &Context,
    device: &DeviceId,
    last: Option<(Seq, BlockId)>,
) -> Result<(), Refusal> {
    let mut state = draft
        .device(device)
        .ok_or(Refusal::UnknownDevice { device: *device })?
        .clone();
    check_admin_of(context, &state.member)?;
    if let Some(before) = &state.revoked {
        return Err(Refusal::AlreadyRevoked {
            device: *device,
            by: before.by(),
        });
    }
    state.revoked = Some(Revocation {
        by: context.at,
        last_seq: last.map(|(seq, _)| seq),
        last_block: last.map(|(_, block)| block),
    });
    draft.changes.devices.insert(*device, state);
    Ok(())
}

/// A member speaks for its own devices only, and through its admins only.
pub(super) fn check_admin_of(context: &Context, member: &MemberId) -> Result<(), Refusal> {
    let author = &context.author;
    if author.role == Role::Admin && author.member == *member {
        Ok(())
    } else {
        Err(Refusal::NotAdmin {
            member: *member,
            device: author.device,
            role: author.role,
        })
    }
}
