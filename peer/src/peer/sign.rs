//! What the member's admin device signs: enrolments, revocations, registrations.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use anyhow::bail;
use chopmark_core::{BlockId, Body, Outcome, Position, RecordDraft, RecordRef, UnsignedBlock};

use super::Peer;
use crate::clock;
use crate::keyfile::random_seed;

impl Peer {
    /// Signs one record as the admin device. It is on disk when this returns.
    pub(crate) async fn sign_as_admin(&self, body: Body) -> anyhow::Result<BlockId> {
        self.blocking(move |peer| peer.sign_now(RecordDraft::new(body, Vec::new())))
            .await?
    }

    /// As [`Self::sign_as_admin`], on a thread that may wait for the disk.
    pub(super) fn sign_now(&self, draft: RecordDraft) -> anyhow::Result<BlockId> {
        let inner = &self.0;
        let _one_at_a_time = inner.signing.lock().unwrap_or_else(PoisonError::into_inner);
        let admin = &inner.admin.signing;
        let place = inner.replica.next_place(admin.id());
        let position = Position {
            network: self.network(),
            member: inner.member,
            device: admin.id(),
            seq: place.seq,
            prev: place.prev,
            anchor: place.anchor,
            clock: clock::now(),
        };
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
