//! Ordering in a peer: a thread that agrees with other validators, or alone, on what is final.

mod host;
mod links;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chopmark_core::{DeviceId, DeviceKey};
use chopmark_ordering::{
    Bft, Counts, FileJournal, Host as _, MessageError, Now, OrderError, Ordering, Solo,
};
use chopmark_replica::{Node, Number};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};

use crate::clock;
use crate::config::Config;
use crate::folder::Folder;
use crate::peer::Peer;
use host::PeerHost;
use links::Links;

/// Between two lines about it in the log.
const REPORT: Duration = Duration::from_secs(60);
/// Messages that are read between two looks at the ledger and the clock: several from each of a
/// hundred validators, and read within a few milliseconds. More would let one that never stops
/// talking keep the others' timers waiting.
const AT_ONCE: usize = 512;

/// Orders until the peer stops. Ends early only with an error, after which this peer must not
/// vote before somebody has looked.
pub(crate) async fn run(
    peer: Peer,
    node: Node,
    folder: Folder,
    config: Config,
) -> anyhow::Result<()> {
    let (mut done, ended) = oneshot::channel();
    let runtime = Handle::current();
    let mut orderer = Orderer::new(&peer, &node, &folder, &config)?;
    let work = move || {
        let ended = runtime.block_on(orderer.run(&mut done));
        // Nobody waits any more when the peer is stopping.
        let _ = done.send(ended);
    };
    // A thread of its own: it waits for the disk at every step.
    let thread = std::thread::Builder::new()
        .name("ordering".to_owned())
        .spawn(work)
        .context("the system gives no thread")?;
    let _thread = Joined(Some(thread));
    // Declared last, so dropped first: that is how the thread learns that the peer stops.
    let ended = ended;
    ended.await.context("the ordering thread ended by itself")?
}

/// Waits for the thread when the peer stops: it must not outlive the runtime that it asks, nor
/// write after the store was saved. It is done after its present step.
struct Joined(Option<JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        // A thread that panicked said so itself.
        let _ended = self.0.take().map(JoinHandle::join);
    }
}

/// Who this peer orders with, as the ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// It is the only validator.
    Alone,
    /// It is one of several.
    Together,
    /// It is none, and may become one.
    Waiting,
}

struct Orderer {
    peer: Peer,
    node: Node,
    folder: Folder,
    config: Config,
    key: Arc<DeviceKey>,
    part: Option<Part>,
    solo: Solo,
    /// Made when this peer is first not alone, and kept: it counts.
    bft: Option<Bft<FileJournal>>,
    host: PeerHost,
    ballots: mpsc::Receiver<(DeviceId, Vec<u8>)>,
    arrivals: watch::Receiver<Number>,
    refused: Refused,
    started: Instant,
}

impl Orderer {
    fn new(peer: &Peer, node: &Node, folder: &Folder, config: &Config) -> anyhow::Result<Self> {
        let key = Arc::new(peer.key());
        let mut orderer = Self {
            peer: peer.clone(),
            node: node.clone(),
            folder: folder.clone(),
            config: config.clone(),
            solo: Solo::new(Arc::clone(&key)),
            key,
            part: None,
            bft: None,
            host: PeerHost::new(peer.clone()),
            ballots: node.ballots().context("somebody else reads the ballots")?,
            arrivals: peer.arrivals(),
            refused: Refused::default(),
            started: Instant::now(),
        };
        // A log of votes that is damaged ends the start.
        orderer.take_part()?;
        Ok(orderer)
    }

