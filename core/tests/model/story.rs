//! A random history: who writes what, what arrives when, and what is ordered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chopmark_core::{
    BlockId, Body, Condition, DeviceId, Height, Kind, Ledger, MemberId, Outcome, RecordDraft,
    RecordRef, Role, RosterAct, RosterTerms, StateView, SubjectId, TimeMs, VerifiedBlock,
    VerifiedCheckpoint, heartbeat, propose,
};

use crate::drafts::{
    CASES, ITEMS, Numbers, PREFIX, SECRETS, amended, codes, commission, enrol, owner_secret,
    register, roster_wish, secret_of, supervision_key, when,
};
use crate::goods::mill_some;
use crate::naive::Model;
use crate::network::{
    BANK, FIRST_SPARE, FOREVER, Feed, GRACE_MS, KEYS, Known, QUARANTINE, START, Signed, admin,
    cosigned, genesis, key, member, worker, write,
};
use crate::rooting::DELAY_MS;
use crate::roster::Firm;
use crate::runs::first_run;

const CHECKPOINTS: u8 = 8;

/// A history under way.
pub(crate) struct Story {
    pub(crate) ledger: Ledger,
    pub(crate) model: Model,
    /// Everything written after the start, ordered or not.
    pub(crate) blocks: Vec<VerifiedBlock>,
    pub(crate) checkpoints: Vec<VerifiedCheckpoint>,
    pub(crate) numbers: Numbers,
    here: BTreeMap<BlockId, VerifiedBlock>,
    /// Written, and not at the orderer yet.
    on_the_way: Vec<VerifiedBlock>,
    waiting_room: Vec<VerifiedBlock>,
    pub(crate) feeds: BTreeMap<u8, Feed>,
    pub(crate) records: Vec<RecordRef>,
    /// What the ledger applied, in that order.
    pub(crate) applied: Vec<RecordRef>,
    pub(crate) now: TimeMs,
    /// What devices knew at an earlier checkpoint, or know now.
    pub(crate) known: Known,
    /// What somebody wanted of the roster.
    pub(crate) wanted: Vec<(RosterTerms, RosterAct)>,
    left: u8,
}

/// Most histories begin with a prefix and goods; both ledgers are copied from here.
fn base() -> &'static Story {
    static BASE: OnceLock<Story> = OnceLock::new();
    BASE.get_or_init(|| {
        let mut story = Story::from_nothing(0);
        let maker = member(0);
        let (items, others) = codes().split_at(ITEMS.into());
        let (cases, papers) = others.split_at(CASES.into());
        for n in [0, 1] {
            story.put(admin(n), member(n), &[register(PREFIX, maker)]);
        }
        story.order_all();
        let mut made =
            [&items[1..], &cases[1..], papers].map(|codes| commission(PREFIX, codes, maker));
        // The first half of the items has something under its seal.
        if let Body::Commission {
            codes, activation, ..
        } = &mut made[0].body
        {
            let keys = (0..SECRETS).cycle().take(codes.len());
            activation.extend(keys.map(|n| secret_of(n).public()));
        }
        let things: Vec<_> = made.iter().map(|draft| draft.subjects.clone()).collect();
        let batches = mill_some(maker);
        story.put(
            worker(0),
            maker,
            &[&made[..], &[first_run()], &batches].concat(),
        );
        story.order_all();
        // One case is full and with the carrier, a second one full and at home, a bill of lading
        // stands for what is in it.
        let pack = |case, items: &[SubjectId]| {
            let subjects = std::iter::once(case).chain(items.iter().copied());
            RecordDraft::new(Body::Pack { when: when() }, subjects.collect())
        };
        let (items, cases, papers) = (&things[0], &things[1], &things[2]);
        let joined = RecordDraft::new(Body::Associate { when: when() }, vec![papers[0], items[2]]);
        let packed = [
            pack(cases[0], &items[..2]),
            joined,
            pack(cases[1], &items[2..3]),
        ];
        story.put(worker(0), maker, &packed);
        story.order_all();
        let offer = story.handed_over(cases[0]);
        let taken = Body::Accept {
            when: when(),
            condition: Condition::Good,
            contents: None,
            left: Vec::new(),
        };
        let taken = RecordDraft::new(taken, vec![cases[0]]).citing(vec![offer]);
        story.put(worker(1), member(1), &[taken]);
        story.order_all();
        story
    })
}

