//! The proof's bytes.

use super::{ProofError, StateExtract};
use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::checkpoint::SignedHeader;
use crate::merkle::TreeHash;
use crate::roster_chain::RosterChain;
use crate::{CodeHash, Statement, limits};

/// The first version held whole statements.
const VERSION: u64 = 2;
/// A block with one record has no path, one of 512 a path of nine.
const PATH_NODES: usize = 9;
/// Blocks of one proof: each statement has more than 200 bytes.
const STATEMENTS: usize = limits::BUNDLE_BYTES / 200;

/// What the ledger knows about one code, as it came: nothing in it is believed before
/// [`SubjectProof::verify`] says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectProof {
    /// For who knows no more of the network than its id.
    pub(super) genesis: Option<Vec<u8>>,
    pub(super) code: CodeHash,
    pub(super) as_of: SignedHeader,
    pub(super) roster: RosterChain,
    pub(super) extract: StateExtract,
    pub(super) statements: Vec<Statement>,
    pub(super) shown: Vec<Disclosed>,
}

/// A record that a proof shows, with its place in its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// Its block's place among the proof's statements.
    pub(super) statement: u64,
    pub(super) index: u16,
    pub(super) record: Vec<u8>,
    pub(super) path: Vec<TreeHash>,
}

impl SubjectProof {
    /// The code's hash.
    #[must_use]
    pub fn code_hash(&self) -> &CodeHash {
        &self.code
    }

    /// The bytes of the genesis that came with it, if one did; believed only when its id is the
    /// one that the verifier knows.
    #[must_use]
    pub fn genesis(&self) -> Option<&[u8]> {
        self.genesis.as_deref()
    }

    /// The same without the genesis, for whoever has it.
    #[must_use]
    pub fn without_genesis(self) -> Self {
        Self {
            genesis: None,
            ..self
        }
    }

    /// The proof's bytes.
    ///
    /// # Errors
    /// `TooLarge` when nobody would load it.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProofError> {
        let bytes = cbor::to_bytes(self);
        match bytes.len() {
            0..=limits::BUNDLE_BYTES => Ok(bytes),
            bytes => Err(ProofError::TooLarge { bytes }),
        }
    }

    /// Reads a proof; nothing about it is checked but its shape.
    ///
    /// # Errors
    /// `TooLarge` or `Malformed`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > limits::BUNDLE_BYTES {
            return Err(ProofError::TooLarge { bytes: bytes.len() });
        }
        Ok(cbor::from_canonical(bytes)?)
    }
}

impl Wire for SubjectProof {
    fn write(&self, to: &mut Writer) {
        to.array(9);
        to.u64(VERSION);
        to.option(self.genesis.as_ref(), |to, genesis| to.bytes(genesis));
        self.code.write(to);
        self.as_of.write_fields(to);
        self.roster.write(to);
        self.extract.write(to);
        to.array(self.statements.len());
        for statement in &self.statements {
            statement.write_brief(to);
        }
        to.list(&self.shown);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(9)?;
        from.version_of(VERSION)?;
        let genesis = from.option(|from| {
            let bytes = from.bytes("genesis", limits::GENESIS_BYTES);
            bytes.map(<[u8]>::to_vec)
        })?;
        let code = Wire::read(from)?;
        let as_of = SignedHeader::read_fields(from)?;
        let network = as_of.header().network();
        Ok(Self {
            genesis,
            code,
            as_of,
            roster: Wire::read(from)?,
            extract: Wire::read(from)?,
            statements: {
                let mut statements = Vec::new();
                for _ in 0..from.array("statements", STATEMENTS)? {
                    statements.push(Statement::read_brief(from, network)?);
                }
                statements
            },
            shown: from.list("records", STATEMENTS)?,
        })
    }
}

impl Wire for Disclosed {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        to.u64(self.statement);
        to.u64(self.index.into());
        to.bytes(&self.record);
        to.bytes(self.path.as_flattened());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        let (statement, index) = (from.u64()?, from.u16()?);
        let record = from.bytes("record", limits::BLOCK_BYTES)?.to_vec();
        let (path, rest) = from.bytes("path", PATH_NODES * 32)?.as_chunks();
        if rest.is_empty() {
            Ok(Self {
                statement,
                index,
                record,
                path: path.to_vec(),
            })
        } else {
            Err(CborError::Value { what: "path" })
        }
    }
}
