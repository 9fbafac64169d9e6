//! Paths from the root to an entry, or to where it would be.

use thiserror::Error;

use super::{
    Hash, KEY_BITS, Key, Leaf, Link, Place, Side, StateEntry, StateTree, bit, node_hash, value_hash,
};
use crate::Digest32;
use crate::cbor::{self, CborError, Reader, Wire, Writer};

/// Bytes of a hash or key.
const HASH_BYTES: usize = 32;
/// Siblings of the longest path: one for every bit of a key.
const SIBLINGS_BYTES: usize = 256 * HASH_BYTES;

/// Why a path proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatePathError {
    /// Not a path's bytes.
    #[error("not a path: {0}")]
    Malformed(#[from] CborError),
    /// It leads to another root.
    #[error("the path leads to another root")]
    Root,
    /// It proves that the entry is there, and absence was asked for.
    #[error("the path is of an entry that is there")]
    Present,
    /// It proves that the entry is not there, and its value was asked for.
    #[error("the path is of an entry that is not there")]
    Absent,
    /// It leads past the place where the entry would be.
    #[error("the path leads elsewhere")]
    Elsewhere,
    /// What is in an inbox's path is not an offer to its member.
    #[error("the path of an inbox has something else in it")]
    NotAnOffer,
    /// An inbox's entries are sorted by key, each there once.
    #[error("the offers of an inbox are not in their order")]
    Order,
}

/// Siblings from the root down, each with the bit in which it parts from the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    /// Which bits of the key part the path from something else, one bit each.
    bits: Key,
    siblings: Vec<Hash>,
}

impl Steps {
    fn none() -> Self {
        Self {
            bits: [0; HASH_BYTES],
            siblings: Vec::new(),
        }
    }

    fn push(&mut self, at: u8, sibling: Hash) {
        if let Some(byte) = self.bits.get_mut(usize::from(at / 8)) {
            *byte |= 0x80 >> (at % 8);
        }
        self.siblings.push(sibling);
    }

    /// The bits in which it parts, from the root down.
    pub(super) fn places(&self) -> impl DoubleEndedIterator<Item = u8> {
        (0..=u8::MAX).filter(|at| bit(&self.bits, *at) == Side::Right)
    }

    /// The root above a node that stands where this key leads.
    fn root(&self, key: &Key, node: Hash) -> Hash {
        let steps = self.places().rev().zip(self.siblings.iter().rev());
        steps.fold(node, |node, (at, sibling)| match bit(key, at) {
            Side::Left => node_hash(at, &node, sibling),
            Side::Right => node_hash(at, sibling, &node),
        })
    }

    /// Whether two keys take the same turns.
    pub(super) fn check_way(&self, one: &Key, other: &Key) -> Result<(), StatePathError> {
        if self.places().all(|at| bit(one, at) == bit(other, at)) {
            Ok(())
        } else {
            Err(StatePathError::Elsewhere)
        }
    }

    pub(super) fn check(
        &self,
        key: &Key,
        node: Hash,
        root: &Digest32,
    ) -> Result<(), StatePathError> {
        if self.root(key, node) == *root.as_bytes() {
            Ok(())
        } else {
            Err(StatePathError::Root)
        }
    }

    pub(super) fn write_fields(&self, to: &mut Writer) {
        to.bytes(&self.bits);
        to.bytes(self.siblings.as_flattened());
    }

    pub(super) fn read_fields(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let bits: Key = from.array_of_bytes()?;
        let (siblings, rest) = from.bytes("siblings", SIBLINGS_BYTES)?.as_chunks();
        let steps = Self {
            bits,
            siblings: siblings.to_vec(),
        };
        if rest.is_empty() && steps.places().count() == steps.siblings.len() {
            Ok(steps)
        } else {
            Err(CborError::Value { what: "siblings" })
        }
    }
}

/// Proves what stands in the state under an entry's name, or that nothing does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePath {
    steps: Steps,
    /// Where the entry is not there: the leaf where a search for it ends.
    other: Option<Leaf>,
}

impl StatePath {
    /// Reads a path.
    ///
    /// # Errors
    /// `Malformed` for anything else than a path's one spelling.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StatePathError> {
        Ok(cbor::from_canonical(bytes)?)
    }

    /// Its bytes (format, section 7).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Checks that the state with this root has these bytes for the entry, or, without bytes, that
    /// it has none.
    ///
    /// # Errors
    /// Says what the path proves instead; see [`StatePathError`].
    pub fn verify(
        &self,
        root: &Digest32,
        entry: &StateEntry,
        value: Option<&[u8]>,
    ) -> Result<(), StatePathError> {
        let key = entry.key();
        let end = match (self.other, value) {
            (None, Some(bytes)) => Leaf {
                key,
                value: value_hash(bytes),
            },
            (None, None) => return Err(StatePathError::Present),
            (Some(_), Some(_)) => return Err(StatePathError::Absent),
            (Some(leaf), None) if leaf.key == key => return Err(StatePathError::Present),
            (Some(leaf), None) => self.steps.check_way(&leaf.key, &key).map(|()| leaf)?,
        };
        self.steps.check(&end.key, end.hash(), root)
    }
}

impl Wire for StatePath {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.steps.write_fields(to);
        to.option(self.other.as_ref(), |to, leaf| leaf.write(to));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            steps: Steps::read_fields(from)?,
            other: from.option(Leaf::read)?,
        })
    }
}

impl Wire for Leaf {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.bytes(&self.key);
        to.bytes(&self.value);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            key: from.array_of_bytes()?,
            value: from.array_of_bytes()?,
        })
    }
}

impl StateTree {
    /// The path of an entry, there or not.
    pub(crate) fn path(&self, entry: &StateEntry) -> StatePath {
        let key = entry.key();
        let (steps, end) = self.descend(&key, KEY_BITS);
        let other = end
            .and_then(|end| self.leaf(end))
            .filter(|leaf| leaf.key != key);
        StatePath { steps, other }
    }

    pub(super) fn leaf(&self, link: Link) -> Option<Leaf> {
        match link.place() {
            Place::Leaf(place) => self.leaves.nodes.get(place).copied(),
            Place::Inner(_) => None,
        }
    }

    /// Goes down by a key, through nodes that part below this bit.
    pub(super) fn descend(&self, key: &Key, below: u16) -> (Steps, Option<Link>) {
        let mut steps = Steps::none();
        let mut at = self.root;
        while let Some(link) = at {
            let Place::Inner(place) = link.place() else {
                break;
            };
            let node = self.inners.nodes.get(place);
            let Some(node) = node.filter(|node| u16::from(node.bit) < below) else {
                break;
            };
            let (next, sibling) = match bit(key, node.bit) {
                Side::Left => (node.left, node.right),
                Side::Right => (node.right, node.left),
            };
            steps.push(node.bit, self.hash(sibling));
            at = Some(next);
        }
        (steps, at)
    }
}
