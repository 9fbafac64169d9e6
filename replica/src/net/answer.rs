//! The answering side: who may do what, and the streams that it serves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chopmark_core::{DeviceId, StateView as _, TimeMs};
use quinn::crypto::rustls::HandshakeData;
use quinn::{Connection, Incoming, RecvStream, SendStream, VarInt};
use tokio::sync::{Semaphore, watch};

use super::evidence::say;
use super::frames;
use super::join::JOIN_ALPN;
use super::messages::{Message, begins_session};
use super::node::Node;
use super::order::ORDER_ALPN;
use super::progress::Progress;
use super::session::{End, Line, Until, drive};
use super::{SyncError, tls};
use crate::replica::Replica;
use crate::store::wall_clock_ms;

/// Connections at a time: bounds memory; a member has hundreds of devices, not thousands at once.
const CONNECTIONS: usize = 1_024;
/// A handshake takes two round trips: whoever takes longer is not shaking hands.
const HANDSHAKE_MS: u64 = 10_000;
/// A stream that was opened says what it is for by then.
const FIRST_FRAME_MS: u64 = 15_000;
/// How long a refused caller has to read why.
const GOODBYE_MS: u64 = 3_000;

/// The code for a key that no member enrolled.
const UNKNOWN: &str = "unknown-device";

/// What an enrolled key may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Everything.
    Whole,
    /// It was revoked or suspended, and may hand in what it signed before; it gets nothing.
    HandIn,
}

/// The streams of one connection that the other side opens.
struct Door {
    entry: Entry,
    /// One session a connection: two would each believe they know how far the other side is.
    has_session: AtomicBool,
}

/// Why a key may not sync here.
pub(super) struct NoEntry {
    code: &'static str,
    detail: String,
}

/// Only enrolled devices, by everything that is known here, final or not.
pub(super) fn entry(replica: &Replica, key: DeviceId) -> Result<Entry, NoEntry> {
    let known = replica.read(|_, pending| {
        let device = pending.device(&key)?;
        // Shut out, and whether something of it is still taken. Of a forked feed that is what was
        // ordered: the files that it names may still be on the device.
        let shut_out = match (device.revoked(), device.forked()) {
            (Some(revoked), _) => Some(revoked.last().is_some()),
            (None, forked) => forked.map(|_| true),
        };
        Some((shut_out, device.until()))
    });
    let (code, detail) = match known {
        Some((None, until)) if until >= TimeMs(wall_clock_ms()) => return Ok(Entry::Whole),
        Some((None, _)) => (
            "revoked",
            "the enrolment of this device has ended: ask an admin to renew it",
        ),
        Some((Some(true), _)) => return Ok(Entry::HandIn),
        Some((Some(false), _)) => (
            "revoked",
            "this device was revoked: ask an admin of your member",
        ),
        None => (
            UNKNOWN,
            "this device is not enrolled here: ask for an invitation",
        ),
    };
    let detail = detail.to_owned();
    Err(NoEntry { code, detail })
}

/// Whether what is here may go to a peer that this one calls. One whose enrolment has only ended
/// may have it: its renewal can be waiting there, and spreads by nothing else.
pub(super) fn may_be_told(replica: &Replica, called: DeviceId) -> bool {
    replica.read(|_, pending| {
        let device = pending.device(&called);
        device.is_none_or(|device| device.revoked().is_none() && device.forked().is_none())
    })
}

impl Node {
    /// Answers until [`Self::close`] is called. Each connection runs in a task of its own.
    pub async fn serve(&self) {
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        while let Some(incoming) = self.0.endpoint.accept().await {
            let Ok(permit) = Arc::clone(&room).try_acquire_owned() else {
                incoming.refuse();
                continue;
            };
            let node = self.clone();
            tokio::spawn(async move {
                node.answer(incoming).await;
                drop(permit);
            });
        }
    }

    async fn answer(&self, incoming: Incoming) {
        let address = incoming.remote_address();
        let handshake = async { incoming.await };
        let connection =
            match tokio::time::timeout(Duration::from_millis(HANDSHAKE_MS), handshake).await {
                Ok(Ok(connection)) => connection,
                Ok(Err(error)) => return tracing::debug!(%address, %error, "a handshake failed"),
                Err(_) => return tracing::debug!(%address, "a handshake took too long"),
            };
        let Some(key) = tls::remote_key(&connection) else {
            return connection.close(VarInt::from_u32(1), b"no device key");
        };
        if alpn(&connection).as_deref() == Some(JOIN_ALPN) {
            self.answer_join(&connection, key).await;
            return connection.close(VarInt::from_u32(0), b"done");
        }
        if alpn(&connection).as_deref() == Some(ORDER_ALPN) {
            self.answer_validator(&connection, key).await;
            return connection.close(VarInt::from_u32(0), b"done");
        }
        match self.may_enter(key).await {
            Ok(entry) => {
                let has_session = AtomicBool::new(false);
                let door = Door { entry, has_session };
                self.answer_streams(&connection, key, door).await;
            }
            Err(refusal) => {
                tracing::info!(%address, %key, code = refusal.code, "a caller is refused");
                turn_away(&connection, &refusal).await;
            }
        }
        connection.close(VarInt::from_u32(0), b"done");
    }

