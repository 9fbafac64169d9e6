//! From a decision to a final checkpoint.

use std::time::Duration;

use chopmark_core::{Cosignature, DeviceId, Proposal, ProposalHash, TimeMs};

use super::{AGAIN, Bft, Decision, Looked, next};
use crate::host::{Host, Now, OrderError, Verdict};
use crate::journal::Journal;
use crate::message::{Message, WireDecision};

impl<J: Journal> Bft<J> {
    pub(super) fn take_decision(
        &mut self,
        from: DeviceId,
        decision: WireDecision,
        at: Duration,
    ) -> Result<(), OrderError> {
        let WireDecision {
            certificate,
            cosignature,
            content,
        } = decision;
        let value = certificate.value;
        let known = self.decided_value();
        if known != Some(value) {
            let commit = certificate.clone().into();
            if self
                .engine
                .desk
                .verifier
                .commit(&commit, &self.voters)
                .is_err()
            {
                self.counts.forged += 1;
                return Ok(());
            }
            if known.is_some() {
                return Err(OrderError::TwoDecisions {
                    height: self.height,
                });
            }
            self.engine.decide(certificate)?;
        }
        self.note_decision(at);
        if let Some(content) = content
            && Proposal::from_bytes(&content).is_ok_and(|content| content.hash() == value)
        {
            self.note_content(&content, None);
        }
        match Cosignature::from_bytes(&cosignature) {
            Ok(cosignature) if cosignature.key() == from => {
                let known = self.cosignatures.get(&from);
                if known.is_none_or(|(known, _)| *known != cosignature) {
                    self.cosignatures
                        .insert(from, (cosignature, Looked::NotYet));
                }
            }
            _ => self.counts.forged += 1,
        }
        Ok(())
    }

    pub(super) fn decided_value(&self) -> Option<ProposalHash> {
        let decision = self.engine.desk.decided.as_ref();
        decision.map(|certificate| certificate.value)
    }

    pub(super) fn note_decision(&mut self, at: Duration) {
        if self.decision.is_none()
            && let Some(certificate) = self.engine.desk.decided.clone()
        {
            self.decision = Some(Decision {
                certificate,
                cosigned: false,
                tell_again: at.saturating_add(AGAIN),
            });
        }
    }

    /// Cosigns what was decided, and makes it final once a quorum has.
    pub(super) fn finish(&mut self, host: &mut dyn Host, now: Now) -> Result<(), OrderError> {
        self.note_decision(now.running);
        let Some(decision) = &mut self.decision else {
            return Ok(());
        };
        let value = decision.certificate.value;
        let Some(candidate) = self.candidates.get(&value) else {
            return Ok(());
        };
        if !decision.cosigned {
            // Decided, so whatever this clock says.
            match host
                .check(candidate.proposal(), None)
                .map_err(OrderError::Host)?
            {
                Verdict::Missing => return Ok(()),
                Verdict::Invalid(_) if next(host.height()) != self.height => return Ok(()),
                Verdict::Invalid(detail) => {
                    let height = self.height;
                    return Err(OrderError::Diverged { height, detail });
                }
                Verdict::Valid => {}
            }
            decision.cosigned = true;
            let before = host.time();
            let own = candidate
                .proposal()
                .cosign_among(&self.set, before, &self.key);
            self.cosignatures.insert(self.key.id(), (own, Looked::Good));
            self.tell_decision(false);
        }
        self.drop_bad_cosignatures(&value, host.time());
        if self.cosignatures.len() < self.set.quorum() {
            return Ok(());
        }
        if let Some(candidate) = self.candidates.remove(&value) {
            let cosignatures = std::mem::take(&mut self.cosignatures).into_values();
            let cosignatures = cosignatures.map(|(cosignature, _)| cosignature).collect();
            host.finish(candidate.into_proposal(), cosignatures)
                .map_err(OrderError::Host)?;
        }
        Ok(())
    }

    pub(super) fn drop_bad_cosignatures(&mut self, value: &ProposalHash, before: TimeMs) {
        let Some(candidate) = self.candidates.get(value) else {
            return;
        };
        let came = self.cosignatures.len();
        let set = &self.set;
        self.cosignatures.retain(|_, (cosignature, looked)| {
            let good = *looked == Looked::Good
                || candidate
                    .proposal()
                    .check_cosignature(set, before, cosignature)
                    .is_ok();
            *looked = Looked::Good;
            good
        });
        let dropped = came.saturating_sub(self.cosignatures.len());
        self.counts.forged += u64::try_from(dropped).unwrap_or(0);
    }

    /// Tells the decision with this validator's cosignature; with the checkpoint for those who
    /// seem to have missed it.
    pub(super) fn tell_decision(&mut self, whole: bool) {
        let own = self.cosignatures.get(&self.key.id());
        let (Some(decision), Some((own, _))) = (&self.decision, own) else {
            return;
        };
        let content = self.engine.desk.contents.get(&decision.certificate.value);
        self.engine
            .desk
            .outgoing
            .push(Message::Decided(WireDecision {
                certificate: decision.certificate.clone(),
                cosignature: own.to_bytes(),
                content: content.filter(|_| whole).map(|content| content.to_vec()),
            }));
    }

    pub(super) fn repeat(&mut self, now: Now) {
        let due = self
            .decision
            .as_mut()
            .filter(|decision| decision.cosigned && decision.tell_again <= now.running);
        if let Some(decision) = due {
            decision.tell_again = now.running.saturating_add(AGAIN);
            self.tell_decision(true);
        }
    }
}
