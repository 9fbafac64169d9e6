//! The sync session without its network: frames in, events out; items in, frames out.
//!
//! One session runs over one stream. What it holds is bounded in bytes both ways: the sender
//! stops at a window of unacknowledged items, and the receiver hangs up on a sender that does
//! not.

mod error;
mod frame;

use std::collections::VecDeque;

use crate::{KnownPeer, NetworkId, TimeMs, cbor, limits};

pub use error::{QueueFull, SessionError};
#[cfg(feature = "fuzzing")]
pub(crate) use frame::again as frame_again;
use frame::{Frame, Hello, again_frame, items_frame};
pub use frame::{Item, NumberedItem, PartyKind};

/// Unacknowledged items on the way, in bytes: several full frames, so that the line stays busy
/// while the other side writes to disk.
const WINDOW_BYTES: usize = 4 * limits::FRAME_BYTES;
/// Items that wait here for their turn: one more window, so that the caller can read ahead.
const QUEUE_BYTES: usize = WINDOW_BYTES;
/// A frame's own fields around its items.
const FRAME_HEAD_BYTES: usize = 64;
/// Frames stay well below the limit, so that a small item never waits behind a huge batch.
const BATCH_BYTES: usize = limits::FRAME_BYTES / 4;

/// Who we are in a session, and from where we want to go on.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// The network.
    pub network: NetworkId,
    /// Names this replica's numbering of arrivals; a new one when the store was made anew.
    pub instance: [u8; 16],
    /// Device or peer.
    pub kind: PartyKind,
    /// Up to where we have the other side's items, and under which of its instances.
    pub since: Option<([u8; 16], u64)>,
    /// The newest checkpoint here.
    pub height: u64,
    /// The newest number of arrival here: the other side is up to date once it has it.
    pub newest: u64,
    /// The network's other peers, as far as they are known here; devices tell of none.
    pub peers: Vec<KnownPeer>,
}

/// What a frame from the other side means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionEvent {
    /// The other side has introduced itself: send it what arrived here after `send_after`.
    Hello {
        /// Its instance.
        instance: [u8; 16],
        /// Device or peer.
        kind: PartyKind,
        /// The number of ours up to which it has everything; 0 for nothing.
        send_after: u64,
        /// Its newest checkpoint.
        height: u64,
        /// Its clock.
        clock: TimeMs,
        /// Its newest number of arrival: once we have it, we are up to date.
        newest: u64,
        /// The network's other peers, as it knows them.
        peers: Vec<KnownPeer>,
    },
    /// Items, in the order in which they arrived there, or some that come again. Acknowledge
    /// `last` once they are on disk or refused.
    Items {
        /// The items.
        items: Vec<NumberedItem>,
        /// The number up to which this is everything.
        last: u64,
    },
    /// Everything up to this number of ours is on the other side's disk, or was refused before.
    Acked(u64),
    /// The other side does not take an item of ours.
    Refused {
        /// Our number of the item.
        number: u64,
        /// Why, in one word of the format's list.
        code: String,
        /// Why, in a sentence.
        detail: String,
    },
    /// The other side ends the session.
    Bye {
        /// Why, in one word of the format's list.
        code: String,
        /// Why, in a sentence.
        detail: String,
    },
}

/// One end of a session.
#[derive(Debug)]
pub struct Session {
    config: SessionConfig,
    phase: Phase,
    /// Frames that go before items: hello, acknowledgements, refusals, goodbye.
    control: VecDeque<Frame>,
    queue: VecDeque<Queued>,
    queued_bytes: usize,
    /// Items that were refused before and go again, once nothing else is on the way.
    again: VecDeque<Vec<u8>>,
    again_bytes: usize,
    /// Last numbers and sizes of the frames on the way.
    on_the_way: VecDeque<(u64, usize)>,
    on_the_way_bytes: usize,
    /// The newest number sent.
    sent: u64,
    /// Last numbers and sizes of the frames that were received and not acknowledged.
    to_acknowledge: VecDeque<(u64, usize)>,
    to_acknowledge_bytes: usize,
    /// The newest number received.
    received: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    AwaitingHello,
    Open,
    Ended,
}

/// An encoded item, or the news that there is nothing up to a number.
#[derive(Debug)]
struct Queued {
    number: u64,
    bytes: Option<Vec<u8>>,
}

impl Session {
    /// Starts a session. The first frame to send is its hello, which tells the other side our
    /// clock, `now`.
    #[must_use]
    pub fn new(config: SessionConfig, now: TimeMs) -> Self {
        let hello = Hello {
            network: config.network,
            instance: config.instance,
            kind: config.kind,
            since_instance: config.since.map(|(instance, _)| instance),
            since: config.since.map_or(0, |(_, number)| number),
            height: config.height,
            clock: now,
            newest: config.newest,
            peers: config.peers.clone(),
        };
        Self {
            config,
            phase: Phase::AwaitingHello,
            control: VecDeque::from([Frame::Hello(hello)]),
            queue: VecDeque::new(),
            queued_bytes: 0,
            again: VecDeque::new(),
            again_bytes: 0,
            on_the_way: VecDeque::new(),
            on_the_way_bytes: 0,
            sent: 0,
            to_acknowledge: VecDeque::new(),
            to_acknowledge_bytes: 0,
            received: 0,
        }
    }

