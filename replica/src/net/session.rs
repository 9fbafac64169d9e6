//! Driving the core's sync session over a stream.

mod filling;
mod receiving;

use std::time::Duration;

use chopmark_core::{
    DeviceId, KnownPeer, PartyKind, Session, SessionConfig, SessionError, SessionEvent,
    StateView as _, TimeMs,
};
use quinn::{Connection, RecvStream, SendStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::again::Again;
use super::answer::Entry;
use super::frames::{FrameError, read_ahead, write_behind};
use super::pairs::Claim;
use super::progress::{Met, Progress};
use super::{Node, SyncError};
use crate::replica::is_for_now;
use crate::store::{Instance, Number, wall_clock_ms};
use receiving::Receiving;

pub(super) use receiving::Asked;

/// The other side introduces itself within this time, or is gone.
const HELLO_MS: u64 = 10_000;

/// How long a session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Both sides have on disk what the other had at the beginning.
    Exchanged,
    /// Exchanged, and nothing of this device is unfinished or so many milliseconds have passed.
    Final {
        /// The longest wait for the orderer.
        at_most_ms: u64,
    },
    /// The connection ends: arrivals are passed on as they come.
    Closed,
}

/// What a session did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Items that came and are on disk now.
    pub received: usize,
    /// Items that went and are on the other side's disk, refused ones left out.
    pub sent: usize,
    /// Items of ours that the other side does not take: number, code, detail.
    pub not_taken: Vec<(Number, String, String)>,
    /// Evidence files that the other side has now.
    pub evidence_sent: usize,
    /// Evidence files that are here now.
    pub evidence_received: usize,
    /// The newest checkpoint of the other side at the beginning.
    pub their_height: u64,
    /// How far this machine's clock is ahead of the other side's, in milliseconds; negative when
    /// it is behind. Far off is worth a warning, and nothing fails because of it.
    pub clock_ahead_ms: i64,
}

/// Which end of the connection this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Calling,
    Answering(Entry),
}

/// Streams and settings of one session.
pub(super) struct Line {
    pub(super) end: End,
    pub(super) other: DeviceId,
    pub(super) send: SendStream,
    pub(super) recv: RecvStream,
    /// A first frame that was read already.
    pub(super) first: Option<Vec<u8>>,
    pub(super) until: Until,
    pub(super) progress: watch::Sender<Progress>,
    /// What it runs over: whoever is far behind asks beside it.
    pub(super) connection: Connection,
}

struct Driver {
    node: Node,
    connection: Connection,
    /// Between two peers. Free again before `progress` ends, so that whoever waits for its end
    /// finds the place free.
    claim: Option<Claim>,
    end: End,
    other: DeviceId,
    /// Of what arrived after this number, peers name to each other what a third one sends.
    names_after: Option<Number>,
    session: Session,
    until: Until,
    progress: watch::Sender<Progress>,
    /// Up to where our items are queued, once the other side has said where to start.
    queued: Option<Number>,
    /// From when on the next items may be queued.
    next: Instant,
    /// Its newest number at the beginning; reached when `received` is there.
    their_newest: u64,
    received: u64,
    receiving: Receiving,
    in_flight: Vec<u64>,
    again: Again,
    report: SyncReport,
}

/// The session with the same peer that goes on instead.
const PAIRED: SyncError = SyncError::Ended {
    code: "busy",
    detail: "these two peers have another session, which goes on",
};
/// This peer has the other one's state now: the next session begins behind what it covers.
const CAUGHT_UP: SyncError = SyncError::Ended {
    code: "busy",
    detail: "this peer was far behind and took a snapshot over: it syncs from there",
};
/// Something was named and asked for, and was purged or found damaged in between: the next session
/// leaves it out.
const GONE: SyncError = SyncError::Ended {
    code: "busy",
    detail: "something that was named is here no more: the next session leaves it out",
};
/// Said to a revoked or suspended device once it has handed in what it had.
const REVOKED: SyncError = SyncError::Ended {
    code: "revoked",
    detail: "this device was revoked or suspended: what it signed before that is taken, nothing is \
             sent to it",
};

/// Said to a called peer before it is told anything.
pub(super) const CALLED_REVOKED: SyncError = SyncError::Ended {
    code: "peer-revoked",
    detail: "the peer that was called was revoked or suspended: nothing is sent to it",
};

/// Runs a session to its end. The streams are finished when this returns.
pub(super) async fn drive(node: &Node, line: Line) -> Result<SyncReport, SyncError> {
    let (config, since) = configuration(node, line.other).await?;
    let (frames_in, reader) = read_ahead(line.recv, line.first);
    let (frames_out, writer) = write_behind(line.send);
    let mut driver = Driver {
        node: node.clone(),
        connection: line.connection,
        claim: None,
        end: line.end,
        other: line.other,
        names_after: None,
        session: Session::new(config, now()),
        until: line.until,
        progress: line.progress,
        queued: None,
        next: Instant::now(),
        their_newest: 0,
        received: since,
        receiving: Receiving::new(),
        in_flight: Vec::new(),
        again: Again::default(),
        report: SyncReport::default(),
    };
    let ended = driver.run(frames_in, &frames_out).await;
    if let Err(error) = &ended {
        driver.say_goodbye(error, &frames_out).await;
    }
    drop(frames_out);
    // Written out and finished, or given up because the line is dead.
    let _ = tokio::time::timeout(Duration::from_millis(HELLO_MS), writer).await;
    reader.abort();
    ended.map(|()| driver.report)
}

