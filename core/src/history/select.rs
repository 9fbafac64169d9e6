//! Which records make up a subject's history: its own, those of the containers it was in while
//! it was inside, and those that these stand on.

mod scope;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::replay::Timeline;
use crate::checkpoint::SignedHeader;
use crate::ledger::Ledger;
use crate::merkle::TreeHash;
use crate::state::{Amendment, MemberState, StateView};
use crate::{
    BlockId, Body, CodeHash, DeviceId, Height, NotInRun, Record, RecordRef, RunItem, SectionHash,
    SubjectId, VerifiedBlock, limits,
};

use scope::{Scope, concerns, drawn_from};

pub(super) use scope::places;

/// Where a history is read from: a replica's store.
pub trait HistorySource {
    /// Every record that names the subject, in any order. What is not final, was refused or
    /// waits may be among them: only what the ledger applied is shown.
    fn records_of(&self, subject: &SubjectId) -> Vec<RecordRef>;

    /// A block of the log.
    fn block(&self, id: &BlockId) -> Option<VerifiedBlock>;

    /// The inclusion path that the block at this place of the log had when that had so many.
    fn log_path(&self, index: u64, size: u64) -> Option<Vec<TreeHash>>;

    /// A section's ciphertext, if it is held.
    fn section(&self, hash: &SectionHash) -> Option<Vec<u8>>;

    /// The run whose list has this code, with the item's proof, if that list is held: its maker
    /// keeps it.
    fn run_item(&self, code: &CodeHash) -> Option<(SubjectId, RunItem)>;

    /// The neighbours of a code in a run's list, if that list is held and has no such code.
    fn run_gap(&self, run: &SubjectId, code: &CodeHash) -> Option<NotInRun>;

    /// The header of a checkpoint, with its cosignatures.
    fn header(&self, height: Height) -> Option<SignedHeader>;
}

/// Why a history cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Nothing was commissioned under this code.
    #[error("no record of this code")]
    NoRecord,
    /// The ledger names a block that the store does not have: the store is damaged.
    #[error("block {block} is in the log but not in the store")]
    MissingBlock {
        /// The block.
        block: BlockId,
    },
    /// The ledger passed a checkpoint that the store does not have: the store is damaged.
    #[error("checkpoint {} is not in the store", height.0)]
    MissingHeader {
        /// Its height.
        height: Height,
    },
    /// What a run does not hold was asked of a peer that does not have the run's list.
    #[error("the list of run {run} is not here: ask the member that commissioned it")]
    NoRunList {
        /// The run.
        run: SubjectId,
    },
    /// What a run does not hold was asked before the ledger knows the run: a proof would show that
    /// there is no such run.
    #[error("run {run} is not final yet, or was refused: try again in a moment")]
    RunNotFinal {
        /// The run.
        run: SubjectId,
    },
    /// A proof is of the newest checkpoint, and this is another one.
    #[error("checkpoint {} is not the newest one", height.0)]
    OtherCheckpoint {
        /// Its height.
        height: Height,
    },
    /// The records that the store has of a subject are not those that the ledger applied: the
    /// store is damaged.
    #[error("the records of subject {subject} are not all in the store")]
    OtherRecords {
        /// The subject.
        subject: SubjectId,
    },
    /// The history is longer than a phone's browser should load.
    #[error(
        "the history has {bytes} bytes, at most {} fit a bundle",
        limits::BUNDLE_BYTES
    )]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
}

/// One record of a history.
#[derive(Clone, Debug)]
pub struct Located {
    /// The record.
    pub at: RecordRef,
    /// Its block's place in the log.
    pub log_index: u64,
    /// The record itself.
    pub record: Record,
}

/// The records of a subject's history, its containers' included, in the order in which they took
/// effect. What other records only stand on (enrolments, the cited records of other subjects) is
/// left to the bundle.
///
/// # Errors
/// See [`HistoryError`].
pub fn select(
    ledger: &Ledger,
    source: &impl HistorySource,
    subject: &SubjectId,
) -> Result<Vec<Located>, HistoryError> {
    let mut gathered = Gathered::new(ledger, source);
    let selection = gathered.select(subject)?;
    Ok(selection
        .history
        .iter()
        .filter_map(|at| gathered.records.get(at).cloned())
        .collect())
}

/// What a bundle shows.
pub(super) struct Selection {
    /// The history, in order of effect.
    pub(super) history: Vec<RecordRef>,
    /// What it stands on.
    pub(super) ground: BTreeSet<RecordRef>,
    /// The containers that were left again, each with the first packing that matters.
    pub(super) left: BTreeMap<SubjectId, RecordRef>,
    /// Records of these from after they were left, which show what came before.
    pub(super) fences: BTreeSet<RecordRef>,
}

