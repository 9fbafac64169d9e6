//! What agreeing costs each of many validators. The only place that looks at this machine's clock.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chopmark_core::{Item, NumberedItem};
use chopmark_ordering::Ordering as _;

use crate::broken::Broken;
use crate::chance::Chance;
use crate::clock::{Clock, START};
use crate::founding::{Consortium, Size};
use crate::hostile::Conduct;
use crate::node::{Duty, Node, Polled, Running, Setup};
use crate::peer::Checked;
use crate::phone::{Manner, Owner, Phone};

/// Checkpoints that are measured, after a first one that is not.
const CHECKPOINTS: u32 = 20;
/// A message takes so long.
const TICK: Duration = Duration::from_millis(5);
/// Far more than a checkpoint takes.
const PATIENCE: u32 = 20_000;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Validators.
    pub validators: usize,
    /// Checkpoints that were measured.
    pub checkpoints: u32,
    /// Of one validator for one checkpoint, in this process.
    pub each: Duration,
    /// Messages that one validator got for one checkpoint.
    pub messages: u64,
    /// One strict verification, in the same run.
    pub verify: Duration,
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} validators, {} checkpoints of one block: {:.2} ms of consensus for each validator and checkpoint, {} messages; one verification takes {:.0} µs",
            self.validators,
            self.checkpoints,
            self.each.as_secs_f64() * 1000.0,
            self.messages,
            self.verify.as_secs_f64() * 1e6,
        )
    }
}

/// Measures so many validators that agree in turn, on a network without faults.
///
/// # Errors
/// What is in the way: a network has at most 128 members for now, and each at most one validator.
pub fn scale(validators: usize) -> Result<Scale, Broken> {
    let consortium = Consortium::of(Size {
        members: validators,
        validators,
        phones: 0,
    })?;
    let mut measured = Measured::new(&consortium)?;
    measured.checkpoint(&consortium)?;
    (measured.spent, measured.messages) = (Duration::ZERO, 0);
    for _ in 0..CHECKPOINTS {
        measured.checkpoint(&consortium)?;
    }
    let count = u32::try_from(validators).unwrap_or(u32::MAX);
    Ok(Scale {
        validators,
        checkpoints: CHECKPOINTS,
        each: measured.spent / count.saturating_mul(CHECKPOINTS).max(1),
        messages: measured.messages / u64::from(count.saturating_mul(CHECKPOINTS).max(1)),
        verify: verification(&consortium),
    })
}

fn verification(consortium: &Consortium) -> Duration {
    const TIMES: u32 = 200;
    let Some(key) = consortium.seats.first().map(|seat| &seat.peer) else {
        return Duration::ZERO;
    };
    let ballot = chopmark_core::Ballot {
        network: consortium.genesis.id(),
        height: chopmark_core::Height(1),
        round: 0,
        kind: chopmark_core::BallotKind::Prevote,
        value: None,
    };
    let signature = ballot.sign(key);
    let started = Instant::now();
    let good = (0..TIMES).filter(|_| ballot.verify(&key.id(), &signature).is_ok());
    let _ = std::hint::black_box(good.count());
    started.elapsed() / TIMES
}

/// Who says it, and what.
type Message = (usize, Rc<[u8]>);

struct Measured {
    nodes: Vec<Node>,
    /// The first member's admin writes what is ordered.
    phone: Phone,
    chance: Chance,
    now: Duration,
    spent: Duration,
    messages: u64,
}

impl Measured {
    fn new(consortium: &Arc<Consortium>) -> Result<Self, Broken> {
        let genesis = Rc::new(consortium.genesis.clone());
        let checked = Checked::default();
        let seats = consortium.seats.iter().enumerate();
        let nodes = seats.map(|(index, seat)| {
            let setup = Setup {
                index,
                duty: Duty::Validator,
                conduct: Conduct::Honest,
                key: Arc::clone(&seat.peer),
                all: Rc::default(),
                clock: Clock::default(),
            };
            let mut node = Node::new(setup, &genesis, &checked);
            node.start(Duration::ZERO);
            node
        });
        let nodes = nodes.collect();
        let seat = consortium.seats.first();
        let seat = seat.ok_or_else(|| Broken::simulation("no member"))?;
        let bank = consortium.bank().unwrap_or(seat.id);
        let owner = Owner {
            seat,
            number: 0,
            home: 0,
            bank,
            manner: Manner::Honest,
        };
        Ok(Self {
            nodes,
            phone: Phone::new(0, &owner).ok_or_else(|| Broken::simulation("no phone"))?,
            chance: Chance::new(1, 1),
            now: Duration::ZERO,
            spent: Duration::ZERO,
            messages: 0,
        })
    }

    /// Everyone gets a block, and they agree on it.
    fn checkpoint(&mut self, consortium: &Consortium) -> Result<(), Broken> {
        let genesis = &consortium.genesis;
        self.phone.outbox.clear();
        self.phone
            .write(genesis, (self.now, START), &mut self.chance)?;
        let block = self.phone.outbox.first();
        let block = block
            .ok_or_else(|| Broken::simulation("no block"))?
            .block
            .clone();
        let before = self.nodes.iter().map(Node::height).max().unwrap_or(0);
        for node in &mut self.nodes {
            if let Some(Running { peer, .. }) = &mut node.running {
                let item = Item::Block(Box::new(block.clone()));
                peer.take_in(None, vec![NumberedItem { number: 1, item }], 0);
            }
        }
        for _ in 0..PATIENCE {
            self.now = self.now.saturating_add(TICK);
            let said = self.poll()?;
            if self.nodes.iter().all(|node| node.height() > before) {
                return Ok(());
            }
            self.deliver(&said);
        }
        Err(Broken::simulation("they did not agree"))
    }

    fn poll(&mut self) -> Result<Vec<Message>, Broken> {
        let mut said = Vec::new();
        for node in &mut self.nodes {
            let started = Instant::now();
            let polled = node.poll(self.now);
            self.spent += started.elapsed();
            if let Some(Polled::Stopped(why)) = polled {
                let (node, why) = (node.name(), why.to_string());
                return Err(Broken::Stopped { node, why });
            }
            if let Some(Running { peer, .. }) = &mut node.running {
                let out = std::mem::take(&mut peer.out).into_iter();
                said.extend(out.map(|bytes| (node.index, bytes.into())));
                peer.news.clear();
            }
        }
        Ok(said)
    }

    fn deliver(&mut self, said: &[Message]) {
        let keys: Vec<_> = self.nodes.iter().map(|node| node.key.id()).collect();
        for node in &mut self.nodes {
            let Some(Running {
                peer,
                order: Some(order),
            }) = &mut node.running
            else {
                continue;
            };
            let started = Instant::now();
            for (from, bytes) in said.iter().filter(|(from, _)| *from != node.index) {
                if let Some(key) = keys.get(*from) {
                    self.messages += 1;
                    // Honest messages are never refused for their shape.
                    let _ = order.message(peer, *key, bytes);
                }
            }
            self.spent += started.elapsed();
        }
    }
}
