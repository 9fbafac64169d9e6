//! A device that joined: the same replica and wire as the app's, without its screens.

use chopmark_core::{
    AudienceDraft, BlockId, Body, Code, DeviceKey, HpkeSecret, Invitation, Kem, MemberId, Opener,
    PartyKind, Position, Prefix, ReaderGroup, ReaderKey, Record, RecordDraft, RecordRef,
    SealedReaderKey, SectionBody, StateView, TimeMs, TzMinutes, UnsignedBlock, Verdict,
    VerifiedBlock, When, sign_as_asked,
};
use chopmark_replica::{
    Lock, Node, Remote, Replica, SyncError, SyncReport, Until, join, random_bytes,
};

/// How long a sync waits for the orderer.
const PATIENCE_MS: u64 = 30_000;

/// A joined device.
pub(crate) struct Device {
    pub(crate) replica: Replica,
    pub(crate) key: DeviceKey,
    pub(crate) member: MemberId,
    /// The keys of its member's reader groups.
    pub(crate) keys: Vec<ReaderKey>,
    hpke: HpkeSecret,
    node: Node,
    remote: Remote,
    _place: tempfile::TempDir,
}

impl Device {
    /// Joins with the link of an invitation.
    pub(crate) async fn join(link: &str) -> Result<Self, SyncError> {
        let invitation = Invitation::parse(link).unwrap();
        let seed = random_bytes::<32>().unwrap();
        let hpke = HpkeSecret::derive(Kem::X25519, &random_bytes().unwrap());
        Self::join_as(&invitation, &seed, &hpke).await
    }

    /// Joins with given keys.
    pub(crate) async fn join_as(
        invitation: &Invitation,
        seed: &[u8; 32],
        hpke: &HpkeSecret,
    ) -> Result<Self, SyncError> {
        let key = || DeviceKey::from_seed(seed);
        let answer = join(invitation, &key(), &hpke.public()).await?;
        let to = (&key().id(), hpke);
        let joined = answer.open(&invitation.network(), to).unwrap();
        let (genesis, member, keys) = (joined.genesis, joined.member, joined.readers);
        assert!(keys.iter().all(|key| key.of.member == member));

        let place = tempfile::tempdir().unwrap();
        let replica =
            Replica::create(place.path(), Lock::KeyFile, &genesis, PartyKind::Device).unwrap();
        let node = Node::caller(key(), replica.clone()).unwrap();
        let remote = Remote {
            key: invitation.peer(),
            address: invitation.addresses()[0].clone(),
        };
        Ok(Self {
            replica,
            key: key(),
            member,
            keys,
            hpke: hpke.clone(),
            node,
            remote,
            _place: place,
        })
    }

    /// The keys that its member's admin sealed to it in this block.
    pub(crate) fn keys_in(&self, block: &VerifiedBlock) -> Vec<ReaderKey> {
        let bodies = block.records().iter().map(Record::body);
        let sealed = bodies.filter_map(|body| {
            let Body::SetReader {
                group,
                epoch,
                key,
                devices,
                ..
            } = body
            else {
                return None;
            };
            let mut devices = devices.iter();
            let (_, sealed) = devices.find(|(device, _)| *device == self.key.id())?;
            Some(SealedReaderKey {
                of: ReaderGroup::new(self.member, *group),
                epoch: *epoch,
                public: key.clone(),
                sealed: sealed.clone(),
            })
        });
        let to = (&self.key.id(), &self.hpke);
        sealed
            .map(|sealed| sealed.open(&self.replica.network(), to).unwrap())
            .collect()
    }

    /// What opens with these keys.
    pub(crate) fn opener<'k>(&self, keys: impl IntoIterator<Item = &'k ReaderKey>) -> Opener {
        let nothing = Opener::new(self.replica.network());
        let keys = keys.into_iter();
        keys.fold(nothing, |opener, key| {
            opener.with_reader(key.of, key.epoch, &key.secret)
        })
    }

    /// Signs one block and stores it.
    pub(crate) fn write(&self, drafts: &[RecordDraft]) -> BlockId {
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
        let seed = random_bytes().unwrap();
        let readers = self.replica.read_final(|ledger| ledger.state().readers());
        let unsigned = UnsignedBlock::build(position, drafts, &readers, &seed).unwrap();
        let sign = |view: &dyn StateView| sign_as_asked(unsigned, &self.key, view);
        let built = self.replica.read(|_, pending| sign(pending)).unwrap();
        self.replica
            .append_own(built.block, built.sections)
            .unwrap()
    }

    /// A commissioning of one item, with its product's name for whoever holds it.
    pub(crate) fn commission(&self, prefix: &str, code: &Code) -> RecordDraft {
        let body = Body::Commission {
            when: When {
                time: now(),
                tz: TzMinutes::new(480).unwrap(),
            },
            class: code.class(),
            prefix: Prefix::parse(prefix).unwrap(),
            codes: vec![code.hash()],
            quantity: None,
            activation: Vec::new(),
        };
        let subject = code.subject(&self.replica.network(), &self.member);
        let label = AudienceDraft::Label {
            subject_index: 0,
            code: code.clone(),
        };
        let told = SectionBody {
            product: Some("Gaiwan, celadon".to_owned()),
            ..SectionBody::default()
        };
        RecordDraft::new(body, vec![subject]).telling(label, told)
    }

    /// A look at one item.
    pub(crate) fn observe(&self, code: &Code) -> RecordDraft {
        let when = When {
            time: now(),
            tz: TzMinutes::new(480).unwrap(),
        };
        let step = "storing".to_owned();
        let subject = code.subject(&self.replica.network(), &self.member);
        RecordDraft::new(Body::Observe { when, step }, vec![subject])
    }

    /// An inspection that it passed, with one file of evidence.
    pub(crate) fn attest(
        &self,
        code: &Code,
        cite: RecordRef,
        file: &chopmark_replica::Sealed,
    ) -> RecordDraft {
        let body = Body::Attest {
            when: When {
                time: now(),
                tz: TzMinutes::new(480).unwrap(),
            },
            verdict: Verdict::Pass,
            evidence: vec![(file.id, file.length)],
        };
        let subject = code.subject(&self.replica.network(), &self.member);
        RecordDraft::new(body, vec![subject]).citing(vec![cite])
    }

    /// Syncs until `until`.
    pub(crate) async fn sync_until(&self, until: Until) -> Result<SyncReport, SyncError> {
        self.node.sync_once(&self.remote, until).await
    }

    /// Syncs until everything it wrote is final.
    pub(crate) async fn sync(&self) -> Result<SyncReport, SyncError> {
        self.sync_until(Until::Final {
            at_most_ms: PATIENCE_MS,
        })
        .await
    }

    /// From now on it syncs with another peer.
    pub(crate) fn calls(&mut self, peer: &super::Peer) {
        self.remote = Remote {
            key: peer.status()["device"].as_str().unwrap().parse().unwrap(),
            address: peer.quic.to_string(),
        };
    }

    /// Whether everybody knows it as enrolled.
    pub(crate) fn is_enrolled(&self) -> bool {
        let id = self.key.id();
        self.replica
            .read(|_, pending| pending.device(&id).is_some_and(|d| d.revoked().is_none()))
    }
}

fn now() -> TimeMs {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    TimeMs(u64::try_from(since.as_millis()).unwrap())
}
