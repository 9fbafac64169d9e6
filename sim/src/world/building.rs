//! Putting a seed's world together.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::{Event, World};
use crate::broken::Broken;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::founding::{Consortium, PHONES, Size};
use crate::hostile::{Conduct, Mind};
use crate::judge::Judge;
use crate::link::Link;
use crate::node::{Duty, Node, Setup};
use crate::peer::Checked;
use crate::phone::{Manner, Owner, Phone};
use crate::plan::Plan;
use crate::story::{Failure, Story, Telling};

/// Every node syncs with so many others, besides those before and after it in a ring.
const CHORDS: usize = 2;
/// Clocks that are kept right differ by so much.
const SKEW_MS: u64 = 1_500;

impl World {
    pub(super) fn new(seed: u64, telling: Telling) -> Result<Self, Box<Failure>> {
        let failed = |broken| {
            Box::new(Failure {
                seed,
                at: Duration::ZERO,
                broken,
                story: Vec::new(),
            })
        };
        Self::build(seed, Plan::of(seed), telling).map_err(failed)
    }

    pub(super) fn build(seed: u64, plan: Plan, telling: Telling) -> Result<Self, Broken> {
        let size = Size {
            members: plan.members(),
            validators: plan.validators,
            phones: PHONES,
        };
        let consortium = Consortium::of(size)?;
        let mut world = Self {
            seed,
            chance: Chance::new(seed, 2),
            now: Duration::ZERO,
            queue: BTreeMap::new(),
            events: 0,
            nodes: Vec::new(),
            minds: Vec::new(),
            phones: Vec::new(),
            links: Vec::new(),
            weather: plan.weather,
            apart: None,
            healed: false,
            off: BTreeSet::new(),
            judge: Judge::default(),
            story: Story::new(telling),
            crashes: 0,
            rounds: 0,
            consortium,
            plan,
        };
        world.people()?;
        world.connections();
        world.begin()?;
        let plan = world.plan.clone();
        world.tell(|| format!("{plan:?}"));
        Ok(world)
    }

    fn people(&mut self) -> Result<(), Broken> {
        let genesis = Rc::new(self.consortium.genesis.clone());
        let checked = Checked::default();
        let consortium = Arc::clone(&self.consortium);
        let machines = self.plan.validators + self.plan.peers;
        let seats = consortium.seats.iter().take(machines);
        let all: Rc<[_]> = seats.map(|seat| seat.peer.id()).collect();
        for (index, seat) in consortium.seats.iter().take(machines).enumerate() {
            let validator = index < self.plan.validators;
            let setup = Setup {
                index,
                duty: if validator {
                    Duty::Validator
                } else {
                    Duty::Peer
                },
                conduct: match index < self.plan.hostile {
                    true => Conduct::hostile(&mut self.chance),
                    false => Conduct::Honest,
                },
                key: Arc::clone(&seat.peer),
                all: Rc::clone(&all),
                clock: self.clock(),
            };
            self.nodes.push(Node::new(setup, &genesis, &checked));
            self.minds.push(Mind::default());
        }
        let bank = consortium
            .bank()
            .ok_or_else(|| Broken::simulation("nobody lends"))?;
        let members = consortium.seats.len();
        for index in 0..self.plan.phones {
            // The first of every member come first: their admins register prefixes.
            let (member, number) = (index % members, index / members);
            let Some(seat) = consortium.seats.get(member) else {
                continue;
            };
            let manner = match number > 0 && index + self.plan.hostile_phones >= self.plan.phones {
                true => Manner::Hostile,
                false => Manner::Honest,
            };
            let home = member % self.nodes.len().max(1);
            let owner = Owner {
                seat,
                number,
                home,
                bank,
                manner,
            };
            self.phones.extend(Phone::new(index, &owner));
        }
        Ok(())
    }

    /// A clock that is kept right.
    pub(super) fn clock(&mut self) -> Clock {
        let ahead = i64::try_from(self.chance.below(2 * SKEW_MS)).unwrap_or(0);
        Clock::ahead(ahead.saturating_sub(i64::try_from(SKEW_MS).unwrap_or(0)))
    }

    fn connections(&mut self) {
        let count = self.nodes.len();
        let mut pairs = BTreeSet::new();
        for one in 0..count {
            pairs.insert((one, (one + 1) % count));
            for _ in 0..CHORDS {
                pairs.insert((one, self.chance.index(count)));
            }
        }
        let pairs = pairs
            .into_iter()
            .map(|(one, other)| (one.min(other), one.max(other)));
        let pairs: BTreeSet<_> = pairs.filter(|(one, other)| one != other).collect();
        self.links.extend(
            pairs
                .into_iter()
                .map(|(one, other)| Link::new([one, other])),
        );
    }

    fn begin(&mut self) -> Result<(), Broken> {
        for index in 0..self.nodes.len() {
            self.restart(index)?;
        }
        for link in 0..self.links.len() {
            self.after(Duration::ZERO, Event::Connect(link));
        }
        for phone in 0..self.phones.len() {
            let first = self.chance.time(1, self.plan.writes_ms);
            self.after(first, Event::Write(phone));
            let visit = self.chance.time(300, 2_000);
            self.after(visit, Event::Visit(phone));
        }
        let hostile = self.nodes.iter().filter(|node| !node.is_honest());
        for index in hostile.map(|node| node.index).collect::<Vec<_>>() {
            self.after(Duration::from_millis(500), Event::Hostile(index));
        }
        self.schedule_troubles();
        if self.plan.night > 0 {
            let falls = self.chance.time(1_000, 5_000);
            self.after(falls, Event::Night);
        }
        self.after(self.plan.heals, Event::Heal);
        Ok(())
    }
}
