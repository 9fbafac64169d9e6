//! What came of what: from a batch, an item or a run to everything made of it, and back to
//! everything it was made of.
//!
//! Kept beside the ledger and not in the state: no rule reads it and no proof needs it, since it
//! follows from the log.

mod affected;

use std::collections::{BTreeMap, BTreeSet};

pub use affected::{Affected, affected};

use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::{RecordRef, SubjectId, limits};

/// What one record made of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descent {
    /// The transformation, or the drawing from a run.
    pub by: RecordRef,
    /// What went in.
    pub from: Vec<SubjectId>,
    /// What came out.
    pub to: Vec<SubjectId>,
}

impl Descent {
    /// Several of them as bytes, for a store beside the ledger.
    #[must_use]
    pub fn all_to_bytes(descents: &[Self]) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.list(descents);
        writer.into_bytes()
    }

    /// Reads them back.
    ///
    /// # Errors
    /// [`CborError`] for other bytes.
    pub fn all_from_bytes(bytes: &[u8]) -> Result<Vec<Self>, CborError> {
        cbor::from_canonical(bytes)
    }
}

impl Wire for Descent {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.by.write(to);
        to.list(&self.from);
        to.list(&self.to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            by: RecordRef::read(from)?,
            from: from.list("origins", limits::SUBJECTS)?,
            to: from.list("descendants", limits::SUBJECTS)?,
        })
    }
}

/// Which way to trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everything made of it.
    Descendants,
    /// Everything it was made of.
    Origins,
}

/// A subject that a trace found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// How many records lie between, at least.
    pub level: u32,
    /// The subject.
    pub subject: SubjectId,
    /// The record that connects it with what was found before it.
    pub by: RecordRef,
    /// What was found before it, or was asked about: of several that are as near, one.
    pub via: SubjectId,
}

/// What a trace came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// What was found, nearest first; [`limits::TRACED`] of it, behind those that were passed over.
    pub found: Vec<Found>,
    /// Whether there is more behind them.
    pub cut_off: bool,
}

/// Subjects and events are numbered in four bytes, so that a million events take some hundred
/// megabytes.
type Node = u32;
type Event = u32;

/// Everything that came of something, in order of effect.
#[derive(Clone, Debug, Default)]
pub struct Lineage {
    nodes: BTreeMap<SubjectId, Node>,
    subjects: Vec<SubjectId>,
    events: Vec<Recorded>,
    /// What went into and came out of the events, one after the other.
    members: Vec<Node>,
    /// Each subject with the events that it went into.
    used: BTreeSet<(Node, Event)>,
    /// Each subject with the events that it came out of.
    made: BTreeSet<(Node, Event)>,
}

/// An event: from `start` of the members as many as went in, then those that came out.
#[derive(Clone, Copy, Debug)]
struct Recorded {
    by: RecordRef,
    start: u32,
    went_in: u16,
    came_out: u16,
}

impl Lineage {
    /// Takes in what came of what, in the order in which it took effect.
    pub fn extend(&mut self, descents: &[Descent]) {
        for descent in descents {
            self.insert(descent);
        }
    }

