use std::{fmt, time::Duration};

use anyhow::{Result, ensure};
use tokio::time::{sleep, timeout};

use super::{LOOK, PEERS, newest};
use crate::{Dice, Network};

/// Long enough for what was decided before a cut to become final on both sides.
const SETTLING: Duration = Duration::from_secs(3);

/// What is to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Peers are killed, one at a time.
    Kills,
    /// The network falls into two halves.
    Cuts,
    /// Mostly the one, now and then the other.
    Both,
}

/// What happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fates {
    /// Peers that were killed while they ran.
    pub kills: usize,
    /// Peers that were killed while they started.
    pub stumbles: usize,
    /// How often the network fell into two halves.
    pub cuts: usize,
}

impl fmt::Display for Fates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kills,
            stumbles,
            cuts,
        } = self;
        write!(
            f,
            "{kills} kills, {stumbles} of a peer that was starting, {cuts} cuts into halves"
        )
    }
}

impl Fates {
    /// How much happened.
    #[must_use]
    pub fn all(&self) -> usize {
        self.kills + self.stumbles + self.cuts
    }

    /// Something happens and is over when this returns: all peers run, and reach each other.
    pub(super) async fn strike(
        &mut self,
        network: &mut Network,
        trouble: Trouble,
        dice: &mut Dice,
    ) -> Result<String> {
        let peers: Vec<usize> = (0..PEERS).collect();
        let victim = dice.pick(&peers).copied().unwrap_or(0);
        if trouble == Trouble::Cuts || (trouble == Trouble::Both && dice.one_in(8)) {
            self.cuts += 1;
            // Each way to make two halves: with the first peer goes one of the others.
            let friend = victim.max(1);
            // Shorter and longer than what connections bear.
            let length = Duration::from_millis(dice.between(1_000, 20_000));
            cut_in_halves(network, [0, friend], length).await?;
            return Ok(format!("0 and {friend} were cut off for {length:?}"));
        }
        network.kill(victim).await?;
        self.kills += 1;
        let mut told = format!("killed {victim}");
        while dice.one_in(4) {
            // Killed again before it is ready, which a kill in the middle of a recovery is.
            let soon = Duration::from_millis(dice.between(20, 400));
            if timeout(soon, network.serve_one(victim)).await.is_err() {
                self.stumbles += 1;
                told.push_str(&format!(", again {soon:?} after its start"));
                // The system takes a moment to let go of the folder.
                sleep(LOOK).await;
            } else {
                return Ok(told);
            }
        }
        let away = Duration::from_millis(dice.between(0, 3_000));
        sleep(away).await;
        network.serve_one(victim).await?;
        Ok(format!("{told}, back after {away:?}"))
    }
}

/// Two peers of four reach each other and not the others, for a while: nobody makes a checkpoint.
pub(super) async fn cut_in_halves(
    network: &Network,
    side: [usize; 2],
    length: Duration,
) -> Result<()> {
    network.part(&side);
    sleep(SETTLING).await;
    let before = newest(network).await?;
    sleep(length).await;
    let after = newest(network).await?;
    network.heal();
    ensure!(
        before == after,
        "half of the validators made checkpoints: from height {before} to {after}"
    );
    Ok(())
}
