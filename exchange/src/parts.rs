//! Transformations that are told by several events, which their `transformationID` joins (EPCIS
//! 2.0, 7.4.6): what went in and what came out stands in events of its own. The ledger counts
//! through one record, so the first event with outputs becomes the record of all of them; the
//! others are seen beside it, and each keeps its event.

use crate::earlier::{Identity, identity};
use chopmark_core::{Kind, RecordRef};
use chopmark_epcis::{Epc, Event, Quantity, Transformation, Uri, What};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// The transformations of a file of which an event has inputs or outputs alone, with what this
/// member recorded of them before.
#[derive(Clone, Debug, Default)]
pub struct Parts(BTreeMap<String, Split>);

/// One transformation.
#[derive(Clone, Debug, Default)]
struct Split {
    /// Its events in the file, each once: what a file has twice is one event, and nothing went in
    /// twice.
    events: Vec<(Identity, Transformation)>,
    /// Those that are recorded.
    recorded: BTreeSet<Identity>,
    /// What went in by records, and did not come out yet.
    open: Vec<(RecordRef, Side)>,
    /// Of the events, inputs that the file itself declares wrong.
    wrong: BTreeSet<Identity>,
    /// The event that becomes the record, and what all of them say; put together when it is asked
    /// for, since there may be very many.
    together: OnceLock<Option<(Identity, Transformation)>>,
}

#[derive(Clone, Debug, Default)]
struct Side {
    epcs: Vec<Uri>,
    quantities: Vec<Quantity>,
}

/// What becomes of an event of a transformation.
pub(crate) enum Part<'a> {
    /// The record of the whole, which is the event itself or what several say together.
    Whole(&'a Transformation),
    /// It is seen beside the one that is.
    Beside,
    /// Things come out, and nobody said what went in.
    NoInputs {
        /// What joins it to the events that do.
        id: &'a str,
    },
}

impl Side {
    fn of(epcs: Option<&Vec<Uri>>, quantities: Option<&Vec<Quantity>>) -> Self {
        Self {
            epcs: epcs.cloned().unwrap_or_default(),
            quantities: quantities.cloned().unwrap_or_default(),
        }
    }

    fn inputs(of: &Transformation) -> Self {
        Self::of(of.input_epcs.as_ref(), of.input_quantities.as_ref())
    }

    fn outputs(of: &Transformation) -> Self {
        Self::of(of.output_epcs.as_ref(), of.output_quantities.as_ref())
    }

    fn add(&mut self, other: Self) {
        self.epcs.extend(other.epcs);
        self.quantities.extend(other.quantities);
    }
}

fn takes(of: &Transformation) -> bool {
    has(of.input_epcs.as_ref()) || has(of.input_quantities.as_ref())
}

fn gives(of: &Transformation) -> bool {
    has(of.output_epcs.as_ref()) || has(of.output_quantities.as_ref())
}

fn has<T>(list: Option<&Vec<T>>) -> bool {
    list.is_some_and(|list| !list.is_empty())
}

/// The transformation that an event is a part or the whole of, by the name that joins it to others:
/// the same in both forms of an identifier.
fn joined(event: &Event) -> Option<(String, &Transformation)> {
    let What::Transformation(of) = &event.what else {
        return None;
    };
    // A declaration repeats an event, and says nothing new of the goods.
    let named = of.transformation_id.as_ref().map(Uri::written);
    let named = named.filter(|_| event.about.error_declaration.is_none())?;
    let link = Epc::parse(named).map(|epc| epc.link());
    Some((link.unwrap_or_else(|_| named.to_owned()), of))
}

