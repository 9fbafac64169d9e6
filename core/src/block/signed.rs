//! Reading and verifying a block.

use thiserror::Error;

use super::{
    BlockHeader,
    statement::{Statement, StatementError},
};
use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    hash::labelled,
    ids::{BlockId, MemberId, RecordRef},
    keys::{KeyRing, MlDsa44Public, Sealed},
    limits,
    merkle::{Frontier, MerkleTree, TreeHash, leaf_hash},
    readers::{Group, ReaderGroup},
    record::Record,
};

/// Why bytes are not a block, or a block not a good one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BlockError {
    /// Not readable.
    #[error("the block is not readable: {0}")]
    Encoding(#[from] CborError),
    /// Statement and records are more than a block may have.
    #[error("the block has {found} bytes, {} are allowed", limits::BLOCK_BYTES)]
    TooLarge {
        /// How many bytes it has.
        found: usize,
    },
    /// What is sealed to reader groups is more than a block may have.
    #[error(
        "the block's encapsulated keys have {found} bytes, {} are allowed",
        limits::ENCAPSULATIONS_BYTES
    )]
    EncapsulationsTooLarge {
        /// How many bytes they have.
        found: usize,
    },
    /// The statement is wrong.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// More or fewer records than the statement says.
    #[error("the block has {found} records, its statement says {stated}")]
    RecordCount {
        /// What was signed.
        stated: u16,
        /// What is there.
        found: usize,
    },
    /// The records are not those that were signed.
    #[error("the records are not the ones that were signed")]
    RecordsRoot,
    /// The encapsulations are not those that were signed, or not sorted.
    #[error("the encapsulated keys are not the ones that were signed")]
    SectionsDigest,
    /// A record is not well-formed.
    #[error("record {index} is not readable: {cause}")]
    Record {
        /// Which record, from 0.
        index: usize,
        /// What is wrong with it.
        cause: CborError,
    },
    /// A commissioning names subjects that are not its codes' under the author's member.
    #[error("record {index} commissions subjects that are not its codes'")]
    Subjects {
        /// Which record, from 0.
        index: usize,
    },
    /// The sections that the records name are more than a block may have.
    #[error(
        "the block's sections have {found} bytes, {} are allowed",
        limits::SECTIONS_BYTES
    )]
    SectionsTooLarge {
        /// How many bytes they have.
        found: usize,
    },
    /// Another block than the one expected.
    #[error("this is block {found}, not {expected}")]
    OtherBlock {
        /// The id asked for.
        expected: BlockId,
        /// The id of these bytes.
        found: BlockId,
    },
}

/// The audience secrets of a block, sealed to one reader group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encapsulation {
    group: ReaderGroup,
    epoch: u32,
    sealed: Sealed,
}

impl Encapsulation {
    pub(super) const fn new(group: ReaderGroup, epoch: u32, sealed: Sealed) -> Self {
        Self {
            group,
            epoch,
            sealed,
        }
    }

    /// Whose readers it is for.
    #[must_use]
    pub const fn group(&self) -> ReaderGroup {
        self.group
    }

    /// Which of the group's keys.
    #[must_use]
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }

    pub(super) const fn sealed(&self) -> &Sealed {
        &self.sealed
    }
}

impl Wire for Encapsulation {
    fn write(&self, to: &mut Writer) {
        to.array(5);
        self.group.member.write(to);
        self.group.group.write(to);
        to.u64(self.epoch.into());
        self.sealed.write_fields(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(5)?;
        Ok(Self {
            group: ReaderGroup::new(MemberId::read(from)?, Group::read(from)?),
            epoch: from.u32()?,
            sealed: Sealed::read_fields(from)?,
        })
    }
}

/// `H("chopmark/sections/1", CBOR of the encapsulations)`.
pub(super) fn sections_digest(encapsulations: &[Encapsulation]) -> [u8; 32] {
    let mut writer = Writer::new();
    writer.list(encapsulations);
    labelled("chopmark/sections/1", &[&writer.into_bytes()])
}

/// A block that was read, or just written, and not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBlock {
    statement: Statement,
    records: Vec<Vec<u8>>,
    encapsulations: Vec<Encapsulation>,
}

/// The three parts, before the statement is read.
struct Parts {
    statement: Vec<u8>,
    records: Vec<Vec<u8>>,
    encapsulations: Vec<Encapsulation>,
}

