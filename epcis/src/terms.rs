//! Which names a JSON-LD context allows beside those of the standard.

use crate::Json;
use crate::context::{entries, is_standard};
use std::collections::BTreeSet;

/// What the contexts around an object say about names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    names: BTreeSet<String>,
    /// A context is named that is not here to be read: it may define any name.
    is_open: bool,
}

impl Terms {
    /// Allows every name: for what was read before.
    pub(crate) fn open() -> Self {
        Self {
            names: BTreeSet::new(),
            is_open: true,
        }
    }

    /// What holds inside an object with this context.
    pub(crate) fn within(&self, context: Option<&Json>) -> Self {
        let mut terms = self.clone();
        entries(context).iter().for_each(|one| terms.add(one));
        terms
    }

    fn add(&mut self, context: &Json) {
        match context {
            Json::Object(definitions) => self.names.extend(definitions.keys().cloned()),
            Json::Text(_) if !is_standard(context) => self.is_open = true,
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
