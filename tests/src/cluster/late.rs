//! A validator that was away for longer than the others let it replay.

use std::path::Path;

use anyhow::{Result, ensure};
use tokio::time::sleep;

use super::{
    Fates, LOOK, Load, Outcome, PROGRESS, await_all, await_progress, found, judge, newest,
};
use crate::{BANK, Network, Places, Roads};

/// Who is away: none of its devices writes.
const LATE: usize = BANK;
/// Checkpoints that it misses: more than a peer runs one after the other, which is 512 and one for
/// each 256 subjects.
const MISSED: u64 = 600;
/// How often it is killed on its way back, at most.
const KILLS: usize = 3;

/// While a validator is away the others make so many checkpoints that it takes a snapshot over
/// when it is back. It is killed while it fills in what the snapshot passed over, comes back
/// again, and the network then needs it.
///
/// # Errors
/// The promise that was broken, or what could not be started.
pub async fn come_late(
    places: &Places,
    folder: &Path,
    roads: Roads,
    tell: &(dyn Fn(String) + Sync),
) -> Result<Outcome> {
    let mut network = found(places, &folder.join("network"), (roads, 0)).await?;
    let load = Load::start(&network, &folder.join("devices"), 7, Some(LATE)).await?;
    let mut fates = Fates::default();
    network.kill(LATE).await?;
    fates.kills += 1;
    let meet = newest(&network).await? + MISSED;
    while newest(&network).await? < meet {
        await_progress(&network).await?;
    }
    tell(format!("validator {LATE} missed {MISSED} checkpoints"));
    let mut killed = 0;
    network.serve_one(LATE).await?;
    while killed < KILLS && is_filling(&network, meet).await? {
        network.kill(LATE).await?;
        killed += 1;
        tell(format!(
            "it is killed while it fills its log, time {killed}"
        ));
        network.serve_one(LATE).await?;
    }
    ensure!(
        killed > 0,
        "it took no snapshot over, or filled its log at once"
    );
    fates.kills += killed;
    await_all(&network, newest(&network).await?).await?;
    while network.metric(LATE, "log_gap_checkpoints").await? > 0 {
        sleep(LOOK).await;
    }
    tell("it has the whole log".to_owned());
    // Of four validators one may be away: from here on it is needed.
    network.kill(0).await?;
    fates.kills += 1;
    let height = await_progress(&network).await?;
    tell(format!("without validator 0 there is height {height}"));
    network.serve().await?;
    await_all(&network, height).await?;
    judge::judge(&mut network, load, fates, (folder, tell)).await
}

/// Waits until the validator has taken a snapshot over; whether its log has a gap then.
async fn is_filling(network: &Network, height: u64) -> Result<bool> {
    let end = std::time::Instant::now() + PROGRESS;
    loop {
        // Before the gap: a snapshot brings both, and might come between the two questions.
        let reached = network.metric(LATE, "height").await? >= height;
        if network.metric(LATE, "log_gap_checkpoints").await? > 0 {
            return Ok(true);
        }
        if reached {
            return Ok(false);
        }
        ensure!(
            std::time::Instant::now() < end,
            "validator {LATE} does not catch up for {PROGRESS:?}"
        );
    }
}
