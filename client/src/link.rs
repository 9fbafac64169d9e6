//! The link to the consortium: connections that are kept, and what the person is told of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use chopmark_core::{DeviceKey, EvidenceId, Tip};
use chopmark_replica::{Kept, Link as Line, Node, Remote, Replica, SyncError, Until};
use chopmark_view::{LinkState, Param, PeerView};
use tokio::task::JoinHandle;

use crate::client::Clock;
use crate::desk::Desk;
use crate::keys::Keys;
use crate::peers::{self, Known};
use crate::stir::Stir;
use crate::trouble::{self, Trouble};
use crate::{lines, outbox};

/// A clock that is further off than this is worth a warning; less is normal drift.
const CLOCK_OFF_MS: u64 = 5 * 60 * 1000;
/// How long "send now" waits in all.
const SEND_NOW: Duration = Duration::from_secs(15);
/// Of that, how long for the orderer, once everything is sent.
const ORDER_MS: u64 = 5_000;

/// Keeps this device in sync with the peers that it knows.
pub(crate) struct Link {
    node: Node,
    clock: Clock,
    stir: Stir,
    peers: Mutex<Vec<Peer>>,
    /// How far this clock is ahead of a peer's, as last heard.
    ahead_ms: Mutex<Option<i64>>,
    /// Evidence that is being fetched.
    wanted: Mutex<BTreeSet<EvidenceId>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// A peer with the connection to it.
struct Peer {
    known: Known,
    /// Which of its addresses is in use.
    at: usize,
    kept: Kept,
}

impl Peer {
    fn address(&self) -> &str {
        self.known.addresses.get(self.at).map_or("", String::as_str)
    }

    fn remote(&self) -> Remote {
        Remote {
            key: self.known.key,
            address: self.address().to_owned(),
        }
    }
}

impl Link {
    /// Starts to connect. Must be called inside a tokio runtime.
    pub(crate) fn start(
        replica: &Replica,
        keys: &Keys,
        clock: Clock,
        stir: Stir,
    ) -> Result<Self, Trouble> {
        let node = Node::caller(
            DeviceKey::from_seed(&keys.device.to_seed()),
            replica.clone(),
        )
        .map_err(|error| Trouble::from(trouble::internal(error.to_string())))?;
        let mut connected = Vec::new();
        for known in peers::all(replica.store())? {
            let Some(address) = known.addresses.first() else {
                continue;
            };
            let kept = node.keep(Remote {
                key: known.key,
                address: address.clone(),
            });
            connected.push(Peer { known, at: 0, kept });
        }
        Ok(Self {
            node,
            clock,
            stir,
            peers: Mutex::new(connected),
            ahead_ms: Mutex::default(),
            wanted: Mutex::default(),
            tasks: Mutex::default(),
        })
    }

    /// Follows arrivals and connections from here on.
    pub(crate) fn follow(&self, desk: Weak<Desk>) {
        let mut tasks = locked(&self.tasks);
        tasks.push(tokio::spawn(follow_arrivals(
            self.node.replica().clone(),
            desk.clone(),
        )));
        let count = locked(&self.peers).len();
        tasks.extend((0..count).map(|index| tokio::spawn(follow_line(index, desk.clone()))));
    }

    /// Hangs up everywhere.
    pub(crate) async fn stop(&self) {
        let tasks = std::mem::take(&mut *locked(&self.tasks));
        locked(&self.peers).clear();
        for task in tasks {
            task.abort();
            // It ended, one way or the other.
            let _ = task.await;
        }
        self.node.close().await;
    }

    pub(crate) fn state(&self, tip: Tip) -> LinkState {
        let lines: Vec<Line> = locked(&self.peers)
            .iter()
            .map(|peer| peer.kept.link().borrow().clone())
            .collect();
        if lines.contains(&Line::Live { exchanged: true }) {
            return LinkState::Online {
                height: tip.height.0,
                checkpoint_ms: tip.time.0,
            };
        }
        if lines
            .iter()
            .any(|line| matches!(line, Line::Connecting | Line::Live { .. }))
        {
            return LinkState::Connecting;
        }
        LinkState::Offline {
            last_heard_ms: self.last_heard_ms(),
        }
    }

