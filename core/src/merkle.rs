//! The Merkle tree of RFC 9162, section 2.1, over SHA-256.
//!
//! Written out because the log keeps leaf hashes and not leaves, and because proofs come from
//! strangers; the tests compare it with the `ct-merkle` crate.

mod frontier;

use sha2::{Digest, Sha256};

pub use frontier::Frontier;

/// A node or leaf of a tree.
pub type TreeHash = [u8; 32];

/// The hash of a leaf's bytes.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> TreeHash {
    Sha256::new()
        .chain_update([0])
        .chain_update(leaf)
        .finalize()
        .into()
}

fn node_hash(left: &TreeHash, right: &TreeHash) -> TreeHash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// A tree that only grows: gives the root and any leaf's path at its present size.
///
/// Holds 64 bytes a leaf; appending costs two hashes on average, a root or path 2 log n. For trees
/// of what is at hand; of the log only a [`Frontier`] is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MerkleTree {
    /// `levels[k]` has the hash of every complete subtree of 2^k leaves, from the left.
    levels: Vec<Vec<TreeHash>>,
}

impl MerkleTree {
    /// The tree over these leaf hashes.
    pub fn from_leaf_hashes(leaves: impl IntoIterator<Item = TreeHash>) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.push(leaf);
        }
        tree
    }

    /// The tree over these leaves.
    pub fn from_leaves<T: AsRef<[u8]>>(leaves: impl IntoIterator<Item = T>) -> Self {
        Self::from_leaf_hashes(leaves.into_iter().map(|leaf| leaf_hash(leaf.as_ref())))
    }

    /// Appends a leaf's hash.
    pub fn push(&mut self, leaf: TreeHash) {
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(nodes) = self.levels.get_mut(level) else {
                return;
            };
            nodes.push(hash);
            // A pair is complete: its parent goes one level up.
            match nodes.as_slice() {
                [.., left, right] if nodes.len() % 2 == 0 => hash = node_hash(left, right),
                _ => return,
            }
        }
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        let leaves = self.levels.first().map_or(0, Vec::len);
        u64::try_from(leaves).unwrap_or(u64::MAX)
    }

    /// The leaf hashes, in order.
    #[must_use]
    pub fn leaf_hashes(&self) -> &[TreeHash] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// The root; of an empty tree the hash of nothing.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        if self.size() == 0 {
            return Sha256::digest([]).into();
        }
        range(0, self.size(), &mut |level, place| self.node(level, place)).unwrap_or_default()
    }

    /// The inclusion path of a leaf, from its sibling up; `None` beyond the end.
    #[must_use]
    pub fn path(&self, index: u64) -> Option<Vec<TreeHash>> {
        self.path_at(index, self.size())
    }

    /// The inclusion path that a leaf had when the tree had `size` leaves.
    #[must_use]
    pub fn path_at(&self, index: u64, size: u64) -> Option<Vec<TreeHash>> {
        if size > self.size() {
            return None;
        }
        path_through(index, size, &mut |level, place| self.node(level, place))
    }

    /// The roots of the complete subtrees of 2^k leaves, from the left, for each k from 0: what
    /// [`path_through`] needs, for a tree that is kept elsewhere.
    #[must_use]
    pub fn levels(&self) -> &[Vec<TreeHash>] {
        &self.levels
    }

    fn node(&self, level: u32, place: u64) -> Option<TreeHash> {
        let level = self.levels.get(usize::try_from(level).ok()?)?;
        level.get(usize::try_from(place).ok()?).copied()
    }
}

