//! Documents: events with an envelope.

use crate::shape::Shape;
use crate::terms::Terms;
use crate::{
    BadList, CompanyPrefixes, Event, Fault, Form, Json, JsonError, Members, Namespaces, Reason,
    Time, context,
};
use std::collections::BTreeMap;
use thiserror::Error;

/// The standard's own context.
const STANDARD_CONTEXT: &str = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld";
const EVENT_LIST: &str = "eventList";
/// The query for events that the standard names.
const QUERY: &str = "SimpleEventQuery";

/// What kind of text holds the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `EPCISDocument`: what one party sends another.
    Document,
    /// `EPCISQueryDocument`: what a repository answers.
    QueryDocument,
    /// One event alone.
    Event,
}

/// Events and what stands around them. The envelope is kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    kind: Kind,
    /// Everything but the events.
    envelope: Members,
    events: Vec<Event>,
}

/// What to do with a document of which some events are bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBadEvent {
    /// Take nothing and name the bad events.
    RefuseAll,
    /// Take the others and name the bad events.
    TakeTheRest,
}

/// An event that is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("event {}, {fault}", index.saturating_add(1))]
pub struct BadEvent {
    /// Its place in the list, from 0. People count from 1, and read it so.
    pub index: usize,
    /// The first thing wrong with it; its path begins at the event.
    pub fault: Fault,
}

/// A document that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The document, without the bad events.
    pub document: Document,
    /// For each of its events the place in the list that was read, from 0.
    pub places: Vec<usize>,
    /// The events left out; empty unless the rest was asked for.
    pub left_out: BadList<BadEvent>,
}

/// Why a document is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// Not JSON, or beyond the limits.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Its envelope is wrong.
    #[error(transparent)]
    Envelope(#[from] Fault),
    /// Some of its events are wrong; none was taken.
    #[error("{} of {total} events are wrong, none was taken; the first: {}", bad.count(),
        bad.named().first().map(ToString::to_string).unwrap_or_default())]
    Events {
        /// The bad events.
        bad: BadList<BadEvent>,
        /// How many events there are.
        total: usize,
    },
}

impl Document {
    /// Makes a document to send. `prefixes` name the extensions used in the events; contexts
    /// that all events bring move up to the document.
    pub fn new(
        created: &Time,
        prefixes: &BTreeMap<String, String>,
        mut events: Vec<Event>,
    ) -> Self {
        let text = |text: &str| Json::Text(text.to_owned());
        let mut context = vec![text(STANDARD_CONTEXT)];
        context.extend(context::take_common(&mut events));
        if !prefixes.is_empty() {
            let definitions = prefixes
                .iter()
                .map(|(prefix, address)| (prefix.clone(), text(address)));
            context.push(Json::Object(definitions.collect()));
        }
        let envelope = [
            ("@context", Json::List(context)),
            ("type", text("EPCISDocument")),
            ("schemaVersion", text("2.0")),
            ("creationDate", text(created.written())),
            ("epcisBody", Json::Object(Members::new())),
        ];
        Self {
            kind: Kind::Document,
            envelope: envelope
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            events,
        }
    }

    /// The same events as the answer to a `SimpleEventQuery` (EPCIS 2.0, 8.2.7.1). Of another kind
    /// than [`Kind::Document`] it is returned as it is.
    #[must_use]
    pub fn into_answer(mut self) -> Self {
        let Kind::Document = self.kind else {
            return self;
        };
        let object = |name: &str, value| Json::Object(Members::from([(name.to_owned(), value)]));
        let list = Json::Object(Members::new());
        let mut results = Members::from([("resultsBody".to_owned(), list)]);
        results.insert("queryName".to_owned(), Json::Text(QUERY.to_owned()));
        let body = object("queryResults", Json::Object(results));
        self.envelope.insert("epcisBody".to_owned(), body);
        let kind = Json::Text("EPCISQueryDocument".to_owned());
        self.envelope.insert("type".to_owned(), kind);
        self.kind = Kind::QueryDocument;
        self
    }

    /// Reads a document, a query document, or one event.
    pub fn read(text: &[u8], on_bad: OnBadEvent) -> Result<Read, ReadError> {
        let Json::Object(mut envelope) = Json::parse(text)? else {
            return Err(Fault::new(Reason::Not("an object")).into());
        };
        let kind = kind(&envelope)?;
        let terms = Terms::default().within(envelope.get("@context"));
        let list = match kind {
            Kind::Event => vec![Json::Object(std::mem::take(&mut envelope))],
            Kind::Document | Kind::QueryDocument => {
                check_envelope(kind, &envelope)?;
                take_list(kind, &mut envelope)?
            }
        };
        let total = list.len();
        let (mut events, mut places) = (Vec::new(), Vec::new());
        let mut bad = BadList::default();
        for (index, event) in list.into_iter().enumerate() {
            match Event::read_within(event, &terms) {
                Ok(event) => {
                    events.push(event);
                    places.push(index);
                }
                Err(fault) => bad.add(BadEvent { index, fault }),
            }
        }
        let refuse = on_bad == OnBadEvent::RefuseAll || kind == Kind::Event;
        if refuse && !bad.is_empty() {
            return Err(ReadError::Events { bad, total });
        }
        let document = Self {
            kind,
            envelope,
            events,
        };
        Ok(Read {
            document,
            places,
            left_out: bad,
        })
    }

