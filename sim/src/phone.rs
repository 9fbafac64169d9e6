//! Phones: they write when they like, knowing what they last saw, and keep what they wrote until
//! it is final.

mod draft;

use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{
    BlockId, DeviceKey, Genesis, MemberId, Position, Prefix, Readers, RecordDraft, RecordRef,
    Right, Seq, SignedBlock, StateView as _, SubjectId, TimeMs, UnsignedBlock,
};

use crate::broken::Broken;
use crate::chance::Chance;
use crate::founding::Seat;
use crate::peer::Peer;

/// After so long a phone tries another peer than its member's.
const PATIENCE: Duration = Duration::from_secs(8);

/// How a phone behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Honest,
    /// Signs two histories, shows old blocks again, and says that it is another day.
    Hostile,
}

/// A block that is not known to be final.
#[derive(Clone)]
pub(crate) struct Unfinished {
    pub(crate) block: SignedBlock,
    written: Duration,
}

/// What a phone last saw of a thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    subject: SubjectId,
    last_custody: RecordRef,
    last_title: RecordRef,
    held: bool,
    owned: bool,
    on_offer: bool,
    on_sale: bool,
    packed: bool,
    pledged: bool,
}

/// What a phone knows.
#[derive(Default)]
pub(crate) struct Known {
    things: Vec<Seen>,
    offers: Vec<(SubjectId, RecordRef)>,
    /// Things that its member may buy.
    sales: Vec<(SubjectId, RecordRef)>,
    /// Things that are pledged to its member.
    pledges: Vec<SubjectId>,
    members: Vec<MemberId>,
}

/// One phone.
pub(crate) struct Phone {
    pub(crate) index: usize,
    key: Arc<DeviceKey>,
    pub(crate) manner: Manner,
    member: MemberId,
    prefix: Prefix,
    gtin: String,
    /// Its member's peer.
    pub(crate) home: usize,
    seq: Seq,
    prev: Option<BlockId>,
    pub(crate) outbox: Vec<Unfinished>,
    /// Until when it has no network.
    pub(crate) offline_until: Duration,
    known: Known,
    bank: MemberId,
    made: u32,
    registered: bool,
    is_admin: bool,
}

/// Whose a phone is.
pub(crate) struct Owner<'a> {
    pub(crate) seat: &'a Seat,
    /// Which of the member's phones; the first is the admin's.
    pub(crate) number: usize,
    pub(crate) home: usize,
    pub(crate) bank: MemberId,
    pub(crate) manner: Manner,
}

impl Phone {
    pub(crate) fn new(index: usize, owner: &Owner<'_>) -> Option<Self> {
        Some(Self {
            index,
            key: Arc::clone(owner.seat.phones.get(owner.number)?),
            manner: owner.manner,
            member: owner.seat.id,
            prefix: owner.seat.prefix.clone(),
            gtin: owner.seat.gtin.clone(),
            home: owner.home,
            seq: Seq(0),
            prev: None,
            outbox: Vec::new(),
            offline_until: Duration::ZERO,
            known: Known::default(),
            bank: owner.bank,
            made: 0,
            registered: false,
            is_admin: owner.number == 0,
        })
    }

    pub(crate) fn name(&self) -> String {
        match self.manner {
            Manner::Honest => format!("phone {}", self.index),
            Manner::Hostile => format!("hostile phone {}", self.index),
        }
    }

    /// Writes a block of a record or a few, and keeps it.
    pub(crate) fn write(
        &mut self,
        genesis: &Genesis,
        now: (Duration, TimeMs),
        chance: &mut Chance,
    ) -> Result<String, Broken> {
        let drafts = self.drafts(genesis, now.1, chance)?;
        let told = drafts
            .iter()
            .map(draft::word)
            .collect::<Vec<_>>()
            .join(", ");
        let block = self.sign(genesis, now.1, &drafts, chance)?;
        if self.manner == Manner::Hostile && chance.permille(200) {
            // Another block for the same place: the first one is handed in elsewhere, perhaps.
            let other = self.sign(genesis, TimeMs(now.1.0 / 2), &drafts, chance)?;
            self.outbox.push(Unfinished {
                block: other,
                written: now.0,
            });
        }
        self.seq = self.seq.next().unwrap_or(self.seq);
        self.prev = Some(block.id());
        self.outbox.push(Unfinished {
            block,
            written: now.0,
        });
        Ok(told)
    }

    fn sign(
        &self,
        genesis: &Genesis,
        clock: TimeMs,
        drafts: &[RecordDraft],
        chance: &mut Chance,
    ) -> Result<SignedBlock, Broken> {
        let position = Position {
            network: genesis.id(),
            member: self.member,
            device: self.key.id(),
            seq: self.seq,
            prev: self.prev,
            anchor: None,
            clock,
        };
        let built = UnsignedBlock::build(position, drafts, &Readers::default(), &chance.bytes());
        let signed = built.map_err(Broken::simulation)?.sign(&self.key);
        Ok(signed.map_err(Broken::simulation)?.block)
    }

    /// Which peer it goes to: its member's, unless that one has had its chance.
    pub(crate) fn chooses(&self, peers: usize, now: Duration, chance: &mut Chance) -> usize {
        let oldest = self.outbox.iter().map(|entry| entry.written).min();
        let waited = oldest.map_or(Duration::ZERO, |written| now.saturating_sub(written));
        match waited > PATIENCE {
            true => chance.index(peers),
            false => self.home,
        }
    }

    /// What it hands in.
    pub(crate) fn hands_in(&self, chance: &mut Chance) -> Vec<SignedBlock> {
        let blocks = self.outbox.iter().map(|entry| entry.block.clone());
        let mut blocks: Vec<_> = blocks.collect();
        if self.manner == Manner::Hostile && chance.permille(500) {
            blocks.reverse();
        }
        blocks
    }

    /// Looks at what a peer has: what is final leaves the outbox, and the rest is remembered.
    pub(crate) fn looks(&mut self, peer: &Peer) {
        self.outbox
            .retain(|entry| !peer.is_final(&entry.block.id()));
        let state = peer.ledger().state();
        let mine = self.member;
        let of_title = |(_, at): &(SubjectId, RecordRef)| {
            let offer = state.offer(at);
            offer.is_some_and(|offer| offer.right() == Right::Title)
        };
        let (sales, offers) = state.offers_to(&mine).into_iter().partition(of_title);
        let mut known = Known {
            offers,
            sales,
            members: state
                .members()
                .map(|(id, _)| *id)
                .filter(|id| *id != mine)
                .collect(),
            ..Known::default()
        };
        for (id, subject) in state.subjects() {
            let seen = Seen {
                subject: *id,
                last_custody: subject.last_custody(),
                last_title: subject.last_title(),
                held: subject.own_holder().is(&mine) && subject.inside().is_none(),
                owned: subject.owner().is(&mine),
                on_offer: subject.open_offer().is_some(),
                on_sale: subject.open_title_offer().is_some(),
                packed: subject.inside().is_some(),
                pledged: subject.pledge().is_some(),
            };
            if subject.pledge().is_some_and(|pledge| *pledge.to() == mine) {
                known.pledges.push(*id);
            }
            if seen.held || seen.owned {
                known.things.push(seen);
            }
        }
        self.known = known;
    }
}
