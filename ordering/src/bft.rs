//! Agreement among several validators, a third of whom may be hostile.
//!
//! A height passes three stages. *Waiting*: nothing is said until there is work here, a proposal
//! comes, or time must go on. *Voting*: the engine agrees on the hash of a header. *Decided*: each
//! validator cosigns that header, and the checkpoint is final once a quorum's cosignatures are
//! here. A validator that missed any of it takes the final checkpoint from the ordinary sync.

mod decision;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{
    Cosignature, DeviceId, DeviceKey, Height, NetworkId, Proposal, ProposalHash, ValidatorSet,
};
use malachite::{Input, LocallyProposedValue, ProposedValue};
use malachite_types::{Round, SignedProposal, Validity, ValueOrigin};

use crate::context::{self, Address, Chopmark, Value, Voters};
use crate::engine::Engine;
use crate::host::{Counts, Host, Now, OrderError, Ordering, Verdict};
use crate::journal::Journal;
use crate::message::{Message, MessageError};
use crate::queue::{Queue, Refused};
use crate::wire::WireCertificate;

/// From the beginning of one agreement to that of the next, if it took no longer: what arrives
/// within this time shares one header, one agreement and one flush.
pub const SHORTEST: Duration = Duration::from_millis(100);
/// Offers expire and waits end by checkpoint time, also when nothing is written.
pub const HEARTBEAT: Duration = Duration::from_secs(60);
/// A decision is told again this often until it is final.
const AGAIN: Duration = Duration::from_secs(1);
/// Without a timer: long enough to cost nothing, short enough to notice a missed arrival.
const IDLE: Duration = Duration::from_secs(1);

/// A checkpoint that somebody proposed.
struct Candidate {
    proposal: Proposal,
    /// Where it was proposed; none where only its content came.
    named: Vec<(Round, Round, Address)>,
    /// To how many of these the engine knows the verdict.
    told: usize,
    verdict: Option<Ruling>,
}

/// What is thought of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ruling {
    Valid,
    /// By the rules or by this clock, which may be wrong.
    Doubted,
    /// Whatever a clock says.
    Invalid,
}

/// Whether a cosignature was verified: each is once, however often the others are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looked {
    NotYet,
    Good,
}

/// What is known of a decision.
struct Decision {
    certificate: WireCertificate,
    cosigned: bool,
    tell_again: Duration,
}

/// One validator.
pub struct Bft<J> {
    key: Arc<DeviceKey>,
    engine: Engine<J>,
    set: ValidatorSet,
    voters: Voters,
    height: Height,
    voting: bool,
    queue: Queue,
    candidates: BTreeMap<ProposalHash, Candidate>,
    /// What was proposed in each round: more than two checkpoints prove nothing more.
    proposed: BTreeMap<u32, BTreeSet<ProposalHash>>,
    decision: Option<Decision>,
    cosignatures: BTreeMap<DeviceId, (Cosignature, Looked)>,
    /// When voting began at the newest height at which it did.
    begun: Duration,
    finished: Duration,
    told_behind: bool,
    counts: Counts,
}

impl<J: Journal> Bft<J> {
    /// A validator with its key and its write-ahead log.
    pub fn new(key: Arc<DeviceKey>, journal: J, host: &dyn Host, now: Now) -> Self {
        let set = host.validators();
        Self {
            engine: Engine::new(Arc::clone(&key), host.network(), journal),
            key,
            voters: Voters::of(&set),
            set,
            height: next(host.height()),
            voting: false,
            queue: Queue::default(),
            candidates: BTreeMap::new(),
            proposed: BTreeMap::new(),
            decision: None,
            cosignatures: BTreeMap::new(),
            // As if long ago: work that is there already waits for nothing.
            begun: now.running.saturating_sub(HEARTBEAT),
            finished: now.running.saturating_sub(HEARTBEAT),
            told_behind: false,
            counts: Counts::default(),
        }
    }

