//! Where a running peer stands, in figures: read once, for programs (`/metrics`) and for people
//! (`/dashboard`), so that both say the same.

use std::sync::Arc;

use chopmark_core::{DeviceId, StateView as _, TimeMs};
use chopmark_ordering::Counts;
use chopmark_replica::Link;

use crate::admin::Links;
use crate::clock;
use crate::peer::{Peer, coming};

/// A running peer and the connections that it keeps, for whoever watches them.
pub(crate) struct Watched {
    pub(crate) peer: Peer,
    pub(crate) links: Arc<Links>,
}

/// All figures of one moment.
pub(crate) struct Figures {
    /// Height and time of the newest checkpoint.
    pub(crate) height: u64,
    pub(crate) time: TimeMs,
    /// By this machine's clock, since that time.
    pub(crate) age_ms: u64,
    pub(crate) log_blocks: u64,
    /// Checkpoints that a snapshot passed over and that are not here yet.
    pub(crate) log_gap: u64,
    /// Blocks here and in no checkpoint yet.
    pub(crate) open_blocks: usize,
    pub(crate) refused_records: usize,
    pub(crate) subjects: usize,
    /// How many peers order, and whether this one is among them.
    pub(crate) validators: usize,
    pub(crate) orders: bool,
    /// Whether it was restored from a copy, and signs and orders nothing yet.
    pub(crate) restoring: bool,
    /// Round and counts of a peer that orders, as ordering said last.
    pub(crate) ordering: Option<(Option<u32>, Counts)>,
    /// The other members' peers that this one calls.
    pub(crate) peers: Vec<PeerFigure>,
    /// What is to happen to members' root keys.
    pub(crate) coming: Vec<String>,
}

/// One of the connections that a peer keeps.
pub(crate) struct PeerFigure {
    /// The member it belongs to; the key as long as the ledger does not say.
    pub(crate) name: String,
    pub(crate) link: Link,
    /// Whether it orders.
    pub(crate) orders: bool,
}

impl Watched {
    /// Reads every figure. Waits for the ledger, so not on a thread that others wait for.
    pub(crate) fn figures(&self) -> Figures {
        let replica = self.peer.replica();
        let own = self.peer.device();
        let (open_blocks, log_gap) = (replica.open_count(), replica.passed_over());
        replica.read_final(|ledger| {
            let (tip, state) = (ledger.tip(), ledger.state());
            let validators = ledger.validators();
            let name = |key: &DeviceId| {
                let member = state.device(key).map(|device| *device.member());
                let member = member.and_then(|id| state.member(&id));
                member.map_or_else(|| key.to_string(), |member| member.name().to_owned())
            };
            let peers = self.links.iter().map(|(key, link)| PeerFigure {
                name: name(key),
                link: link.borrow().clone(),
                orders: validators.with_key(key).is_some(),
            });
            Figures {
                height: tip.height.0,
                time: tip.time,
                age_ms: clock::now().0.saturating_sub(tip.time.0),
                log_blocks: ledger.log().size(),
                log_gap,
                open_blocks,
                refused_records: state.refusals().count(),
                subjects: state.subject_count(),
                validators: validators.as_slice().len(),
                orders: validators.with_key(&own).is_some(),
                restoring: self.peer.is_restoring(),
                ordering: self.peer.ordering().get(),
                peers: peers.collect(),
                coming: coming(state),
            }
        })
    }
}

impl Figures {
    /// How many of the peers that this one calls it is connected to.
    pub(crate) fn connected(&self) -> usize {
        let live = |peer: &&PeerFigure| matches!(peer.link, Link::Live { .. });
        self.peers.iter().filter(live).count()
    }

    /// The round at the height that is being agreed on; 0 while there is nothing to agree on. None
    /// where this peer does not order.
    pub(crate) fn round(&self) -> Option<u32> {
        self.ordering.map(|(round, _)| round.unwrap_or(0))
    }
}
