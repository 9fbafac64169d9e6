//! The sync session without its network: frames in, events out; items in, frames out.
//!
//! One session runs over one stream. What it holds is bounded in bytes both ways: the sender
//! stops at a window of unacknowledged items, and the receiver hangs up on a sender that does
//! not. Answers to what was asked for are beside the window, and as many as were asked for.

mod awaited;
mod error;
mod frame;
mod item;
mod outgoing;

use std::collections::{BTreeSet, VecDeque};

use crate::{KnownPeer, NetworkId, TimeMs, cbor, limits};

pub use awaited::Awaited;
pub use error::{QueueFull, SessionError};
pub use frame::PartyKind;
#[cfg(feature = "fuzzing")]
pub(crate) use frame::again as frame_again;
use frame::{Frame, Hello};
pub use item::{EncodedItem, Item, ItemName, NumberedItem};
use outgoing::Outgoing;

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
    /// `last` once they are on disk or refused, and those too that are only named.
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
    /// The other side asks for something that was only named to it: see [`Session::next_asked`].
    Wanted,
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
    outgoing: Outgoing,
    /// What was asked for, since the other side only named it.
    wanted: BTreeSet<u64>,
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
            outgoing: Outgoing::default(),
            wanted: BTreeSet::new(),
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
            (Phase::Open, Frame::Want { numbers }) => self.on_want(&numbers),
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
        if self.phase != Phase::Open {
            return None;
        }
        let wanted = self.outgoing.next_wanted();
        wanted.or_else(|| self.outgoing.next_frame())
    }

    /// Whether there is room for more items.
    #[must_use]
    pub fn wants_items(&self) -> bool {
        self.phase == Phase::Open && self.outgoing.has_room()
    }

    /// Queues items, in the order of their numbers; `up_to` is the number up to which this is
    /// everything there is for the other side (what came from there is left out).
    ///
    /// # Errors
    /// [`QueueFull`] when nothing was queued because [`Session::wants_items`] is false.
    pub fn queue_items(&mut self, items: Vec<EncodedItem>, up_to: u64) -> Result<(), QueueFull> {
        if !self.wants_items() {
            return Err(QueueFull);
        }
        self.outgoing.queue(items, up_to);
        Ok(())
    }

    /// Whether there is room for more items that go again.
    #[must_use]
    pub fn wants_again(&self) -> bool {
        self.phase == Phase::Open && self.outgoing.has_room_again()
    }

    /// Queues items that the other side refused because it lacked something that it may have by
    /// now. They go under their old numbers, blocks before those that build on them, and what
    /// was sent before is acknowledged first.
    ///
    /// # Errors
    /// [`QueueFull`] when nothing was queued because [`Session::wants_again`] is false.
    pub fn queue_again(&mut self, items: Vec<EncodedItem>) -> Result<(), QueueFull> {
        if !self.wants_again() {
            return Err(QueueFull);
        }
        self.outgoing.queue_again(items);
        Ok(())
    }

    /// Asks for what the other side only named, by its numbers.
    pub fn want(&mut self, numbers: &[u64]) {
        self.wanted.extend(numbers);
        for numbers in numbers.chunks(frame::ITEMS) {
            let numbers = numbers.to_vec();
            self.control.push_back(Frame::Want { numbers });
        }
    }

    /// Our number of the next item that the other side asked for, once there is room for it; give
    /// it to [`Session::queue_wanted`].
    pub fn next_asked(&mut self) -> Option<u64> {
        self.outgoing.next_asked()
    }

    /// Queues an item that the other side asked for.
    ///
    /// # Errors
    /// [`QueueFull`] when it is not one that [`Session::next_asked`] gave.
    pub fn queue_wanted(&mut self, item: EncodedItem) -> Result<(), QueueFull> {
        self.outgoing.queue_wanted(item)
    }

    /// Tells the other side that everything up to its number `last` is on disk here, or refused.
    pub fn acknowledge(&mut self, last: u64) {
        let mut whole = false;
        while let Some((_, bytes)) = self
            .to_acknowledge
            .pop_front_if(|(number, _)| *number <= last)
        {
            self.to_acknowledge_bytes = self.to_acknowledge_bytes.saturating_sub(bytes);
            whole = true;
        }
        // Of a part of a frame the other side has no use, and the next one may mean another frame.
        if !whole {
            return;
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
        self.outgoing.is_settled()
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
        self.outgoing.begin_after(send_after);
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
        // Nor does it name things for ever and keep them.
        if self.to_acknowledge_bytes >= WINDOW_BYTES || self.wanted.len() > outgoing::ASKED {
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
        let last = self.received;
        if items
            .iter()
            .any(|item| matches!(item.item, Item::Named(..)))
        {
            return Err(SessionError::NameAgain);
        }
        let is_wanted = |item: &NumberedItem| self.wanted.contains(&item.number);
        if items.first().is_some_and(is_wanted) {
            // No more than what was on the way, so the window has no part in it; each once.
            return match items.iter().all(|item| self.wanted.remove(&item.number)) {
                true => Ok(SessionEvent::Items { items, last }),
                false => Err(SessionError::Numbers),
            };
        }
        if self.to_acknowledge_bytes >= WINDOW_BYTES {
            return Err(SessionError::Overrun);
        }
        // Only what was here before comes again.
        if items.iter().any(|item| item.number > self.received) {
            return Err(SessionError::Numbers);
        }
        self.to_acknowledge.push_back((last, bytes));
        self.to_acknowledge_bytes = self.to_acknowledge_bytes.saturating_add(bytes);
        Ok(SessionEvent::Items { items, last })
    }

    fn on_ack(&mut self, last: u64) -> Result<SessionEvent, SessionError> {
        let sent = self.outgoing.sent();
        if last > sent {
            return Err(SessionError::AckBeyond { last, sent });
        }
        self.outgoing.acknowledged(last);
        Ok(SessionEvent::Acked(last))
    }

    fn on_want(&mut self, numbers: &[u64]) -> Result<SessionEvent, SessionError> {
        self.outgoing.ask(numbers)?;
        Ok(SessionEvent::Wanted)
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
