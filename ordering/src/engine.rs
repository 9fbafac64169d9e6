//! Drives the engine: feeds it inputs, answers its effects, and keeps what must not be forgotten.
//!
//! The engine stops in the middle of its work whenever it wants something. What it wants to send
//! is kept back until everything that has come is fed and the write-ahead log is on disk, so one
//! flush serves all of it, and nothing is said that could be forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{DeviceKey, NetworkId, ProposalHash};
use malachite::{
    ConsensusMsg, Effect, Input, LivenessMsg, Params, Resumable as _, Resume, SignedConsensusMsg,
    State, process,
};
use malachite_types::{
    LinearTimeouts, Round, SignedMessage, ThresholdParams, Timeout, TimeoutKind, ValuePayload,
    VoteExtensionPolicy,
};

use crate::context::{Address, Chopmark, Height, Value, Voters, proposal_ballot, vote_ballot};
use crate::entry::Entry;
use crate::host::OrderError;
use crate::journal::{Journal, JournalError};
use crate::message::{Message, spell};
use crate::verify::Verifier;
use crate::wire::{WireCertificate, WireVote};

/// How long each step waits before a round is given up. A round trip between continents takes 0.3 s.
const TIMEOUTS: LinearTimeouts = LinearTimeouts {
    propose: Duration::from_millis(1_000),
    propose_delta: Duration::from_millis(500),
    prevote: Duration::from_millis(500),
    prevote_delta: Duration::from_millis(250),
    precommit: Duration::from_millis(500),
    precommit_delta: Duration::from_millis(250),
    rebroadcast: Duration::from_millis(1_000),
    max_timeout: Duration::from_secs(10),
};

/// Once the log holds so many checkpoints that nobody needs any more it is written anew without
/// them. They are 4 MiB at most, and a night has some thousand rounds, so that is seldom enough.
const NOT_NEEDED: usize = 16;

/// The engine at one height.
pub(crate) struct Engine<J> {
    state: State<Chopmark>,
    pub(crate) desk: Desk<J>,
}

/// What the engine's effects act on.
pub(crate) struct Desk<J> {
    key: Arc<DeviceKey>,
    network: NetworkId,
    pub(crate) journal: J,
    unsynced: bool,
    /// While a log is taken up again: what it holds, which is not written a second time.
    replayed: BTreeSet<Vec<u8>>,
    /// The checkpoints that the log holds.
    written: BTreeSet<ProposalHash>,
    pub(crate) verifier: Verifier,
    timers: BTreeMap<(u8, u32), (Timeout, Duration)>,
    /// Kept back until the log is on disk.
    pub(crate) outgoing: Vec<Message>,
    /// The checkpoints that proposals name, as bytes.
    pub(crate) contents: BTreeMap<ProposalHash, Arc<Vec<u8>>>,
    /// The round for which a proposal of this validator is due.
    pub(crate) wanted: Option<Round>,
    pub(crate) decided: Option<WireCertificate>,
    pub(crate) forged: u64,
    pub(crate) equivocations: u64,
    failure: Option<JournalError>,
    now: Duration,
}

impl<J: Journal> Engine<J> {
    pub(crate) fn new(key: Arc<DeviceKey>, network: NetworkId, journal: J) -> Self {
        let address = Address(key.id());
        let params = Params {
            address,
            threshold_params: ThresholdParams::default(),
            // Else a proposal counts as valid before anybody has looked at it.
            value_payload: ValuePayload::ProposalAndParts,
            enabled: true,
        };
        // Nothing is queued in the engine: messages wait outside, counted in bytes.
        let state = State::new(Chopmark, Height(0), Voters::nobody(), params, 1, 1);
        let desk = Desk {
            key,
            network,
            journal,
            unsynced: false,
            replayed: BTreeSet::new(),
            written: BTreeSet::new(),
            verifier: Verifier::new(network),
            timers: BTreeMap::new(),
            outgoing: Vec::new(),
            contents: BTreeMap::new(),
            wanted: None,
            decided: None,
            forged: 0,
            equivocations: 0,
            failure: None,
            now: Duration::ZERO,
        };
        Self { state, desk }
    }

