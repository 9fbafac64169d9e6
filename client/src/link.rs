//! The link to the consortium: the connection that is kept, and what the person is told of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use chopmark_core::{CodeHash, DeviceId, DeviceKey, EvidenceId, MemberId, Tip, Undrawn};
use chopmark_replica::{ItemsHeard, Kept, Link as Line, Node, PeerRow, Replica, Until};
use chopmark_view::{LinkState, Param, PeerView};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::client::Clock;
use crate::desk::Desk;
use crate::keys::Keys;
use crate::stir::Stir;
use crate::trouble::{self, Trouble};
use crate::{lines, outbox};

/// A clock that is further off than this is worth a warning; less is normal drift.
const CLOCK_OFF_MS: u64 = 5 * 60 * 1000;
/// How long "send now" waits in all.
const SEND_NOW: Duration = Duration::from_secs(15);
/// Of that, how long for the orderer, once everything is sent.
const ORDER_MS: u64 = 5_000;
/// How long a person with a scanner in hand waits for what a run's maker says.
const ITEM: Duration = Duration::from_secs(4);

/// Keeps this device in sync with one of the peers that it knows: its own member's, or another
/// one while that does not answer.
pub(crate) struct Link {
    node: Node,
    clock: Clock,
    stir: Stir,
    /// None once it was stopped.
    kept: Mutex<Option<Kept>>,
    line: watch::Receiver<Line>,
    /// How far this clock is ahead of a peer's, as last heard.
    ahead_ms: Mutex<Option<i64>>,
    /// Evidence that is being fetched.
    wanted: Mutex<BTreeSet<EvidenceId>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
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
        let kept = node.keep_any();
        Ok(Self {
            node,
            clock,
            stir,
            line: kept.link(),
            kept: Mutex::new(Some(kept)),
            ahead_ms: Mutex::default(),
            wanted: Mutex::default(),
            tasks: Mutex::default(),
        })
    }

    /// Follows arrivals and the connection from here on.
    pub(crate) fn follow(&self, desk: Weak<Desk>) {
        let mut tasks = locked(&self.tasks);
        tasks.push(tokio::spawn(follow_arrivals(
            self.node.replica().clone(),
            desk.clone(),
        )));
        tasks.push(tokio::spawn(follow_line(self.line.clone(), desk)));
    }

    /// Hangs up everywhere.
    pub(crate) async fn stop(&self) {
        let tasks = std::mem::take(&mut *locked(&self.tasks));
        locked(&self.kept).take();
        for task in tasks {
            task.abort();
            // It ended, one way or the other.
            let _ = task.await;
        }
        self.node.close().await;
    }

    pub(crate) fn state(&self, tip: Tip) -> LinkState {
        match &*self.line.borrow() {
            Line::Live {
                exchanged: true, ..
            } => LinkState::Online {
                height: tip.height.0,
                checkpoint_ms: tip.time.0,
            },
            Line::Connecting | Line::Live { .. } => LinkState::Connecting,
            Line::Waiting { .. } => LinkState::Offline {
                last_heard_ms: self.last_heard_ms(),
            },
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

    /// The peer that this device talks to, those that failed, and its own member's in any case.
    pub(crate) fn peers(&self) -> Vec<PeerView> {
        let live = self.live();
        // A damaged row costs this list, not the screen.
        let rows = self.node.replica().known_peers().unwrap_or_default();
        let first = rows.first().map(|row| row.key);
        let worth_showing = |row: &&PeerRow| {
            Some(row.key) == first || Some(row.key) == live || row.last_error.is_some()
        };
        let view = |row: &PeerRow| {
            let address = row.addresses().first().cloned().unwrap_or_default();
            let connected = Some(row.key) == live;
            let failed = row.last_error.as_ref().filter(|_| !connected);
            PeerView {
                last_error: failed.map(|(code, detail)| outbox::wire(code, detail, &address)),
                address,
                connected,
            }
        };
        rows.iter().filter(worth_showing).map(view).collect()
    }

    /// The peer that this device talks to now.
    fn live(&self) -> Option<DeviceId> {
        match &*self.line.borrow() {
            Line::Live { to, .. } => Some(*to),
            Line::Connecting | Line::Waiting { .. } => None,
        }
    }

    /// Brings a device that has just joined up to date: its own enrolment is in what comes.
    pub(crate) async fn first_sync(&self) {
        let sync = self.node.sync_any(None, Until::Exchanged);
        match tokio::time::timeout(SEND_NOW, sync).await {
            Ok(Ok(report)) => self.heard_clock(report.clock_ahead_ms),
            // The kept connection goes on trying.
            Ok(Err(error)) => tracing::info!(%error, "the first sync did not end"),
            Err(_) => tracing::info!("the first sync took too long"),
        }
    }

    /// Syncs with a peer and waits for the outcome.
    pub(crate) async fn send_now(&self) {
        if let Some(kept) = &*locked(&self.kept) {
            kept.now();
        }
        let until = Until::Final {
            at_most_ms: ORDER_MS,
        };
        let sync = self.node.sync_any(self.live(), until);
        // What is not sent by then stays in the outbox, with its cause.
        if let Ok(Ok(report)) = tokio::time::timeout(SEND_NOW, sync).await {
            self.heard_clock(report.clock_ahead_ms);
        }
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

    /// Of which run a code is, by what its maker's peers say while this device is connected.
    pub(crate) async fn item(&self, maker: MemberId, code: CodeHash) -> Option<Undrawn> {
        let answer = self.items(maker, [code].into());
        let answer = tokio::time::timeout(ITEM, answer).await.ok()??;
        answer.found.get(&code).cloned()
    }

    /// Of which runs codes are; none where nobody could be asked.
    pub(crate) async fn items(
        &self,
        maker: MemberId,
        codes: BTreeSet<CodeHash>,
    ) -> Option<ItemsHeard> {
        self.live()?;
        let answer = self.node.items_from(maker, codes).await;
        let told = answer.inspect_err(|error| {
            tracing::debug!(%error, "nobody said of which runs codes are");
        });
        told.ok()
    }

    /// Fetches evidence that is to be shown and is not here.
    pub(crate) fn want(self: &Arc<Self>, id: EvidenceId) {
        if self.node.replica().vault().length(id).is_some() || !locked(&self.wanted).insert(id) {
            return;
        }
        let link = Arc::clone(self);
        let task = tokio::spawn(async move {
            match link.node.fetch_from_any(link.live(), id).await {
                Ok(()) => link.stir.bump(),
                Err(error) => tracing::info!(evidence = %id, %error, "evidence did not come"),
            }
            locked(&link.wanted).remove(&id);
        });
        let mut tasks = locked(&self.tasks);
        tasks.retain(|task| !task.is_finished());
        tasks.push(task);
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

/// Follows the connection: tells the screens, and reads the peer's clock.
async fn follow_line(mut line: watch::Receiver<Line>, desk: Weak<Desk>) {
    loop {
        let now = line.borrow_and_update().clone();
        let Some(open) = desk.upgrade() else { return };
        open.link().stir.bump();
        if let Line::Live { clock_ahead_ms, .. } = now {
            open.link().heard_clock(clock_ahead_ms);
        }
        drop(open);
        if line.changed().await.is_err() {
            return;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
