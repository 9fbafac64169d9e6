//! What a subject is associated with, and by which records.

use super::codec::wire_fields;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::{RecordRef, SubjectId, limits};

/// What a subject is associated with, each with the record that says so, by id. A list and not a
/// map: most have one of them, and each item of a run has those of its run, while a map makes room
/// for eleven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parents(Vec<Parent>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Parent {
    id: SubjectId,
    by: RecordRef,
}

wire_fields!(Parent { id, by });

impl Parents {
    /// Associated with nothing.
    pub(crate) const NONE: Self = Self(Vec::new());

    /// Every parent, by id.
    pub fn iter(&self) -> impl Iterator<Item = &SubjectId> {
        self.0.iter().map(|parent| &parent.id)
    }

    /// The record that associated the subject with this parent, if one did.
    #[must_use]
    pub fn by(&self, parent: &SubjectId) -> Option<RecordRef> {
        let there = self.place(parent).ok()?;
        self.0.get(there).map(|parent| parent.by)
    }

    /// Whether the subject is associated with nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Notes a parent; one that there is keeps its record.
    pub(crate) fn insert(&mut self, parent: SubjectId, by: RecordRef) {
        if let Err(place) = self.place(&parent) {
            self.0.reserve_exact(1);
            self.0.insert(place, Parent { id: parent, by });
        }
    }

    /// Takes a parent away; false when it was none.
    pub(crate) fn remove(&mut self, parent: &SubjectId) -> bool {
        let there = self.place(parent);
        if let Ok(place) = there {
            self.0.remove(place);
        }
        there.is_ok()
    }

    fn place(&self, parent: &SubjectId) -> Result<usize, usize> {
        self.0.binary_search_by(|known| known.id.cmp(parent))
    }
}

impl Wire for Parents {
    fn write(&self, to: &mut Writer) {
        to.list(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let mut parents: Vec<Parent> = from.list("parents", limits::PARENTS)?;
        parents.shrink_to_fit();
        if parents.is_sorted_by(|one, next| one.id < next.id) {
            Ok(Self(parents))
        } else {
            Err(CborError::NonCanonical)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockId, cbor};

    fn record(index: u16) -> RecordRef {
        let block = BlockId::from_bytes([9; 32]);
        RecordRef { block, index }
    }

    #[test]
    fn parents_keep_their_order_and_their_first_record() {
        let [one, two] = [1, 2].map(|byte| SubjectId::from_bytes([byte; 32]));
        let mut parents = Parents::NONE;
        parents.insert(two, record(0));
        parents.insert(one, record(1));
        parents.insert(two, record(2));
        assert!(parents.iter().eq([&one, &two]));
        assert_eq!(parents.by(&two), Some(record(0)));
        let bytes = cbor::to_bytes(&parents);
        assert_eq!(cbor::from_canonical::<Parents>(&bytes), Ok(parents.clone()));
        assert!(parents.remove(&two) && !parents.remove(&two));
        assert_eq!((parents.by(&two), parents.len()), (None, 1));
    }

    #[test]
    fn one_set_has_one_spelling() {
        let id = SubjectId::from_bytes([1; 32]);
        let twice = vec![0, 1].into_iter().map(|index| Parent {
            id,
            by: record(index),
        });
        let bytes = cbor::to_bytes(&Parents(twice.collect()));
        let read = cbor::from_canonical::<Parents>(&bytes);
        assert_eq!(read, Err(CborError::NonCanonical));
    }
}
