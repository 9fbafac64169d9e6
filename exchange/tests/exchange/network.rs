//! A factory that has its prefix registered, and a carrier.

use std::collections::BTreeMap;

use chopmark_core::{
    Body, Class, DeviceEntry, DeviceKey, Founder, Genesis, GenesisDraft, Group, HpkeSecret,
    Inception, Jurisdiction, Kem, Kind, Ledger, MemberId, Opener, Pending, Policy, Position,
    Prefix, Quantities, Reader, ReaderGroup, Readers, RecordDraft, Role, RootKey, SealedSection,
    SectionBody, Seq, StateView as _, TimeMs, UnsignedBlock, Validator, ValidatorSet,
    VerifiedBlock, propose,
};
use chopmark_epcis::{Document, Event, OnBadEvent};
use chopmark_exchange::{
    Author, Bad, Cursor, Made, Parts, Recorded, Signer, Teller, Trial, next_block,
};

pub(crate) const START: TimeMs = TimeMs(1_790_000_000_000);
pub(crate) const PREFIX: &str = "9506000";
pub(crate) const HOST: &str = "id.example.org";

pub(crate) struct Network {
    pub(crate) ledger: Ledger,
    pub(crate) members: Vec<MemberId>,
    admins: Vec<DeviceKey>,
    readers: Readers,
    /// Whom the factory tells beside the carrier.
    others: Vec<MemberId>,
}

fn reader(n: u8) -> HpkeSecret {
    HpkeSecret::derive(Kem::X25519, &[n; 32])
}

impl Network {
    pub(crate) fn new() -> Self {
        Self::with(|_, _| {}, 0)
    }

    /// The carrier answers for a jurisdiction, which is to be told of these kinds.
    pub(crate) fn supervising(kinds: &[Kind]) -> Self {
        let change = |policy: &mut Policy, members: &[MemberId]| {
            let name = jurisdiction();
            policy.jurisdictions = [(name.clone(), [members[1]].into())].into();
            policy.required = kinds.iter().map(|kind| (*kind, name.clone())).collect();
        };
        Self::with(change, 0)
    }

    /// Amounts stand in sections, where no rule reads them.
    pub(crate) fn hiding_amounts() -> Self {
        Self::with(|policy, _| policy.quantities = Quantities::Sections, 0)
    }

    /// The factory tells so many more: these are keys alone.
    pub(crate) fn telling(others: u8) -> Self {
        Self::with(|_, _| {}, others)
    }

    fn with(change: impl FnOnce(&mut Policy, &[MemberId]), others: u8) -> Self {
        let mut founders = Vec::new();
        for (n, class) in [(1, Class::Manufacturer), (2, Class::Carrier)] {
            let root = RootKey::from_seeds(&[n; 32], &[n; 32]).public();
            let next = root.next_digest();
            let name = format!("Member {n}");
            let inception = Inception::new(&name, class, root, next, reader(n).public()).unwrap();
            let inception = inception.with_reader(Group::Supervision, reader(n).public());
            let device = |key: &DeviceKey, role| {
                let until = TimeMs(4_000_000_000_000);
                DeviceEntry::new(key.id(), reader(n).public(), role, "device", until).unwrap()
            };
            let mut devices = vec![device(&key(n), Role::Admin)];
            if n == 1 {
                devices.push(device(&key(99), Role::Peer));
            }
            founders.push(Founder::new(inception, devices));
        }
        let members: Vec<MemberId> = founders.iter().map(Founder::id).collect();
        let mut policy = Policy::standard(2);
        policy.kem = Kem::X25519;
        policy.prefix_quorum = 1;
        change(&mut policy, &members);
        let jurisdictions = policy.jurisdictions.clone();
        let others: Vec<MemberId> = (0..others)
            .map(|n| MemberId::from_bytes([n + 100; 32]))
            .collect();
        let groups = [Group::General, Group::Supervision];
        let of_members = (1..)
            .zip(&members)
            .flat_map(|(n, id)| groups.map(|group| (ReaderGroup::new(*id, group), published(n))));
        let of_others = others
            .iter()
            .map(|id| (ReaderGroup::from(*id), published(9)));
        let readers: Readers = of_members.chain(of_others).collect();
        let validators = vec![Validator::new(members[0], key(99).id())];
        let draft = GenesisDraft::new(
            ("Exchange", HOST),
            policy,
            founders,
            ValidatorSet::new(validators).unwrap(),
            START,
        )
        .unwrap();
        // [body, no signatures]: founders' signatures have tests of their own.
        let body = draft.body_bytes();
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        let bytes = [&[0x82, 0x59][..], &length, &body, &[0x80]].concat();
        let genesis = Genesis::from_pinned_bytes(&bytes, draft.id()).unwrap();
        let mut network = Self {
            ledger: Ledger::new(&genesis),
            readers: readers.with_jurisdictions(jurisdictions),
            members,
            others,
            admins: vec![key(1), key(2)],
        };
        for (member, prefix) in [(0, PREFIX), (1, "4912345"), (0, "CSQU")] {
            let block = network.registration(member, prefix);
            network.order(block);
        }
        network
    }

