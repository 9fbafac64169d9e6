//! Messages that wait for their height: bounded in bytes and number for each validator, before
//! the engine or any signature check sees them.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use chopmark_core::{DeviceId, ValidatorSet};

use crate::message::Message;

/// What one validator may have waiting.
const WAITING_BYTES: usize = 1024 * 1024;
/// What one validator may say at once: votes and repetitions of many rounds.
const HEIGHT_MESSAGES: u32 = 4_096;
/// And so many more each second: a height may last for a night, while those who are there repeat
/// their votes, and must still be heard in the morning.
const MORE_EACH_SECOND: u32 = 32;
/// A validator may be so many heights ahead of the slowest; who lags more takes final checkpoints
/// from the sync.
const AHEAD: u64 = 2;

/// An honest validator sends nothing that is malformed, too long or wrongly signed. After so many
/// of these nobody listens to one for a while: each costs a reading or a signature check.
const FAULTS: u32 = 64;
/// That while: long enough that the faults cost nothing, and no longer than an idle height.
const DEAF: Duration = Duration::from_secs(60);

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
    faults: u32,
    /// Nothing is heard before.
    deaf_until: Duration,
}

/// One line a validator.
#[derive(Default)]
pub(crate) struct Queue {
    height: u64,
    /// Up to when everyone has been given more.
    given: Duration,
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

    /// Whether nothing of this validator is listened to at present.
    pub(crate) fn is_deaf_to(&self, from: &DeviceId) -> bool {
        let line = self.lines.get(from);
        line.is_some_and(|line| line.deaf_until > self.given)
    }

    /// Notes that a validator sent what no honest one sends.
    pub(crate) fn blame(&mut self, from: DeviceId) {
        let line = self.lines.entry(from).or_default();
        line.faults += 1;
        if line.faults < FAULTS {
            return;
        }
        *line = Line {
            said: line.said,
            deaf_until: self.given.saturating_add(DEAF),
            ..Line::default()
        };
        tracing::warn!(%from, "a validator sends nonsense: nothing of it is heard for a minute");
    }

    /// Lets everyone say some more, now that time has passed.
    pub(crate) fn give_more(&mut self, now: Duration) {
        let seconds = now.saturating_sub(self.given).as_secs();
        if seconds == 0 {
            return;
        }
        self.given = self.given.saturating_add(Duration::from_secs(seconds));
        let more = u32::try_from(seconds).unwrap_or(u32::MAX);
        let more = more.saturating_mul(MORE_EACH_SECOND);
        for line in self.lines.values_mut() {
            line.said = line.said.saturating_sub(more);
        }
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

    /// Goes on to another height: what is behind it is dropped, and so is what came from keys
    /// that order no more.
    pub(crate) fn go_on(&mut self, height: u64, set: &ValidatorSet) {
        self.height = height;
        self.lines.retain(|key, _| set.with_key(key).is_some());
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

    /// How many messages wait, and their bytes.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        let lines = || self.lines.values();
        let count = lines().map(|line| line.waiting.len()).sum();
        (count, lines().map(|line| line.bytes).sum())
    }

    fn here(&self) -> impl Iterator<Item = &Message> {
        let lines = self.lines.values().flat_map(|line| &line.waiting);
        lines
            .map(|(message, _)| message)
            .filter(|message| message.height() == self.height)
    }
}

#[cfg(test)]
mod tests {
    use chopmark_core::{MemberId, Validator};

    use super::*;

    fn about(height: u64, bytes: usize) -> Message {
        Message::Content(height, vec![0; bytes])
    }

    fn key(n: u8) -> DeviceId {
        DeviceId::from_bytes([n; 32])
    }

    fn validators() -> ValidatorSet {
        let validator = |n| Validator::new(MemberId::from_bytes([n; 32]), key(n));
        ValidatorSet::new((1..=4).map(validator).collect()).unwrap()
    }

