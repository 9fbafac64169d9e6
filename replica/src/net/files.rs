//! Evidence that moves beside a session.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chopmark_core::{EvidenceId, PartyKind};
use quinn::Connection;
use tokio::sync::watch;
use tokio::time::Instant;

use super::keep::LONGEST_WAIT_MS;
use super::progress::Progress;
use super::{Node, SyncError};
use crate::store::EvidenceState;

/// Evidence that could not move is tried again after so long: its block may have been faster.
const FIRST_WAIT_MS: u64 = 1_000;
/// Files looked at in one round.
const ROUND: usize = 4_096;

/// Files that moved beside a session.
#[derive(Default)]
pub(super) struct Files {
    pub(super) sent: usize,
    pub(super) received: usize,
}

/// Which way evidence moves.
#[derive(Clone, Copy)]
enum Way {
    Put,
    Get,
}

impl Node {
    /// Moves evidence beside a session: a device hands in what it has, a peer fetches what its
    /// blocks name from other peers. Returns when the session has ended and nothing is left to do.
    pub(super) async fn exchange_evidence(
        &self,
        connection: &Connection,
        mut progress: watch::Receiver<Progress>,
    ) -> Result<Files, SyncError> {
        let mut files = Files::default();
        let mut failed = Failed::default();
        let mut changes = self.0.replica.store().files();
        loop {
            let now = *progress.borrow_and_update();
            // Before the round: what comes while it goes on is for the next.
            changes.mark_unchanged();
            let way = match (self.0.replica.kind(), now.met.map(|met| met.kind)) {
                (PartyKind::Device, _) => Some(Way::Put),
                (PartyKind::Peer, Some(PartyKind::Peer)) => Some(Way::Get),
                (PartyKind::Peer, _) => None,
            };
            if let Some(way) = way.filter(|_| now.exchanged) {
                self.evidence_round(connection, way, &mut failed, &mut files)
                    .await?;
            }
            tokio::select! {
                // The sender is gone when the session has ended.
                changed = progress.wait_for(|next| *next != now) => if changed.is_err() {
                    return Ok(files);
                },
                // The store outlives every session. What is handed in waits for its block to be
                // taken, and a peer fetches what is named here.
                _ = changes.changed(), if matches!(way, Some(Way::Get)) => {}
                () = tokio::time::sleep_until(failed.next(Instant::now())) => {}
            }
        }
    }

    /// Hands in, once, what is here and no peer has confirmed.
    pub(super) async fn hand_in_files(&self, connection: &Connection) -> Result<(), SyncError> {
        let (mut failed, mut files) = (Failed::default(), Files::default());
        self.evidence_round(connection, Way::Put, &mut failed, &mut files)
            .await
    }

    async fn evidence_round(
        &self,
        connection: &Connection,
        way: Way,
        failed: &mut Failed,
        files: &mut Files,
    ) -> Result<(), SyncError> {
        let state = match way {
            Way::Put => EvidenceState::Here,
            Way::Get => EvidenceState::Wanted,
        };
        let rows = self
            .blocking(move |replica| Ok(replica.store().evidence_in(state, ROUND)?))
            .await?;
        failed.keep_only(&rows.iter().map(|row| row.id).collect());
        for row in rows {
            if !failed.is_due(row.id, Instant::now()) {
                continue;
            }
            let moved = match way {
                Way::Put => self.put_evidence(connection, row.id).await,
                Way::Get => self.get_evidence(connection, row.id).await,
            };
            match (moved, way) {
                (Ok(()), Way::Put) => files.sent = files.sent.saturating_add(1),
                (Ok(()), Way::Get) => files.received = files.received.saturating_add(1),
                (Err(error @ SyncError::Lost { .. }), _) => return Err(error),
                (Err(error), _) => {
                    tracing::info!(evidence = %row.id, code = error.code(), %error, "evidence did not move");
                    failed.again(row.id, Instant::now());
                }
            }
        }
        Ok(())
    }
}

/// When files that did not move are tried again, each after a longer wait.
#[derive(Default)]
struct Failed(BTreeMap<EvidenceId, (Instant, u64)>);

impl Failed {
    /// Forgets what is to be moved no more: it moved, or came another way. It would stay due, and
    /// be looked for without a pause.
    fn keep_only(&mut self, wanted: &BTreeSet<EvidenceId>) {
        self.0.retain(|id, _| wanted.contains(id));
    }

    fn is_due(&self, id: EvidenceId, now: Instant) -> bool {
        self.0.get(&id).is_none_or(|(due, _)| *due <= now)
    }

    fn again(&mut self, id: EvidenceId, now: Instant) {
        let wait_ms = match self.0.get(&id) {
            Some((_, before)) => before.saturating_mul(2).min(LONGEST_WAIT_MS),
            None => FIRST_WAIT_MS,
        };
        let due = now + Duration::from_millis(wait_ms);
        self.0.insert(id, (due, wait_ms));
    }

    /// When something is due, or a look is due anyway.
    fn next(&self, now: Instant) -> Instant {
        let due = self.0.values().map(|(due, _)| *due).min();
        due.unwrap_or_else(|| now + Duration::from_millis(LONGEST_WAIT_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_file_that_does_not_move_is_tried_after_longer_and_longer() {
        let (id, start) = (EvidenceId::from_bytes([1; 32]), Instant::now());
        let mut failed = Failed::default();
        assert!(failed.is_due(id, start));
        failed.again(id, start);
        assert!(!failed.is_due(id, start));
        assert_eq!(failed.next(start), start + ms(FIRST_WAIT_MS));
        let later = failed.next(start);
        assert!(failed.is_due(id, later));
        failed.again(id, later);
        assert_eq!(failed.next(later), later + ms(2 * FIRST_WAIT_MS));
    }

    /// A file failed at one peer and came from another: it stayed due at the first, and idle peers
    /// used 40 % of a core each.
    #[test]
    fn a_file_that_came_another_way_is_due_no_more() {
        let (id, start) = (EvidenceId::from_bytes([1; 32]), Instant::now());
        let mut failed = Failed::default();
        failed.again(id, start);
        let later = failed.next(start) + ms(1);
        failed.keep_only(&BTreeSet::new());
        assert_eq!(failed.next(later), later + ms(LONGEST_WAIT_MS));
    }
}