    /// A member's word that a prefix is its own.
    pub(crate) fn registration(&self, member: usize, prefix: &str) -> VerifiedBlock {
        let body = Body::RegisterPrefix {
            prefix: Prefix::parse(prefix).unwrap(),
            member: self.members[member],
        };
        self.write(member, &[RecordDraft::new(body, Vec::new())])
    }

    /// Makes a block final.
    pub(crate) fn order(&mut self, block: VerifiedBlock) {
        let now = self.ledger.tip().time.plus(1);
        let draft = propose(&self.ledger, [&block], now).unwrap();
        let checkpoint = draft.into_proposal().cosigned_alone(&key(99));
        let checkpoint = checkpoint.verify(self.ledger.validators()).unwrap();
        let blocks = BTreeMap::from([(block.id(), block)]);
        self.ledger.apply(&checkpoint, &blocks).unwrap();
    }

    fn write(&self, member: usize, drafts: &[RecordDraft]) -> VerifiedBlock {
        let position = self.position(member, &self.pending());
        let built = UnsignedBlock::build(position, drafts, &self.readers, &[7; 32]).unwrap();
        let built = built.sign(&self.admins[member]).unwrap();
        built.block.verify().unwrap()
    }

    /// A block of the factory's with one record, before anything else of it.
    pub(crate) fn write_first(&self, draft: &RecordDraft) -> VerifiedBlock {
        self.write(0, std::slice::from_ref(draft))
    }

