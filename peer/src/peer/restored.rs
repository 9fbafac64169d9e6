//! A peer that was restored from a copy does not know what its original did since: what its
//! devices signed, and how it voted. Until it does it signs nothing and orders nothing, or it
//! would sign a second history, or vote twice at one height.
//!
//! It knows what its devices signed, as far as anyone has it, once it has exchanged with every peer
//! that it calls. Of its votes nobody tells it, but where they were: the original voted at most at
//! the height after the newest checkpoint of its time. A checkpoint that was made after the restore
//! is that height or a later one, and above it nobody voted with this key.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context as _;
use chopmark_core::{DeviceId, Height, TimeMs};
use chopmark_replica::{Link, Lock, Replica, ReplicaError, Store, StoreError};

use super::Peer;
use crate::admin::Links;
use crate::clock;
use crate::config::Order;
use crate::folder::Folder;

/// A checkpoint whose time is so much later than the restore was made after it: validators vote
/// for none that is 10 s ahead of their clocks, and these and this one may be 10 s apart each.
const AFTER_MS: u64 = 30_000;
/// And it is not one of these that follow what the others had at first: where clocks were set
/// back, the network's time stands ahead of them.
const BEYOND: u64 = 2;
/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(200);
/// Between two lines about it in the log, in looks.
const REPORT_LOOKS: u32 = 150;
/// The fact in the store that says which file the votes are recorded in.
const BALLOTS: &str = "ballots";

/// The peer was restored and does not know enough yet.
#[derive(Debug, thiserror::Error)]
#[error(
    "this peer was restored from a copy and signs nothing until it has exchanged with every peer in its chopmark.toml, and, if it orders, the network has gone on; `chopmark status` says when it has"
)]
pub(crate) struct StillRestoring;

/// The ledger's file is damaged, or a row without which it does not open.
#[derive(Debug, thiserror::Error)]
#[error(
    "the ledger in {} is damaged ({detail}), so this peer signs nothing and votes on nothing: check the disk, then put a backup in the folder's place (docs/operating.md, Backup and restore), or move ledger.db, ledger.db-wal and ledger.db-shm away and start again: the ledger comes back from the other members' peers",
    folder.display()
)]
struct Damaged {
    folder: PathBuf,
    detail: String,
}

/// Says what to do about a damaged ledger. What the store itself advises is for a device: a peer
/// that began anew in an empty folder would sign a second history.
fn name_damage(folder: &Folder, error: anyhow::Error) -> anyhow::Error {
    let replica = match error.downcast_ref::<ReplicaError>() {
        Some(ReplicaError::Store(why)) => Some(why),
        _ => None,
    };
    let detail = match replica.or_else(|| error.downcast_ref::<StoreError>()) {
        Some(StoreError::DamagedFile { detail, .. }) => detail.clone(),
        Some(StoreError::DamagedRow { table, row }) => format!("row {row} of table {table}"),
        _ => return error,
    };
    let folder = folder.path().to_owned();
    Damaged { folder, detail }.into()
}

/// Whether the peer may sign and vote.
#[derive(Default)]
pub(super) struct Restoring(AtomicBool);

impl Restoring {
    /// Opens a folder's ledger, as another instance if the folder is a copy. Where the ledger was
    /// taken away, a new one knows as little of what was signed as a copy.
    pub(super) fn open(
        folder: &Folder,
        open: impl Fn() -> anyhow::Result<Replica>,
    ) -> anyhow::Result<(Self, Replica)> {
        Self::open_now(folder, open).map_err(|error| name_damage(folder, error))
    }

    fn open_now(
        folder: &Folder,
        open: impl Fn() -> anyhow::Result<Replica>,
    ) -> anyhow::Result<(Self, Replica)> {
        if !folder.is_restored() && !Store::is_taken_away(folder.path()) {
            let replica = open()?;
            if !is_copied(folder, &replica)? {
                return Ok((Self::default(), replica));
            }
        }
        folder.mark_restored()?;
        // None in a backup that was cut short.
        if Store::exists(folder.path()) {
            Store::become_another(folder.path(), Lock::KeyFile)?;
        }
        Ok((Self(AtomicBool::new(true)), open()?))
    }
}

impl Peer {
    /// Whether it still waits to know what its original did.
    pub(crate) fn is_restoring(&self) -> bool {
        self.0.restoring.0.load(SeqCst)
    }

    /// Lets nothing be signed before that.
    pub(crate) fn may_sign(&self) -> Result<(), StillRestoring> {
        match self.is_restoring() {
            true => Err(StillRestoring),
            false => Ok(()),
        }
    }

