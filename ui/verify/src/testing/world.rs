//! A small network in memory: three members, one item in a case, and the item's whole journey,
//! with every signature real.

pub(crate) mod goods;

use chopmark_core::merkle::{MerkleTree, TreeHash};
use chopmark_core::{
    AudienceDraft, BlockId, Body, Bundle, Class, Code, CodeHash, CodeQuery, Condition, DeviceEntry,
    DeviceId, DeviceKey, EvidenceCipher, EvidenceId, EvidenceLink, Founder, Genesis, GenesisDraft,
    Height, HistorySource, HpkeSecret, Inception, Kem, Ledger, MemberId, NotInRun, Policy,
    Position, Prefix, Reader, Readers, RecordDraft, RecordRef, Role, RootKey, RunItem, RunList,
    SectionBody, SectionHash, Seq, SignedHeader, SubjectId, TimeMs, TzMinutes, UnsignedBlock,
    Validator, ValidatorSet, Verdict, VerifiedBlock, When, propose,
};
use std::collections::BTreeMap;

/// The first event: 15 November 2026, 08:00 UTC.
const START: u64 = 1_794_729_600_000;
const HOUR: u64 = 3_600_000;
pub(crate) const FACTORY: usize = 0;
const CARRIER: usize = 1;
pub(crate) const SHOP: usize = 2;

/// One member: its desk writes, its peer may order.
struct Member {
    id: MemberId,
    desk: DeviceKey,
    peer: DeviceKey,
    reader: HpkeSecret,
}

/// The network.
pub(crate) struct World {
    pub(crate) genesis: Genesis,
    pub(crate) item: Code,
    pub(crate) case: Code,
    /// Evidence by name, as a gateway would serve it.
    pub(crate) evidence: BTreeMap<EvidenceId, Vec<u8>>,
    members: Vec<Member>,
    ledger: Ledger,
    log: MerkleTree,
    blocks: BTreeMap<BlockId, VerifiedBlock>,
    sections: BTreeMap<SectionHash, Vec<u8>>,
    feeds: BTreeMap<DeviceId, (Seq, BlockId)>,
    /// The lists of runs, as their maker keeps them.
    lists: Vec<RunList>,
    as_of: Option<SignedHeader>,
    now: u64,
}

impl World {
    /// Founders, prefix, nothing else.
    pub(crate) fn founded() -> Self {
        let named = [
            ("Nansha Precision Works", Class::Manufacturer),
            ("Pearl Delta Carriers", Class::Carrier),
            ("Macao Fine Goods", Class::Retailer),
        ];
        let mut members = Vec::new();
        let mut founders = Vec::new();
        let mut roots = BTreeMap::new();
        for (number, (name, class)) in (1_u8..).zip(named) {
            let (desk, peer) = (
                DeviceKey::from_seed(&[number; 32]),
                DeviceKey::from_seed(&[number + 10; 32]),
            );
            let reader = HpkeSecret::derive(Kem::X25519, &[number + 20; 32]);
            let root = RootKey::from_seeds(&[number + 30; 32], &[number + 40; 32]);
            let next = RootKey::from_seeds(&[number + 50; 32], &[number + 60; 32])
                .public()
                .next_digest();
            let inception =
                Inception::new(name, class, root.public(), next, reader.public()).unwrap();
            let entry = |key: &DeviceKey, role, name| {
                DeviceEntry::new(key.id(), reader.public(), role, name, TimeMs(u64::MAX)).unwrap()
            };
            let devices = vec![
                entry(&desk, Role::Admin, "Desk"),
                entry(&peer, Role::Peer, "Peer"),
            ];
            let founder = Founder::new(inception, devices);
            roots.insert(founder.id(), root);
            members.push(Member {
                id: founder.id(),
                desk,
                peer,
                reader,
            });
            founders.push(founder);
        }
        let orderer = &members[FACTORY];
        let validators =
            ValidatorSet::new(vec![Validator::new(orderer.id, orderer.peer.id())]).unwrap();
        let mut policy = Policy::standard(founders.len());
        policy.kem = Kem::X25519;
        let draft = GenesisDraft::new(
            ("Pearl River trial", "localhost"),
            policy,
            founders,
            validators,
            TimeMs(START),
        )
        .unwrap();
        let signatures = roots
            .iter()
            .map(|(id, root)| draft.sign(*id, root))
            .collect();
        let genesis = Genesis::combine(&draft.body_bytes(), signatures).unwrap();
        let mut world = Self {
            ledger: Ledger::new(&genesis),
            log: MerkleTree::default(),
            genesis,
            item: Code::gtin_serial("06912345000017", "7KX2M9QTR4VD8WNC").unwrap(),
            case: Code::sscc("069123450000000017").unwrap(),
            evidence: BTreeMap::new(),
            members,
            blocks: BTreeMap::new(),
            sections: BTreeMap::new(),
            feeds: BTreeMap::new(),
            lists: Vec::new(),
            as_of: None,
            now: START,
        };
        let prefix = Prefix::parse("6912345").unwrap();
        let member = world.members[FACTORY].id;
        for writer in [FACTORY, SHOP] {
            let body = Body::RegisterPrefix {
                prefix: prefix.clone(),
                member,
            };
            world.write(writer, vec![RecordDraft::new(body, Vec::new())]);
        }
        world.checkpoint();
        world
    }

