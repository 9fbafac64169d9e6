//! Blocks: the signed unit that one device writes (format, section 4).
//!
//! `UnsignedBlock → SignedBlock → VerifiedBlock`: a verified block can only come out of
//! verification.

mod build;
mod open;
mod signed;
mod statement;

use crate::{
    cbor::{self, CborError, Wire, Writer},
    ids::{BlockId, DeviceId, HeaderHash, Height, MemberId, NetworkId, Seq, TimeMs},
};

pub use build::{BuildError, BuiltBlock, SealedSection, UnsignedBlock};
pub use open::{BlockOpener, OpenError, Opener, SectionPlace, open_label};
pub use signed::{BlockError, Encapsulation, SignedBlock, VerifiedBlock};
pub use statement::{Statement, StatementError};

/// Who wrote a block, where it stands, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The network.
    pub network: NetworkId,
    /// The device's member.
    pub member: MemberId,
    /// The device.
    pub device: DeviceId,
    /// The block's place in the device's feed.
    pub seq: Seq,
    /// The block before it; `None` for the first.
    pub prev: Option<BlockId>,
    /// The newest checkpoint that the device knew.
    pub anchor: Option<(Height, HeaderHash)>,
    /// The device's clock.
    pub clock: TimeMs,
}

/// What a statement signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockHeader {
    position: Position,
    record_count: u16,
    records_root: [u8; 32],
    sections_digest: [u8; 32],
}

impl BlockHeader {
    /// The network.
    #[must_use]
    pub const fn network(&self) -> NetworkId {
        self.position.network
    }

    /// The member that the device writes for, as it claims.
    #[must_use]
    pub const fn member(&self) -> MemberId {
        self.position.member
    }

    /// The device that signed.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.position.device
    }

    /// The block's place in the device's feed.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.position.seq
    }

    /// The block before it.
    #[must_use]
    pub const fn prev(&self) -> Option<BlockId> {
        self.position.prev
    }

    /// The newest checkpoint that the device knew.
    #[must_use]
    pub const fn anchor(&self) -> Option<(Height, HeaderHash)> {
        self.position.anchor
    }

    /// The device's clock, a claim.
    #[must_use]
    pub const fn clock(&self) -> TimeMs {
        self.position.clock
    }

    /// How many records there are.
    #[must_use]
    pub const fn record_count(&self) -> u16 {
        self.record_count
    }

    /// The root of the tree over the records.
    #[must_use]
    pub const fn records_root(&self) -> &[u8; 32] {
        &self.records_root
    }
}

/// The statement's payload; the member stands in the protected header.
struct Payload {
    network: NetworkId,
    seq: Seq,
    prev: Option<BlockId>,
    anchor: Option<(Height, HeaderHash)>,
    clock: TimeMs,
    record_count: u16,
    records_root: [u8; 32],
    sections_digest: [u8; 32],
}

impl Wire for Payload {
    fn write(&self, to: &mut Writer) {
        to.array(9);
        to.u64(1);
        self.network.write(to);
        self.write_rest(to);
    }

    fn read(from: &mut cbor::Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(9)?;
        from.version()?;
        let network = NetworkId::read(from)?;
        Self::read_rest(from, network)
    }
}

impl Payload {
    /// All but the network.
    fn write_rest(&self, to: &mut Writer) {
        self.seq.write(to);
        to.option(self.prev.as_ref(), |to, id| id.write(to));
        to.option(self.anchor.as_ref(), |to, (height, hash)| {
            to.array(2);
            height.write(to);
            hash.write(to);
        });
        self.clock.write(to);
        to.u64(self.record_count.into());
        to.bytes(&self.records_root);
        to.bytes(&self.sections_digest);
    }

    fn read_rest(from: &mut cbor::Reader<'_>, network: NetworkId) -> Result<Self, CborError> {
        Ok(Self {
            network,
            seq: Seq::read(from)?,
            prev: from.option(BlockId::read)?,
            anchor: from.option(|from| {
                from.array_exactly(2)?;
                Ok((Height::read(from)?, HeaderHash::read(from)?))
            })?,
            clock: TimeMs::read(from)?,
            record_count: from.u16()?,
            records_root: from.array_of_bytes()?,
            sections_digest: from.array_of_bytes()?,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests;