    /// As [`entry`], off the async runtime.
    pub(super) async fn may_enter(&self, key: DeviceId) -> Result<Entry, NoEntry> {
        let asked = self.blocking(move |replica| Ok(entry(replica, key))).await;
        asked.unwrap_or_else(|error| {
            Err(NoEntry {
                code: "internal",
                detail: error.to_string(),
            })
        })
    }

    /// Whether it may have nothing any more, now: it may have been let in before. A called peer
    /// that the ledger does not know yet may ask.
    async fn is_shut_out(&self, key: DeviceId) -> bool {
        match self.may_enter(key).await {
            Ok(entry) => entry == Entry::HandIn,
            Err(refusal) => refusal.code != UNKNOWN,
        }
    }

    /// Answers what a called peer asks for, until the connection ends. The session is the
    /// caller's to begin.
    pub(super) async fn answer_called(&self, connection: &Connection, key: DeviceId) {
        let door = Door {
            entry: Entry::Whole,
            has_session: AtomicBool::new(true),
        };
        self.answer_streams(connection, key, door).await;
    }

    async fn answer_streams(&self, connection: &Connection, key: DeviceId, door: Door) {
        let door = Arc::new(door);
        while let Ok(streams) = connection.accept_bi().await {
            let (node, connection) = (self.clone(), connection.clone());
            let door = Arc::clone(&door);
            tokio::spawn(async move {
                if let Err(error) = node.answer_stream(&connection, key, streams, &door).await {
                    tracing::info!(%key, code = error.code(), %error, "a stream ended early");
                }
            });
        }
    }

    async fn answer_stream(
        &self,
        connection: &Connection,
        other: DeviceId,
        (mut send, mut recv): (SendStream, RecvStream),
        door: &Door,
    ) -> Result<(), SyncError> {
        let first = tokio::time::timeout(
            Duration::from_millis(FIRST_FRAME_MS),
            frames::read(&mut recv),
        )
        .await;
        let Ok(Some(first)) = first.map_err(|_| too_slow())? else {
            return Ok(());
        };
        if !begins_session(&first) {
            let first = Message::decode(&first)?;
            let asks = matches!(first, Message::Get { .. } | Message::Item(_));
            if (asks || first.is_of_late()) && self.is_shut_out(other).await {
                let detail = "this device was revoked or suspended: nothing is sent to it";
                return say(&mut send, &Message::bye("revoked", detail)).await;
            }
            if let Message::Item(code) = first {
                return self.answer_item(code, &mut send).await;
            }
            if first.is_of_late() {
                return self.answer_late(first, other, &mut send).await;
            }
            return self.answer_evidence(first, &mut send, &mut recv).await;
        }
        if door.has_session.swap(true, Ordering::AcqRel) {
            return say(
                &mut send,
                &Message::bye("malformed", "there is one session a connection"),
            )
            .await;
        }
        let (progress, watched) = watch::channel(Progress::default());
        let line = Line {
            end: End::Answering(door.entry),
            other,
            send,
            recv,
            first: Some(first),
            until: Until::Closed,
            progress,
            connection: connection.clone(),
        };
        // A peer that is only ever called fetches what it lacks from its callers.
        tokio::select! {
            ended = drive(self, line) => ended.map(drop),
            never = self.exchange_evidence(connection, watched.clone()) => never.map(drop),
            never = self.fill_gaps(connection, other, watched) => match never {},
        }
    }
}

fn too_slow() -> SyncError {
    SyncError::Protocol {
        code: "malformed",
        detail: "a stream was opened for nothing".to_owned(),
    }
}

/// Says why on the first stream, as a session would, and lets the caller read it.
async fn turn_away(connection: &Connection, refusal: &NoEntry) {
    let goodbye = async {
        let (mut send, _recv) = connection.accept_bi().await?;
        say(
            &mut send,
            &Message::bye(refusal.code, refusal.detail.as_str()),
        )
        .await?;
        let _ = send.finish();
        let _ = send.stopped().await;
        connection.closed().await;
        Ok::<(), SyncError>(())
    };
    let _ = tokio::time::timeout(Duration::from_millis(GOODBYE_MS), goodbye).await;
}

fn alpn(connection: &Connection) -> Option<Vec<u8>> {
    connection
        .handshake_data()?
        .downcast::<HandshakeData>()
        .ok()?
        .protocol
}
