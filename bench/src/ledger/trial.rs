//! A network inside this process: a factory that makes and a carrier that moves.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chopmark_core::{
    BlockId, Body, Checkpoint, Class, Code, Condition, DeviceEntry, DeviceId, DeviceKey, Founder,
    Genesis, GenesisDraft, GoodsClass, HeldFeeds, HpkeSecret, Inception, Kem, Ledger, MemberId,
    Policy, Position, Prefix, Readers, RecordDraft, RecordRef, Role, RootKey, RunList, Seq,
    SignedBlock, StateView as _, SubjectId, TimeMs, TzMinutes, UnsignedBlock, Validator,
    ValidatorSet, Verdict, VerifiedBlock, When, propose,
};

const PREFIX: &str = "9506000";
const GTIN: &str = "09506000134352";
const START: TimeMs = TimeMs(1_790_000_000_000);
/// Long after every measurement.
const LATER: TimeMs = TimeMs(4_000_000_000_000);

/// A device and its feed.
pub(crate) struct Phone {
    key: DeviceKey,
    member: MemberId,
    seq: u64,
    prev: Option<BlockId>,
}

/// The network, its devices and its ledger.
pub(crate) struct Trial {
    genesis: Genesis,
    orderer: DeviceKey,
    admin: Phone,
    now: TimeMs,
}

impl Trial {
    /// A factory and a carrier with so many devices each: the factory's first, then the carrier's.
    pub(crate) fn found(devices: u8) -> Result<(Self, Vec<Phone>)> {
        let firms = [
            ("Factory", Class::Manufacturer, Role::Qc),
            ("Carrier", Class::Carrier, Role::Courier),
        ];
        let (orderer, admin) = (key(0, 0), key(0, 1));
        let hpke = HpkeSecret::derive(Kem::X25519, &[9; 32]).public();
        let entry =
            |key: &DeviceKey, role| DeviceEntry::new(key.id(), hpke.clone(), role, "device", LATER);
        let mut founders = Vec::new();
        let mut phones = Vec::new();
        let mut roots = Vec::new();
        for (number, (name, class, role)) in (1_u8..).zip(firms) {
            let root = RootKey::from_seeds(&[number; 32], &[number + 10; 32]);
            let next = root.public().next_digest();
            let inception = Inception::new(name, class, root.public(), next, hpke.clone())?;
            let member = inception.id();
            let mut entries = Vec::new();
            if number == 1 {
                entries.push(entry(&orderer, Role::Peer)?);
                entries.push(entry(&admin, Role::Admin)?);
            }
            // A founder brings 16 devices at most, which is enough of them.
            for device in 0..devices {
                let key = key(number, device);
                entries.push(entry(&key, role)?);
                phones.push(Phone::new(key, member));
            }
            founders.push(Founder::new(inception, entries));
            roots.push((member, root));
        }
        let (factory, _) = roots.first().context("no founder")?;
        let factory = *factory;
        let policy = Policy {
            kem: Kem::X25519,
            prefix_quorum: 1,
            ..Policy::standard(2)
        };
        let validators = ValidatorSet::new(vec![Validator::new(factory, orderer.id())])?;
        let title = ("Measured", "id.example.org");
        let draft = GenesisDraft::new(title, policy, founders, validators, START)?;
        let signatures = roots.iter().map(|(id, root)| draft.sign(*id, root));
        let genesis = Genesis::combine(&draft.body_bytes(), signatures.collect())?;
        let admin = Phone::new(admin, factory);
        let trial = Self {
            genesis,
            orderer,
            admin,
            now: START,
        };
        Ok((trial, phones))
    }

    /// A ledger in which the factory's prefix is registered.
    pub(crate) fn ledger(&mut self) -> Result<Ledger> {
        let mut ledger = Ledger::new(&self.genesis);
        let body = Body::RegisterPrefix {
            prefix: Prefix::parse(PREFIX)?,
            member: self.admin.member,
        };
        let draft = RecordDraft::new(body, Vec::new());
        let block = self.admin.write(&self.genesis, &[draft])?.verify()?;
        let checkpoint = self.order(&ledger, std::slice::from_ref(&block))?;
        let verified = checkpoint.verify(self.genesis.validators())?;
        ledger.apply(&verified, &BTreeMap::from([(block.id(), block)]))?;
        Ok(ledger)
    }

    /// A checkpoint of these blocks.
    pub(crate) fn order(
        &mut self,
        ledger: &Ledger,
        blocks: &[VerifiedBlock],
    ) -> Result<Checkpoint> {
        self.now = self.now.plus(1_000);
        let proposal = propose(ledger, blocks, self.now).context("nothing to order")?;
        Ok(proposal.into_proposal().cosigned_alone(&self.orderer))
    }

    pub(crate) fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The n-th item of the factory.
    pub(crate) fn item(&self, number: usize) -> Result<Code> {
        Ok(Code::gtin_serial(GTIN, &format!("B{number:07}"))?)
    }

