//! Validators whose clocks jump.

use std::path::Path;

use anyhow::Result;

use super::{
    Fates, Load, OF_FOUR, Outcome, PEERS, await_all, await_progress, found_as, judge, newest,
};
use crate::{Clocks, Places, Setting};

/// An hour, in seconds, one way and the other.
const JUMPS: [i64; 2] = [3_600, -3_600];

/// The clock of one validator after the other jumps by an hour while devices write, one way and the
/// other, and back to what it was: the others go on, and it has what they have all the time.
///
/// # Errors
/// The promise that was broken, or what could not be started.
pub async fn jump_clocks(
    places: &Places,
    folder: &Path,
    tell: &(dyn Fn(String) + Sync),
) -> Result<Outcome> {
    let setting = Setting {
        clocks: Clocks::Own,
        ..OF_FOUR
    };
    let mut network = found_as(places, &folder.join("network"), setting).await?;
    let load = Load::start(&network, &folder.join("devices"), 3, None).await?;
    for validator in 0..PEERS {
        for seconds in JUMPS {
            network.set_clock(validator, seconds)?;
            await_progress(&network).await?;
            // And one who starts with such a clock.
            network.kill(validator).await?;
            network.serve_one(validator).await?;
            let height = await_progress(&network).await?;
            await_all(&network, height).await?;
            network.set_clock(validator, 0)?;
            tell(format!(
                "the clock of validator {validator} was {seconds} s off; height {height}"
            ));
        }
    }
    await_all(&network, newest(&network).await?).await?;
    let fates = Fates {
        kills: PEERS * JUMPS.len(),
        ..Fates::default()
    };
    judge::judge(&mut network, load, fates, (folder, tell)).await
}
