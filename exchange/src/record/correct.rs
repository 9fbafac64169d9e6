//! An error declaration as corrections: of every record that says the event, one.

use super::{Author, Unmapped, subject, telling};
use crate::recorded::Said;
use chopmark_core::{
    Body, Code, RecordDraft, RecordRef, SectionBody, SubjectId, TimeMs, When, limits,
};
use chopmark_epcis::{
    Aggregation, Association, ErrorDeclaration, Event, Namespaces, Object, Quantity, Transaction,
    Transformation, Uri, Vocabulary, What, code,
};
use std::collections::BTreeMap;

/// The reason of a declaration that names none, or one of its own: the weaker of the standard's
/// two. The event keeps what it says itself.
const REASON: &str = "incorrect_data";

/// The corrections. A record names three others at most that say it right; of more, and of an
/// event that is several records, there are several corrections.
pub(super) fn correct(
    event: &Event,
    declaration: &ErrorDeclaration,
    author: &Author<'_>,
    (when, told): (When, Option<&SectionBody>),
) -> Result<Vec<RecordDraft>, Unmapped> {
    let recorded = &author.by.recorded;
    let wrong = recorded.of(event);
    if wrong.is_empty() {
        let id = event.about.event_id.as_ref();
        let id = id.map_or_else(
            || event.hash_id(&Namespaces::default()),
            |id| id.written().to_owned(),
        );
        return Err(Unmapped::EventUnknown { id });
    }
    let mut right: Vec<RecordRef> = Vec::new();
    for id in declaration.corrective_event_ids.iter().flatten() {
        let said = recorded.named(id.written());
        if said.is_empty() {
            return Err(Unmapped::EventUnknown {
                id: id.written().to_owned(),
            });
        }
        for Said { at, .. } in said {
            if !right.contains(at) {
                right.push(*at);
            }
        }
    }
    let declared = declaration.declaration_time.instant().as_millisecond();
    let time = u64::try_from(declared).map_err(|_| Unmapped::TooEarly)?;
    let when = When {
        time: TimeMs(time),
        tz: when.tz,
    };
    let reason = declaration.reason.as_ref();
    let reason = reason.and_then(|reason| reason.known());
    let reason = reason.map_or(REASON, Vocabulary::word);
    let codes = codes(event, author);
    let mut drafts = Vec::new();
    for said in wrong {
        let right: Vec<RecordRef> = right.iter().copied().filter(|at| *at != said.at).collect();
        let mut parts: Vec<&[RecordRef]> = right.chunks(limits::CORRECTIVES).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        for part in parts {
            let body = Body::Correct {
                when,
                of: said.at,
                reason: reason.to_owned(),
                correctives: part.to_vec(),
            };
            let cites = std::iter::once(said.at).chain(part.iter().copied());
            let draft = RecordDraft::new(body, said.subjects.clone()).citing(cites.collect());
            let codes = said.subjects.iter().filter_map(|thing| codes.get(thing));
            drafts.push(telling(draft, (codes, Vec::new()), author, told));
        }
    }
    Ok(drafts)
}

/// The codes that a declaration repeats, by the subjects that they name.
fn codes(event: &Event, author: &Author<'_>) -> BTreeMap<SubjectId, Code> {
    let subjects = named(event).into_iter().filter_map(|uri| {
        let code = code(uri.written()).ok()?;
        Some((subject(&code, author).ok()?, code))
    });
    subjects.collect()
}

/// Every identifier that an event has for what it is about.
fn named(event: &Event) -> Vec<&Uri> {
    type Epcs<'e> = Option<&'e Vec<Uri>>;
    type Classes<'e> = Option<&'e Vec<Quantity>>;
    let place = event.about.read_point.as_ref().map(|place| &place.id);
    let (first, epcs, classes): (Option<&Uri>, [Epcs<'_>; 2], [Classes<'_>; 2]) = match &event.what
    {
        What::Object(Object {
            epcs, quantities, ..
        }) => (place, [epcs.as_ref(), None], [quantities.as_ref(), None]),
        What::Aggregation(Aggregation {
            parent_id,
            child_epcs,
            child_quantities,
            ..
        }) => (
            parent_id.as_ref(),
            [child_epcs.as_ref(), None],
            [child_quantities.as_ref(), None],
        ),
        What::Transaction(Transaction {
            parent_id,
            epcs,
            quantities,
            ..
        }) => (
            parent_id.as_ref(),
            [epcs.as_ref(), None],
            [quantities.as_ref(), None],
        ),
        What::Transformation(Transformation {
            input_epcs,
            input_quantities,
            output_epcs,
            output_quantities,
            ..
        }) => (
            None,
            [input_epcs.as_ref(), output_epcs.as_ref()],
            [input_quantities.as_ref(), output_quantities.as_ref()],
        ),
        What::Association(Association {
            parent_id,
            child_epcs,
            child_quantities,
            ..
        }) => (
            Some(parent_id),
            [child_epcs.as_ref(), None],
            [child_quantities.as_ref(), None],
        ),
    };
    let epcs = epcs.into_iter().flatten().flatten();
    let classes = classes.into_iter().flatten().flatten();
    let classes = classes.map(|quantity| &quantity.epc_class);
    first.into_iter().chain(epcs).chain(classes).collect()
}