    /// The whole journey: made, inspected with this picture, packed, and handed over twice.
    pub(crate) fn travelled(picture: &[u8], verdict: Verdict, condition: Condition) -> Self {
        let mut world = Self::founded();
        let (item, case) = (world.subject(&world.item), world.subject(&world.case));
        let made = world.commission(&world.item.clone(), "Pocket lens 8×42");
        let boxed = world.commission(&world.case.clone(), "Case of pocket lenses");
        world.checkpoint();
        world.inspect(item, made, picture, verdict);
        world.checkpoint();
        let packing = RecordDraft::new(Body::Pack { when: world.when() }, vec![case, item]);
        world.write(FACTORY, vec![packing.citing(vec![boxed, made])]);
        world.checkpoint();
        let taken = world.hand_over(case, (FACTORY, CARRIER), boxed, Condition::Good);
        world.checkpoint();
        world.hand_over(case, (CARRIER, SHOP), taken, condition);
        world.checkpoint();
        world
    }

    /// The bundle of a code, as the ledger is now.
    pub(crate) fn bundle(&self, code: &Code) -> Vec<u8> {
        let as_of = self.as_of.as_ref().unwrap();
        Bundle::assemble(
            &self.ledger,
            &self.genesis,
            as_of,
            self,
            &code.hash().into(),
        )
        .unwrap()
        .to_bytes()
        .unwrap()
    }

    /// What shows that there is no record of a code.
    pub(crate) fn absence(&self, code: &Code) -> Vec<u8> {
        let (as_of, query) = (self.as_of.as_ref().unwrap(), CodeQuery::of(code));
        let shows = Bundle::absence(&self.ledger, &self.genesis, as_of, self, &query);
        shows.unwrap().to_bytes().unwrap()
    }

    fn subject(&self, code: &Code) -> SubjectId {
        code.subject(&self.genesis.id(), &self.members[FACTORY].id)
    }

    fn when(&self) -> When {
        When {
            time: TimeMs(self.now),
            tz: TzMinutes::new(480).unwrap(),
        }
    }

    fn commission(&mut self, code: &Code, product: &str) -> RecordRef {
        let class = match code.gtin() {
            Some(_) => code.class(),
            None => "(00)".to_owned(),
        };
        let prefix = Prefix::parse("6912345").unwrap();
        let body = Body::Commission {
            when: self.when(),
            class,
            prefix,
            codes: vec![code.hash()],
            quantity: None,
            activation: Vec::new(),
        };
        let told = SectionBody {
            product: Some(product.to_owned()),
            ..SectionBody::default()
        };
        let label = AudienceDraft::Label {
            subject_index: 0,
            code: code.clone(),
        };
        let draft = RecordDraft::new(body, vec![self.subject(code)]).telling(label, told);
        self.write(FACTORY, vec![draft])
    }

    fn inspect(&mut self, item: SubjectId, made: RecordRef, picture: &[u8], verdict: Verdict) {
        let key = [0x77; 32];
        let mut sealed = picture.to_vec();
        let place = chopmark_core::ChunkPlace::Last(0);
        EvidenceCipher::new(&key).seal(place, &mut sealed).unwrap();
        let id = EvidenceId::from_bytes(*blake3::hash(&sealed).as_bytes());
        self.evidence.insert(id, sealed);
        let length = picture.len() as u64;
        let link = EvidenceLink {
            id,
            key,
            media_type: "image/png".to_owned(),
            length,
            caption: "Lens and serial, final inspection".to_owned(),
        };
        let told = SectionBody {
            place: Some("Nansha, hall 3".to_owned()),
            note: Some("Optics within tolerance, coating even.".to_owned()),
            evidence: vec![link],
            ..SectionBody::default()
        };
        let label = AudienceDraft::Label {
            subject_index: 0,
            code: self.item.clone(),
        };
        let body = Body::Attest {
            when: self.when(),
            verdict,
            evidence: vec![(id, length)],
        };
        let draft = RecordDraft::new(body, vec![item])
            .citing(vec![made])
            .telling(label, told);
        self.write(FACTORY, vec![draft]);
    }