    /// Returns once it does.
    pub(crate) async fn restored(
        &self,
        folder: &Folder,
        links: &Links,
        order: Order,
    ) -> anyhow::Result<()> {
        if !self.is_restoring() {
            return Ok(());
        }
        let started = clock::now();
        let mut met = BTreeSet::new();
        let mut caught_up = None;
        let mut looks = 0_u32;
        loop {
            met.extend(links.iter().filter_map(exchanged));
            if met.len() == links.len() {
                let caught_up = *caught_up.get_or_insert_with(|| self.newest());
                let votes =
                    order == Order::Validator && self.is_validator() && !self.orders_alone();
                if !votes || is_past(caught_up, self.newest(), started) {
                    break;
                }
            }
            if looks.is_multiple_of(REPORT_LOOKS) {
                let (exchanged, of, height) = (met.len(), links.len(), self.height().0);
                tracing::warn!(
                    exchanged,
                    of,
                    height,
                    "restored from a copy: signing and ordering nothing yet"
                );
            }
            looks = looks.wrapping_add(1);
            tokio::time::sleep(LOOK).await;
        }
        folder.end_restored()?;
        self.0.restoring.0.store(false, SeqCst);
        tracing::info!(height = self.height().0, "restored");
        Ok(())
    }

    /// Whether this very file is the one that the votes are recorded in.
    pub(crate) fn knows_ballots(&self, ballots: &Path) -> anyhow::Result<bool> {
        let noted = self.0.replica.store().fact(BALLOTS)?;
        let here = place_of(ballots)?;
        Ok(noted.is_some() && noted == here.map(String::into_bytes))
    }

    /// Remembers which file the votes are recorded in, before the first one is.
    pub(crate) fn note_ballots(&self, ballots: &Path) -> anyhow::Result<()> {
        let place = place_of(ballots)?.context("the log of votes is not there")?;
        let store = self.0.replica.store();
        if store.fact(BALLOTS)?.as_deref() != Some(place.as_bytes()) {
            let mut batch = store.batch()?;
            batch.put_fact(BALLOTS, place.as_bytes())?;
            batch.commit()?;
        }
        Ok(())
    }
}

/// Whether a checkpoint was made after this peer was started.
fn is_past(at_first: (Height, TimeMs), newest: (Height, TimeMs), started: TimeMs) -> bool {
    let beyond = newest.0.0 >= at_first.0.0.saturating_add(BEYOND);
    beyond && newest.1 > started.plus(AFTER_MS)
}

fn exchanged((key, link): &(DeviceId, tokio::sync::watch::Receiver<Link>)) -> Option<DeviceId> {
    matches!(
        *link.borrow(),
        Link::Live {
            exchanged: true,
            ..
        }
    )
    .then_some(*key)
}

/// Whether the votes that the ledger knows of are recorded in another file than the one that is
/// here: the folder was copied, or the file was put back or taken away.
fn is_copied(folder: &Folder, replica: &Replica) -> anyhow::Result<bool> {
    let Some(noted) = replica.store().fact(BALLOTS)? else {
        return Ok(false);
    };
    let here = place_of(&folder.ballots())?;
    Ok(here.is_none_or(|here| here.as_bytes() != noted))
}

/// Which file this is: no copy has the number and the birth of the original.
fn place_of(path: &Path) -> anyhow::Result<Option<String>> {
    let found = match std::fs::metadata(path) {
        Err(none) if none.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        found => found.with_context(|| format!("cannot read {}", path.display()))?,
    };
    // Not every file system knows when a file was made.
    let born = found.created().ok();
    let born = born.and_then(|born| born.duration_since(UNIX_EPOCH).ok());
    Ok(Some(format!(
        "{} {}",
        found.ino(),
        born.unwrap_or_default().as_nanos()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_counts_only_beyond_what_was_there_and_after_the_start() {
        let at = |height, ms| (Height(height), TimeMs(ms));
        let started = TimeMs(100_000);
        let first = at(10, 99_000);
        assert!(is_past(first, at(12, 130_001), started));
        // The network's time stands ahead of the clocks: only the height tells.
        assert!(!is_past(at(10, 900_000), at(11, 900_001), started));
        // Many checkpoints that the first peer had not got yet.
        assert!(!is_past(first, at(50, 130_000), started));
    }

    #[test]
    fn a_copied_file_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        assert_eq!(place_of(&one).unwrap(), None);
        std::fs::write(&one, "votes").unwrap();
        let place = place_of(&one).unwrap();
        std::fs::write(&one, "more votes").unwrap();
        assert_eq!(place_of(&one).unwrap(), place);
        std::fs::copy(&one, &two).unwrap();
        assert_ne!(place_of(&two).unwrap(), place);
    }
}
