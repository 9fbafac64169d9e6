//! A small network for tests: a factory, a carrier, a retailer, customs and a bank, each with an admin
//! and a member of staff, ordered by the factory's peer.

mod drafts;
mod goods;
mod history;
mod roster;
pub(crate) mod vector_files;

use std::collections::BTreeMap;

use crate::cbor::Writer;
use crate::merkle::MerkleTree;
use crate::{
    ActivationSecret, Applied, BlockId, Body, Checkpoint, Class, Code, Condition, DeviceEntry,
    DeviceId, DeviceKey, Digest32, Founder, Genesis, GenesisDraft, HeaderHash, Height, HpkeSecret,
    Inception, Kem, Kind, Ledger, MemberId, MlDsa44Key, Outcome, OwnerSecret, Party, PickupCode,
    Policy, Position, Prefix, Proposal, Readers, RecordDraft, RecordRef, Refusal, Role, RootKey,
    RunList, SectionHash, Seq, StateView, SubjectId, TimeMs, TzMinutes, UnsignedBlock, Validator,
    ValidatorSet, VerifiedBlock, When, propose,
};

pub(crate) use drafts::*;
pub(crate) use goods::*;
pub(crate) use roster::*;

pub(crate) const START: TimeMs = TimeMs(1_790_000_000_000);
/// Far beyond every test.
pub(crate) const FOREVER: TimeMs = TimeMs(4_000_000_000_000);
pub(crate) const PREFIX: &str = "9506000";

pub(crate) const FACTORY: usize = 0;
pub(crate) const CARRIER: usize = 1;
pub(crate) const RETAILER: usize = 2;
pub(crate) const CUSTOMS: usize = 3;
pub(crate) const BANK: usize = 4;

/// Who is in every network, and what its staff does.
const FIVE: [(&str, Class, Role); 5] = [
    ("Factory", Class::Manufacturer, Role::Qc),
    ("Carrier", Class::Carrier, Role::Courier),
    ("Retailer", Class::Retailer, Role::Shop),
    ("Customs", Class::Customs, Role::CustomsOfficer),
    ("Bank", Class::Bank, Role::BankOfficer),
];

/// A policy may be careless: what the rules forbid whatever it says is tested too.
fn careless(members: usize) -> Policy {
    let mut policy = Policy::standard(members);
    let supervision = [
        Kind::Hold,
        Kind::Clear,
        Kind::Open,
        Kind::Unreadable,
        Kind::Release,
    ];
    policy.permissions.allow(None, Role::Admin, supervision);
    policy
}

/// A device that writes its feed.
pub(crate) struct Phone {
    pub(crate) key: DeviceKey,
    pub(crate) member: MemberId,
    pub(crate) seq: u64,
    pub(crate) prev: Option<BlockId>,
    /// With what it signs a second time.
    pub(crate) second: Option<MlDsa44Key>,
}

/// The network, its ledger, and every device.
pub(crate) struct Net {
    pub(crate) genesis: Genesis,
    pub(crate) ledger: Ledger,
    pub(crate) members: Vec<MemberId>,
    pub(crate) admins: Vec<Phone>,
    pub(crate) staff: Vec<Phone>,
    pub(crate) peer: DeviceKey,
    /// Every key that may order.
    pub(crate) peers: BTreeMap<DeviceId, DeviceKey>,
    pub(crate) blocks: BTreeMap<BlockId, VerifiedBlock>,
    pub(crate) sections: BTreeMap<SectionHash, Vec<u8>>,
    pub(crate) checkpoints: Vec<Checkpoint>,
    /// The whole log, which the ledger does not keep.
    pub(crate) log: MerkleTree,
    pub(crate) outcomes: BTreeMap<RecordRef, Outcome>,
    pub(crate) runs: Vec<RunList>,
    /// The number of each member's root keys.
    pub(crate) roots: Vec<u8>,
    pub(crate) now: TimeMs,
}

pub(crate) fn entry(key: &DeviceKey, role: Role) -> DeviceEntry {
    let hpke = HpkeSecret::derive(Kem::X25519, &key.to_seed()).public();
    DeviceEntry::new(key.id(), hpke, role, "device", FOREVER).unwrap()
}

/// The root keys of the n-th member, counted from 1.
pub(crate) fn root_of(n: u8) -> RootKey {
    RootKey::from_seeds(&[n; 32], &[n; 32])
}

pub(crate) fn device_key(n: u8) -> DeviceKey {
    DeviceKey::from_seed(&[n; 32])
}

impl Net {
    pub(crate) fn new() -> Self {
        Self::named("Test lane")
    }