    /// Follows the ledger to its next height, however it got there.
    fn follow(&mut self, host: &dyn Host, now: Now) {
        let height = next(host.height());
        if height == self.height {
            return;
        }
        self.height = height;
        self.set = host.validators();
        self.voters = Voters::of(&self.set);
        self.voting = false;
        self.engine.forget();
        self.candidates.clear();
        self.proposed.clear();
        self.decision = None;
        self.cosignatures.clear();
        self.finished = now.running;
        self.queue.go_on(height.0);
    }

    /// Until when work that is here waits for more to come.
    fn rested(&self) -> Duration {
        self.begun.saturating_add(SHORTEST)
    }

    /// Whether there is a reason to begin voting now.
    fn due(&self, host: &dyn Host, now: Now) -> bool {
        (host.has_work() && now.running >= self.rested())
            || now.running.saturating_sub(self.finished) >= HEARTBEAT
            || self.queue.has_proposal()
            || self.queue.speakers() >= self.voters.honest()
            // What was begun before a restart is ended.
            || self.engine.desk.journal.height() == self.height.0
    }

    fn begin(&mut self, now: Now) -> Result<(), OrderError> {
        self.engine
            .start(self.height.into(), self.voters.clone(), now.running)?;
        (self.voting, self.begun) = (true, now.running);
        let known: Vec<_> = self.engine.desk.contents.values().cloned().collect();
        for content in known {
            self.note_content(&content, None);
        }
        Ok(())
    }

    /// Remembers a checkpoint that was proposed. Bytes that are none are left out: nobody can
    /// vote for them.
    fn note_content(
        &mut self,
        content: &[u8],
        named: Option<(Round, Round, Address)>,
    ) -> Option<ProposalHash> {
        let proposal = Proposal::from_bytes(content).ok()?;
        let hash = proposal.hash();
        let bytes = Arc::new(content.to_vec());
        self.engine.desk.contents.entry(hash).or_insert(bytes);
        let candidate = self.candidates.entry(hash).or_insert(Candidate {
            proposal,
            named: Vec::new(),
            told: 0,
            verdict: None,
        });
        candidate.named.extend(named);
        Some(hash)
    }

    fn take(&mut self, from: DeviceId, message: Message, now: Now) -> Result<(), OrderError> {
        let at = now.running;
        match message {
            Message::Vote(vote) => self.engine.feed(Input::Vote(vote.into()), at),
            Message::Polka(polka) => self.engine.feed(Input::PolkaCertificate(polka.into()), at),
            Message::Round(round) => self.engine.feed(Input::RoundCertificate(round.into()), at),
            Message::Content(_, content) => {
                // Only what some proposal or decision asks for is kept.
                if let Ok(proposal) = Proposal::from_bytes(&content)
                    && self.is_asked_for(&proposal.hash())
                {
                    self.note_content(&content, None);
                }
                Ok(())
            }
            Message::Proposal(wire, content) => {
                let proposal = SignedProposal::<Chopmark>::from(wire);
                let named = (proposal.round, proposal.polka, proposal.by);
                let fits = Proposal::from_bytes(&content).is_ok_and(|content| {
                    content.hash() == proposal.value.0 && content.header().height() == self.height
                });
                if fits && self.may_propose(&proposal) {
                    self.note_content(&content, Some(named));
                    self.tell_verdict(&proposal.value.0, at)?;
                }
                self.engine.feed(Input::Proposal(proposal), at)
            }
            Message::Decided(decision) => self.take_decision(from, decision, at),
        }
    }

    /// Whether a proposal's content is worth keeping: it is of its round's proposer and signed,
    /// and the round is near, so that nobody fills the memory with checkpoints.
    fn may_propose(&mut self, proposal: &SignedProposal<Chopmark>) -> bool {
        use malachite_types::Context as _;
        let near = self.engine.round().as_i64().saturating_add(10);
        let turn = Chopmark.select_proposer(&self.voters, proposal.height, proposal.round);
        let ballot = context::proposal_ballot(self.network(), proposal);
        let signed = proposal.round.as_i64() <= near
            && *malachite_types::Validator::address(turn) == proposal.by
            && self
                .engine
                .desk
                .verifier
                .ballot(ballot, proposal.by, &proposal.signature);
        if !signed {
            return false;
        }
        let round = proposal.round.as_u32().unwrap_or(0);
        let proposed = self.proposed.entry(round).or_default();
        // What is said again is known, whoever passes it on.
        proposed.len() < 2 && proposed.insert(proposal.value.0)
    }

