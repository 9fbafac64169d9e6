//! A second history, in which every kind of record is written and applied at least once.

mod goods;
mod roster;
mod trade;

use super::NOW;
use crate::line;
use anyhow::{Context, Result, ensure};
use chopmark_core::{
    BlockId, Class, DeviceEntry, DeviceKey, Founder, Genesis, GenesisDraft, HpkeSecret, Inception,
    Kem, Ledger, MemberId, Outcome, Policy, Position, Proposal, RecordDraft, RecordRef, Role,
    RootKey, Seq, SignedBlock, StateView, TzMinutes, UnsignedBlock, Validator, ValidatorSet,
    VerifiedBlock, When, propose,
};
use std::collections::BTreeMap;

/// The members, by their place in the list.
#[derive(Clone, Copy)]
enum Who {
    Factory = 0,
    Carrier = 1,
    Customs = 2,
    Bank = 3,
}

const MEMBERS: [(&str, Class, u8); 4] = [
    ("Nansha Foods", Class::Manufacturer, 30),
    ("Humen Trucks", Class::Carrier, 31),
    ("Gongbei Customs", Class::Customs, 32),
    ("Bank of the Delta", Class::Bank, 33),
];

/// A member's only device, and where its feed stands.
struct Author {
    id: MemberId,
    root: RootKey,
    key: DeviceKey,
    seq: Seq,
    prev: Option<BlockId>,
}

struct Net {
    genesis: Genesis,
    ledger: Ledger,
    authors: Vec<Author>,
    blocks: BTreeMap<BlockId, VerifiedBlock>,
    lines: Vec<String>,
    /// The keys that order or did.
    orderers: Vec<DeviceKey>,
}

pub(super) fn lines() -> Result<Vec<String>> {
    let mut net = Net::new()?;
    goods::tell(&mut net)?;
    trade::tell(&mut net)?;
    net.lines
        .push(line("state", net.ledger.state_digest().as_bytes()));
    net.lines
        .push(line("snapshot", net.ledger.snapshot_bytes()));
    Ok(net.lines)
}

fn when() -> When {
    When {
        time: NOW,
        tz: TzMinutes::default(),
    }
}

impl Net {
    fn new() -> Result<Self> {
        let mut founders = Vec::new();
        let mut authors = Vec::new();
        for (name, class, n) in MEMBERS {
            let root = RootKey::from_seeds(&[n; 32], &[n + 10; 32]);
            let key = DeviceKey::from_seed(&[n + 20; 32]);
            let reader = HpkeSecret::derive(Kem::X25519, &[n + 30; 32]).public();
            let next = root.public().next_digest();
            let inception = Inception::new(name, class, root.public(), next, reader.clone())?;
            let until = NOW.plus(1_000_000);
            let office = DeviceEntry::new(key.id(), reader, Role::Admin, "office", until)?;
            authors.push(Author {
                id: inception.id(),
                root,
                key,
                seq: Seq(0),
                prev: None,
            });
            founders.push(Founder::new(inception, vec![office]));
        }
        let factory = authors.first().context("nobody founds")?;
        let mut policy = Policy::standard(2);
        policy.kem = Kem::X25519;
        let draft = GenesisDraft::new(
            ("Every kind", "id.example.org"),
            policy,
            founders,
            ValidatorSet::new(vec![Validator::new(factory.id, factory.key.id())])?,
            NOW,
        )?;
        let signed = authors.iter();
        let signed = signed.map(|author| draft.sign(author.id, &author.root));
        let genesis = Genesis::combine(&draft.body_bytes(), signed.collect())?;
        Ok(Self {
            ledger: Ledger::new(&genesis),
            lines: vec![line("kinds-genesis", genesis.to_bytes())],
            genesis,
            orderers: vec![DeviceKey::from_seed(&[50; 32])],
            authors,
            blocks: BTreeMap::new(),
        })
    }

    fn author(&self, who: Who) -> Result<&Author> {
        self.authors.get(who as usize).context("no such member")
    }

    fn id(&self, who: Who) -> Result<MemberId> {
        Ok(self.author(who)?.id)
    }

    /// Writes a block of these records and orders it: all of them are applied. Names them.
    fn write(&mut self, who: Who, drafts: &[RecordDraft]) -> Result<Vec<RecordRef>> {
        let author = self.author(who)?;
        let position = Position {
            network: self.genesis.id(),
            member: author.id,
            device: author.key.id(),
            seq: author.seq,
            prev: author.prev,
            anchor: None,
            clock: NOW,
        };
        let readers = self.ledger.state().readers();
        let seed = [u8::try_from(self.blocks.len())?; 32];
        let built = UnsignedBlock::build(position, drafts, &readers, &seed)?.sign(&author.key)?;
        let block = SignedBlock::from_bytes(&built.block.to_bytes())?.verify()?;
        self.lines.push(line("kinds-block", block.to_bytes()));
        for section in &built.sections {
            self.lines.push(line("kinds-section", &section.bytes));
        }
        let author = self.authors.get_mut(who as usize);
        let author = author.context("no such member")?;
        author.seq = author.seq.next().context("the feed is full")?;
        author.prev = Some(block.id());
        self.order(&block)?;
        Ok(block.located().map(|(at, _)| at).collect())
    }

    fn order(&mut self, block: &VerifiedBlock) -> Result<()> {
        self.blocks.insert(block.id(), block.clone());
        let now = self.ledger.tip().time.plus(1);
        let proposal = propose(&self.ledger, [block], now).context("nothing to order")?;
        self.checkpoint(proposal.into_proposal())?;
        for record in block.records() {
            let kind = format!("kind-{}", record.kind().as_u8());
            self.lines.push(line(&kind, record.to_bytes()));
        }
        Ok(())
    }

    fn checkpoint(&mut self, proposal: Proposal) -> Result<()> {
        let validators = self.ledger.validators();
        let mut orderers = self.orderers.iter();
        let orderer = orderers.find(|key| validators.with_key(&key.id()).is_some());
        let checkpoint = proposal.cosigned_alone(orderer.context("nobody orders")?);
        let checkpoint = checkpoint.verify(validators)?;
        let applied = self.ledger.apply(&checkpoint, &self.blocks)?;
        for (at, outcome) in &applied.outcomes {
            ensure!(*outcome == Outcome::Applied, "{at}: {outcome:?}");
        }
        Ok(())
    }

    /// One record in a block of its own.
    fn one(&mut self, who: Who, draft: RecordDraft) -> Result<RecordRef> {
        let names = self.write(who, &[draft])?;
        names.first().copied().context("a block without records")
    }
}