async fn configuration(node: &Node, other: DeviceId) -> Result<(SessionConfig, u64), SyncError> {
    let peers = node.told();
    node.blocking(move |replica| {
        let row = replica.peer(other)?;
        let config = SessionConfig {
            network: replica.network(),
            instance: *replica.instance().as_bytes(),
            kind: replica.kind(),
            since: row
                .instance()
                .map(|instance| (*instance.as_bytes(), row.since().get())),
            height: replica.read_final(|ledger| ledger.state().tip().height.0),
            newest: replica.store().newest()?.get(),
            peers,
        };
        Ok((config, row.since().get()))
    })
    .await
}

impl Driver {
    async fn run(
        &mut self,
        mut frames_in: mpsc::Receiver<Result<Vec<u8>, FrameError>>,
        frames_out: &mpsc::Sender<Vec<u8>>,
    ) -> Result<(), SyncError> {
        let mut arrivals = self.node.replica().arrivals();
        let started = Instant::now();
        let mut pending: Option<Vec<u8>> = None;
        loop {
            let mut paced = None;
            self.look_for_named().await?;
            if pending.is_none() {
                paced = self.fill().await?;
                pending = self.session.poll_frame();
                let exchanged = self.is_exchanged();
                self.progress.send_if_modified(|progress| {
                    exchanged && !std::mem::replace(&mut progress.exchanged, true)
                });
            }
            if pending.is_none() && self.has_handed_in() {
                return Err(REVOKED);
            }
            if pending.is_none() && self.is_done(started).await? {
                return Ok(());
            }
            let deadline = paced.unwrap_or_else(|| self.deadline(started));
            let due = self.receiving.due();
            let deadline = due.map_or(deadline, |due| due.min(deadline));
            tokio::select! {
                permit = frames_out.reserve(), if pending.is_some() => match (permit, pending.take()) {
                    (Ok(permit), Some(frame)) => permit.send(frame),
                    _ => return Err(SyncError::Lost { detail: "the line was cut while sending".to_owned() }),
                },
                frame = frames_in.recv() => match frame {
                    Some(frame) => self.handle(frame?).await?,
                    None if self.until == Until::Closed => return Ok(()),
                    None => return Err(SyncError::Lost { detail: "the other side ended the session".to_owned() }),
                },
                () = lost(&mut self.claim) => return Err(PAIRED),
                // Only a closed replica ends this, and then the next write says so.
                _ = arrivals.changed(), if self.queued.is_some() => {}
                () = tokio::time::sleep_until(deadline) => {
                    if self.queued.is_none() {
                        return Err(SyncError::Protocol { code: "malformed", detail: "no hello in time".to_owned() });
                    }
                }
            }
        }
    }

    async fn handle(&mut self, frame: Vec<u8>) -> Result<(), SyncError> {
        match self.session.handle_frame(&frame).map_err(protocol)? {
            SessionEvent::Hello {
                instance,
                kind,
                send_after,
                height,
                clock,
                newest,
                peers,
            } => {
                if self.end == End::Calling {
                    self.check_entry().await?;
                }
                self.take_place(kind)?;
                self.meet(Instance::from_bytes(instance), peers).await?;
                if kind == PartyKind::Peer
                    && self
                        .node
                        .catch_up(&self.connection, (self.other, self.end), height)
                        .await?
                {
                    return Err(CAUGHT_UP);
                }
                self.queued = Some(Number::new(send_after));
                if (kind, self.node.replica().kind()) == (PartyKind::Peer, PartyKind::Peer) {
                    self.names_after = Some(*self.node.replica().arrivals().borrow());
                }
                self.their_newest = newest;
                self.report.their_height = height;
                self.report.clock_ahead_ms = difference(now(), clock);
                let clock_ahead_ms = self.report.clock_ahead_ms;
                self.progress.send_modify(|progress| {
                    progress.met = Some(Met {
                        kind,
                        clock_ahead_ms,
                    });
                });
            }
            SessionEvent::Items { items, last } => self.receive(items, last).await?,
            SessionEvent::Acked(last) => {
                let (other, number) = (self.other, Number::new(last));
                // A peer keeps no outbox.
                if self.node.replica().kind() == PartyKind::Device {
                    self.node
                        .blocking(move |replica| Ok(replica.acknowledged(other, number)?))
                        .await?;
                    self.progress.send_modify(|progress| {
                        progress.handed_in = progress.handed_in.saturating_add(1);
                    });
                }
                let before = self.in_flight.len();
                self.in_flight.retain(|sent| *sent > last);
                self.report.sent = self
                    .report
                    .sent
                    .saturating_add(before.saturating_sub(self.in_flight.len()));
            }
            SessionEvent::Refused {
                number,
                code,
                detail,
            } => {
                self.in_flight.retain(|sent| *sent != number);
                self.again.refused(is_for_now(&code).then_some(number));
                self.report
                    .not_taken
                    .push((Number::new(number), code.clone(), detail.clone()));
                let number = Number::new(number);
                self.node
                    .blocking(move |replica| Ok(replica.refused(number, &code, &detail)?))
                    .await?;
            }
            SessionEvent::Bye { code, detail } => return Err(SyncError::Refused { code, detail }),
            // What it asks for goes with what is queued next.
            _ => {}
        }
        Ok(())
    }

