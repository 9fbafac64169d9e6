//! Changing many leaves at once: every node above them is hashed once.

use super::{
    Arena, EMPTY, Hash, Inner, KEY_BITS, Key, Leaf, Link, Place, Side, StateTree, bit,
    first_difference, node_hash,
};

/// What becomes of one leaf.
#[derive(Clone, Copy, Debug)]
struct Change {
    key: Key,
    /// Its new value's hash; none when it goes.
    value: Option<Hash>,
    /// The first bit in which it differs from the leaf where a search for it ends; `KEY_BITS`
    /// when that is its own.
    meets: u16,
}

/// A tree as it would be after changes, beside the tree that it was made from.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    root_hash: Hash,
    root: Option<Link>,
    leaves: Draft<Leaf>,
    inners: Draft<Inner>,
}

/// Nodes that come and go. New ones have the places that follow the list's end.
#[derive(Clone, Debug)]
struct Draft<T> {
    first: usize,
    fresh: Vec<T>,
    gone: Vec<usize>,
}

impl Update {
    /// The root hash after it.
    pub(crate) fn root(&self) -> Hash {
        self.root_hash
    }
}

impl StateTree {
    /// A tree of these leaves, each a key and its value's hash.
    pub(crate) fn of(leaves: impl IntoIterator<Item = (Key, Hash)>) -> Self {
        let mut tree = Self::default();
        let leaves = leaves.into_iter().map(|(key, value)| (key, Some(value)));
        let update = tree.update(leaves);
        tree.commit(update);
        tree
    }

    /// What the tree becomes when these leaves get values, or go. Each key stands there once; to
    /// take away what is not there changes nothing.
    pub(crate) fn update(&self, changes: impl IntoIterator<Item = (Key, Option<Hash>)>) -> Update {
        let mut changes: Vec<Change> = changes
            .into_iter()
            .map(|(key, value)| Change {
                key,
                value,
                meets: self.meets(&key),
            })
            .filter(|change| change.value.is_some() || change.meets == KEY_BITS)
            .collect();
        changes.sort_unstable_by_key(|change| change.key);
        let mut weaver = Weaver {
            tree: self,
            leaves: Draft::after(&self.leaves),
            inners: Draft::after(&self.inners),
        };
        let root = match self.root {
            Some(root) => weaver.weave(root, &changes),
            None => weaver.build(&changes),
        };
        Update {
            root_hash: root.map_or(EMPTY, |root| weaver.hash(root)),
            root,
            leaves: weaver.leaves,
            inners: weaver.inners,
        }
    }

    /// Makes an update of this tree, as it is now, the tree.
    pub(crate) fn commit(&mut self, update: Update) {
        if self.root.is_none() && self.leaves.nodes.is_empty() {
            // A large ledger's first: all of its nodes have the places that they would get.
            self.leaves.nodes = update.leaves.fresh;
            self.inners.nodes = update.inners.fresh;
            self.root = update.root;
            return;
        }
        let (first_leaf, first_inner) = (update.leaves.first, update.inners.first);
        let leaves = self.leaves.settle(update.leaves, |leaf, _| leaf);
        let settled = |link: Link, inners: &[usize]| {
            let (place, first, places) = match link.place() {
                Place::Leaf(place) => (place, first_leaf, leaves.as_slice()),
                Place::Inner(place) => (place, first_inner, inners),
            };
            let fresh = place.checked_sub(first).and_then(|at| places.get(at));
            match (fresh, link.place()) {
                (None, _) => link,
                (Some(place), Place::Leaf(_)) => Link::leaf(*place),
                (Some(place), Place::Inner(_)) => Link::inner(*place),
            }
        };
        // Children were made before their parents, so theirs are known by then.
        let inners = self.inners.settle(update.inners, |node, places| Inner {
            left: settled(node.left, places),
            right: settled(node.right, places),
            ..node
        });
        self.root = update.root.map(|root| settled(root, &inners));
    }

    /// See [`Change::meets`].
    fn meets(&self, key: &Key) -> u16 {
        let mut at = self.root;
        while let Some(link) = at {
            match link.place() {
                Place::Inner(place) => {
                    let node = self.inners.nodes.get(place);
                    at = node.map(|node| match bit(key, node.bit) {
                        Side::Left => node.left,
                        Side::Right => node.right,
                    });
                }
                Place::Leaf(place) => {
                    let leaf = self.leaves.nodes.get(place);
                    let differs = leaf.and_then(|leaf| first_difference(&leaf.key, key));
                    return differs.map_or(KEY_BITS, u16::from);
                }
            }
        }
        0
    }
}