    /// The document as text: no spaces, members in the order of their names, so that the same
    /// document is the same text everywhere.
    pub fn write(&self) -> String {
        let events = self.events.iter().map(Event::write);
        let mut envelope = self.envelope.clone();
        match self.kind {
            Kind::Event => return events.map(|event| event.to_string()).collect(),
            Kind::Document | Kind::QueryDocument => {
                if let Some(body) = body(self.kind, &mut envelope) {
                    body.insert(EVENT_LIST.to_owned(), Json::List(events.collect()));
                }
            }
        }
        Json::Object(envelope).to_string()
    }

    /// The same with every identifier in one form.
    #[must_use]
    pub fn in_form(&self, form: Form, known: &CompanyPrefixes) -> Self {
        let each = |event: &Event| event.in_form(form, known);
        Self {
            kind: self.kind,
            envelope: self.envelope.clone(),
            events: self.events.iter().map(each).collect(),
        }
    }

    /// The context around the events, as it was written.
    pub fn context(&self) -> Option<&Json> {
        match self.kind {
            // Its context is the event's own.
            Kind::Event => None,
            Kind::Document | Kind::QueryDocument => self.envelope.get("@context"),
        }
    }

    /// What prefixes stand for in its events, beside what an event's own context says.
    pub fn namespaces(&self) -> Namespaces {
        Namespaces::default().within(self.context())
    }

    /// The events, for whoever goes on with them alone.
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// What kind it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The events, in their order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// What stands around the events, as it was written.
    pub fn envelope(&self) -> &Members {
        &self.envelope
    }
}

fn kind(envelope: &Members) -> Result<Kind, Fault> {
    match envelope.get("type") {
        Some(Json::Text(kind)) => match kind.as_str() {
            "EPCISDocument" => Ok(Kind::Document),
            "EPCISQueryDocument" => Ok(Kind::QueryDocument),
            event if event.ends_with("Event") => Ok(Kind::Event),
            other => {
                let shown = other.chars().take(80).collect();
                Err(Fault::new(Reason::UnknownDocumentType(shown)).in_member("type"))
            }
        },
        Some(_) => Err(Fault::new(Reason::Not("text")).in_member("type")),
        None => Err(Fault::new(Reason::Missing).in_member("type")),
    }
}

/// The fields of the envelope that the standard demands. A query's answer needs no date.
fn check_envelope(kind: Kind, envelope: &Members) -> Result<(), Fault> {
    let needed: &[&str] = match kind {
        Kind::Document => &["@context", "schemaVersion", "creationDate"],
        Kind::QueryDocument | Kind::Event => &["@context"],
    };
    if let Some(name) = needed.iter().find(|name| !envelope.contains_key(**name)) {
        return Err(Fault::new(Reason::Missing).in_member(name));
    }
    if let Some(date) = envelope.get("creationDate") {
        Time::read(date.clone(), &Terms::default())
            .map_err(|fault| fault.in_member("creationDate"))?;
    }
    Ok(())
}

/// The objects around the list of events.
fn steps(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Document => &["epcisBody"],
        Kind::QueryDocument => &["epcisBody", "queryResults", "resultsBody"],
        Kind::Event => &[],
    }
}

fn body(kind: Kind, envelope: &mut Members) -> Option<&mut Members> {
    steps(kind)
        .iter()
        .try_fold(envelope, |members, step| match members.get_mut(*step) {
            Some(Json::Object(inner)) => Some(inner),
            _ => None,
        })
}

fn take_list(kind: Kind, envelope: &mut Members) -> Result<Vec<Json>, Fault> {
    let list = body(kind, envelope).and_then(|body| body.remove(EVENT_LIST));
    let reason = match list {
        Some(Json::List(list)) => return Ok(list),
        Some(_) => Reason::Not("a list"),
        None => Reason::Missing,
    };
    let fault = Fault::new(reason).in_member(EVENT_LIST);
    Err(steps(kind)
        .iter()
        .rev()
        .fold(fault, |fault, step| fault.in_member(step)))
}
