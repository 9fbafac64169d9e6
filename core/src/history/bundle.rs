//! The history bundle: its bytes, and how a gateway puts one together.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::left::LeftContainers;
use super::select::{Gathered, HistoryError, HistorySource};
use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::checkpoint::SignedHeader;
use crate::ledger::Ledger;
use crate::proof::{StateExtract, Wanted, prefix_of};
use crate::roster_chain::{self, RosterChain};
use crate::state::StateView;
use crate::{
    Audience, Code, CodeHash, CodeQuery, Genesis, Record, RecordRef, RunItem, SectionRef,
    SubjectId, VerifiedBlock, limits,
};

/// A log of this many levels would hold more blocks than a `u64` counts.
const PATH_NODES: usize = 64;
/// Entries a bundle: each has a statement of more than 200 bytes.
const ENTRIES: usize = limits::BUNDLE_BYTES / 200;

/// Why bytes are not a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Not a bundle's one spelling.
    #[error("not a history bundle: {0}")]
    Malformed(#[from] CborError),
    /// Longer than a phone's browser should load.
    #[error(
        "the bundle has {bytes} bytes, at most {} are taken",
        limits::BUNDLE_BYTES
    )]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// Its genesis is not that of the network that was asked about.
    #[error("the history is of another network")]
    WrongNetwork,
    /// It is about another code.
    #[error("the history is about another code")]
    OtherCode,
}

/// The history of one subject with everything needed to check it, as it came: nothing in it is
/// believed before [`Bundle::verify`] says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    pub(super) genesis: Vec<u8>,
    pub(super) code_hash: CodeHash,
    pub(super) as_of: SignedHeader,
    pub(super) entries: Vec<Entry>,
    /// The run that holds the code, and the proof: for an item without a record of its own.
    pub(super) undrawn: Option<(SubjectId, RunItem)>,
    /// How members and validators came to be who they are.
    pub(super) roster: RosterChain,
    /// What the state says of the code: that nothing was left out.
    pub(super) extract: StateExtract,
    /// What it says of the containers that the subject is not in any more.
    pub(super) left: LeftContainers,
}

/// A block of which some records are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) log_index: u64,
    pub(super) statement: Vec<u8>,
    pub(super) log_path: Vec<[u8; 32]>,
    pub(super) records: Vec<Shown>,
}

/// A record with its place in its block and the label sections that are shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) index: u16,
    pub(super) record: Vec<u8>,
    pub(super) path: Vec<[u8; 32]>,
    pub(super) sections: Vec<(u16, Vec<u8>)>,
}

impl Bundle {
    /// Puts the bundle of a code together, as of the ledger's newest checkpoint (`as_of`).
    ///
    /// # Errors
    /// `NoRecord` when nothing is commissioned under the code; see [`HistoryError`].
    pub fn assemble(
        ledger: &Ledger,
        genesis: &Genesis,
        as_of: &SignedHeader,
        source: &impl HistorySource,
        code: &CodeQuery,
    ) -> Result<Self, HistoryError> {
        let state = ledger.state();
        let hash = code.hash();
        // Nothing was ever written about the item: what there is to tell is told of its run.
        let of_run = || {
            source
                .run_item(hash)
                .map(|(run, item)| (run, Some((run, item))))
        };
        // Under another member's prefix the same hash is no thing of this code: whoever claims it so
        // makes no history of it. By the hash alone nobody can tell whose it is.
        let own = match code.digits() {
            "" => state.subject_of(hash),
            digits => state.owner_of_digits(digits).and_then(|owner| {
                let subject = hash.subject(&state.network(), &owner);
                state.subject(&subject).map(|_| subject)
            }),
        };
        let (subject, undrawn) = own
            .map(|subject| (subject, None))
            .or_else(of_run)
            .ok_or(HistoryError::NoRecord)?;
        let mut gathered = Gathered::new(ledger, source);
        let selection = gathered.select(&subject)?;
        let prefix = prefix_of(&mut gathered, &subject)?;
        let extract = StateExtract::assemble(&mut gathered, as_of, *hash, prefix, Wanted::History)?;
        let left = LeftContainers::assemble(&mut gathered, &selection)?;
        let mut shown: BTreeMap<(u64, RecordRef), &Record> = BTreeMap::new();
        let all = selection.history.iter().chain(&selection.ground);
        let all: BTreeSet<_> = all.chain(&selection.fences).collect();
        for at in all {
            let located = gathered
                .records
                .get(at)
                .ok_or(HistoryError::MissingBlock { block: at.block })?;
            shown.insert((located.log_index, *at), &located.record);
        }
        let size = as_of.header().log_size();
        let mut entries: Vec<Entry> = Vec::new();
        for ((log_index, at), record) in shown {
            let missing = HistoryError::MissingBlock { block: at.block };
            let block = gathered.blocks.get(&at.block).ok_or(missing.clone())?;
            let shown = show(block, at.index, record, &subject, source);
            match entries.last_mut() {
                Some(entry) if entry.log_index == log_index => entry.records.push(shown),
                _ => entries.push(Entry {
                    log_index,
                    statement: block.statement().to_vec(),
                    log_path: source.log_path(log_index, size).ok_or(missing)?,
                    records: vec![shown],
                }),
            }
        }
        Ok(Self {
            genesis: pinned_genesis(genesis),
            code_hash: *hash,
            as_of: as_of.clone(),
            entries,
            undrawn,
            roster: roster_chain::assemble(ledger, source)?,
            extract,
            left,
        })
    }

