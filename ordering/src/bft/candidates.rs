//! The checkpoints that were proposed at a height: which are kept, and what is thought of them.

use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{Proposal, ProposalHash};
use malachite::{Input, ProposedValue};
use malachite_types::{Round, SignedProposal, Validity, ValueOrigin};

use super::{Bft, next};
use crate::context::{self, Address, Chopmark, Value};
use crate::host::{Host, Now, OrderError, Verdict};
use crate::journal::Journal;

/// What was proposed so many rounds ago is dropped, unless a quorum prevoted for it: nobody can be
/// locked on anything else, and a decision that comes late brings its checkpoint along.
const KEPT_ROUNDS: i64 = 4;
/// And so many rounds ahead of the present one are listened to, as the engine does.
const NEAR_ROUNDS: i64 = 10;
/// More than two checkpoints of one round prove nothing more.
const PER_ROUND: usize = 2;

/// A checkpoint that somebody proposed.
pub(super) struct Candidate {
    proposal: Proposal,
    /// The newest round in which it was proposed, or in which its content came.
    newest: Round,
    /// Where it was proposed; none where only its content came.
    named: Vec<(Round, Round, Address)>,
    /// To how many of these the engine knows the verdict.
    told: usize,
    verdict: Option<Ruling>,
}

/// What is thought of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruling {
    Valid,
    /// By the rules or by this clock, which may be wrong.
    Doubted,
    /// Whatever a clock says.
    Invalid,
}

impl Candidate {
    pub(super) fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    pub(super) fn into_proposal(self) -> Proposal {
        self.proposal
    }

    pub(super) fn rule(&mut self, ruling: Ruling) {
        self.verdict = Some(ruling);
    }
}

impl<J: Journal> Bft<J> {
    /// Remembers a checkpoint that was proposed. Bytes that are none are left out: nobody can
    /// vote for them.
    pub(super) fn note_content(
        &mut self,
        content: &[u8],
        named: Option<(Round, Round, Address)>,
    ) -> Option<ProposalHash> {
        let proposal = Proposal::from_bytes(content).ok()?;
        let hash = proposal.hash();
        let bytes = Arc::new(content.to_vec());
        self.engine.desk.contents.entry(hash).or_insert(bytes);
        let now = named.map_or(self.engine.round(), |(round, ..)| round);
        let candidate = self.candidates.entry(hash).or_insert(Candidate {
            proposal,
            newest: now,
            named: Vec::new(),
            told: 0,
            verdict: None,
        });
        candidate.newest = candidate.newest.max(now);
        candidate.named.extend(named);
        Some(hash)
    }

    /// Whether a proposal's content is worth keeping: it is of its round's proposer and signed,
    /// and the round is near, so that nobody fills the memory with checkpoints.
    pub(super) fn may_propose(&mut self, proposal: &SignedProposal<Chopmark>) -> bool {
        use malachite_types::Context as _;
        let round = proposal.round.as_i64();
        let near = round <= self.engine.round().as_i64().saturating_add(NEAR_ROUNDS)
            && (round >= self.oldest() || self.engine.holds_to(&proposal.value.0));
        let turn = Chopmark.select_proposer(&self.voters, proposal.height, proposal.round);
        let ballot = context::proposal_ballot(self.network(), proposal);
        let signed = near
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
        proposed.len() < PER_ROUND && proposed.insert(proposal.value.0)
    }

    pub(super) fn is_asked_for(&self, hash: &ProposalHash) -> bool {
        self.candidates.contains_key(hash) || self.engine.holds_to(hash)
    }

    /// The oldest round whose checkpoints are kept without a quorum's prevotes.
    fn oldest(&self) -> i64 {
        self.engine.round().as_i64().saturating_sub(KEPT_ROUNDS)
    }

    /// Drops what was proposed long ago and can no more be decided by what this validator says. A
    /// height may last for a night, and each round may bring two checkpoints of 256 KiB.
    pub(super) fn drop_old(&mut self) {
        let oldest = self.oldest();
        if oldest <= 0 {
            return;
        }
        self.proposed.retain(|round, _| i64::from(*round) >= oldest);
        let engine = &self.engine;
        self.candidates
            .retain(|hash, candidate| candidate.newest.as_i64() >= oldest || engine.holds_to(hash));
        let kept = &self.candidates;
        let contents = &mut self.engine.desk.contents;
        contents.retain(|hash, _| kept.contains_key(hash));
    }

    /// Judges what can be judged now, and tells the engine.
    pub(super) fn judge(&mut self, host: &mut dyn Host, now: Now) -> Result<(), OrderError> {
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
    pub(super) fn is_doubted_against_a_quorum(
        &self,
        hash: &ProposalHash,
        candidate: &Candidate,
    ) -> bool {
        candidate.verdict == Some(Ruling::Doubted) && self.engine.has_polka_for(hash)
    }

    pub(super) fn tell_verdict(
        &mut self,
        hash: &ProposalHash,
        at: Duration,
    ) -> Result<(), OrderError> {
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
}
