//! What a session passes on: items, or their names alone (format, section 10).

use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::checkpoint::Checkpoint;
use crate::{BlockId, DeviceId, SectionHash, SignedBlock, limits};

const BLOCK: u64 = 0;
const SECTION: u64 = 1;
const CHECKPOINT: u64 = 2;
const NAMED: u64 = 3;

/// What a replica passes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// A block with its records, signature not checked yet.
    Block(Box<SignedBlock>),
    /// A section's ciphertext, under the hash that a record names.
    Section(SectionHash, Vec<u8>),
    /// A checkpoint, cosignatures not checked yet.
    Checkpoint(Box<Checkpoint>),
    /// The name alone of something that the sender has from this peer, which sends it to everyone
    /// that it talks with. Whoever does not get it from there asks for it.
    Named(ItemName, DeviceId),
}

/// By what an item is known wherever it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemName {
    /// A block.
    Block(BlockId),
    /// A section.
    Section(SectionHash),
}

/// An item with the number under which it arrived at its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedItem {
    /// The sender's number.
    pub number: u64,
    /// The item.
    pub item: Item,
}

/// An item as it stands in a frame. One that is stored is not read for being sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedItem {
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
}

impl EncodedItem {
    /// A block from its bytes.
    #[must_use]
    pub fn block(number: u64, block: &[u8]) -> Self {
        Self::of(number, BLOCK, 3, |_| (), block)
    }

    /// A section from its ciphertext.
    #[must_use]
    pub fn section(number: u64, hash: SectionHash, ciphertext: &[u8]) -> Self {
        let head = |to: &mut Writer| {
            hash.write(to);
            to.bytes(ciphertext);
        };
        Self::of(number, SECTION, 4, head, &[])
    }

    /// A checkpoint from its bytes.
    #[must_use]
    pub fn checkpoint(number: u64, checkpoint: &[u8]) -> Self {
        Self::of(number, CHECKPOINT, 3, |_| (), checkpoint)
    }

    /// The name of something that came from `from`.
    #[must_use]
    pub fn named(number: u64, name: ItemName, from: DeviceId) -> Self {
        let item = Item::Named(name, from);
        Self::from(&NumberedItem { number, item })
    }

    /// The sender's number.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Its bytes, as they stand in a frame.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn of(
        number: u64,
        kind: u64,
        fields: usize,
        write: impl FnOnce(&mut Writer),
        rest: &[u8],
    ) -> Self {
        let mut writer = Writer::new();
        writer.array(fields);
        writer.u64(kind);
        writer.u64(number);
        write(&mut writer);
        let mut bytes = writer.into_bytes();
        bytes.extend_from_slice(rest);
        Self { number, bytes }
    }
}

impl From<&NumberedItem> for EncodedItem {
    fn from(item: &NumberedItem) -> Self {
        Self {
            number: item.number,
            bytes: item.to_bytes(),
        }
    }
}

impl NumberedItem {
    /// Its bytes, as they stand in a frame.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Reads an item that came by itself; nothing in it is checked but its shape.
    ///
    /// # Errors
    /// [`CborError`] for anything else than an item's one spelling.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::from_canonical(bytes)
    }
}

impl Wire for NumberedItem {
    fn write(&self, to: &mut Writer) {
        let mut head = |fields, kind| {
            to.array(fields);
            to.u64(kind);
            to.u64(self.number);
        };
        match &self.item {
            Item::Block(block) => {
                head(3, BLOCK);
                block.write_into(to);
            }
            Item::Section(hash, bytes) => {
                head(4, SECTION);
                hash.write(to);
                to.bytes(bytes);
            }
            Item::Checkpoint(checkpoint) => {
                head(3, CHECKPOINT);
                checkpoint.write(to);
            }
            Item::Named(name, from) => {
                head(5, NAMED);
                match name {
                    ItemName::Block(id) => {
                        to.u64(BLOCK);
                        id.write(to);
                    }
                    ItemName::Section(hash) => {
                        to.u64(SECTION);
                        hash.write(to);
                    }
                }
                from.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let len = from.array("item", 5)?;
        let kind = from.u64()?;
        let number = from.u64()?;
        let item = match (kind, len) {
            (BLOCK, 3) => {
                let block = SignedBlock::read_from(from)?;
                let block = block.map_err(|_| CborError::Value { what: "block" })?;
                Item::Block(Box::new(block))
            }
            (SECTION, 4) => Item::Section(
                Wire::read(from)?,
                from.bytes("section", limits::SECTION_BYTES)?.to_vec(),
            ),
            (CHECKPOINT, 3) => Item::Checkpoint(Box::new(Wire::read(from)?)),
            (NAMED, 5) => {
                let name = match from.u64()? {
                    BLOCK => ItemName::Block(Wire::read(from)?),
                    SECTION => ItemName::Section(Wire::read(from)?),
                    _ => return Err(CborError::Value { what: "name" }),
                };
                Item::Named(name, Wire::read(from)?)
            }
            _ => return Err(CborError::Value { what: "item" }),
        };
        Ok(Self { number, item })
    }
}
