//! One subject in a proof: its state, and all of its records by name.

use super::{ProofError, ThingState};
use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::state::after_record;
use crate::state_tree::{StateEntry, StatePath};
use crate::{Digest32, RecordRef, SubjectId, SubjectState};

/// Records that one thing has in a proof; more are counted and not named.
pub(super) const NAMES: usize = 4_096;
/// A subject's entry, with all that seldom stands in it.
const ENTRY_BYTES: usize = 64 * 1024;

/// A subject as a proof has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thing {
    /// The bytes of its state; none where there is no such subject.
    pub(super) entry: Option<Vec<u8>>,
    pub(super) path: StatePath,
    pub(super) records: Names,
}

/// The names of a subject's records, from some record on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// How many records came before the first name.
    pub(super) before: u64,
    /// The running hash over those.
    pub(super) running: Digest32,
    pub(super) named: Vec<RecordRef>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            before: 0,
            running: Digest32::from_bytes([0; 32]),
            named: Vec::new(),
        }
    }
}

impl Names {
    /// All of these.
    pub(super) fn all(named: Vec<RecordRef>) -> Self {
        Self {
            named,
            ..Self::default()
        }
    }

    /// The same without the first ones: they are counted and not named.
    pub(super) fn from(mut self, first: usize) -> Self {
        let rest = self.named.split_off(first.min(self.named.len()));
        for at in &self.named {
            self.running = after_record(&self.running, at);
            self.before = self.before.saturating_add(1);
        }
        Self {
            named: rest,
            ..self
        }
    }

    /// As many of the newest as a proof takes.
    pub(super) fn newest(self) -> Self {
        let more = self.named.len().saturating_sub(NAMES);
        self.from(more)
    }

    /// Whether as many as a proof takes are named. Whoever makes a proof says how many it leaves
    /// unnamed, and could leave out whatever it likes.
    fn are_newest(&self) -> bool {
        self.before == 0 || self.named.len() >= NAMES
    }

    /// Whether these are the records that a state commits to.
    pub(super) fn are_of(&self, state: &SubjectState) -> bool {
        let running = self
            .named
            .iter()
            .fold(self.running, |running, at| after_record(&running, at));
        let named = u64::try_from(self.named.len()).ok();
        let count = named.and_then(|named| self.before.checked_add(named));
        count == Some(state.count()) && running == *state.running()
    }
}

impl Thing {
    /// Checks it against the root of the state. Gives nothing where there is no such subject.
    pub(super) fn check(
        &self,
        root: &Digest32,
        subject: SubjectId,
    ) -> Result<Option<ThingState>, ProofError> {
        let path = self
            .path
            .verify(root, &StateEntry::Subject(subject), self.entry.as_deref());
        path.map_err(|source| ProofError::State { subject, source })?;
        let records = ProofError::Records { subject };
        let Some(entry) = &self.entry else {
            let none = self.records == Names::default();
            return if none { Ok(None) } else { Err(records) };
        };
        let state: SubjectState =
            cbor::from_canonical(entry).map_err(|source| ProofError::Entry { subject, source })?;
        if !self.records.are_of(&state) {
            return Err(records);
        }
        Ok(Some(ThingState {
            id: subject,
            state,
            unnamed: self.records.before,
            records: self.records.named.clone(),
        }))
    }

    /// The same of what the code stands for: its newest records have to be named.
    pub(super) fn check_newest(
        &self,
        root: &Digest32,
        subject: SubjectId,
    ) -> Result<Option<ThingState>, ProofError> {
        let there = self.check(root, subject)?;
        if self.records.are_newest() {
            Ok(there)
        } else {
            Err(ProofError::Unnamed { subject })
        }
    }

    /// The same with fewer names, the rest of them counted.
    #[cfg(test)]
    pub(crate) fn naming_from(mut self, first: usize) -> Self {
        self.records = self.records.from(first);
        self
    }

    /// The same where there has to be one.
    pub(crate) fn check_there(
        &self,
        root: &Digest32,
        subject: SubjectId,
    ) -> Result<ThingState, ProofError> {
        let there = self.check(root, subject)?;
        there.ok_or(ProofError::Around { subject })
    }
}

impl Wire for Thing {
    fn write(&self, to: &mut Writer) {
        to.array(5);
        to.option(self.entry.as_ref(), |to, entry| to.bytes(entry));
        self.path.write(to);
        to.u64(self.records.before);
        self.records.running.write(to);
        to.list(&self.records.named);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(5)?;
        Ok(Self {
            entry: from.option(|from| from.bytes("state", ENTRY_BYTES).map(<[u8]>::to_vec))?,
            path: StatePath::read(from)?,
            records: Names {
                before: from.u64()?,
                running: Digest32::read(from)?,
                named: from.list("records", usize::MAX)?,
            },
        })
    }
}