    /// Its subject.
    pub(crate) fn subject(&self, number: usize) -> Result<SubjectId> {
        let owner = self.admin.member;
        Ok(self.item(number)?.subject(&self.genesis.id(), &owner))
    }

    /// The record that items begin with.
    pub(crate) fn commission(&self, numbers: &[usize]) -> Result<RecordDraft> {
        let codes = numbers.iter().map(|number| self.item(*number));
        let codes = codes.collect::<Result<Vec<_>>>()?;
        let subjects = codes
            .iter()
            .map(|c| c.subject(&self.genesis.id(), &self.admin.member));
        let body = Body::Commission {
            when: when()?,
            class: format!("(01){GTIN}"),
            prefix: Prefix::parse(PREFIX)?,
            codes: codes.iter().map(Code::hash).collect(),
            quantity: None,
            activation: Vec::new(),
        };
        Ok(RecordDraft::new(body, subjects.collect()))
    }
}

impl Trial {
    /// The record that a run begins with.
    pub(crate) fn commission_run(&self, list: &RunList) -> Result<RecordDraft> {
        let body = Body::CommissionRun {
            when: when()?,
            class: GoodsClass::parse(&format!("(01){GTIN}")).context("no class")?,
            prefix: Prefix::parse(PREFIX)?,
            run: list.spec(),
        };
        Ok(RecordDraft::new(body, vec![list.subject()]))
    }
}

impl Phone {
    fn new(key: DeviceKey, member: MemberId) -> Self {
        Self {
            key,
            member,
            seq: 0,
            prev: None,
        }
    }

    /// The device.
    pub(crate) fn member(&self) -> MemberId {
        self.member
    }

    pub(crate) fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// Where its next block goes.
    pub(crate) fn place(&self, genesis: &Genesis) -> Position {
        Position {
            network: genesis.id(),
            member: self.member,
            device: self.key.id(),
            seq: Seq(self.seq),
            prev: self.prev,
            anchor: None,
            clock: START,
        }
    }

    /// Signs the next block of the feed.
    pub(crate) fn write(
        &mut self,
        genesis: &Genesis,
        drafts: &[RecordDraft],
    ) -> Result<SignedBlock> {
        let built =
            UnsignedBlock::build(self.place(genesis), drafts, &Readers::default(), &[1; 32])?;
        let block = built.sign(&self.key)?.block;
        self.seq += 1;
        self.prev = Some(block.id());
        Ok(block)
    }
}

/// What is held, as a replica's memory knows it.
#[derive(Clone, Default)]
pub(crate) struct Held(BTreeMap<(DeviceId, Seq), BlockId>);

impl Held {
    pub(crate) fn keep(&mut self, block: &VerifiedBlock) {
        let header = block.header();
        self.0.insert((header.device(), header.seq()), block.id());
    }
}

impl HeldFeeds for Held {
    fn block_at(&self, device: &DeviceId, seq: Seq) -> Option<BlockId> {
        self.0.get(&(*device, seq)).copied()
    }

    fn statement(&self, _: &BlockId) -> Option<Vec<u8>> {
        None
    }
}

fn key(member: u8, device: u8) -> DeviceKey {
    let seed = std::array::from_fn(|at| match at {
        0 => member,
        1 => device,
        _ => 7,
    });
    DeviceKey::from_seed(&seed)
}

fn when() -> Result<When> {
    Ok(When {
        time: START,
        tz: TzMinutes::new(480).context("no such offset")?,
    })
}

/// The record that an item was stored.
pub(crate) fn observe(subject: SubjectId) -> Result<RecordDraft> {
    let step = "storing".to_owned();
    let body = Body::Observe {
        when: when()?,
        step,
    };
    Ok(RecordDraft::new(body, vec![subject]))
}

/// The record that something is put into something else.
pub(crate) fn pack(container: SubjectId, content: SubjectId) -> Result<RecordDraft> {
    let body = Body::Pack { when: when()? };
    Ok(RecordDraft::new(body, vec![container, content]))
}

/// The record that an item passed inspection.
pub(crate) fn attest(subject: SubjectId) -> Result<RecordDraft> {
    let body = Body::Attest {
        when: when()?,
        verdict: Verdict::Pass,
        evidence: Vec::new(),
    };
    Ok(RecordDraft::new(body, vec![subject]))
}

/// The record that offers an item.
pub(crate) fn offer(subject: SubjectId, to: MemberId, ledger: &Ledger) -> Result<RecordDraft> {
    let state = ledger.state().subject(&subject).context("no such item")?;
    let body = Body::Offer {
        when: when()?,
        to: to.into(),
        expires: LATER,
        contents: None,
    };
    Ok(RecordDraft::new(body, vec![subject]).citing(vec![state.last_custody()]))
}

/// The record that takes it over.
pub(crate) fn accept(subject: SubjectId, offer: RecordRef) -> Result<RecordDraft> {
    let body = Body::Accept {
        when: when()?,
        condition: Condition::Good,
        contents: None,
        left: Vec::new(),
    };
    Ok(RecordDraft::new(body, vec![subject]).citing(vec![offer]))
}
