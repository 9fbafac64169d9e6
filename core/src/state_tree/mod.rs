//! The state tree: one root for everything that rules read, and paths that prove what is in it
//! and what is not (format, section 7).
//!
//! A binary tree over keys of 256 bits in which every inner node has two children: it names the
//! first bit in which the keys below it differ. So its shape follows from the keys alone, however
//! they came and went, and a ledger of a million entries has paths of about twenty hashes.

mod inbox;
mod leaves;
mod path;
mod weave;

pub use inbox::InboxPath;
pub use leaves::StateEntry;
pub use path::{StatePath, StatePathError};

pub(crate) use leaves::{changed_leaves, entry_bytes, leaves_of};
pub(crate) use weave::Update;

use crate::hash::labelled;

/// Where an entry stands in the tree.
pub(crate) type Key = [u8; 32];
/// The hash of a value, a leaf, or a node.
pub(crate) type Hash = [u8; 32];

/// The root of a tree without leaves.
const EMPTY: Hash = [0; 32];
/// Bits of a key.
const KEY_BITS: u16 = 256;

/// A leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leaf {
    key: Key,
    /// Hash of the entry's bytes.
    value: Hash,
}

impl Leaf {
    fn hash(&self) -> Hash {
        labelled("chopmark/leaf/1", &[&self.key, &self.value])
    }
}

/// A node with two children.
#[derive(Clone, Copy, Debug)]
struct Inner {
    hash: Hash,
    left: Link,
    right: Link,
    /// The first bit in which the keys below differ: 0 goes left.
    bit: u8,
}

/// A node's place: of a leaf the even numbers, of an inner node the odd ones. Two billion of each
/// would take 200 GB, so the numbers do not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Link(u32);

/// What a link leads to.
enum Place {
    Leaf(usize),
    Inner(usize),
}

impl Link {
    fn leaf(place: usize) -> Self {
        Self(u32::try_from(place << 1).unwrap_or(u32::MAX))
    }

    fn inner(place: usize) -> Self {
        Self(u32::try_from(place << 1 | 1).unwrap_or(u32::MAX))
    }

    fn place(self) -> Place {
        // usize has at least 32 bits on every platform that we build for.
        let place = usize::try_from(self.0 >> 1).unwrap_or(usize::MAX);
        if self.0 & 1 == 0 {
            Place::Leaf(place)
        } else {
            Place::Inner(place)
        }
    }
}

/// The tree, with nodes in two lists instead of boxes: a million entries take 110 MB.
#[derive(Clone, Debug, Default)]
pub(crate) struct StateTree {
    leaves: Arena<Leaf>,
    inners: Arena<Inner>,
    root: Option<Link>,
}

/// Nodes, and the places among them that are free.
#[derive(Clone, Debug)]
struct Arena<T> {
    nodes: Vec<T>,
    free: Vec<usize>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl StateTree {
    /// The root hash.
    pub(crate) fn root(&self) -> Hash {
        self.root.map_or(EMPTY, |root| self.hash(root))
    }

    /// The hash that a link stands for; leaves keep theirs in their two parts.
    fn hash(&self, link: Link) -> Hash {
        match link.place() {
            Place::Leaf(place) => self.leaves.nodes.get(place).map_or(EMPTY, Leaf::hash),
            Place::Inner(place) => self.inners.nodes.get(place).map_or(EMPTY, |node| node.hash),
        }
    }
}

/// One bit of a key, from the left.
fn bit(key: &Key, at: u8) -> Side {
    let byte = key.get(usize::from(at / 8)).copied().unwrap_or_default();
    if byte >> (7 - at % 8) & 1 == 0 {
        Side::Left
    } else {
        Side::Right
    }
}

/// Which child a key is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// The first bit in which two keys differ; none when they are the same.
fn first_difference(one: &Key, other: &Key) -> Option<u8> {
    let differ = |(a, b): (&u8, &u8)| a ^ b;
    let mut bytes = one.iter().zip(other).map(differ).zip(0u8..);
    let (differing, place) = bytes.find(|(byte, _)| *byte != 0)?;
    let within = u8::try_from(differing.leading_zeros()).unwrap_or_default();
    Some(place * 8 + within)
}

fn node_hash(bit: u8, left: &Hash, right: &Hash) -> Hash {
    labelled("chopmark/node/1", &[&[bit], left, right])
}

/// The hash of an entry's bytes.
pub(crate) fn value_hash(bytes: &[u8]) -> Hash {
    labelled("chopmark/entry/1", &[bytes])
}

#[cfg(test)]
mod tests;