/// Records read from the source, kept while a history is put together.
pub(crate) struct Gathered<'a, S> {
    ledger: &'a Ledger,
    source: &'a S,
    pub(crate) blocks: BTreeMap<BlockId, VerifiedBlock>,
    pub(super) records: BTreeMap<RecordRef, Located>,
}

impl<'a, S: HistorySource> Gathered<'a, S> {
    pub(crate) fn new(ledger: &'a Ledger, source: &'a S) -> Self {
        Self {
            ledger,
            source,
            blocks: BTreeMap::new(),
            records: BTreeMap::new(),
        }
    }

    pub(crate) fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    pub(crate) fn source(&self) -> &'a S {
        self.source
    }

    /// Every applied record that concerns a subject, in the order in which they were applied; of
    /// an item that was drawn from a run, first those of the run until then.
    pub(crate) fn names_of(&mut self, subject: &SubjectId) -> Result<Vec<RecordRef>, HistoryError> {
        let (candidates, _) = self.candidates(subject)?;
        let order = self.in_order_of_effect(&candidates)?;
        let record = |at: &RecordRef| self.records.get(at).map(|located| &located.record);
        let mut run = order.iter().find_map(|at| drawn_from(record(at)?, subject));
        let mut names = Vec::new();
        for at in &order {
            let Some(record) = record(at) else { continue };
            if concerns(record, subject) {
                run = None;
                names.push(*at);
            } else if run.is_some_and(|run| concerns(record, &run)) {
                names.push(*at);
            }
        }
        Ok(names)
    }

    /// Chooses the records of a subject's history and those that it stands on.
    pub(super) fn select(&mut self, subject: &SubjectId) -> Result<Selection, HistoryError> {
        if self.ledger.state().subject(subject).is_none() {
            return Err(HistoryError::NoRecord);
        }
        let (candidates, containers) = self.candidates(subject)?;
        let order = self.in_order_of_effect(&candidates)?;
        let mut scope = Scope::new(*subject, containers);
        scope.run = order
            .iter()
            .find_map(|at| drawn_from(&self.records.get(at)?.record, subject));
        for at in order {
            if let Some(located) = self.records.get(&at) {
                scope.see(located);
            }
        }
        let mut ground = scope.ground;
        for at in scope.history.iter().chain(&scope.fences) {
            if let Some(located) = self.records.get(at) {
                ground.extend(located.record.cites());
            }
        }
        ground.extend(self.prefix_registrations(&scope.history));
        // What came before and what after an amendment was judged by different policies.
        let governance = self.ledger.state().governance();
        ground.extend(governance.amendments().iter().flat_map(Amendment::carried));
        // Whoever checks it comes to the same order of effect.
        let shown = scope.history.iter().chain(&scope.fences).chain(&ground);
        let shown: BTreeSet<RecordRef> = shown.copied().collect();
        ground.extend(self.waited_for(&shown)?);
        let mut fences = scope.fences;
        fences.retain(|at| !ground.contains(at) && !scope.history.contains(at));
        ground.extend(&fences);
        self.add_identities(&scope.history, &mut ground)?;
        for at in scope.history.iter().chain(&fences) {
            ground.remove(at);
        }
        Ok(Selection {
            history: scope.history,
            ground,
            left: scope.left,
            fences,
        })
    }

    /// Every record of the subject and of every container that it or its containers were ever in,
    /// and all of these.
    fn candidates(
        &mut self,
        subject: &SubjectId,
    ) -> Result<(BTreeSet<RecordRef>, BTreeSet<SubjectId>), HistoryError> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::from([*subject]);
        let mut open = vec![*subject];
        while let Some(subject) = open.pop() {
            for at in self.source.records_of(&subject) {
                if !self.is_applied(&at) {
                    continue;
                }
                let record = self.read(&at)?.record.clone();
                found.insert(at);
                // What it lay in, and the run that it was drawn from.
                if let Body::Pack { .. } | Body::Draw { .. } = record.body()
                    && let Some((around, items)) = record.subjects().split_first()
                    && items.contains(&subject)
                    && seen.insert(*around)
                {
                    open.push(*around);
                }
            }
        }
        Ok((found, seen))
    }

    /// A refused record passed off as applied would make an honest history look forged.
    fn is_applied(&self, at: &RecordRef) -> bool {
        let state = self.ledger.state();
        state.logged(&at.block).is_some()
            && state.refusal(at).is_none()
            && state.waiting(at).is_none()
    }

    fn in_order_of_effect(
        &mut self,
        candidates: &BTreeSet<RecordRef>,
    ) -> Result<Vec<RecordRef>, HistoryError> {
        let mut timeline = Timeline::default();
        let waited_for = self.waited_for(candidates)?;
        for at in candidates.union(&waited_for) {
            let located = self.read(at)?;
            timeline.insert(located.log_index, *at, &located.record);
        }
        let order = timeline.in_order_of_effect();
        Ok(order
            .into_iter()
            .filter(|at| candidates.contains(at))
            .collect())
    }

    /// What these, or what they waited for, had to wait for: cited records that came later, and the
    /// others of an all-or-nothing group.
    fn waited_for(
        &mut self,
        records: &BTreeSet<RecordRef>,
    ) -> Result<BTreeSet<RecordRef>, HistoryError> {
        let mut found = BTreeSet::new();
        let mut open: Vec<RecordRef> = records.iter().copied().collect();
        while let Some(at) = open.pop() {
            let Located {
                log_index, record, ..
            } = self.read(&at)?.clone();
            let mut next = self.mates(&at, &record);
            for cite in record.cites() {
                if self.read(cite)?.log_index >= log_index {
                    next.push(*cite);
                }
            }
            next.retain(|at| !records.contains(at) && found.insert(*at));
            open.extend(next);
        }
        Ok(found)
    }

    /// The others of a record's all-or-nothing group.
    fn mates(&self, at: &RecordRef, record: &Record) -> Vec<RecordRef> {
        let block = self
            .blocks
            .get(&at.block)
            .filter(|_| record.group().is_some());
        let records = block.map_or(&[][..], VerifiedBlock::records);
        let mates = (0_u16..)
            .zip(records)
            .filter(|(index, mate)| *index != at.index && mate.group() == record.group());
        let block = at.block;
        mates.map(|(index, _)| RecordRef { block, index }).collect()
    }

    /// The registrations of the prefixes under which the history's codes were commissioned.
    fn prefix_registrations(&self, history: &[RecordRef]) -> Vec<RecordRef> {
        let state = self.ledger.state();
        let mut registrations = Vec::new();
        for at in history {
            let body = self.records.get(at).map(|located| located.record.body());
            for prefix in body.into_iter().flat_map(Body::prefixes) {
                let owner = state.prefix(prefix);
                if let Some(claim) = owner.and_then(|owner| state.claim(prefix, &owner)) {
                    registrations.extend(claim.writers().values());
                }
            }
        }
        registrations
    }

    /// Adds the enrolment and revocation of every device that wrote something shown, and of the
    /// devices that wrote those.
    fn add_identities(
        &mut self,
        history: &[RecordRef],
        ground: &mut BTreeSet<RecordRef>,
    ) -> Result<(), HistoryError> {
        let mut open: Vec<RecordRef> = history.iter().chain(ground.iter()).copied().collect();
        let mut seen: BTreeSet<DeviceId> = BTreeSet::new();
        while let Some(at) = open.pop() {
            self.read(&at)?;
            let author = self
                .blocks
                .get(&at.block)
                .map(|block| block.header().device());
            let Some(device) = author.filter(|device| seen.insert(*device)) else {
                continue;
            };
            let Some(state) = self.ledger.state().device(&device) else {
                continue;
            };
            // Who came with its member stands in the chain of rosters.
            let member = self.ledger.state().member(state.member());
            let admitted = member.and_then(MemberState::admitted_by);
            let enrolled = state.enrolled_by().filter(|by| Some(*by) != admitted);
            let revoked = state.revoked().map(|revoked| revoked.by());
            for identity in enrolled.into_iter().chain(revoked) {
                if ground.insert(identity) {
                    open.push(identity);
                }
            }
        }
        Ok(())
    }

    /// A record, from memory or from the source.
    pub(crate) fn read(&mut self, at: &RecordRef) -> Result<&Located, HistoryError> {
        if !self.records.contains_key(at) {
            let missing = HistoryError::MissingBlock { block: at.block };
            if !self.blocks.contains_key(&at.block) {
                let block = self.source.block(&at.block).ok_or(missing.clone())?;
                self.blocks.insert(at.block, block);
            }
            let block = self.blocks.get(&at.block);
            let logged = self.ledger.state().logged(&at.block);
            let record = block.and_then(|block| block.records().get(usize::from(at.index)));
            let (record, logged) = record.zip(logged).ok_or(missing)?;
            let located = Located {
                at: *at,
                log_index: logged.index,
                record: record.clone(),
            };
            self.records.insert(*at, located);
        }
        self.records
            .get(at)
            .ok_or(HistoryError::MissingBlock { block: at.block })
    }
}
