//! Members' devices, the devices' feeds, and prefixes.

use std::collections::BTreeMap;

use super::codec::wire_fields;
use crate::{
    BlockId, DeviceEntry, HpkePublic, MemberId, MlDsa44Public, RecordRef, Role, Seq, TimeMs,
};

/// A device that was enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceState {
    pub(crate) member: MemberId,
    pub(crate) entry: DeviceEntry,
    pub(crate) enrolled_by: Option<RecordRef>,
    pub(crate) revoked: Option<Revocation>,
    pub(crate) forked: Option<Fork>,
}

wire_fields!(DeviceState {
    member,
    entry,
    enrolled_by,
    revoked,
    forked
});

impl DeviceState {
    /// The member that enrolled it.
    pub fn member(&self) -> &MemberId {
        &self.member
    }

    /// What it may write.
    pub fn role(&self) -> Role {
        self.entry.role()
    }

    /// The name its member gave it.
    pub fn name(&self) -> &str {
        self.entry.name()
    }

    /// The key that secrets for this device are sealed to.
    pub fn hpke(&self) -> &HpkePublic {
        self.entry.hpke()
    }

    /// The key of its second signatures; none of a device that has no such key.
    pub fn second(&self) -> Option<&MlDsa44Public> {
        self.entry.second()
    }

    /// When its enrolment ends.
    pub fn until(&self) -> TimeMs {
        self.entry.until()
    }

    /// The record that enrolled it; none when the genesis did.
    pub fn enrolled_by(&self) -> Option<RecordRef> {
        self.enrolled_by
    }

    /// Its revocation.
    pub fn revoked(&self) -> Option<&Revocation> {
        self.revoked.as_ref()
    }

    /// Whether no revocation cuts this block of its feed off.
    pub fn speaks_for(&self, seq: Seq, block: &BlockId) -> bool {
        self.revoked
            .as_ref()
            .is_none_or(|revoked| revoked.allows(seq, block))
    }

    /// The fork that suspended it.
    pub fn forked(&self) -> Option<&Fork> {
        self.forked.as_ref()
    }
}

/// The end of a device's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub(crate) by: RecordRef,
    pub(crate) last_seq: Option<Seq>,
    pub(crate) last_block: Option<BlockId>,
}

wire_fields!(Revocation {
    by,
    last_seq,
    last_block
});

impl Revocation {
    /// The record that revoked it.
    pub fn by(&self) -> RecordRef {
        self.by
    }

    /// The last block of the feed that is still taken; none when nothing of it is.
    pub fn last(&self) -> Option<(Seq, BlockId)> {
        self.last_seq.zip(self.last_block)
    }

    /// Whether a block of the feed is still taken: it is the last one named, or before it.
    pub fn allows(&self, seq: Seq, block: &BlockId) -> bool {
        match (self.last_seq, &self.last_block) {
            (Some(last), Some(id)) => seq < last || (seq == last && block == id),
            _ => false,
        }
    }
}

/// Two payloads at one place of a feed: the first one ordered stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    pub(crate) seq: Seq,
    pub(crate) stands: Option<BlockId>,
    pub(crate) refused: BlockId,
}

wire_fields!(Fork {
    seq,
    stands,
    refused
});

impl Fork {
    /// The place in the feed.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The block that was ordered first and has the place. None when the feed had gone on from
    /// there: of a feed the state keeps the newest block alone. Device and place name it then.
    pub fn stands(&self) -> Option<&BlockId> {
        self.stands.as_ref()
    }

    /// The block that was ordered second and refused.
    pub fn refused(&self) -> &BlockId {
        &self.refused
    }
}

/// Where a device's feed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedHead {
    /// The sequence number that comes next.
    pub next: Seq,
    /// The newest block.
    pub head: BlockId,
}

wire_fields!(FeedHead { next, head });

/// A prefix that a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    pub(crate) owner: MemberId,
    pub(crate) by: RecordRef,
}

wire_fields!(Registration { owner, by });

impl Registration {
    /// The member.
    pub fn owner(&self) -> &MemberId {
        &self.owner
    }

    /// The record that completed the quorum.
    pub fn by(&self) -> RecordRef {
        self.by
    }
}

/// Who has written the same prefix registration, with the record that says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrefixClaim {
    pub(crate) writers: BTreeMap<MemberId, RecordRef>,
}

wire_fields!(PrefixClaim { writers });

impl PrefixClaim {
    /// The members that wrote it, each with its first record.
    pub fn writers(&self) -> &BTreeMap<MemberId, RecordRef> {
        &self.writers
    }
}