    fn network(&self) -> NetworkId {
        self.engine.desk.network()
    }

    fn is_asked_for(&self, hash: &ProposalHash) -> bool {
        let decided = self.decision.as_ref();
        self.candidates.contains_key(hash)
            || decided.is_some_and(|decision| decision.certificate.value == *hash)
            || self.engine.has_polka_for(hash)
    }

    /// Judges what can be judged now, and tells the engine.
    fn judge(&mut self, host: &mut dyn Host, now: Now) -> Result<(), OrderError> {
        let open = self.candidates.iter().filter(|(hash, candidate)| {
            candidate.verdict.is_none() || self.is_doubted_against_a_quorum(hash, candidate)
        });
        let open: Vec<ProposalHash> = open.map(|(hash, _)| *hash).collect();
        for hash in open {
            let clock = (!self.engine.has_polka_for(&hash)).then_some(now.wall);
            let Some(candidate) = self.candidates.get_mut(&hash) else {
                continue;
            };
            let verdict = host.check(&candidate.proposal, clock);
            let ruling = match verdict.map_err(OrderError::Host)? {
                Verdict::Missing => continue,
                Verdict::Valid => Ruling::Valid,
                // The sync may bring the final checkpoint at any moment.
                Verdict::Invalid(_) if next(host.height()) != self.height => return Ok(()),
                Verdict::Invalid(why) => {
                    tracing::warn!(height = self.height.0, %why, "a proposed checkpoint does not follow");
                    match clock {
                        Some(_) => Ruling::Doubted,
                        None => Ruling::Invalid,
                    }
                }
            };
            if candidate.verdict != Some(ruling) {
                // What the engine was told before is told anew.
                candidate.told = 0;
            }
            candidate.verdict = Some(ruling);
            self.tell_verdict(&hash, now.running)?;
        }
        Ok(())
    }

    /// A quorum prevoted for what this clock says is of the future. More than a third of them are
    /// honest and looked at clocks of their own, so it is judged without one: some are locked on
    /// it, and if this validator kept to its doubts, one more that stays away would stop the
    /// network for good.
    fn is_doubted_against_a_quorum(&self, hash: &ProposalHash, candidate: &Candidate) -> bool {
        candidate.verdict == Some(Ruling::Doubted) && self.engine.has_polka_for(hash)
    }

    fn tell_verdict(&mut self, hash: &ProposalHash, at: Duration) -> Result<(), OrderError> {
        let Some(candidate) = self.candidates.get(hash) else {
            return Ok(());
        };
        if self.is_doubted_against_a_quorum(hash, candidate) {
            return Ok(());
        }
        let Some(ruling) = candidate.verdict else {
            return Ok(());
        };
        let untold: Vec<_> = candidate
            .named
            .iter()
            .skip(candidate.told)
            .copied()
            .collect();
        if let Some(candidate) = self.candidates.get_mut(hash) {
            candidate.told = candidate.named.len();
        }
        for (round, valid_round, proposer) in untold {
            let judged = ProposedValue {
                height: self.height.into(),
                round,
                valid_round,
                proposer,
                value: Value(*hash),
                validity: Validity::from_bool(ruling == Ruling::Valid),
            };
            self.engine
                .feed(Input::ProposedValue(judged, ValueOrigin::Consensus), at)?;
        }
        Ok(())
    }

    /// Proposes, if it is this validator's turn and there is something to propose.
    fn propose(&mut self, host: &mut dyn Host, now: Now) -> Result<(), OrderError> {
        let Some(round) = self.engine.wanted() else {
            return Ok(());
        };
        let beat = now.running.saturating_sub(self.finished) >= HEARTBEAT;
        let Some(proposal) = host.propose(now.wall, beat).map_err(OrderError::Host)? else {
            return Ok(());
        };
        if proposal.header().height() != self.height {
            return Ok(());
        }
        let value = Value(proposal.hash());
        let content = proposal.to_bytes();
        if let Some(hash) = self.note_content(&content, None)
            && let Some(candidate) = self.candidates.get_mut(&hash)
        {
            candidate.verdict = Some(Ruling::Valid);
        }
        self.engine.desk.wanted = None;
        let height = self.height.into();
        let local = LocallyProposedValue {
            height,
            round,
            value,
        };
        self.engine.feed(Input::Propose(local), now.running)
    }

