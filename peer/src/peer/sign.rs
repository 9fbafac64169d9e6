//! What the member's admin device signs: enrolments, revocations, registrations.

use std::sync::{MutexGuard, PoisonError};

use anyhow::anyhow;
use chopmark_core::{
    BlockId, Body, DeviceId, DeviceKey, Opener, Outcome, Position, RecordDraft, RecordRef, Refusal,
    Role, StateView as _, UnsignedBlock, foresee, sign_as_asked,
};

use super::Peer;
use super::restored::StillRestoring;
use crate::clock;
use crate::folder::NoAdminKey;
use crate::keyfile::random_seed;

/// What was signed stands in the ledger, and changes nothing.
#[derive(Debug, thiserror::Error)]
#[error("it was signed, and the network's rules refuse it: {0}")]
pub(super) struct RuledOut(pub(super) Refusal);

impl Peer {
    /// Holds this peer's feeds: one block at a time, stored before the next; none while what
    /// it signed before may be unknown here.
    pub(crate) fn signing(&self) -> Result<MutexGuard<'_, ()>, StillRestoring> {
        self.may_sign()?;
        Ok(self
            .0
            .signing
            .lock()
            .unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn admin_key(&self) -> Result<&DeviceKey, NoAdminKey> {
        self.admin().map(|admin| &admin.signing)
    }

    /// Where the admin device's next block goes.
    pub(crate) fn next_position(&self) -> Result<Position, NoAdminKey> {
        self.admin_key().map(|key| self.position_of(key.id()))
    }

    /// Where the next block of one of this member's devices goes.
    pub(super) fn position_of(&self, device: DeviceId) -> Position {
        let place = self.0.replica.next_place(device);
        Position {
            network: self.network(),
            member: self.0.member,
            device,
            seq: place.seq,
            prev: place.prev,
            anchor: place.anchor,
            clock: clock::now(),
        }
    }

    /// What opens the sections for this member.
    pub(crate) fn opener(&self) -> anyhow::Result<Opener> {
        let keys = self.reader_keys()?;
        let none = Opener::new(self.network());
        Ok(keys.iter().fold(none, |opener, key| {
            opener.with_reader(key.of, key.epoch, &key.secret)
        }))
    }

    /// Signs one record as the admin device. It is on disk when this returns.
    pub(crate) async fn sign_as_admin(&self, body: Body) -> anyhow::Result<BlockId> {
        self.sign_draft(RecordDraft::new(body, Vec::new())).await
    }

    /// The same of a record that cites others.
    pub(crate) async fn sign_draft(&self, draft: RecordDraft) -> anyhow::Result<BlockId> {
        self.blocking(move |peer| peer.sign_now(draft)).await?
    }

    /// As [`Self::sign_as_admin`], on a thread that may wait for the disk.
    pub(super) fn sign_now(&self, draft: RecordDraft) -> anyhow::Result<BlockId> {
        self.sign_block(&[draft])
    }

    /// Whether the rules would allow the admin device these records now, as far as this peer knows.
    pub(super) fn check_allowed(&self, drafts: &[RecordDraft]) -> anyhow::Result<()> {
        let who = (self.admin_key()?.id(), Role::Admin);
        self.replica().read(|_, pending| {
            foresee(pending, who, self.member(), drafts).map_err(|why| {
                anyhow!("the network's rules refuse it, and nothing was signed: {why}")
            })
        })
    }

    /// Signs one block, on a thread that may wait for the disk.
    pub(crate) fn sign_block(&self, drafts: &[RecordDraft]) -> anyhow::Result<BlockId> {
        let inner = &self.0;
        let _one_at_a_time = self.signing()?;
        let admin = self.admin_key()?;
        let position = self.next_position()?;
        let seed = random_seed()?;
        let unsigned = inner.replica.read(|ledger, pending| {
            let drafts = drafts.iter().cloned();
            let drafts: Vec<RecordDraft> = drafts
                .map(|draft| draft.telling_regulators(pending))
                .collect();
            UnsignedBlock::build(position, &drafts, &ledger.state().readers(), &seed)
        })?;
        let built = inner
            .replica
            .read(|_, pending| sign_as_asked(unsigned, admin, pending))?;
        let block = inner.replica.append_own(built.block, built.sections)?;
        let refusal = inner.replica.read(|_, pending| {
            let records = (0_u16..).take(drafts.len());
            let mut outcomes = records
                .filter_map(|index| pending.outcome(&RecordRef { block, index }).cloned())
                .filter_map(|outcome| match outcome {
                    Outcome::Refused(refusal) => Some(refusal),
                    _ => None,
                });
            // Of a group the record that failed says why, the others only that one did.
            let first = outcomes.next();
            let reason = outcomes.find(|other| !matches!(other, Refusal::GroupFailed { .. }));
            match first {
                Some(Refusal::GroupFailed { .. }) => reason.or(first),
                first => first,
            }
        });
        if let Some(refusal) = refusal {
            return Err(RuledOut(refusal).into());
        }
        Ok(block)
    }
}
