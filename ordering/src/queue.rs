//! Messages that wait for their height: bounded in bytes and number for each validator, before
//! the engine or any signature check sees them.

use std::collections::{BTreeMap, VecDeque};

use chopmark_core::DeviceId;

use crate::message::Message;

/// What one validator may have waiting.
const WAITING_BYTES: usize = 1024 * 1024;
/// What one validator may say at one height: votes and repetitions of many rounds.
const HEIGHT_MESSAGES: u32 = 4_096;
/// A validator may be so many heights ahead of the slowest; who lags more takes final checkpoints
/// from the sync.
const AHEAD: u64 = 2;

/// Why a message is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Past,
    Future,
    Flooding,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<(Message, usize)>,
    bytes: usize,
    said: u32,
}

/// One line a validator.
#[derive(Default)]
pub(crate) struct Queue {
    height: u64,
    lines: BTreeMap<DeviceId, Line>,
}

impl Queue {
    pub(crate) fn push(
        &mut self,
        height: u64,
        from: DeviceId,
        message: Message,
        bytes: usize,
    ) -> Result<(), Refused> {
        self.height = height;
        if message.height() < height {
            return Err(Refused::Past);
        }
        if message.height() > height.saturating_add(AHEAD) {
            return Err(Refused::Future);
        }
        let line = self.lines.entry(from).or_default();
        if line.said >= HEIGHT_MESSAGES || line.bytes.saturating_add(bytes) > WAITING_BYTES {
            return Err(Refused::Flooding);
        }
        line.said += 1;
        line.bytes += bytes;
        line.waiting.push_back((message, bytes));
        Ok(())
    }

    /// The next message about the present height.
    pub(crate) fn next(&mut self) -> Option<(DeviceId, Message)> {
        let height = self.height;
        self.lines.iter_mut().find_map(|(from, line)| {
            let here = |(message, _): &(Message, usize)| message.height() == height;
            let at = line.waiting.iter().position(here)?;
            let (message, bytes) = line.waiting.remove(at)?;
            line.bytes = line.bytes.saturating_sub(bytes);
            Some((*from, message))
        })
    }

    /// Goes on to another height: what is behind it is dropped.
    pub(crate) fn go_on(&mut self, height: u64) {
        self.height = height;
        for line in self.lines.values_mut() {
            line.said = 0;
            line.waiting
                .retain(|(message, _)| message.height() >= height);
            line.bytes = line.waiting.iter().map(|(_, bytes)| bytes).sum();
        }
    }

    /// Whether somebody proposes or has decided at the present height.
    pub(crate) fn has_proposal(&self) -> bool {
        self.here()
            .any(|message| matches!(message, Message::Proposal(..) | Message::Decided(_)))
    }

    /// How many validators say something at the present height.
    pub(crate) fn speakers(&self) -> usize {
        let speaks = |line: &&Line| {
            line.waiting
                .iter()
                .any(|(message, _)| message.height() == self.height)
        };
        self.lines.values().filter(speaks).count()
    }

    fn here(&self) -> impl Iterator<Item = &Message> {
        let lines = self.lines.values().flat_map(|line| &line.waiting);
        lines
            .map(|(message, _)| message)
            .filter(|message| message.height() == self.height)
    }
}
