//! The list behind a run: every code with its place in the tree. Its member keeps it, since
//! nobody else can say of a serial which run it is of.

use thiserror::Error;

use crate::merkle::{MerkleTree, leaf_hash};
use crate::record::run_leaf;
use crate::{
    CodeHash, Digest32, MemberId, NetworkId, NotInRun, RunItem, RunSpec, SubjectId, limits,
};

/// The media type of a run's list where it is evidence: its items' codes, one a line, and after a
/// comma, if there is one, the public key under the seal (format, section 5, Runs).
pub const RUN_LIST_MEDIA_TYPE: &str = "text/vnd.chopmark.run-list";

/// Why codes are not the list of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RunListError {
    /// None, or more than a run has.
    #[error("a run has 1 to {} items, not {found}", limits::RUN_ITEMS)]
    Count {
        /// How many there are.
        found: usize,
    },
    /// A code that is there twice.
    #[error("code {code} is there twice")]
    Twice {
        /// The code.
        code: CodeHash,
    },
}

/// The items of a run, sorted by code hash, and the tree over them.
#[derive(Clone, Debug)]
pub struct RunList {
    subject: SubjectId,
    spec: RunSpec,
    items: Vec<(CodeHash, Option<Digest32>)>,
    tree: MerkleTree,
}

impl RunList {
    /// The list of these codes, each with the public half of the key under its seal.
    ///
    /// # Errors
    /// [`RunListError`], naming what is wrong with them.
    pub fn new(
        network: &NetworkId,
        maker: &MemberId,
        items: impl IntoIterator<Item = (CodeHash, Option<Digest32>)>,
    ) -> Result<Self, RunListError> {
        let mut items: Vec<_> = items.into_iter().collect();
        let found = items.len();
        let count = u32::try_from(found)
            .ok()
            .filter(|count| (1..=limits::RUN_ITEMS).contains(count))
            .ok_or(RunListError::Count { found })?;
        items.sort_unstable();
        for pair in items.windows(2) {
            if let [(one, _), (other, _)] = pair
                && one == other
            {
                return Err(RunListError::Twice { code: *one });
            }
        }
        let leaves = items.iter();
        let tree = MerkleTree::from_leaf_hashes(
            leaves.map(|(code, key)| leaf_hash(&run_leaf(code, key.as_ref()))),
        );
        let spec = RunSpec {
            count,
            root: Digest32::from_bytes(tree.root()),
        };
        Ok(Self {
            subject: spec.subject(network, maker),
            spec,
            items,
            tree,
        })
    }

    /// The run's subject.
    #[must_use]
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// What the commissioning record says of it.
    #[must_use]
    pub const fn spec(&self) -> RunSpec {
        self.spec
    }

    /// The items by code hash.
    #[must_use]
    pub fn items(&self) -> &[(CodeHash, Option<Digest32>)] {
        &self.items
    }

    /// The tree over them.
    #[must_use]
    pub const fn tree(&self) -> &MerkleTree {
        &self.tree
    }

    /// An item with its proof; none when the run does not hold it.
    #[must_use]
    pub fn item(&self, code: &CodeHash) -> Option<RunItem> {
        let place = self.items.binary_search_by(|(known, _)| known.cmp(code));
        let place = place.ok()?;
        let index = u32::try_from(place).ok()?;
        Some(RunItem {
            index,
            code: *code,
            activation: self.items.get(place)?.1,
            path: self.tree.path(index.into())?,
        })
    }

    /// The neighbours of a code that the run does not hold; none when it does.
    #[must_use]
    pub fn gap(&self, code: &CodeHash) -> Option<NotInRun> {
        let after = self.items.binary_search_by(|(known, _)| known.cmp(code));
        let after = after.err()?;
        let item = |place: usize| self.item(&self.items.get(place)?.0);
        Some(NotInRun {
            before: after.checked_sub(1).and_then(item),
            after: item(after),
        })
    }
}