    pub(crate) fn named(name: &str) -> Self {
        Self::founded(name, careless(FIVE.len()), (&FIVE, &[]))
    }

    /// The members with staff, and others of these classes that have an admin and no staff.
    fn founded(
        name: &str,
        mut policy: Policy,
        (staffed, others): (&[(&str, Class, Role)], &[Class]),
    ) -> Self {
        let peer = device_key(99);
        let mut members = Vec::new();
        let mut founders = Vec::new();
        let mut admins = Vec::new();
        let mut staff = Vec::new();
        for (n, (name, class, role)) in (1u8..).zip(staffed.iter().copied()) {
            let root = root_of(n).public();
            let reader = HpkeSecret::derive(Kem::X25519, &[n; 32]).public();
            let next = root_of(n + 50).public().next_digest();
            let inception = Inception::new(name, class, root, next, reader).unwrap();
            let member = inception.id();
            let (admin, worker) = (device_key(10 + n), device_key(20 + n));
            let mut devices = vec![entry(&admin, Role::Admin), entry(&worker, role)];
            if n == 1 {
                devices.push(entry(&peer, Role::Peer));
            }
            founders.push(Founder::new(inception, devices));
            members.push(member);
            admins.push(Phone::new(admin, member));
            staff.push(Phone::new(worker, member));
        }
        for (n, class) in (101u8..).zip(others) {
            let root = root_of(n).public();
            let reader = HpkeSecret::derive(Kem::X25519, &[n; 32]).public();
            let next = root.next_digest();
            let inception = Inception::new("Bystander", *class, root, next, reader).unwrap();
            members.push(inception.id());
            admins.push(Phone::new(device_key(n), inception.id()));
            let devices = vec![entry(&device_key(n), Role::Admin)];
            founders.push(Founder::new(inception, devices));
        }
        policy.kem = Kem::X25519;
        let validators = vec![Validator::new(members[FACTORY], peer.id())];
        let draft = GenesisDraft::new(
            (name, "id.example.org"),
            policy,
            founders,
            ValidatorSet::new(validators).unwrap(),
            START,
        )
        .unwrap();
        // The founders' signatures have tests of their own; signing takes long.
        let mut writer = Writer::new();
        writer.array(2);
        writer.bytes(&draft.body_bytes());
        writer.array(0);
        let genesis = Genesis::from_pinned_bytes(&writer.into_bytes(), draft.id()).unwrap();
        Self {
            ledger: Ledger::new(&genesis),
            genesis,
            members,
            admins,
            staff,
            peers: [(peer.id(), device_key(99))].into(),
            peer,
            blocks: BTreeMap::new(),
            sections: BTreeMap::new(),
            checkpoints: Vec::new(),
            log: MerkleTree::default(),
            outcomes: BTreeMap::new(),
            runs: Vec::new(),
            roots: (1..=5).collect(),
            now: START,
        }
    }

    /// A network whose factory has its prefix registered by three members.
    pub(crate) fn with_prefix() -> Self {
        let mut net = Self::new();
        let blocks = net.registrations(PREFIX, FACTORY);
        net.order(&blocks);
        net
    }

    /// The registration of a prefix, as three members write it.
    pub(crate) fn registrations(&mut self, prefix: &str, owner: usize) -> Vec<VerifiedBlock> {
        let owner = self.members[owner];
        let writers = [FACTORY, CARRIER, RETAILER];
        writers
            .map(|writer| self.admin(writer, &[register(prefix, owner)]))
            .to_vec()
    }

    /// A block of a member's admin.
    pub(crate) fn admin(&mut self, member: usize, drafts: &[RecordDraft]) -> VerifiedBlock {
        let block = self.admins[member].write(&self.genesis, drafts, &mut self.sections);
        self.blocks.insert(block.id(), block.clone());
        block
    }

    /// A block of a member's staff.
    pub(crate) fn staff(&mut self, member: usize, drafts: &[RecordDraft]) -> VerifiedBlock {
        let block = self.staff[member].write(&self.genesis, drafts, &mut self.sections);
        self.blocks.insert(block.id(), block.clone());
        block
    }

    /// Orders a block that nobody who knows better would propose.
    pub(crate) fn order_anyway(&mut self, block: &VerifiedBlock) -> Applied {
        self.blocks.insert(block.id(), block.clone());
        self.now = self.now.plus(1000);
        let proposal = crate::order::careless(&self.ledger, block, self.now).into_proposal();
        self.apply(self.cosigned(proposal))
    }

