use anyhow::{Context, Result};

use super::{Network, Roads};
use crate::{Weather, relay::Relay};

impl Network {
    /// Opens a road from each peer to each other, where they are wanted.
    pub(super) async fn build_roads(&mut self) -> Result<()> {
        if self.setting.roads == Roads::Straight {
            return Ok(());
        }
        for from in 0..self.members.len() {
            for (to, other) in self.members.iter().enumerate() {
                if from != to {
                    let road = Relay::start().await?;
                    road.lead_to(other.port);
                    self.roads.insert((from, to), road);
                }
            }
        }
        Ok(())
    }

    /// Where one peer calls another.
    pub(super) fn way(&self, from: usize, to: usize) -> Result<String> {
        let port = self.members.get(to).context("no such member")?.port;
        let straight = || format!("127.0.0.1:{port}");
        let road = self.roads.get(&(from, to));
        Ok(road.map_or_else(straight, Relay::address))
    }

    /// Cuts every road between these peers and the others, in both directions.
    pub fn part(&self, side: &[usize]) {
        for ((from, to), road) in &self.roads {
            road.cut(side.contains(from) != side.contains(to));
        }
    }

    /// Mends every road between peers.
    pub fn heal(&self) {
        self.part(&[]);
    }

    /// Sets how all roads between peers are.
    pub fn weather(&self, weather: Weather) {
        for road in self.roads.values() {
            road.set(weather);
        }
    }
}
