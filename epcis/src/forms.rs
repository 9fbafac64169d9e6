//! Events and documents with their identifiers in one form.

use crate::terms::Terms;
use crate::{CompanyPrefixes, Epc, Event, Form, Json};

/// The fields whose values are identifiers of GS1, in any object of the standard. Fields of
/// others are not looked into: what they hold is theirs.
const IDENTIFIERS: &[&str] = &[
    "bizTransaction",
    "childEPCs",
    "destination",
    "deviceID",
    "epcClass",
    "epcList",
    "id",
    "inputEPCList",
    "outputEPCList",
    "parentID",
    "source",
    "transformationID",
    "uriValue",
];
/// Fields that hold objects in which others put theirs without a prefix.
const CLOSED: &[&str] = &["@context", "ilmd"];

impl Event {
    /// The same event with every identifier in one form, as far as that can be undone: what
    /// would not come back as it is stays.
    #[must_use]
    pub fn in_form(&self, form: Form, known: &CompanyPrefixes) -> Self {
        let mut json = self.write();
        rewrite(&mut json, form, known);
        // Only identifiers changed, each for another that is a URI as well.
        Event::read_within(json, &Terms::open()).unwrap_or_else(|_| self.clone())
    }

    /// Learns the company prefixes that its URNs show.
    pub fn show_prefixes(&self, known: &mut CompanyPrefixes) {
        visit(&self.write(), &mut |uri| {
            if uri.starts_with("urn:epc:")
                && let Ok(epc) = Epc::parse(uri)
                && let Some(prefix) = epc.company_prefix()
            {
                known.learn(prefix);
            }
        });
    }
}

fn rewrite(json: &mut Json, form: Form, known: &CompanyPrefixes) {
    match json {
        Json::Object(members) => {
            for (name, value) in members.iter_mut().filter(|(name, _)| is_open(name)) {
                if IDENTIFIERS.contains(&name.as_str()) {
                    rewrite_text(value, form, known);
                }
                rewrite(value, form, known);
            }
        }
        Json::List(items) => items.iter_mut().for_each(|item| rewrite(item, form, known)),
        _ => {}
    }
}

fn rewrite_text(value: &mut Json, form: Form, known: &CompanyPrefixes) {
    match value {
        Json::Text(text) => {
            if let Some(other) = other_form(text, form, known) {
                *text = other;
            }
        }
        Json::List(items) => items
            .iter_mut()
            .for_each(|item| rewrite_text(item, form, known)),
        _ => {}
    }
}

/// The identifier in the other form, if both directions give the same.
fn other_form(uri: &str, form: Form, known: &CompanyPrefixes) -> Option<String> {
    let is_urn = uri.starts_with("urn:epc:");
    match form {
        Form::Link if is_urn => {
            let epc = Epc::parse(uri).ok()?;
            let mut own = CompanyPrefixes::default();
            own.learn(epc.company_prefix()?);
            let link = epc.link();
            let back = Epc::parse(&link).and_then(|epc| epc.urn(&own));
            (back.as_deref() == Ok(uri)).then_some(link)
        }
        Form::Urn if !is_urn => {
            let urn = Epc::parse(uri).and_then(|epc| epc.urn(known)).ok()?;
            let back = Epc::parse(&urn).ok()?.link();
            (back == uri).then_some(urn)
        }
        _ => None,
    }
}

fn visit(json: &Json, see: &mut impl FnMut(&str)) {
    match json {
        Json::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| is_open(name)) {
                match value {
                    Json::Text(text) if IDENTIFIERS.contains(&name.as_str()) => see(text),
                    Json::List(items) if IDENTIFIERS.contains(&name.as_str()) => {
                        for item in items {
                            if let Json::Text(text) = item {
                                see(text);
                            }
                        }
                    }
                    _ => visit(value, see),
                }
            }
        }
        Json::List(items) => items.iter().for_each(|item| visit(item, see)),
        _ => {}
    }
}

fn is_open(name: &str) -> bool {
    !name.contains(':') && !CLOSED.contains(&name)
}
