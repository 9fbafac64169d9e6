//! Checking a bundle, part one: bytes. Checkpoint, log paths, signatures, records. What stands
//! after this is a list of facts that their devices signed; `walk` sees whether they add up.

use std::collections::{BTreeMap, BTreeSet};

use super::bundle::{Bundle, BundleError, Entry};
use super::walk::Walk;
use super::{Check, CheckKind, Problem, Report, whole};
use crate::checkpoint::{CheckpointError, Header};
use crate::merkle::{leaf_hash, root_from_path};
use crate::{
    BlockHeader, Code, Followed, Founder, Genesis, MlDsa44Public, NetworkId, Record, RecordRef,
    Statement, ValidatorSet,
};

/// More problems than this say nothing new, and a hostile bundle could have tens of thousands.
const PROBLEMS: usize = 256;

/// What was looked at and what was found, check by check.
#[derive(Default)]
pub(super) struct Findings {
    looked_at: BTreeMap<CheckKind, u64>,
    problems: Vec<Problem>,
}

impl Findings {
    /// One more thing was looked at.
    pub(super) fn look(&mut self, kind: CheckKind) {
        let count = self.looked_at.entry(kind).or_default();
        *count = count.saturating_add(1);
    }

    /// Something does not hold.
    pub(super) fn note(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn into_checks(self) -> Vec<Check> {
        let mut problems: BTreeMap<CheckKind, Vec<Problem>> = BTreeMap::new();
        for problem in self.problems {
            let kind = CheckKind::of(&problem);
            problems.entry(kind).or_default().push(problem);
        }
        let check = |kind: &CheckKind| Check {
            kind: *kind,
            looked_at: self.looked_at.get(kind).copied().unwrap_or_default(),
            problems: problems.remove(kind).unwrap_or_default(),
        };
        CheckKind::ALL.iter().map(check).collect()
    }
}

/// A record that its device signed, with the sections shown of it.
pub(super) struct Fact<'b> {
    pub(super) at: RecordRef,
    pub(super) log_index: u64,
    pub(super) header: BlockHeader,
    /// The key of its block's second signature.
    pub(super) second: Option<MlDsa44Public>,
    pub(super) record: Record,
    pub(super) sections: &'b [(u16, Vec<u8>)],
}

impl Bundle {
    /// Checks everything in the bundle against the network that the verifier knows.
    ///
    /// # Errors
    /// `OtherCode` or `WrongNetwork` when the bundle answers another question. Everything else
    /// that does not hold is in the report.
    pub fn verify(&self, code: &Code, pinned: NetworkId) -> Result<Report, BundleError> {
        if !self.is_of(code) {
            return Err(BundleError::OtherCode);
        }
        let genesis = Genesis::from_pinned_bytes(&self.genesis, pinned)
            .map_err(|_| BundleError::WrongNetwork)?;
        let mut findings = Findings::default();
        let followed = self.roster.follow(&genesis).unwrap_or_else(|error| {
            findings.note(Problem::Roster(error));
            Followed::founded(&genesis)
        });
        let header = self.as_of.header();
        let validators = followed
            .validators(header.height())
            .unwrap_or(genesis.validators());
        self.check_header(genesis.id(), validators, &mut findings);
        let facts = self.facts(&mut findings);
        let mut walk = Walk::new(
            (&genesis, &followed),
            code,
            (self.undrawn.as_ref(), &self.left.fences),
            &mut findings,
        );
        let mut ending = walk.through(&facts);
        whole::check(
            (&self.extract, &self.left),
            (header, code),
            &facts,
            &mut ending,
            &mut findings,
        );
        let named = |founder: &Founder| founder.inception().name().to_owned();
        let orderers = validators.as_slice().iter();
        Ok(Report {
            network_name: genesis.name().to_owned(),
            network: genesis.id(),
            subject: ending.subject,
            began: ending.began,
            ended: ending.ended,
            holder: ending.holder,
            held_by: ending.held_by,
            run: ending.run,
            owner: ending.owner,
            pledged_to: ending.pledged_to,
            activated: ending.activated,
            activation: ending.activation,
            last_title: ending.last_title,
            warnings: ending.warnings,
            journey: ending.journey,
            checks: findings.into_checks(),
            height: header.height(),
            as_of: header.time(),
            header: self.as_of.hash(),
            log_size: header.log_size(),
            cosigned: (self.as_of.cosignatures().len(), validators.as_slice().len()),
            members: followed
                .members()
                .map(|founder| (founder.id(), named(founder)))
                .collect(),
            orderers: orderers
                .filter_map(|validator| {
                    let mut members = followed.members();
                    members.find(|member| member.id() == validator.member())
                })
                .map(named)
                .collect(),
        })
    }

