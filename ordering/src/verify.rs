//! Checking ballots and certificates. A signature that was checked at this height is not checked
//! again: votes come alone, in certificates, and once more when the engine decides.

use std::collections::BTreeSet;

use chopmark_core::{Ballot, DeviceId, NetworkId};
use malachite_types::{
    CertificateError, CommitCertificate, CommitSignature, Context as _, NilOrVal, PolkaCertificate,
    PolkaSignature, RoundCertificate, RoundCertificateType, RoundSignature, VoteType,
};

use crate::context::{Address, Chopmark, Vote, Voters, vote_ballot};

/// Boxed: it carries a signature, and mostly there is none.
type Failed = Box<CertificateError<Chopmark>>;

/// Remembers at most this many: two votes of every validator in a few rounds.
const REMEMBERED: usize = 4_096;

/// The signatures that verified at the present height.
#[derive(Debug)]
pub(crate) struct Verifier {
    network: NetworkId,
    known: BTreeSet<(Ballot, DeviceId, [u8; 64])>,
}

impl Verifier {
    pub(crate) fn new(network: NetworkId) -> Self {
        let known = BTreeSet::new();
        Self { network, known }
    }

    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    pub(crate) fn ballot(
        &mut self,
        ballot: Option<Ballot>,
        by: Address,
        signature: &[u8; 64],
    ) -> bool {
        let Some(ballot) = ballot else {
            return false;
        };
        let key = (ballot, by.0, *signature);
        if self.known.contains(&key) {
            return true;
        }
        let valid = ballot.verify(&by.0, signature).is_ok();
        if valid && self.known.len() < REMEMBERED {
            self.known.insert(key);
        }
        valid
    }

    fn vote(&mut self, vote: &Vote, signature: &[u8; 64]) -> bool {
        self.ballot(vote_ballot(self.network, vote), vote.by, signature)
    }

    pub(crate) fn commit(
        &mut self,
        certificate: &CommitCertificate<Chopmark>,
        voters: &Voters,
    ) -> Result<(), Failed> {
        let mut tally = Tally::new(voters);
        for one in &certificate.commit_signatures {
            tally.count(one.address)?;
            let value = NilOrVal::Val(certificate.value_id);
            let vote =
                Chopmark.new_precommit(certificate.height, certificate.round, value, one.address);
            if !self.vote(&vote, &one.signature) {
                let wrong = CommitSignature::new(one.address, one.signature);
                return Err(Box::new(CertificateError::InvalidCommitSignature(wrong)));
            }
        }
        tally.reaches(voters.quorum())
    }

    pub(crate) fn polka(
        &mut self,
        certificate: &PolkaCertificate<Chopmark>,
        voters: &Voters,
    ) -> Result<(), Failed> {
        let mut tally = Tally::new(voters);
        for one in &certificate.polka_signatures {
            tally.count(one.address)?;
            let value = NilOrVal::Val(certificate.value_id);
            let vote =
                Chopmark.new_prevote(certificate.height, certificate.round, value, one.address);
            if !self.vote(&vote, &one.signature) {
                let wrong = PolkaSignature::new(one.address, one.signature);
                return Err(Box::new(CertificateError::InvalidPolkaSignature(wrong)));
            }
        }
        tally.reaches(voters.quorum())
    }

    pub(crate) fn round(
        &mut self,
        certificate: &RoundCertificate<Chopmark>,
        voters: &Voters,
    ) -> Result<(), Failed> {
        let mut tally = Tally::new(voters);
        let ends = certificate.cert_type == RoundCertificateType::Precommit;
        for one in &certificate.round_signatures {
            tally.count(one.address)?;
            if ends && one.vote_type != VoteType::Precommit {
                return Err(Box::new(CertificateError::InvalidVoteType(one.address)));
            }
            let vote = Vote {
                height: certificate.height,
                round: certificate.round,
                kind: one.vote_type,
                value: one.value_id,
                by: one.address,
            };
            if !self.vote(&vote, &one.signature) {
                let wrong =
                    RoundSignature::new(one.vote_type, one.value_id, one.address, one.signature);
                return Err(Box::new(CertificateError::InvalidRoundSignature(wrong)));
            }
        }
        // More than a third can show that a later round has honest voters.
        let needed = if ends {
            voters.quorum()
        } else {
            voters.honest()
        };
        tally.reaches(needed)
    }
}

/// Each validator once.
struct Tally<'a> {
    voters: &'a Voters,
    seen: BTreeSet<Address>,
}

impl<'a> Tally<'a> {
    fn new(voters: &'a Voters) -> Self {
        let seen = BTreeSet::new();
        Self { voters, seen }
    }

    fn count(&mut self, address: Address) -> Result<(), Failed> {
        if !self.voters.contains(&address) {
            return Err(Box::new(CertificateError::UnknownValidator(address)));
        }
        if !self.seen.insert(address) {
            return Err(Box::new(CertificateError::DuplicateVote(address)));
        }
        Ok(())
    }

    fn reaches(&self, needed: usize) -> Result<(), Failed> {
        if self.seen.len() >= needed {
            return Ok(());
        }
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Err(Box::new(CertificateError::NotEnoughVotingPower {
            signed: number(self.seen.len()),
            total: number(self.voters.len()),
            expected: number(needed),
        }))
    }
}
