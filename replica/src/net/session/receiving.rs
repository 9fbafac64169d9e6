//! What came from the other side, and what it only named.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chopmark_core::{Awaited, DeviceId, Item, ItemName, NumberedItem, TimeMs};
use tokio::time::Instant;

use super::Driver;
use crate::Replica;
use crate::net::SyncError;
use crate::replica::{NotTaken, ReplicaError, TakenIn};
use crate::store::Number;

/// The other side named something and did not give it.
const KEPT_BACK: SyncError = SyncError::Ended {
    code: "busy",
    detail: "something was named, asked for and not sent for a minute: the next session brings it",
};
/// Whoever was asked for something has so long to send it before another is asked for the same.
const ASKED: Duration = Duration::from_secs(2);

/// What was asked for a moment ago, in any session.
#[derive(Clone, Default)]
pub(in crate::net) struct Asked(Arc<Mutex<VecDeque<(Instant, ItemName)>>>);

impl Asked {
    /// What is to be asked for now: not what another session asked for a moment ago.
    fn lock(&self) -> Asking<'_> {
        // Each change is a single step, so a panic leaves it whole.
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while asked
            .pop_front_if(|(at, _)| now.saturating_duration_since(*at) >= ASKED)
            .is_some()
        {}
        let names = asked.iter().map(|(_, name)| *name).collect();
        Asking { asked, names, now }
    }
}

/// Asking for many things at a time.
struct Asking<'a> {
    asked: MutexGuard<'a, VecDeque<(Instant, ItemName)>>,
    names: BTreeSet<ItemName>,
    now: Instant,
}

impl Asking<'_> {
    /// Notes that something is asked for, unless it was a moment ago.
    fn note(&mut self, name: ItemName) -> bool {
        let is_new = self.names.insert(name);
        if is_new {
            self.asked.push_back((self.now, name));
        }
        is_new
    }
}

/// What a session waits for, and up to where everything came.
pub(super) struct Receiving {
    awaited: Awaited,
    /// The newest number that came.
    last: u64,
    /// Up to where everything is here or refused.
    done: u64,
    /// Up to where arrivals were looked through for what was named.
    looked: Number,
    /// When the session began: names fall due by the time since then.
    began: Instant,
}

impl Receiving {
    pub(super) fn new() -> Self {
        Self {
            awaited: Awaited::default(),
            last: 0,
            done: 0,
            looked: Number::new(0),
            began: Instant::now(),
        }
    }

    /// When to ask for what has not come.
    pub(super) fn due(&mut self) -> Option<Instant> {
        let due = self.awaited.next_due()?;
        Some(self.began + Duration::from_millis(due.0))
    }

    fn now(&self) -> TimeMs {
        let passed = self.began.elapsed().as_millis();
        TimeMs(u64::try_from(passed).unwrap_or(u64::MAX))
    }
}

/// What came of a step of receiving.
struct Step {
    awaited: Awaited,
    taken: TakenIn,
    /// What to ask for.
    ask: Vec<u64>,
    up_to: u64,
    /// Whether what came stands under numbers from before.
    is_again: bool,
    /// Whether the other side does not give what it named.
    is_kept_back: bool,
}

impl Driver {
    /// Takes items in. They are on disk, or refused, when this returns; what was only named is
    /// waited for.
    pub(super) async fn receive(
        &mut self,
        items: Vec<NumberedItem>,
        last: u64,
    ) -> Result<(), SyncError> {
        let pairs = self.node.0.pairs.clone();
        let comes = |from: &DeviceId| pairs.standing(*from).is_some();
        let now = self.receiving.now();
        let is_again = items
            .first()
            .is_some_and(|first| first.number <= self.receiving.last);
        let whole = self.receiving.awaited.sort_out(items, now, comes);
        self.receiving.last = last;
        self.step(whole, is_again).await
    }

    /// Looks whether what was named has come from elsewhere, and asks for it when it is due.
    pub(super) async fn look_for_named(&mut self) -> Result<(), SyncError> {
        let newest = *self.node.replica().arrivals().borrow();
        let has_come = self.receiving.looked < newest;
        let is_due = self
            .receiving
            .due()
            .is_some_and(|due| due <= Instant::now());
        if self.receiving.awaited.is_empty() || !(has_come || is_due) {
            return Ok(());
        }
        self.receiving.looked = newest;
        self.step(Vec::new(), false).await
    }

    async fn step(&mut self, whole: Vec<NumberedItem>, is_again: bool) -> Result<(), SyncError> {
        let (other, last, now) = (self.other, self.receiving.last, self.receiving.now());
        let awaited = std::mem::take(&mut self.receiving.awaited);
        let asked = self.node.0.asked.clone();
        let done = self.receiving.done;
        let step = self.node.blocking(move |replica| {
            let mut step = Step {
                awaited,
                taken: TakenIn::default(),
                ask: Vec::new(),
                up_to: done,
                is_again,
                is_kept_back: false,
            };
            step.take(replica, whole, (other, last, now), &asked)?;
            Ok(step)
        });
        let Step {
            awaited,
            taken,
            ask,
            up_to,
            is_kept_back,
            ..
        } = step.await?;
        self.receiving.awaited = awaited;
        self.report.received = self.report.received.saturating_add(taken.stored);
        for refused in taken.not_taken {
            tracing::info!(from = %other, code = refused.code, detail = refused.detail, "an item is not taken");
            self.session
                .refuse(refused.number, refused.code, &refused.detail);
        }
        self.session.want(&ask);
        self.session.acknowledge(up_to);
        self.receiving.done = up_to;
        self.received = self.received.max(up_to);
        match is_kept_back {
            true => Err(KEPT_BACK),
            false => Ok(()),
        }
    }
}

impl Step {
    fn take(
        &mut self,
        replica: &Replica,
        whole: Vec<NumberedItem>,
        (other, last, now): (DeviceId, u64, TimeMs),
        asked: &Asked,
    ) -> Result<(), ReplicaError> {
        self.awaited.settle(|name| replica.has(name))?;
        // Nothing is due but for now and then.
        if self.awaited.next_due().is_some_and(|due| due <= now) {
            let mut asking = asked.lock();
            let due = self
                .awaited
                .due(now, |name| replica.has(name), |name| asking.note(name));
            self.ask = due?;
            self.is_kept_back = self.awaited.is_kept_back(now, |name| replica.has(name))?;
        }
        let before = self.up_to;
        let up_to = self.awaited.done_up_to(last);
        if !whole.is_empty() || up_to > before {
            // A section whose block is waited for may have to come again.
            let sections = whole
                .iter()
                .find(|item| matches!(item.item, Item::Section(..)));
            let first = sections.filter(|_| !self.awaited.is_empty());
            let noted = first.map_or(up_to, |first| up_to.min(first.number.saturating_sub(1)));
            self.taken = match self.is_again {
                true => replica.take_again(other, whole, noted)?,
                false => replica.take_in(other, whole, noted)?,
            };
        }
        for (number, section) in std::mem::take(&mut self.taken.unnamed) {
            if number <= before || !self.awaited.wait_for_block(number, section, now) {
                let refused = NotTaken::unnamed(number, section);
                self.taken.not_taken.push(refused);
            }
        }
        self.up_to = self.awaited.done_up_to(last);
        Ok(())
    }
}
