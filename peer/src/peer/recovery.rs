//! The member's recovery key: which one it is, what is sealed to it, and a new one.

use std::fmt;

use anyhow::{Context as _, ensure};
use chopmark_core::{
    Body, DeviceEntry, DeviceId, GroupState, HpkePublic, HpkeSecret, ReaderGroup, ReaderKey,
    RecordDraft, RecordRef, RecoveryTags, Sealed, SealedReaderKey, StateView, TimeMs,
};

use super::Peer;
use crate::clock;
use crate::keyfile::random_seed;
use crate::recovery::hex;

/// Keys that one block seals to a recovery key: with X-Wing one has 3.6 KB.
const KEYS_A_BLOCK: usize = 14;
/// The all-or-nothing group of the two enrolments.
const TOGETHER: u16 = 0;

/// What the ledger and this folder say of the member's recovery key.
pub(crate) struct Recovery {
    /// The admin device that has it; none if the member never made one.
    admin: Option<(DeviceId, RecoveryTags, TimeMs)>,
    /// How many keys of reader groups there are, and how many are sealed to it.
    keys: usize,
    sealed: usize,
    /// How many of them are open in this folder.
    open: usize,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            keys, sealed, open, ..
        } = self;
        match &self.admin {
            Some((device, tags, until)) => write!(
                f,
                "recovery key of split {}, device {device}, until {}\n{sealed} of {keys} reader keys are sealed to it",
                hex(&tags.split),
                clock::readable(*until)
            )?,
            None => write!(
                f,
                "no recovery key: run `chopmark member recovery split`, or what is sealed to this member is lost with its devices\n{keys} reader keys"
            )?,
        }
        write!(f, "\n{open} of {keys} reader keys open here")
    }
}

/// What a record seals to a recovery key.
struct RecoverySeal {
    epoch: u32,
    /// The group's public key.
    public: HpkePublic,
    recovery: HpkePublic,
    sealed: Sealed,
}

impl Peer {
    /// Enrols the two devices of a fresh recovery key and seals every reader key to it. Says what
    /// was done.
    pub(crate) async fn set_recovery(
        &self,
        admin: DeviceEntry,
        peer: DeviceEntry,
    ) -> anyhow::Result<Recovery> {
        self.blocking(move |this| {
            let _one_at_a_time = this
                .0
                .rekeying
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            this.set_recovery_now(admin, peer)?;
            this.recovery_now()
        })
        .await?
    }

    /// Where the member's recovery key stands.
    pub(crate) async fn recovery(&self) -> anyhow::Result<Recovery> {
        self.blocking(|peer| peer.recovery_now()).await?
    }

    fn set_recovery_now(&self, admin: DeviceEntry, peer: DeviceEntry) -> anyhow::Result<()> {
        let member = self.member();
        let kem = self.replica().read(|_, pending| pending.policy().kem);
        let key = admin.hpke().clone();
        ensure!(
            key.kem() == kem,
            "the network seals with another kind of key"
        );
        let keys = self.reader_keys()?;
        let enrol =
            |device| RecordDraft::new(Body::Enrol { member, device }, Vec::new()).grouped(TOGETHER);
        self.sign_block(&[enrol(admin), enrol(peer)])?;
        for some in keys.chunks(KEYS_A_BLOCK) {
            let drafts = some.iter().map(|reader| {
                let body = Body::SetReader {
                    group: reader.of.group,
                    epoch: reader.epoch,
                    key: reader.secret.public(),
                    devices: Vec::new(),
                    recovery: Some(self.seal_for_recovery(reader, &key)?),
                };
                anyhow::Ok(RecordDraft::new(body, Vec::new()))
            });
            self.sign_block(&drafts.collect::<anyhow::Result<Vec<_>>>()?)?;
        }
        Ok(())
    }

    /// A reader key sealed to the recovery key.
    pub(super) fn seal_for_recovery(
        &self,
        key: &ReaderKey,
        recovery: &HpkePublic,
    ) -> anyhow::Result<(HpkePublic, Sealed)> {
        let seed = random_seed()?;
        let sealed = key.seal_for_recovery(&self.network(), recovery, &seed);
        Ok((recovery.clone(), sealed.context("the recovery key")?))
    }

    /// The recovery key that the member's newest keys are sealed to.
    pub(super) fn recovery_key(&self) -> anyhow::Result<Option<HpkePublic>> {
        let newest = self.replica().read(|_, pending| {
            let place = |at: &RecordRef| pending.logged(&at.block).map(|logged| logged.index);
            let groups = own_groups(pending, self);
            let epochs = groups.iter().flat_map(|(_, group)| group.epochs());
            // What is not ordered yet is the newest of all.
            epochs
                .filter_map(chopmark_core::EpochState::recovery)
                .max_by_key(|at| (place(at).is_none(), place(at), at.index))
        });
        let Some(at) = newest else {
            return Ok(None);
        };
        let sealed = self.recovery_seal(at)?;
        Ok(sealed.map(|seal| seal.recovery))
    }

    /// The private key that a record seals to this admin device as the recovery key's.
    pub(super) fn recovered_in(
        &self,
        at: RecordRef,
        of: ReaderGroup,
    ) -> anyhow::Result<Option<HpkeSecret>> {
        let Some(seal) = self.recovery_seal(at)? else {
            return Ok(None);
        };
        let own = &self.reader().hpke;
        if own.public() != seal.recovery {
            return Ok(None);
        }
        let sealed = SealedReaderKey {
            of,
            epoch: seal.epoch,
            public: seal.public,
            sealed: seal.sealed,
        };
        let opened = sealed.recover(&self.network(), own);
        Ok(opened.map(|key| key.secret))
    }

    fn recovery_seal(&self, at: RecordRef) -> anyhow::Result<Option<RecoverySeal>> {
        let Some(block) = self.replica().block(at.block)? else {
            return Ok(None);
        };
        let record = block.records().get(usize::from(at.index));
        Ok(match record.map(chopmark_core::Record::body) {
            Some(Body::SetReader {
                epoch,
                key,
                recovery: Some((recovery, sealed)),
                ..
            }) => Some(RecoverySeal {
                epoch: *epoch,
                public: key.clone(),
                recovery: recovery.clone(),
                sealed: sealed.clone(),
            }),
            _ => None,
        })
    }

    fn recovery_now(&self) -> anyhow::Result<Recovery> {
        let key = self.recovery_key()?;
        let open = self.reader_keys()?.len();
        let mut seals = Vec::new();
        let groups = self.replica().read(|_, pending| own_groups(pending, self));
        for epoch in groups.iter().flat_map(|(_, group)| group.epochs()) {
            let seal = epoch.recovery().map(|at| self.recovery_seal(at));
            seals.push(seal.transpose()?.flatten());
        }
        let sealed = seals
            .iter()
            .flatten()
            .filter(|seal| Some(&seal.recovery) == key.as_ref());
        let admin = self.replica().read(|_, pending| {
            let mut devices = pending.devices();
            let (id, state) = devices.find(|(_, state)| Some(state.hpke()) == key.as_ref())?;
            let tags = RecoveryTags::of(&self.network(), &self.member(), id);
            Some((*id, tags, state.until()))
        });
        Ok(Recovery {
            admin,
            keys: seals.len(),
            sealed: sealed.count(),
            open,
        })
    }
}

fn own_groups(view: &dyn StateView, peer: &Peer) -> Vec<(ReaderGroup, GroupState)> {
    let groups = view.reader_groups();
    let own = groups.filter(|(of, _)| of.member == peer.member());
    own.map(|(of, state)| (*of, state.clone())).collect()
}
