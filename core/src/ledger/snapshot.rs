//! A ledger as bytes, for a start without replaying the log.

use thiserror::Error;

use super::Ledger;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::merkle::MerkleTree;
use crate::state::{Logged, State, StateView};
use crate::state_tree::{StateTree, leaves_of};
use crate::{BlockId, Genesis, MemberId, NetworkId};

/// Why a snapshot cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Not a snapshot, or a damaged one.
    #[error("the snapshot is damaged: {0}")]
    Damaged(#[from] CborError),
    /// Of another network.
    #[error("the snapshot is of network {found}")]
    WrongNetwork {
        /// The network it was taken of.
        found: NetworkId,
    },
}

/// A block in the log: its id, its leaf, its count of records and who wrote it.
struct Entry {
    block: BlockId,
    leaf: [u8; 32],
    records: u16,
    member: MemberId,
}

impl Wire for Entry {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        self.block.write(to);
        to.bytes(&self.leaf);
        to.u64(self.records.into());
        self.member.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        Ok(Self {
            block: Wire::read(from)?,
            leaf: from.array_of_bytes()?,
            records: from.u16()?,
            member: Wire::read(from)?,
        })
    }
}

impl Ledger {
    /// The whole ledger as bytes: network, state, and the log's entries in order.
    #[must_use]
    pub fn snapshot_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write_snapshot(&mut writer);
        writer.into_bytes()
    }

    /// The same bytes, given away in parts of about a megabyte: of a large ledger they would take
    /// as much memory as half its state.
    pub fn snapshot_in_parts(&self, taker: impl FnMut(Vec<u8>) + 'static) {
        let mut writer = Writer::in_parts(taker);
        self.write_snapshot(&mut writer);
        writer.end_parts();
    }

    fn write_snapshot(&self, writer: &mut Writer) {
        let mut blocks: Vec<_> = self.state.logged.iter().collect();
        blocks.sort_unstable_by_key(|(_, logged)| logged.index);
        let entries =
            blocks
                .into_iter()
                .zip(self.log.leaf_hashes())
                .map(|((block, logged), leaf)| Entry {
                    block: *block,
                    leaf: *leaf,
                    records: logged.records,
                    member: logged.member,
                });
        writer.array(4);
        writer.u64(1);
        self.state.network().write(writer);
        self.state.write(writer);
        writer.array(self.log.leaf_hashes().len());
        for entry in entries {
            entry.write(writer);
            writer.part();
        }
    }

    /// Reads a snapshot back. It is trusted: it comes from this replica's own encrypted store.
    ///
    /// # Errors
    /// `Damaged` for bytes that are not a snapshot, `WrongNetwork` for another network's.
    pub fn from_snapshot(genesis: &Genesis, bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut reader = Reader::new(bytes);
        reader.array_exactly(4)?;
        reader.version()?;
        let network = NetworkId::read(&mut reader)?;
        if network != genesis.id() {
            return Err(SnapshotError::WrongNetwork { found: network });
        }
        let mut state = State::read(genesis, &mut reader)?;
        let entries: Vec<Entry> = Wire::read(&mut reader)?;
        reader.end()?;
        let mut log = MerkleTree::default();
        let mut logged = Vec::with_capacity(entries.len());
        for (index, entry) in (0..).zip(entries) {
            log.push(entry.leaf);
            let place = Logged {
                index,
                records: entry.records,
                member: entry.member,
            };
            logged.push((entry.block, place));
        }
        logged.sort_unstable_by_key(|(block, _)| *block);
        state.logged = logged.into_iter().collect();
        Ok(Self {
            tree: StateTree::of(leaves_of(&state)),
            state,
            log,
        })
    }
}
