//! Which records say which events: EPCIS names an event by an id that its writer chose or that
//! anybody computes, the ledger names the record.

use crate::earlier::Begun;
use crate::parts::Parts;
use chopmark_core::{MemberId, ReaderGroup, RecordRef, SubjectId};
use chopmark_epcis::{Event, Namespaces};
use std::collections::{BTreeMap, BTreeSet};

/// In whose name events become records, and for whom.
#[derive(Clone, Debug)]
pub struct Teller {
    /// The member that signs.
    pub member: MemberId,
    /// Who can open what the events say; the member itself only if it is among them.
    pub parties: BTreeSet<ReaderGroup>,
    /// The records of the events that error declarations name.
    pub recorded: Recorded,
    /// What is there already of events that are there in part.
    pub begun: Begun,
    /// The transformations that several of the events tell together.
    pub parts: Parts,
}

impl Teller {
    /// A member that tells only itself, and has recorded nothing that is of interest.
    #[must_use]
    pub fn new(member: MemberId) -> Self {
        Self {
            member,
            parties: BTreeSet::from([member.into()]),
            recorded: Recorded::default(),
            begun: Begun::default(),
            parts: Parts::default(),
        }
    }

    /// Tells these members as well.
    #[must_use]
    pub fn telling(mut self, members: impl IntoIterator<Item = MemberId>) -> Self {
        self.parties
            .extend(members.into_iter().map(ReaderGroup::from));
        self
    }

    /// Knows which records say what error declarations name.
    #[must_use]
    pub fn knowing(mut self, recorded: Recorded) -> Self {
        self.recorded = recorded;
        self
    }

    /// Knows which transformations the events tell together.
    #[must_use]
    pub fn joining(mut self, parts: Parts) -> Self {
        self.parts = parts;
        self
    }
}

/// The events that error declarations name, each with the records that say it. No others are
/// kept: a ledger has millions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded(BTreeMap<String, Vec<Said>>);

/// A record that says an event, or a part of a large one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) at: RecordRef,
    pub(crate) subjects: Vec<SubjectId>,
}

impl Recorded {
    /// What has to be found before these events can become records.
    #[must_use]
    pub fn wanted_by<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut wanted = Self::default();
        for event in events {
            let Some(declaration) = &event.about.error_declaration else {
                continue;
            };
            let right = declaration.corrective_event_ids.iter().flatten();
            let right = right.map(|id| id.written().to_owned());
            for id in ids(event).into_iter().chain(right) {
                wanted.0.entry(id).or_default();
            }
        }
        wanted
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps a record if one of the wanted events is what it says.
    pub fn learn(&mut self, event: &Event, at: RecordRef, subjects: &[SubjectId]) {
        // A declaration has the id of what it declares wrong, and is not that.
        if self.0.is_empty() || event.about.error_declaration.is_some() {
            return;
        }
        for id in ids(event) {
            if let Some(said) = self.0.get_mut(&id) {
                said.push(Said {
                    at,
                    subjects: subjects.to_vec(),
                });
            }
        }
    }

    /// The records that say the event which a declaration repeats.
    pub(crate) fn of(&self, declaration: &Event) -> &[Said] {
        let mut found = ids(declaration).into_iter().map(|id| self.named(&id));
        found.find(|said| !said.is_empty()).unwrap_or_default()
    }

    /// The records that say the event of an id.
    pub(crate) fn named(&self, id: &str) -> &[Said] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }
}

/// By what an event is called: the id that it brings, and the one that anybody computes. A
/// declaration has those of the event that it repeats, since CBV 2.0 (8.9) leaves the declaration
/// out of the hash.
fn ids(event: &Event) -> Vec<String> {
    let own = event
        .about
        .event_id
        .as_ref()
        .map(|id| id.written().to_owned());
    let computed = event.hash_id(&Namespaces::default());
    let mut ids: Vec<String> = own.into_iter().collect();
    if !ids.contains(&computed) {
        ids.push(computed);
    }
    ids
}
