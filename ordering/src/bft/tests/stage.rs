//! A few validators in one process, and a pen for what others would say.

use std::cell::Cell;
use std::rc::Rc;

use chopmark_core::{
    Ballot, BallotKind, Cosignature, Digest32, MemberId, TimeMs, Validator, ValidatorSet,
};
use malachite_types::Round;

use super::*;
use crate::host::{HostError, Verdict};
use crate::journal::kept::Kept;
use crate::wire::{WireProposal, WireVote};

const NETWORK: NetworkId = NetworkId::from_bytes([1; 32]);
/// One step of time: as long as a message is on its way.
const TICK: Duration = Duration::from_millis(20);

pub(super) fn key(n: u8) -> Arc<DeviceKey> {
    Arc::new(DeviceKey::from_seed(&[n; 32]))
}

/// The roster: how many there are, and who is gone from which height on.
#[derive(Clone, Copy)]
struct Roster {
    count: u8,
    removed: Option<(u64, u8)>,
}

impl Roster {
    fn at(self, height: u64) -> ValidatorSet {
        let here = |n: &u8| {
            self.removed
                .is_none_or(|(from, gone)| height < from || *n != gone)
        };
        let validator = |n| Validator::new(MemberId::from_bytes([n; 32]), key(n).id());
        ValidatorSet::new((1..=self.count).filter(here).map(validator).collect()).unwrap()
    }
}

/// A checkpoint of this height that differs by its filler.
fn checkpoint(roster: Roster, height: u64, filler: u8) -> Proposal {
    let mut header = minicbor::Encoder::new(Vec::new());
    let (set, next) = (roster.at(height).digest(), roster.at(height + 1).digest());
    header.array(11).unwrap().u64(1).unwrap();
    header
        .bytes(NETWORK.as_bytes())
        .unwrap()
        .u64(height)
        .unwrap();
    header.bytes(&[0; 32]).unwrap().u64(1_000 + height).unwrap();
    header.bytes(set.as_bytes()).unwrap();
    header.bytes(next.as_bytes()).unwrap();
    header.u64(0).unwrap().u64(0).unwrap();
    let root = Digest32::from_bytes([filler; 32]);
    header.bytes(root.as_bytes()).unwrap();
    header.bytes(root.as_bytes()).unwrap();
    let mut proposal = minicbor::Encoder::new(Vec::new());
    proposal.array(2).unwrap().bytes(header.writer()).unwrap();
    proposal.array(0).unwrap();
    Proposal::from_bytes(proposal.writer()).unwrap()
}

/// A ledger that is nothing but its height.
pub(super) struct Paper {
    roster: Roster,
    height: u64,
    drafts: u8,
    withheld: Rc<Cell<bool>>,
    out: Vec<Vec<u8>>,
}

impl Host for Paper {
    fn network(&self) -> NetworkId {
        NETWORK
    }

    fn height(&self) -> Height {
        Height(self.height)
    }

    fn time(&self) -> TimeMs {
        TimeMs(1_000 + self.height)
    }

    fn validators(&self) -> ValidatorSet {
        self.roster.at(self.height + 1)
    }

    fn has_work(&self) -> bool {
        true
    }

    fn propose(&mut self, _: TimeMs, _: bool) -> Result<Option<Proposal>, HostError> {
        // Never the same twice.
        self.drafts = self.drafts.wrapping_add(1);
        Ok(Some(checkpoint(self.roster, self.height + 1, self.drafts)))
    }

    fn check(&mut self, proposal: &Proposal, _: Option<TimeMs>) -> Result<Verdict, HostError> {
        Ok(match proposal.header().height().0 == self.height + 1 {
            true if self.withheld.get() => Verdict::Missing,
            true => Verdict::Valid,
            false => Verdict::Invalid("another height".to_owned()),
        })
    }

    fn finish(&mut self, proposal: Proposal, all: Vec<Cosignature>) -> Result<(), HostError> {
        let set = self.validators();
        proposal.into_checkpoint(all).verify(&set)?;
        self.height += 1;
        Ok(())
    }

    fn send(&mut self, message: Vec<u8>) {
        self.out.push(message);
    }
}

struct Seat {
    id: DeviceId,
    order: Bft<Kept>,
    journal: Kept,
    paper: Paper,
}

/// The validators that run; the others are the test's. Looked at is the first.
pub(super) struct Stage {
    seats: Vec<Seat>,
    roster: Roster,
    withheld: Rc<Cell<bool>>,
    now: Duration,
}

impl Stage {
    pub(super) fn of(count: u8, running: &[u8]) -> Self {
        let roster = Roster {
            count,
            removed: None,
        };
        let withheld = Rc::new(Cell::new(false));
        let now = Duration::from_secs(1_000);
        let seat = |n: &u8| {
            let (key, journal) = (key(*n), Kept::default());
            let paper = Paper {
                roster,
                height: 0,
                drafts: n * 60,
                withheld: Rc::clone(&withheld),
                out: Vec::new(),
            };
            let order = Bft::new(Arc::clone(&key), journal.clone(), &paper, clocks(now));
            Seat {
                id: key.id(),
                order,
                journal,
                paper,
            }
        };
        Self {
            seats: running.iter().map(seat).collect(),
            roster,
            withheld,
            now,
        }
    }

    /// From this height on the set is without it.
    pub(super) fn remove_from(&mut self, height: u64, gone: u8) {
        self.roster.removed = Some((height, gone));
        for seat in &mut self.seats {
            seat.paper.roster = self.roster;
        }
    }

    /// Whether blocks of what others propose are missing everywhere.
    pub(super) fn withhold(&self, withheld: bool) {
        self.withheld.set(withheld);
    }