    /// Begins a height: what the log holds of it is taken up again, or the log begins anew.
    pub(crate) fn start(
        &mut self,
        height: Height,
        voters: Voters,
        now: Duration,
    ) -> Result<(), OrderError> {
        self.forget();
        let entries = self.recorded(height)?;
        if entries.is_empty() {
            self.desk.journal.reset(height.0)?;
        }
        // A killed process may have left entries that no disk holds yet. They are synced before
        // what follows from them is said again.
        self.desk.unsynced = !entries.is_empty();
        let known = entries.iter().map(|entry| spell(&entry.without_content()));
        self.desk.replayed = known.collect();
        for entry in &entries {
            match entry {
                // A checkpoint is written once, and one that nobody votes for is not.
                Entry::Value(judged) if !judged.content.is_empty() => {
                    let content = Arc::new(judged.content.clone());
                    self.desk.contents.insert(judged.value, content);
                    self.desk.written.insert(judged.value);
                }
                Entry::Decision(certificate) => self.desk.decided = Some(certificate.clone()),
                _ => {}
            }
        }
        let inputs: Vec<_> = entries.iter().filter_map(Entry::input).collect();
        self.state.index_wal_entries(&inputs);
        let begin = Input::StartHeight(height, voters, false, None, VoteExtensionPolicy::Disabled);
        self.feed(begin, now)?;
        for input in inputs {
            self.feed(input, now)?;
        }
        self.state.reset_entries_index();
        self.desk.replayed.clear();
        Ok(())
    }

    /// Takes checkpoints out of the log that were dropped from memory, once they are many: a night
    /// in which nothing is decided brings two or more a round. Votes, and whatever else was signed
    /// or judged, stay.
    pub(crate) fn shorten(&mut self) -> Result<(), OrderError> {
        let desk = &mut self.desk;
        let contents = &desk.contents;
        let dropped = desk.written.iter().filter(|of| !contents.contains_key(*of));
        if dropped.count() < NOT_NEEDED {
            return Ok(());
        }
        let mut entries = desk.journal.entries()?;
        for bytes in &mut entries {
            let entry = read(bytes, self.state.height())?;
            if matches!(&entry, Entry::Value(judged) if !contents.contains_key(&judged.value)) {
                *bytes = spell(&entry.without_content());
            }
        }
        desk.journal.rewrite(&entries)?;
        desk.written.retain(|of| contents.contains_key(of));
        desk.unsynced = false;
        Ok(())
    }

    /// What the log holds of this height.
    fn recorded(&mut self, height: Height) -> Result<Vec<Entry>, OrderError> {
        if self.desk.journal.height() != height.0 {
            return Ok(Vec::new());
        }
        let entries = self.desk.journal.entries()?;
        let entries = entries.iter().map(|bytes| read(bytes, height));
        let entries = entries.collect::<Result<Vec<Entry>, _>>()?;
        // A log writes its new height first and drops the old entries then. If the power was cut
        // between, nothing was signed at the new height yet.
        let of_another = |entry: &Entry| entry.height().is_some_and(|of| of != height.0);
        Ok(match entries.iter().any(of_another) {
            true => Vec::new(),
            false => entries,
        })
    }

    /// Leaves the height.
    pub(crate) fn forget(&mut self) {
        // The engine tells who said two things when it decides. This height may have ended by
        // what others decided.
        let votes = self.state.driver.take_vote_evidence();
        let proposals = self.state.driver.take_proposal_evidence();
        let desk = &mut self.desk;
        desk.note_equivocations(votes.iter().count() + proposals.iter().count());
        desk.verifier.forget();
        desk.timers.clear();
        desk.outgoing.clear();
        desk.contents.clear();
        desk.written.clear();
        desk.wanted = None;
        desk.decided = None;
    }

    pub(crate) fn round(&self) -> Round {
        self.state.round()
    }

    /// Whether a proposal of this validator is still wanted, and for which round.
    pub(crate) fn wanted(&self) -> Option<Round> {
        let round = self.desk.wanted?;
        (round == self.state.round() && self.state.driver.step_is_propose()).then_some(round)
    }

    /// Whether a quorum prevoted for it in some round.
    pub(crate) fn has_polka_for(&self, value: &ProposalHash) -> bool {
        let rounds = 0..=self.state.round().as_u32().unwrap_or(0);
        let mut polkas = rounds.map(|round| {
            self.state
                .polka_certificate(Round::new(round), &Value(*value))
        });
        polkas.any(|polka| polka.is_some())
    }

    /// Whether it may still be decided or proposed again, however old its round is: a quorum
    /// prevoted for it, or the engine itself is locked on it.
    pub(crate) fn holds_to(&self, value: &ProposalHash) -> bool {
        let round = self.state.driver.round_state();
        let held = [&round.locked, &round.valid].into_iter().flatten();
        let decided = self.desk.decided.as_ref();
        held.into_iter().any(|held| held.value.0 == *value)
            || decided.is_some_and(|decided| decided.value == *value)
            || self.has_polka_for(value)
    }

    /// When the next timer ends.
    pub(crate) fn next_timer(&self) -> Option<Duration> {
        self.desk.timers.values().map(|(_, at)| *at).min()
    }

