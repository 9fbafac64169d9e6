//! Catching up by a snapshot, and filling in what it passed over: streams beside a session of two
//! peers (format, section 10).

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex as Locked, PoisonError};
use std::time::Duration;

use chopmark_core::{
    Arriving, CatchUpError, DeviceId, Height, NumberedItem, PartyKind, Role, SnapshotOffer,
    StateView as _,
};
use quinn::{Connection, SendStream, VarInt};
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::evidence::{hear, say, unexpected};
use super::messages::Message;
use super::pace::{Pace, Paced, is_too_slow};
use super::progress::Progress;
use super::session::End;
use super::{Node, SyncError};
use crate::replica::{Handout, ReplicaError};

/// Nobody had what fills the gap, or the line broke: asked again after so long.
const AGAIN_MS: u64 = 2_000;
/// Statements read and sent at a time, and bytes of items in one message: well below a frame.
const STATEMENTS: u64 = 512;
const ITEM_BYTES: usize = 512 * 1024;
/// What is asked for is not here, or not all of it.
const NOT_HERE: &str = "not-here";
/// A peer that was found out may need so long to read why.
const GOODBYE_MS: u64 = 3_000;

/// Who catches up, and by whom.
#[derive(Default)]
pub(super) struct Lates {
    /// One snapshot comes at a time: of two the second would be for nothing. Nobody waits for it:
    /// whoever sends it may be hostile and take all the time that the pace leaves.
    pub(super) coming: Mutex<()>,
    /// One goes at a time: each stands in memory while it is sent.
    pub(super) going: Mutex<()>,
    /// One connection fills the gap at a time.
    filling: Mutex<()>,
    /// Peers with which none of this is tried. The ordinary sync, which believes nobody, goes on
    /// with them.
    left: Locked<BTreeMap<DeviceId, Left>>,
    pub(super) pace: Pace,
}

/// For how long a peer is left.
#[derive(Clone, Copy)]
enum Left {
    /// It sent what nobody agreed on.
    ForGood,
    /// It was too slow.
    Until(Instant),
}

impl Lates {
    pub(super) fn is_left(&self, other: DeviceId) -> bool {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        match left.get(&other) {
            Some(Left::ForGood) => true,
            Some(Left::Until(end)) => Instant::now() < *end,
            None => false,
        }
    }

    fn note(&self, other: DeviceId, error: &SyncError) {
        let how = match error {
            SyncError::Replica(ReplicaError::CatchUp(_) | ReplicaError::Passed(_)) => {
                tracing::error!(%other, %error, "a peer sent what nobody agreed on");
                Left::ForGood
            }
            slow if is_too_slow(slow) => {
                tracing::warn!(%other, %error, "a peer is left for a while");
                Left::Until(Instant::now() + self.pace.rest)
            }
            _ => return,
        };
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.insert(other, how);
    }
}

impl Message {
    /// Whether it begins a stream of somebody who is late.
    pub(super) fn is_of_late(&self) -> bool {
        matches!(self, Self::Behind { .. } | Self::Passed { .. })
    }

    /// The bytes of what it carries, without what holds them together.
    fn carries(&self) -> usize {
        match self {
            Self::Offer(bytes) | Self::State(bytes) => bytes.len(),
            Self::Statements(list) | Self::Items(list) => list.iter().map(Vec::len).sum(),
            _ => 0,
        }
    }
}

impl Node {
    /// Takes the other peer's state over when it is far ahead. Says whether it did; when the other
    /// one has none to give or is too slow, or another one's is coming, the ordinary sync goes on.
    ///
    /// # Errors
    /// [`ReplicaError::CatchUp`] when it is not what validators cosigned: this peer is asked for
    /// no other.
    pub(super) async fn catch_up(
        &self,
        connection: &Connection,
        (other, end): (DeviceId, End),
        height: u64,
    ) -> Result<bool, SyncError> {
        if self.0.replica.kind() != PartyKind::Peer
            || self.0.lates.is_left(other)
            || !self.is_far(height).await?
            || !self.may_give(other, end).await?
        {
            return Ok(false);
        }
        let Ok(_one) = self.0.lates.coming.try_lock() else {
            return Ok(false);
        };
        // Another peer's may have come meanwhile.
        if !self.is_far(height).await? {
            return Ok(false);
        }
        let took = self.take_snapshot(connection, other).await;
        if let Err(error) = &took {
            self.0.lates.note(other, error);
        }
        match took {
            Err(error) if is_too_slow(&error) => Ok(false),
            took => took,
        }
    }

