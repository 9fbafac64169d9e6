//! What a walk knows of a device.

use super::Fact;
use crate::rules::asks_second;
use crate::state::Revocation;
use crate::{DeviceEntry, MemberId, MlDsa44Public, Policy, Role};

pub(super) struct Device {
    pub(super) member: MemberId,
    pub(super) role: Role,
    pub(super) revoked: Option<Revocation>,
    second: Option<MlDsa44Public>,
}

impl Device {
    pub(super) fn enrolled(member: MemberId, entry: &DeviceEntry) -> Self {
        Self {
            member,
            role: entry.role(),
            revoked: None,
            second: entry.second().cloned(),
        }
    }

    /// Whether it signed the record's block a second time, where that is asked for.
    pub(super) fn signed_as_asked(&self, policy: &Policy, fact: &Fact<'_>) -> bool {
        let asked = asks_second(policy, self.second.is_some(), fact.record.kind());
        !asked || (fact.second.is_some() && fact.second == self.second)
    }
}
