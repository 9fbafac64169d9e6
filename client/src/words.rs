use chopmark_view::{Failure, Line, Param};

/// One message that the client may send to the screens: its key and its parameters. The
/// message files of `ui/kit` hold a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    key: &'static str,
    params: &'static [(&'static str, Kind)],
}

/// What kind of value a parameter carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Shown as it is.
    Text,
    /// A count or amount.
    Number,
    /// A point in time.
    Time,
    /// A size in bytes.
    Bytes,
    /// The key of another message, from [`keys`](crate::keys()).
    Key,
}

impl Message {
    pub(crate) const fn new(key: &'static str, params: &'static [(&'static str, Kind)]) -> Self {
        Self { key, params }
    }

    /// The code of a failure or the key of a line.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The parameters, by name.
    pub fn params(&self) -> &'static [(&'static str, Kind)] {
        self.params
    }

    pub(crate) fn line<const N: usize>(&self, params: [(&'static str, Param); N]) -> Line {
        self.check(&params);
        Line {
            key: self.key.into(),
            params: named(params),
        }
    }

    pub(crate) fn failure<const N: usize>(&self, params: [(&'static str, Param); N]) -> Failure {
        self.check(&params);
        Failure {
            code: self.key.into(),
            params: named(params),
        }
    }

    /// A message whose parameters are not the listed ones would show with holes.
    fn check(&self, given: &[(&'static str, Param)]) {
        debug_assert_eq!(given.len(), self.params.len(), "parameters of {}", self.key);
        for (name, param) in given {
            debug_assert!(
                self.params
                    .iter()
                    .any(|(listed, kind)| listed == name && *kind == kind_of(param)),
                "parameter {name} of {}",
                self.key
            );
        }
    }
}

fn named<const N: usize>(
    params: [(&'static str, Param); N],
) -> std::collections::BTreeMap<String, Param> {
    params
        .into_iter()
        .map(|(name, param)| (name.to_owned(), param))
        .collect()
}

fn kind_of(param: &Param) -> Kind {
    match param {
        Param::Text(_) => Kind::Text,
        Param::Number(_) => Kind::Number,
        Param::Time(_) => Kind::Time,
        Param::Bytes(_) => Kind::Bytes,
        Param::Key(_) => Kind::Key,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::{FAILURES, LINES, keys};

    /// A message that is made but not listed would have no sentence in the message files.
    #[test]
    fn lists_every_message_once() {
        for (source, listed) in [
            (
                &[
                    include_str!("failure.rs"),
                    include_str!("failure/correcting.rs"),
                    include_str!("failure/figures.rs"),
                    include_str!("failure/importing.rs"),
                ][..],
                FAILURES,
            ),
            (
                &[
                    include_str!("lines.rs"),
                    include_str!("lines/correcting.rs"),
                    include_str!("lines/seals.rs"),
                ],
                LINES,
            ),
        ] {
            let keys: BTreeSet<_> = listed.iter().map(super::Message::key).collect();
            assert_eq!(keys.len(), listed.len());
            let made = source.concat().matches(": Message =").count();
            assert_eq!(listed.len(), made);
        }
        assert_eq!(keys().collect::<BTreeSet<_>>().len(), keys().count());
    }
}
