//! What an event does to things that are there: seen, packed, linked, ended.

use super::{Author, OTHER, THINGS_A_RECORD, Unmapped, subject, telling, tracked};
use crate::told;
use chopmark_core::{Body, Code, RecordDraft, SectionBody, SubjectId, When};
use chopmark_epcis::{Action, Aggregation, Event, Transaction, What, code};

/// What an event does, and to what.
pub(super) struct Deed {
    make: fn(When, String) -> Body,
    step: String,
    /// What stands first in each record: the container.
    first: Option<Code>,
    things: Vec<Code>,
}

const DECOMMISSION: fn(When, String) -> Body = |when, step| Body::Decommission { when, step };

fn seen(event: &Event, things: Vec<Code>) -> Deed {
    Deed {
        make: |when, step| Body::Observe { when, step },
        step: told::step(&event.about).unwrap_or(OTHER).to_owned(),
        first: None,
        things,
    }
}

/// What names no thing is about the place: what a sensor there says, or how much of a class of
/// goods there is.
fn or_place(mut things: Vec<Code>, event: &Event) -> Vec<Code> {
    if things.is_empty() {
        let place = event.about.read_point.as_ref();
        things.extend(place.and_then(|place| code(place.id.written()).ok()));
    }
    things
}

/// What an event does to things that it neither begins nor makes of others.
pub(super) fn deed(event: &Event, what: &What, author: &Author<'_>) -> Result<Deed, Unmapped> {
    let observed = |things| seen(event, things);
    match what {
        What::Object(object) => {
            let things = tracked(object.epcs.as_ref(), object.quantities.as_ref())?;
            let mut deed = observed(or_place(things, event));
            if object.action == Action::Delete {
                deed.make = DECOMMISSION;
            }
            Ok(deed)
        }
        What::Aggregation(aggregation) => aggregate(aggregation, observed, author),
        What::Transaction(Transaction {
            parent_id,
            epcs,
            quantities,
            ..
        }) => {
            let things = tracked(epcs.as_ref(), quantities.as_ref())?;
            let parent = parent_id.as_ref();
            let parent = parent.map(|parent| code(parent.written())).transpose()?;
            Ok(observed(led_by(parent, things)))
        }
        What::Association(association) => {
            let epcs = association.child_epcs.as_ref();
            let things = tracked(epcs, None)?;
            let parent = code(association.parent_id.written())?;
            let links = !things.is_empty() && association.action != Action::Observe;
            if !links {
                let things = tracked(epcs, association.child_quantities.as_ref())?;
                return Ok(observed(led_by(Some(parent), things)));
            }
            not_in_itself(&parent, &things)?;
            let mut deed = observed(things);
            deed.first = Some(parent);
            deed.make = match association.action {
                Action::Delete => |when, _| Body::Dissociate { when },
                _ => |when, _| Body::Associate { when },
            };
            Ok(deed)
        }
        // A part beside the one that becomes the transformation.
        What::Transformation(part) => {
            let mut things = tracked(part.input_epcs.as_ref(), part.input_quantities.as_ref())?;
            let made = tracked(part.output_epcs.as_ref(), part.output_quantities.as_ref())?;
            let new: Vec<Code> = made.into_iter().filter(|m| !things.contains(m)).collect();
            things.extend(new);
            Ok(observed(or_place(things, event)))
        }
    }
}

/// A container and its contents. A part of a batch is in the event alone: packing a batch here
/// would say that all of it is inside.
fn aggregate(
    event: &Aggregation,
    observed: impl FnOnce(Vec<Code>) -> Deed,
    author: &Author<'_>,
) -> Result<Deed, Unmapped> {
    let parent = event.parent_id.as_ref();
    let parent = parent.map(|parent| code(parent.written())).transpose()?;
    let things = tracked(event.child_epcs.as_ref(), None)?;
    let make: fn(When, String) -> Body = match event.action {
        Action::Add => |when, _| Body::Pack { when },
        Action::Delete => |when, _| Body::Unpack { when },
        Action::Observe => |when, step| Body::Observe { when, step },
    };
    let has_items = !things.is_empty();
    let empties = event.action == Action::Delete
        && parent.as_ref().is_some_and(|parent| {
            let subject = subject(parent, author);
            subject.is_ok_and(|subject| !author.view.contents(&subject).is_empty())
        })
        && event.child_quantities.is_none();
    if parent.is_none() || event.action == Action::Observe || !(has_items || empties) {
        let things = tracked(event.child_epcs.as_ref(), event.child_quantities.as_ref())?;
        return Ok(observed(led_by(parent, things)));
    }
    if let Some(parent) = &parent {
        not_in_itself(parent, &things)?;
    }
    let mut deed = observed(things);
    deed.make = make;
    deed.first = parent;
    Ok(deed)
}

/// What is seen, the parent first. One that is named among the others as well is seen once.
fn led_by(parent: Option<Code>, mut things: Vec<Code>) -> Vec<Code> {
    if let Some(parent) = parent {
        things.retain(|thing| *thing != parent);
        things.insert(0, parent);
    }
    things
}

/// What goes into itself cannot be meant, and to leave it out would be a guess: an event that
/// takes a container out of itself would take out all that is in it.
fn not_in_itself(parent: &Code, things: &[Code]) -> Result<(), Unmapped> {
    match things.contains(parent) {
        true => Err(Unmapped::InItself {
            code: parent.clone(),
        }),
        false => Ok(()),
    }
}

/// The end of things.
pub(super) fn decommission(
    things: Vec<Code>,
    (when, step): (When, &str),
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> Result<Vec<RecordDraft>, Unmapped> {
    let deed = Deed {
        make: DECOMMISSION,
        step: step.to_owned(),
        first: None,
        things,
    };
    deeds(deed, when, author, told)
}

/// A deed as records.
pub(super) fn deeds(
    deed: Deed,
    when: When,
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> Result<Vec<RecordDraft>, Unmapped> {
    let first = deed.first.iter();
    let first: Vec<SubjectId> = first
        .map(|code| subject(code, author))
        .collect::<Result<_, _>>()?;
    let mut subjects: Vec<SubjectId> = deed
        .things
        .iter()
        .map(|code| subject(code, author))
        .collect::<Result<_, _>>()?;
    if let ([container], true) = (first.as_slice(), deed.things.is_empty()) {
        // Unpacked as a whole.
        subjects = author.view.contents(container);
    }
    if subjects.is_empty() {
        return Err(Unmapped::NothingTracked);
    }
    let mut records = Vec::new();
    for (at, chunk) in subjects.chunks(THINGS_A_RECORD).enumerate() {
        let body = (deed.make)(when, deed.step.clone());
        let ids: Vec<SubjectId> = first.iter().chain(chunk).copied().collect();
        let cites = author.view.cites_for(body.kind(), &ids);
        let draft = RecordDraft::new(body, ids).citing(cites);
        let start = at * THINGS_A_RECORD;
        let codes = deed.things.iter().skip(start).take(chunk.len());
        let codes = deed.first.iter().chain(codes);
        records.push(telling(draft, (codes, Vec::new()), author, told));
    }
    Ok(records)
}
