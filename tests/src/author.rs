//! A device that signs as fast as it can: what it writes goes the way of every device.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use chopmark_core::{
    ActivationSecret, BlockId, Body, Code, DeviceId, DeviceKey, Genesis, HpkeSecret, Invitation,
    Kem, Ledger, MemberId, PartyKind, Position, Prefix, Readers, RecordDraft, SignedBlock,
    StateView as _, SubjectId, TimeMs, TzMinutes, UnsignedBlock, When,
};
use chopmark_replica::{Kept, Lock, Node, Remote, Replica, SyncReport, Until, random_bytes};

use crate::{FACTORY, GTIN, Network, PREFIX, Role};

/// How long the network may take to register the prefix.
const PATIENCE: Duration = Duration::from_secs(60);

/// A device joined by invitation: the replica's node without the app above it.
pub struct Author {
    replica: Replica,
    node: Node,
    remote: Remote,
    key: DeviceKey,
    member: MemberId,
    readers: Readers,
}

impl Author {
    /// Joins the factory, and waits until it may commission.
    pub async fn join(network: &Network, folder: &Path) -> Result<Self> {
        let author = Self::join_member(network, FACTORY, Role::Qc, folder).await?;
        author.await_prefix().await?;
        Ok(author)
    }

    /// Joins any member.
    pub async fn join_member(
        network: &Network,
        number: usize,
        role: Role,
        folder: &Path,
    ) -> Result<Self> {
        let link = network.invite(number, role, "author").await?;
        let invitation = Invitation::parse(&link)?;
        let key = DeviceKey::from_seed(&random_bytes()?);
        let hpke = HpkeSecret::derive(Kem::XWing, &random_bytes()?).public();
        let answer = chopmark_replica::join(&invitation, &key, &hpke).await?;
        let genesis = Genesis::from_bytes(&answer.genesis)?;
        let enrolment = SignedBlock::from_bytes(&answer.enrolment)?;
        let member = enrolment.clone().verify()?.header().member();
        let replica = Replica::create(folder, Lock::KeyFile, &genesis, PartyKind::Device)?;
        replica.take_handover(vec![enrolment], Vec::new())?;
        Ok(Self {
            node: Node::caller(DeviceKey::from_seed(&key.to_seed()), replica.clone())?,
            // Not through the scenarios' relay: it would be measured too.
            remote: Remote {
                key: invitation.peer(),
                address: listens_at(network.member(number)?.folder())?,
            },
            readers: Ledger::new(&genesis).state().readers(),
            replica,
            key,
            member,
        })
    }

    /// What this device holds.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Which one it is.
    pub fn device(&self) -> DeviceId {
        self.key.id()
    }

    /// Whose it is.
    pub fn member(&self) -> MemberId {
        self.member
    }

    async fn await_prefix(&self) -> Result<()> {
        let prefix = Prefix::parse(PREFIX)?;
        let registered = async {
            loop {
                self.send(Until::Exchanged).await?;
                let owner = self
                    .replica
                    .read_final(|ledger| ledger.state().prefix(&prefix));
                if owner == Some(self.member) {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(PATIENCE, registered)
            .await
            .context("the factory's prefix is not registered")?
    }

    /// Signs a block and stores it, as durably as every device does.
    pub fn sign(&self, drafts: &[RecordDraft]) -> Result<BlockId> {
        let place = self.replica.next_place(self.key.id());
        let position = Position {
            network: self.replica.network(),
            member: self.member,
            device: self.key.id(),
            seq: place.seq,
            prev: place.prev,
            anchor: place.anchor,
            clock: now(),
        };
        let built = UnsignedBlock::build(position, drafts, &self.readers, &random_bytes()?)?
            .sign(&self.key)?;
        Ok(self.replica.append_own(built.block, built.sections)?)
    }

    /// Whether a block is in a checkpoint, as far as this device knows.
    pub fn is_final(&self, block: BlockId) -> bool {
        self.replica
            .read_final(|ledger| ledger.state().logged(&block).is_some())
    }

    /// Whether it is a device of the factory, which makes things.
    pub fn is_maker(&self) -> bool {
        let prefix = Prefix::parse(PREFIX);
        let owner = |prefix| {
            self.replica
                .read_final(|ledger| ledger.state().prefix(&prefix))
        };
        prefix.ok().and_then(owner) == Some(self.member)
    }

    /// Keeps a connection to its member's peer until the answer is dropped.
    pub fn keep(&self) -> Kept {
        self.node.keep(self.remote.clone())
    }

    /// Syncs with its member's peer.
    pub async fn send(&self, until: Until) -> Result<SyncReport> {
        let report = self.node.sync_once(&self.remote, until).await?;
        ensure!(
            report.not_taken.is_empty(),
            "not taken: {:?}",
            report.not_taken.first()
        );
        Ok(report)
    }

    /// Signed here and in no checkpoint yet.
    pub fn open_blocks(&self) -> usize {
        self.replica.open_count()
    }

    /// An item of the factory.
    pub fn subject(&self, number: usize) -> Result<SubjectId> {
        Ok(code(number)?.subject(&self.replica.network(), &self.member))
    }

    /// The record that items begin with.
    pub fn commission(&self, numbers: &[usize]) -> Result<RecordDraft> {
        let codes = numbers.iter().map(|number| code(*number));
        let codes = codes.collect::<Result<Vec<Code>>>()?;
        let network = self.replica.network();
        let subjects = codes
            .iter()
            .map(|code| code.subject(&network, &self.member));
        let body = Body::Commission {
            when: when(),
            class: format!("(01){GTIN}"),
            prefix: Prefix::parse(PREFIX)?,
            codes: codes.iter().map(Code::hash).collect(),
            quantity: None,
            activation: Vec::new(),
        };
        Ok(RecordDraft::new(body, subjects.collect()))
    }

    /// An item with a code under its seal, and its label's link at this host.
    pub fn commission_sealed(
        &self,
        number: usize,
        secret: &ActivationSecret,
        host: &str,
    ) -> Result<(RecordDraft, String)> {
        let mut draft = self.commission(&[number])?;
        if let Body::Commission { activation, .. } = &mut draft.body {
            activation.push(secret.public());
        }
        Ok((draft, code(number)?.digital_link(host)))
    }

    /// The record that an item was stored.
    pub fn observe(&self, number: usize) -> Result<RecordDraft> {
        let body = Body::Observe {
            when: when(),
            step: "storing".to_owned(),
        };
        Ok(RecordDraft::new(body, vec![self.subject(number)?]))
    }
}

fn code(number: usize) -> Result<Code> {
    Ok(Code::gtin_serial(GTIN, &format!("B{number:06}"))?)
}

pub(crate) fn when() -> When {
    When {
        time: now(),
        tz: TzMinutes::default(),
    }
}

pub(crate) fn now() -> TimeMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    TimeMs(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Where a peer listens, by its configuration.
fn listens_at(folder: &Path) -> Result<String> {
    let path = folder.join("chopmark.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .find_map(|line| line.strip_prefix("listen = "))
        .map(|address| address.trim_matches('"').to_owned())
        .with_context(|| format!("no listen in {}", path.display()))
}
