//! One machine: a disk, two clocks, and while it runs a peer with its ordering.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{DeviceId, DeviceKey, EncodedItem, Genesis, Height, ItemName, NetworkId};
use chopmark_ordering::{Bft, Counts, Now, OrderError, Ordering as _};

use crate::chance::Chance;
use crate::clock::Clock;
use crate::disk::{Disk, DiskJournal, Forgets, SharedDisk};
use crate::hostile::Conduct;
use crate::peer::{Checked, Peer};

/// Whether it takes part in ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    Validator,
    Peer,
}

/// What runs on it.
pub(crate) struct Running {
    pub(crate) peer: Peer,
    pub(crate) order: Option<Bft<DiskJournal>>,
}

/// What was asked for a moment ago, in any session.
#[derive(Default)]
pub(crate) struct Asked(BTreeMap<ItemName, Duration>);

impl Asked {
    /// Notes that something is asked for, unless it was a moment ago.
    pub(crate) fn note(&mut self, name: ItemName, now: Duration) -> bool {
        const A_MOMENT: Duration = Duration::from_secs(2);
        self.0.retain(|_, at| now.saturating_sub(*at) < A_MOMENT);
        let is_new = !self.0.contains_key(&name);
        if is_new {
            self.0.insert(name, now);
        }
        is_new
    }
}

/// What came of a pass of ordering.
pub(crate) enum Polled {
    /// Go on after this time.
    Wait(Duration),
    /// The power was cut.
    Died,
    /// It says that it must not go on.
    Stopped(OrderError),
}

/// One machine.
pub(crate) struct Node {
    pub(crate) index: usize,
    pub(crate) duty: Duty,
    pub(crate) conduct: Conduct,
    pub(crate) key: Arc<DeviceKey>,
    all: Rc<[DeviceId]>,
    pub(crate) disk: SharedDisk,
    pub(crate) clock: Clock,
    pub(crate) running: Option<Running>,
    /// What it asked others for a moment ago.
    pub(crate) wanted: Asked,
    /// What it did not take of the newest batch.
    pub(crate) refused: Vec<(u64, &'static str)>,
    /// When this life of it began: its running clock starts anew.
    started: Duration,
    /// The second of its last poll, and how often it has asked for one in it.
    asked: (u64, u32),
    /// When it is polled next.
    pub(crate) wakes: Option<Duration>,
    genesis: Rc<Genesis>,
    checked: Checked,
    /// Of the lives before this one.
    counted: Counts,
}

/// What a machine is.
pub(crate) struct Setup {
    pub(crate) index: usize,
    pub(crate) duty: Duty,
    pub(crate) conduct: Conduct,
    pub(crate) key: Arc<DeviceKey>,
    /// The keys of all machines, by their index.
    pub(crate) all: Rc<[DeviceId]>,
    pub(crate) clock: Clock,
}

impl Node {
    pub(crate) fn new(setup: Setup, genesis: &Rc<Genesis>, checked: &Checked) -> Self {
        let Setup {
            index,
            duty,
            conduct,
            key,
            all,
            clock,
        } = setup;
        Self {
            index,
            duty,
            conduct,
            key,
            all,
            disk: Rc::new(RefCell::new(Disk::default())),
            clock,
            running: None,
            wanted: Asked::default(),
            refused: Vec::new(),
            started: Duration::ZERO,
            asked: (0, 0),
            wakes: None,
            genesis: Rc::clone(genesis),
            checked: checked.clone(),
            counted: Counts::default(),
        }
    }

    /// As stories call it.
    pub(crate) fn name(&self) -> String {
        let kind = match (self.duty, self.conduct) {
            (Duty::Peer, _) => "peer",
            (Duty::Validator, Conduct::Honest) => "validator",
            (Duty::Validator, _) => "hostile validator",
        };
        format!("{kind} {}", self.index)
    }

    pub(crate) fn is_honest(&self) -> bool {
        self.conduct == Conduct::Honest
    }

    pub(crate) fn network(&self) -> NetworkId {
        self.genesis.id()
    }

