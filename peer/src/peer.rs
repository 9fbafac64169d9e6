//! A member's peer: its replica, its keys, and what the rest of the program asks of them.

mod announce;
mod backup;
mod bundles;
mod codes;
mod consumers;
mod describe;
mod desk;
mod own;
mod own_runs;
mod prefixes;
mod proofs;
mod purge;
mod readers;
mod recovery;
mod restored;
mod run_lists;
mod runs;
mod sign;
mod standing;
mod status;
mod trace;

use std::sync::{Arc, Mutex};

use anyhow::{Context as _, bail};
use chopmark_core::{
    BlockId, CodeQuery, DeviceId, DeviceKey, EvidenceId, Height, KnownPeer, MemberId, NetworkId,
    PartyKind, ReaderKey, Seq, StateView, Undrawn,
};
use chopmark_replica::{Lock, Number, Replica, Store};
use tokio::sync::watch;

pub(crate) use announce::{announce, coming};
pub(crate) use bundles::Known;
pub(crate) use codes::Codes;
pub(crate) use consumers::{Asked, Carried};
pub(crate) use describe::Running;
pub(crate) use desk::Desk;
pub(crate) use own_runs::OwnRun;
pub(crate) use proofs::Wanted;
pub(crate) use purge::Purging;
pub(crate) use run_lists::follow as follow_runs;
pub(crate) use runs::{MadeOf, Told as ToldOfRun};
pub(crate) use status::Status;
pub(crate) use trace::{Towards, Trace};

use crate::config::Config;
use crate::folder::{Folder, NoAdminKey};
use crate::invitations::Invitations;
use crate::keyfile::DeviceKeys;
use crate::metrics::OrderingGauge;
use bundles::Bundles;
use describe::Gateways;
use own::Own;
use restored::Restoring;
use run_lists::Lists;

/// Evidence on its way to a browser: its length and its bytes in parts.
pub(crate) struct EvidenceStream {
    pub(crate) length: u64,
    pub(crate) file: std::fs::File,
}

/// A member's peer. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Peer(Arc<Inner>);

struct Inner {
    replica: Replica,
    member: MemberId,
    member_name: String,
    /// The peer device: orders, and is the TLS identity.
    key: DeviceKeys,
    /// The admin device: signs enrolments, revocations, registrations. A second peer has none.
    admin: Option<DeviceKeys>,
    /// Reader keys that are here and not on the ledger: those that the member brought in the
    /// genesis, or those that a second peer was given at the door.
    brought: Vec<ReaderKey>,
    /// Whether consumers give things back to this member at its gateway.
    takes_back: bool,
    /// One admin block at a time, stored before the next: the feed never forks.
    signing: Mutex<()>,
    /// Whether it signs nothing yet, because it was restored.
    restoring: Restoring,
    /// One change of reader keys at a time: each epoch has one key.
    rekeying: Mutex<()>,
    invitations: Invitations,
    bundles: Bundles,
    lists: Lists,
    gateways: Gateways,
    /// The other peers, as devices are told of them.
    others: Vec<KnownPeer>,
    ordering: OrderingGauge,
}

impl Peer {
    /// Opens the folder: keys, genesis and replica, which is made at the first start.
    pub(crate) async fn open(folder: &Folder, config: &Config) -> anyhow::Result<Self> {
        let (folder, config) = (folder.clone(), config.clone());
        tokio::task::spawn_blocking(move || Self::open_now(folder, &config)).await?
    }

    fn open_now(folder: Folder, config: &Config) -> anyhow::Result<Self> {
        let genesis = folder.genesis()?;
        let own = Own::read(&folder, &genesis)?;
        let member = own.member;
        let (restoring, replica) = Restoring::open(&folder, || {
            let (path, lock) = (folder.path(), Lock::KeyFile);
            Ok(match Store::exists(path) {
                true => Replica::open(path, lock, PartyKind::Peer),
                false => Replica::create(path, lock, &genesis, PartyKind::Peer),
            }?)
        })?;
        if replica.network() != genesis.id() {
            bail!(
                "the ledger in {} is of network {}, the genesis of {}; use a folder for each network",
                folder.path().display(),
                replica.network(),
                genesis.id()
            );
        }
        let known = || replica.read(|_, pending| Some(pending.member(&member)?.name().to_owned()));
        Ok(Self(Arc::new(Inner {
            invitations: Invitations::new(replica.clone()),
            gateways: Gateways::new(member, config),
            others: config.known_peers().context(
                "a `[[peer]]` in chopmark.toml has too many addresses, or too long ones",
            )?,
            member,
            member_name: own.name.or_else(known).unwrap_or(member.to_string()),
            key: own.key,
            admin: own.admin,
            brought: own.brought,
            replica,
            takes_back: config.takes_back,
            signing: Mutex::default(),
            restoring,
            rekeying: Mutex::default(),
            bundles: Bundles::default(),
            lists: Lists::default(),
            ordering: OrderingGauge::default(),
        })))
    }

