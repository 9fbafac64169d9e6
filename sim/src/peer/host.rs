//! What ordering sees of a peer.

use std::io;

use chopmark_core::{
    ApplyError, Cosignature, Height, NetworkId, Proposal, TimeMs, ValidatorSet, can_propose,
    heartbeat, propose,
};
use chopmark_ordering::{Host, HostError, Verdict};

use super::Peer;

/// Drafts that were run and may still become final, as in the replica.
const DRAFTS: usize = 4;

fn power_cut() -> HostError {
    Box::new(io::Error::other("the power was cut"))
}

impl Peer {
    fn keep_draft(&mut self, executed: chopmark_core::Executed) {
        if self.drafts.len() >= DRAFTS {
            self.drafts.pop_first();
        }
        self.drafts.insert(executed.hash(), executed);
    }
}

impl Host for Peer {
    fn network(&self) -> NetworkId {
        self.genesis.id()
    }

    fn height(&self) -> Height {
        self.ledger.tip().height
    }

    fn time(&self) -> TimeMs {
        self.ledger.tip().time
    }

    fn validators(&self) -> ValidatorSet {
        self.ledger.validators().clone()
    }

    fn has_work(&self) -> bool {
        can_propose(
            &self.ledger,
            self.held.open().chain(self.held.aside_blocks()),
        )
    }

    fn propose(&mut self, now: TimeMs, beat: bool) -> Result<Option<Proposal>, HostError> {
        let candidates = self.held.open().chain(self.held.aside_blocks());
        let executed = match propose(&self.ledger, candidates, now) {
            Some(executed) => executed,
            None if beat => heartbeat(&self.ledger, now),
            None => return Ok(None),
        };
        let proposal = executed.proposal().clone();
        self.keep_draft(executed);
        Ok(Some(proposal))
    }

    fn check(&mut self, proposal: &Proposal, now: Option<TimeMs>) -> Result<Verdict, HostError> {
        if let Some(now) = now
            && let Err(error) = proposal.check_time(self.ledger.tip(), now)
        {
            return Ok(Verdict::Invalid(error.to_string()));
        }
        let draft = self.drafts.get(&proposal.header().hash());
        if draft.is_some_and(|draft| draft.proposal() == proposal) {
            return Ok(Verdict::Valid);
        }
        Ok(match self.ledger.execute(proposal, self.held.all()) {
            Ok(executed) => {
                self.keep_draft(executed);
                Verdict::Valid
            }
            Err(ApplyError::MissingBlock { .. }) => Verdict::Missing,
            Err(error) => Verdict::Invalid(error.to_string()),
        })
    }

    fn finish(
        &mut self,
        proposal: Proposal,
        cosignatures: Vec<Cosignature>,
    ) -> Result<(), HostError> {
        let checkpoint = proposal
            .into_checkpoint(cosignatures)
            .verify(self.ledger.validators());
        let checkpoint = checkpoint.map_err(Box::new)?;
        let (height, blocks) = (checkpoint.header().height(), checkpoint.blocks().to_vec());
        self.take_checkpoint(checkpoint, None);
        self.advance();
        if self.ledger.tip().height < height && blocks.iter().all(|id| self.has(id)) {
            self.trouble = Some(format!("checkpoint {} does not follow", height.0));
        }
        match self.commit(None) {
            true => Ok(()),
            false => Err(power_cut()),
        }
    }

    fn send(&mut self, message: Vec<u8>) {
        // The power may be cut between two messages.
        if self.disk.borrow_mut().step() {
            self.out.push(message);
        }
    }
}
