//! The solo orderer: a checkpoint as soon as there is work, a heartbeat when there is none.

use std::time::Duration;

use chopmark_replica::WhenIdle;

use crate::peer::Peer;

/// The shortest time between two checkpoints: what arrives within it shares one header, one
/// signature and one fsync.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest: offers expire and waits end by checkpoint time, also when nothing is written.
const HEARTBEAT: Duration = Duration::from_secs(60);
/// After a failure, a full disk say: long enough not to fill the log with the same line.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Orders until the task is dropped.
pub(crate) async fn run(peer: Peer) {
    let mut arrivals = peer.arrivals();
    // The first checkpoint of a network or of this run: devices learn the time from it.
    let mut idle = WhenIdle::Beat;
    loop {
        match peer.order(idle).await {
            Ok(Some(height)) => tracing::debug!(height = height.0, "ordered"),
            Ok(None) => {}
            Err(why) => {
                tracing::error!(why = format!("{why:#}"), "nothing could be ordered");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
        tokio::time::sleep(SHORTEST).await;
        idle = match tokio::time::timeout(HEARTBEAT, arrivals.changed()).await {
            Ok(Ok(())) => WhenIdle::Wait,
            Ok(Err(_closed)) => return,
            Err(_quiet) => WhenIdle::Beat,
        };
    }
}