    fn last_heard_ms(&self) -> Option<u64> {
        // A damaged row costs this figure, not the screen.
        let rows = self.node.replica().store().peers().unwrap_or_default();
        rows.iter()
            .map(|(_, row)| row.last_contact_ms)
            .max()
            .filter(|ms| *ms > 0)
    }

    pub(crate) fn peers(&self) -> Vec<PeerView> {
        locked(&self.peers)
            .iter()
            .map(|peer| self.peer_view(peer))
            .collect()
    }

    fn peer_view(&self, peer: &Peer) -> PeerView {
        let line = peer.kept.link().borrow().clone();
        let failed = match &line {
            Line::Waiting { code, detail, .. } => Some((code.clone(), detail.clone())),
            // While the next try is on its way, the last one's cause still stands.
            Line::Connecting => {
                let row = self.node.replica().peer(peer.known.key);
                row.ok().and_then(|row| row.last_error)
            }
            Line::Live { .. } => None,
        };
        PeerView {
            address: peer.address().to_owned(),
            connected: matches!(line, Line::Live { .. }),
            last_error: failed.map(|(code, detail)| outbox::wire(&code, &detail, peer.address())),
        }
    }

    /// Brings a device that has just joined up to date: its own enrolment is in what comes.
    pub(crate) async fn first_sync(&self) {
        let remotes: Vec<Remote> = locked(&self.peers).iter().map(Peer::remote).collect();
        for remote in remotes {
            let sync = self.node.sync_once(&remote, Until::Exchanged);
            match tokio::time::timeout(SEND_NOW, sync).await {
                Ok(Ok(report)) => return self.heard_clock(report.clock_ahead_ms),
                // The kept connection goes on trying.
                Ok(Err(error)) => tracing::info!(%error, "the first sync did not end"),
                Err(_) => tracing::info!("the first sync took too long"),
            }
        }
    }

    /// Syncs with every peer at once and waits for the outcome.
    pub(crate) async fn send_now(&self) {
        let remotes: Vec<Remote> = {
            let peers = locked(&self.peers);
            peers.iter().for_each(|peer| peer.kept.now());
            peers.iter().map(Peer::remote).collect()
        };
        let mut syncs = tokio::task::JoinSet::new();
        for remote in remotes {
            let node = self.node.clone();
            syncs.spawn(async move {
                node.sync_once(
                    &remote,
                    Until::Final {
                        at_most_ms: ORDER_MS,
                    },
                )
                .await
            });
        }
        let all = async {
            while let Some(Ok(synced)) = syncs.join_next().await {
                if let Ok(report) = synced {
                    self.heard_clock(report.clock_ahead_ms);
                }
            }
        };
        // What is not sent by then stays in the outbox, with its cause.
        let _ = tokio::time::timeout(SEND_NOW, all).await;
    }

    fn heard_clock(&self, ahead_ms: i64) {
        // The replica reads the machine's clock; this device's may be set otherwise.
        let ahead_ms = ahead_ms.saturating_add(self.clock.offset_ms());
        if locked(&self.ahead_ms).replace(ahead_ms) != Some(ahead_ms) {
            self.stir.bump();
        }
    }

    /// A warning if this device's clock is far off: by a peer's clock, or by the newest
    /// checkpoint, which cannot lie in the future.
    pub(crate) fn clock_warning(&self, tip: Tip) -> Option<chopmark_view::Line> {
        let behind_tip = tip.time.0.saturating_sub(self.clock.now_ms());
        let heard = locked(&self.ahead_ms).unwrap_or_default();
        let minutes = |ms: u64| [("minutes", Param::Number(ms / 60_000))];
        if heard > 0 && heard.unsigned_abs() > CLOCK_OFF_MS {
            return Some(lines::WARN_CLOCK_AHEAD.line(minutes(heard.unsigned_abs())));
        }
        let behind = behind_tip.max(if heard < 0 { heard.unsigned_abs() } else { 0 });
        (behind > CLOCK_OFF_MS).then(|| lines::WARN_CLOCK_BEHIND.line(minutes(behind)))
    }

