//! The world of a seed: everyone in it, and what happens next.

mod building;
mod event;
mod sending;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{BlockId, Item, NumberedItem, SignedBlock};
use chopmark_ordering::Ordering as _;

use crate::broken::Broken;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::founding::Consortium;
use crate::hostile::Mind;
use crate::judge::Judge;
use crate::link::{End, Heard, Link};
use crate::node::{Node, Polled, Running, added};
use crate::peer::Peer;
use crate::phone::{Manner, Phone};
use crate::plan::{Plan, Weather};
use crate::story::{Failure, Story, Summary, Telling};
use event::Event;

/// Once nothing goes wrong any more, everything is final within this time: rounds that had grown
/// long end, sessions connect, phones find a peer that orders, and a heartbeat comes.
const HEALING: Duration = Duration::from_secs(150);

/// One seed's world.
struct World {
    seed: u64,
    plan: Plan,
    consortium: Arc<Consortium>,
    chance: Chance,
    now: Duration,
    queue: BTreeMap<(Duration, u64), Event>,
    events: u64,
    nodes: Vec<Node>,
    minds: Vec<Mind>,
    phones: Vec<Phone>,
    links: Vec<Link>,
    weather: Weather,
    /// Nodes on one side of a partition.
    apart: Option<BTreeSet<usize>>,
    healed: bool,
    /// Nodes that somebody has to switch on again.
    off: BTreeSet<usize>,
    judge: Judge,
    story: Story,
    crashes: usize,
    rounds: u32,
}

/// Runs a seed.
///
/// # Errors
/// What was broken, without a story: [`tell`] runs it again and tells it.
pub fn run(seed: u64) -> Result<Summary, Box<Failure>> {
    World::new(seed, Telling::Silent)?.run()
}

/// Runs a seed and tells what happens.
///
/// # Errors
/// What was broken, with who did what when.
pub fn tell(seed: u64) -> Result<(Summary, Vec<String>), Box<Failure>> {
    let mut world = World::new(seed, Telling::Aloud)?;
    match world.live() {
        Ok(()) => Ok((world.summary(), world.story.into_lines())),
        Err(broken) => Err(world.failed(broken)),
    }
}

impl World {
    fn run(mut self) -> Result<Summary, Box<Failure>> {
        match self.live() {
            Ok(()) => Ok(self.summary()),
            Err(broken) => Err(self.failed(broken)),
        }
    }

    fn failed(self, broken: Broken) -> Box<Failure> {
        Box::new(Failure {
            seed: self.seed,
            at: self.now,
            broken,
            story: self.story.into_lines(),
        })
    }

    fn live(&mut self) -> Result<(), Broken> {
        let end = self.plan.heals.saturating_add(HEALING);
        while let Some(((at, _), event)) = self.queue.pop_first() {
            self.now = at;
            self.happens(event)?;
            if self.healed && self.is_done() {
                return Ok(());
            }
            if at > end {
                let seconds = HEALING.as_secs();
                return Err(Broken::NoProgress {
                    seconds,
                    what: self.missing(),
                });
            }
        }
        Err(Broken::simulation("nothing happens any more"))
    }

    fn after(&mut self, time: Duration, event: Event) {
        self.events += 1;
        self.queue
            .insert((self.now.saturating_add(time), self.events), event);
    }

    fn happens(&mut self, event: Event) -> Result<(), Broken> {
        match event {
            Event::Wake(node) => self.wakes(node),
            Event::Ballot { to, from, bytes } => {
                self.ballot(to, from, &bytes);
                Ok(())
            }
            Event::Frame {
                link,
                end,
                connection,
                bytes,
            } => self.frame(link, end, connection, &bytes),
            Event::Look(node) => self.pump(node),
            Event::Connect(link) => self.connect(link),
            Event::Write(phone) => self.write(phone),
            Event::Visit(phone) => {
                self.visit(phone);
                Ok(())
            }
            Event::HandIn {
                phone,
                node,
                blocks,
            } => self.hand_in(phone, node, blocks),
            Event::Receipt { phone, node } => {
                self.receipt(phone, node);
                Ok(())
            }
            Event::Crash => self.crash_somebody(),
            Event::Restart(node) => self.restart(node),
            Event::Night => self.night(),
            Event::Partition => self.partition(),
            Event::Mend => {
                self.mend();
                Ok(())
            }
            Event::Jump => {
                self.jump();
                Ok(())
            }
            Event::Hostile(node) => {
                self.hostile(node);
                Ok(())
            }
            Event::Heal => self.heal(),
        }
    }

    fn node(&mut self, index: usize) -> Result<&mut Node, Broken> {
        self.nodes
            .get_mut(index)
            .ok_or_else(|| Broken::simulation("no such node"))
    }

    fn phone(&mut self, index: usize) -> Result<&mut Phone, Broken> {
        self.phones
            .get_mut(index)
            .ok_or_else(|| Broken::simulation("no such phone"))
    }