    /// Takes one frame from the other side (without its length prefix).
    ///
    /// # Errors
    /// Says why the session cannot go on; see [`SessionError`].
    pub fn handle_frame(&mut self, bytes: &[u8]) -> Result<SessionEvent, SessionError> {
        if bytes.len() > limits::FRAME_BYTES {
            return Err(SessionError::TooLarge { bytes: bytes.len() });
        }
        let frame = cbor::from_canonical(bytes)?;
        match (self.phase, frame) {
            (Phase::Ended, _) => Err(SessionError::Ended),
            (_, Frame::Bye { code, detail }) => {
                self.phase = Phase::Ended;
                Ok(SessionEvent::Bye { code, detail })
            }
            (Phase::AwaitingHello, Frame::Hello(hello)) => self.on_hello(hello),
            (Phase::AwaitingHello, _) | (Phase::Open, Frame::Hello(_)) => Err(SessionError::Hello),
            (Phase::Open, Frame::Items { from, last, items }) => {
                self.on_items(bytes.len(), from, last, items)
            }
            (Phase::Open, Frame::Again { items }) => self.on_again(bytes.len(), items),
            (Phase::Open, Frame::Ack { last }) => self.on_ack(last),
            (
                Phase::Open,
                Frame::Refused {
                    number,
                    code,
                    detail,
                },
            ) => Ok(SessionEvent::Refused {
                number,
                code,
                detail,
            }),
        }
    }

    /// The next frame to send (without its length prefix); `None` until something new comes in.
    pub fn poll_frame(&mut self) -> Option<Vec<u8>> {
        if let Some(frame) = self.control.pop_front() {
            return Some(cbor::to_bytes(&frame));
        }
        if self.phase != Phase::Open || self.on_the_way_bytes >= WINDOW_BYTES {
            return None;
        }
        self.next_batch().or_else(|| self.next_again())
    }

    /// Whether there is room for more items.
    #[must_use]
    pub fn wants_items(&self) -> bool {
        self.phase == Phase::Open && self.queued_bytes < QUEUE_BYTES
    }

    /// Queues items, in the order of their numbers; `up_to` is the number up to which this is
    /// everything there is for the other side (what came from there is left out).
    ///
    /// # Errors
    /// [`QueueFull`] when nothing was queued because [`Session::wants_items`] is false.
    pub fn queue_items(&mut self, items: &[NumberedItem], up_to: u64) -> Result<(), QueueFull> {
        if !self.wants_items() {
            return Err(QueueFull);
        }
        for item in items {
            let bytes = cbor::to_bytes(item);
            self.queued_bytes = self.queued_bytes.saturating_add(bytes.len());
            self.queue.push_back(Queued {
                number: item.number,
                bytes: Some(bytes),
            });
        }
        if items.last().is_none_or(|item| item.number < up_to) {
            self.queue.push_back(Queued {
                number: up_to,
                bytes: None,
            });
        }
        Ok(())
    }

    /// Whether there is room for more items that go again.
    #[must_use]
    pub fn wants_again(&self) -> bool {
        self.phase == Phase::Open && self.again_bytes < BATCH_BYTES
    }

    /// Queues items that the other side refused because it lacked something that it may have by
    /// now. They go under their old numbers, blocks before those that build on them, and what
    /// was sent before is acknowledged first.
    ///
    /// # Errors
    /// [`QueueFull`] when nothing was queued because [`Session::wants_again`] is false.
    pub fn queue_again(&mut self, items: &[NumberedItem]) -> Result<(), QueueFull> {
        if !self.wants_again() {
            return Err(QueueFull);
        }
        for item in items {
            let bytes = cbor::to_bytes(item);
            self.again_bytes = self.again_bytes.saturating_add(bytes.len());
            self.again.push_back(bytes);
        }
        Ok(())
    }

    /// Tells the other side that everything up to its number `last` is on disk here, or refused.
    pub fn acknowledge(&mut self, last: u64) {
        while let Some((number, bytes)) = self.to_acknowledge.front().copied()
            && number <= last
        {
            self.to_acknowledge.pop_front();
            self.to_acknowledge_bytes = self.to_acknowledge_bytes.saturating_sub(bytes);
        }
        // A newer acknowledgement says all that the one before it did.
        match self.control.back_mut() {
            Some(Frame::Ack { last: newest }) => *newest = last,
            _ => self.control.push_back(Frame::Ack { last }),
        }
    }

    /// Tells the other side that an item is not taken; goes before its acknowledgement.
    pub fn refuse(&mut self, number: u64, code: &str, detail: &str) {
        self.control.push_back(Frame::Refused {
            number,
            code: code.to_owned(),
            detail: shortened(detail),
        });
    }

    /// Ends the session: after the goodbye nothing more is sent.
    pub fn bye(&mut self, code: &str, detail: &str) {
        self.phase = Phase::Ended;
        self.control.push_back(Frame::Bye {
            code: code.to_owned(),
            detail: shortened(detail),
        });
    }

