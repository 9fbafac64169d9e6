//! What the rules would say to events, before anything of them is signed for good.

use crate::blocks::{Cursor, Signer, make};
use crate::record::{Author, Sections, Unmapped};
use crate::recorded::Teller;
use chopmark_core::{
    BlockId, BuildError, DeviceKey, Outcome, Pending, Position, RecordRef, Refusal, StateView as _,
};
use chopmark_epcis::Event;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// An event that cannot be imported.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("event {}: {why}", index.saturating_add(1))]
pub struct Bad {
    /// Its place in the list, from 0. People count from 1, and read it so.
    pub index: usize,
    /// Why.
    pub why: Refused,
}

/// Why an event cannot be imported.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It becomes no record.
    #[error(transparent)]
    Unmapped(#[from] Unmapped),
    /// The network's rules would refuse its record.
    #[error("the network's rules refuse it: {0}")]
    Rules(Refusal),
}

/// Events on their way over a copy of the pending state, block by block. Between two steps the
/// copy can be put aside and its ledger go on.
///
/// The rules run on signed blocks alone, so these are signed as well; they end here, since a
/// second block at a place of the feed would be a fork if anyone saw it.
#[derive(Clone, Debug)]
pub struct Trial {
    by: Teller,
    from: Cursor,
    /// Each is named once, though an event of several blocks may be refused in each of them.
    named: BTreeSet<usize>,
}

impl Trial {
    /// Nothing is tried yet.
    #[must_use]
    pub fn new(by: Teller) -> Self {
        Self {
            by,
            from: Cursor::default(),
            named: BTreeSet::new(),
        }
    }

    /// How many events were tried.
    #[must_use]
    pub fn tried(&self) -> usize {
        self.from.event
    }

    /// Tries as many events as one block takes, and gives those of them that would not stand. The
    /// position is that of a device's next block; behind what was tried before, the overlay knows.
    pub fn step(
        &mut self,
        events: &[Event],
        key: &DeviceKey,
        position: Position,
        pending: &mut Pending<'_>,
    ) -> Result<Vec<Bad>, BuildError> {
        let readers = pending.readers();
        let author = Author {
            view: &*pending,
            by: &self.by,
        };
        let signer = Signer {
            key,
            readers: &readers,
        };
        let head = pending.feed(&position.device);
        let position = Position {
            seq: head.as_ref().map_or(position.seq, |head| head.next),
            prev: head.map_or(position.prev, |head| Some(head.head)),
            ..position
        };
        // What is sealed says nothing, and so gives nothing away.
        let place = (position, &[0; 32]);
        let made = make((events, self.from), &author, signer, place, Sections::Empty)?;
        self.by.recorded.learn_made(events, &made);
        self.from = made.next;
        let mut bad: BTreeMap<usize, Refused> = BTreeMap::new();
        if let Some(built) = made.block {
            let id = built.block.id();
            let Ok(block) = built.block.verify() else {
                return Err(BuildError::Prev);
            };
            // It follows on what this overlay has.
            let _ = pending.push(&block);
            bad = refused(pending, id, &made.events);
        }
        let unmapped = made.unmapped.into_iter();
        bad.extend(unmapped.map(|(index, why)| (index, why.into())));
        let new = bad
            .into_iter()
            .filter(|(index, _)| self.named.insert(*index));
        Ok(new.map(|(index, why)| Bad { index, why }).collect())
    }
}

/// The events of a block that the rules refuse, each once.
fn refused(pending: &Pending<'_>, block: BlockId, events: &[usize]) -> BTreeMap<usize, Refused> {
    let mut found = BTreeMap::new();
    for (index, event) in (0_u16..).zip(events) {
        let record = RecordRef { block, index };
        if let Some(Outcome::Refused(refusal)) = pending.outcome(&record) {
            found
                .entry(*event)
                .or_insert_with(|| Refused::Rules(refusal.clone()));
        }
    }
    found
}