impl Parts {
    /// The transformations that are split among these events, which are all of a file.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let mut parts = Self::default();
        for (name, of) in events.iter().filter_map(joined) {
            if !takes(of) || !gives(of) {
                parts.0.entry(name).or_default();
            }
        }
        let mut seen = BTreeSet::new();
        for event in events {
            if let Some((identity, of, split)) = parts.split_mut(event)
                && seen.insert(identity)
            {
                split.events.push((identity, of.clone()));
            }
        }
        for declaration in events
            .iter()
            .filter(|event| event.about.error_declaration.is_some())
        {
            let mut declared = declaration.clone();
            declared.about.error_declaration = None;
            if let Some((identity, of, split)) = parts.split_mut(&declared)
                && !gives(of)
            {
                split.wrong.insert(identity);
            }
        }
        parts
    }

    /// Whether there are none. Of others this member's records are of interest.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Learns what an earlier record of this member says, each in the order of the log.
    pub fn learn(&mut self, event: &Event, (at, kind): (RecordRef, Kind)) {
        let Some((identity, of, split)) = self.split_mut(event) else {
            return;
        };
        split.recorded.insert(identity);
        if kind != Kind::Observe {
            split.open.clear();
        } else if !gives(of) {
            split.open.push((at, Side::inputs(of)));
        }
        split.together = OnceLock::new();
    }

    /// Learns that a record was declared wrong: what it says went in did not.
    pub fn withdraw(&mut self, wrong: &RecordRef) {
        for split in self.0.values_mut() {
            split.open.retain(|(at, _)| at != wrong);
            split.together = OnceLock::new();
        }
    }

    /// The places of those that are recorded.
    #[must_use]
    pub fn recorded_among(&self, events: &[Event]) -> BTreeSet<usize> {
        let there = events.iter().enumerate().filter(|(_, event)| {
            self.split(event)
                .is_some_and(|split| split.recorded.contains(&identity(event)))
        });
        there.map(|(index, _)| index).collect()
    }

    /// Whether an event is one of several.
    pub(crate) fn has(&self, event: &Event) -> bool {
        self.split(event).is_some()
    }

    pub(crate) fn part<'a>(&'a self, event: &Event, of: &'a Transformation) -> Part<'a> {
        let all = match self.split(event).map(Split::together) {
            Some(Some((first, all))) if *first == identity(event) => all,
            None if gives(of) => of,
            // The record is that of another part, or follows with what comes out.
            Some(_) | None => return Part::Beside,
        };
        match takes(all) {
            true => Part::Whole(all),
            false => Part::NoInputs {
                id: all.transformation_id.as_ref().map_or("", Uri::written),
            },
        }
    }

    fn split(&self, event: &Event) -> Option<&Split> {
        joined(event).and_then(|(name, _)| self.0.get(&name))
    }

    fn split_mut<'e>(
        &mut self,
        event: &'e Event,
    ) -> Option<(Identity, &'e Transformation, &mut Split)> {
        let (name, of) = joined(event)?;
        let split = self.0.get_mut(&name)?;
        Some((identity(event), of, split))
    }
}

impl Split {
    fn together(&self) -> Option<&(Identity, Transformation)> {
        self.together.get_or_init(|| self.join()).as_ref()
    }

    fn join(&self) -> Option<(Identity, Transformation)> {
        let new = || {
            let events = self.events.iter();
            let known = |of: &Identity| self.recorded.contains(of) || self.wrong.contains(of);
            events.filter(move |(identity, _)| !known(identity))
        };
        let (first, of) = new().find(|(_, of)| gives(of))?;
        let (mut inputs, mut outputs) = (Side::default(), Side::default());
        for (_, open) in &self.open {
            inputs.add(open.clone());
        }
        for (_, of) in new() {
            inputs.add(Side::inputs(of));
            outputs.add(Side::outputs(of));
        }
        let all = Transformation {
            input_epcs: Some(inputs.epcs),
            input_quantities: Some(inputs.quantities),
            output_epcs: Some(outputs.epcs),
            output_quantities: Some(outputs.quantities),
            ..of.clone()
        };
        Some((*first, all))
    }
}

/// Puts events, each with something of its own, into an order in which records can follow: what
/// comes out of a split transformation behind the last that goes in, and error declarations behind
/// the events that they name.
#[must_use]
pub fn in_order<P>(events: Vec<(Event, P)>) -> Vec<(Event, P)> {
    // Where the outputs of each stand: behind its last inputs, and behind its first outputs.
    let mut last_in: BTreeMap<String, usize> = BTreeMap::new();
    let mut first_out: BTreeMap<String, usize> = BTreeMap::new();
    for (index, (event, _)) in events.iter().enumerate() {
        let Some((name, of)) = joined(event) else {
            continue;
        };
        if !gives(of) {
            last_in.insert(name, index);
        } else {
            first_out.entry(name).or_insert(index);
        }
    }
    let place = |index: usize, event: &Event| {
        let is_declaration = event.about.error_declaration.is_some();
        let outputs = joined(event).filter(|(_, of)| gives(of));
        let behind = outputs.and_then(|(name, _)| {
            let last_in = last_in.get(&name)?;
            Some(first_out.get(&name)?.max(last_in))
        });
        match behind {
            Some(behind) => (is_declaration, *behind, true),
            None => (is_declaration, index, false),
        }
    };
    let mut placed: Vec<_> = events.into_iter().enumerate().collect();
    placed.sort_by_cached_key(|(index, (event, _))| place(*index, event));
    placed.into_iter().map(|(_, event)| event).collect()
}