    /// Names its numbering of arrivals.
    pub(crate) fn instance(&self) -> [u8; 16] {
        [u8::try_from(self.index).unwrap_or(u8::MAX); 16]
    }

    /// Starts it from its disk.
    pub(crate) fn start(&mut self, now: Duration) {
        let peer = Peer::open(&self.genesis, &self.disk, &self.checked);
        self.started = now;
        let order = (self.duty == Duty::Validator).then(|| {
            let journal = DiskJournal(Rc::clone(&self.disk));
            Bft::new(Arc::clone(&self.key), journal, &peer, self.now(now))
        });
        self.running = Some(Running { peer, order });
        self.wakes = None;
    }

    /// Cuts its power.
    pub(crate) fn crash(&mut self, forgets: Forgets, chance: &mut Chance) {
        self.counted = self.counts();
        self.running = None;
        self.wakes = None;
        self.disk.borrow_mut().crash(forgets, chance);
    }

    /// What its clocks show.
    fn now(&self, now: Duration) -> Now {
        Now {
            running: now.saturating_sub(self.started),
            wall: self.clock.now(now).wall,
        }
    }

    /// Its ordering asks to be polled soon. Says whether it asks more often than anything could
    /// need: a machine that does this all night does nothing else.
    pub(crate) fn asks_too_often(&mut self, now: Duration, wait: Duration) -> bool {
        /// Polls in a second that nobody but the clock asks for.
        const MOST: u32 = 200;
        if wait > Duration::from_millis(5) {
            return false;
        }
        let (second, count) = self.asked;
        self.asked = match second == now.as_secs() {
            true => (second, count + 1),
            false => (now.as_secs(), 1),
        };
        self.asked.1 > MOST
    }

    /// One pass of ordering.
    pub(crate) fn poll(&mut self, now: Duration) -> Option<Polled> {
        let clocks = self.now(now);
        let Running { peer, order } = self.running.as_mut()?;
        let result = order.as_mut()?.poll(peer, clocks);
        Some(match result {
            _ if self.disk.borrow().is_dead() => Polled::Died,
            Ok(wait) => Polled::Wait(wait),
            Err(error) => Polled::Stopped(error),
        })
    }

    pub(crate) fn peer(&self) -> Option<&Peer> {
        self.running.as_ref().map(|running| &running.peer)
    }

    pub(crate) fn height(&self) -> u64 {
        let height = self.peer().map(|peer| peer.ledger().tip().height);
        height.unwrap_or(Height(0)).0
    }

    pub(crate) fn newest(&self) -> u64 {
        self.peer().map_or(0, Peer::newest)
    }

    pub(crate) fn outgoing(
        &self,
        after: u64,
        to: usize,
        names_after: u64,
    ) -> (Vec<EncodedItem>, u64) {
        let all = (self.all.as_ref(), names_after);
        self.peer().map_or((Vec::new(), after), |peer| {
            peer.outgoing(after, to, all, self.conduct)
        })
    }

    pub(crate) fn item(&self, number: u64) -> Option<EncodedItem> {
        self.peer()?.item(number)
    }

    pub(crate) fn round(&self) -> u32 {
        let order = self
            .running
            .as_ref()
            .and_then(|running| running.order.as_ref());
        order.and_then(|order| order.round()).unwrap_or(0)
    }

    /// What became of messages, in all its lives.
    pub(crate) fn counts(&self) -> Counts {
        let order = self
            .running
            .as_ref()
            .and_then(|running| running.order.as_ref());
        let now = order.map(|order| order.counts()).unwrap_or_default();
        added(self.counted, now)
    }
}

/// Both together.
pub(crate) fn added(one: Counts, other: Counts) -> Counts {
    Counts {
        taken: one.taken + other.taken,
        malformed: one.malformed + other.malformed,
        oversized: one.oversized + other.oversized,
        strangers: one.strangers + other.strangers,
        past: one.past + other.past,
        future: one.future + other.future,
        flooding: one.flooding + other.flooding,
        forged: one.forged + other.forged,
        equivocations: one.equivocations + other.equivocations,
    }
}

#[cfg(test)]
mod tests;
