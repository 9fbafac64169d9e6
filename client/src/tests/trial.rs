//! A small network, and phones in it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chopmark_core::{
    BlockId, Body, Checkpoint, Class, DeviceEntry, DeviceKey, Founder, Genesis, GenesisDraft,
    Group, HpkeSecret, Inception, Item, Kem, Ledger, MemberId, NumberedItem, PartyKind, Policy,
    Position, Prefix, ReaderGroup, ReaderKey, Readers, RecordDraft, Role, RootKey, Seq,
    SignedBlock, StateView as _, TimeMs, UnsignedBlock, Validator, ValidatorSet, propose,
};
use chopmark_replica::{JoinDesk, Lock, Node, Remote, Replica, Strength, WhenIdle, random_bytes};
use chopmark_view::{
    Action, Command, EvidenceBegin, EvidenceFinish, EvidenceView, Failure, NewItems, Prepare, Sign,
    Signed, Unlock,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::keys::Keys;
use crate::look::Identity;
use crate::{Client, ClientConfig};

pub(super) const PASSPHRASE: &str = "green tea, hot";
/// The factory's company prefix, and a product under it.
pub(super) const PREFIX: &str = "9506000";
pub(super) const GTIN: &str = "09506000134352";
pub(super) const HOST: &str = "id.example.org";
const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1000;

/// Members of the trial network.
pub(super) const FACTORY: u8 = 1;
pub(super) const CARRIER: u8 = 2;
pub(super) const RETAILER: u8 = 3;
pub(super) const CUSTOMS: u8 = 4;
pub(super) const BANK: u8 = 5;

pub(super) struct Trial {
    pub(super) genesis: Genesis,
    /// Makes the factory's prefix final.
    pub(super) first: Checkpoint,
    pub(super) members: BTreeMap<u8, MemberId>,
}

/// A phone: its data folder and the app on it.
pub(super) struct Phone {
    pub(super) folder: TempDir,
    pub(super) client: Client,
}

/// A peer of the factory, which also orders.
pub(super) struct Peer {
    pub(super) node: Node,
    pub(super) remote: Remote,
    key: DeviceKey,
    pub(super) replica: Replica,
    served: tokio::task::JoinHandle<()>,
    _folder: TempDir,
}

pub(super) fn now_ms() -> u64 {
    u64::try_from(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_millis(),
    )
    .unwrap()
}

/// The key of a member's device; the role keeps them apart.
pub(super) fn key(member: u8, role: Role) -> DeviceKey {
    DeviceKey::from_seed(&[member * 16 + role.as_u8(); 32])
}

fn reader(kem: Kem, member: u8) -> HpkeSecret {
    HpkeSecret::derive(kem, &[100 + member; 32])
}

fn root(seed: u8) -> RootKey {
    RootKey::from_seeds(&[seed; 32], &[seed + 1; 32])
}

fn founder(kem: Kem, member: u8, (name, class): (&str, Class), roles: &[Role]) -> Founder {
    let root = root(member * 4);
    let next = RootKey::from_seeds(&[200 + member; 32], &[210 + member; 32])
        .public()
        .next_digest();
    let key = reader(kem, member).public();
    let inception = Inception::new(name, class, root.public(), next, key.clone()).unwrap();
    let inception = inception.with_reader(Group::Supervision, key);
    let device = |role: &Role| {
        let hpke = reader(kem, member).public();
        let name = format!("{name} {role:?}");
        DeviceEntry::new(
            self::key(member, *role).id(),
            hpke,
            *role,
            &name,
            TimeMs(now_ms() + YEAR_MS),
        )
        .unwrap()
    };
    Founder::new(inception, roles.iter().map(device).collect())
}

fn prefix_block(genesis: &Genesis, members: &BTreeMap<u8, MemberId>) -> SignedBlock {
    let body = Body::RegisterPrefix {
        prefix: Prefix::parse(PREFIX).unwrap(),
        member: members[&FACTORY],
    };
    admin_block(
        genesis,
        members,
        None,
        &[RecordDraft::new(body, Vec::new())],
    )
}

fn admin_block(
    genesis: &Genesis,
    members: &BTreeMap<u8, MemberId>,
    after: Option<BlockId>,
    drafts: &[RecordDraft],
) -> SignedBlock {
    let admin = key(FACTORY, Role::Admin);
    let position = Position {
        network: genesis.id(),
        member: members[&FACTORY],
        device: admin.id(),
        seq: Seq(u64::from(after.is_some())),
        prev: after,
        anchor: None,
        clock: genesis.time(),
    };
    let built = UnsignedBlock::build(position, drafts, &Readers::default(), &[7; 32]).unwrap();
    built.sign(&admin).unwrap().block
}

impl Trial {
    pub(super) fn new() -> Self {
        Self::with(Kem::X25519, |_, _| {})
    }

    /// A network that seals with this KEM, and whose policy is changed so.
    pub(super) fn with(
        kem: Kem,
        change: impl FnOnce(&mut Policy, &BTreeMap<u8, MemberId>),
    ) -> Self {
        let founders = [
            founder(
                kem,
                FACTORY,
                ("Nansha Tea Works", Class::Manufacturer),
                &[Role::Admin, Role::Qc, Role::Peer, Role::Warehouse],
            ),
            founder(
                kem,
                CARRIER,
                ("Pearl River Express", Class::Carrier),
                &[Role::Admin, Role::Courier, Role::Peer],
            ),
            founder(
                kem,
                RETAILER,
                ("Causeway Stores", Class::Retailer),
                &[Role::Admin, Role::Shop, Role::Courier],
            ),
            founder(
                kem,
                CUSTOMS,
                ("Nansha Customs", Class::Customs),
                &[Role::Admin, Role::CustomsOfficer],
            ),
            founder(
                kem,
                BANK,
                ("Harbour Bank", Class::Bank),
                &[Role::Admin, Role::BankOfficer],
            ),
        ];
        let members: BTreeMap<u8, MemberId> = (1..).zip(founders.iter().map(Founder::id)).collect();
        let mut policy = Policy {
            kem,
            prefix_quorum: 1,
            ..Policy::standard(4)
        };
        change(&mut policy, &members);
        let validator = Validator::new(members[&FACTORY], key(FACTORY, Role::Peer).id());
        let draft = GenesisDraft::new(
            ("Tea trial", HOST),
            policy,
            founders.to_vec(),
            ValidatorSet::new(vec![validator]).unwrap(),
            TimeMs(now_ms() - 60_000),
        )
        .unwrap();
        let signatures = members
            .iter()
            .map(|(member, id)| draft.sign(*id, &root(member * 4)))
            .collect();
        let genesis = Genesis::combine(&draft.body_bytes(), signatures).unwrap();
        let prefix = prefix_block(&genesis, &members).verify().unwrap();
        let ledger = Ledger::new(&genesis);
        let proposal = propose(&ledger, [&prefix], TimeMs(now_ms())).unwrap();
        let first = proposal
            .into_proposal()
            .cosigned_alone(&key(FACTORY, Role::Peer));
        Self {
            genesis,
            first,
            members,
        }
    }

    pub(super) fn member(&self, member: u8) -> MemberId {
        self.members[&member]
    }

    /// A phone that has joined and knows the factory's prefix, unlocked.
    pub(super) async fn phone(&self, member: u8, role: Role) -> Phone {
        self.phone_with(member, role, ClientConfig::default(), None)
            .await
    }

    /// The same, with a peer to sync with.
    pub(super) async fn phone_at(&self, member: u8, role: Role, peer: &Peer) -> Phone {
        self.phone_with(member, role, ClientConfig::default(), Some(peer))
            .await
    }

    pub(super) async fn phone_with(
        &self,
        member: u8,
        role: Role,
        config: ClientConfig,
        peer: Option<&Peer>,
    ) -> Phone {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::Passphrase {
            passphrase: PASSPHRASE,
            strength: Strength::Phone,
        };
        let replica =
            Replica::create(folder.path(), lock, &self.genesis, PartyKind::Device).unwrap();
        let device = key(member, role);
        let me = Identity {
            member: self.member(member),
            device: device.id(),
            role,
        };
        let groups = [Group::General, Group::Supervision].into_iter();
        let readers = groups.filter(|group| group.includes(role));
        let readers = readers.map(|group| ReaderKey {
            of: ReaderGroup::new(self.member(member), group),
            epoch: 0,
            secret: self.reader_key(member),
        });
        let mut batch = replica.store().batch().unwrap();
        Keys {
            device,
            hpke: self.reader_key(member),
            readers: readers.collect(),
        }
        .save(&mut batch)
        .unwrap();
        me.save(&mut batch).unwrap();
        if let Some(peer) = peer {
            let addresses = [peer.remote.address.clone()];
            batch.put_addresses(peer.remote.key, &addresses).unwrap();
        }
        batch.commit().unwrap();
        self.begin(&replica);
        drop(replica);
        let client = Client::open(folder.path(), config).await.unwrap();
        let phone = Phone { folder, client };
        phone
            .ask(Unlock {
                passphrase: PASSPHRASE.into(),
            })
            .await
            .unwrap();
        phone
    }

    /// What every replica of the network begins with: the factory's prefix, in a checkpoint.
    fn begin(&self, replica: &Replica) {
        let block = Item::Block(Box::new(self.prefix_block()));
        let checkpoint = Item::Checkpoint(Box::new(self.first.clone()));
        let items = (1..).zip([block, checkpoint]);
        let items = items
            .map(|(number, item)| NumberedItem { number, item })
            .collect();
        let from = key(FACTORY, Role::Admin).id();
        let taken = replica.take_in(from, items, 2).unwrap();
        assert!(taken.not_taken.is_empty(), "{taken:?}");
    }

    /// The factory's admin registers its prefix.
    pub(super) fn prefix_block(&self) -> SignedBlock {
        prefix_block(&self.genesis, &self.members)
    }

    /// The block of the factory's admin after that one.
    pub(super) fn admin_block(&self, drafts: &[RecordDraft]) -> SignedBlock {
        let after = self.prefix_block().id();
        admin_block(&self.genesis, &self.members, Some(after), drafts)
    }

    /// A peer that answers on loopback.
    pub(super) async fn peer(&self, desk: Option<Arc<dyn JoinDesk>>) -> Peer {
        let folder = tempfile::tempdir().unwrap();
        let key = key(FACTORY, Role::Peer);
        let replica =
            Replica::create(folder.path(), Lock::KeyFile, &self.genesis, PartyKind::Peer).unwrap();
        self.begin(&replica);
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let again = DeviceKey::from_seed(&key.to_seed());
        let node = Node::listen(listen, again, replica.clone(), desk).unwrap();
        let remote = Remote {
            key: key.id(),
            address: node.address().unwrap().to_string(),
        };
        let serving = node.clone();
        let served = tokio::spawn(async move { serving.serve().await });
        Peer {
            node,
            remote,
            key,
            replica,
            served,
            _folder: folder,
        }
    }

    /// A reader group's private key, for handing it to a device that joins.
    pub(super) fn reader_key(&self, member: u8) -> HpkeSecret {
        reader(self.genesis.policy().kem, member)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.served.abort();
    }
}

impl Peer {
    /// Puts everything that arrived into a checkpoint.
    pub(super) fn order(&self) {
        self.replica
            .order(&self.key, TimeMs(now_ms()), WhenIdle::Wait)
            .unwrap();
    }

    pub(super) fn height(&self) -> u64 {
        self.replica
            .read_final(|ledger| ledger.state().tip().height.0)
    }
}

impl Phone {
    /// Opens the app on a folder that someone else made.
    pub(super) async fn on(folder: TempDir) -> Self {
        let client = Client::open(folder.path(), phone_strength()).await.unwrap();
        Self { folder, client }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same phone, closed and opened again where there is a network.
    pub(super) async fn reconnected(self, peer: &Peer) -> Self {
        let Self { folder, client } = self;
        client.close().await;
        drop(client);
        let lock = Lock::Passphrase {
            passphrase: PASSPHRASE,
            strength: Strength::Phone,
        };
        let replica = Replica::open(folder.path(), lock, PartyKind::Device).unwrap();
        let mut batch = replica.store().batch().unwrap();
        let addresses = [peer.remote.address.clone()];
        batch.put_addresses(peer.remote.key, &addresses).unwrap();
        batch.commit().unwrap();
        drop(replica);
        let phone = Self::on(folder).await;
        let passphrase = PASSPHRASE.into();
        phone.ask(Unlock { passphrase }).await.unwrap();
        phone
    }

    /// What the screens do: JSON there and back.
    pub(super) async fn ask<C: Command>(&self, command: C) -> Result<C::Reply, Failure> {
        let reply = self
            .client
            .dispatch(C::NAME, serde_json::to_value(command).unwrap())
            .await?;
        Ok(serde_json::from_value(reply).unwrap())
    }

    /// The code of the failure that a command must end in.
    pub(super) async fn refused<C: Command>(&self, command: C) -> String
    where
        C::Reply: std::fmt::Debug,
    {
        self.ask(command).await.unwrap_err().code
    }

    /// Prepares and signs.
    pub(super) async fn sign(&self, action: Action) -> Result<Signed, Failure> {
        let summary = self.ask(Prepare { action }).await?;
        assert!(!summary.lines.is_empty());
        self.ask(Sign {
            draft: summary.draft,
        })
        .await
    }

    /// Commissions items; the subjects, with the case last if there is one.
    pub(super) async fn commission(&self, count: u32, in_case: bool) -> Vec<String> {
        let items = NewItems {
            gtin: GTIN.into(),
            product: "Oolong".into(),
            count,
            in_case,
            sealed: false,
            place: None,
        };
        self.sign(Action::Commission(items)).await.unwrap().subjects
    }

    /// Uploads a file in chunks.
    pub(super) async fn attach(
        &self,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<EvidenceView, Failure> {
        let begin = EvidenceBegin {
            media_type: media_type.into(),
            length: bytes.len() as u64,
            caption: "the seal".into(),
        };
        let upload = self.ask(begin).await?;
        for chunk in bytes.chunks(upload.chunk as usize) {
            self.client.evidence_chunk(&upload.upload, chunk).await?;
        }
        self.ask(EvidenceFinish {
            upload: upload.upload,
        })
        .await
    }

    pub(super) async fn raw(&self, name: &str, args: Value) -> Result<Value, Failure> {
        self.client.dispatch(name, args).await
    }
}

/// The cheap key derivation, so that tests are quick.
pub(super) fn phone_strength() -> ClientConfig {
    ClientConfig {
        strength: Strength::Phone,
        ..ClientConfig::default()
    }
}

/// Polls a real condition until it holds.
pub(super) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A real, tiny JPEG: 16 × 8 grey pixels, with a comment that must not stay.
pub(super) fn photo() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    let mut segment = |marker: u8, contents: &[u8]| {
        bytes.extend([0xff, marker]);
        bytes.extend(u16::try_from(contents.len() + 2).unwrap().to_be_bytes());
        bytes.extend(contents);
    };
    segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    segment(0xfe, b"taken at home");
    segment(0xc0, &[8, 0, 8, 0, 16, 1, 1, 0x11, 0]);
    segment(0xda, &[1, 1, 0, 0, 63, 0]);
    // Unique pixels, so that no two pieces of evidence are the same.
    bytes.extend(random_bytes::<16>().unwrap().iter().map(|byte| byte & 0x7f));
    bytes.extend([0xff, 0xd9]);
    bytes
}