    fn tell(&mut self, line: impl FnOnce() -> String) {
        self.story.tell(self.now, line);
    }

    /// Polls a node's ordering as soon as it can.
    fn ask(&mut self, index: usize, wait: Duration) {
        let at = self.now.saturating_add(wait);
        let Some(node) = self
            .nodes
            .get_mut(index)
            .filter(|node| node.running.is_some())
        else {
            return;
        };
        if node.wakes.is_none_or(|wakes| at < wakes) {
            node.wakes = Some(at);
            self.after(wait, Event::Wake(index));
        }
    }

    fn wakes(&mut self, index: usize) -> Result<(), Broken> {
        let now = self.now;
        let node = self.node(index)?;
        if node.wakes != Some(now) {
            // An earlier one came, or the node was down.
            return Ok(());
        }
        node.wakes = None;
        let Some(polled) = node.poll(now) else {
            return Ok(());
        };
        self.rounds = self.rounds.max(self.node(index)?.round());
        self.settle(index)?;
        match polled {
            Polled::Wait(wait) => {
                let node = self.node(index)?;
                if node.asks_too_often(now, wait) {
                    return Err(Broken::Busy { node: node.name() });
                }
                self.ask(index, wait);
                Ok(())
            }
            Polled::Died => self.dies(index),
            Polled::Stopped(why) => {
                let node = self.node(index)?;
                let (name, why) = (node.name(), why.to_string());
                if node.is_honest() {
                    return Err(Broken::Stopped { node: name, why });
                }
                node.running = None;
                self.tell(|| format!("{name} stops: {why}"));
                Ok(())
            }
        }
    }

    /// Sees to what a node did: sends what it said, and looks at what became final.
    fn settle(&mut self, index: usize) -> Result<(), Broken> {
        let node = self.node(index)?;
        let Some(Running { peer, .. }) = &mut node.running else {
            return Ok(());
        };
        let said = std::mem::take(&mut peer.out);
        let news = std::mem::take(&mut peer.news);
        let trouble = peer.trouble.take();
        let (honest, name) = (node.is_honest(), node.name());
        if let Some(why) = trouble.filter(|_| honest) {
            return Err(Broken::Stopped { node: name, why });
        }
        for one in &news {
            if honest && let Some(node) = self.nodes.get(index) {
                self.judge.finished(node, one)?;
            }
            self.story.tell(self.now, || {
                format!(
                    "{name} has checkpoint {} ({} blocks)",
                    one.height.0,
                    one.blocks.len()
                )
            });
        }
        for message in said {
            self.says(index, &message)?;
        }
        self.pump(index)
    }

    fn ballot(&mut self, to: usize, from: usize, bytes: &[u8]) {
        let Some(from) = self.nodes.get(from).map(|node| node.key.id()) else {
            return;
        };
        if let Some(mind) = self.minds.get_mut(to) {
            mind.hears(bytes, &mut self.chance);
        }
        let running = self
            .nodes
            .get_mut(to)
            .and_then(|node| node.running.as_mut());
        if let Some(Running {
            peer,
            order: Some(order),
        }) = running
        {
            // What is wrong with one is counted, and changes nothing.
            let _ = order.message(peer, from, bytes);
            self.ask(to, Duration::from_micros(50));
        }
    }

    fn frame(&mut self, at: usize, end: End, connection: u32, bytes: &[u8]) -> Result<(), Broken> {
        let Some(link) = self
            .links
            .get_mut(at)
            .filter(|link| link.connection == connection)
        else {
            return Ok(());
        };
        let (here, there) = (link.node(end), link.node(end.opposite()));
        match link.hear(end, bytes) {
            Ok(Heard::Nothing) => {}
            Ok(Heard::Items { items, last }) => {
                let connected = self.connected(here);
                let Some(link) = self.links.get_mut(at) else {
                    return Ok(());
                };
                let (whole, up_to) = link.sort_out(end, (items, last), self.now, &connected);
                if self.takes_in(here, Some(there), whole, up_to)? {
                    return Ok(());
                }
                let refused = std::mem::take(&mut self.node(here)?.refused);
                if let Some(link) = self.links.get_mut(at) {
                    link.refuse(end, &refused);
                }
            }
            Ok(Heard::Bye(why)) => return self.broke(here, there, why),
            Err(error) => return self.broke(here, there, error.to_string()),
        }
        self.pump(here)
    }

    fn broke(&mut self, here: usize, there: usize, why: String) -> Result<(), Broken> {
        let (one, other) = (self.node(here)?.name(), self.node(there)?.name());
        Err(Broken::Session { one, other, why })
    }

    /// A node takes items in; whether it died of it.
    fn takes_in(
        &mut self,
        index: usize,
        from: Option<usize>,
        items: Vec<NumberedItem>,
        last: u64,
    ) -> Result<bool, Broken> {
        let node = self.node(index)?;
        let Some(running) = &mut node.running else {
            return Ok(true);
        };
        let taken = running.peer.take_in(from, items, last);
        if taken.dead {
            self.dies(index)?;
            return Ok(true);
        }
        node.refused = taken.refused;
        self.settle(index)?;
        self.ask(index, Duration::from_micros(100));
        Ok(false)
    }

