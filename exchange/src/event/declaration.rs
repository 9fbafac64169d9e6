//! A correction as the error declaration that it implies.

use super::{Opened, TERMS, Unwritten, text, time};
use chopmark_core::{Body, When};
use chopmark_epcis::{ErrorReason, Event, Json, Members, Namespaces, Word};

/// The event of a correction that was not imported: EPCIS repeats the event that was wrong, under
/// the same id, and says beside it that it was. `wrong` and `right` are the events of the records
/// that the correction names, in its order.
pub fn declaration(
    opened: &Opened<'_>,
    wrong: &Event,
    right: &[Event],
) -> Result<Event, Unwritten> {
    let Body::Correct { when, reason, .. } = opened.record.body() else {
        return Err(Unwritten::NoEvent);
    };
    let declared = declared(*when, reason, right, opened);
    let mut json = wrong.write();
    if let Json::Object(members) = &mut json {
        members.insert("eventID".to_owned(), text(&id(wrong)));
        members.insert("errorDeclaration".to_owned(), declared);
        let context = members.remove("@context");
        members.insert("@context".to_owned(), with_terms(context));
    }
    Ok(Event::read(json)?)
}

fn declared(when: When, reason: &str, right: &[Event], opened: &Opened<'_>) -> Json {
    let mut members = Members::new();
    let mut put = |name: &str, value: Json| members.insert(name.to_owned(), value);
    put("declarationTime", text(&time(when.time, when.tz)));
    // The fields take any word; the standard has two.
    let is_known = Word::<ErrorReason>::parse(reason).is_ok();
    put(
        if is_known {
            "reason"
        } else {
            "chopmark:reason"
        },
        text(reason),
    );
    if !right.is_empty() {
        let ids = right.iter().map(|event| text(&id(event)));
        put("correctiveEventIDs", Json::List(ids.collect()));
    }
    // Inside the declaration, since outside it the wrong event names its own record.
    put("chopmark:record", text(&opened.at.to_string()));
    Json::Object(members)
}

/// By which name others know it.
fn id(event: &Event) -> String {
    event.about.event_id.as_ref().map_or_else(
        || event.hash_id(&Namespaces::default()),
        |id| id.written().to_owned(),
    )
}

/// What an event's context defines, and our own terms.
fn with_terms(context: Option<Json>) -> Json {
    let (prefix, address) = TERMS;
    let terms = Json::Object(Members::from([(prefix.to_owned(), text(address))]));
    match context {
        Some(Json::List(mut entries)) => {
            if !entries.contains(&terms) {
                entries.push(terms);
            }
            Json::List(entries)
        }
        Some(entry) if entry == terms => Json::List(vec![entry]),
        Some(entry) => Json::List(vec![entry, terms]),
        None => Json::List(vec![terms]),
    }
}
