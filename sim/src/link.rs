//! The sync session between two nodes, over a stream that keeps order until it breaks.

use std::convert::Infallible;
use std::time::Duration;

use chopmark_core::{
    Awaited, DeviceId, ItemName, NumberedItem, PartyKind, Session, SessionConfig, SessionError,
    SessionEvent, TimeMs,
};

use crate::clock::Clock;
use crate::node::Node;

/// Which end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    One,
    Other,
}

impl End {
    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::One => Self::Other,
            Self::Other => Self::One,
        }
    }
}

/// One end of a connection.
struct Side {
    session: Session,
    /// Up to where this end's items are queued, once the other end has said where to begin.
    queued: Option<u64>,
    /// When the last frame arrives: no later one comes before it.
    arrives: Duration,
    /// What was here before goes whole.
    names_after: u64,
    /// What the other end only named.
    awaited: Awaited,
    /// The newest number that came, and up to where everything is here.
    last: u64,
    received: u64,
    /// When this end is looked at for what did not come.
    looks: Option<Duration>,
}

/// Two nodes that sync with each other.
pub(crate) struct Link {
    pub(crate) nodes: [usize; 2],
    sides: Option<[Side; 2]>,
    /// Which connection this is: frames of an older one are lost.
    pub(crate) connection: u32,
}

/// What came out of a frame.
pub(crate) enum Heard {
    /// Nothing that anybody else must see to.
    Nothing,
    /// Items for the node at this end.
    Items { items: Vec<NumberedItem>, last: u64 },
    /// The other end says goodbye.
    Bye(String),
}

/// What a look at one end came to.
#[derive(Default)]
pub(crate) struct Looked {
    /// When to look again, unless that is known.
    pub(crate) again: Option<Duration>,
    /// Whether the other end was asked for what it named, and kept it.
    pub(crate) kept_back: bool,
}

impl Link {
    pub(crate) fn new(nodes: [usize; 2]) -> Self {
        Self {
            nodes,
            sides: None,
            connection: 0,
        }
    }

