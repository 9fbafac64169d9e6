//! The network: what arrives, when, and how often.

use std::rc::Rc;
use std::time::Duration;

use chopmark_core::DeviceId;

use super::{Event, World};
use crate::broken::Broken;
use crate::link::{End, Looked};
use crate::node::{Duty, Node};

impl World {
    /// How long something takes now.
    pub(super) fn delay(&mut self) -> Duration {
        let (least, most) = self.weather.delay_ms;
        self.chance.time(least, most)
    }

    /// Whether two nodes can reach each other.
    pub(super) fn reach(&self, one: usize, other: usize) -> bool {
        let side = |node: usize| {
            self.apart
                .as_ref()
                .is_some_and(|apart| apart.contains(&node))
        };
        side(one) == side(other)
    }

    /// A validator's ordering says something to all others.
    pub(super) fn says(&mut self, from: usize, message: &[u8]) -> Result<(), Broken> {
        let Some(node) = self.nodes.get(from) else {
            return Ok(());
        };
        let honest = node.is_honest();
        if honest {
            self.judge.sends(node, message)?;
        }
        let shared: Rc<[u8]> = message.into();
        for to in self.others(from) {
            if honest {
                self.send(from, to, &shared);
                continue;
            }
            let (Some(node), Some(mind)) = (self.nodes.get(from), self.minds.get_mut(from)) else {
                continue;
            };
            for said in mind.says(node, message, to, &mut self.chance) {
                self.send(from, to, &said.into());
            }
        }
        Ok(())
    }

    pub(super) fn others(&self, from: usize) -> Vec<usize> {
        let validators = self
            .nodes
            .iter()
            .filter(|node| node.duty == Duty::Validator);
        validators
            .map(|node| node.index)
            .filter(|to| *to != from)
            .collect()
    }

    /// One message on its way, or lost, or twice.
    pub(super) fn send(&mut self, from: usize, to: usize, bytes: &Rc<[u8]>) {
        if !self.reach(from, to) || self.chance.permille(self.weather.lost) {
            return;
        }
        let times = if self.chance.permille(self.weather.doubled) {
            2
        } else {
            1
        };
        for _ in 0..times {
            let bytes = Rc::clone(bytes);
            let delay = self.delay();
            self.after(delay, Event::Ballot { to, from, bytes });
        }
    }

    pub(super) fn connect(&mut self, at: usize) -> Result<(), Broken> {
        let again = self.chance.time(200, 1_000);
        let link = self
            .links
            .get(at)
            .ok_or_else(|| Broken::simulation("no such link"))?;
        if link.is_up() {
            return Ok(());
        }
        let [one, other] = link.nodes;
        let up = |node: usize| {
            self.nodes
                .get(node)
                .is_some_and(|node| node.running.is_some())
        };
        if !up(one) || !up(other) || !self.reach(one, other) {
            self.after(again, Event::Connect(at));
            return Ok(());
        }
        if let (Some(link), Some(one), Some(other)) = (
            self.links.get_mut(at),
            self.nodes.get(one),
            self.nodes.get(other),
        ) {
            link.connect(self.now, one, other);
        }
        self.pump(one)?;
        self.pump(other)
    }

    /// Cuts the links for which this holds.
    pub(super) fn cut(&mut self, which: impl Fn([usize; 2]) -> bool) {
        for at in 0..self.links.len() {
            let again = self.chance.time(200, 1_500);
            let Some(link) = self
                .links
                .get_mut(at)
                .filter(|link| link.is_up() && which(link.nodes))
            else {
                continue;
            };
            link.cut();
            self.after(again, Event::Connect(at));
        }
    }

    /// The nodes that a node has a session with.
    pub(super) fn connected(&self, index: usize) -> Vec<DeviceId> {
        let links = self.links.iter();
        let links = links.filter(|link| link.is_up() && link.nodes.contains(&index));
        let others = links.flat_map(|link| link.nodes);
        let others = others.filter(|other| *other != index);
        let nodes = others.filter_map(|other| self.nodes.get(other));
        nodes.map(|node| node.key.id()).collect()
    }

    /// Sends what a node's sessions have to say.
    pub(super) fn pump(&mut self, index: usize) -> Result<(), Broken> {
        for at in 0..self.links.len() {
            let delay = self.delay();
            let breaks = self.chance.permille(self.weather.cut);
            let Some(link) = self
                .links
                .get_mut(at)
                .filter(|link| link.nodes.contains(&index))
            else {
                continue;
            };
            let end = if link.node(End::One) == index {
                End::One
            } else {
                End::Other
            };
            let there = link.node(end.opposite());
            let Some(node) = self.nodes.get_mut(index) else {
                return Ok(());
            };
            let connection = link.connection;
            let Looked { again, kept_back } = link.look(end, node, self.now);
            if kept_back {
                self.kept_back(index, there)?;
                self.cut_one(at);
                continue;
            }
            let frames = link.frames(end, node, delay, self.now);
            let any = !frames.is_empty();
            for (arrives, bytes) in frames {
                let end = end.opposite();
                let event = Event::Frame {
                    link: at,
                    end,
                    connection,
                    bytes,
                };
                self.after(arrives.saturating_sub(self.now), event);
            }
            if let Some(again) = again {
                self.after(again.saturating_sub(self.now), Event::Look(index));
            }
            if any && breaks {
                self.cut_one(at);
            }
        }
        Ok(())
    }

    /// Only a hostile node keeps what it names.
    fn kept_back(&mut self, index: usize, there: usize) -> Result<(), Broken> {
        let node = self.nodes.get(there);
        if node.is_some_and(Node::is_honest) {
            return self.broke(index, there, "what was named was not given".to_owned());
        }
        let (now, nodes) = (self.now, &self.nodes);
        self.story.tell(now, || {
            let name = |index: usize| nodes.get(index).map_or_else(String::new, Node::name);
            let (one, other) = (name(index), name(there));
            format!("{one} hangs up on {other}, which keeps what it named")
        });
        Ok(())
    }

    fn cut_one(&mut self, at: usize) {
        let again = self.chance.time(200, 1_500);
        if let Some(link) = self.links.get_mut(at) {
            link.cut();
            self.after(again, Event::Connect(at));
        }
    }
}
