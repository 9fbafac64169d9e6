//! Catching up by a snapshot, and filling in what it passed over: streams beside a session of two
//! peers (format, section 10).

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::{Mutex as Locked, PoisonError};
use std::time::Duration;

use chopmark_core::{
    Arriving, CatchUpError, DeviceId, Height, NumberedItem, PartyKind, Role, SnapshotOffer,
    StateView as _,
};
use quinn::{Connection, RecvStream, SendStream};
use tokio::sync::{Mutex, watch};

use super::evidence::{hear, say, unexpected};
use super::messages::Message;
use super::progress::Progress;
use super::{Node, SyncError};
use crate::replica::{Handout, ReplicaError};

/// The longest wait for the next part: its sender may be writing a large state down.
const PART_MS: u64 = 60_000;
/// Nobody had what fills the gap, or the line broke: asked again after so long.
const AGAIN_MS: u64 = 2_000;
/// Statements read and sent at a time, and bytes of items in one message: well below a frame.
const STATEMENTS: u64 = 512;
const ITEM_BYTES: usize = 512 * 1024;
/// What is asked for is not here, or not all of it.
const NOT_HERE: &str = "not-here";

/// Who catches up, and by whom.
#[derive(Default)]
pub(super) struct Lates {
    /// One snapshot comes at a time: of two the second would be for nothing.
    coming: Mutex<()>,
    /// One goes at a time: each stands in memory while it is sent.
    going: Mutex<()>,
    /// One connection fills the gap at a time.
    filling: Mutex<()>,
    /// Peers that sent a false one. The ordinary sync, which believes nobody, goes on with them.
    liars: Locked<BTreeSet<DeviceId>>,
}

impl Lates {
    fn is_liar(&self, other: DeviceId) -> bool {
        let liars = self.liars.lock().unwrap_or_else(PoisonError::into_inner);
        liars.contains(&other)
    }

    fn note(&self, other: DeviceId, error: &SyncError) {
        let SyncError::Replica(ReplicaError::CatchUp(_) | ReplicaError::Passed(_)) = error else {
            return;
        };
        tracing::error!(%other, %error, "a peer sent what nobody agreed on");
        let mut liars = self.liars.lock().unwrap_or_else(PoisonError::into_inner);
        liars.insert(other);
    }
}

impl Message {
    /// Whether it begins a stream of somebody who is late.
    pub(super) fn is_of_late(&self) -> bool {
        matches!(self, Self::Behind { .. } | Self::Passed { .. })
    }
}

impl Node {
    /// Takes the other peer's state over when it is far ahead. Says whether it did; when the other
    /// one has none to give, the ordinary sync goes on.
    ///
    /// # Errors
    /// [`ReplicaError::CatchUp`] when it is not what validators cosigned: this peer is asked for
    /// no other.
    pub(super) async fn catch_up(
        &self,
        connection: &Connection,
        other: DeviceId,
        height: u64,
    ) -> Result<bool, SyncError> {
        let is_far = move |node: &Self| {
            let node = node.clone();
            async move {
                let is_peer = node.0.replica.kind() == PartyKind::Peer;
                let far = node.blocking(move |replica| Ok(replica.is_far_behind(height)));
                Ok::<bool, SyncError>(is_peer && far.await?)
            }
        };
        if self.0.lates.is_liar(other) || !is_far(self).await? {
            return Ok(false);
        }
        let _one = self.0.lates.coming.lock().await;
        // Another peer's may have come meanwhile.
        if !is_far(self).await? {
            return Ok(false);
        }
        let took = self.take_snapshot(connection, other).await;
        if let Err(error) = &took {
            self.0.lates.note(other, error);
        }
        took
    }

    async fn take_snapshot(
        &self,
        connection: &Connection,
        other: DeviceId,
    ) -> Result<bool, SyncError> {
        let place = self.blocking(|replica| {
            Ok(replica.read_final(|ledger| (ledger.tip().height.0, ledger.log().size())))
        });
        let (height, logged) = place.await?;
        let (mut send, mut recv) = connection.open_bi().await?;
        say(&mut send, &Message::Behind { height, logged }).await?;
        let offer = match next(&mut recv).await? {
            Message::Offer(bytes) => {
                SnapshotOffer::from_bytes(&bytes).map_err(ReplicaError::from)?
            }
            Message::Bye { code, detail } => {
                tracing::info!(%other, code, detail, "no snapshot");
                return Ok(false);
            }
            out_of_turn => return Err(unexpected(out_of_turn)),
        };
        let header = offer.checkpoint().header();
        tracing::info!(%other, from = height, to = header.height().0, "taking a snapshot over");
        let accepting = offer.clone();
        let accepted = self.blocking(move |replica| Ok(replica.accept_snapshot(&accepting)?));
        let mut arriving = accepted.await?;
        loop {
            match next(&mut recv).await? {
                Message::End => break,
                part => arriving = take_part(arriving, part).await?,
            }
        }
        let _ = send.finish();
        self.blocking(move |replica| replica.take_over(other, offer, arriving))
            .await?;
        Ok(true)
    }

    /// Fills gaps of the log from the other peer for as long as the session lasts.
    pub(super) async fn fill_gaps(
        &self,
        connection: &Connection,
        other: DeviceId,
        mut progress: watch::Receiver<Progress>,
    ) -> Infallible {
        let met = progress.wait_for(|now| now.met.is_some()).await;
        let with = met.ok().and_then(|now| now.met).map(|met| met.kind);
        let kinds = (self.0.replica.kind(), with);
        let mut gap = self.0.replica.has_gap();
        while kinds == (PartyKind::Peer, Some(PartyKind::Peer)) {
            // The sender lives as long as the replica.
            if gap.wait_for(|gap| *gap).await.is_err() || self.0.lates.is_liar(other) {
                break;
            }
            let filled = {
                let _one = self.0.lates.filling.lock().await;
                self.fill(connection, other).await
            };
            if let Err(error) = &filled {
                tracing::info!(%other, code = error.code(), %error, "the log could not be filled");
                self.0.lates.note(other, error);
            }
            if !matches!(filled, Ok(true)) {
                tokio::time::sleep(Duration::from_millis(AGAIN_MS)).await;
            }
        }
        std::future::pending().await
    }

