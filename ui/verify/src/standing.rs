//! What the page's own host says of a code beside what is proven: records that are in no checkpoint
//! yet, and those that the ledger refused. A bundle holds neither, so this is one peer's word; the
//! page says so, and no verdict follows from it.

use crate::ask::{Request, Sent};
use crate::network::{list, number, text};
use crate::visit::Visit;
use chopmark_core::CodeQuery;
use js_sys::JSON;

/// A peer tells of a few records, in some hundred bytes each.
const MOST_BYTES: usize = 16 * 1024;

/// What a host told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Standing {
    /// The newest first.
    pub(crate) pending: Vec<Said>,
    /// The newest first.
    pub(crate) refused: Vec<Said>,
}

/// One record of which the host told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    /// Its kind, as the format names it.
    pub(crate) kind: String,
    /// The member that signed it.
    pub(crate) member: String,
    /// When, milliseconds since 1970.
    pub(crate) time: u64,
    /// Why it was refused; empty of what is pending.
    pub(crate) code: String,
}

impl Standing {
    /// Asks the page's host. Nothing is said where it does not answer: nothing was promised.
    pub(crate) async fn ask(visit: &Visit) -> Self {
        let url = format!("{}/standing/{}", visit.origin, CodeQuery::of(&visit.code));
        match Request::send(&url, MOST_BYTES).answer().await {
            Ok(Sent::Found(bytes)) => std::str::from_utf8(&bytes)
                .ok()
                .and_then(Self::parse)
                .unwrap_or_default(),
            _ => Self::default(),
        }
    }

    fn parse(json: &str) -> Option<Self> {
        let root = JSON::parse(json).ok()?;
        let said = |name: &str| {
            let list = list(&root, name).into_iter();
            let each = list.filter_map(|one| {
                Some(Said {
                    kind: text(&one, "kind")?,
                    member: text(&one, "member")?,
                    time: number(&one, "time")?,
                    code: text(&one, "code").unwrap_or_default(),
                })
            });
            each.collect()
        };
        Some(Self {
            pending: said("pending"),
            refused: said("refused"),
        })
    }

    /// How many records it is about.
    pub(crate) fn count(&self) -> usize {
        self.pending.len().saturating_add(self.refused.len())
    }
}