/// The inclusion path of a leaf in a tree of `size` leaves, whose complete subtrees `node` knows:
/// of 2^level leaves, the one at this place. `None` beyond the end, or when `node` gives none.
pub fn path_through(
    index: u64,
    size: u64,
    node: &mut dyn FnMut(u32, u64) -> Option<TreeHash>,
) -> Option<Vec<TreeHash>> {
    if index >= size {
        return None;
    }
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range(middle, to, node)?);
            to = middle;
        } else {
            path.push(range(from, middle, node)?);
            from = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The hash of the subtree over leaves `from..to`, as RFC 9162 cuts them.
fn range(
    from: u64,
    to: u64,
    node: &mut dyn FnMut(u32, u64) -> Option<TreeHash>,
) -> Option<TreeHash> {
    let length = to.checked_sub(from)?;
    if length.is_power_of_two() {
        let level = length.trailing_zeros();
        return node(level, from >> level);
    }
    // Recursion is as deep as the tree: at most 64.
    let middle = from + split(length);
    Some(node_hash(
        &range(from, middle, node)?,
        &range(middle, to, node)?,
    ))
}

/// The largest power of two below `length`; callers have at least two leaves.
fn split(length: u64) -> u64 {
    1 << (length.saturating_sub(1)).checked_ilog2().unwrap_or(0)
}

/// The root that a path leads to (RFC 9162, 2.1.3.2), to be compared with one that is trusted;
/// `None` if index, size and path do not fit together.
#[must_use]
pub fn root_from_path(
    leaf: &TreeHash,
    index: u64,
    size: u64,
    path: &[TreeHash],
) -> Option<TreeHash> {
    if index >= size {
        return None;
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return None;
        }
        if place % 2 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            // At the right edge whole levels have no sibling.
            while place % 2 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agrees_with_another_implementation_at_every_size() {
        let mut ours = MerkleTree::default();
        let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        assert_eq!(ours.root().as_slice(), theirs.root().as_bytes().as_slice());
        for n in 0..70u64 {
            let leaf = n.to_be_bytes();
            ours.push(leaf_hash(&leaf));
            theirs.push(leaf.to_vec());
            let root = ours.root();
            assert_eq!(root.as_slice(), theirs.root().as_bytes().as_slice());
            for index in 0..=n {
                let path = ours.path(index).unwrap();
                let proof = theirs.prove_inclusion(usize::try_from(index).unwrap());
                assert_eq!(path.concat(), proof.as_bytes());
                let leaf = leaf_hash(&index.to_be_bytes());
                assert_eq!(root_from_path(&leaf, index, n + 1, &path), Some(root));
            }
            assert_eq!(ours.path(n + 1), None);
        }
    }

    #[test]
    fn the_paths_that_a_tree_once_had() {
        let leaves: Vec<_> = (0..40u8).map(|n| leaf_hash(&[n])).collect();
        let whole = MerkleTree::from_leaf_hashes(leaves.iter().copied());
        for n in 0..leaves.len() {
            let part = MerkleTree::from_leaf_hashes(leaves[..n].iter().copied());
            for index in 0..=u64::try_from(n).unwrap() {
                let size = part.size();
                assert_eq!(whole.path_at(index, size), part.path(index));
            }
        }
        assert_eq!(whole.path_at(0, 41), None);
    }

    #[test]
    fn an_altered_leaf_path_or_place_gives_another_root() {
        let tree = MerkleTree::from_leaves([b"a", b"b", b"c", b"d", b"e"]);
        let root = Some(tree.root());
        let leaf = leaf_hash(b"c");
        let path = tree.path(2).unwrap();
        assert_eq!(root_from_path(&leaf, 2, 5, &path), root);
        assert_ne!(root_from_path(&leaf_hash(b"x"), 2, 5, &path), root);
        assert_ne!(root_from_path(&leaf, 3, 5, &path), root);
        for place in 0..path.len() {
            let mut altered = path.clone();
            altered[place][0] ^= 1;
            assert_ne!(root_from_path(&leaf, 2, 5, &altered), root);
        }
        assert_eq!(root_from_path(&leaf, 2, 5, &path[1..]), None);
        assert_eq!(root_from_path(&leaf, 5, 5, &path), None);
        let longer = [path.as_slice(), &[[0; 32]]].concat();
        assert_eq!(root_from_path(&leaf, 2, 5, &longer), None);
    }

    proptest! {
        #[test]
        fn never_panics(index: u64, size: u64, path in proptest::collection::vec(any::<[u8; 32]>(), 0..70)) {
            let _ = root_from_path(&[0; 32], index, size, &path);
        }
    }
}