    /// Puts together what shows that the ledger has no record of a code, as of its newest
    /// checkpoint (`as_of`): a bundle without records, in which the state has no such subject.
    /// Nothing of an item is in the state as long as it never left its run.
    ///
    /// # Errors
    /// See [`HistoryError`]. `NoRecord` where only the hash is known: of whose prefix a code is
    /// shows in what its key begins with.
    pub fn absence(
        ledger: &Ledger,
        genesis: &Genesis,
        as_of: &SignedHeader,
        source: &impl HistorySource,
        code: &CodeQuery,
    ) -> Result<Self, HistoryError> {
        if code.digits().is_empty() {
            return Err(HistoryError::NoRecord);
        }
        let mut gathered = Gathered::new(ledger, source);
        let named = (*code.hash(), code.digits());
        Ok(Self {
            genesis: pinned_genesis(genesis),
            code_hash: *code.hash(),
            as_of: as_of.clone(),
            entries: Vec::new(),
            undrawn: None,
            roster: roster_chain::assemble(ledger, source)?,
            extract: StateExtract::of_key(&mut gathered, as_of, named, Wanted::Absence)?,
            left: LeftContainers::default(),
        })
    }

    /// The same without its chain of rosters.
    #[cfg(test)]
    pub(crate) fn without_roster(&self) -> Self {
        Self {
            roster: RosterChain::default(),
            ..self.clone()
        }
    }

    /// The bytes of the genesis that came with it; believed only when its id is the one that the
    /// verifier knows.
    #[must_use]
    pub fn genesis(&self) -> &[u8] {
        &self.genesis
    }

    /// The code's hash.
    #[must_use]
    pub fn code_hash(&self) -> &CodeHash {
        &self.code_hash
    }

    /// Whether the bundle is about this code.
    #[must_use]
    pub fn is_of(&self, code: &Code) -> bool {
        code.hash() == self.code_hash
    }

    /// The bundle's bytes.
    ///
    /// # Errors
    /// `TooLarge` when nobody would load it.
    pub fn to_bytes(&self) -> Result<Vec<u8>, HistoryError> {
        let bytes = cbor::to_bytes(self);
        if bytes.len() > limits::BUNDLE_BYTES {
            return Err(HistoryError::TooLarge { bytes: bytes.len() });
        }
        Ok(bytes)
    }

    /// Reads a bundle; nothing about it is checked but its shape.
    ///
    /// # Errors
    /// See [`BundleError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BundleError> {
        if bytes.len() > limits::BUNDLE_BYTES {
            return Err(BundleError::TooLarge { bytes: bytes.len() });
        }
        Ok(cbor::from_canonical(bytes)?)
    }
}

