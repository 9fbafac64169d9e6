//! A tree of which only the right edge is kept.

use sha2::{Digest as _, Sha256};

use super::{TreeHash, node_hash};

/// The right edge of a tree that only grows: at most 64 hashes, and enough for its root and for
/// what it becomes. Whoever wants paths keeps its leaves elsewhere, see
/// [`path_through`](super::path_through).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The roots of the complete subtrees, from the left: one for each bit that is set in the size.
    edge: Vec<TreeHash>,
}

impl Frontier {
    /// The frontier of a tree of this size; `None` when it would have another number of subtrees.
    #[must_use]
    pub fn new(size: u64, edge: Vec<TreeHash>) -> Option<Self> {
        let subtrees = usize::try_from(size.count_ones());
        (subtrees == Ok(edge.len())).then_some(Self { size, edge })
    }

    /// Appends a leaf's hash.
    pub fn push(&mut self, leaf: TreeHash) {
        let mut hash = leaf;
        // Each subtree at the end that is as large as what came is complete with it.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of its complete subtrees, from the left.
    #[must_use]
    pub fn edge(&self) -> &[TreeHash] {
        &self.edge
    }

    /// The root; of an empty tree the hash of nothing.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let mut nodes = self.edge.iter().rev().copied();
        match nodes.next() {
            Some(right) => nodes.fold(right, |right, left| node_hash(&left, &right)),
            None => Sha256::digest([]).into(),
        }
    }

    /// The root that the tree would have with these leaf hashes at its end.
    pub(crate) fn root_with(&self, more: impl IntoIterator<Item = TreeHash>) -> TreeHash {
        let mut grown = self.clone();
        for leaf in more {
            grown.push(leaf);
        }
        grown.root()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{MerkleTree, leaf_hash};

    #[test]
    fn has_the_root_of_the_whole_tree_at_every_size() {
        let leaves: Vec<_> = (0..70u8).map(|n| leaf_hash(&[n])).collect();
        let whole = MerkleTree::from_leaf_hashes(leaves.iter().copied());
        let mut grown = Frontier::default();
        for n in 0..leaves.len() {
            let part = MerkleTree::from_leaf_hashes(leaves[..n].iter().copied());
            assert_eq!((grown.size(), grown.root()), (part.size(), part.root()));
            assert_eq!(grown.root_with(leaves[n..].iter().copied()), whole.root());
            let again = Frontier::new(grown.size(), grown.edge().to_vec());
            assert_eq!(again.as_ref(), Some(&grown));
            assert_eq!(Frontier::new(grown.size(), vec![[0; 32]; 9]), None);
            grown.push(leaves[n]);
        }
    }
}
