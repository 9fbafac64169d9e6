//! Messages between validators: a connection each way, made again when it breaks, and a stream for
//! each message: on a bad road one that has to be sent again holds up no other. What is lost with a
//! connection is said again by whoever waits for an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use chopmark_core::{DeviceId, limits};
use quinn::{Connection, ConnectionError, ReadToEndError, RecvStream, VarInt};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{OnceCell, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use super::SyncError;
use super::node::{Node, Remote};

/// Validators of a network.
pub(super) const ORDER_ALPN: &[u8] = b"chopmark/order/1";
/// Messages that have come and wait to be read; then senders are kept waiting.
const INCOMING: usize = 1_024;
/// Messages that wait for a slow or absent validator; newer ones are dropped, since old ones are
/// said again and new ones without them say nothing.
const OUTGOING: usize = 256;
/// Between two tries to reach a validator.
const RETRY: Duration = Duration::from_millis(500);
/// And after it turned this peer away: one of the two orders nothing, and may for years.
const TURNED_AWAY: Duration = Duration::from_secs(3);
/// How a line is closed whose other end may not order, or does not.
const NO_ORDER: VarInt = VarInt::from_u32(1);
/// A line on which nothing could be sent for so long is made anew.
const STUCK: Duration = Duration::from_secs(5);

/// Where messages of validators go, once somebody wants them.
pub(super) type Ballots = OnceCell<mpsc::Sender<(DeviceId, Vec<u8>)>>;

/// What was refused before anybody read it, since the node was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderRefusals {
    /// Connections of keys that are no validators.
    pub strangers: u64,
    /// Messages of validators that are longer than any.
    pub oversized: u64,
}

#[derive(Default)]
pub(super) struct Refused {
    strangers: AtomicU64,
    oversized: AtomicU64,
}

/// A line to one validator. Dropping it hangs up.
pub struct Line {
    queue: mpsc::Sender<Arc<Vec<u8>>>,
    task: JoinHandle<()>,
}

impl Line {
    /// Sends a message, or drops it when too many wait: whether it arrives shows in the answer.
    pub fn send(&self, message: Arc<Vec<u8>>) {
        if let Err(TrySendError::Full(_)) = self.queue.try_send(message) {
            tracing::debug!("a message to a validator is dropped: too many wait");
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Node {
    /// The messages of other validators from now on, each with who sent it; `None` if they are
    /// read already.
    #[must_use]
    pub fn ballots(&self) -> Option<mpsc::Receiver<(DeviceId, Vec<u8>)>> {
        let (sender, receiver) = mpsc::channel(INCOMING);
        self.0.ballots.set(sender).is_ok().then_some(receiver)
    }

    /// What nobody saw of those who want to order.
    #[must_use]
    pub fn order_refusals(&self) -> OrderRefusals {
        let refused = &self.0.refused;
        OrderRefusals {
            strangers: refused.strangers.load(Relaxed),
            oversized: refused.oversized.load(Relaxed),
        }
    }

    /// Keeps a line to another validator.
    #[must_use]
    pub fn line(&self, remote: Remote) -> Line {
        let (queue, waiting) = mpsc::channel(OUTGOING);
        let task = tokio::spawn(self.clone().keep_line(remote, waiting));
        Line { queue, task }
    }

    async fn keep_line(self, remote: Remote, mut waiting: mpsc::Receiver<Arc<Vec<u8>>>) {
        loop {
            let mut pause = RETRY;
            let ended = match self.call(&remote, ORDER_ALPN).await {
                Ok(connection) => {
                    let ended = say_all(&connection, &mut waiting).await;
                    if turned_away(&connection) {
                        pause = TURNED_AWAY;
                    }
                    connection.close(VarInt::from_u32(0), b"done");
                    ended
                }
                Err(error) => Err(error),
            };
            match ended {
                Ok(()) => return,
                Err(error) => {
                    tracing::debug!(peer = %remote.address, %error, "no line to a validator");
                }
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Reads what a validator says until it hangs up. Others are turned away.
    pub(super) async fn answer_validator(&self, connection: &Connection, key: DeviceId) {
        let asked = self.blocking(move |replica| {
            Ok(replica.read_final(|ledger| ledger.validators().with_key(&key).is_some()))
        });
        let Some(ballots) = self.0.ballots.get() else {
            return connection.close(NO_ORDER, b"this peer does not order");
        };
        if !asked.await.unwrap_or(false) {
            self.0.refused.strangers.fetch_add(1, Relaxed);
            tracing::debug!(%key, "somebody who is no validator wants to order");
            return connection.close(NO_ORDER, b"not a validator");
        }
        // As many at a time as the connection may have streams, and together no more bytes than
        // its window.
        let mut coming = JoinSet::new();
        loop {
            tokio::select! {
                stream = connection.accept_uni() => match stream {
                    Ok(stream) => drop(coming.spawn(self.clone().message(stream, key))),
                    Err(_) => return,
                },
                Some(come) = coming.join_next() => {
                    if let Ok(Some(message)) = come
                        && ballots.send((key, message)).await.is_err()
                    {
                        return;
                    }
                }
            }
        }
    }

    /// What a stream brings; nothing if it broke. Who sends slowly holds up nobody else.
    async fn message(self, mut stream: RecvStream, from: DeviceId) -> Option<Vec<u8>> {
        match stream.read_to_end(limits::MESSAGE_BYTES).await {
            Ok(message) => Some(message),
            Err(error) => {
                if matches!(error, ReadToEndError::TooLong) {
                    self.0.refused.oversized.fetch_add(1, Relaxed);
                }
                tracing::debug!(%from, %error, "a validator's message broke off");
                None
            }
        }
    }
}

/// Whether the other side closed the connection because one of the two orders nothing.
fn turned_away(connection: &Connection) -> bool {
    matches!(
        connection.close_reason(),
        Some(ConnectionError::ApplicationClosed(closed)) if closed.error_code == NO_ORDER
    )
}

/// Writes what waits, until nobody sends any more.
async fn say_all(
    connection: &Connection,
    waiting: &mut mpsc::Receiver<Arc<Vec<u8>>>,
) -> Result<(), SyncError> {
    loop {
        tokio::select! {
            message = waiting.recv() => {
                let Some(message) = message else { return Ok(()) };
                match tokio::time::timeout(STUCK, say(connection, &message)).await {
                    Ok(said) => said?,
                    Err(_) => return Err(SyncError::Lost { detail: "it takes nothing".to_owned() }),
                }
            }
            lost = connection.closed() => return Err(lost.into()),
        }
    }
}

async fn say(connection: &Connection, message: &[u8]) -> Result<(), SyncError> {
    let mut stream = connection.open_uni().await?;
    let written = stream.write_all(message).await;
    written.map_err(|error| SyncError::Lost {
        detail: error.to_string(),
    })?;
    // It was not closed before, and needs no answer.
    let _ = stream.finish();
    Ok(())
}