    /// Tells the engine of every timer that has ended.
    pub(crate) fn timers(&mut self, now: Duration) -> Result<(), OrderError> {
        while let Some(timeout) = self.desk.take_timer(now) {
            self.feed(Input::TimeoutElapsed(timeout), now)?;
        }
        Ok(())
    }

    /// Records a decision that others proved.
    pub(crate) fn decide(&mut self, certificate: WireCertificate) -> Result<(), JournalError> {
        self.desk.record(&Entry::Decision(certificate.clone()))?;
        self.desk.decided = Some(certificate);
        Ok(())
    }

    /// Puts on disk what must be there before anything that waits is sent, or a decision is acted
    /// on.
    pub(crate) fn sync(&mut self) -> Result<(), JournalError> {
        self.desk.sync()
    }

    /// Feeds one input. What it led to waits for [`Self::sync`].
    pub(crate) fn feed(&mut self, input: Input<Chopmark>, now: Duration) -> Result<(), OrderError> {
        let Self { state, desk } = self;
        desk.now = now;
        let result: Result<(), malachite::Error<Chopmark>> = process!(
            input: input,
            state: state,
            metrics: &(),
            with: effect => Ok::<_, JournalError>(desk.answer(effect))
        );
        if let Some(failure) = desk.failure.take() {
            return Err(failure.into());
        }
        result.map_err(|error| OrderError::Engine {
            height: chopmark_core::Height(state.height().0),
            detail: error.to_string(),
        })
    }
}

impl<J: Journal> Desk<J> {
    pub(crate) fn network(&self) -> NetworkId {
        self.network
    }

    fn answer(&mut self, effect: Effect<Chopmark>) -> Resume<Chopmark> {
        match effect {
            Effect::CancelAllTimeouts(resume) => {
                self.timers.clear();
                resume.resume_with(())
            }
            Effect::CancelTimeout(timeout, resume) => {
                self.timers.remove(&timer_key(timeout));
                resume.resume_with(())
            }
            Effect::ScheduleTimeout(timeout, resume) => {
                let ends = self.now.saturating_add(TIMEOUTS.duration_for(timeout));
                self.timers.insert(timer_key(timeout), (timeout, ends));
                resume.resume_with(())
            }
            Effect::StartRound(height, round, _, _, resume) => {
                tracing::debug!(%height, %round, "a round begins");
                resume.resume_with(())
            }
            Effect::PublishConsensusMsg(message, resume) => {
                self.publish(message);
                resume.resume_with(())
            }
            Effect::PublishLivenessMsg(message, resume) => {
                self.outgoing.push(match message {
                    LivenessMsg::Vote(vote) => Message::Vote((&vote).into()),
                    LivenessMsg::PolkaCertificate(polka) => Message::Polka((&polka).into()),
                    LivenessMsg::SkipRoundCertificate(round) => Message::Round((&round).into()),
                });
                resume.resume_with(())
            }
            Effect::RepublishVote(vote, resume) => {
                self.outgoing.push(Message::Vote((&vote).into()));
                resume.resume_with(())
            }
            Effect::RepublishRoundCertificate(round, resume) => {
                self.outgoing.push(Message::Round((&round).into()));
                resume.resume_with(())
            }
            Effect::GetValue(_, round, _, resume) => {
                self.wanted = Some(round);
                resume.resume_with(())
            }
            Effect::RestreamProposal(height, _, _, _, value, resume) => {
                if let Some(content) = self.contents.get(&value.0) {
                    self.outgoing
                        .push(Message::Content(height.0, content.to_vec()));
                }
                resume.resume_with(())
            }
            Effect::Decide(certificate, _, resume) => {
                self.decided = Some(WireCertificate::from(&certificate));
                resume.resume_with(())
            }
            Effect::Finalize(_, _, evidence, resume) => {
                let (votes, proposals) = (evidence.votes, evidence.proposals);
                self.note_equivocations(votes.iter().count() + proposals.iter().count());
                resume.resume_with(())
            }
            Effect::SignVote(vote, resume) => {
                let signature =
                    vote_ballot(self.network, &vote).map(|ballot| ballot.sign(&self.key));
                // Nobody votes before the first round; if the engine did, it would verify nowhere.
                resume.resume_with(SignedMessage::new(vote, signature.unwrap_or([0; 64])))
            }
            Effect::SignProposal(proposal, resume) => {
                let ballot = proposal_ballot(self.network, &proposal);
                let signature = ballot.map(|ballot| ballot.sign(&self.key));
                resume.resume_with(SignedMessage::new(proposal, signature.unwrap_or([0; 64])))
            }
            Effect::VerifySignature(message, key, resume) => {
                let ballot = match &message.message {
                    ConsensusMsg::Vote(vote) => vote_ballot(self.network, vote),
                    ConsensusMsg::Proposal(proposal) => proposal_ballot(self.network, proposal),
                };
                let valid = self.verifier.ballot(ballot, key, &message.signature);
                if !valid {
                    self.forged += 1;
                }
                resume.resume_with(valid)
            }
            Effect::VerifyCommitCertificate(certificate, voters, _, resume) => {
                let checked = self.verifier.commit(&certificate, &voters);
                resume.resume_with(checked.map_err(|failed| *failed))
            }
            Effect::VerifyPolkaCertificate(certificate, voters, _, resume) => {
                let checked = self.verifier.polka(&certificate, &voters);
                self.forged += u64::from(checked.is_err());
                resume.resume_with(checked.map_err(|failed| *failed))
            }
            Effect::VerifyRoundCertificate(certificate, voters, _, resume) => {
                let checked = self.verifier.round(&certificate, &voters);
                self.forged += u64::from(checked.is_err());
                resume.resume_with(checked.map_err(|failed| *failed))
            }
            Effect::WalAppend(_, input, resume) => {
                self.append(&input);
                resume.resume_with(())
            }
            // None of these is asked for: votes have no extensions, and checkpoints that were
            // missed come by the ordinary sync.
            Effect::ExtendVote(.., resume) => resume.resume_with(None),
            Effect::VerifyVoteExtension(.., resume) => {
                resume.resume_with(Err(malachite::VoteExtensionError::InvalidVoteExtension))
            }
            Effect::VerifyExtendedCommitCertificate(certificate, voters, _, _, resume) => {
                let certificate = certificate.trim_vote_extensions();
                let checked = self.verifier.commit(&certificate, &voters);
                resume.resume_with(checked.map_err(|failed| *failed))
            }
            Effect::CertVerifiedSyncValue(_, _, resume) => resume.resume_with(()),
            Effect::CertRejectedSyncValue(_, _, _, resume) => resume.resume_with(()),
        }
    }

