//! What every administrator of the network has to hear of while something can still be done
//! about it: that others are about to give a member new root keys, or to guard them.

use std::collections::BTreeSet;
use std::time::Duration;

use chopmark_core::{MemberState, StateView};

use super::Peer;
use crate::clock;

/// Checkpoints come ten a second, and these changes take two weeks.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// What is to happen to members' root keys, in words, member by member.
pub(crate) fn coming(state: &dyn StateView) -> Vec<String> {
    let members = state.members().filter(|(id, _)| state.is_member(id));
    members.flat_map(|(_, member)| of(member)).collect()
}

fn of(member: &MemberState) -> impl Iterator<Item = String> {
    let name = member.name();
    let recovery = member.recovery();
    let recovered = recovery.open().map(|open| match recovery.objected() {
        None => format!(
            "the root keys of {name} are being recovered, until {}: its present keys can object",
            clock::readable(open.holds_from())
        ),
        Some(_) => format!(
            "the root keys of {name} are being recovered, until {}: its present keys objected, so \
             all guardians and a quorum of members decide",
            clock::readable(open.lapses_at())
        ),
    });
    let guarded = member.guardians().coming().map(|coming| {
        let from = clock::readable(coming.hold_from());
        format!("others guard the root keys of {name} from {from} on")
    });
    recovered.into_iter().chain(guarded)
}

/// Writes each into the log once, as a warning, when it begins and at each start.
pub(crate) async fn announce(peer: Peer) {
    let mut arrivals = peer.arrivals();
    let mut told = BTreeSet::new();
    loop {
        arrivals.mark_unchanged();
        let now = peer.blocking(|peer| peer.replica().read_final(|ledger| coming(ledger.state())));
        let Ok(now) = now.await else {
            return;
        };
        for what in &now {
            if !told.contains(what) {
                tracing::warn!(
                    "{what}. `chopmark validators show` has more; docs/keys.md says what to do"
                );
            }
        }
        told = now.into_iter().collect();
        if arrivals.changed().await.is_err() {
            return;
        }
        tokio::time::sleep(AT_MOST_EVERY).await;
    }
}