/// The ledger that a history begins with.
pub(crate) fn start(seed: u64) -> (Ledger, Model) {
    if seed.is_multiple_of(8) {
        (Ledger::new(&genesis()), Model::new(&genesis()))
    } else {
        (base().ledger.clone(), base().model.clone())
    }
}

/// The blocks of the common beginning.
pub(crate) fn base_blocks() -> BTreeMap<BlockId, VerifiedBlock> {
    base().here.clone()
}

impl Story {
    fn from_nothing(seed: u64) -> Self {
        Self {
            ledger: Ledger::new(&genesis()),
            model: Model::new(&genesis()),
            blocks: Vec::new(),
            checkpoints: Vec::new(),
            numbers: Numbers::new(seed),
            here: BTreeMap::new(),
            on_the_way: Vec::new(),
            waiting_room: Vec::new(),
            feeds: BTreeMap::new(),
            records: Vec::new(),
            applied: Vec::new(),
            now: START,
            known: Known::default(),
            wanted: Vec::new(),
            left: CHECKPOINTS,
        }
    }

    pub(crate) fn new(seed: u64) -> Self {
        let mut story = Self::from_nothing(seed);
        (story.ledger, story.model) = start(seed);
        if story.ledger.tip().height.0 > 0 {
            story.feeds.clone_from(&base().feeds);
            story.applied.clone_from(&base().applied);
        }
        story.now = story.ledger.tip().time;
        story.records = story.model.fates.keys().copied().collect();
        match seed % 16 {
            1 | 9 => story.pile_up(),
            3 => story.tie_together(),
            4 => story.sell_and_hold(),
            7 | 15 => story.pledge_and_pack(),
            5 | 13 => story.amend(),
            2 | 6 | 11 | 14 => story.agree_on_a_roster(),
            8 => story.rotate_on(),
            10 | 12 => story.lose_keys(),
            _ => {}
        }
        story
    }

    /// A tower of everything that is free: its top is one level too high.
    fn pile_up(&mut self) {
        let packs = self.free();
        let packs = packs
            .windows(2)
            .map(|pair| RecordDraft::new(Body::Pack { when: when() }, pair.to_vec()));
        self.put(worker(0), member(0), &packs.collect::<Vec<_>>());
    }

    /// Things that are pledged one by one come together.
    fn pledge_and_pack(&mut self) {
        let mut here = self.free();
        self.numbers.shuffle(&mut here);
        let to = member(BANK);
        let pledge =
            |id: &SubjectId| RecordDraft::new(Body::Pledge { when: when(), to }, vec![*id]);
        let drafts: Vec<_> = here.iter().step_by(2).map(pledge).collect();
        self.put(admin(0), member(0), &drafts);
        self.order_all();
        self.numbers.shuffle(&mut here);
        let packs = here
            .chunks_exact(2)
            .map(|pair| RecordDraft::new(Body::Pack { when: when() }, pair.to_vec()));
        self.put(worker(0), member(0), &packs.collect::<Vec<_>>());
    }

    /// The maker sold what has a seal to consumers, and an authority holds what they took home.
    fn sell_and_hold(&mut self) {
        let network = genesis().id();
        let owner = owner_secret(0).public();
        let sealed = self.free().into_iter().filter_map(|id| {
            let thing = &self.model.world.things[&id];
            Some((id, thing.last_title, thing.key?))
        });
        let secret = |key| (0..SECRETS).map(secret_of).find(|one| one.public() == key);
        let sold: Vec<_> = sealed
            .map(|(id, last, key)| {
                let body = Body::Activate {
                    when: when(),
                    owner,
                    signature: secret(key).unwrap().sign_activation(&network, &id, &owner),
                };
                RecordDraft::new(body, vec![id]).citing(vec![last])
            })
            .collect();
        self.put(admin(0), member(0), &sold);
        self.order_all();
        let held = Body::Hold {
            when: when(),
            reason: "papers".to_owned(),
        };
        let home = sold.iter().map(|draft| draft.subjects[0]).collect();
        let held = RecordDraft::new(held, home);
        self.put(admin(QUARANTINE), member(QUARANTINE), &[held]);
        self.order_all();
    }

    /// What the maker has at hand, empty and packed in nothing.
    fn free(&self) -> Vec<SubjectId> {
        let world = &self.model.world;
        let free = |id: &&SubjectId| {
            let thing = &world.things[id];
            let empty = world.directly_inside(**id).is_empty();
            thing.holder == member(0).into() && thing.inside.is_none() && empty
        };
        world.things.keys().filter(free).copied().collect()
    }