    /// How many records it knows.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events.len()
    }

    fn insert(&mut self, descent: &Descent) {
        // Past four thousand million, which no memory holds, nothing more is taken in.
        let (Ok(event), Ok(start)) = (
            Event::try_from(self.events.len()),
            u32::try_from(self.members.len()),
        ) else {
            return;
        };
        let size = |side: &[SubjectId]| u16::try_from(side.len()).unwrap_or(u16::MAX);
        self.events.push(Recorded {
            by: descent.by,
            start,
            went_in: size(&descent.from),
            came_out: size(&descent.to),
        });
        for subject in &descent.from {
            let node = self.node(subject);
            self.used.insert((node, event));
            self.members.push(node);
        }
        for subject in &descent.to {
            let node = self.node(subject);
            self.made.insert((node, event));
            self.members.push(node);
        }
    }

    fn node(&mut self, subject: &SubjectId) -> Node {
        let next = Node::try_from(self.subjects.len()).unwrap_or(Node::MAX);
        let node = *self.nodes.entry(*subject).or_insert(next);
        if node == next {
            self.subjects.push(*subject);
        }
        node
    }

    /// Everything made of a subject, or everything it was made of, without the nearest `passed`.
    /// Time counts: what a batch got later is no origin of what was taken from it before.
    #[must_use]
    pub fn trace(&self, subject: &SubjectId, reach: Reach, passed: usize) -> Trace {
        let Some(start) = self.nodes.get(subject) else {
            return Trace::default();
        };
        let mut walk = Walk {
            lineage: self,
            reach,
            seen: BTreeMap::from([(*start, (0, None))]),
            open: BTreeSet::new(),
        };
        walk.open(*start, None);
        walk.run();
        let mut found: Vec<Found> = walk
            .seen
            .iter()
            .filter_map(|(node, (level, step))| {
                let step = (*step)?;
                Some(Found {
                    level: *level,
                    subject: self.subject(*node)?,
                    by: step.by,
                    via: self.subject(step.via)?,
                })
            })
            .collect();
        found.sort_unstable();
        found.drain(..passed.min(found.len()));
        let cut_off = found.len() > limits::TRACED;
        found.truncate(limits::TRACED);
        Trace { found, cut_off }
    }

    fn subject(&self, node: Node) -> Option<SubjectId> {
        self.subjects.get(usize::try_from(node).ok()?).copied()
    }

    fn event(&self, event: Event) -> Option<(RecordRef, &[Node], &[Node])> {
        let known = self.events.get(usize::try_from(event).ok()?)?;
        let start = usize::try_from(known.start).ok()?;
        let middle = start.checked_add(known.went_in.into())?;
        let end = middle.checked_add(known.came_out.into())?;
        Some((
            known.by,
            self.members.get(start..middle)?,
            self.members.get(middle..end)?,
        ))
    }
}

/// What led to a subject: the record, and what it led from.
#[derive(Clone, Copy)]
struct Step {
    by: RecordRef,
    via: Node,
}

/// A trace under way. Events are gone through in order of effect, backwards for origins, so that
/// each is looked at once, when everything that leads to it is known.
struct Walk<'a> {
    lineage: &'a Lineage,
    reach: Reach,
    /// Subjects with their distance, and the step that led there.
    seen: BTreeMap<Node, (u32, Option<Step>)>,
    open: BTreeSet<Event>,
}

