//! The calling side: one sync, or a connection that is kept.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chopmark_core::{DeviceId, EvidenceId, PartyKind};
use quinn::{Connection, VarInt};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::SyncError;
use super::node::{Node, Remote, SYNC_ALPN};
use super::progress::Progress;
use super::session::{End, Line, SyncReport, Until, drive};
use crate::seal::random_bytes;

/// The first wait after a failure; it doubles with each.
const FIRST_WAIT_MS: u64 = 500;
/// The longest wait: whoever comes back into coverage is synced within a minute by itself.
pub(super) const LONGEST_WAIT_MS: u64 = 60_000;

/// How a kept connection is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Calling.
    Connecting,
    /// Connected, and the other side has introduced itself.
    Live {
        /// The other side.
        to: DeviceId,
        /// Whether both sides have what was there at the beginning.
        exchanged: bool,
        /// How far this machine's clock is ahead of the other side's, in milliseconds.
        clock_ahead_ms: i64,
    },
    /// Not connected; the next try is due after a while, or on [`Kept::now`].
    Waiting {
        /// The code of the last failure.
        code: String,
        /// Its sentence.
        detail: String,
        /// Milliseconds from the failure to the next try.
        retry_ms: u64,
    },
}

/// A connection that is kept, and made again when it breaks. Dropping it hangs up.
pub struct Kept {
    task: JoinHandle<()>,
    wake: Arc<Notify>,
    link: watch::Receiver<Link>,
}

impl Kept {
    /// Tries now instead of later.
    pub fn now(&self) {
        self.wake.notify_one();
    }

    /// How it is doing, and every change of that.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Node {
    /// Calls, syncs and hangs up. What failed is noted for the outbox; what was acknowledged before
    /// stays acknowledged.
    ///
    /// # Errors
    /// [`SyncError`], each with its cause.
    pub async fn sync_once(&self, remote: &Remote, until: Until) -> Result<SyncReport, SyncError> {
        let (link, _) = watch::channel(Link::Connecting);
        let synced = self.sync(remote, until, &link).await;
        if let Err(error) = &synced {
            self.note_failure(remote, error).await;
        }
        synced
    }

    /// Keeps a connection: arrivals go both ways as they come, and it is made again when it breaks.
    #[must_use]
    pub fn keep(&self, remote: Remote) -> Kept {
        let kept = self.0.kept.lock();
        kept.unwrap_or_else(PoisonError::into_inner)
            .insert(remote.clone());
        self.kept(Whom::One(remote))
    }

    /// Keeps a connection to one of the known peers: the first that answers, tried in their order
    /// whenever the one before was lost.
    #[must_use]
    pub fn keep_any(&self) -> Kept {
        self.kept(Whom::Known)
    }

    /// Syncs with the first of the known peers that answers, `first` before the others, and hangs
    /// up.
    ///
    /// # Errors
    /// [`SyncError`]: why the first one could not be synced with.
    pub async fn sync_any(
        &self,
        first: Option<DeviceId>,
        until: Until,
    ) -> Result<SyncReport, SyncError> {
        let mut remotes = self.known().await?;
        remotes.sort_by_key(|remote| Some(remote.key) != first);
        let mut failure = None;
        for remote in remotes {
            match self.sync_once(&remote, until).await {
                Ok(report) => return Ok(report),
                Err(error) => failure.get_or_insert(error),
            };
        }
        Err(failure.unwrap_or_else(nobody_known))
    }

    fn kept(&self, whom: Whom) -> Kept {
        let wake = Arc::new(Notify::new());
        let (sender, link) = watch::channel(Link::Connecting);
        let task = tokio::spawn(self.clone().keep_on(whom, Arc::clone(&wake), sender));
        Kept { task, wake, link }
    }

    /// Fetches one file of evidence from the first of the known peers that has it, `first` before
    /// the others.
    ///
    /// # Errors
    /// [`SyncError`]: why the first one did not give it.
    pub async fn fetch_from_any(
        &self,
        first: Option<DeviceId>,
        id: EvidenceId,
    ) -> Result<(), SyncError> {
        let mut remotes = self.known().await?;
        remotes.sort_by_key(|remote| Some(remote.key) != first);
        let mut failure = None;
        for remote in remotes {
            match self.fetch_evidence(&remote, id).await {
                Ok(()) => return Ok(()),
                Err(error) => failure.get_or_insert(error),
            };
        }
        Err(failure.unwrap_or_else(nobody_known))
    }

