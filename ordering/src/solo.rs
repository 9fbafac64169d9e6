//! One orderer alone: for trials, and for a single firm.

use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{DeviceId, DeviceKey};

use crate::bft::{HEARTBEAT, SHORTEST};
use crate::host::{Counts, Host, Now, OrderError, Ordering};
use crate::message::MessageError;

/// The validator of a set of one. Before its members agreed on that set, and after they agreed on
/// another, it waits.
pub struct Solo {
    key: Arc<DeviceKey>,
    finished: Option<Duration>,
}

impl Solo {
    /// The orderer with this key.
    #[must_use]
    pub fn new(key: Arc<DeviceKey>) -> Self {
        Self {
            key,
            finished: None,
        }
    }
}

impl Ordering for Solo {
    fn message(&mut self, _: &dyn Host, _: DeviceId, _: &[u8]) -> Result<(), MessageError> {
        // There is nobody to agree with.
        Ok(())
    }

    fn poll(&mut self, host: &mut dyn Host, now: Now) -> Result<Duration, OrderError> {
        let set = host.validators();
        if !set.is_only(&self.key.id()) {
            // The peer asks again whenever something arrived.
            return Ok(HEARTBEAT);
        }
        // The first checkpoint of a network or of this run: devices learn the time from it.
        let rested = self
            .finished
            .map_or(HEARTBEAT, |at| now.running.saturating_sub(at));
        if rested >= SHORTEST {
            let beat = rested >= HEARTBEAT;
            if let Some(proposal) = host.propose(now.wall, beat).map_err(OrderError::Host)? {
                let own = proposal.cosign_among(&set, host.time(), &self.key);
                host.finish(proposal, vec![own]).map_err(OrderError::Host)?;
                self.finished = Some(now.running);
                return Ok(SHORTEST);
            }
        }
        Ok(match host.has_work() {
            true => SHORTEST
                .saturating_sub(rested)
                .max(Duration::from_millis(1)),
            false => HEARTBEAT.saturating_sub(rested),
        })
    }

    fn round(&self) -> Option<u32> {
        None
    }

    fn counts(&self) -> Counts {
        Counts::default()
    }
}