impl<T> Draft<T> {
    fn after(arena: &Arena<T>) -> Self {
        Self {
            first: arena.nodes.len(),
            fresh: Vec::new(),
            gone: Vec::new(),
        }
    }

    fn push(&mut self, node: T) -> usize {
        self.fresh.push(node);
        self.first
            .saturating_add(self.fresh.len().saturating_sub(1))
    }

    fn get<'a>(&'a self, place: usize, arena: &'a Arena<T>) -> Option<&'a T> {
        match place.checked_sub(self.first) {
            Some(fresh) => self.fresh.get(fresh),
            None => arena.nodes.get(place),
        }
    }
}

impl<T> Arena<T> {
    /// Gives new nodes the places of those that go, then free ones, then new ones; `fix` sees the
    /// places of those before. The answer is the place of each.
    fn settle(&mut self, draft: Draft<T>, fix: impl Fn(T, &[usize]) -> T) -> Vec<usize> {
        let mut places = Vec::with_capacity(draft.fresh.len());
        self.free.extend(draft.gone);
        for node in draft.fresh {
            let node = fix(node, &places);
            let free = self.free.pop().filter(|place| *place < self.nodes.len());
            let place = free.unwrap_or(self.nodes.len());
            match self.nodes.get_mut(place) {
                Some(slot) => *slot = node,
                None => self.nodes.push(node),
            }
            places.push(place);
        }
        places
    }
}

/// Makes the nodes of an update.
struct Weaver<'a> {
    tree: &'a StateTree,
    leaves: Draft<Leaf>,
    inners: Draft<Inner>,
}

impl Weaver<'_> {
    /// A subtree of the old tree with changes. Recursion is as deep as the tree: at most 256.
    fn weave(&mut self, link: Link, changes: &[Change]) -> Option<Link> {
        let Some(nearest) = changes.iter().min_by_key(|change| change.meets) else {
            return Some(link);
        };
        let place = link.place();
        let node = match place {
            Place::Leaf(_) => None,
            Place::Inner(place) => self.tree.inners.nodes.get(place).copied(),
        };
        let own = node.map_or(KEY_BITS, |node| node.bit.into());
        // It is not of this subtree: both hang below a new node.
        if let Ok(at) = u8::try_from(nearest.meets)
            && nearest.meets < own
        {
            let (left, right) = split(changes, at);
            let (left, right) = match bit(&nearest.key, at) {
                Side::Left => (self.build(left), self.weave(link, right)),
                Side::Right => (self.weave(link, left), self.build(right)),
            };
            return self.join(at, left, right);
        }
        match (place, node) {
            (Place::Inner(place), Some(node)) => {
                let (left, right) = split(changes, node.bit);
                let left = self.weave(node.left, left);
                let right = self.weave(node.right, right);
                self.inners.gone.push(place);
                self.join(node.bit, left, right)
            }
            (Place::Leaf(place) | Place::Inner(place), _) => {
                self.leaves.gone.push(place);
                self.build(changes)
            }
        }
    }

    /// A subtree of new leaves alone.
    fn build(&mut self, changes: &[Change]) -> Option<Link> {
        let (first, last) = (changes.first()?, changes.last()?);
        match first_difference(&first.key, &last.key) {
            Some(at) => {
                let (left, right) = split(changes, at);
                let (left, right) = (self.build(left), self.build(right));
                self.join(at, left, right)
            }
            None => first.value.map(|value| {
                let key = first.key;
                Link::leaf(self.leaves.push(Leaf { key, value }))
            }),
        }
    }

    /// A node over what is left of two sides.
    fn join(&mut self, bit: u8, left: Option<Link>, right: Option<Link>) -> Option<Link> {
        let (Some(left), Some(right)) = (left, right) else {
            return left.or(right);
        };
        let hash = node_hash(bit, &self.hash(left), &self.hash(right));
        let place = self.inners.push(Inner {
            hash,
            left,
            right,
            bit,
        });
        Some(Link::inner(place))
    }

    fn hash(&self, link: Link) -> Hash {
        match link.place() {
            Place::Leaf(place) => {
                let leaf = self.leaves.get(place, &self.tree.leaves);
                leaf.map_or(EMPTY, Leaf::hash)
            }
            Place::Inner(place) => {
                let node = self.inners.get(place, &self.tree.inners);
                node.map_or(EMPTY, |node| node.hash)
            }
        }
    }
}

/// Changes whose keys are the same before this bit, parted by it.
fn split(changes: &[Change], at: u8) -> (&[Change], &[Change]) {
    changes.split_at(changes.partition_point(|change| bit(&change.key, at) == Side::Left))
}
