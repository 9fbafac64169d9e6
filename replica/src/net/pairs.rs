//! One session for each pair of peers: two that have each other in their configuration both call,
//! and would send everything twice.
//!
//! Of two that begin together the one that the lower key called goes on. Both sides know both keys,
//! so they choose the same one, whichever of the two they saw first. Otherwise the newer goes on:
//! nobody calls while a session stands, so its caller has lost the older one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chopmark_core::DeviceId;
use tokio::sync::watch;
use tokio::time::Instant;

use super::progress::Progress;

/// Sessions that begin within this time of each other begin together: far longer than a hello
/// takes, and short for a peer that was started again and waits to be let in.
const TOGETHER: Duration = Duration::from_secs(5);

/// The sessions that stand, by the other side.
#[derive(Clone, Default)]
pub(super) struct Pairs(Arc<Mutex<Standing>>);

#[derive(Default)]
struct Standing {
    sessions: BTreeMap<DeviceId, One>,
    /// Tells a session from one that took its place.
    newest: u64,
}

struct One {
    number: u64,
    caller: DeviceId,
    began: Instant,
    progress: watch::Receiver<Progress>,
    /// Dropped when another session takes this one's place.
    _place: watch::Sender<()>,
}

/// The place of a session; it is free again when this is dropped.
pub(super) struct Claim {
    pairs: Pairs,
    other: DeviceId,
    number: u64,
    place: watch::Receiver<()>,
}

impl Pairs {
    /// Takes the place of the session with `other`, which `caller` of the two began; `None` when
    /// the session that stands goes on.
    pub(super) fn claim(
        &self,
        other: DeviceId,
        caller: DeviceId,
        began: Instant,
        progress: watch::Receiver<Progress>,
    ) -> Option<Claim> {
        let mut standing = self.locked();
        let goes_on = |one: &One| {
            one.caller < caller && began.saturating_duration_since(one.began) < TOGETHER
        };
        if standing.sessions.get(&other).is_some_and(goes_on) {
            return None;
        }
        standing.newest = standing.newest.wrapping_add(1);
        let number = standing.newest;
        let (sender, place) = watch::channel(());
        let one = One {
            number,
            caller,
            began,
            progress,
            _place: sender,
        };
        standing.sessions.insert(other, one);
        Some(Claim {
            pairs: self.clone(),
            other,
            number,
            place,
        })
    }

    /// How the session with `other` is doing, if one stands. It ends when its sender is gone.
    pub(super) fn standing(&self, other: DeviceId) -> Option<watch::Receiver<Progress>> {
        let standing = self.locked();
        let one = standing.sessions.get(&other)?;
        Some(one.progress.clone())
    }

    fn locked(&self) -> MutexGuard<'_, Standing> {
        // Each change is a single step, so a panic leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// Waits until another session has taken this place.
    pub(super) async fn lost(&mut self) {
        while self.place.changed().await.is_ok() {}
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut standing = self.pairs.locked();
        let stands = standing.sessions.get(&self.other);
        if stands.is_some_and(|one| one.number == self.number) {
            standing.sessions.remove(&self.other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_session_of_the_lower_key_goes_on_whichever_came_first() {
        let (low, high) = (DeviceId::from_bytes([1; 32]), DeviceId::from_bytes([2; 32]));
        let (_sender, progress) = watch::channel(Progress::default());
        let now = Instant::now();
        let later =
            |pairs: &Pairs, caller, wait| pairs.claim(high, caller, now + wait, progress.clone());
        let claim = |pairs: &Pairs, caller| later(pairs, caller, Duration::ZERO);

        let pairs = Pairs::default();
        let mut first = claim(&pairs, high).unwrap();
        let second = claim(&pairs, low).unwrap();
        first.lost().await;
        drop(first);
        assert!(pairs.standing(high).is_some(), "not the one that left");
        assert!(claim(&pairs, high).is_none());
        // Its caller lost it and calls again.
        let third = claim(&pairs, low).unwrap();
        // The other side was started anew, and knows of no session.
        let fourth = later(&pairs, high, TOGETHER).unwrap();
        drop((second, third, fourth));
        assert!(pairs.standing(high).is_none());
        assert!(claim(&pairs, high).is_some());
    }
}
