//! A member's peer: its replica, its keys, and what the rest of the program asks of them.

mod backup;
mod bundles;
mod codes;
mod consumers;
mod describe;
mod desk;
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

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, bail};
use chopmark_core::{
    BlockId, CodeHash, DeviceId, DeviceKey, EvidenceId, Founder, Genesis, Group, Height,
    HpkeSecret, KnownPeer, MemberId, NetworkId, PartyKind, Seq, StateView, Undrawn,
};
use chopmark_replica::{Lock, Number, Replica, Store};
use tokio::sync::watch;

pub(crate) use bundles::History;
pub(crate) use codes::Codes;
pub(crate) use consumers::{Asked, Carried};
pub(crate) use describe::Running;
pub(crate) use desk::Desk;
pub(crate) use own_runs::OwnRun;
pub(crate) use proofs::Wanted;
pub(crate) use purge::Purging;
pub(crate) use run_lists::follow as follow_runs;
pub(crate) use status::Status;
pub(crate) use trace::{Towards, Trace};

use crate::config::Config;
use crate::folder::Folder;
use crate::invitations::Invitations;
use crate::keyfile::{DeviceKeys, KeyFile};
use crate::metrics::OrderingGauge;
use bundles::Bundles;
use describe::Gateways;
use restored::Restoring;

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
    key: DeviceKey,
    /// The admin device: signs enrolments, revocations, registrations.
    admin: DeviceKeys,
    /// The keys that the member brought in the genesis.
    first_readers: BTreeMap<Group, HpkeSecret>,
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
        let key = KeyFile::device(&folder.peer_key())?.signing;
        let admin = KeyFile::device(&folder.admin_key())?;
        let (founder, first_readers) = match folder.returned()? {
            // Keys that came out of recovery shares: the ledger says that they are enrolled, and
            // has the reader keys, as soon as it is here.
            Some(member) => (founder_of(&genesis, member)?.clone(), BTreeMap::new()),
            None => {
                let first_readers = KeyFile::reader(&folder.reader_key())?;
                let ids = (key.id(), admin.signing.id());
                let applied = folder.applied_to(&genesis)?;
                let all = genesis.founders().iter().chain(applied.as_ref());
                let founder = founder_with(all, &folder, ids, &first_readers)?.clone();
                (founder, first_readers)
            }
        };
        let (member, member_name) = (founder.id(), founder.inception().name().to_owned());
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
        Ok(Self(Arc::new(Inner {
            invitations: Invitations::new(replica.clone()),
            gateways: Gateways::new(member, config),
            others: config.known_peers().context(
                "a `[[peer]]` in chopmark.toml has too many addresses, or too long ones",
            )?,
            replica,
            member,
            member_name,
            key,
            admin,
            first_readers,
            takes_back: config.takes_back,
            signing: Mutex::default(),
            restoring,
            rekeying: Mutex::default(),
            bundles: Bundles::default(),
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
        self.0.key.id()
    }

    /// The admin device whose key lies in the folder.
    pub(crate) fn admin(&self) -> DeviceId {
        self.0.admin.signing.id()
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
        DeviceKey::from_seed(&self.0.key.to_seed())
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

    /// The history of a code; none when nothing was commissioned under it.
    pub(crate) async fn history(
        &self,
        code: CodeHash,
        shown: Option<Undrawn>,
    ) -> anyhow::Result<Option<Arc<History>>> {
        self.blocking(move |peer| {
            let Inner {
                bundles, replica, ..
            } = &*peer.0;
            bundles.get(replica, (code, shown.as_ref()))
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

/// Who brought these devices and reader keys: a founder, or a firm that applied later.
fn founder_with<'g>(
    mut all: impl Iterator<Item = &'g Founder>,
    folder: &Folder,
    (peer, admin): (DeviceId, DeviceId),
    readers: &BTreeMap<Group, HpkeSecret>,
) -> anyhow::Result<&'g Founder> {
    let has = |id: DeviceId| {
        move |founder: &&Founder| founder.devices().iter().any(|device| device.key() == id)
    };
    let Some(founder) = all.find(has(peer)) else {
        bail!(
            "{} is in no founder's card of this network",
            folder.peer_key().display()
        );
    };
    if !has(admin)(&founder) {
        bail!(
            "{} and {} are of two members",
            folder.peer_key().display(),
            folder.admin_key().display()
        );
    }
    let mut known = founder.inception().readers().iter();
    let fits = known.all(|(group, key)| {
        let here = readers.get(group);
        here.is_some_and(|here| here.public() == *key)
    });
    if !fits {
        bail!(
            "{} is not this member's reader key",
            folder.reader_key().display()
        );
    }
    Ok(founder)
}

fn founder_of(genesis: &Genesis, member: MemberId) -> anyhow::Result<&Founder> {
    let mut founders = genesis.founders().iter();
    let founder = founders.find(|founder| founder.id() == member);
    founder.with_context(|| format!("member {member} is no founder of {}", genesis.name()))
}