    /// Asks for the next checkpoints of the gap; whether the other one had them.
    async fn fill(&self, connection: &Connection, other: DeviceId) -> Result<bool, SyncError> {
        let span = self.blocking(|replica| Ok(replica.gap())).await?;
        let Some((from, to)) = span.map(|span| (*span.start(), *span.end())) else {
            self.blocking(|replica| replica.close_gap()).await?;
            return Ok(true);
        };
        let (mut send, mut recv) = connection.open_bi().await?;
        say(&mut send, &Message::Passed { from, to }).await?;
        loop {
            match next(&mut recv).await? {
                Message::End => break,
                Message::Items(items) => {
                    let taken = self.blocking(move |replica| {
                        let read = items.iter().map(|bytes| NumberedItem::from_bytes(bytes));
                        let items = read.collect::<Result<_, _>>();
                        replica.take_passed(other, items.map_err(CatchUpError::from)?)
                    });
                    taken.await?;
                }
                Message::Bye { .. } => return Ok(false),
                out_of_turn => return Err(unexpected(out_of_turn)),
            }
        }
        let _ = send.finish();
        Ok(true)
    }

    /// Answers a peer that is late. Errors are told to it.
    pub(super) async fn answer_late(
        &self,
        first: Message,
        other: DeviceId,
        send: &mut SendStream,
    ) -> Result<(), SyncError> {
        let role = self.blocking(move |replica| {
            Ok(replica.read(|_, pending| pending.device(&other).map(|device| device.role())))
        });
        let done = match (role.await?, first) {
            (Some(Role::Peer), Message::Behind { height, logged }) => {
                self.give_snapshot(send, (Height(height), logged)).await
            }
            (Some(Role::Peer), Message::Passed { from, to }) => {
                self.give_passed(send, (from, to)).await
            }
            _ => Err(not_here("snapshots are for peers")),
        };
        if let Err(error) = &done {
            say(send, &Message::bye(error.code(), error.to_string())).await?;
        }
        let _ = send.finish();
        done
    }

    async fn give_snapshot(
        &self,
        send: &mut SendStream,
        place: (Height, u64),
    ) -> Result<(), SyncError> {
        let busy = || SyncError::Ended {
            code: "busy",
            detail: "another peer gets a snapshot from here: ask again",
        };
        let _one = self.0.lates.going.try_lock().map_err(|_| busy())?;
        let handout = self.blocking(move |replica| replica.hand_out(place));
        let Some(Handout { offer, parts, log }) = handout.await? else {
            return Err(not_here("nothing newer is here, or not all of it"));
        };
        say(send, &Message::Offer(offer)).await?;
        for part in parts {
            say(send, &Message::State(part)).await?;
        }
        let mut from = log.start;
        while from < log.end {
            let to = from.saturating_add(STATEMENTS).min(log.end);
            let statements = self.blocking(move |replica| replica.statements(from..to));
            say(send, &Message::Statements(statements.await?)).await?;
            from = to;
        }
        say(send, &Message::End).await
    }

    async fn give_passed(
        &self,
        send: &mut SendStream,
        (from, to): (u64, u64),
    ) -> Result<(), SyncError> {
        let mut waiting = Vec::new();
        let mut bytes = 0usize;
        for height in from..=to {
            let passed = self.blocking(move |replica| replica.passed(Height(height)));
            let Some(items) = passed.await? else {
                return Err(not_here("a checkpoint or a block is not here"));
            };
            for item in items {
                let item = NumberedItem { number: 0, item }.to_bytes();
                bytes = bytes.saturating_add(item.len());
                waiting.push(item);
                if bytes >= ITEM_BYTES {
                    bytes = 0;
                    say(send, &Message::Items(std::mem::take(&mut waiting))).await?;
                }
            }
        }
        if !waiting.is_empty() {
            say(send, &Message::Items(waiting)).await?;
        }
        say(send, &Message::End).await
    }
}

/// Takes a part of a snapshot, off the async runtime: statements are parsed and hashed.
async fn take_part(mut arriving: Arriving, part: Message) -> Result<Arriving, SyncError> {
    let taken = tokio::task::spawn_blocking(move || {
        match part {
            Message::State(part) => arriving.take_state(&part).map_err(ReplicaError::from)?,
            Message::Statements(statements) => {
                for statement in &statements {
                    arriving
                        .take_statement(statement)
                        .map_err(ReplicaError::from)?;
                }
            }
            out_of_turn => return Err(unexpected(out_of_turn)),
        }
        Ok(arriving)
    });
    taken.await.map_err(|stopped| SyncError::Lost {
        detail: stopped.to_string(),
    })?
}

async fn next(recv: &mut RecvStream) -> Result<Message, SyncError> {
    let heard = tokio::time::timeout(Duration::from_millis(PART_MS), hear(recv)).await;
    heard.unwrap_or_else(|_| {
        Err(SyncError::Lost {
            detail: "the next part did not come".to_owned(),
        })
    })
}

fn not_here(detail: &'static str) -> SyncError {
    SyncError::Ended {
        code: NOT_HERE,
        detail,
    }
}
