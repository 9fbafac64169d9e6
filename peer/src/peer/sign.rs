//! What the member's admin device signs: enrolments, revocations, registrations.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use anyhow::bail;
use chopmark_core::{
    BlockId, Body, DeviceKey, Opener, Outcome, Position, RecordDraft, RecordRef, UnsignedBlock,
};

use super::Peer;
use crate::clock;
use crate::keyfile::random_seed;

impl Peer {
    /// Holds the admin device's feed: one block at a time, stored before the next.
    pub(crate) fn signing(&self) -> MutexGuard<'_, ()> {
        self.0
            .signing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn admin_key(&self) -> &DeviceKey {
        &self.0.admin.signing
    }

    /// Where the admin device's next block goes.
    pub(crate) fn next_position(&self) -> Position {
        let device = self.admin_key().id();
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
    pub(crate) fn opener(&self) -> Opener {
        // Members have their first reader key until a record changes it.
        Opener::new(self.network()).with_reader(self.0.member, 0, &self.0.reader)
    }

    /// Signs one record as the admin device. It is on disk when this returns.
    pub(crate) async fn sign_as_admin(&self, body: Body) -> anyhow::Result<BlockId> {
        self.blocking(move |peer| peer.sign_now(RecordDraft::new(body, Vec::new())))
            .await?
    }

    /// As [`Self::sign_as_admin`], on a thread that may wait for the disk.
    pub(super) fn sign_now(&self, draft: RecordDraft) -> anyhow::Result<BlockId> {
        let inner = &self.0;
        let _one_at_a_time = self.signing();
        let admin = self.admin_key();
        let position = self.next_position();
        let built = UnsignedBlock::build(position, &[draft], &BTreeMap::new(), &random_seed()?)?
            .sign(admin)?;
        let block = inner.replica.append_own(built.block, built.sections)?;
        let record = RecordRef { block, index: 0 };
        let outcome = inner
            .replica
            .read(|_, pending| pending.outcome(&record).cloned());
        if let Some(Outcome::Refused(refusal)) = outcome {
            bail!("it was signed, and the network's rules refuse it: {refusal}");
        }
        Ok(block)
    }
}
