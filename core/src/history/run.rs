//! An item that began in a run: which one, and whether the run's tree holds it.

use std::collections::BTreeMap;

use super::verify::Fact;
use crate::{ActivationPublic, Body, CodeHash, RunItem, RunSpec, SubjectId};

/// What a history says about the run of its code. Nothing of it is believed before the run's own
/// record is there and its tree holds the code.
pub(super) struct RunClaim {
    /// The runs that the code is said to be of, each with the proof.
    said: BTreeMap<SubjectId, RunItem>,
    /// The run that the code is of, and how many items it has.
    pub(super) begun: Option<(SubjectId, u32)>,
}

impl RunClaim {
    /// A claim that stands beside the records, for an item that was never drawn.
    pub(super) fn new(undrawn: Option<&(SubjectId, RunItem)>) -> Self {
        Self {
            said: undrawn.cloned().into_iter().collect(),
            begun: None,
        }
    }

    /// Finds the drawing of a code, which comes long after the run's beginning.
    pub(super) fn find(&mut self, facts: &[Fact<'_>], code: &CodeHash) {
        for fact in facts {
            if let (Body::Draw { items, .. }, Some(run)) =
                (fact.record.body(), fact.record.subjects().first())
                && let Some(item) = items.iter().find(|item| item.code == *code)
            {
                self.said.entry(*run).or_insert_with(|| item.clone());
            }
        }
        self.said.retain(|_, item| item.code == *code);
    }

    /// The key under the item's seal, of an item that begins with this run.
    pub(super) fn activation(&self, run: &SubjectId) -> Option<ActivationPublic> {
        let key = self.said.get(run)?.activation.as_ref()?;
        Some(ActivationPublic::from_bytes(*key.as_bytes()))
    }

    /// Whether the code begins with this run.
    pub(super) fn begins(&mut self, fact: &Fact<'_>, spec: &RunSpec) -> bool {
        let network = fact.header.network();
        let run = spec.subject(&network, &fact.header.member());
        let held = self.said.get(&run).is_some_and(|item| spec.holds(item));
        if held {
            self.begun.get_or_insert((run, spec.count));
        }
        held
    }
}
