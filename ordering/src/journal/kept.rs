//! A log in memory that outlives its engine.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use super::{Journal, JournalError};

#[derive(Clone, Default)]
pub(crate) struct Kept(pub(crate) Rc<RefCell<Contents>>);

#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) height: u64,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) synced: usize,
    /// How often it was flushed, and whether the disk fails at the next one.
    pub(crate) flushes: usize,
    pub(crate) fails: bool,
}

impl Journal for Kept {
    fn height(&self) -> u64 {
        self.0.borrow().height
    }

    fn entries(&mut self) -> Result<Vec<Vec<u8>>, JournalError> {
        Ok(self.0.borrow().entries.clone())
    }

    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError> {
        self.0.borrow_mut().entries.push(entry.to_vec());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        let mut contents = self.0.borrow_mut();
        if contents.fails {
            return Err(JournalError::Io {
                path: "votes.wal".into(),
                source: io::Error::other("the disk is gone"),
            });
        }
        contents.flushes += 1;
        contents.synced = contents.entries.len();
        Ok(())
    }

    fn rewrite(&mut self, entries: &[Vec<u8>]) -> Result<(), JournalError> {
        self.0.borrow_mut().entries = entries.to_vec();
        self.sync()
    }

    fn reset(&mut self, height: u64) -> Result<(), JournalError> {
        let mut contents = self.0.borrow_mut();
        contents.height = height;
        contents.entries.clear();
        contents.synced = 0;
        Ok(())
    }
}
