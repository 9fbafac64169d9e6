//! Ordering in a peer: a thread that agrees with other validators, or alone, on what is final.

mod host;
mod links;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use chopmark_core::DeviceId;
use chopmark_ordering::{Bft, FileJournal, Host as _, Now, Ordering, Solo};
use chopmark_replica::{Node, Number};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};

use crate::clock;
use crate::config::{Config, Order};
use crate::folder::Folder;
use crate::peer::Peer;
use host::PeerHost;
use links::Links;

/// Between two lines about it in the log.
const REPORT: Duration = Duration::from_secs(60);

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

struct Orderer {
    ordering: Box<dyn Ordering + Send>,
    host: PeerHost,
    ballots: mpsc::Receiver<(DeviceId, Vec<u8>)>,
    arrivals: watch::Receiver<Number>,
    started: Instant,
}

impl Orderer {
    fn new(peer: &Peer, node: &Node, folder: &Folder, config: &Config) -> anyhow::Result<Self> {
        let started = Instant::now();
        let host = PeerHost::new(peer.clone(), Links::to_validators(node, peer, config));
        let key = Arc::new(peer.key());
        let (ordering, ballots): (Box<dyn Ordering + Send>, _) = match config.order {
            // Nobody sends anything: the other end of this line is gone at once.
            Order::Solo => (Box::new(Solo::new(key)), mpsc::channel(1).1),
            Order::Bft => {
                let journal = FileJournal::open(&folder.ballots())?;
                peer.note_ballots(&folder.ballots())?;
                let ballots = node.ballots().context("somebody else reads the ballots")?;
                (
                    Box::new(Bft::new(key, journal, &host, now(started))),
                    ballots,
                )
            }
            Order::None => bail!("this peer does not order"),
        };
        let arrivals = peer.arrivals();
        Ok(Self {
            ordering,
            host,
            ballots,
            arrivals,
            started,
        })
    }

    async fn run(
        &mut self,
        waiting: &mut oneshot::Sender<anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        let mut reported = self.started;
        loop {
            let now = now(self.started);
            let wait = self.ordering.poll(&mut self.host, now).inspect_err(|why| {
                tracing::error!(%why, "ordering stops");
            })?;
            self.host
                .tell(self.ordering.round(), self.ordering.counts());
            tokio::select! {
                Some((from, message)) = self.ballots.recv() => self.take(from, &message),
                changed = self.arrivals.changed() => if changed.is_err() { return Ok(()) },
                () = waiting.closed() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
            // All that has come meanwhile, before the next look at the ledger.
            while let Ok((from, message)) = self.ballots.try_recv() {
                self.take(from, &message);
            }
            if reported.elapsed() >= REPORT {
                reported = Instant::now();
                let (height, counts) = (self.host.height().0, self.ordering.counts());
                tracing::info!(height, round = self.ordering.round(), ?counts, "ordering");
            }
        }
    }

    fn take(&mut self, from: DeviceId, message: &[u8]) {
        if let Err(why) = self.ordering.message(&self.host, from, message) {
            tracing::warn!(%from, %why, "a validator's message is refused");
        }
    }
}

fn now(started: Instant) -> Now {
    Now {
        running: started.elapsed(),
        wall: clock::now(),
    }
}