    pub(crate) fn network(&self) -> NetworkId {
        self.0.replica.network()
    }

    pub(crate) fn network_name(&self) -> &str {
        self.0.replica.genesis().name()
    }

    /// The host name on labels.
    pub(crate) fn host(&self) -> &str {
        self.0.replica.genesis().host()
    }

    pub(crate) fn member(&self) -> MemberId {
        self.0.member
    }

    pub(crate) fn member_name(&self) -> &str {
        &self.0.member_name
    }

    /// The peer device.
    pub(crate) fn device(&self) -> DeviceId {
        self.0.key.signing.id()
    }

    /// The admin device whose key lies in the folder.
    ///
    /// # Errors
    /// [`NoAdminKey`] at a second peer.
    pub(crate) fn admin(&self) -> Result<&DeviceKeys, NoAdminKey> {
        self.0.admin.as_ref().ok_or(NoAdminKey)
    }

    /// The device that reader keys are opened with.
    fn reader(&self) -> &DeviceKeys {
        self.0.admin.as_ref().unwrap_or(&self.0.key)
    }

    /// The block at a place of a device's feed; none when it is not here.
    pub(crate) async fn block_at(
        &self,
        device: DeviceId,
        seq: Seq,
    ) -> anyhow::Result<Option<BlockId>> {
        self.blocking(move |peer| peer.0.replica.block_at(device, seq))
            .await
    }

    pub(crate) fn replica(&self) -> &Replica {
        &self.0.replica
    }

    pub(crate) fn invitations(&self) -> &Invitations {
        &self.0.invitations
    }

    /// The peer device's key, once more, for the wire.
    pub(crate) fn key(&self) -> DeviceKey {
        DeviceKey::from_seed(&self.0.key.signing.to_seed())
    }

    /// Whether this peer is a validator of the next checkpoint.
    pub(crate) fn is_validator(&self) -> bool {
        let own = self.device();
        self.0
            .replica
            .read_final(|ledger| ledger.validators().with_key(&own).is_some())
    }

    /// Whether this peer alone decides on the next checkpoint.
    pub(crate) fn orders_alone(&self) -> bool {
        let own = self.device();
        self.0
            .replica
            .read_final(|ledger| ledger.validators().is_only(&own))
    }

    /// Whether it will be a validator from a checkpoint on that lies ahead, as far as
    /// `validators show` says.
    pub(crate) async fn will_order(&self) -> anyhow::Result<bool> {
        let own = self.device();
        self.view(move |view| view.roster().newest_validators().with_key(&own).is_some())
            .await
    }

    /// Where ordering says how it stands.
    pub(crate) fn ordering(&self) -> &OrderingGauge {
        &self.0.ordering
    }

    /// Tells when something arrived.
    pub(crate) fn arrivals(&self) -> watch::Receiver<Number> {
        self.0.replica.arrivals()
    }

    /// The newest checkpoint's height.
    pub(crate) fn height(&self) -> Height {
        self.0.replica.read_final(|ledger| ledger.tip().height)
    }

    /// Asks the state with everything held on top of it.
    pub(crate) async fn view<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn StateView) -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        self.blocking(move |peer| peer.0.replica.read(|_, pending| ask(pending)))
            .await
    }

    /// The history of a code, or what shows that nothing was commissioned under it.
    pub(crate) async fn history(
        &self,
        code: CodeQuery,
        shown: Option<Undrawn>,
    ) -> anyhow::Result<Known> {
        self.blocking(move |peer| {
            let Inner {
                bundles, replica, ..
            } = &*peer.0;
            bundles.get(replica, (&code, shown.as_ref()), peer.without_lists())
        })
        .await?
    }

    /// A file of evidence as it is stored; none when it is not here.
    pub(crate) async fn evidence(&self, id: EvidenceId) -> anyhow::Result<Option<EvidenceStream>> {
        self.blocking(move |peer| match peer.0.replica.vault().ciphertext(id, 0) {
            Ok((file, length)) => Ok(Some(EvidenceStream { length, file })),
            Err(chopmark_replica::VaultError::Unknown { .. }) => Ok(None),
            Err(why) => Err(why.into()),
        })
        .await?
    }

    /// Saves the state, so that the next start has nothing to replay.
    pub(crate) async fn save(&self) -> anyhow::Result<()> {
        self.blocking(|peer| Ok(peer.0.replica.save()?)).await?
    }

    /// Runs what waits for disk or signatures off the async threads.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let peer = self.clone();
        tokio::task::spawn_blocking(move || work(&peer))
            .await
            .context("the peer is stopping")
    }
}