    pub(super) fn first(&self) -> &Bft<Kept> {
        &self.seats[0].order
    }

    pub(super) fn first_journal(&self) -> &Kept {
        &self.seats[0].journal
    }

    /// What the first one said and nobody has heard yet.
    pub(super) fn first_said(&self) -> &[Vec<u8>] {
        &self.seats[0].paper.out
    }

    pub(super) fn counts(&self) -> Counts {
        self.first().counts()
    }

    pub(super) fn entries(&self) -> Vec<Vec<u8>> {
        self.first_journal().0.borrow().entries.clone()
    }

    pub(super) fn height(&self) -> u64 {
        self.seats[0].paper.height
    }

    pub(super) fn heights(&self) -> Vec<u64> {
        self.seats.iter().map(|seat| seat.paper.height).collect()
    }

    /// Who proposes in a round of height 1.
    pub(super) fn proposer(&self, round: u32) -> u8 {
        use malachite_types::{Context as _, Validator as _};
        let voters = Voters::of(&self.roster.at(1));
        let height = crate::context::Height(1);
        let turn = Chopmark.select_proposer(&voters, height, Round::new(round));
        let is_it = |n: &u8| key(*n).id() == turn.address().0;
        (1..=self.roster.count).find(is_it).unwrap()
    }

    /// The first round of height 1 in which this one proposes.
    pub(super) fn round_of(&self, n: u8) -> u32 {
        (0..10).find(|round| self.proposer(*round) == n).unwrap()
    }

    /// What the first one voted and nobody has heard yet; nobody will.
    pub(super) fn first_voted(&mut self) -> Vec<WireVote> {
        let seat = &mut self.seats[0];
        let said = std::mem::take(&mut seat.paper.out).into_iter();
        let votes = said.filter_map(|bytes| match Message::read(seat.id, &bytes) {
            Ok(Message::Vote(vote)) => Some(vote),
            _ => None,
        });
        votes.collect()
    }

    /// The first one is killed and comes back with its log.
    pub(super) fn restart_first(&mut self) {
        let seat = &mut self.seats[0];
        let journal = seat.journal.clone();
        seat.order = Bft::new(key(1), journal, &seat.paper, clocks(self.now));
    }

    /// Gives the first one a message, as if another validator had sent it.
    pub(super) fn hears(&mut self, from: DeviceId, bytes: &[u8]) {
        let seat = &mut self.seats[0];
        // Its reason is the log's; what matters is counted.
        let _refused = seat.order.message(&seat.paper, from, bytes);
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    pub(super) fn poll_first(&mut self) -> Result<Duration, OrderError> {
        let seat = &mut self.seats[0];
        seat.order.poll(&mut seat.paper, clocks(self.now))
    }

    /// One step of everyone.
    fn step(&mut self) {
        self.now += TICK;
        let mut said = Vec::new();
        for seat in &mut self.seats {
            seat.order.poll(&mut seat.paper, clocks(self.now)).unwrap();
            let out = std::mem::take(&mut seat.paper.out);
            said.extend(out.into_iter().map(|bytes| (seat.id, bytes)));
        }
        for (from, bytes) in said {
            for seat in self.seats.iter_mut().filter(|seat| seat.id != from) {
                seat.order.message(&seat.paper, from, &bytes).unwrap();
            }
        }
        // Who misses a decision takes the final checkpoint from the sync.
        let newest = self.heights().into_iter().max().unwrap_or(0);
        for seat in &mut self.seats {
            seat.paper.height = newest;
        }
    }

    fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if holds(self) {
                return;
            }
            self.step();
        }
        panic!("never {what}");
    }

    pub(super) fn until_height(&mut self, height: u64) {
        self.until("that height", |stage| {
            stage.heights().iter().all(|at| *at >= height)
        });
    }

    pub(super) fn until_round(&mut self, round: u32) {
        self.until("that round", |stage| stage.first().round() >= Some(round));
    }

    /// Until the first one votes.
    pub(super) fn until_voting(&mut self) {
        self.until("a vote", |stage| stage.first().voting);
    }
}

fn clocks(running: Duration) -> Now {
    let wall = TimeMs(u64::try_from(running.as_millis()).unwrap());
    Now { running, wall }
}

/// Signs what a validator would, or would never, say.
pub(super) struct Pen<'a>(pub(super) &'a DeviceKey);

impl Pen<'_> {
    fn sign(
        &self,
        (height, round): (u64, u32),
        kind: BallotKind,
        value: Option<ProposalHash>,
    ) -> Signed {
        let ballot = Ballot {
            network: NETWORK,
            height: Height(height),
            round,
            kind,
            value,
        };
        Signed {
            by: self.0.id(),
            signature: ballot.sign(self.0),
        }
    }

    pub(super) fn vote(
        &self,
        at: (u64, u32),
        precommit: bool,
        value: Option<ProposalHash>,
    ) -> Message {
        let kind = match precommit {
            true => BallotKind::Precommit,
            false => BallotKind::Prevote,
        };
        Message::Vote(WireVote {
            precommit,
            height: at.0,
            round: at.1,
            value,
            signed: self.sign(at, kind, value),
        })
    }

    /// A proposal of a checkpoint for four.
    pub(super) fn proposal(&self, at: (u64, u32), filler: u8) -> Message {
        let roster = Roster {
            count: 4,
            removed: None,
        };
        let content = checkpoint(roster, at.0, filler);
        let value = content.hash();
        let kind = BallotKind::Proposal { polka: None };
        let proposal = WireProposal {
            height: at.0,
            round: at.1,
            polka: None,
            value,
            signed: self.sign(at, kind, Some(value)),
        };
        Message::Proposal(proposal, content.to_bytes())
    }
}
