use std::{collections::BTreeMap, net::Ipv4Addr, path::Path, sync::Arc};

use anyhow::{Context, Result};
use clap::ValueEnum;
use tokio::process::Command;

use super::{
    Network,
    namespaces::{Between, Namespaces},
};
use crate::{Weather, relay::Relay};

/// How peers reach each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Roads {
    /// Directly.
    #[value(skip)]
    Straight,
    /// Through relays that a scenario can cut and slow down, one for each pair and direction.
    #[value(name = "relays")]
    Relayed,
    /// From network namespace to network namespace, through a switch that a scenario can cut and
    /// slow down. Only a program that went through `settle_roads` may ask for them.
    Namespaces,
}

/// The roads of a network, and what they are made of.
#[derive(Debug, Default)]
pub(super) struct Ways {
    roads: Between,
    relays: BTreeMap<(usize, usize), Relay>,
    namespaces: Option<Namespaces>,
}

impl Ways {
    /// What must be there before the peers have addresses.
    pub(super) async fn lay(roads: Roads, peers: usize) -> Result<Self> {
        let mut ways = Self::default();
        if roads == Roads::Namespaces {
            let (namespaces, roads) = Namespaces::lay(peers).await?;
            ways.namespaces = Some(namespaces);
            ways.roads = roads;
        }
        Ok(ways)
    }

    /// Where a peer listens.
    pub(super) fn host(&self, number: usize) -> Ipv4Addr {
        let own = |namespaces: &Namespaces| namespaces.host(number);
        self.namespaces.as_ref().map_or(Ipv4Addr::LOCALHOST, own)
    }

    /// A call of a program where a peer is.
    pub(super) fn command(&self, number: usize, program: &Path) -> Result<Command> {
        match &self.namespaces {
            Some(namespaces) => namespaces.command(number, program),
            None => Ok(Command::new(program)),
        }
    }
}

impl Network {
    /// Opens a relay from each peer to each other, where they are wanted.
    pub(super) async fn open_relays(&mut self) -> Result<()> {
        if self.setting.roads != Roads::Relayed {
            return Ok(());
        }
        for from in 0..self.members.len() {
            for (to, other) in self.members.iter().enumerate() {
                if from != to {
                    let relay = Relay::start(other.listens).await?;
                    let road = Arc::clone(relay.road());
                    self.ways.roads.insert((from, to), road);
                    self.ways.relays.insert((from, to), relay);
                }
            }
        }
        Ok(())
    }

    /// Where one peer calls another.
    pub(super) fn way(&self, from: usize, to: usize) -> Result<String> {
        let listens = self.members.get(to).context("no such member")?.listens;
        let relay = self.ways.relays.get(&(from, to));
        Ok(relay.map_or_else(|| listens.to_string(), Relay::address))
    }

    /// Cuts every road between these peers and the others, in both directions.
    pub fn part(&self, side: &[usize]) {
        for ((from, to), road) in &self.ways.roads {
            road.cut(side.contains(from) != side.contains(to));
        }
    }

    /// Mends every road between peers.
    pub fn heal(&self) {
        self.part(&[]);
    }

    /// Sets how all roads between peers are.
    pub fn weather(&self, weather: Weather) {
        for road in self.ways.roads.values() {
            road.set(weather);
        }
    }
}
