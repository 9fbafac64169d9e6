//! Following a subject through its containers: which records are its history, and what that
//! stands on.

use std::collections::{BTreeMap, BTreeSet};

use super::Located;
use crate::{Body, Record, RecordRef, SubjectId};

/// Whether a record counts among a subject's.
pub(super) fn concerns(record: &Record, subject: &SubjectId) -> bool {
    things_of(record).any(|thing| thing == subject)
}

/// Whether a record says where a thing lies: that it begins, goes into a container, or comes out.
pub(in crate::history) fn places(record: &Record, thing: &SubjectId) -> bool {
    let subjects = record.subjects();
    match record.body() {
        Body::Commission { .. } | Body::CommissionRun { .. } => subjects.contains(thing),
        Body::Transform { inputs, .. } => subjects.iter().skip(inputs.len()).any(|s| s == thing),
        Body::Draw { .. } | Body::Pack { .. } | Body::Unpack { .. } => {
            subjects.iter().skip(1).any(|s| s == thing)
        }
        Body::Accept { left, .. } => left.contains(thing),
        _ => false,
    }
}

/// The subjects among whose records it counts.
fn things_of(record: &Record) -> impl Iterator<Item = &SubjectId> {
    let left = match record.body() {
        Body::Accept { left, .. } => left.as_slice(),
        _ => &[],
    };
    record.concerned().iter().chain(left)
}

/// Follows a subject through its containers and notes which records count.
pub(super) struct Scope {
    subject: SubjectId,
    /// The run that stands for the subject until it is drawn.
    pub(super) run: Option<SubjectId>,
    pub(super) history: Vec<RecordRef>,
    pub(super) ground: BTreeSet<RecordRef>,
    inside: BTreeMap<SubjectId, (SubjectId, RecordRef)>,
    last_custody: BTreeMap<SubjectId, RecordRef>,
    /// The newest pledge or release of a thing.
    pledges: BTreeMap<SubjectId, RecordRef>,
    /// Every record so far of each thing that is around the subject sooner or later.
    lives: BTreeMap<SubjectId, Vec<RecordRef>>,
    /// The records that say where such a thing lies itself: it began, or went into a container or
    /// out of one.
    places: BTreeMap<SubjectId, BTreeSet<RecordRef>>,
    pub(super) left: BTreeMap<SubjectId, RecordRef>,
    /// Containers that were left with what was in them, until something is written of them.
    unfenced: BTreeSet<SubjectId>,
    pub(super) fences: BTreeSet<RecordRef>,
}

impl Scope {
    pub(super) fn new(subject: SubjectId, containers: BTreeSet<SubjectId>) -> Self {
        Self {
            subject,
            run: None,
            history: Vec::new(),
            ground: BTreeSet::new(),
            inside: BTreeMap::new(),
            last_custody: BTreeMap::new(),
            pledges: BTreeMap::new(),
            lives: containers.into_iter().map(|id| (id, Vec::new())).collect(),
            places: BTreeMap::new(),
            left: BTreeMap::new(),
            unfenced: BTreeSet::new(),
            fences: BTreeSet::new(),
        }
    }

    pub(super) fn see(&mut self, located: &Located) {
        let (chain, stays) = (self.chain(), self.stays());
        let record = &located.record;
        for thing in things_of(record) {
            if let Some(life) = self.lives.get_mut(thing) {
                life.push(located.at);
            }
            if self.lives.contains_key(thing) && places(record, thing) {
                self.places.entry(*thing).or_default().insert(located.at);
            }
            if self.unfenced.remove(thing) {
                self.fences.insert(located.at);
            }
        }
        let drawn = drawn_from(record, &self.subject).is_some();
        if drawn || record.concerned().iter().any(|s| chain.contains(s)) {
            self.history.push(located.at);
        }
        if drawn && let Some(run) = self.run.take() {
            self.inherit(run);
        }
        self.follow(located);
        // A container that is new around the subject: what says who held it, whether it is
        // pledged, and that it was in a larger one itself, happened before and is shown as
        // ground.
        for container in self.chain().difference(&chain) {
            self.ground.extend(self.last_custody.get(container));
            self.ground.extend(self.pledges.get(container));
            self.ground
                .extend(self.inside.get(container).map(|(_, packed)| packed));
        }
        let now = self.stays();
        for (container, packed) in now.difference(&stays) {
            let life = self.lives.get(container).into_iter().flatten();
            // With what it was packed into that container, if that was earlier.
            self.ground.extend(life.skip_while(|at| *at != packed));
        }
        for (container, packed) in stays.difference(&now) {
            self.leave(*container, *packed);
            if !concerns(record, container) {
                self.unfenced.insert(*container);
            }
        }
    }

