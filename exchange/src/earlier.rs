//! Which events of a file this member recorded before. An import that was cut short is begun again
//! with the same file: what is there is left out, and what is missing is brought in.

use crate::event::{Part, part};
use crate::record::{Author, Sections, asks_state, drafts, subject};
use crate::used::named;
use chopmark_core::{Record, RecordDraft, SubjectId, TimeMs};
use chopmark_epcis::{Event, Namespaces, code};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What tells events apart: the event hash id, which two readings of a file give alike, whatever
/// ids and forms of identifiers stand in it. An event that says something else under the same id
/// is another.
pub(crate) type Identity = [u8; 32];

/// The events that this member recorded, as far as they were looked for.
#[derive(Clone, Debug, Default)]
pub struct Earlier(BTreeMap<Identity, BTreeMap<Part, usize>>);

/// Of events that are there in part: the parts that are.
#[derive(Clone, Debug, Default)]
pub struct Begun(BTreeMap<Identity, BTreeSet<Part>>);

/// Events of a file that may be there: the ledger knows what they are about.
#[derive(Debug, Default)]
pub struct Suspects {
    events: Vec<Suspect>,
    subjects: BTreeSet<SubjectId>,
    times: BTreeSet<TimeMs>,
}

#[derive(Debug)]
struct Suspect {
    /// Its place in the file.
    index: usize,
    identity: Identity,
    parts: BTreeSet<Part>,
    /// What it does follows from what is packed, and that is another now: one part says that all
    /// was recorded.
    asks_state: bool,
}

impl Suspects {
    /// The suspects among some events of a file, the first of which has this place in it. Of a
    /// transformation that is split over several, [`crate::Parts`] know what is there.
    #[must_use]
    pub fn among(events: &[Event], first: usize, author: &Author<'_>) -> Self {
        let mut suspects = Self::default();
        let several = |event: &Event| author.by.parts.has(event);
        for (index, event) in (first..).zip(events).filter(|(_, event)| !several(event)) {
            // Most files are new, and to make records of their events only to find out takes long.
            if !names_known(event, author) {
                continue;
            }
            // What becomes no record is named by the trial.
            if let Ok(drafts) = drafts(event, author, Sections::Empty) {
                suspects.suspect(index, event, &drafts, author);
            }
        }
        suspects
    }

    fn suspect(
        &mut self,
        index: usize,
        event: &Event,
        drafts: &[RecordDraft],
        author: &Author<'_>,
    ) {
        let asks_state = asks_state(event);
        let known: BTreeSet<SubjectId> = drafts
            .iter()
            .flat_map(|draft| {
                // Each part is about its last thing. What is in a container changes, but not that
                // all of it was.
                let first = draft.subjects.first().filter(|_| asks_state);
                draft.subjects.last().into_iter().chain(first)
            })
            .filter(|subject| author.view.subject(subject).is_some())
            .copied()
            .collect();
        if known.is_empty() {
            return;
        }
        self.subjects.extend(known);
        let times = drafts.iter().filter_map(|draft| draft.body.when());
        self.times.extend(times.map(|when| when.time));
        let parts = drafts
            .iter()
            .map(|draft| part(&draft.subjects, &draft.body));
        self.events.push(Suspect {
            index,
            identity: identity(event),
            parts: parts.collect(),
            asks_state,
        });
    }

    /// In whose histories to look for them.
    pub fn subjects(&self) -> impl Iterator<Item = &SubjectId> {
        self.subjects.iter()
    }

    /// Whether a record may say one of them: those of other times do not have to be opened.
    #[must_use]
    pub fn may_be(&self, record: &Record) -> bool {
        let when = record.body().when();
        when.is_some_and(|when| self.times.contains(&when.time))
    }
}

impl Earlier {
    /// Learns what a record of this member says. Each record is learned once.
    pub fn learn(&mut self, event: &Event, record: &Record) {
        let parts = self.0.entry(identity(event)).or_default();
        let part = part(record.subjects(), record.body());
        *parts.entry(part).or_default() += 1;
    }

    /// The places of those that are there as a whole. Each uses up the records that say it, so an
    /// event that a file has twice is there twice or missing once. Parts of others go to `begun`.
    pub fn settle(&mut self, suspects: Suspects, begun: &mut Begun) -> Vec<usize> {
        let mut there = Vec::new();
        for suspect in suspects.events {
            let Some(recorded) = self.0.get_mut(&suspect.identity) else {
                continue;
            };
            if suspect.asks_state {
                there.push(suspect.index);
                continue;
            }
            let mut missing = false;
            let mut found = BTreeSet::new();
            for part in suspect.parts {
                match recorded.get_mut(&part).filter(|times| **times > 0) {
                    Some(times) => {
                        *times -= 1;
                        found.insert(part);
                    }
                    None => missing = true,
                }
            }
            if !missing {
                there.push(suspect.index);
            } else if !found.is_empty() {
                begun.0.entry(suspect.identity).or_default().extend(found);
            }
        }
        there
    }
}

impl Begun {
    /// The records of an event that are missing.
    pub(crate) fn missing(&self, event: &Event, drafts: Vec<RecordDraft>) -> Vec<RecordDraft> {
        if self.0.is_empty() {
            return drafts;
        }
        let Some(there) = self.0.get(&identity(event)) else {
            return drafts;
        };
        let drafts = drafts.into_iter();
        drafts
            .filter(|draft| !there.contains(&part(&draft.subjects, &draft.body)))
            .collect()
    }
}

/// Whether the ledger has anything that an event names. Its records are about nothing else.
fn names_known(event: &Event, author: &Author<'_>) -> bool {
    named(event).any(|epc| {
        let subject = code(epc.written()).ok().map(|code| subject(&code, author));
        let subject = subject.and_then(Result::ok);
        subject.is_some_and(|subject| author.view.subject(&subject).is_some())
    })
}

pub(crate) fn identity(event: &Event) -> Identity {
    let mut hash = Sha256::new().chain_update(event.hash_id(&Namespaces::default()));
    // The id leaves it out: a declaration has that of the event which it declares wrong.
    if let Some(declaration) = &event.about.error_declaration {
        hash.update([0]);
        hash.update(declaration.declaration_time.written());
        for id in declaration.corrective_event_ids.iter().flatten() {
            hash.update([0]);
            hash.update(id.written());
        }
    }
    hash.finalize().into()
}