    fn check_header(&self, network: NetworkId, validators: &ValidatorSet, findings: &mut Findings) {
        for _ in self.as_of.cosignatures() {
            findings.look(CheckKind::Checkpoint);
        }
        let found = self.as_of.header().network();
        if found != network {
            findings.note(Problem::Checkpoint(CheckpointError::WrongNetwork { found }));
        }
        if let Err(error) = self.as_of.verify(validators) {
            findings.note(Problem::Checkpoint(error));
        }
    }

    /// Everything that is signed and in its place.
    fn facts(&self, findings: &mut Findings) -> Vec<Fact<'_>> {
        let mut facts = Vec::new();
        let mut before = None;
        for entry in &self.entries {
            if before.is_some_and(|before| entry.log_index <= before) {
                findings.note(Problem::EntryOrder {
                    log_index: entry.log_index,
                });
                continue;
            }
            before = Some(entry.log_index);
            if let Some(statement) = check_entry(entry, self.as_of.header(), findings) {
                read_records(entry, &statement, findings, &mut facts);
            }
        }
        facts
    }
}

/// Checks an entry's signature and its place in the log.
fn check_entry(entry: &Entry, header: &Header, findings: &mut Findings) -> Option<Statement> {
    let log_index = entry.log_index;
    findings.look(CheckKind::Signatures);
    let Some(statement) = Statement::in_its_spelling(&entry.statement) else {
        findings.note(Problem::AlteredStatement { log_index });
        return None;
    };
    let block = statement.id();
    if statement.verify().is_err() {
        let device = statement.header().device();
        findings.note(Problem::BadSignature { block, device });
        return None;
    }
    findings.look(CheckKind::Log);
    let leaf = leaf_hash(&entry.statement);
    let root = root_from_path(&leaf, log_index, header.log_size(), &entry.log_path);
    // No log holds a block of another network, whatever its validators signed.
    let elsewhere = statement.header().network() != header.network();
    if elsewhere || root.as_ref() != Some(header.log_root().as_bytes()) {
        findings.note(Problem::NotInLog { block, log_index });
    }
    Some(statement)
}

/// Checks that each record is its block's, and reads it.
fn read_records<'b>(
    entry: &'b Entry,
    statement: &Statement,
    findings: &mut Findings,
    facts: &mut Vec<Fact<'b>>,
) {
    let mut seen = BTreeSet::new();
    for shown in &entry.records {
        findings.look(CheckKind::Signatures);
        let at = RecordRef {
            block: statement.id(),
            index: shown.index,
        };
        if !seen.insert(shown.index) {
            findings.note(Problem::EntryOrder {
                log_index: entry.log_index,
            });
            continue;
        }
        match statement.record(shown.index, &shown.record, &shown.path) {
            Some(record) => facts.push(Fact {
                at,
                log_index: entry.log_index,
                header: *statement.header(),
                second: statement.second_key().cloned(),
                record,
                sections: &shown.sections,
            }),
            None => findings.note(Problem::AlteredRecord { record: at }),
        }
    }
}
