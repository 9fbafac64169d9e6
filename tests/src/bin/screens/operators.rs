//! What operators see of a peer.

use anyhow::Result;
use chopmark_tests::CARRIER;

use crate::gallery::{Screen, Step};
use crate::stage::Stage;

/// The dashboard of a peer.
pub(super) fn all(stage: &Stage) -> Result<Vec<Screen>> {
    let gateway = stage.trade.network.member(CARRIER)?.gateway();
    Ok(vec![Screen::new(
        "peer-dashboard",
        format!("{gateway}/dashboard"),
        vec![Step::Wait("#recent")],
    )])
}
