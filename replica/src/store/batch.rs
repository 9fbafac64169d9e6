//! Writing: everything of a batch, or nothing.

use std::sync::MutexGuard;

use chopmark_core::{
    BlockId, DeviceId, EvidenceId, HeaderHash, Height, SectionHash, Seq, SubjectId,
};
use rusqlite::{Connection, OptionalExtension as _, Params, params};

use super::read::{ItemKind, Number, unsigned};
use super::recent::Arrival;
use super::{PeerRow, Slot, Store, StoreError, signed};
use crate::seal::bound;

/// A block on its way into the store, with what is looked up by it.
#[derive(Clone, Copy, Debug)]
pub struct NewBlock<'a> {
    /// Its id.
    pub id: BlockId,
    /// The device that signed it, and its place in that device's feed.
    pub place: (DeviceId, Seq),
    /// Its bytes as sent.
    pub bytes: &'a [u8],
    /// Each subject that a record touches, with the record's index.
    pub touches: &'a [(SubjectId, u16)],
    /// The sections that its records name, with their lengths.
    pub sections: &'a [(SectionHash, u64)],
    /// The evidence that its records name, with ciphertext lengths.
    pub evidence: &'a [(EvidenceId, u64)],
}

/// One transaction of the only writer. Dropped without [`Self::commit`], it leaves nothing.
pub struct Batch<'a> {
    store: &'a Store,
    writer: MutexGuard<'a, Option<Connection>>,
    next: u64,
    /// What this batch puts in.
    arrivals: Vec<Arrival>,
    /// What it writes of other sides.
    pub(super) met: Vec<(Slot, PeerRow)>,
    /// Something goes that may be among the arrivals in memory.
    pub(super) takes_away: bool,
    /// What is known of files of evidence changes.
    pub(super) changes_files: bool,
    /// Set by a disk error: the connection is closed with the batch, see [`StoreError::Disk`].
    spoilt: bool,
    open: bool,
}

impl<'a> Batch<'a> {
    pub(super) fn begin(store: &'a Store) -> Result<Self, StoreError> {
        const NEWEST: &str = "SELECT coalesce(max(number), 0) FROM items";
        let mut batch = Self {
            store,
            writer: store.writer()?,
            next: 0,
            arrivals: Vec::new(),
            met: Vec::new(),
            takes_away: false,
            changes_files: false,
            spoilt: false,
            open: false,
        };
        batch.run("BEGIN IMMEDIATE", [])?;
        batch.open = true;
        let newest: Option<i64> = batch.first(NEWEST, [])?;
        batch.next = newest
            .and_then(|newest| u64::try_from(newest).ok())
            .unwrap_or(0)
            .saturating_add(1);
        Ok(batch)
    }

    /// Puts a block in that continues its feed; `None` when it is here already.
    ///
    /// # Errors
    /// What the disk says, as for every method here.
    pub fn put_block(
        &mut self,
        block: &NewBlock<'_>,
        origin: Slot,
    ) -> Result<Option<Number>, StoreError> {
        const OPEN: &str = "INSERT INTO open_blocks (number) VALUES (?1)";
        let put = self.put_item(ItemKind::Block, block.id.as_bytes(), block.bytes, origin)?;
        if let Some(number) = put {
            self.run(OPEN, params![signed(number.get())])?;
            self.index_block(block, number)?;
        }
        Ok(put)
    }

