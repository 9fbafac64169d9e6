//! Checking a proof.

use std::collections::BTreeSet;

use super::{ProofError, Proven, ProvenRecord, SubjectProof};
use crate::checkpoint::CheckpointError;
use crate::{Code, Genesis, GenesisError, HeaderHash, Height, NetworkId, RecordRef};

/// What whoever checks a proof knows already.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The network, from a source that is trusted.
    pub network: NetworkId,
    /// Its genesis, for proofs that come without.
    pub genesis: Option<&'a Genesis>,
    /// The newest checkpoint that was ever seen: older proofs are refused, and so is another one
    /// of the same height.
    pub newest: Option<(Height, HeaderHash)>,
}

impl Known<'_> {
    /// Nothing but the network.
    #[must_use]
    pub const fn network(network: NetworkId) -> Self {
        Self {
            network,
            genesis: None,
            newest: None,
        }
    }
}

impl SubjectProof {
    /// Checks everything in the proof.
    ///
    /// # Errors
    /// The first thing that does not hold; see [`ProofError`].
    pub fn verify(&self, code: &Code, known: &Known<'_>) -> Result<Proven, ProofError> {
        if self.code != code.hash() {
            return Err(ProofError::OtherCode);
        }
        let brought = self.genesis.as_ref();
        let read = brought.map(|bytes| Genesis::from_pinned_bytes(bytes, known.network));
        let read = read.transpose().map_err(not_the_genesis)?;
        let genesis = known.genesis.or(read.as_ref());
        let genesis = genesis.ok_or(ProofError::NoGenesis)?;
        let header = self.as_of.header();
        let (found, hash) = (header.network(), self.as_of.hash());
        if found != known.network || genesis.id() != known.network {
            return Err(ProofError::WrongNetwork { found });
        }
        let followed = self.roster.follow(genesis).map_err(ProofError::Roster)?;
        let set = followed
            .validators(header.height())
            .ok_or(ProofError::Checkpoint(CheckpointError::WrongValidators))?;
        self.as_of.verify(set).map_err(ProofError::Checkpoint)?;
        check_newer((header.height(), hash), known.newest)?;
        let state = self.extract.verify(header, code)?;
        let names = named(&state);
        let records = self.check_records(&names)?;
        let members = followed.members();
        Ok(Proven {
            network_name: genesis.name().to_owned(),
            header: header.clone(),
            hash,
            cosigned: self.as_of.cosignatures().len(),
            complete: self.as_of.complete(set),
            validators: set.as_slice().len(),
            members: members
                .map(|member| (member.id(), member.inception().name().to_owned()))
                .collect(),
            state,
            records,
        })
    }

    /// Each record that is shown is one of those that the states commit to, signed by its device.
    fn check_records(&self, names: &BTreeSet<RecordRef>) -> Result<Vec<ProvenRecord>, ProofError> {
        for (place, statement) in self.statements.iter().enumerate() {
            let signed = statement.verify();
            signed.map_err(|source| ProofError::Statement { place, source })?;
        }
        let mut records = Vec::new();
        let mut seen = BTreeSet::new();
        for shown in &self.shown {
            let statement = usize::try_from(shown.statement).ok();
            let statement = statement.and_then(|place| self.statements.get(place));
            let statement = statement.ok_or(crate::cbor::CborError::Value {
                what: "record's statement",
            })?;
            let at = RecordRef {
                block: statement.id(),
                index: shown.index,
            };
            if !names.contains(&at) || !seen.insert(at) {
                return Err(ProofError::Stranger { record: at });
            }
            let header = *statement.header();
            let record = statement.record(at.index, &shown.record, &shown.path);
            let record = record.ok_or(ProofError::Record { record: at })?;
            records.push(ProvenRecord { at, header, record });
        }
        Ok(records)
    }
}

fn not_the_genesis(error: GenesisError) -> ProofError {
    match error {
        GenesisError::WrongNetwork { found, .. } => ProofError::WrongNetwork { found },
        other => ProofError::Genesis(other),
    }
}

fn check_newer(
    (found, hash): (Height, HeaderHash),
    newest: Option<(Height, HeaderHash)>,
) -> Result<(), ProofError> {
    match newest {
        Some((known, _)) if found < known => Err(ProofError::Older { found, known }),
        Some((height, known)) if found == height && hash != known => Err(ProofError::TwoHeaders {
            height,
            known,
            found: hash,
        }),
        _ => Ok(()),
    }
}

/// Every record that is named of anything.
fn named(state: &super::CodeState) -> BTreeSet<RecordRef> {
    let things = state.base().into_iter().chain(&state.containers);
    let things = things.chain(&state.documents);
    things
        .flat_map(|thing| thing.records.iter().copied())
        .collect()
}
