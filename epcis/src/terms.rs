//! Which names a JSON-LD context allows beside those of the standard.

use crate::Json;
use std::collections::BTreeSet;

/// Every published form of the standard's own context ends so.
const STANDARD_CONTEXT: &str = "epcis-context.jsonld";

/// What the contexts around an object say about names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    names: BTreeSet<String>,
    /// A context is named that is not here to be read: it may define any name.
    is_open: bool,
}

impl Terms {
    /// What holds inside an object with this context.
    pub(crate) fn within(&self, context: Option<&Json>) -> Self {
        let mut terms = self.clone();
        match context {
            Some(Json::List(contexts)) => contexts.iter().for_each(|one| terms.add(one)),
            Some(one) => terms.add(one),
            None => {}
        }
        terms
    }

    fn add(&mut self, context: &Json) {
        match context {
            Json::Object(definitions) => self.names.extend(definitions.keys().cloned()),
            Json::Text(address) if !address.ends_with(STANDARD_CONTEXT) => self.is_open = true,
            _ => {}
        }
    }

    /// Whether a name that is no field of the standard is an extension.
    pub(crate) fn allow(&self, name: &str) -> bool {
        let has_prefix = name
            .split_once(':')
            .is_some_and(|(prefix, rest)| !prefix.is_empty() && !rest.is_empty());
        has_prefix || self.is_open || self.names.contains(name)
    }
}