impl Walk<'_> {
    /// Goes on until nothing is left.
    fn run(&mut self) {
        while let Some(event) = self.next() {
            let Some((by, went_in, came_out)) = self.lineage.event(event) else {
                continue;
            };
            let (near, far) = match self.reach {
                Reach::Descendants => (went_in, came_out),
                Reach::Origins => (came_out, went_in),
            };
            let known = near.iter().filter_map(|node| {
                let (level, _) = self.seen.get(node)?;
                Some((*level, *node))
            });
            let Some((nearest, via)) = known.min() else {
                continue;
            };
            let (level, step) = (nearest.saturating_add(1), Step { by, via });
            for node in far {
                if let Some(before) = self.seen.get_mut(node) {
                    if before.0 > level {
                        *before = (level, Some(step));
                    }
                    continue;
                }
                self.seen.insert(*node, (level, Some(step)));
                self.open(*node, Some(event));
            }
        }
    }

    fn next(&mut self) -> Option<Event> {
        match self.reach {
            Reach::Descendants => self.open.pop_first(),
            Reach::Origins => self.open.pop_last(),
        }
    }

    /// What happened to a subject after an event that made it, or before one that used it.
    fn open(&mut self, node: Node, event: Option<Event>) {
        let events = match self.reach {
            Reach::Descendants => {
                let after = event.map_or(Some(0), |event| event.checked_add(1));
                after.map(|after| (&self.lineage.used, (node, after)..=(node, Event::MAX)))
            }
            Reach::Origins => {
                let before = event.map_or(Some(Event::MAX), |event| event.checked_sub(1));
                before.map(|before| (&self.lineage.made, (node, 0)..=(node, before)))
            }
        };
        if let Some((table, range)) = events {
            self.open
                .extend(table.range(range).map(|(_, event)| *event));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::BlockId;
    use crate::cbor::{from_canonical, to_bytes};

    fn subject(n: u8) -> SubjectId {
        SubjectId::from_bytes([n; 32])
    }

    fn record(n: u8) -> RecordRef {
        RecordRef {
            block: BlockId::from_bytes([n; 32]),
            index: 0,
        }
    }

    fn lineage(events: &[(&[u8], &[u8])]) -> Lineage {
        let mut lineage = Lineage::default();
        for (n, (from, to)) in (0..).zip(events) {
            lineage.extend(&[Descent {
                by: record(n),
                from: from.iter().copied().map(subject).collect(),
                to: to.iter().copied().map(subject).collect(),
            }]);
        }
        lineage
    }

    fn found(lineage: &Lineage, from: u8, reach: Reach) -> Vec<(u8, u32)> {
        let trace = lineage.trace(&subject(from), reach, 0);
        assert!(!trace.cut_off);
        let found = trace.found.iter();
        found.map(|f| (f.subject.as_bytes()[0], f.level)).collect()
    }

    #[test]
    fn both_ways_through_several_levels() {
        let flour = lineage(&[(&[1, 2], &[3]), (&[3, 9], &[4, 5]), (&[5], &[6])]);
        assert_eq!(
            found(&flour, 1, Reach::Descendants),
            [(3, 1), (4, 2), (5, 2), (6, 3)]
        );
        assert_eq!(
            found(&flour, 9, Reach::Descendants),
            [(4, 1), (5, 1), (6, 2)]
        );
        assert_eq!(
            found(&flour, 6, Reach::Origins),
            [(5, 1), (3, 2), (9, 2), (1, 3), (2, 3)]
        );
        assert_eq!(
            found(&flour, 4, Reach::Origins),
            [(3, 1), (9, 1), (1, 2), (2, 2)]
        );
        assert_eq!(found(&flour, 77, Reach::Origins), []);
    }

    /// A batch that grows: what was taken before the bad flour came in is not recalled with it.
    #[test]
    fn what_came_later_is_no_origin_of_what_was_taken_before() {
        let silo = lineage(&[(&[1], &[3]), (&[3], &[4]), (&[2], &[3]), (&[3], &[5])]);
        assert_eq!(found(&silo, 2, Reach::Descendants), [(3, 1), (5, 2)]);
        assert_eq!(
            found(&silo, 1, Reach::Descendants),
            [(3, 1), (4, 2), (5, 2)]
        );
        assert_eq!(found(&silo, 4, Reach::Origins), [(3, 1), (1, 2)]);
        assert_eq!(found(&silo, 5, Reach::Origins), [(3, 1), (1, 2), (2, 2)]);
    }

    /// Each thing hangs on one that is a step nearer, by a record that has both.
    #[test]
    fn a_trace_is_a_tree() {
        let flour = lineage(&[(&[1, 2], &[3]), (&[3, 9], &[4, 5]), (&[5], &[6])]);
        let steps = |from, reach| -> Vec<(u8, u8, u8)> {
            let trace = flour.trace(&subject(from), reach, 0);
            let byte = |subject: &SubjectId| subject.as_bytes()[0];
            let found = trace.found.iter();
            found
                .map(|f| (byte(&f.via), byte(&f.subject), f.by.block.as_bytes()[0]))
                .collect()
        };
        assert_eq!(
            steps(1, Reach::Descendants),
            [(1, 3, 0), (3, 4, 1), (3, 5, 1), (5, 6, 2)]
        );
        assert_eq!(
            steps(6, Reach::Origins),
            [(6, 5, 2), (5, 3, 1), (5, 9, 1), (3, 1, 0), (3, 2, 0)]
        );
    }

    #[test]
    fn goods_that_go_round_in_a_circle_end() {
        let circle = lineage(&[(&[1], &[2]), (&[2], &[1]), (&[1], &[2])]);
        assert_eq!(found(&circle, 1, Reach::Descendants), [(2, 1)]);
        assert_eq!(found(&circle, 2, Reach::Origins), [(1, 1)]);
    }

    #[test]
    fn a_large_trace_comes_in_parts_the_nearest_first() {
        let mut wide = Lineage::default();
        let many = u32::try_from(limits::TRACED).unwrap() + 10;
        for n in 0..many {
            let mut id = [1; 32];
            id[..4].copy_from_slice(&n.to_be_bytes());
            wide.extend(&[Descent {
                by: record(1),
                from: vec![subject(200)],
                to: vec![SubjectId::from_bytes(id)],
            }]);
        }
        // The last of them goes on.
        let last = SubjectId::from_bytes({
            let mut id = [1; 32];
            id[..4].copy_from_slice(&(many - 1).to_be_bytes());
            id
        });
        wide.extend(&[Descent {
            by: record(2),
            from: vec![last],
            to: vec![subject(201)],
        }]);
        let part = |passed| wide.trace(&subject(200), Reach::Descendants, passed);
        let (first, second) = (part(0), part(limits::TRACED));
        assert!(first.cut_off && !second.cut_off);
        assert_eq!(
            (first.found.len(), second.found.len()),
            (limits::TRACED, 11)
        );
        assert!(first.found.last() < second.found.first());
        assert_eq!(second.found.last().unwrap().subject, subject(201));
        assert_eq!(part(limits::TRACED + 11), Trace::default());
        assert_eq!(part(usize::MAX), Trace::default());
    }

    #[test]
    fn descents_survive_their_bytes() {
        let descent = Descent {
            by: record(1),
            from: vec![subject(1)],
            to: vec![subject(2), subject(3)],
        };
        let bytes = Descent::all_to_bytes(std::slice::from_ref(&descent));
        assert_eq!(Descent::all_from_bytes(&bytes), Ok(vec![descent.clone()]));
        assert_eq!(from_canonical(&to_bytes(&descent)), Ok(descent));
        assert!(Descent::all_from_bytes(&bytes[1..]).is_err());
    }

    /// What reaches what, as plainly as it can be said: event after event, everything that is
    /// tainted taints.
    fn naive(events: &[(Vec<u8>, Vec<u8>)], from: u8) -> BTreeSet<u8> {
        let mut tainted = BTreeSet::from([from]);
        for (inputs, outputs) in events {
            if inputs.iter().any(|input| tainted.contains(input)) {
                tainted.extend(outputs);
            }
        }
        tainted.remove(&from);
        tainted
    }

    proptest! {
        #[test]
        fn agrees_with_going_through_everything(
            events in proptest::collection::vec(
                (proptest::collection::vec(0..12u8, 1..3), proptest::collection::vec(0..12u8, 0..3)),
                0..24,
            ),
            from in 0..12u8,
        ) {
            let sides: Vec<(&[u8], &[u8])> =
                events.iter().map(|(a, b)| (a.as_slice(), b.as_slice())).collect();
            let lineage = lineage(&sides);
            let set = |reach| -> BTreeSet<u8> {
                found(&lineage, from, reach).into_iter().map(|(n, _)| n).collect()
            };
            prop_assert_eq!(set(Reach::Descendants), naive(&events, from));
            let backwards: Vec<_> = events.iter().rev().cloned().map(|(a, b)| (b, a)).collect();
            prop_assert_eq!(set(Reach::Origins), naive(&backwards, from));
        }
    }
}
