//! Which events an export has: each as often as it was said, however many records say it.

use super::Opened;
use chopmark_core::{Body, RecordRef, SubjectId};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The kept events of records that went by.
///
/// An event of many things is several records, each with the whole event, and no record says
/// which part of it it is. Where they stand tells nothing: parts lie in blocks between those of
/// others. But the parts of one event differ in what they are about, and when the same event is
/// said again, so are its parts: an event was said as often as its most frequent part.
#[derive(Clone, Debug, Default)]
pub struct Once {
    /// How often each event was said.
    times: BTreeMap<Said, usize>,
    /// And each of its parts.
    parts: BTreeMap<(Said, Part), usize>,
}

/// An event: who says it, by which kind of record (an event makes records of one), and its text,
/// hashed, since a ledger has millions.
type Said = [u8; 32];

/// What tells the parts of one event apart. Things stand in one part each, and the last is never
/// the container, which stands first in all of them; corrections of one record differ in what they
/// name as right.
pub(crate) type Part = (Option<SubjectId>, Option<(RecordRef, Option<RecordRef>)>);

impl Once {
    /// Whether this record is the first of its event. One that keeps no event always is.
    pub fn is_first(&mut self, opened: &Opened<'_>) -> bool {
        let Some(text) = &opened.section.event else {
            return true;
        };
        let said: Said = Sha256::new()
            .chain_update(opened.author.as_bytes())
            .chain_update([opened.record.kind().as_u8()])
            .chain_update(text)
            .finalize()
            .into();
        let part = part(opened.record.subjects(), opened.record.body());
        let count = self.parts.entry((said, part)).or_default();
        *count += 1;
        let times = self.times.entry(said).or_default();
        let is_first = *count > *times;
        *times = (*times).max(*count);
        is_first
    }
}

pub(crate) fn part(subjects: &[SubjectId], body: &Body) -> Part {
    let corrected = match body {
        Body::Correct {
            of, correctives, ..
        } => Some((*of, correctives.first().copied())),
        _ => None,
    };
    (subjects.last().copied(), corrected)
}