    /// Orders blocks in one checkpoint, a second later, and gives what was decided.
    pub(crate) fn order(&mut self, blocks: &[VerifiedBlock]) -> Applied {
        for block in blocks {
            self.blocks.insert(block.id(), block.clone());
        }
        self.now = self.now.plus(1000);
        let proposal = propose(&self.ledger, blocks, self.now).unwrap();
        let proposal = proposal.into_proposal();
        assert_eq!(proposal.blocks().len(), blocks.len());
        self.apply(self.cosigned(proposal))
    }

    /// Lets checkpoint time pass.
    pub(crate) fn wait(&mut self, ms: u64) -> Applied {
        self.now = self.now.plus(ms);
        let proposal = crate::heartbeat(&self.ledger, self.now).into_proposal();
        self.apply(self.cosigned(proposal))
    }

    /// Cosigned by all that order now.
    pub(crate) fn cosigned(&self, proposal: Proposal) -> Checkpoint {
        let (set, before) = (self.ledger.validators(), self.ledger.tip().time);
        let keys = set.as_slice().iter().map(|v| &self.peers[&v.key()]);
        let cosignatures = keys.map(|key| proposal.cosign_among(set, before, key));
        let cosignatures = cosignatures.collect();
        proposal.into_checkpoint(cosignatures)
    }

    fn apply(&mut self, checkpoint: Checkpoint) -> Applied {
        self.checkpoints.push(checkpoint.clone());
        let verified = checkpoint.verify(self.ledger.validators()).unwrap();
        let applied = self.ledger.apply(&verified, &self.blocks).unwrap();
        self.outcomes.extend(applied.outcomes.iter().cloned());
        for leaf in &applied.leaves {
            self.log.push(*leaf);
        }
        applied
    }

    /// Orders one block and expects all of it to be applied.
    pub(crate) fn applied(&mut self, block: &VerifiedBlock) -> RecordRef {
        let applied = self.order(std::slice::from_ref(block));
        for (at, outcome) in &applied.outcomes {
            assert_eq!(*outcome, Outcome::Applied, "{at}");
        }
        first(block)
    }

    /// Orders one block and gives the refusal of its first record.
    pub(crate) fn refused(&mut self, block: &VerifiedBlock) -> Refusal {
        self.order(std::slice::from_ref(block));
        self.refusal(first(block))
    }

    pub(crate) fn refusal(&self, at: RecordRef) -> Refusal {
        match self.outcomes.get(&at) {
            Some(Outcome::Refused(refusal)) => {
                assert_eq!(self.ledger.state().refusal(&at), Some(refusal));
                refusal.clone()
            }
            other => panic!("expected a refusal, found {other:?}"),
        }
    }

    /// Commissions items of the factory in one record and gives their subjects.
    pub(crate) fn commission(&mut self, codes: &[Code]) -> Vec<SubjectId> {
        let draft = commission(PREFIX, codes, &self.genesis, self.members[FACTORY]);
        let subjects = draft.subjects.clone();
        let block = self.staff(FACTORY, &[draft]);
        self.applied(&block);
        subjects
    }

    /// An item of the factory, commissioned and final.
    pub(crate) fn item(&mut self, serial: &str) -> SubjectId {
        self.commission(&[code(serial)])[0]
    }

    /// The record that an offer of the subject has to cite.
    pub(crate) fn last_custody(&self, subject: &SubjectId) -> RecordRef {
        self.ledger.state().subject(subject).unwrap().last_custody()
    }

    /// An offer, written and final.
    pub(crate) fn offered(&mut self, from: usize, to: usize, subject: SubjectId) -> RecordRef {
        let cite = self.last_custody(&subject);
        let draft = offer(subject, self.members[to], cite);
        let block = self.staff(from, &[draft]);
        self.applied(&block)
    }

    /// A whole hand-over, final.
    pub(crate) fn handed_over(&mut self, from: usize, to: usize, subject: SubjectId) -> RecordRef {
        let offer = self.offered(from, to, subject);
        let block = self.staff(to, &[accept(subject, offer)]);
        self.applied(&block)
    }

    /// The record that a title record of the subject has to cite.
    pub(crate) fn last_title(&self, subject: &SubjectId) -> RecordRef {
        self.ledger.state().subject(subject).unwrap().last_title()
    }

    /// An offer of title, written and final.
    pub(crate) fn title_offered(
        &mut self,
        from: usize,
        to: usize,
        subject: SubjectId,
    ) -> RecordRef {
        let draft = offer_title(subject, self.members[to], self.last_title(&subject));
        let block = self.admin(from, &[draft]);
        self.applied(&block)
    }

