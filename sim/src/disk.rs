//! A disk that keeps what was synced, and of the rest what chance leaves.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;

use chopmark_core::VerifiedCheckpoint;
use chopmark_ordering::{Journal, JournalError};

use crate::chance::Chance;
use crate::peer::Known;

/// What a store keeps, in the order of arrival.
#[derive(Clone)]
pub(crate) enum Kept {
    Block(Rc<Known>),
    Checkpoint(Rc<VerifiedCheckpoint>),
}

/// An item and which node it came from.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) kept: Kept,
    pub(crate) origin: Option<usize>,
}

/// What a disk loses although it was synced: with anything but nothing, the judge must notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forgets {
    Nothing,
    #[cfg_attr(not(test), expect(dead_code, reason = "planted by tests alone"))]
    Votes,
    #[cfg_attr(not(test), expect(dead_code, reason = "planted by tests alone"))]
    Blocks,
}

/// One machine's disk.
#[derive(Default)]
pub(crate) struct Disk {
    journal_height: u64,
    entries: Vec<Vec<u8>>,
    unsynced: Vec<Vec<u8>>,
    /// A reset that was cut short left the entries of the height before.
    torn_reset: bool,
    /// Committed in transactions: all of a batch, or nothing.
    pub(crate) items: Vec<Stored>,
    /// Up to where every other node's items are here.
    pub(crate) since: BTreeMap<usize, u64>,
    /// The newest saved state, which saves replaying.
    pub(crate) snapshot: Option<Vec<u8>>,
    /// So many more steps, and the machine dies.
    fuse: Option<u32>,
    dead: bool,
}

/// A disk that the ledger and the write-ahead log share.
pub(crate) type SharedDisk = Rc<RefCell<Disk>>;

impl Disk {
    /// Lets the machine die after so many more steps of its own.
    pub(crate) fn light(&mut self, steps: u32) {
        self.fuse = Some(steps);
    }

    /// Lets it live after all.
    pub(crate) fn quench(&mut self) {
        self.fuse = None;
    }

    /// One step: whether the machine still runs after it.
    pub(crate) fn step(&mut self) -> bool {
        match &mut self.fuse {
            Some(0) => self.dead = true,
            Some(steps) => *steps -= 1,
            None => {}
        }
        !self.dead
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead
    }

    /// What a crash leaves: of a killed process everything that it wrote, though not yet on the
    /// disk itself; of a power cut what was synced, and of the rest a beginning.
    pub(crate) fn crash(&mut self, forgets: Forgets, chance: &mut Chance) {
        let cut = chance.permille(500);
        if cut {
            let kept = chance.index(self.unsynced.len().saturating_add(1));
            // What of the next entry was written is torn, and the log drops it.
            self.unsynced.truncate(kept);
            self.entries.append(&mut self.unsynced);
        }
        if std::mem::take(&mut self.torn_reset) && cut && chance.permille(500) {
            self.entries.clear();
        }
        match forgets {
            Forgets::Nothing => {}
            Forgets::Votes => self.entries.clear(),
            Forgets::Blocks => {
                self.items.truncate(self.items.len() / 2);
                self.snapshot = None;
            }
        }
        (self.fuse, self.dead) = (None, false);
    }
}

/// The write-ahead log on such a disk.
pub(crate) struct DiskJournal(pub(crate) SharedDisk);

fn power_cut() -> JournalError {
    JournalError::Io {
        path: PathBuf::from("votes.wal"),
        source: io::Error::other("the power was cut"),
    }
}

impl Journal for DiskJournal {
    fn height(&self) -> u64 {
        self.0.borrow().journal_height
    }

    fn entries(&mut self) -> Result<Vec<Vec<u8>>, JournalError> {
        let disk = self.0.borrow();
        Ok(disk.entries.iter().chain(&disk.unsynced).cloned().collect())
    }

    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError> {
        let mut disk = self.0.borrow_mut();
        if !disk.step() {
            return Err(power_cut());
        }
        disk.unsynced.push(entry.to_vec());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        let mut disk = self.0.borrow_mut();
        if !disk.step() {
            return Err(power_cut());
        }
        let Disk {
            entries, unsynced, ..
        } = &mut *disk;
        entries.append(unsynced);
        Ok(())
    }

    /// As the real one: a power cut leaves the entries of before, or these.
    fn rewrite(&mut self, entries: &[Vec<u8>]) -> Result<(), JournalError> {
        let mut disk = self.0.borrow_mut();
        if !disk.step() {
            return Err(power_cut());
        }
        disk.entries = entries.to_vec();
        disk.unsynced.clear();
        match disk.step() {
            true => Ok(()),
            false => Err(power_cut()),
        }
    }

    /// As the real one: the height is written, then the entries are cut off, and a power cut may
    /// come between.
    fn reset(&mut self, height: u64) -> Result<(), JournalError> {
        let mut disk = self.0.borrow_mut();
        if !disk.step() {
            return Err(power_cut());
        }
        disk.journal_height = height;
        if !disk.step() {
            disk.torn_reset = true;
            return Err(power_cut());
        }
        disk.entries.clear();
        disk.unsynced.clear();
        Ok(())
    }
}
