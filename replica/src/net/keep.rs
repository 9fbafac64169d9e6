//! The calling side: one sync, or a connection that is kept.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{EvidenceId, PartyKind};
use quinn::{Connection, VarInt};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::SyncError;
use super::node::{Node, Remote, SYNC_ALPN};
use super::session::{Line, Progress, SyncReport, Until, drive};
use crate::seal::random_bytes;
use crate::store::EvidenceState;

/// The first wait after a failure; it doubles with each.
const FIRST_WAIT_MS: u64 = 500;
/// The longest wait: whoever comes back into coverage is synced within a minute by itself.
const LONGEST_WAIT_MS: u64 = 60_000;
/// Evidence that could not move is tried again after so long: its block may have been faster.
const FIRST_FILE_WAIT_MS: u64 = 1_000;
/// Files of evidence looked at in one round.
const ROUND: usize = 4_096;

/// How a kept connection is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Calling.
    Connecting,
    /// Connected; `exchanged` once both sides have what was there at the beginning.
    Live {
        /// Whether both sides have what was there at the beginning.
        exchanged: bool,
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
        let wake = Arc::new(Notify::new());
        let (sender, link) = watch::channel(Link::Connecting);
        let task = tokio::spawn(self.clone().keep_on(remote, Arc::clone(&wake), sender));
        Kept { task, wake, link }
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

    async fn keep_on(self, remote: Remote, wake: Arc<Notify>, link: watch::Sender<Link>) {
        let mut wait_ms = FIRST_WAIT_MS;
        loop {
            link.send_replace(Link::Connecting);
            let synced = self.sync(&remote, Until::Closed, &link).await;
            let was_live = matches!(*link.borrow(), Link::Live { .. });
            if was_live {
                wait_ms = FIRST_WAIT_MS;
            }
            let error = synced.err().unwrap_or_else(|| SyncError::Lost {
                detail: "the peer hung up".to_owned(),
            });
            tracing::info!(peer = %remote.address, code = error.code(), %error, "a connection ended");
            self.note_failure(&remote, &error).await;
            let retry_ms = spread(wait_ms);
            link.send_replace(Link::Waiting {
                code: error.code().to_owned(),
                detail: error.to_string(),
                retry_ms,
            });
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(retry_ms)) => {}
                () = wake.notified() => {}
            }
            wait_ms = wait_ms.saturating_mul(2).min(LONGEST_WAIT_MS);
        }
    }

    async fn sync(
        &self,
        remote: &Remote,
        until: Until,
        link: &watch::Sender<Link>,
    ) -> Result<SyncReport, SyncError> {
        let connection = self.call(remote, SYNC_ALPN).await?;
        link.send_replace(Link::Live { exchanged: false });
        let (send, recv) = connection.open_bi().await?;
        let (progress, watched) = watch::channel(Progress::default());
        let line = Line {
            other: remote.key,
            send,
            recv,
            first: None,
            until,
            progress,
        };
        let files = self.exchange_evidence(&connection, watched, link);
        let session = drive(self, line);
        let report = match until {
            // Files go on until the session ends; then both end.
            Until::Closed => {
                tokio::select! {
                    report = session => report,
                    never = files => never.map(|_| SyncReport::default()),
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
        connection.close(VarInt::from_u32(0), b"done");
        report
    }

    /// Moves evidence beside a session: a device hands in what it has, a peer fetches what its
    /// blocks name. Returns when the session has ended and nothing is left to do.
    async fn exchange_evidence(
        &self,
        connection: &Connection,
        mut progress: watch::Receiver<Progress>,
        link: &watch::Sender<Link>,
    ) -> Result<Files, SyncError> {
        let mut files = Files::default();
        let mut failed = Failed::new();
        loop {
            let exchanged = progress.borrow_and_update().exchanged;
            link.send_if_modified(|link| {
                let live = Link::Live { exchanged };
                std::mem::replace(link, live.clone()) != live
            });
            if exchanged {
                self.evidence_round(connection, &mut failed, &mut files)
                    .await?;
            }
            let next = failed.values().map(|(due, _)| *due).min();
            let due =
                next.unwrap_or_else(|| Instant::now() + Duration::from_millis(LONGEST_WAIT_MS));
            tokio::select! {
                // The sender is gone when the session has ended.
                changed = progress.changed() => if changed.is_err() {
                    return Ok(files);
                },
                () = tokio::time::sleep_until(due) => {}
            }
        }
    }

    async fn evidence_round(
        &self,
        connection: &Connection,
        failed: &mut Failed,
        files: &mut Files,
    ) -> Result<(), SyncError> {
        let pushes = self.0.replica.kind() == PartyKind::Device;
        let state = if pushes {
            EvidenceState::Here
        } else {
            EvidenceState::Wanted
        };
        let rows = self
            .blocking(move |replica| Ok(replica.store().evidence_in(state, ROUND)?))
            .await?;
        for row in rows {
            let wait_ms = match failed.get(&row.id) {
                Some((due, _)) if *due > Instant::now() => continue,
                Some((_, wait_ms)) => wait_ms.saturating_mul(2).min(LONGEST_WAIT_MS),
                None => FIRST_FILE_WAIT_MS,
            };
            let moved = if pushes {
                self.put_evidence(connection, row.id).await
            } else {
                self.get_evidence(connection, row.id).await
            };
            failed.remove(&row.id);
            match moved {
                Ok(()) if pushes => files.sent = files.sent.saturating_add(1),
                Ok(()) => files.received = files.received.saturating_add(1),
                Err(error @ SyncError::Lost { .. }) => return Err(error),
                Err(error) => {
                    tracing::info!(evidence = %row.id, code = error.code(), %error, "evidence did not move");
                    failed.insert(
                        row.id,
                        (Instant::now() + Duration::from_millis(wait_ms), wait_ms),
                    );
                }
            }
        }
        Ok(())
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

/// When a file that did not move is tried again, and after what wait.
type Failed = BTreeMap<EvidenceId, (Instant, u64)>;

#[derive(Default)]
struct Files {
    sent: usize,
    received: usize,
}

/// Up to a quarter more or less, so that a thousand devices do not come back at the same moment.
fn spread(wait_ms: u64) -> u64 {
    let [random] = random_bytes::<1>().unwrap_or([128]);
    wait_ms.saturating_mul(192_u64.saturating_add(u64::from(random) / 2)) / 256
}