    /// A whole sale, final.
    pub(crate) fn sold(&mut self, from: usize, to: usize, subject: SubjectId) -> RecordRef {
        let offer = self.title_offered(from, to, subject);
        let block = self.admin(to, &[take_title(subject, offer)]);
        self.applied(&block)
    }

    /// A pledge of the factory's to the bank, final.
    pub(crate) fn pledged(&mut self, by: usize, subjects: &[SubjectId]) -> RecordRef {
        let block = self.admin(by, &[pledge(subjects, self.members[BANK])]);
        self.applied(&block)
    }

    /// An item of the factory with this secret under its seal.
    pub(crate) fn sealed_item(&mut self, serial: &str, secret: &ActivationSecret) -> SubjectId {
        let codes = [code(serial)];
        let mut draft = commission(PREFIX, &codes, &self.genesis, self.members[FACTORY]);
        if let Body::Commission { activation, .. } = &mut draft.body {
            activation.push(secret.public());
        }
        let block = self.staff(FACTORY, std::slice::from_ref(&draft));
        self.applied(&block);
        draft.subjects[0]
    }

    /// An activation for an owner, as the page would ask for it.
    pub(crate) fn activation(
        &self,
        subject: SubjectId,
        secret: &ActivationSecret,
        owner: &OwnerSecret,
    ) -> RecordDraft {
        let owner = owner.public();
        let body = Body::Activate {
            when: when(),
            owner,
            signature: secret.sign_activation(&self.genesis.id(), &subject, &owner),
        };
        RecordDraft::new(body, vec![subject]).citing(vec![self.last_title(&subject)])
    }

    /// A resale from one owner to another.
    pub(crate) fn resale(
        &self,
        subject: SubjectId,
        from: &OwnerSecret,
        to: &OwnerSecret,
    ) -> RecordDraft {
        self.given_on(subject, from, Party::Consumer(to.public()))
    }

    /// A resale to whoever it may be.
    pub(crate) fn given_on(
        &self,
        subject: SubjectId,
        from: &OwnerSecret,
        to: Party,
    ) -> RecordDraft {
        let last = self.last_title(&subject);
        let body = Body::Resell {
            when: when(),
            to,
            signature: from.sign_resale(&self.genesis.id(), &subject, &last, &to),
        };
        RecordDraft::new(body, vec![subject]).citing(vec![last])
    }

    pub(crate) fn id(&self, member: usize) -> MemberId {
        self.members[member]
    }

    pub(crate) fn staff_id(&self, member: usize) -> DeviceId {
        self.staff[member].key.id()
    }
}

impl Phone {
    pub(crate) fn new(key: DeviceKey, member: MemberId) -> Self {
        Self {
            key,
            member,
            seq: 0,
            prev: None,
            second: None,
        }
    }

    pub(crate) fn write(
        &mut self,
        genesis: &Genesis,
        drafts: &[RecordDraft],
        sections: &mut BTreeMap<SectionHash, Vec<u8>>,
    ) -> VerifiedBlock {
        let readers = Ledger::new(genesis).state().readers();
        let knowing = (&readers, None);
        self.write_knowing(genesis, knowing, drafts, sections)
    }

    /// Writes a block that is sealed to these readers and claims this anchor.
    pub(crate) fn write_knowing(
        &mut self,
        genesis: &Genesis,
        (readers, anchor): (&Readers, Option<(Height, HeaderHash)>),
        drafts: &[RecordDraft],
        sections: &mut BTreeMap<SectionHash, Vec<u8>>,
    ) -> VerifiedBlock {
        let position = Position {
            network: genesis.id(),
            member: self.member,
            device: self.key.id(),
            seq: Seq(self.seq),
            prev: self.prev,
            anchor,
            clock: START,
        };
        let mut seed = *self.key.to_seed();
        seed[..8].copy_from_slice(&self.seq.to_be_bytes());
        let built = UnsignedBlock::build(position, drafts, readers, &seed)
            .unwrap()
            .sign_with(&self.key, self.second.as_ref())
            .unwrap();
        for section in built.sections {
            sections.insert(section.hash, section.bytes);
        }
        let block = built.block.verify().unwrap();
        self.seq += 1;
        self.prev = Some(block.id());
        block
    }
}

pub(crate) fn first(block: &VerifiedBlock) -> RecordRef {
    at(block, 0)
}

pub(crate) fn at(block: &VerifiedBlock, index: u16) -> RecordRef {
    RecordRef {
        block: block.id(),
        index,
    }
}
