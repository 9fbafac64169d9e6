//! The peer's ledger and lines, as ordering uses them.

use chopmark_core::{Cosignature, Height, NetworkId, Proposal, TimeMs, ValidatorSet};
use chopmark_ordering::{Host, HostError, Verdict};
use chopmark_replica::{Judged, WhenIdle};

use super::links::Links;
use crate::peer::Peer;

pub(super) struct PeerHost {
    peer: Peer,
    lines: Links,
}

impl PeerHost {
    pub(super) fn new(peer: Peer) -> Self {
        let lines = Links::default();
        Self { peer, lines }
    }

    pub(super) fn talk_on(&mut self, lines: Links) {
        self.lines = lines;
    }
}

impl Host for PeerHost {
    fn network(&self) -> NetworkId {
        self.peer.network()
    }

    fn height(&self) -> Height {
        self.peer.height()
    }

    fn time(&self) -> TimeMs {
        self.peer.replica().read_final(|ledger| ledger.tip().time)
    }

    fn validators(&self) -> ValidatorSet {
        self.peer
            .replica()
            .read_final(|ledger| ledger.validators().clone())
    }

    fn has_work(&self) -> bool {
        self.peer.replica().has_work()
    }

    fn propose(&mut self, now: TimeMs, beat: bool) -> Result<Option<Proposal>, HostError> {
        let idle = if beat { WhenIdle::Beat } else { WhenIdle::Wait };
        Ok(self.peer.replica().draft(now, idle)?)
    }

    fn check(&mut self, proposal: &Proposal, now: Option<TimeMs>) -> Result<Verdict, HostError> {
        Ok(match self.peer.replica().judge(proposal, now)? {
            Judged::Follows => Verdict::Valid,
            Judged::Missing => Verdict::Missing,
            Judged::Not(why) => Verdict::Invalid(why),
        })
    }

    fn finish(
        &mut self,
        proposal: Proposal,
        cosignatures: Vec<Cosignature>,
    ) -> Result<(), HostError> {
        let ordered = self.peer.replica().finish(proposal, cosignatures)?;
        tracing::debug!(
            height = ordered.height.0,
            blocks = ordered.blocks,
            "ordered"
        );
        Ok(())
    }

    fn send(&mut self, message: Vec<u8>) {
        self.lines.send(message);
    }
}