    pub(crate) fn node(&self, end: End) -> usize {
        let [one, other] = self.nodes;
        match end {
            End::One => one,
            End::Other => other,
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.sides.is_some()
    }

    fn side(&mut self, end: End) -> Option<&mut Side> {
        let [one, other] = self.sides.as_mut()?;
        Some(match end {
            End::One => one,
            End::Other => other,
        })
    }

    /// Breaks the connection: what is on the way is lost.
    pub(crate) fn cut(&mut self) {
        self.sides = None;
        self.connection = self.connection.wrapping_add(1);
    }

    /// Connects the two anew.
    pub(crate) fn connect(&mut self, now: Duration, one: &Node, other: &Node) {
        let side = |here: &Node, there: &Node| {
            let since = here.disk.borrow().since.get(&there.index).copied();
            let config = SessionConfig {
                network: here.network(),
                instance: here.instance(),
                kind: PartyKind::Peer,
                since: since.map(|number| (there.instance(), number)),
                height: here.height(),
                newest: here.newest(),
                peers: Vec::new(),
            };
            let clock: Clock = here.clock;
            let session = Session::new(config, clock.now(now).wall);
            Side {
                session,
                queued: None,
                arrives: now,
                names_after: here.newest(),
                awaited: Awaited::default(),
                last: since.unwrap_or(0),
                received: since.unwrap_or(0),
                looks: None,
            }
        };
        self.cut();
        self.sides = Some([side(one, other), side(other, one)]);
    }

    /// Takes a frame at one end.
    pub(crate) fn hear(&mut self, end: End, bytes: &[u8]) -> Result<Heard, SessionError> {
        let Some(side) = self.side(end) else {
            return Ok(Heard::Nothing);
        };
        Ok(match side.session.handle_frame(bytes)? {
            SessionEvent::Hello { send_after, .. } => {
                side.queued = Some(send_after);
                Heard::Nothing
            }
            SessionEvent::Items { items, last } => Heard::Items { items, last },
            SessionEvent::Bye { code, detail } => Heard::Bye(format!("{code}: {detail}")),
            // What is refused was signed by somebody else: the sender has nothing to do.
            _ => Heard::Nothing,
        })
    }

    /// Keeps what was only named. Gives the rest, and up to where everything is here once that is.
    pub(crate) fn sort_out(
        &mut self,
        end: End,
        (items, last): (Vec<NumberedItem>, u64),
        now: Duration,
        connected: &[DeviceId],
    ) -> (Vec<NumberedItem>, u64) {
        let Some(side) = self.side(end) else {
            return (Vec::new(), 0);
        };
        side.last = side.last.max(last);
        let comes = |from: &DeviceId| connected.contains(from);
        let whole = side.awaited.sort_out(items, ms(now), comes);
        (whole, side.awaited.done_up_to(side.last))
    }

    /// Tells the other end what is not taken.
    pub(crate) fn refuse(&mut self, end: End, refused: &[(u64, &'static str)]) {
        if let Some(side) = self.side(end) {
            for (number, code) in refused {
                side.session.refuse(*number, code, "");
            }
        }
    }

    /// Tells the other end what is on disk here, and asks it for what nobody else sent.
    pub(crate) fn look(&mut self, end: End, here: &mut Node, now: Duration) -> Looked {
        let Node {
            running, wanted, ..
        } = here;
        let (Some(side), Some(running)) = (self.side(end), running) else {
            return Looked::default();
        };
        let peer = &running.peer;
        let is_here = |name: &ItemName| {
            Ok::<_, Infallible>(match name {
                ItemName::Block(id) => peer.has(id) || peer.is_final(id),
                // Nobody writes sections here.
                ItemName::Section(_) => false,
            })
        };
        let Ok(()) = side.awaited.settle(is_here);
        let may_ask = |name| wanted.note(name, now);
        let Ok(due) = side.awaited.due(ms(now), is_here, may_ask);
        side.session.want(&due);
        let Ok(kept_back) = side.awaited.is_kept_back(ms(now), is_here);
        let up_to = side.awaited.done_up_to(side.last);
        if up_to > side.received {
            side.received = up_to;
            side.session.acknowledge(up_to);
        }
        side.looks = side.looks.filter(|looks| *looks > now);
        let due = side
            .awaited
            .next_due()
            .map(|due| Duration::from_millis(due.0));
        let looks = side.looks;
        let again = due.filter(|due| looks.is_none_or(|looks| *due < looks));
        side.looks = again.or(looks);
        Looked { again, kept_back }
    }

    /// The frames that this end has to send, each with when it arrives at the earliest.
    pub(crate) fn frames(
        &mut self,
        end: End,
        here: &Node,
        delay: Duration,
        now: Duration,
    ) -> Vec<(Duration, Vec<u8>)> {
        let there = self.node(end.opposite());
        let Some(side) = self.side(end) else {
            return Vec::new();
        };
        let mut frames = Vec::new();
        loop {
            while let Some(queued) = side.queued.filter(|queued| *queued < here.newest())
                && side.session.wants_items()
            {
                let (items, up_to) = here.outgoing(queued, there, side.names_after);
                if side.session.queue_items(items, up_to).is_err() || up_to <= queued {
                    break;
                }
                side.queued = Some(up_to);
            }
            // A hostile one names things and keeps them.
            while here.is_honest()
                && let Some(number) = side.session.next_asked()
                && let Some(item) = here.item(number)
                && side.session.queue_wanted(item).is_ok()
            {}
            let Some(frame) = side.session.poll_frame() else {
                return frames;
            };
            side.arrives = side.arrives.max(now.saturating_add(delay));
            frames.push((side.arrives, frame));
        }
    }
}

fn ms(time: Duration) -> TimeMs {
    TimeMs(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