    /// The ledger with the prefixes registered.
    pub(crate) fn pending(&self) -> Pending<'_> {
        Pending::over(&self.ledger, [])
    }

    pub(crate) fn position(&self, member: usize, pending: &Pending<'_>) -> Position {
        let device = self.admins[member].id();
        let feed = pending.feed(&device);
        Position {
            network: pending.network(),
            member: self.members[member],
            device,
            seq: feed.as_ref().map_or(Seq(0), |feed| feed.next),
            prev: feed.map(|feed| feed.head),
            anchor: None,
            clock: START,
        }
    }

    pub(crate) fn reader(&self) -> Reader {
        published(1)
    }

    pub(crate) fn admin(&self) -> &DeviceKey {
        &self.admins[0]
    }

    fn signer(&self) -> Signer<'_> {
        Signer {
            key: &self.admins[0],
            readers: &self.readers,
        }
    }

    /// The factory, for itself and the carrier.
    pub(crate) fn teller(&self, events: &[Event]) -> Teller {
        Teller::new(self.members[0])
            .telling([self.members[1]])
            .telling(self.others.clone())
            .knowing(Recorded::wanted_by(events))
            .joining(Parts::of(events))
    }

    /// What would be refused.
    pub(crate) fn try_all(&self, events: &[Event], pending: &Pending<'_>) -> Vec<Bad> {
        let position = self.position(0, pending);
        let mut scratch = pending.clone();
        let mut trial = Trial::new(self.teller(events));
        let mut bad = Vec::new();
        while trial.tried() < events.len() {
            bad.extend(
                trial
                    .step(events, self.admin(), position, &mut scratch)
                    .unwrap(),
            );
        }
        bad
    }

    /// Signs all events as the factory; gives the blocks with their sections.
    pub(crate) fn sign_all(
        &self,
        events: &[Event],
        pending: &mut Pending<'_>,
    ) -> Vec<(VerifiedBlock, Vec<SealedSection>)> {
        self.sign_some((events, usize::MAX), self.teller(events), pending)
    }

    /// Signs events on this knowledge, as many blocks at most.
    pub(crate) fn sign_some(
        &self,
        (events, most): (&[Event], usize),
        mut by: Teller,
        pending: &mut Pending<'_>,
    ) -> Vec<(VerifiedBlock, Vec<SealedSection>)> {
        let mut blocks = Vec::new();
        let mut from = Cursor::default();
        while from.event < events.len() && blocks.len() < most {
            let author = Author {
                view: &*pending,
                by: &by,
            };
            let position = self.position(0, pending);
            let seed = [u8::try_from(blocks.len()).unwrap(); 32];
            let signer = self.signer();
            let made = next_block((events, from), &author, signer, position, &seed).unwrap();
            by.recorded.learn_made(events, &made);
            let Made {
                block,
                next,
                unmapped,
                ..
            } = made;
            assert!(unmapped.is_empty(), "{unmapped:?}");
            let built = block.unwrap();
            let block = built.block.verify().unwrap();
            pending.push(&block).unwrap();
            blocks.push((block, built.sections));
            from = next;
        }
        blocks
    }

    /// The sections of a block, one a record.
    pub(crate) fn open(
        &self,
        block: &VerifiedBlock,
        sections: &[SealedSection],
    ) -> Vec<SectionBody> {
        self.open_as(0, block, sections)
    }

    /// The sections for regulators, as the carrier opens them.
    pub(crate) fn open_as_regulator(
        &self,
        block: &VerifiedBlock,
        sections: &[SealedSection],
    ) -> Vec<SectionBody> {
        let of = ReaderGroup::new(self.members[1], Group::Supervision);
        let opener = Opener::new(block.header().network()).with_reader(of, 0, &reader(2));
        let opener = opener.of(block);
        let records = (0_u16..).zip(sections.chunks(2));
        let second = records.map(|(index, sections)| opener.open(index, 1, &sections[1].bytes));
        second.map(Result::unwrap).collect()
    }

    /// The sections as a member opens them.
    pub(crate) fn open_as(
        &self,
        member: usize,
        block: &VerifiedBlock,
        sections: &[SealedSection],
    ) -> Vec<SectionBody> {
        let secret = reader([1, 2][member]);
        let opener = Opener::new(block.header().network());
        let opener = opener.with_reader(self.members[member], 0, &secret);
        let opener = opener.of(block);
        // The first of each record; labels come behind it.
        let each = (0_u16..).zip(block.records());
        each.map(|(index, record)| {
            let first = record.sections().first().unwrap().hash();
            let section = sections.iter().find(|of| of.hash == first).unwrap();
            opener.open(index, 0, &section.bytes).unwrap()
        })
        .collect()
    }
}

pub(crate) fn jurisdiction() -> Jurisdiction {
    Jurisdiction::parse("cn-gd").unwrap()
}

fn key(n: u8) -> DeviceKey {
    DeviceKey::from_seed(&[n; 32])
}

fn published(n: u8) -> Reader {
    Reader {
        epoch: 0,
        key: reader(n).public(),
    }
}

/// The events of a document, each as it is kept.
pub(crate) fn events(list: &str) -> Vec<Event> {
    let text = format!(
        r#"{{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        {{"ex":"https://example.com/terms/","chopmark":"https://chopmark.invalid/terms/"}}],
        "type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-03-02T10:00:00Z",
        "epcisBody":{{"eventList":[{list}]}}}}"#
    );
    let read = Document::read(text.as_bytes(), OnBadEvent::RefuseAll).unwrap();
    let context = read.document.context().cloned();
    let events = read.document.into_events().into_iter();
    events.map(|event| event.alone(context.as_ref())).collect()
}

/// One event of a type with what it says beside when.
pub(crate) fn event(kind: &str, rest: &str) -> String {
    format!(
        r#"{{"type":"{kind}","eventTime":"2026-03-02T10:00:00.120+08:00","eventTimeZoneOffset":"+08:00",{rest}}}"#
    )
}