/// Whether whoever holds a subject's label opens a section.
pub(super) fn opens(record: &Record, section: &SectionRef, subject: Option<&SubjectId>) -> bool {
    match section.audience() {
        Audience::Label { subject_index } => {
            let of = record.subjects().get(usize::from(*subject_index));
            of.is_some() && of == subject
        }
        Audience::Public => true,
        _ => false,
    }
}

/// The genesis as a bundle carries it. The network id, which the verifier knows, pins the body;
/// the founders' signatures would only make the bundle longer.
pub(crate) fn pinned_genesis(genesis: &Genesis) -> Vec<u8> {
    let mut signed = Reader::new(genesis.to_bytes());
    let body = signed
        .array_exactly(2)
        .and_then(|()| signed.bytes("genesis", limits::GENESIS_BYTES));
    let mut writer = Writer::new();
    writer.array(2);
    // A genesis in memory was read from just these bytes.
    writer.bytes(body.unwrap_or_default());
    writer.array(0);
    writer.into_bytes()
}

/// A record with its path, and those of its sections that the subject's label opens.
fn show(
    block: &VerifiedBlock,
    index: u16,
    record: &Record,
    subject: &SubjectId,
    source: &impl HistorySource,
) -> Shown {
    let mut sections = Vec::new();
    for (place, section) in (0u16..).zip(record.sections()) {
        if opens(record, section, Some(subject)) {
            // What the store does not hold yet is left out; the page says so.
            sections.extend(source.section(&section.hash()).map(|bytes| (place, bytes)));
        }
    }
    Shown {
        index,
        record: block.record_bytes(index).unwrap_or_default().to_vec(),
        path: block.record_path(index).unwrap_or_default(),
        sections,
    }
}

impl Wire for Bundle {
    fn write(&self, to: &mut Writer) {
        to.array(10);
        to.u64(1);
        to.bytes(&self.genesis);
        self.code_hash.write(to);
        self.as_of.write_fields(to);
        to.list(&self.entries);
        self.undrawn.write(to);
        self.roster.write(to);
        self.extract.write(to);
        self.left.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(10)?;
        from.version()?;
        Ok(Self {
            genesis: from.bytes("genesis", limits::GENESIS_BYTES)?.to_vec(),
            code_hash: Wire::read(from)?,
            as_of: SignedHeader::read_fields(from)?,
            entries: from.list("entries", ENTRIES)?,
            undrawn: Wire::read(from)?,
            roster: Wire::read(from)?,
            extract: Wire::read(from)?,
            left: Wire::read(from)?,
        })
    }
}

impl Wire for Entry {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        to.u64(self.log_index);
        to.bytes(&self.statement);
        write_path(to, &self.log_path);
        to.list(&self.records);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        Ok(Self {
            log_index: from.u64()?,
            statement: from.bytes("statement", limits::BLOCK_BYTES)?.to_vec(),
            log_path: read_path(from)?,
            records: from.list("records", limits::RECORDS)?,
        })
    }
}

impl Wire for Shown {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        to.u64(self.index.into());
        to.bytes(&self.record);
        write_path(to, &self.path);
        to.array(self.sections.len());
        for (index, ciphertext) in &self.sections {
            to.array(2);
            to.u64((*index).into());
            to.bytes(ciphertext);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        let index = from.u16()?;
        let record = from.bytes("record", limits::BLOCK_BYTES)?.to_vec();
        let path = read_path(from)?;
        let mut sections = Vec::new();
        for _ in 0..from.array("sections", limits::SECTIONS_PER_RECORD)? {
            from.array_exactly(2)?;
            let place = from.u16()?;
            let bytes = from.bytes("section", limits::SECTION_BYTES)?;
            sections.push((place, bytes.to_vec()));
        }
        Ok(Self {
            index,
            record,
            path,
            sections,
        })
    }
}

fn write_path(to: &mut Writer, path: &[[u8; 32]]) {
    to.array(path.len());
    for node in path {
        to.bytes(node);
    }
}

fn read_path(from: &mut Reader<'_>) -> Result<Vec<[u8; 32]>, CborError> {
    let len = from.array("path", PATH_NODES)?;
    (0..len).map(|_| from.array_of_bytes()).collect()
}
