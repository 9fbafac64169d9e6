//! The log's tree on disk: its leaves and the roots over them, 256 hashes to a row. A checkpoint
//! writes the last row of each tier that it changes; a path reads one row a tier and hashes it.

use std::collections::BTreeMap;

use chopmark_core::merkle::{MerkleTree, TreeHash, path_through};
use rusqlite::{OptionalExtension as _, params};

use super::read::unsigned;
use super::{Batch, Store, StoreError, signed};
use crate::seal::bound;

const TABLE: &str = "log_tiles";
/// Hashes of a whole row: 8 KiB, two pages; three tiers hold sixteen million leaves.
const TILE: usize = 1 << TILE_BITS;
const TILE_BITS: u32 = 8;
/// A hash.
const HASH_BYTES: usize = 32;

/// A row's name: its tier, and its place in it.
type Name = (u64, u64);

impl Batch<'_> {
    /// Appends leaves to a log that has `size` of them. What stands behind these is written over.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn append_leaves(&mut self, size: u64, leaves: &[TreeHash]) -> Result<(), StoreError> {
        let (mut tier, mut size, mut hashes) = (0, size, leaves.to_vec());
        while !hashes.is_empty() {
            let mut whole = Vec::new();
            let mut rest = hashes.as_slice();
            for place in size >> TILE_BITS.. {
                if rest.is_empty() {
                    break;
                }
                let before = place << TILE_BITS;
                let kept = usize::try_from(size.saturating_sub(before)).unwrap_or(TILE);
                let mut tile = self.start_of((tier, place), kept)?;
                let room = TILE.saturating_sub(tile.len());
                let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
                tile.extend_from_slice(now);
                rest = later;
                self.put_tile((tier, place), &tile)?;
                if tile.len() == TILE {
                    whole.push(MerkleTree::from_leaf_hashes(tile).root());
                }
            }
            (tier, size, hashes) = (tier.saturating_add(1), size >> TILE_BITS, whole);
        }
        Ok(())
    }

    /// Takes the tree away: it is made again of the log.
    ///
    /// # Errors
    /// What the disk says.
    pub fn drop_tiles(&mut self) -> Result<(), StoreError> {
        const DELETE: &str = "DELETE FROM log_tiles";
        self.run(DELETE, []).map(drop)
    }

    /// The first hashes of a row, of which there are at least so many.
    fn start_of(&mut self, name: Name, kept: usize) -> Result<Vec<TreeHash>, StoreError> {
        const QUERY: &str = "SELECT sealed FROM log_tiles WHERE tier = ?1 AND place = ?2";
        if kept == 0 {
            return Ok(Vec::new());
        }
        let (tier, place) = name;
        let sealed: Option<Vec<u8>> = self.first(QUERY, params![signed(tier), signed(place)])?;
        let sealed = sealed.ok_or_else(|| damaged(name))?;
        let mut tile = self.store().open_tile(name, &sealed)?;
        if tile.len() < kept {
            return Err(damaged(name));
        }
        tile.truncate(kept);
        Ok(tile)
    }

    fn put_tile(&mut self, name: Name, tile: &[TreeHash]) -> Result<(), StoreError> {
        const INSERT: &str =
            "INSERT OR REPLACE INTO log_tiles (tier, place, sealed) VALUES (?1, ?2, ?3)";
        let (tier, place) = name;
        let sealed = self
            .store()
            .rows
            .seal(&place_of(name), tile.as_flattened())?;
        self.run(INSERT, params![signed(tier), signed(place), sealed])
            .map(drop)
    }
}

impl Store {
    /// How many leaves of the log are here.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn leaf_count(&self) -> Result<u64, StoreError> {
        const QUERY: &str =
            "SELECT place, sealed FROM log_tiles WHERE tier = 0 ORDER BY place DESC LIMIT 1";
        let last: Option<(i64, Vec<u8>)> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        let Some((place, sealed)) = last else {
            return Ok(0);
        };
        let place = unsigned(place).get();
        let tile = self.open_tile((0, place), &sealed)?;
        let within = u64::try_from(tile.len()).unwrap_or(u64::MAX);
        Ok((place << TILE_BITS).saturating_add(within))
    }

    /// The inclusion path that a leaf of the log had when that had `size` leaves (RFC 9162, 2.1.3);
    /// `None` beyond its end.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn log_path(&self, index: u64, size: u64) -> Result<Option<Vec<TreeHash>>, StoreError> {
        let mut tiles = BTreeMap::new();
        let mut failed = None;
        let path = path_through(index, size, &mut |level, place| {
            let node = self.log_node(&mut tiles, level, place);
            node.unwrap_or_else(|error| {
                failed = Some(error);
                None
            })
        });
        failed.map_or(Ok(path), Err)
    }

    /// The root over 2^level leaves, out of the rows that were read before or one more.
    fn log_node(
        &self,
        tiles: &mut BTreeMap<Name, Vec<TreeHash>>,
        level: u32,
        place: u64,
    ) -> Result<Option<TreeHash>, StoreError> {
        let (tier, within) = (level.div_euclid(TILE_BITS), level.rem_euclid(TILE_BITS));
        let Some(first) = place.checked_shl(within) else {
            return Ok(None);
        };
        let name = (u64::from(tier), first >> TILE_BITS);
        if let std::collections::btree_map::Entry::Vacant(free) = tiles.entry(name) {
            let Some(tile) = self.tile(name)? else {
                return Ok(None);
            };
            free.insert(tile);
        }
        let start = usize::try_from(first).unwrap_or(usize::MAX) % TILE;
        let nodes = tiles.get(&name);
        let nodes = nodes.and_then(|tile| tile.get(start..start.saturating_add(1 << within)));
        Ok(nodes.map(|nodes| MerkleTree::from_leaf_hashes(nodes.iter().copied()).root()))
    }

    fn tile(&self, name: Name) -> Result<Option<Vec<TreeHash>>, StoreError> {
        const QUERY: &str = "SELECT sealed FROM log_tiles WHERE tier = ?1 AND place = ?2";
        let (tier, place) = name;
        let sealed: Option<Vec<u8>> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row(params![signed(tier), signed(place)], |row| row.get(0))
                .optional()
        })?;
        sealed
            .map(|sealed| self.open_tile(name, &sealed))
            .transpose()
    }

    fn open_tile(&self, name: Name, sealed: &[u8]) -> Result<Vec<TreeHash>, StoreError> {
        let opened = self.rows.open(&place_of(name), sealed);
        let plain = opened.map_err(|_| damaged(name))?;
        let (hashes, rest) = plain.as_chunks::<HASH_BYTES>();
        match rest.is_empty() && hashes.len() <= TILE {
            true => Ok(hashes.to_vec()),
            false => Err(damaged(name)),
        }
    }
}

/// The place that a row's ciphertext is bound to.
fn place_of((tier, place): Name) -> Vec<u8> {
    bound(TABLE, &[&tier.to_be_bytes(), &place.to_be_bytes()])
}

fn damaged((tier, place): Name) -> StoreError {
    StoreError::DamagedRow {
        table: TABLE,
        row: format!("{tier}/{place}"),
    }
}
