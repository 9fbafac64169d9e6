//! The containers that a subject was in and is in no more: what the state says of each, so that
//! no record can be left out of what happened to it while the subject was in it.

use std::collections::{BTreeMap, BTreeSet};

use super::select::{Gathered, HistoryError, HistorySource, Selection};
use super::walk::Stay;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::proof::{NamedThing, ProofError, ThingState};
use crate::{Digest32, RecordRef, SubjectId};

/// What the state says of the containers that were left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LeftContainers {
    /// Each with its records up to its newest, from one on that says where it lay before the first
    /// packing that matters.
    pub(super) things: Vec<(SubjectId, NamedThing)>,
    /// Records of these that are shown for nothing but their place: what is named before one that
    /// came after the subject was gone is all that can have come before.
    pub(super) fences: Vec<RecordRef>,
}

impl LeftContainers {
    pub(super) fn assemble<S: HistorySource>(
        gathered: &mut Gathered<'_, S>,
        selection: &Selection,
    ) -> Result<Self, HistoryError> {
        let mut things = Vec::new();
        for (container, packed) in &selection.left {
            let thing = NamedThing::since(gathered, *container, Some(*packed))?;
            things.push((*container, thing));
        }
        Ok(Self {
            things,
            fences: selection.fences.iter().copied().collect(),
        })
    }

    /// The states of those that were left, with the names of their records.
    pub(super) fn verify(
        &self,
        root: &Digest32,
    ) -> Result<BTreeMap<SubjectId, ThingState>, ProofError> {
        let states = self.things.iter().map(|(id, thing)| {
            let state = thing.check_there(root, *id)?;
            Ok((*id, state))
        });
        states.collect()
    }
}

/// The records of a container while something was in it, as far as they can have happened before
/// that was gone, and those before from which it is known where the container lay itself. `place`
/// says of shown records which came before which, `placing` of which it is that they say that.
pub(super) fn during<'a>(
    stay: &Stay,
    container: &'a ThingState,
    place: &BTreeMap<RecordRef, usize>,
    placing: &BTreeSet<RecordRef>,
) -> Result<BTreeSet<&'a RecordRef>, ProofError> {
    let late = ProofError::BeginsLate {
        container: stay.container,
    };
    let names = &container.records;
    let packed = names.iter().position(|at| *at == stay.packed);
    let packed = packed.ok_or(late.clone())?;
    let mut before = names.iter().take(packed).rev();
    let mut during = BTreeSet::new();
    loop {
        let at = before.next().ok_or(late.clone())?;
        during.insert(at);
        if placing.contains(at) {
            break;
        }
    }
    let gone = place.get(&stay.gone);
    for at in names.iter().skip(packed) {
        if place.get(at) > gone && gone.is_some() {
            break;
        }
        during.insert(at);
        if *at == stay.gone {
            break;
        }
    }
    Ok(during)
}

impl Wire for LeftContainers {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.array(self.things.len());
        for (container, thing) in &self.things {
            to.array(2);
            container.write(to);
            thing.write(to);
        }
        to.list(&self.fences);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        let count = from.array("containers", usize::MAX)?;
        let mut things = Vec::new();
        for _ in 0..count {
            from.array_exactly(2)?;
            things.push((Wire::read(from)?, Wire::read(from)?));
        }
        Ok(Self {
            things,
            fences: from.list("fences", usize::MAX)?,
        })
    }
}