    /// Looks who orders the next checkpoint: the members may have agreed on others.
    fn take_part(&mut self) -> anyhow::Result<()> {
        let (own, set) = (self.key.id(), self.host.validators());
        let part = match set.with_key(&own) {
            _ if set.is_only(&own) => Part::Alone,
            Some(_) => Part::Together,
            None => Part::Waiting,
        };
        if self.part == Some(part) {
            return Ok(());
        }
        let was_alone = self.part.is_none_or(|before| before == Part::Alone);
        match part {
            Part::Alone => self.host.talk_on(Links::default()),
            Part::Together | Part::Waiting if was_alone => {
                if self.bft.is_none() {
                    self.bft = Some(self.with_others()?);
                }
                let lines = Links::to_validators(&self.node, &self.peer, &self.config);
                self.host.talk_on(lines);
            }
            Part::Together | Part::Waiting => {}
        }
        let height = self.host.height().0.saturating_add(1);
        match part {
            Part::Alone => tracing::info!(height, "this peer orders alone"),
            Part::Together => {
                tracing::info!(
                    height,
                    of = set.as_slice().len(),
                    "this peer orders with others"
                );
            }
            Part::Waiting => tracing::info!(height, "this peer does not order: others do"),
        }
        self.part = Some(part);
        Ok(())
    }

    fn with_others(&self) -> anyhow::Result<Bft<FileJournal>> {
        let ballots = self.folder.ballots();
        let journal = match self.peer.knows_ballots(&ballots)? {
            true => FileJournal::reopen(&ballots)?,
            false => FileJournal::open(&ballots)?,
        };
        self.peer.note_ballots(&ballots)?;
        let key = Arc::clone(&self.key);
        Ok(Bft::new(key, journal, &self.host, now(self.started)))
    }

    async fn run(
        &mut self,
        waiting: &mut oneshot::Sender<anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        let mut reported = self.started;
        loop {
            self.take_part()?;
            let wait = self.poll().inspect_err(|why| {
                tracing::error!(%why, "ordering stops");
            })?;
            let round = match self.part {
                Some(Part::Alone) => None,
                _ => self.bft.as_ref().and_then(Ordering::round),
            };
            self.peer.ordering().set(round, self.counts());
            tokio::select! {
                Some((from, message)) = self.ballots.recv() => self.take(from, &message),
                changed = self.arrivals.changed() => if changed.is_err() { return Ok(()) },
                () = waiting.closed() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
            // What has come meanwhile, before the next look at the ledger.
            for _ in 0..AT_ONCE {
                let Ok((from, message)) = self.ballots.try_recv() else {
                    break;
                };
                self.take(from, &message);
            }
            if reported.elapsed() >= REPORT {
                reported = Instant::now();
                let (height, counts) = (self.host.height().0, self.counts());
                tracing::info!(height, round, ?counts, "ordering");
                self.refused.tell();
            }
        }
    }

    fn poll(&mut self) -> Result<Duration, OrderError> {
        let now = now(self.started);
        match &mut self.bft {
            Some(bft) if self.part != Some(Part::Alone) => bft.poll(&mut self.host, now),
            _ => self.solo.poll(&mut self.host, now),
        }
    }

    fn take(&mut self, from: DeviceId, message: &[u8]) {
        // Who is alone has nobody to agree with.
        if let Some(bft) = &mut self.bft
            && let Err(why) = bft.message(&self.host, from, message)
        {
            self.refused.note(from, &why);
        }
    }

    /// What became of messages, those included that the node refused.
    fn counts(&self) -> Counts {
        let counts = self.bft.as_ref().map(Ordering::counts).unwrap_or_default();
        let refused = self.node.order_refusals();
        Counts {
            strangers: counts.strangers + refused.strangers,
            oversized: counts.oversized + refused.oversized,
            ..counts
        }
    }
}

/// Messages that are none, for the log: one line when it begins and one a minute while it lasts,
/// however many they are. A line each would let a hostile validator fill the disk.
#[derive(Default)]
struct Refused {
    count: u64,
    last: Option<(DeviceId, String)>,
    told: bool,
}

impl Refused {
    fn note(&mut self, from: DeviceId, why: &MessageError) {
        self.count = self.count.saturating_add(1);
        self.last = Some((from, why.to_string()));
        if !std::mem::replace(&mut self.told, true) {
            tracing::warn!(%from, %why, "a validator's message is refused");
        }
    }

    fn tell(&mut self) {
        if let Some((from, why)) = self.last.take() {
            let count = std::mem::take(&mut self.count);
            tracing::warn!(count, %from, why, "messages of validators were refused; the last one");
        }
    }
}

fn now(started: Instant) -> Now {
    Now {
        running: started.elapsed(),
        wall: clock::now(),
    }
}