impl Wire for Parts {
    fn write(&self, to: &mut Writer) {
        write_parts(to, &self.statement, &self.records, &self.encapsulations);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        let statement = from.bytes("statement", limits::BLOCK_BYTES)?.to_vec();
        let mut records = Vec::new();
        for _ in 0..from.array("records", limits::RECORDS)? {
            records.push(from.bytes("record", limits::BLOCK_BYTES)?.to_vec());
        }
        let encapsulations = from.list("encapsulations", limits::READER_GROUPS)?;
        Ok(Self {
            statement,
            records,
            encapsulations,
        })
    }
}

fn write_parts(
    to: &mut Writer,
    statement: &[u8],
    records: &[Vec<u8>],
    encapsulations: &[Encapsulation],
) {
    to.array(3);
    to.bytes(statement);
    to.array(records.len());
    for record in records {
        to.bytes(record);
    }
    to.list(encapsulations);
}

impl SignedBlock {
    pub(super) const fn assemble(
        statement: Statement,
        records: Vec<Vec<u8>>,
        encapsulations: Vec<Encapsulation>,
    ) -> Self {
        Self {
            statement,
            records,
            encapsulations,
        }
    }

    /// Reads a block; nothing of it is to be believed yet.
    ///
    /// # Errors
    /// [`BlockError`] if it is too large or not readable.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BlockError> {
        // Before anything is read: framing adds a few bytes for each record.
        let most = limits::BLOCK_BYTES + limits::ENCAPSULATIONS_BYTES + 16 + 5 * limits::RECORDS;
        if bytes.len() > most {
            return Err(BlockError::TooLarge { found: bytes.len() });
        }
        Self::from_parts(from_canonical(bytes)?)
    }

    fn from_parts(parts: Parts) -> Result<Self, BlockError> {
        let block = Self {
            statement: Statement::read(parts.statement)?,
            records: parts.records,
            encapsulations: parts.encapsulations,
        };
        let found = block.signed_bytes();
        if found > limits::BLOCK_BYTES {
            return Err(BlockError::TooLarge { found });
        }
        let found = block.encapsulations_bytes();
        if found > limits::ENCAPSULATIONS_BYTES {
            return Err(BlockError::EncapsulationsTooLarge { found });
        }
        Ok(block)
    }

    /// The block's bytes, as they are stored and sent.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write_into(&mut writer);
        writer.into_bytes()
    }

    /// Writes the block as part of a larger structure.
    pub(crate) fn write_into(&self, to: &mut Writer) {
        let statement = self.statement.as_bytes();
        write_parts(to, statement, &self.records, &self.encapsulations);
    }

    /// Reads a block as part of a larger structure; the caller compares encodings.
    pub(crate) fn read_from(from: &mut Reader<'_>) -> Result<Result<Self, BlockError>, CborError> {
        Ok(Self::from_parts(Parts::read(from)?))
    }

    /// What the limit on a block counts: statement and records.
    pub(super) fn signed_bytes(&self) -> usize {
        let records: usize = self.records.iter().map(Vec::len).sum();
        self.statement.as_bytes().len() + records
    }

    /// What the limit on encapsulations counts. They grow with the number of members and not with
    /// what is said, so that they have a limit of their own.
    pub(super) fn encapsulations_bytes(&self) -> usize {
        let encapsulations = self.encapsulations.iter();
        encapsulations
            .map(|encapsulation| to_bytes(encapsulation).len())
            .sum()
    }

    /// The block's id.
    #[must_use]
    pub const fn id(&self) -> BlockId {
        self.statement.id()
    }

    /// What the statement says, unverified.
    #[must_use]
    pub const fn header(&self) -> &BlockHeader {
        self.statement.header()
    }

    /// Checks everything that can be checked without the ledger.
    ///
    /// # Errors
    /// [`BlockError`] naming the first thing that is wrong.
    pub fn verify(self) -> Result<VerifiedBlock, BlockError> {
        // The signature comes first: strangers' bytes get no further.
        self.statement.verify()?;
        self.check_contents()
    }

    /// As [`Self::verify`], for one of many blocks: a device's key is read once.
    ///
    /// # Errors
    /// [`BlockError`] naming the first thing that is wrong.
    pub fn verify_with(self, keys: &mut KeyRing) -> Result<VerifiedBlock, BlockError> {
        self.statement.verify_with(keys)?;
        self.check_contents()
    }

    /// The same for a block whose id is known from a verified checkpoint or from an earlier
    /// verification: the id is the hash of the signed statement, so the signature adds nothing.
    ///
    /// # Errors
    /// [`BlockError`] naming the first thing that is wrong.
    pub fn verify_pinned(self, expected: BlockId) -> Result<VerifiedBlock, BlockError> {
        let found = self.id();
        if found != expected {
            return Err(BlockError::OtherBlock { expected, found });
        }
        self.check_contents()
    }

    fn check_contents(self) -> Result<VerifiedBlock, BlockError> {
        let header = *self.statement.header();
        if usize::from(header.record_count) != self.records.len() || self.records.is_empty() {
            return Err(BlockError::RecordCount {
                stated: header.record_count,
                found: self.records.len(),
            });
        }
        let leaves = self.records.iter().map(|record| leaf_hash(record));
        if Frontier::default().root_with(leaves) != header.records_root {
            return Err(BlockError::RecordsRoot);
        }
        let sorted = self.encapsulations.windows(2).all(|pair| match pair {
            [a, b] => a.group < b.group,
            _ => true,
        });
        if !sorted || sections_digest(&self.encapsulations) != header.sections_digest {
            return Err(BlockError::SectionsDigest);
        }
        let records = read_records(&header, &self.records)?;
        Ok(VerifiedBlock {
            block: self,
            records,
        })
    }
}

