//! A ledger as bytes, for a start without replaying the log.

use thiserror::Error;

use super::Ledger;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::merkle::{Frontier, TreeHash};
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

/// The first version also held the log's leaves.
const VERSION: u64 = 2;
/// Of a log of any size: one subtree for each bit of it.
const EDGE: usize = 64;

/// A block in the log: its id, its count of records and who wrote it.
struct Entry {
    block: BlockId,
    records: u16,
    member: MemberId,
}

impl Wire for Entry {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.block.write(to);
        to.u64(self.records.into());
        self.member.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            block: Wire::read(from)?,
            records: from.u16()?,
            member: Wire::read(from)?,
        })
    }
}

impl Ledger {
    /// The whole ledger as bytes: network, state, the log's frontier, and its entries in order.
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
        let entries = blocks.into_iter().map(|(block, logged)| Entry {
            block: *block,
            records: logged.records,
            member: logged.member,
        });
        writer.array(5);
        writer.u64(VERSION);
        self.state.network().write(writer);
        self.state.write(writer);
        writer.array(self.log.edge().len());
        for node in self.log.edge() {
            writer.bytes(node);
        }
        writer.array(entries.len());
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
        reader.array_exactly(5)?;
        match reader.u64()? {
            VERSION => {}
            found => return Err(CborError::Version { found }.into()),
        }
        let network = NetworkId::read(&mut reader)?;
        if network != genesis.id() {
            return Err(SnapshotError::WrongNetwork { found: network });
        }
        let mut state = State::read(genesis, &mut reader)?;
        let mut edge: Vec<TreeHash> = Vec::new();
        for _ in 0..reader.array("frontier", EDGE)? {
            edge.push(reader.array_of_bytes()?);
        }
        let entries: Vec<Entry> = Wire::read(&mut reader)?;
        reader.end()?;
        let size = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let wrong = CborError::Value { what: "frontier" };
        let log = Frontier::new(size, edge).ok_or(wrong)?;
        let mut logged = Vec::with_capacity(entries.len());
        for (index, entry) in (0..).zip(entries) {
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