    fn send(&mut self, host: &mut dyn Host) {
        for message in std::mem::take(&mut self.engine.desk.outgoing) {
            host.send(message.write());
        }
    }

    /// One pass: everything that is due at this height.
    fn step(&mut self, host: &mut dyn Host, now: Now) -> Result<(), OrderError> {
        if !self.voting {
            if !self.due(host, now) {
                return Ok(());
            }
            self.begin(now)?;
        }
        while let Some((from, message)) = self.queue.next() {
            self.take(from, message, now)?;
        }
        self.engine.timers(now.running)?;
        self.judge(host, now)?;
        self.propose(host, now)?;
        self.finish(host, now)?;
        self.repeat(now);
        self.send(host);
        Ok(())
    }

    /// Whether this validator may speak at this height at all.
    fn may_vote(&mut self, host: &dyn Host) -> bool {
        if self.set.with_key(&self.key.id()).is_none() {
            return false;
        }
        let recorded = self.engine.desk.journal.height();
        let behind = recorded > next(host.height()).0;
        if behind && !self.told_behind {
            tracing::warn!(
                recorded,
                height = self.height.0,
                "the ledger is older than the write-ahead log; not voting until it has caught up"
            );
        }
        self.told_behind = behind;
        !behind
    }

    fn wake(&self, host: &dyn Host, now: Now) -> Duration {
        let rested = now.running.saturating_sub(self.finished);
        let until = |at: Duration| at.saturating_sub(now.running);
        let mut wait = IDLE;
        // Once it has passed, a height has begun that lasts as long as it lasts.
        if rested < HEARTBEAT {
            wait = wait.min(HEARTBEAT.saturating_sub(rested));
        }
        if self.voting {
            wait = self
                .engine
                .next_timer()
                .map_or(wait, |at| wait.min(until(at)));
            if let Some(decision) = self.decision.as_ref().filter(|decision| decision.cosigned) {
                wait = wait.min(until(decision.tell_again));
            }
        }
        if !self.voting && now.running < self.rested() && host.has_work() {
            wait = wait.min(until(self.rested()));
        }
        wait.max(Duration::from_millis(1))
    }
}

impl<J: Journal> Ordering for Bft<J> {
    fn message(
        &mut self,
        host: &dyn Host,
        from: DeviceId,
        bytes: &[u8],
    ) -> Result<(), MessageError> {
        let height = next(host.height());
        if self.set.with_key(&from).is_none() {
            self.counts.strangers += 1;
            return Ok(());
        }
        let message = Message::read(from, bytes).inspect_err(|_| self.counts.malformed += 1)?;
        match self.queue.push(height.0, from, message, bytes.len()) {
            Ok(()) => self.counts.taken += 1,
            Err(Refused::Past) => self.counts.past += 1,
            Err(Refused::Future) => self.counts.future += 1,
            Err(Refused::Flooding) => self.counts.flooding += 1,
        }
        Ok(())
    }

    fn poll(&mut self, host: &mut dyn Host, now: Now) -> Result<Duration, OrderError> {
        self.queue.give_more(now.running);
        self.follow(host, now);
        while self.may_vote(host) {
            let before = self.height;
            self.step(host, now)?;
            self.follow(host, now);
            if self.height == before {
                break;
            }
        }
        Ok(self.wake(host, now))
    }

    fn round(&self) -> Option<u32> {
        self.engine.round().as_u32().filter(|_| self.voting)
    }

    fn counts(&self) -> Counts {
        Counts {
            forged: self.counts.forged + self.engine.desk.forged,
            equivocations: self.engine.desk.equivocations,
            ..self.counts
        }
    }
}

fn next(height: Height) -> Height {
    Height(height.0.saturating_add(1))
}
