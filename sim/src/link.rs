//! The sync session between two nodes, over a stream that keeps order until it breaks.

use std::time::Duration;

use chopmark_core::{PartyKind, Session, SessionConfig, SessionError, SessionEvent};

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
    Items {
        items: Vec<chopmark_core::NumberedItem>,
        last: u64,
    },
    /// The other end says goodbye.
    Bye(String),
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

    /// Tells the other end that items are on disk here, or refused.
    pub(crate) fn acknowledge(&mut self, end: End, last: u64, refused: &[(u64, &'static str)]) {
        if let Some(side) = self.side(end) {
            for (number, code) in refused {
                side.session.refuse(*number, code, "");
            }
            side.session.acknowledge(last);
        }
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
                let (items, up_to) = here.outgoing(queued, there);
                if side.session.queue_items(&items, up_to).is_err() || up_to <= queued {
                    break;
                }
                side.queued = Some(up_to);
            }
            let Some(frame) = side.session.poll_frame() else {
                return frames;
            };
            side.arrives = side.arrives.max(now.saturating_add(delay));
            frames.push((side.arrives, frame));
        }
    }
}