    async fn is_far(&self, height: u64) -> Result<bool, SyncError> {
        self.blocking(move |replica| Ok(replica.is_far_behind(height)))
            .await
    }

    /// Whether a snapshot is asked for there: what it says of itself in its hello, any phone can
    /// say. Who is late may not know of a peer that was enrolled meanwhile; then it is one that
    /// this peer's operator named.
    async fn may_give(&self, other: DeviceId, end: End) -> Result<bool, SyncError> {
        Ok(match self.role(other).await? {
            Some(role) => role == Role::Peer,
            None => end == End::Calling,
        })
    }

    /// The role of a device, by everything that is known here, final or not.
    async fn role(&self, other: DeviceId) -> Result<Option<Role>, SyncError> {
        self.blocking(move |replica| {
            Ok(replica.read(|_, pending| pending.device(&other).map(|device| device.role())))
        })
        .await
    }

    async fn take_snapshot(
        &self,
        connection: &Connection,
        other: DeviceId,
    ) -> Result<bool, SyncError> {
        let mut paced = Paced::begin(self.0.lates.pace);
        let place = self.blocking(|replica| {
            Ok(replica.read_final(|ledger| (ledger.tip().height.0, ledger.log().size())))
        });
        let (height, logged) = place.await?;
        let opened = async { Ok(connection.open_bi().await?) };
        let (mut send, mut recv) = paced.step(opened).await?;
        let behind = Message::Behind { height, logged };
        paced.step(say(&mut send, &behind)).await?;
        let offer = match paced.step(hear(&mut recv)).await? {
            Message::Offer(bytes) => {
                paced.moved(bytes.len());
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
            match paced.step(hear(&mut recv)).await? {
                Message::End => break,
                part => {
                    paced.moved(part.carries());
                    arriving = take_part(arriving, part).await?;
                }
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
            if gap.wait_for(|gap| *gap).await.is_err() {
                break;
            }
            let filled = self.fill_in_turn(connection, other).await;
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

    /// Asks for the next checkpoints of the gap once no other connection does; whether the other
    /// one had them. Nothing waits for this but other fillers, and they no longer than the slack.
    async fn fill_in_turn(
        &self,
        connection: &Connection,
        other: DeviceId,
    ) -> Result<bool, SyncError> {
        if self.role(other).await? != Some(Role::Peer) {
            return Ok(false);
        }
        let _one = self.0.lates.filling.lock().await;
        if self.0.lates.is_left(other) {
            return Ok(false);
        }
        self.fill(connection, other).await
    }

    async fn fill(&self, connection: &Connection, other: DeviceId) -> Result<bool, SyncError> {
        let span = self.blocking(|replica| Ok(replica.gap())).await?;
        let Some((from, to)) = span.map(|span| (*span.start(), *span.end())) else {
            self.blocking(|replica| replica.close_gap()).await?;
            return Ok(true);
        };
        let mut paced = Paced::begin(self.0.lates.pace);
        let opened = async { Ok(connection.open_bi().await?) };
        let (mut send, mut recv) = paced.step(opened).await?;
        let passed = Message::Passed { from, to };
        paced.step(say(&mut send, &passed)).await?;
        loop {
            let heard = paced.step(hear(&mut recv)).await?;
            let carries = heard.carries();
            match heard {
                Message::End => break,
                Message::Items(items) => {
                    let taken = self.blocking(move |replica| {
                        let read = items.iter().map(|bytes| NumberedItem::from_bytes(bytes));
                        let items = read.collect::<Result<_, _>>();
                        replica.take_passed(other, items.map_err(CatchUpError::from)?)
                    });
                    // What is here already could be sent for ever.
                    if taken.await? > 0 {
                        paced.moved(carries);
                    }
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
        let role = self.role(other).await?;
        let done = match first {
            _ if role != Some(Role::Peer) => Err(not_here("snapshots are for peers")),
            _ if self.0.lates.is_left(other) => Err(busy(
                "what this peer asked for went to it too slowly: ask again later",
            )),
            Message::Behind { height, logged } => {
                self.give_snapshot(send, (Height(height), logged)).await
            }
            Message::Passed { from, to } => self.give_passed(send, (from, to)).await,
            _ => Err(not_here("nobody who is late asks for this")),
        };
        match &done {
            // It takes nothing, and so no reason either.
            Err(error) if is_too_slow(error) => {
                self.0.lates.note(other, error);
                let _ = send.reset(VarInt::from_u32(0));
            }
            Err(error) => {
                let bye = Message::bye(error.code(), error.to_string());
                let goodbye = Duration::from_millis(GOODBYE_MS);
                let _ = tokio::time::timeout(goodbye, say(send, &bye)).await;
            }
            Ok(()) => {}
        }
        let _ = send.finish();
        done
    }

    async fn give_snapshot(
        &self,
        send: &mut SendStream,
        place: (Height, u64),
    ) -> Result<(), SyncError> {
        let is_going = |_| busy("another peer gets a snapshot from here: ask again");
        let _one = self.0.lates.going.try_lock().map_err(is_going)?;
        let handout = self.blocking(move |replica| replica.hand_out(place));
        let Some(Handout { offer, parts, log }) = handout.await? else {
            return Err(not_here("nothing newer is here, or not all of it"));
        };
        let mut paced = Paced::begin(self.0.lates.pace);
        give(&mut paced, send, Message::Offer(offer)).await?;
        for part in parts {
            give(&mut paced, send, Message::State(part)).await?;
        }
        let mut from = log.start;
        while from < log.end {
            let to = from.saturating_add(STATEMENTS).min(log.end);
            let statements = self.blocking(move |replica| replica.statements(from..to));
            give(&mut paced, send, Message::Statements(statements.await?)).await?;
            from = to;
        }
        give(&mut paced, send, Message::End).await
    }

    async fn give_passed(
        &self,
        send: &mut SendStream,
        (from, to): (u64, u64),
    ) -> Result<(), SyncError> {
        let mut paced = Paced::begin(self.0.lates.pace);
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
                    let items = Message::Items(std::mem::take(&mut waiting));
                    give(&mut paced, send, items).await?;
                }
            }
        }
        if !waiting.is_empty() {
            give(&mut paced, send, Message::Items(waiting)).await?;
        }
        give(&mut paced, send, Message::End).await
    }
}

/// Says a part of a transfer, which the other side takes in time.
async fn give(paced: &mut Paced, send: &mut SendStream, message: Message) -> Result<(), SyncError> {
    paced.step(say(send, &message)).await?;
    paced.moved(message.carries());
    Ok(())
}

/// Takes a part of a snapshot, off the async runtime: statements are parsed and hashed.
async fn take_part(mut arriving: Arriving, part: Message) -> Result<Arriving, SyncError> {
    let taken = tokio::task::spawn_blocking(move || {
        match part {
            Message::State(part) => arriving.take_state(&part).map_err(ReplicaError::from)?,
            Message::Statements(statements) if statements.is_empty() => {
                return Err(ReplicaError::from(CatchUpError::EmptyPart).into());
            }
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

fn not_here(detail: &'static str) -> SyncError {
    SyncError::Ended {
        code: NOT_HERE,
        detail,
    }
}

fn busy(detail: &'static str) -> SyncError {
    SyncError::Ended {
        code: "busy",
        detail,
    }
}
