//! What waits to be sent, and what is on the way.

use std::collections::VecDeque;

use super::frame::{again_frame, items_frame};
use super::{
    BATCH_BYTES, EncodedItem, FRAME_HEAD_BYTES, QUEUE_BYTES, QueueFull, SessionError, WINDOW_BYTES,
};

/// What the other side may ask for at a time: more than the names that a window has room for.
pub(super) const ASKED: usize = 2 * WINDOW_BYTES / 64;

/// The sending half of a session.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    queue: VecDeque<Queued>,
    pub(super) queued_bytes: usize,
    /// Items that were refused before and go again, once nothing else is on the way.
    again: Waiting,
    /// What the other side asks for of what is on the way.
    asked: VecDeque<u64>,
    /// Items that were asked for: they go before everything else.
    wanted: Waiting,
    /// Last numbers and sizes of the frames on the way.
    on_the_way: VecDeque<(u64, usize)>,
    on_the_way_bytes: usize,
    /// The newest number sent.
    sent: u64,
    /// The newest number that was acknowledged.
    acknowledged: u64,
}

/// An item, or the news that there is nothing up to a number.
#[derive(Debug)]
enum Queued {
    Item(EncodedItem),
    Nothing(u64),
}

impl Queued {
    fn number(&self) -> u64 {
        match self {
            Self::Item(item) => item.number,
            Self::Nothing(up_to) => *up_to,
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Item(item) => item.bytes.len(),
            Self::Nothing(_) => 0,
        }
    }
}

/// Items under numbers that were sent before.
#[derive(Debug, Default)]
struct Waiting {
    items: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl Waiting {
    fn has_room(&self) -> bool {
        self.bytes < BATCH_BYTES
    }

    fn push(&mut self, item: EncodedItem) {
        self.bytes = self.bytes.saturating_add(item.bytes.len());
        self.items.push_back(item.bytes);
    }

    fn next_frame(&mut self) -> Option<Vec<u8>> {
        let mut items = Vec::new();
        let mut size = FRAME_HEAD_BYTES;
        let fits = |size: usize, next: &[u8]| size.saturating_add(next.len()) <= BATCH_BYTES;
        while let Some(next) = self
            .items
            .pop_front_if(|next| size == FRAME_HEAD_BYTES || fits(size, next))
        {
            self.bytes = self.bytes.saturating_sub(next.len());
            size = size.saturating_add(next.len());
            items.push(next);
        }
        (!items.is_empty()).then(|| again_frame(&items))
    }
}

impl Outgoing {
    /// The other side has everything up to this number.
    pub(super) fn begin_after(&mut self, number: u64) {
        self.sent = number;
        self.acknowledged = number;
    }

    pub(super) const fn sent(&self) -> u64 {
        self.sent
    }

    pub(super) const fn has_room(&self) -> bool {
        self.queued_bytes < QUEUE_BYTES
    }

    pub(super) fn queue(&mut self, items: Vec<EncodedItem>, up_to: u64) {
        let is_short = items.last().is_none_or(|item| item.number < up_to);
        for item in items {
            self.queued_bytes = self.queued_bytes.saturating_add(item.bytes.len());
            self.queue.push_back(Queued::Item(item));
        }
        if is_short {
            self.queue.push_back(Queued::Nothing(up_to));
        }
    }

    pub(super) fn has_room_again(&self) -> bool {
        self.again.has_room()
    }

    pub(super) fn queue_again(&mut self, items: Vec<EncodedItem>) {
        items.into_iter().for_each(|item| self.again.push(item));
    }

    /// The other side asks for what was only named to it.
    pub(super) fn ask(&mut self, numbers: &[u64]) -> Result<(), SessionError> {
        let is_on_the_way = |number: &u64| *number > self.acknowledged && *number <= self.sent;
        if !numbers.iter().all(is_on_the_way) {
            return Err(SessionError::Numbers);
        }
        if self.asked.len().saturating_add(numbers.len()) > ASKED {
            return Err(SessionError::Overrun);
        }
        self.asked.extend(numbers);
        Ok(())
    }

    pub(super) fn next_asked(&mut self) -> Option<u64> {
        self.asked.pop_front_if(|_| self.wanted.has_room())
    }

    pub(super) fn queue_wanted(&mut self, item: EncodedItem) -> Result<(), QueueFull> {
        if !self.wanted.has_room() {
            return Err(QueueFull);
        }
        self.wanted.push(item);
        Ok(())
    }

    /// The next frame of what was asked for. It waits for no acknowledgement: none would come
    /// before it does.
    pub(super) fn next_wanted(&mut self) -> Option<Vec<u8>> {
        self.wanted.next_frame()
    }

    /// The next frame of items, while the window has room.
    pub(super) fn next_frame(&mut self) -> Option<Vec<u8>> {
        if self.on_the_way_bytes >= WINDOW_BYTES {
            return None;
        }
        self.next_batch().or_else(|| self.next_again())
    }

    pub(super) fn is_settled(&self) -> bool {
        self.queue.is_empty() && self.again.items.is_empty() && self.on_the_way.is_empty()
    }

    /// Everything up to this number is on the other side's disk.
    pub(super) fn acknowledged(&mut self, last: u64) {
        while let Some((_, bytes)) = self.on_the_way.pop_front_if(|(number, _)| *number <= last) {
            self.on_the_way_bytes = self.on_the_way_bytes.saturating_sub(bytes);
        }
        self.acknowledged = self.acknowledged.max(last);
    }

    fn next_batch(&mut self) -> Option<Vec<u8>> {
        let from = self.sent;
        let mut items = Vec::new();
        let mut size = FRAME_HEAD_BYTES;
        while let Some(next) = self.queue.front() {
            let length = next.length();
            if !items.is_empty() && size.saturating_add(length) > BATCH_BYTES {
                break;
            }
            let next = self.queue.pop_front()?;
            self.queued_bytes = self.queued_bytes.saturating_sub(length);
            // Numbers rise; one that was sent before is not news.
            if next.number() <= self.sent {
                continue;
            }
            self.sent = next.number();
            size = size.saturating_add(length);
            if let Queued::Item(item) = next {
                items.push(item.bytes);
            }
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
        if !self.queue.is_empty() || !self.on_the_way.is_empty() {
            return None;
        }
        let frame = self.again.next_frame()?;
        self.goes(&frame);
        Some(frame)
    }

    fn goes(&mut self, frame: &[u8]) {
        self.on_the_way.push_back((self.sent, frame.len()));
        self.on_the_way_bytes = self.on_the_way_bytes.saturating_add(frame.len());
    }
}
