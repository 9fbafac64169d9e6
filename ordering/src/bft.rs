//! Agreement among several validators, a third of whom may be hostile.
//!
//! A height passes three stages. *Waiting*: nothing is said until there is work here, a proposal
//! comes, or time must go on. *Voting*: the engine agrees on the hash of a header. *Decided*: each
//! validator cosigns that header, and the checkpoint is final once a quorum's cosignatures are
//! here. A validator that missed any of it takes the final checkpoint from the ordinary sync.

mod candidates;
mod decision;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{
    Cosignature, DeviceId, DeviceKey, Height, NetworkId, Proposal, ProposalHash, ValidatorSet,
};
use malachite::{Input, LocallyProposedValue};
use malachite_types::SignedProposal;

use crate::context::{Chopmark, Value, Voters};
use crate::engine::Engine;
use crate::host::{Counts, Host, Now, OrderError, Ordering};
use crate::journal::Journal;
use crate::message::{Message, MessageError};
use crate::queue::{Queue, Refused};
use crate::wire::WireCertificate;
use candidates::{Candidate, Ruling};

/// From the beginning of one agreement to that of the next, if it took no longer: what arrives
/// within this time shares one header, one agreement and one flush.
pub const SHORTEST: Duration = Duration::from_millis(100);
/// Offers expire and waits end by checkpoint time, also when nothing is written.
pub const HEARTBEAT: Duration = Duration::from_secs(60);
/// A decision is told again this often until it is final.
const AGAIN: Duration = Duration::from_secs(1);
/// Without a timer: long enough to cost nothing, short enough to notice a missed arrival.
const IDLE: Duration = Duration::from_secs(1);

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
        self.queue.go_on(height.0, &self.set);
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

    fn network(&self) -> NetworkId {
        self.engine.desk.network()
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
            candidate.rule(Ruling::Valid);
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
            let before = self.counts().forged;
            self.take(from, message, now)?;
            if self.counts().forged > before {
                self.queue.blame(from);
            }
        }
        self.engine.timers(now.running)?;
        self.drop_old();
        self.engine.shorten()?;
        self.judge(host, now)?;
        self.propose(host, now)?;
        // One flush for all of it, before a decision is acted on and before anything is said.
        self.engine.sync()?;
        self.finish(host, now)?;
        self.repeat(now);
        self.send(host);
        Ok(())
    }

    /// Whether this validator may speak at this height at all.
    fn may_vote(&mut self, host: &dyn Host) -> bool {
        // One that is alone is [`crate::Solo`]'s.
        let own = self.key.id();
        if self.set.with_key(&own).is_none() || self.set.is_only(&own) {
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
        if self.queue.is_deaf_to(&from) {
            self.counts.flooding += 1;
            return Ok(());
        }
        let message = Message::read(from, bytes).inspect_err(|fault| {
            match fault {
                MessageError::TooLong { .. } => self.counts.oversized += 1,
                _ => self.counts.malformed += 1,
            }
            self.queue.blame(from);
        })?;
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

#[cfg(test)]
mod tests;