    /// Fetches one file of evidence, from where it is here on.
    ///
    /// # Errors
    /// [`SyncError::Refused`] with `evidence-unknown` when the other side does not have it.
    pub async fn fetch_evidence(&self, remote: &Remote, id: EvidenceId) -> Result<(), SyncError> {
        let connection = self.call(remote, SYNC_ALPN).await?;
        let fetched = self.get_evidence(&connection, id).await;
        connection.close(VarInt::from_u32(0), b"done");
        fetched
    }

    async fn keep_on(self, whom: Whom, wake: Arc<Notify>, link: watch::Sender<Link>) {
        let mut wait_ms = FIRST_WAIT_MS;
        loop {
            let error = match self.round(&whom, &link).await {
                Some(Ending::WasLive(error)) => {
                    wait_ms = FIRST_WAIT_MS;
                    error
                }
                Some(Ending::Failed(error)) => error,
                None => nobody_known(),
            };
            let retry_ms = spread(wait_ms);
            link.send_replace(waiting(&error, retry_ms));
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(retry_ms)) => {}
                () = wake.notified() => {}
            }
            wait_ms = wait_ms.saturating_mul(2).min(LONGEST_WAIT_MS);
        }
    }

    /// Calls one after the other until one could be talked to and was lost again; then it begins
    /// with the first again. Gives why, or why the first one failed when all did.
    async fn round(&self, whom: &Whom, link: &watch::Sender<Link>) -> Option<Ending> {
        let mut first = None;
        link.send_replace(Link::Connecting);
        for remote in self.whom(whom).await {
            self.while_called_by(&remote, link).await;
            let synced = self.sync(&remote, Until::Closed, link).await;
            let was_live = matches!(*link.borrow(), Link::Live { .. });
            let error = synced.err().unwrap_or_else(|| SyncError::Lost {
                detail: "the peer hung up".to_owned(),
            });
            tracing::info!(peer = %remote.address, code = error.code(), %error, "a connection ended");
            // Two peers that call each other end one of two sessions: nothing failed.
            if error.code() != "busy" {
                self.note_failure(&remote, &error).await;
            }
            if was_live && matches!(error, SyncError::Lost { .. }) {
                return Some(Ending::WasLive(error));
            }
            // Not connected, whatever the next one will say.
            link.send_replace(waiting(&error, 0));
            first.get_or_insert(Ending::Failed(error));
        }
        first
    }

    async fn whom(&self, whom: &Whom) -> Vec<Remote> {
        match whom {
            Whom::One(remote) => vec![remote.clone()],
            Whom::Known => self.known().await.unwrap_or_else(|error| {
                tracing::error!(%error, "the known peers cannot be read");
                Vec::new()
            }),
        }
    }

    /// The peers that this replica may call, with each of their addresses, in the order to try.
    pub(super) async fn known(&self) -> Result<Vec<Remote>, SyncError> {
        let known = self
            .blocking(|replica| Ok(replica.known_peers()?))
            .await?
            .into_iter();
        Ok(known
            .flat_map(|row| {
                let remote = |address: &String| Remote {
                    key: row.key,
                    address: address.clone(),
                };
                row.addresses().iter().map(remote).collect::<Vec<_>>()
            })
            .collect())
    }

    /// Waits while a session stands that the other side began.
    async fn while_called_by(&self, remote: &Remote, link: &watch::Sender<Link>) {
        while let Some(mut progress) = self.0.pairs.standing(remote.key) {
            loop {
                let now = *progress.borrow_and_update();
                show(link, remote.key, now);
                if progress.changed().await.is_err() {
                    break;
                }
            }
            link.send_replace(Link::Connecting);
        }
    }

    async fn sync(
        &self,
        remote: &Remote,
        until: Until,
        link: &watch::Sender<Link>,
    ) -> Result<SyncReport, SyncError> {
        let connection = self.call(remote, SYNC_ALPN).await?;
        let (send, recv) = connection.open_bi().await?;
        let (progress, mut watched) = watch::channel(Progress::default());
        let line = Line {
            end: End::Calling,
            other: remote.key,
            send,
            recv,
            first: None,
            until,
            progress,
            connection: connection.clone(),
        };
        let showing = async {
            loop {
                show(link, remote.key, *watched.borrow_and_update());
                if watched.changed().await.is_err() {
                    return std::future::pending::<()>().await;
                }
            }
        };
        let ended = tokio::select! {
            ended = self.talk(&connection, line) => ended,
            // These two only go on beside it.
            () = self.answer_if_peer(&connection, remote.key) => Ok(SyncReport::default()),
            () = showing => Ok(SyncReport::default()),
        };
        connection.close(VarInt::from_u32(0), b"done");
        ended
    }

    /// The session, and files beside it.
    async fn talk(&self, connection: &Connection, line: Line) -> Result<SyncReport, SyncError> {
        let until = line.until;
        let files = self.exchange_evidence(connection, line.progress.subscribe());
        let (other, watched) = (line.other, line.progress.subscribe());
        let session = drive(self, line);
        let ended = match until {
            // Files go on until the session ends; then all end.
            Until::Closed => {
                tokio::select! {
                    report = session => report,
                    never = files => never.map(|_| SyncReport::default()),
                    never = self.fill_gaps(connection, other, watched) => match never {},
                }
            }
            _ => {
                let (report, files) = tokio::join!(session, files);
                let files = files?;
                report.map(|report| SyncReport {
                    evidence_sent: files.sent,
                    evidence_received: files.received,
                    ..report
                })
            }
        };
        if let Err(SyncError::Refused { code, .. }) = &ended
            && code == "revoked"
            && self.0.replica.kind() == PartyKind::Device
        {
            // Blocks from before the revocation are taken, and the files that they name.
            if let Err(error) = self.hand_in_files(connection).await {
                tracing::info!(%error, "evidence did not move");
            }
        }
        ended
    }

    /// A peer answers what the peer that it called asks for.
    async fn answer_if_peer(&self, connection: &Connection, key: DeviceId) {
        if self.0.replica.kind() == PartyKind::Peer {
            self.answer_called(connection, key).await;
        }
        std::future::pending().await
    }

    async fn note_failure(&self, remote: &Remote, error: &SyncError) {
        let (key, code, detail) = (remote.key, error.code().to_owned(), error.to_string());
        let noted = self
            .blocking(move |replica| Ok(replica.failed(key, &code, &detail)?))
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "a failed sync could not be noted");
        }
    }
}