    /// The newest record of a container, at its packing or before, that says where it lies.
    fn placed_before(&self, container: &SubjectId, packed: &RecordRef) -> RecordRef {
        let life = self.lives.get(container).map_or(&[][..], Vec::as_slice);
        let end = life.iter().position(|at| at == packed).unwrap_or_default();
        let placed = self.places.get(container);
        let before = life.get(..end).unwrap_or_default().iter().rev();
        let mut before = before.filter(|at| placed.is_some_and(|all| all.contains(*at)));
        before.next().copied().unwrap_or(*packed)
    }

    /// A container was left: it is shown from where it is known where it lay itself, of the earliest
    /// packing that matters.
    fn leave(&mut self, container: SubjectId, packed: RecordRef) {
        let begun = self.placed_before(&container, &packed);
        let life = self.lives.get(&container).map_or(&[][..], Vec::as_slice);
        let before = life.iter().skip_while(|at| **at != begun);
        self.ground.extend(before.take_while(|at| **at != packed));
        let place = |of: RecordRef| life.iter().position(|at| *at == of);
        let known = self.left.entry(container).or_insert(begun);
        if place(begun) < place(*known) {
            *known = begun;
        }
    }

    /// The containers around the subject now, each with the packing that put there what is in it.
    fn stays(&self) -> BTreeSet<(SubjectId, RecordRef)> {
        let chain = self.chain();
        let inside = chain.iter().filter_map(|inner| self.inside.get(inner));
        inside.copied().collect()
    }

    /// From here on the subject stands for itself, where its run was.
    fn inherit(&mut self, run: SubjectId) {
        if let Some(inside) = self.inside.get(&run) {
            self.inside.insert(self.subject, *inside);
        }
        if let Some(custody) = self.last_custody.get(&run) {
            self.last_custody.insert(self.subject, *custody);
        }
    }

    fn follow(&mut self, located: &Located) {
        let subjects = located.record.subjects();
        match located.record.body() {
            Body::Pack { .. } => {
                if let Some((container, items)) = subjects.split_first() {
                    for item in items {
                        self.inside.insert(*item, (*container, located.at));
                    }
                }
            }
            Body::Unpack { .. } => {
                for item in subjects.iter().skip(1) {
                    self.inside.remove(item);
                    self.last_custody.insert(*item, located.at);
                }
            }
            Body::Transform { inputs, .. } => {
                for output in subjects.iter().skip(inputs.len()) {
                    self.last_custody.entry(*output).or_insert(located.at);
                }
            }
            Body::Commission { .. } | Body::CommissionRun { .. } | Body::PickUp { .. } => {
                for subject in subjects {
                    self.last_custody.insert(*subject, located.at);
                }
            }
            Body::Accept { left, .. } => {
                for subject in left {
                    self.inside.remove(subject);
                }
                for subject in subjects.iter().chain(left) {
                    self.last_custody.insert(*subject, located.at);
                }
            }
            Body::Pledge { .. } | Body::Release { .. } => {
                for subject in subjects {
                    self.pledges.insert(*subject, located.at);
                }
            }
            _ => {}
        }
    }

    /// The subject and the containers around it now.
    fn chain(&self) -> BTreeSet<SubjectId> {
        let mut at = self.run.unwrap_or(self.subject);
        let mut chain = BTreeSet::from([at]);
        while let Some((container, _)) = self.inside.get(&at) {
            if !chain.insert(*container) {
                break;
            }
            at = *container;
        }
        chain
    }
}

/// The run that a record draws a subject from.
pub(super) fn drawn_from(record: &Record, subject: &SubjectId) -> Option<SubjectId> {
    match (record.body(), record.subjects().split_first()) {
        (Body::Draw { .. }, Some((run, items))) if items.contains(subject) => Some(*run),
        _ => None,
    }
}