    fn write(&mut self, index: usize) -> Result<(), Broken> {
        if self.now > self.plan.writes_until {
            return Ok(());
        }
        let now = (self.now, Clock::default().now(self.now).wall);
        let consortium = Arc::clone(&self.consortium);
        let phone = self
            .phones
            .get_mut(index)
            .ok_or_else(|| Broken::simulation("no such phone"))?;
        let told = phone.write(&consortium.genesis, now, &mut self.chance)?;
        if self.chance.permille(80) {
            phone.offline_until = self.now.saturating_add(self.chance.time(1_000, 12_000));
        }
        let name = phone.name();
        self.tell(|| format!("{name} writes: {told}"));
        let next = self.chance.time(1, self.plan.writes_ms.saturating_mul(2));
        self.after(next, Event::Write(index));
        Ok(())
    }

    fn visit(&mut self, index: usize) {
        let next = self.chance.time(
            300,
            if self.healed {
                3_000
            } else {
                self.plan.visits_ms
            },
        );
        let peers = self.nodes.len();
        if let Some(phone) = self
            .phones
            .get(index)
            .filter(|phone| self.healed || phone.offline_until <= self.now)
        {
            let node = phone.chooses(peers, self.now, &mut self.chance);
            let blocks = phone.hands_in(&mut self.chance);
            if !self.chance.permille(self.weather.lost) {
                let delay = self.delay();
                self.after(
                    delay,
                    Event::HandIn {
                        phone: index,
                        node,
                        blocks,
                    },
                );
            }
        }
        self.after(next, Event::Visit(index));
    }

    fn hand_in(
        &mut self,
        phone: usize,
        node: usize,
        blocks: Vec<SignedBlock>,
    ) -> Result<(), Broken> {
        let ids: Vec<BlockId> = blocks.iter().map(SignedBlock::id).collect();
        let items = (1..).zip(blocks).map(|(number, block)| NumberedItem {
            number,
            item: Item::Block(Box::new(block)),
        });
        if self.takes_in(node, None, items.collect(), 0)? {
            return Ok(());
        }
        let honest = self.phone(phone)?.manner == Manner::Honest && self.node(node)?.is_honest();
        let peer = self.nodes.get(node).and_then(Node::peer);
        let here = ids
            .iter()
            .filter(|id| peer.is_some_and(|peer| peer.has(id)));
        for id in here.filter(|_| honest) {
            self.judge.acknowledged(node, *id);
        }
        let delay = self.delay();
        self.after(delay, Event::Receipt { phone, node });
        Ok(())
    }

    fn receipt(&mut self, phone: usize, node: usize) {
        let peer = self.nodes.get(node).and_then(Node::peer);
        if let (Some(phone), Some(peer)) = (self.phones.get_mut(phone), peer) {
            phone.looks(peer);
        }
    }

    /// Everything that honest phones wrote is final, and all honest nodes have it.
    fn is_done(&self) -> bool {
        let newest = self.judge.newest().0;
        let written = self
            .phones
            .iter()
            .filter(|phone| phone.manner == Manner::Honest);
        let mut open = written.flat_map(|phone| &phone.outbox);
        let honest = self
            .nodes
            .iter()
            .filter(|node| node.is_honest() && !self.off.contains(&node.index));
        open.all(|entry| self.judge.finals.contains(&entry.block.id()))
            && honest.into_iter().all(|node| node.height() == newest)
            && self.judge.unfinished().next().is_none()
    }

    fn missing(&self) -> String {
        let written = self
            .phones
            .iter()
            .filter(|phone| phone.manner == Manner::Honest);
        let open = written.flat_map(|phone| &phone.outbox);
        let open = open
            .filter(|entry| !self.judge.finals.contains(&entry.block.id()))
            .count();
        let nodes = self.nodes.iter().map(|node| {
            let held = node.peer().map_or(0, Peer::open_count);
            format!(
                "{} at height {} in round {} with {held} open blocks",
                node.name(),
                node.height(),
                node.round()
            )
        });
        let nodes: Vec<_> = nodes.collect();
        format!(
            "{open} blocks of phones are not final; {}",
            nodes.join(", ")
        )
    }

    fn summary(&self) -> Summary {
        let honest = self.nodes.iter().filter(|node| node.is_honest());
        Summary {
            seed: self.seed,
            cast: (self.plan.validators, self.plan.peers, self.phones.len()),
            height: self.judge.newest().0,
            blocks: self.judge.finals.len(),
            records: self.judge.records,
            took: self.now,
            healing: self.now.saturating_sub(self.plan.heals),
            crashes: self.crashes,
            rounds: self.rounds,
            counts: honest.map(Node::counts).fold(Default::default(), added),
            steps: self.events,
        }
    }
}

#[cfg(test)]
mod tests;