    /// One thing that belongs to all others: to one more than it may.
    fn tie_together(&mut self) {
        let world = &self.model.world;
        let things = world.things.keys();
        let here = things.filter(|id| world.holder(**id) == Some(member(0).into()));
        let here: Vec<_> = here.copied().collect();
        let (child, others) = here.split_first().unwrap();
        let tied = others.iter().map(|parent| {
            RecordDraft::new(Body::Associate { when: when() }, vec![*parent, *child])
        });
        self.put(worker(0), member(0), &tied.collect::<Vec<_>>());
    }

    /// The members have agreed on another policy, which holds now or soon, and regulators have keys.
    fn amend(&mut self) {
        // The last is of second signatures.
        let n = *self.numbers.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 13]).unwrap();
        let soon = self.height(2);
        let amended = amended(&self.model.world.policy, n, soon);
        for of in [0, 1, 3] {
            self.put(admin(of), member(of), std::slice::from_ref(&amended));
        }
        self.put(admin(QUARANTINE), member(QUARANTINE), &[supervision_key()]);
        self.order_all();
        if !self.numbers.one_in(4) {
            self.order_all();
        }
    }

    /// The members have agreed on another roster, which holds soon.
    fn agree_on_a_roster(&mut self) {
        // A peer that may take over.
        let spare = enrol(member(1), FIRST_SPARE, Role::Peer);
        self.put(admin(1), member(1), &[spare]);
        self.order_all();
        let wanted = self.roster_act();
        let terms = RosterTerms {
            replaces: self.model.world.roster_now(),
            height: self.height(2 + self.ledger.tip().height.0 % 3),
        };
        for of in 0..4 {
            let draft = roster_wish(self.root_of(member(of)), terms, &wanted);
            self.put(admin(of), member(of), &[draft]);
        }
        self.wanted.push((terms, wanted));
        self.order_all();
    }

    /// The height so far ahead of the checkpoint that is made next.
    pub(crate) fn height(&self, ahead: u64) -> Height {
        Height(self.ledger.tip().height.0 + 1 + ahead)
    }

    /// An offer of what the first member has to the second, ordered.
    fn handed_over(&mut self, subject: SubjectId) -> RecordRef {
        let offer = Body::Offer {
            when: when(),
            to: member(1).into(),
            expires: FOREVER,
            contents: None,
        };
        let last = self.model.world.things[&subject].last_custody;
        let draft = RecordDraft::new(offer, vec![subject]).citing(vec![last]);
        self.put(worker(0), member(0), &[draft]);
        self.order_all();
        *self.records.last().unwrap()
    }

    /// Writes a block and puts it on its way.
    pub(crate) fn put(&mut self, device: u8, of: MemberId, drafts: &[RecordDraft]) {
        let signed = self.signed(device, drafts);
        let feed = self.feeds.entry(device).or_default();
        let block = write((device, of), feed, drafts, (&self.known, signed));
        feed.push(block.id());
        self.sent(block);
    }

    /// As is asked for now, mostly.
    fn signed(&mut self, device: u8, drafts: &[RecordDraft]) -> Signed {
        let world = &self.model.world;
        let asks = |draft: &RecordDraft| world.asks_twice(key_id(device), draft.body.kind());
        match drafts.iter().any(asks) != self.numbers.one_in(50) {
            true => Signed::Twice,
            false => Signed::Once,
        }
    }

    fn sent(&mut self, block: VerifiedBlock) {
        self.records.extend(block.located().map(|(at, _)| at));
        self.blocks.push(block.clone());
        self.on_the_way.push(block);
    }

    /// Everything arrives and is ordered.
    pub(crate) fn order_all(&mut self) {
        self.waiting_room.append(&mut self.on_the_way);
        self.now = self.now.plus(1000);
        self.order();
    }

    fn order(&mut self) {
        let proposal = propose(&self.ledger, &self.waiting_room, self.now)
            .unwrap_or_else(|| heartbeat(&self.ledger, self.now));
        let checkpoint = cosigned(&self.ledger, proposal.into_proposal());
        let checkpoint = checkpoint.verify(self.ledger.validators()).unwrap();
        for block in &self.waiting_room {
            self.here.insert(block.id(), block.clone());
        }
        let decided = self.ledger.apply(&checkpoint, &self.here).unwrap();
        let applied = decided.outcomes.into_iter();
        let applied = applied.filter(|(_, outcome)| *outcome == Outcome::Applied);
        self.applied.extend(applied.map(|(at, _)| at));
        let ordered: Vec<_> = checkpoint
            .blocks()
            .iter()
            .map(|id| &self.here[id])
            .collect();
        self.model.checkpoint(&ordered, checkpoint.header().time());
        let ordered: BTreeSet<_> = checkpoint.blocks().iter().copied().collect();
        self.waiting_room
            .retain(|block| !ordered.contains(&block.id()));
        self.checkpoints.push(checkpoint);
    }

    /// Some write, some of it arrives, a checkpoint is made; false at the end.
    pub(crate) fn next_checkpoint(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        // Now and then a device has not heard anything for a while.
        if !self.numbers.one_in(3) {
            let tip = self.ledger.tip();
            self.known = Known {
                readers: self.ledger.state().readers(),
                anchor: Some((tip.height, tip.header_hash)),
            };
        }
        // Or says that it knows what nobody can know yet.
        if self.numbers.one_in(12)
            && let Some((height, _)) = &mut self.known.anchor
        {
            height.0 += 3;
        }
        for _ in 0..self.numbers.below(5) {
            self.write_something();
        }
        let (late, arrived) = std::mem::take(&mut self.on_the_way)
            .into_iter()
            .partition(|_| self.numbers.one_in(4));
        self.on_the_way = late;
        let mut arrived: Vec<VerifiedBlock> = arrived;
        self.numbers.shuffle(&mut arrived);
        self.waiting_room.append(&mut arrived);
        let steps = [
            1,
            1000,
            1000,
            3000,
            GRACE_MS - 1000,
            GRACE_MS + 1,
            3 * GRACE_MS,
        ];
        let members = self.model.world.members.values();
        let waits = |firm: &Firm| firm.roots.open.is_some() || firm.roots.coming.is_some();
        let lost = members.filter(|firm| waits(firm)).count();
        let step = match lost > 0 && self.numbers.one_in(4) {
            true => DELAY_MS + 1,
            false => *self.numbers.pick(&steps).unwrap(),
        };
        self.now = self.now.plus(step);
        self.order();
        true
    }

    /// A device that the ledger knows, with its member.
    fn author(&mut self) -> (u8, MemberId) {
        let device = match self.numbers.byte_below(12) {
            // Those who only look on write less.
            0 => admin(QUARANTINE + self.numbers.byte_below(2)),
            n if n < admin(QUARANTINE) => n,
            n => n + 2 + self.numbers.byte_below(2) * self.numbers.byte_below(3),
        };
        let known = self
            .ledger
            .state()
            .device(&key_id(device))
            .map(|d| *d.member());
        known.map_or((worker(0), member(0)), |of| (device, of))
    }

    fn write_something(&mut self) {
        let (device, of) = self.author();
        let group = self.numbers.one_in(4);
        let mut drafts = Vec::new();
        for _ in 0..=self.numbers.below(3) {
            let Some(mut draft) = self.lawful_draft(device, of) else {
                continue;
            };
            if self.numbers.one_in(10) {
                let cite = self.some_record();
                if !draft.cites.contains(&cite) {
                    draft.cites.push(cite);
                }
            }
            draft = self.told(draft);
            let alone = draft.body.kind() == Kind::SetPolicy
                || draft.body.roster_wish().is_some()
                || matches!(draft.body.kind(), Kind::RotateRoot | Kind::Recover);
            let grouped = group && !alone && !self.numbers.one_in(3);
            drafts.push(if grouped { draft.grouped(1) } else { draft });
        }
        if drafts.is_empty() {
            return;
        }
        let feed = self.feeds.get(&device).cloned().unwrap_or_default();
        if !feed.is_empty() && self.numbers.one_in(40) {
            // A second block for a place that is taken.
            let before = &feed[..self.numbers.below(feed.len())];
            let signed = self.signed(device, &drafts);
            let fork = write((device, of), before, &drafts, (&self.known, signed));
            if !feed.contains(&fork.id()) {
                self.sent(fork);
            }
            return;
        }
        self.put(device, of, &drafts);
    }
}

pub(crate) fn key_id(device: u8) -> DeviceId {
    static IDS: OnceLock<Vec<DeviceId>> = OnceLock::new();
    IDS.get_or_init(|| (0..KEYS).map(|n| key(n).id()).collect())[usize::from(device)]
}