    /// Between two peers there is one session.
    fn take_place(&mut self, kind: PartyKind) -> Result<(), SyncError> {
        if (kind, self.node.replica().kind()) != (PartyKind::Peer, PartyKind::Peer) {
            return Ok(());
        }
        let caller = match self.end {
            End::Calling => self.node.key(),
            End::Answering(_) => self.other,
        };
        let pairs = &self.node.0.pairs;
        let claim = pairs.claim(
            self.other,
            caller,
            Instant::now(),
            self.progress.subscribe(),
        );
        self.claim = Some(claim.ok_or(PAIRED)?);
        Ok(())
    }

    /// Notes that the other side answered, and what it told.
    async fn meet(&mut self, instance: Instance, peers: Vec<KnownPeer>) -> Result<(), SyncError> {
        let (own, other) = (self.node.key(), self.other);
        let (since, refused) = self
            .node
            .blocking(move |replica| {
                replica.met(other, instance)?;
                // Before its own enrolment is here, a device knows what it was told when it joined.
                let home = replica.read(|_, pending| pending.device(&own).map(|own| *own.member()));
                if let (PartyKind::Device, Some(home)) = (replica.kind(), home) {
                    replica.learn_peers(home, other, &peers)?;
                }
                Ok((
                    replica.peer(other)?.since().get(),
                    replica.refused_for_now()?,
                ))
            })
            .await?;
        self.received = since;
        self.again.refused(refused);
        Ok(())
    }

    /// A device that is shut out has handed in everything that it had at the beginning.
    fn has_handed_in(&self) -> bool {
        self.end == End::Answering(Entry::HandIn)
            && self.queued.is_some()
            && self.received >= self.their_newest
    }

    /// Both sides have what was there at the beginning.
    fn is_exchanged(&self) -> bool {
        self.queued.is_some()
            && !self.has_arrivals()
            && self.session.is_settled()
            && self.again.is_idle()
            && self.received >= self.their_newest
    }

    async fn is_done(&self, started: Instant) -> Result<bool, SyncError> {
        match self.until {
            Until::Closed => Ok(false),
            Until::Exchanged => Ok(self.is_exchanged()),
            Until::Final { at_most_ms } => {
                if !self.is_exchanged() {
                    return Ok(false);
                }
                let waited = started.elapsed() >= Duration::from_millis(at_most_ms);
                Ok(waited
                    || self
                        .node
                        .blocking(|replica| Ok(replica.open_count() == 0))
                        .await?)
            }
        }
    }

    /// When to look at the clock again.
    fn deadline(&self, started: Instant) -> Instant {
        match (self.queued, self.until) {
            (None, _) => started + Duration::from_millis(HELLO_MS),
            (_, Until::Final { at_most_ms }) => {
                // Exchanged and past the end was "done"; before, wait for the end.
                (started + Duration::from_millis(at_most_ms))
                    .max(Instant::now() + Duration::from_millis(50))
            }
            _ => Instant::now() + Duration::from_secs(3_600),
        }
    }

    /// Tells the other side why, if the line still carries it.
    async fn say_goodbye(&mut self, error: &SyncError, frames_out: &mpsc::Sender<Vec<u8>>) {
        if matches!(error, SyncError::Lost { .. } | SyncError::Refused { .. }) {
            return;
        }
        self.session.bye(error.code(), &error.to_string());
        while let Some(frame) = self.session.poll_frame() {
            if frames_out.send(frame).await.is_err() {
                return;
            }
        }
    }
}

/// Waits until another session has taken the place of this one.
async fn lost(claim: &mut Option<Claim>) {
    match claim {
        Some(claim) => claim.lost().await,
        None => std::future::pending().await,
    }
}

fn protocol(error: SessionError) -> SyncError {
    let (code, detail) = (error.code(), error.to_string());
    SyncError::Protocol { code, detail }
}

fn now() -> TimeMs {
    TimeMs(wall_clock_ms())
}

fn difference(ours: TimeMs, theirs: TimeMs) -> i64 {
    let apart = i64::try_from(ours.0.abs_diff(theirs.0)).unwrap_or(i64::MAX);
    if ours >= theirs {
        apart
    } else {
        apart.saturating_neg()
    }
}
