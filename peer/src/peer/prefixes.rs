//! Registrations of this member's prefixes: goods begin under a final one alone.

use std::time::Duration;

use chopmark_core::{MemberId, StateView};

use super::Peer;

/// How long a registration that was signed just now is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

impl Peer {
    /// Waits until what is registered for this member here is final, as far as that comes soon.
    /// What is not by then is named by whatever needs it.
    pub(crate) async fn settle_prefixes(&self) -> anyhow::Result<()> {
        let settle = async {
            let member = self.member();
            while self.view(move |view| is_pending(view, member)).await? {
                tokio::time::sleep(PAUSE).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, settle)
            .await
            .unwrap_or(Ok(()))
    }
}

fn is_pending(view: &dyn StateView, member: MemberId) -> bool {
    let own = view
        .registrations()
        .filter(|(_, held)| *held.owner() == member);
    let settled = view
        .final_registrations()
        .filter(|(_, held)| *held.owner() == member);
    own.count() > settled.count()
}