    fn publish(&mut self, message: SignedConsensusMsg<Chopmark>) {
        self.outgoing.push(match message {
            SignedConsensusMsg::Vote(vote) => Message::Vote(WireVote::from(&vote)),
            SignedConsensusMsg::Proposal(proposal) => {
                let content = self.contents.get(&proposal.value.0);
                let content = content.map(|content| content.to_vec()).unwrap_or_default();
                Message::Proposal((&proposal).into(), content)
            }
        });
    }

    fn note_equivocations(&mut self, caught: usize) {
        self.equivocations += u64::try_from(caught).unwrap_or(0);
    }

    fn append(&mut self, input: &Input<Chopmark>) {
        if self.failure.is_some() {
            return;
        }
        let (contents, written) = (&self.contents, &mut self.written);
        let content = |value: &ProposalHash| match contents.get(value) {
            Some(content) if written.insert(*value) => content.to_vec(),
            _ => Vec::new(),
        };
        if let Some(entry) = Entry::of(input, content)
            && let Err(failure) = self.record(&entry)
        {
            self.failure = Some(failure);
        }
    }

    fn record(&mut self, entry: &Entry) -> Result<(), JournalError> {
        if !self.replayed.is_empty() && self.replayed.contains(&spell(&entry.without_content())) {
            return Ok(());
        }
        self.unsynced = true;
        self.journal.append(&spell(entry))
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        let matters = !self.outgoing.is_empty() || self.decided.is_some();
        if self.unsynced && matters {
            self.journal.sync()?;
            self.unsynced = false;
        }
        Ok(())
    }

    fn take_timer(&mut self, now: Duration) -> Option<Timeout> {
        let ended = |(key, (_, at)): (&(u8, u32), &(Timeout, Duration))| {
            (*at <= now).then_some((*at, *key))
        };
        let (_, key) = self.timers.iter().filter_map(ended).min()?;
        self.timers.remove(&key).map(|(timeout, _)| timeout)
    }
}

fn read(entry: &[u8], height: Height) -> Result<Entry, OrderError> {
    minicbor::decode(entry).map_err(|error| OrderError::Engine {
        height: chopmark_core::Height(height.0),
        detail: format!("an entry of the write-ahead log cannot be read ({error})"),
    })
}

fn timer_key(timeout: Timeout) -> (u8, u32) {
    let kind = match timeout.kind {
        TimeoutKind::Propose => 0,
        TimeoutKind::Prevote => 1,
        TimeoutKind::Precommit => 2,
        TimeoutKind::Rebroadcast => 3,
        TimeoutKind::FinalizeHeight(_) => 4,
    };
    (kind, timeout.round.as_u32().unwrap_or(0))
}

#[cfg(test)]
mod tests;
