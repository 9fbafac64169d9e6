//! JSON-LD contexts: what prefixes stand for, and how the context of a document goes with an
//! event that leaves it.

use crate::{Event, Json};
use std::collections::BTreeMap;

/// Every published form of the standard's own context ends so.
const STANDARD: &str = "epcis-context.jsonld";

/// What the standard's own context defines.
const DEFAULTS: &[(&str, &str)] = &[
    ("cbv", "https://ref.gs1.org/cbv/"),
    ("cbvmda", "urn:epcglobal:cbv:mda:"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("epcis", "https://ref.gs1.org/epcis/"),
    ("gs1", "https://gs1.org/voc/"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Prefixes of names with the address that each stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespaces(BTreeMap<String, String>);

impl Default for Namespaces {
    fn default() -> Self {
        let own = |(prefix, address): &(&str, &str)| ((*prefix).to_owned(), (*address).to_owned());
        Self(DEFAULTS.iter().map(own).collect())
    }
}

impl Namespaces {
    /// What holds inside an object with this context.
    #[must_use]
    pub fn within(mut self, context: Option<&Json>) -> Self {
        for entry in entries(context) {
            let Json::Object(definitions) = entry else {
                continue;
            };
            for (prefix, meaning) in definitions {
                // JSON-LD also has the long form, with options that change no address.
                let address = match meaning {
                    Json::Text(address) => Some(address),
                    Json::Object(long) => match long.get("@id") {
                        Some(Json::Text(address)) => Some(address),
                        _ => None,
                    },
                    _ => None,
                };
                if let Some(address) = address {
                    self.0.insert(prefix.clone(), address.clone());
                }
            }
        }
        self
    }

    /// The address of a name with a prefix, and what stands behind the prefix; none if the prefix
    /// is not defined.
    pub(crate) fn split<'n>(&self, name: &'n str) -> Option<(&str, &'n str)> {
        let (prefix, local) = name.split_once(':')?;
        Some((self.0.get(prefix)?, local))
    }
}

/// The parts of a context, each a name or definitions.
pub(crate) fn entries(context: Option<&Json>) -> &[Json] {
    match context {
        Some(Json::List(entries)) => entries,
        Some(entry) => std::slice::from_ref(entry),
        None => &[],
    }
}

/// Whether a part is the context that every EPCIS document has.
pub(crate) fn is_standard(entry: &Json) -> bool {
    matches!(entry, Json::Text(address) if address.ends_with(STANDARD))
}

impl Event {
    /// The event as it is read outside a document with this context: what the document defined
    /// comes along. A context that defines nothing more than the standard does is left behind.
    #[must_use]
    pub fn alone(mut self, document: Option<&Json>) -> Self {
        let brought: Vec<Json> = entries(document)
            .iter()
            .filter(|entry| !is_standard(entry))
            .cloned()
            .collect();
        if !brought.is_empty() {
            let own = entries(self.context.as_ref());
            self.context = Some(Json::List([&brought, own].concat()));
        }
        self
    }
}

/// Takes out of the events the parts of their contexts that all of them begin with.
pub(crate) fn take_common(events: &mut [Event]) -> Vec<Json> {
    let mut common: Vec<Json> = events
        .first()
        .map(|first| entries(first.context.as_ref()).to_vec())
        .unwrap_or_default();
    for event in events.iter() {
        let own = entries(event.context.as_ref());
        let same = common.iter().zip(own).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    if common.is_empty() {
        return common;
    }
    for event in events {
        let left = entries(event.context.as_ref())
            .get(common.len()..)
            .unwrap_or_default()
            .to_vec();
        event.context = match left.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            _ => Some(Json::List(left)),
        };
    }
    common
}
