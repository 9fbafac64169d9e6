//! Things that events name without beginning them: one of a run may have no record yet.

use chopmark_core::{Code, CodeKind, MemberId, StateView, SubjectId};
use chopmark_epcis::{Action, Event, Uri, What, code};
use std::collections::{BTreeMap, BTreeSet};

/// Things that no record names, by who would have made them.
pub type Unrecorded = BTreeMap<MemberId, BTreeMap<SubjectId, Code>>;

/// The things that events use, each once: neither batches, which no run has, nor what begins in the
/// same events. What no identifier names is named by the trial.
#[must_use]
pub fn items_used(events: &[Event]) -> BTreeSet<Code> {
    let begun: BTreeSet<&Uri> = events.iter().flat_map(begun).collect();
    let used: BTreeSet<&Uri> = events.iter().flat_map(used).collect();
    let named = used.difference(&begun);
    named
        .filter_map(|epc| code(epc.written()).ok())
        .filter(|code| code.kind() != CodeKind::Batch)
        .collect()
}

/// Those of the codes about which nobody wrote.
#[must_use]
pub fn unrecorded<'c>(
    codes: impl IntoIterator<Item = &'c Code>,
    view: &dyn StateView,
) -> Unrecorded {
    let mut unrecorded = Unrecorded::new();
    for code in codes {
        let Some(maker) = view.prefix_owner(code) else {
            continue;
        };
        // Under its own member alone: others may have begun something under the same hash.
        let subject = code.subject(&view.network(), &maker);
        if view.subject(&subject).is_none() {
            let of_maker = unrecorded.entry(maker).or_default();
            of_maker.insert(subject, code.clone());
        }
    }
    unrecorded
}

/// Whatever an event is about: things, batches and classes, and the place that stands in for them.
pub(crate) fn named(event: &Event) -> impl Iterator<Item = &Uri> {
    let made = match &event.what {
        What::Transformation(of) => of.output_epcs.as_ref(),
        What::Object(object) if object.action == Action::Add => object.epcs.as_ref(),
        _ => None,
    };
    let [one, other] = match &event.what {
        What::Object(object) => [object.quantities.as_ref(), None],
        What::Aggregation(of) => [of.child_quantities.as_ref(), None],
        What::Transaction(of) => [of.quantities.as_ref(), None],
        What::Transformation(of) => [of.input_quantities.as_ref(), of.output_quantities.as_ref()],
        What::Association(of) => [of.child_quantities.as_ref(), None],
    };
    let classes = one.into_iter().chain(other).flatten();
    let place = event.about.read_point.as_ref();
    used(event)
        .chain(made.into_iter().flatten())
        .chain(classes.map(|quantity| &quantity.epc_class))
        .chain(place.map(|place| &place.id))
}

fn begun(event: &Event) -> impl Iterator<Item = &Uri> {
    let things = match &event.what {
        What::Object(object) if object.action == Action::Add => object.epcs.as_ref(),
        What::Transformation(of) => of.output_epcs.as_ref(),
        _ => None,
    };
    things.into_iter().flatten()
}

fn used(event: &Event) -> impl Iterator<Item = &Uri> {
    let (parent, things) = match &event.what {
        What::Object(object) if object.action == Action::Add => (None, None),
        What::Object(object) => (None, object.epcs.as_ref()),
        What::Aggregation(of) => (of.parent_id.as_ref(), of.child_epcs.as_ref()),
        What::Transaction(of) => (of.parent_id.as_ref(), of.epcs.as_ref()),
        What::Transformation(of) => (None, of.input_epcs.as_ref()),
        What::Association(of) => (Some(&of.parent_id), of.child_epcs.as_ref()),
    };
    parent.into_iter().chain(things.into_iter().flatten())
}