    #[test]
    fn what_is_behind_or_far_ahead_is_refused() {
        let mut queue = Queue::default();
        assert_eq!(queue.push(7, key(1), about(6, 1), 1), Err(Refused::Past));
        assert_eq!(queue.push(7, key(1), about(10, 1), 1), Err(Refused::Future));
        assert_eq!(
            queue.push(7, key(1), about(u64::MAX, 1), 1),
            Err(Refused::Future)
        );
        assert_eq!(queue.push(7, key(1), about(9, 1), 1), Ok(()));
    }

    #[test]
    fn a_flood_of_one_validator_is_bounded_and_leaves_the_others_room() {
        let mut queue = Queue::default();
        let mut taken = 0_u32;
        for _ in 0..100_000 {
            taken += u32::from(queue.push(7, key(1), about(7, 900), 1_000).is_ok());
            // Read at once, as by an orderer that keeps up.
            queue.next();
        }
        assert_eq!(taken, HEIGHT_MESSAGES);
        let mut waiting = 0;
        for _ in 0..100_000 {
            waiting += usize::from(queue.push(7, key(2), about(8, 900), 1_000).is_ok());
        }
        assert_eq!(waiting, WAITING_BYTES / 1_000);
        assert_eq!(queue.push(7, key(3), about(7, 900), 1_000), Ok(()));
        // At the next height everyone may speak again.
        queue.go_on(8, &validators());
        assert_eq!(queue.push(8, key(1), about(8, 900), 1_000), Ok(()));
    }

    #[test]
    fn who_sends_nonsense_is_not_heard_for_a_minute_and_the_others_are() {
        let mut queue = Queue::default();
        queue.push(7, key(1), about(7, 1), 1).unwrap();
        for _ in 0..FAULTS {
            assert!(!queue.is_deaf_to(&key(1)));
            queue.blame(key(1));
        }
        assert!(queue.is_deaf_to(&key(1)) && !queue.is_deaf_to(&key(2)));
        assert_eq!(queue.held(), (0, 0), "what it said before is not looked at");
        queue.give_more(DEAF - Duration::from_secs(1));
        queue.go_on(8, &validators());
        assert!(queue.is_deaf_to(&key(1)));
        queue.give_more(DEAF);
        assert!(!queue.is_deaf_to(&key(1)));
    }

    #[test]
    fn what_a_removed_validator_said_beforehand_is_dropped() {
        let mut queue = Queue::default();
        queue.push(7, key(1), about(8, 1), 1).unwrap();
        queue.push(7, key(9), about(8, 1), 1).unwrap();
        queue.go_on(8, &validators());
        assert_eq!(queue.speakers(), 1);
        assert_eq!(queue.held(), (1, 1));
    }

    #[test]
    fn messages_wait_for_their_height() {
        let mut queue = Queue::default();
        queue.push(7, key(1), about(8, 1), 1).unwrap();
        queue.push(7, key(2), about(7, 2), 2).unwrap();
        assert_eq!(queue.next(), Some((key(2), about(7, 2))));
        assert_eq!(queue.next(), None);
        assert_eq!(queue.speakers(), 0);
        queue.go_on(8, &validators());
        assert_eq!(queue.speakers(), 1);
        assert_eq!(queue.next(), Some((key(1), about(8, 1))));
    }

    /// Three of four validators stood still when the fourth stayed away for long enough: two had
    /// repeated their votes to each other until neither listened, and the third was not enough.
    #[test]
    fn whoever_repeats_itself_all_night_is_heard_in_the_morning() {
        let mut queue = Queue::default();
        for _ in 0..HEIGHT_MESSAGES {
            queue.push(7, key(1), about(7, 1), 1).unwrap();
            queue.next().unwrap();
        }
        let refused = Err(Refused::Flooding);
        assert_eq!(queue.push(7, key(1), about(7, 1), 1), refused);
        queue.give_more(Duration::from_secs(1));
        for _ in 0..MORE_EACH_SECOND {
            assert_eq!(queue.push(7, key(1), about(7, 1), 1), Ok(()));
        }
        assert_eq!(queue.push(7, key(1), about(7, 1), 1), refused);
    }
}