    fn hand_over(
        &mut self,
        subject: SubjectId,
        (from, to): (usize, usize),
        last: RecordRef,
        condition: Condition,
    ) -> RecordRef {
        let contents = self.ledger_contents(&subject);
        let (when, receiver) = (self.when(), self.members[to].id);
        let expires = when.time.plus(24 * HOUR);
        let offer = Body::Offer {
            when,
            to: receiver.into(),
            expires,
            contents,
        };
        let offered = self.write(
            from,
            vec![RecordDraft::new(offer, vec![subject]).citing(vec![last])],
        );
        self.checkpoint();
        let accept = Body::Accept {
            when: self.when(),
            condition,
            contents,
            left: Vec::new(),
        };
        self.write(
            to,
            vec![RecordDraft::new(accept, vec![subject]).citing(vec![offered])],
        )
    }

    fn ledger_contents(&self, subject: &SubjectId) -> Option<chopmark_core::Digest32> {
        let item = self.subject(&self.item);
        let inside = std::collections::BTreeSet::from([item]);
        (*subject == self.subject(&self.case))
            .then(|| chopmark_core::Digest32::of_contents(&inside))
    }

    /// Writes one block by a member's desk; gives its first record.
    fn write(&mut self, by: usize, drafts: Vec<RecordDraft>) -> RecordRef {
        self.now += HOUR;
        let (seq, prev) = match self.feeds.get(&self.members[by].desk.id()) {
            Some((seq, prev)) => (seq.next().unwrap(), Some(*prev)),
            None => (Seq(0), None),
        };
        let member = &self.members[by];
        let tip = self
            .as_of
            .as_ref()
            .map(|at| (at.header().height(), at.hash()));
        let position = Position {
            network: self.genesis.id(),
            member: member.id,
            device: member.desk.id(),
            seq,
            prev,
            anchor: tip,
            clock: TimeMs(self.now),
        };
        let readers: Readers = self
            .members
            .iter()
            .map(|member| {
                (
                    member.id,
                    Reader {
                        epoch: 0,
                        key: member.reader.public(),
                    },
                )
            })
            .collect();
        let built = UnsignedBlock::build(
            position,
            &drafts,
            &readers,
            &[u8::try_from(seq.0).unwrap(); 32],
        )
        .unwrap()
        .sign(&member.desk)
        .unwrap();
        let block = built.block.verify().unwrap();
        self.feeds.insert(member.desk.id(), (seq, block.id()));
        let first = RecordRef {
            block: block.id(),
            index: 0,
        };
        self.blocks.insert(block.id(), block);
        self.sections.extend(
            built
                .sections
                .into_iter()
                .map(|section| (section.hash, section.bytes)),
        );
        first
    }

    /// Orders everything that was written; all of it must apply.
    pub(crate) fn checkpoint(&mut self) {
        self.now += 60_000;
        let proposal = propose(&self.ledger, self.blocks.values(), TimeMs(self.now)).unwrap();
        let checkpoint = proposal
            .into_proposal()
            .cosigned_alone(&self.members[FACTORY].peer);
        self.as_of = Some(checkpoint.signed_header().clone());
        let checkpoint = checkpoint.verify(self.genesis.validators()).unwrap();
        let applied = self.ledger.apply(&checkpoint, &self.blocks).unwrap();
        for leaf in &applied.leaves {
            self.log.push(*leaf);
        }
        for (at, outcome) in &applied.outcomes {
            assert!(
                matches!(outcome, chopmark_core::Outcome::Applied),
                "{at}: {outcome:?}"
            );
        }
    }
}

impl HistorySource for World {
    fn records_of(&self, subject: &SubjectId) -> Vec<RecordRef> {
        let records = self.blocks.values().flat_map(VerifiedBlock::located);
        let of = records.filter(|(_, record)| record.subjects().contains(subject));
        of.map(|(at, _)| at).collect()
    }

    fn block(&self, id: &BlockId) -> Option<VerifiedBlock> {
        self.blocks.get(id).cloned()
    }

    fn log_path(&self, index: u64, size: u64) -> Option<Vec<TreeHash>> {
        self.log.path_at(index, size)
    }

    fn section(&self, hash: &SectionHash) -> Option<Vec<u8>> {
        self.sections.get(hash).cloned()
    }

    fn header(&self, _: Height) -> Option<SignedHeader> {
        // Nothing changes in this network.
        None
    }

    fn run_gap(&self, _run: &SubjectId, _code: &CodeHash) -> Option<NotInRun> {
        None
    }

    fn run_item(&self, code: &CodeHash) -> Option<(SubjectId, RunItem)> {
        let find = |list: &RunList| Some((list.subject(), list.item(code)?));
        self.lists.iter().find_map(find)
    }
}