    /// Fetches evidence that is to be shown and is not here.
    pub(crate) fn want(self: &Arc<Self>, id: EvidenceId) {
        if self.node.replica().vault().length(id).is_some() || !locked(&self.wanted).insert(id) {
            return;
        }
        let link = Arc::clone(self);
        let task = tokio::spawn(async move {
            let remotes: Vec<Remote> = locked(&link.peers).iter().map(Peer::remote).collect();
            for remote in remotes {
                match link.node.fetch_evidence(&remote, id).await {
                    Ok(()) => {
                        link.stir.bump();
                        break;
                    }
                    Err(error) => tracing::info!(evidence = %id, %error, "evidence did not come"),
                }
            }
            locked(&link.wanted).remove(&id);
        });
        let mut tasks = locked(&self.tasks);
        tasks.retain(|task| !task.is_finished());
        tasks.push(task);
    }

    /// After a failure to reach a peer, the next of its addresses is tried.
    fn turn_to_next_address(&self, index: usize) {
        let mut peers = locked(&self.peers);
        let Some(peer) = peers.get_mut(index) else {
            return;
        };
        if peer.known.addresses.len() > 1 {
            peer.at = (peer.at + 1)
                .checked_rem(peer.known.addresses.len())
                .unwrap_or(0);
            peer.kept = self.node.keep(peer.remote());
        }
    }

    /// What is needed to follow one connection.
    fn line(&self, index: usize) -> Option<(tokio::sync::watch::Receiver<Line>, Remote)> {
        locked(&self.peers)
            .get(index)
            .map(|peer| (peer.kept.link(), peer.remote()))
    }
}

/// Reads what arrives, as long as the desk is there.
async fn follow_arrivals(replica: Replica, desk: Weak<Desk>) {
    let mut arrivals = replica.arrivals();
    loop {
        let Some(open) = desk.upgrade() else { return };
        let caught_up = tokio::task::spawn_blocking(move || open.catch_up()).await;
        if let Ok(Err(trouble)) = caught_up {
            tracing::warn!(?trouble, "arrivals could not be read");
        }
        if arrivals.changed().await.is_err() {
            return;
        }
    }
}

/// Follows one peer's connection: tells the screens, reads the peer's clock once for each
/// connection, and turns to another address when one fails.
async fn follow_line(index: usize, desk: Weak<Desk>) {
    let mut clock_read = false;
    loop {
        let Some((mut line, remote)) = desk.upgrade().and_then(|desk| desk.link().line(index))
        else {
            return;
        };
        let now = line.borrow_and_update().clone();
        let Some(open) = desk.upgrade() else { return };
        open.link().stir.bump();
        match &now {
            Line::Live { exchanged: true } if !clock_read => {
                clock_read = true;
                let node = open.link().node.clone();
                drop(open);
                let synced = node.sync_once(&remote, Until::Exchanged).await;
                if let (Ok(report), Some(open)) = (synced, desk.upgrade()) {
                    open.link().heard_clock(report.clock_ahead_ms);
                }
            }
            Line::Waiting { code, .. } => {
                clock_read = false;
                if *code == unreachable_code() {
                    open.link().turn_to_next_address(index);
                }
                drop(open);
            }
            Line::Connecting | Line::Live { .. } => drop(open),
        }
        // The sender is gone when the connection was replaced: then there is a new line.
        let _ = line.changed().await;
    }
}

/// The code of a peer that does not answer.
fn unreachable_code() -> String {
    let error = SyncError::Unreachable {
        address: String::new(),
        detail: String::new(),
    };
    error.code().to_owned()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
