//! Transformations that are told by several events, which their `transformationID` joins (EPCIS
//! 2.0, 7.4.6): what went in and what came out stands in events of its own. The ledger counts
//! through one record, so the first event with outputs becomes the record of all of them; the
//! others are seen beside it, and each keeps its event.

use crate::earlier::{Identity, identity};
use chopmark_core::Kind;
use chopmark_epcis::{Epc, Event, Quantity, Transformation, Uri, What};
use std::collections::{BTreeMap, BTreeSet};

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
    open: Side,
    /// The event that becomes the record, and what all of them say.
    together: Option<(Identity, Transformation)>,
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

    const fn is_empty(&self) -> bool {
        self.epcs.is_empty() && self.quantities.is_empty()
    }

    fn add(&mut self, other: Self) {
        self.epcs.extend(other.epcs);
        self.quantities.extend(other.quantities);
    }
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
            if Side::inputs(of).is_empty() || Side::outputs(of).is_empty() {
                parts.0.entry(name).or_default();
            }
        }
        for event in events {
            if let Some((identity, of, split)) = parts.split_mut(event)
                && split.events.iter().all(|(known, _)| *known != identity)
            {
                split.events.push((identity, of.clone()));
            }
        }
        parts.0.values_mut().for_each(Split::join);
        parts
    }

    /// Whether there are none. Of others this member's records are of interest.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Learns what an earlier record of this member says, each in the order of the log.
    pub fn learn(&mut self, event: &Event, kind: Kind) {
        let Some((identity, of, split)) = self.split_mut(event) else {
            return;
        };
        split.recorded.insert(identity);
        if kind != Kind::Observe {
            split.open = Side::default();
        } else if Side::outputs(of).is_empty() {
            split.open.add(Side::inputs(of));
        }
        split.join();
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
        let takes = !Side::inputs(of).is_empty();
        let gives = !Side::outputs(of).is_empty();
        match self.split(event).map(|split| &split.together) {
            Some(Some((first, all))) if *first == identity(event) => {
                Self::whole(all, !Side::inputs(all).is_empty())
            }
            Some(_) => Part::Beside,
            None if gives => Self::whole(of, takes),
            // The record follows with what comes out.
            None => Part::Beside,
        }
    }

    fn whole(of: &Transformation, takes: bool) -> Part<'_> {
        let id = of.transformation_id.as_ref().map_or("", Uri::written);
        match takes {
            true => Part::Whole(of),
            false => Part::NoInputs { id },
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
    fn join(&mut self) {
        let mut inputs = self.open.clone();
        let mut outputs = Side::default();
        self.together = None;
        for (identity, of) in &self.events {
            if self.recorded.contains(identity) {
                continue;
            }
            inputs.add(Side::inputs(of));
            let made = Side::outputs(of);
            if self.together.is_none() && !made.is_empty() {
                self.together = Some((*identity, of.clone()));
            }
            outputs.add(made);
        }
        if let Some((_, all)) = &mut self.together {
            all.input_epcs = Some(inputs.epcs);
            all.input_quantities = Some(inputs.quantities);
            all.output_epcs = Some(outputs.epcs);
            all.output_quantities = Some(outputs.quantities);
        }
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
        if Side::outputs(of).is_empty() {
            last_in.insert(name, index);
        } else {
            first_out.entry(name).or_insert(index);
        }
    }
    let place = |index: usize, event: &Event| {
        let is_declaration = event.about.error_declaration.is_some();
        let outputs = joined(event).filter(|(_, of)| !Side::outputs(of).is_empty());
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
