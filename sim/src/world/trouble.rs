//! What goes wrong, and how it ends.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Event, World};
use crate::broken::Broken;
use crate::clock::Clock;
use crate::node::Node;
use crate::plan::FAIR;

/// An hour, which is how far a clock jumps.
const HOUR_MS: i64 = 3_600_000;
/// A machine dies within this many steps of its disk and its network.
const FUSE: u64 = 60;

impl World {
    pub(super) fn schedule_troubles(&mut self) {
        self.next_crash();
        self.next_partition();
        self.next_jump();
    }

    fn next_crash(&mut self) {
        if let Some(mean) = self.plan.troubles.crash_ms {
            let wait = self.chance.time(1, mean.saturating_mul(2));
            self.after(wait, Event::Crash);
        }
    }

    fn next_partition(&mut self) {
        if let Some(mean) = self.plan.troubles.partition_ms {
            let wait = self.chance.time(1, mean.saturating_mul(2));
            self.after(wait, Event::Partition);
        }
    }

    fn next_jump(&mut self) {
        if let Some(mean) = self.plan.troubles.jump_ms {
            let wait = self.chance.time(1, mean.saturating_mul(2));
            self.after(wait, Event::Jump);
        }
    }

    /// Somebody's machine will die soon: in the middle of whatever it then does.
    pub(super) fn crash_somebody(&mut self) -> Result<(), Broken> {
        if self.healed {
            return Ok(());
        }
        let index = self.chance.index(self.nodes.len());
        let steps = u32::try_from(self.chance.below(FUSE)).unwrap_or(0);
        self.node(index)?.disk.borrow_mut().light(steps);
        self.next_crash();
        Ok(())
    }

    pub(super) fn dies(&mut self, index: usize) -> Result<(), Broken> {
        let down = match self.healed {
            true => self.chance.time(100, 1_000),
            false => self.chance.time(50, 8_000),
        };
        let node = self
            .nodes
            .get_mut(index)
            .ok_or_else(|| Broken::simulation("no such node"))?;
        node.crash(self.plan.forgets, &mut self.chance);
        let name = node.name();
        self.crashes += 1;
        self.tell(|| format!("{name} loses its power for {:.1} s", down.as_secs_f64()));
        self.cut(|nodes| nodes.contains(&index));
        self.after(down, Event::Restart(index));
        Ok(())
    }

    /// So many validators go off, the last ones first, until somebody switches them on.
    fn switch_off(&mut self, count: usize) -> Result<(), Broken> {
        let last = self.plan.validators.saturating_sub(count);
        for index in last..self.plan.validators {
            let node = self
                .nodes
                .get_mut(index)
                .ok_or_else(|| Broken::simulation("no such node"))?;
            if node.running.is_some() {
                node.crash(self.plan.forgets, &mut self.chance);
            }
            let name = node.name();
            self.off.insert(index);
            self.tell(|| format!("{name} is switched off"));
            self.cut(|nodes| nodes.contains(&index));
        }
        Ok(())
    }

    pub(super) fn night(&mut self) -> Result<(), Broken> {
        self.switch_off(self.plan.night)
    }

    pub(super) fn restart(&mut self, index: usize) -> Result<(), Broken> {
        if self.off.contains(&index) {
            return Ok(());
        }
        let now = self.now;
        let node = self.node(index)?;
        node.start(now);
        let (name, height) = (node.name(), node.height());
        self.tell(|| format!("{name} starts at height {height}"));
        if let Some(node) = self.nodes.get(index).filter(|node| node.is_honest()) {
            self.judge.started(node)?;
        }
        self.settle(index)?;
        self.ask(index, Duration::from_millis(1));
        Ok(())
    }

    pub(super) fn partition(&mut self) -> Result<(), Broken> {
        if self.healed || self.apart.is_some() {
            return Ok(());
        }
        let chance = &mut self.chance;
        let apart: BTreeSet<usize> = (0..self.nodes.len())
            .filter(|_| chance.permille(500))
            .collect();
        let lasts = self.chance.time(500, 9_000);
        self.tell(|| {
            format!(
                "{apart:?} are cut off from the others for {:.1} s",
                lasts.as_secs_f64()
            )
        });
        let side = |node: usize| apart.contains(&node);
        self.cut(|[one, other]| side(one) != side(other));
        self.apart = Some(apart);
        self.after(lasts, Event::Mend);
        Ok(())
    }

    pub(super) fn mend(&mut self) {
        if self.apart.take().is_some() {
            self.tell(|| "all reach each other again".to_owned());
        }
        if !self.healed {
            self.next_partition();
        }
    }

    /// Somebody's clock jumps by an hour, or is put right.
    pub(super) fn jump(&mut self) {
        if self.healed {
            return;
        }
        let clock = match self.chance.below(3) {
            0 => Clock::ahead(HOUR_MS),
            1 => Clock::ahead(-HOUR_MS),
            _ => self.clock(),
        };
        let index = self.chance.index(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(index) {
            node.clock = clock;
            let name = node.name();
            self.tell(|| format!("{name} has {clock:?} now"));
        }
        self.next_jump();
    }

    pub(super) fn hostile(&mut self, index: usize) {
        let (Some(node), Some(mind)) = (self.nodes.get(index), self.minds.get_mut(index)) else {
            return;
        };
        let said = mind.acts(node, &mut self.chance);
        for bytes in said {
            let shared = bytes.into();
            for to in self.others(index) {
                self.send(index, to, &shared);
            }
        }
        // A night is long.
        let most = match self.plan.night > 0 && !self.healed {
            true => 60_000,
            false => 2_000,
        };
        let next = self.chance.time(200, most);
        self.after(next, Event::Hostile(index));
    }

    /// From here on nothing goes wrong but what hostile ones do.
    pub(super) fn heal(&mut self) -> Result<(), Broken> {
        self.tell(|| "nothing goes wrong from here on".to_owned());
        self.healed = true;
        self.weather = FAIR;
        self.mend();
        for index in 0..self.nodes.len() {
            let clock = self.clock();
            let node: &mut Node = self.node(index)?;
            node.clock = clock;
            node.disk.borrow_mut().quench();
        }
        let night = std::mem::take(&mut self.off);
        self.switch_off(self.plan.absent)?;
        for index in night {
            self.restart(index)?;
        }
        Ok(())
    }
}