/// Whom a kept connection leads to.
enum Whom {
    One(Remote),
    /// The first of the known peers that answers.
    Known,
}

/// How a round of calls ended.
enum Ending {
    /// The connection stood, and was lost.
    WasLive(SyncError),
    /// Nobody could be talked to.
    Failed(SyncError),
}

fn waiting(error: &SyncError, retry_ms: u64) -> Link {
    Link::Waiting {
        code: error.code().to_owned(),
        detail: error.to_string(),
        retry_ms,
    }
}

pub(super) fn nobody_known() -> SyncError {
    SyncError::Unreachable {
        address: String::new(),
        detail: "no peer's address is known here".to_owned(),
    }
}

/// Shows a session, once the other side has introduced itself.
fn show(link: &watch::Sender<Link>, to: DeviceId, progress: Progress) {
    let Some(met) = progress.met else { return };
    let live = Link::Live {
        to,
        exchanged: progress.exchanged,
        clock_ahead_ms: met.clock_ahead_ms,
    };
    link.send_if_modified(|link| std::mem::replace(link, live.clone()) != live);
}

/// Up to a quarter more or less, so that a thousand devices do not come back at the same moment.
fn spread(wait_ms: u64) -> u64 {
    let [random] = random_bytes::<1>().unwrap_or([128]);
    wait_ms.saturating_mul(192_u64.saturating_add(u64::from(random) / 2)) / 256
}