fn read_records(header: &BlockHeader, bytes: &[Vec<u8>]) -> Result<Vec<Record>, BlockError> {
    let mut records = Vec::new();
    let mut section_bytes = 0usize;
    for (index, bytes) in bytes.iter().enumerate() {
        let record =
            Record::from_bytes(bytes).map_err(|cause| BlockError::Record { index, cause })?;
        // A subject id has its owner in it: nobody puts one under another member.
        if !record.makes_own_subjects(&header.network(), &header.member()) {
            return Err(BlockError::Subjects { index });
        }
        for section in record.sections() {
            let length = usize::try_from(section.length()).unwrap_or(usize::MAX);
            section_bytes = section_bytes.saturating_add(length);
        }
        records.push(record);
    }
    if section_bytes > limits::SECTIONS_BYTES {
        return Err(BlockError::SectionsTooLarge {
            found: section_bytes,
        });
    }
    Ok(records)
}

/// A block whose signature, contents and limits have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBlock {
    block: SignedBlock,
    records: Vec<Record>,
}

impl VerifiedBlock {
    /// The block's id.
    #[must_use]
    pub const fn id(&self) -> BlockId {
        self.block.id()
    }

    /// What was signed.
    #[must_use]
    pub const fn header(&self) -> &BlockHeader {
        self.block.header()
    }

    /// The records.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The records with their names.
    pub fn located(&self) -> impl Iterator<Item = (RecordRef, &Record)> {
        let block = self.id();
        // A block has at most 512 records.
        (0u16..)
            .zip(&self.records)
            .map(move |(index, record)| (RecordRef { block, index }, record))
    }

    /// One record's bytes.
    #[must_use]
    pub fn record_bytes(&self, index: u16) -> Option<&[u8]> {
        let bytes = self.block.records.get(usize::from(index))?;
        Some(bytes)
    }

    /// One record's path to the records root.
    #[must_use]
    pub fn record_path(&self, index: u16) -> Option<Vec<TreeHash>> {
        MerkleTree::from_leaves(&self.block.records).path(index.into())
    }

    /// The key of the second, post-quantum signature, which holds; none without one. Whether it is
    /// the device's, its enrolment says.
    #[must_use]
    pub fn second_key(&self) -> Option<&MlDsa44Public> {
        self.block.statement.second_key()
    }

    /// The statement's bytes.
    #[must_use]
    pub fn statement(&self) -> &[u8] {
        self.block.statement.as_bytes()
    }

    /// The statement as it was read.
    pub(crate) const fn signed_statement(&self) -> &Statement {
        &self.block.statement
    }

    /// The audience secrets, sealed to reader groups.
    #[must_use]
    pub fn encapsulations(&self) -> &[Encapsulation] {
        &self.block.encapsulations
    }

    /// The block's bytes, as they are stored and sent.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.block.to_bytes()
    }

    /// The block as one that can be sent.
    #[must_use]
    pub const fn as_signed(&self) -> &SignedBlock {
        &self.block
    }
}
