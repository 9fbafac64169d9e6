//! Things that events name without beginning them: one of a run may have no record yet.

use chopmark_core::{Code, CodeKind};
use chopmark_epcis::{Action, Event, Uri, What, code};
use std::collections::BTreeSet;

/// The things that events use, each once, batches left out: no run has them. What no identifier names is named by the trial.
#[must_use]
pub fn items_used<'e>(events: impl IntoIterator<Item = &'e Event>) -> BTreeSet<Code> {
    let named = events.into_iter().flat_map(|event| epcs(&event.what));
    named
        .filter_map(|epc| code(epc.written()).ok())
        .filter(|code| code.kind() != CodeKind::Batch)
        .collect()
}

fn epcs(what: &What) -> impl Iterator<Item = &Uri> {
    let (parent, things) = match what {
        What::Object(object) if object.action == Action::Add => (None, None),
        What::Object(object) => (None, object.epcs.as_ref()),
        What::Aggregation(of) => (of.parent_id.as_ref(), of.child_epcs.as_ref()),
        What::Transaction(of) => (of.parent_id.as_ref(), of.epcs.as_ref()),
        What::Transformation(of) => (None, of.input_epcs.as_ref()),
        What::Association(of) => (Some(&of.parent_id), of.child_epcs.as_ref()),
    };
    parent.into_iter().chain(things.into_iter().flatten())
}