    /// Whether either side has said goodbye.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Whether everything queued was sent and acknowledged.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.queue.is_empty() && self.again.is_empty() && self.on_the_way.is_empty()
    }

    fn on_hello(&mut self, hello: Hello) -> Result<SessionEvent, SessionError> {
        if hello.network != self.config.network {
            return Err(SessionError::WrongNetwork {
                found: hello.network,
            });
        }
        self.phase = Phase::Open;
        // Numbers of another instance of this replica mean nothing any more.
        let send_after = match hello.since_instance {
            Some(instance) if instance == self.config.instance => hello.since,
            _ => 0,
        };
        self.sent = send_after;
        self.received = match self.config.since {
            Some((instance, number)) if instance == hello.instance => number,
            _ => 0,
        };
        Ok(SessionEvent::Hello {
            instance: hello.instance,
            kind: hello.kind,
            send_after,
            height: hello.height,
            clock: hello.clock,
            newest: hello.newest,
            peers: hello.peers,
        })
    }

    fn on_items(
        &mut self,
        bytes: usize,
        from: u64,
        last: u64,
        items: Vec<NumberedItem>,
    ) -> Result<SessionEvent, SessionError> {
        if self.to_acknowledge_bytes >= WINDOW_BYTES {
            return Err(SessionError::Overrun);
        }
        let mut before = from;
        for item in &items {
            if item.number <= before {
                return Err(SessionError::Numbers);
            }
            before = item.number;
        }
        if from != self.received || before > last || last <= from {
            return Err(SessionError::Numbers);
        }
        self.received = last;
        self.to_acknowledge.push_back((last, bytes));
        self.to_acknowledge_bytes = self.to_acknowledge_bytes.saturating_add(bytes);
        Ok(SessionEvent::Items { items, last })
    }

    fn on_again(
        &mut self,
        bytes: usize,
        items: Vec<NumberedItem>,
    ) -> Result<SessionEvent, SessionError> {
        if self.to_acknowledge_bytes >= WINDOW_BYTES {
            return Err(SessionError::Overrun);
        }
        // Only what was here before comes again.
        if items.iter().any(|item| item.number > self.received) {
            return Err(SessionError::Numbers);
        }
        let last = self.received;
        self.to_acknowledge.push_back((last, bytes));
        self.to_acknowledge_bytes = self.to_acknowledge_bytes.saturating_add(bytes);
        Ok(SessionEvent::Items { items, last })
    }

    fn on_ack(&mut self, last: u64) -> Result<SessionEvent, SessionError> {
        if last > self.sent {
            return Err(SessionError::AckBeyond {
                last,
                sent: self.sent,
            });
        }
        while let Some((number, bytes)) = self.on_the_way.front().copied()
            && number <= last
        {
            self.on_the_way.pop_front();
            self.on_the_way_bytes = self.on_the_way_bytes.saturating_sub(bytes);
        }
        Ok(SessionEvent::Acked(last))
    }

    fn next_batch(&mut self) -> Option<Vec<u8>> {
        let from = self.sent;
        let mut items = Vec::new();
        let mut size = FRAME_HEAD_BYTES;
        while let Some(next) = self.queue.front() {
            let length = next.bytes.as_ref().map_or(0, Vec::len);
            if !items.is_empty() && size.saturating_add(length) > BATCH_BYTES {
                break;
            }
            let next = self.queue.pop_front()?;
            // Numbers rise; one that was sent before is not news.
            if next.number <= self.sent {
                self.queued_bytes = self.queued_bytes.saturating_sub(length);
                continue;
            }
            self.sent = next.number;
            self.queued_bytes = self.queued_bytes.saturating_sub(length);
            size = size.saturating_add(length);
            items.extend(next.bytes);
        }
        if self.sent == from {
            return None;
        }
        let frame = items_frame(from, self.sent, &items);
        self.goes(&frame);
        Some(frame)
    }

    /// Items that go again, once the acknowledgement of everything else is here: the next one is
    /// then theirs.
    fn next_again(&mut self) -> Option<Vec<u8>> {
        if self.again.is_empty() || !self.queue.is_empty() || !self.on_the_way.is_empty() {
            return None;
        }
        let mut items = Vec::new();
        let mut size = FRAME_HEAD_BYTES;
        while let Some(next) = self.again.front() {
            if !items.is_empty() && size.saturating_add(next.len()) > BATCH_BYTES {
                break;
            }
            let next = self.again.pop_front()?;
            self.again_bytes = self.again_bytes.saturating_sub(next.len());
            size = size.saturating_add(next.len());
            items.push(next);
        }
        let frame = again_frame(&items);
        self.goes(&frame);
        Some(frame)
    }

    fn goes(&mut self, frame: &[u8]) {
        self.on_the_way.push_back((self.sent, frame.len()));
        self.on_the_way_bytes = self.on_the_way_bytes.saturating_add(frame.len());
    }
}

/// A detail that fits its limit, cut between characters.
fn shortened(detail: &str) -> String {
    let mut end = detail.len().min(limits::NOTE_BYTES);
    while !detail.is_char_boundary(end) {
        end -= 1;
    }
    detail.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