    /// Puts a block in that does not continue its feed here, or not yet. It is passed on, and
    /// found by its id, but by nothing else until it is taken in.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_aside(
        &mut self,
        block: &NewBlock<'_>,
        origin: Slot,
    ) -> Result<Option<Number>, StoreError> {
        const ASIDE: &str = "INSERT INTO aside_blocks (number) VALUES (?1)";
        let put = self.put_item(ItemKind::Block, block.id.as_bytes(), block.bytes, origin)?;
        if let Some(number) = put {
            self.run(ASIDE, params![signed(number.get())])?;
            self.expect_sections(block.sections)?;
        }
        Ok(put)
    }

    /// Takes a block in that was kept aside: it continues its feed now.
    ///
    /// # Errors
    /// What the disk says.
    pub fn take_from_aside(
        &mut self,
        block: &NewBlock<'_>,
        number: Number,
    ) -> Result<(), StoreError> {
        const LEAVE: &str = "DELETE FROM aside_blocks WHERE number = ?1";
        const OPEN: &str = "INSERT OR IGNORE INTO open_blocks (number) VALUES (?1)";
        self.run(LEAVE, params![signed(number.get())])?;
        self.run(OPEN, params![signed(number.get())])?;
        self.index_block(block, number)
    }

    /// Puts a block in that was in the log here before it came: a snapshot passed it over. `None`
    /// when it is here already.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_passed(
        &mut self,
        block: &NewBlock<'_>,
        log_index: u64,
        origin: Slot,
    ) -> Result<Option<Number>, StoreError> {
        let put = self.put_item(ItemKind::Block, block.id.as_bytes(), block.bytes, origin)?;
        if let Some(number) = put {
            self.index_block(block, number)?;
            self.mark_final(number, log_index)?;
        }
        Ok(put)
    }

    fn index_block(&mut self, block: &NewBlock<'_>, number: Number) -> Result<(), StoreError> {
        const TOUCH: &str = "INSERT OR IGNORE INTO touches (subject, place) VALUES (?1, ?2)";
        const FEED: &str = "INSERT OR IGNORE INTO feeds (device, seq, number) VALUES (?1, ?2, ?3)";
        let (device, seq) = block.place;
        let device = self.store.rows.name("device", device.as_bytes());
        self.run(
            FEED,
            params![device.as_slice(), signed(seq.0), signed(number.get())],
        )?;
        for (subject, index) in block.touches {
            let name = self.store.rows.name("subject", subject.as_bytes());
            self.run(TOUCH, params![name.as_slice(), number.place(*index)])?;
        }
        self.expect_sections(block.sections)?;
        for (id, length) in block.evidence {
            self.want_evidence(*id, *length)?;
        }
        Ok(())
    }

    /// Puts a checkpoint in, in place of what is here under its header: whoever passes a header
    /// on may have put something else beside it.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_checkpoint(
        &mut self,
        height: Height,
        header: HeaderHash,
        bytes: &[u8],
        origin: Slot,
    ) -> Result<(), StoreError> {
        const INSERT: &str = "INSERT OR REPLACE INTO checkpoints (height, number) VALUES (?1, ?2)";
        let kind = ItemKind::Checkpoint;
        if let Some(number) = self.number_of(kind, header.as_bytes())? {
            if self.is_sealed_in(unsigned(number), kind, (header.as_bytes(), bytes))? {
                return Ok(());
            }
            self.forget_item(unsigned(number))?;
        }
        let put = self.put_item(kind, header.as_bytes(), bytes, origin)?;
        match put {
            Some(number) => self
                .run(INSERT, params![signed(height.0), signed(number.get())])
                .map(drop),
            // Its name is free now.
            None => Ok(()),
        }
    }

    /// Whether these are the bytes of an item.
    fn is_sealed_in(
        &mut self,
        number: Number,
        kind: ItemKind,
        (id, bytes): (&[u8; 32], &[u8]),
    ) -> Result<bool, StoreError> {
        const QUERY: &str = "SELECT sealed FROM items WHERE number = ?1";
        let sealed: Option<Vec<u8>> = self.first(QUERY, params![signed(number.get())])?;
        let rows = &self.store.rows;
        let bound = number.bound(kind, &rows.name(kind.space(), id));
        let here = sealed.and_then(|sealed| rows.open(&bound, &sealed).ok());
        Ok(here.is_some_and(|here| here == bytes))
    }

    /// Removes what is here under a checkpoint's header, so that another may come.
    ///
    /// # Errors
    /// What the disk says.
    pub fn forget_checkpoint(&mut self, header: HeaderHash) -> Result<(), StoreError> {
        match self.number_of(ItemKind::Checkpoint, header.as_bytes())? {
            Some(number) => self.forget_item(unsigned(number)),
            None => Ok(()),
        }
    }

    /// Marks a block final: it is in the log at this index.
    ///
    /// # Errors
    /// What the disk says.
    pub fn mark_final(&mut self, number: Number, log_index: u64) -> Result<(), StoreError> {
        const CLOSE: &str = "DELETE FROM open_blocks WHERE number = ?1";
        const LOG: &str = "INSERT OR IGNORE INTO log (log_index, number) VALUES (?1, ?2)";
        const REFUSAL: &str = "DELETE FROM refusals WHERE number = ?1";
        let number = signed(number.get());
        self.run(CLOSE, params![number])?;
        self.run(LOG, params![signed(log_index), number])?;
        self.run(REFUSAL, params![number]).map(drop)
    }

    /// Remembers that a peer did not take an item of ours, and why.
    ///
    /// # Errors
    /// What the disk says.
    pub fn note_refusal(&mut self, number: Number, reason: &[u8]) -> Result<(), StoreError> {
        const INSERT: &str = "INSERT OR REPLACE INTO refusals (number, sealed) VALUES (?1, ?2)";
        let sealed = self.seal_numbered("refusals", number.get(), reason)?;
        self.run(INSERT, params![signed(number.get()), sealed])
            .map(drop)
    }

    /// Forgets that a peer did not take an item: one has it now.
    ///
    /// # Errors
    /// What the disk says.
    pub fn forget_refusal(&mut self, number: Number) -> Result<(), StoreError> {
        const DELETE: &str = "DELETE FROM refusals WHERE number = ?1";
        self.run(DELETE, params![signed(number.get())]).map(drop)
    }

    /// Removes a damaged item, so that it can be fetched again. Its number is not given anew:
    /// peers count on numbers rising.
    ///
    /// # Errors
    /// What the disk says.
    pub fn forget_item(&mut self, number: Number) -> Result<(), StoreError> {
        const ITEM: &str =
            "UPDATE items SET kind = 3, name = randomblob(16), sealed = x'' WHERE number = ?1";
        const OPEN: &str = "DELETE FROM open_blocks WHERE number = ?1";
        const LOG: &str = "DELETE FROM log WHERE number = ?1";
        const CHECKPOINT: &str = "DELETE FROM checkpoints WHERE number = ?1";
        const ASIDE: &str = "DELETE FROM aside_blocks WHERE number = ?1";
        // Else the same block would find its place taken when it comes again.
        const FEED: &str = "DELETE FROM feeds WHERE number = ?1";
        for query in [ITEM, OPEN, LOG, CHECKPOINT, ASIDE, FEED] {
            self.run(query, params![signed(number.get())])?;
        }
        self.takes_away = true;
        Ok(())
    }

    /// Writes a fact about this copy.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_fact(&mut self, fact: &str, value: &[u8]) -> Result<(), StoreError> {
        const INSERT: &str = "INSERT OR REPLACE INTO meta (fact, sealed) VALUES (?1, ?2)";
        let sealed = self
            .store
            .rows
            .seal(&bound("meta", &[fact.as_bytes()]), value)?;
        self.run(INSERT, params![fact, sealed]).map(drop)
    }

    /// Takes a fact about this copy away.
    ///
    /// # Errors
    /// What the disk says.
    pub fn drop_fact(&mut self, fact: &str) -> Result<(), StoreError> {
        const DELETE: &str = "DELETE FROM meta WHERE fact = ?1";
        self.run(DELETE, params![fact]).map(drop)
    }

    /// The newest number given, this batch included.
    #[must_use]
    pub fn newest(&self) -> Number {
        Number::new(self.next.saturating_sub(1))
    }

    /// Ends the batch. When this returns without an error, all of it is on disk.
    ///
    /// # Errors
    /// What the disk says; then nothing of the batch is kept.
    pub fn commit(mut self) -> Result<(), StoreError> {
        self.run("COMMIT", [])?;
        self.open = false;
        if self.takes_away {
            self.store.recent().begin_after(self.newest());
        } else {
            let arrivals = std::mem::take(&mut self.arrivals);
            self.store.recent().extend(arrivals);
        }
        self.store.note_met(std::mem::take(&mut self.met));
        if self.changes_files {
            self.store.files.send_replace(());
        }
        Ok(())
    }

    pub(super) fn put_item(
        &mut self,
        kind: ItemKind,
        id: &[u8; 32],
        bytes: &[u8],
        origin: Slot,
    ) -> Result<Option<Number>, StoreError> {
        const INSERT: &str = "INSERT INTO items (number, kind, origin, name, sealed) VALUES (?1, ?2, ?3, ?4, ?5) \
                              ON CONFLICT (name) DO NOTHING";
        let number = Number::new(self.next);
        let name = self.store.rows.name(kind.space(), id);
        let sealed = self.store.rows.seal(&number.bound(kind, &name), bytes)?;
        let put = self.run(
            INSERT,
            params![
                signed(number.get()),
                kind.code(),
                signed(origin.get()),
                name.as_slice(),
                sealed
            ],
        )?;
        if put == 0 {
            return Ok(None);
        }
        self.next = self.next.saturating_add(1);
        if self.store.passes_on {
            self.arrivals.push(Arrival {
                number,
                kind,
                origin,
                id: *id,
                bytes: bytes.into(),
            });
        }
        Ok(Some(number))
    }

    pub(super) fn has(&mut self, kind: ItemKind, id: &[u8; 32]) -> Result<bool, StoreError> {
        Ok(self.number_of(kind, id)?.is_some())
    }

    fn number_of(&mut self, kind: ItemKind, id: &[u8; 32]) -> Result<Option<i64>, StoreError> {
        const QUERY: &str = "SELECT number FROM items WHERE name = ?1";
        let name = self.store.rows.name(kind.space(), id);
        self.first(QUERY, params![name.as_slice()])
    }

    /// Seals a value of a table whose key is an integer.
    pub(super) fn seal_numbered(
        &self,
        table: &str,
        key: u64,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        Ok(self
            .store
            .rows
            .seal(&bound(table, &[&key.to_be_bytes()]), plain)?)
    }

    pub(super) fn store(&self) -> &'a Store {
        self.store
    }

    /// Runs one statement and says how many rows it changed.
    pub(super) fn run(&mut self, sql: &str, values: impl Params) -> Result<usize, StoreError> {
        self.with(|writer| writer.prepare_cached(sql)?.execute(values))
    }

    /// The first column of the first row.
    pub(super) fn first<T: rusqlite::types::FromSql>(
        &mut self,
        sql: &str,
        values: impl Params,
    ) -> Result<Option<T>, StoreError> {
        self.with(|writer| {
            writer
                .prepare_cached(sql)?
                .query_row(values, |row| row.get(0))
                .optional()
        })
    }

    fn with<T>(
        &mut self,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let Some(writer) = self.writer.as_ref() else {
            return Err(StoreError::Disk {
                detail: "the connection was closed after an earlier error".to_owned(),
            });
        };
        act(writer).map_err(|error| {
            let error = StoreError::from_sqlite(&self.store.path, error);
            self.spoilt |= error.spoils_connection();
            error
        })
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if self.spoilt {
            // Closed here, opened anew by the next batch: its state cannot be trusted.
            *self.writer = None;
        } else if self.open && self.run("ROLLBACK", []).is_err() {
            // SQLite rolls back by itself on some errors and then refuses this; a connection that
            // still has a transaction open must not be used again.
            if self
                .writer
                .as_ref()
                .is_some_and(|writer| !writer.is_autocommit())
            {
                *self.writer = None;
            }
        }
    }
}

/// What became of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionPut {
    /// It is stored now.
    Stored(Number),
    /// It was here already.
    Known,
    /// No block here names it, so it is not kept: nobody fills this disk with noise.
    NotExpected,
}
