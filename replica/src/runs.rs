//! The lists behind a member's runs: which serial stands where in which run, so that an item
//! nobody has used yet can be proven.
//!
//! A list of a million serials is 65 MB and its tree as much again, so both stay on disk and a
//! proof reads a few dozen places of them. Serials do not stand there, only their hashes.

mod list;

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use chopmark_core::{CodeHash, Digest32, NotInRun, RunItem, RunList, SubjectId, merkle};

pub use list::{RunListText, RunListTextError, run_list_items};

/// First bytes of a list's file; the number is raised when its shape changes.
const MAGIC: &[u8; 16] = b"chopmark/runs/1\n";
/// Magic, then the count (u32, big-endian).
const HEADER_BYTES: u64 = 20;
/// Code hash, whether there is an activation key, that key or zeros.
const ROW_BYTES: u64 = 65;
const NODE_BYTES: u64 = 32;
const EXTENSION: &str = "run";

/// Why a list could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunsError {
    /// The file is not a list, or is cut short.
    #[error("{} is damaged: bring the run's list in again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The system failed to read or write.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A folder of lists, one file for each run. All methods block.
#[derive(Clone, Debug)]
pub struct Runs {
    folder: PathBuf,
}

impl Runs {
    /// The lists in this folder, which is made with the first of them.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Keeps a list: it is on disk when this returns.
    ///
    /// # Errors
    /// What the disk says.
    pub fn keep(&self, list: &RunList) -> Result<(), RunsError> {
        let path = self.path(&list.subject());
        self.write(&path, list)
            .map_err(|source| RunsError::Io { path, source })
    }

    fn write(&self, path: &Path, list: &RunList) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let temporary = path.with_extension("new");
        let file = crate::files::private_file(
            &temporary,
            std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true),
        )?;
        let mut to = BufWriter::new(file);
        to.write_all(MAGIC)?;
        to.write_all(&list.spec().count.to_be_bytes())?;
        for (code, activation) in list.items() {
            to.write_all(code.as_bytes())?;
            to.write_all(&[u8::from(activation.is_some())])?;
            to.write_all(activation.map_or([0; 32], |key| *key.as_bytes()).as_slice())?;
        }
        for level in list.tree().levels() {
            for node in level {
                to.write_all(node)?;
            }
        }
        to.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        std::fs::rename(&temporary, path)?;
        crate::files::sync_folder_of(path)
    }

    /// Whether the list of this run is here.
    #[must_use]
    pub fn has(&self, run: &SubjectId) -> bool {
        self.path(run).exists()
    }

    /// The run that holds a code, and the item's proof; none when no list here has it.
    ///
    /// # Errors
    /// [`RunsError`], naming the file.
    pub fn item(&self, code: &CodeHash) -> Result<Option<(SubjectId, RunItem)>, RunsError> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(RunsError::Io {
                    path: self.folder.clone(),
                    source,
                });
            }
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path
                .file_stem()
                .and_then(|stem| stem.to_str()?.parse().ok());
            let list = path.extension().is_some_and(|ending| ending == EXTENSION);
            let Some(run) = name.filter(|_| list) else {
                continue;
            };
            if let Some(item) = Kept::open(path)?.find(code)? {
                return Ok(Some((run, item)));
            }
        }
        Ok(None)
    }

    /// The neighbours of a code in a run's list; none when the list is not here, or holds the code.
    ///
    /// # Errors
    /// [`RunsError`], naming the file.
    pub fn gap(&self, run: &SubjectId, code: &CodeHash) -> Result<Option<NotInRun>, RunsError> {
        let path = self.path(run);
        if !path.exists() {
            return Ok(None);
        }
        Kept::open(path)?.gap(code)
    }

    fn path(&self, run: &SubjectId) -> PathBuf {
        self.folder.join(format!("{run}.{EXTENSION}"))
    }
}

/// A list on disk.
struct Kept {
    path: PathBuf,
    file: File,
    count: u32,
}

impl Kept {
    fn open(path: PathBuf) -> Result<Self, RunsError> {
        let file = File::open(&path).map_err(|source| RunsError::Io {
            path: path.clone(),
            source,
        })?;
        let mut kept = Self {
            path,
            file,
            count: 0,
        };
        let header: [u8; 20] = kept.bytes(0)?;
        let (magic, count) = header.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(kept.damaged());
        }
        kept.count = count
            .try_into()
            .map(u32::from_be_bytes)
            .map_err(|_| kept.damaged())?;
        Ok(kept)
    }

    fn find(&mut self, code: &CodeHash) -> Result<Option<RunItem>, RunsError> {
        match self.place(code)? {
            Ok(place) => self.item(place).map(Some),
            Err(_) => Ok(None),
        }
    }

    fn gap(&mut self, code: &CodeHash) -> Result<Option<NotInRun>, RunsError> {
        let Err(after) = self.place(code)? else {
            return Ok(None);
        };
        let neighbours = [
            after.checked_sub(1),
            Some(after).filter(|after| *after < self.count),
        ];
        let [before, after] =
            neighbours.map(|place| place.map(|place| self.item(place)).transpose());
        Ok(Some(NotInRun {
            before: before?,
            after: after?,
        }))
    }

    /// Where a code stands, or else where it would. Rows are sorted by code hash.
    fn place(&mut self, code: &CodeHash) -> Result<Result<u32, u32>, RunsError> {
        let (mut from, mut to) = (0, self.count);
        while from < to {
            let middle = from + (to - from) / 2;
            let (found, _) = self.row(middle)?;
            match found.cmp(code) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => return Ok(Ok(middle)),
            }
        }
        Ok(Err(from))
    }

    /// The code and the key under its seal.
    fn row(&mut self, place: u32) -> Result<(CodeHash, Option<Digest32>), RunsError> {
        let row: [u8; 65] =
            self.bytes(HEADER_BYTES.saturating_add(ROW_BYTES.saturating_mul(place.into())))?;
        let (code, rest) = row.split_first_chunk().ok_or_else(|| self.damaged())?;
        let activation = match rest.split_first() {
            Some((1, key)) => Some(Digest32::from_bytes(
                key.try_into().map_err(|_| self.damaged())?,
            )),
            _ => None,
        };
        Ok((CodeHash::from_bytes(*code), activation))
    }

    fn item(&mut self, index: u32) -> Result<RunItem, RunsError> {
        let (code, activation) = self.row(index)?;
        let mut failed = None;
        let count = self.count;
        let path = merkle::path_through(index.into(), count.into(), &mut |level, place| {
            self.node(level, place)
                .map_err(|error| failed = Some(error))
                .ok()
        });
        match (path, failed) {
            (Some(path), None) => Ok(RunItem {
                index,
                code,
                activation,
                path,
            }),
            (_, Some(error)) => Err(error),
            (None, None) => Err(self.damaged()),
        }
    }

    /// The root of the complete subtree of 2^level leaves at this place.
    fn node(&mut self, level: u32, place: u64) -> Result<[u8; 32], RunsError> {
        let count = u64::from(self.count);
        let below: u64 = (0..level).map(|level| count >> level).sum();
        let nodes = below.saturating_add(place).saturating_mul(NODE_BYTES);
        let rows = ROW_BYTES.saturating_mul(count);
        self.bytes(HEADER_BYTES.saturating_add(rows).saturating_add(nodes))
    }

    fn bytes<const N: usize>(&mut self, at: u64) -> Result<[u8; N], RunsError> {
        let mut bytes = [0; N];
        let read = self
            .file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.read_exact(&mut bytes));
        match read {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.damaged()),
            Err(source) => Err(RunsError::Io {
                path: self.path.clone(),
                source,
            }),
        }
    }

    fn damaged(&self) -> RunsError {
        RunsError::Damaged {
            path: self.path.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chopmark_core::{Code, MemberId, NetworkId};

    use super::*;

    fn list(count: u32) -> RunList {
        let codes = (0..count).map(|n| {
            let code = Code::gtin_serial("09506000134352", &format!("S{n}")).unwrap();
            let key = (n % 2 == 0).then(|| Digest32::from_bytes([n.to_be_bytes()[3]; 32]));
            (code.hash(), key)
        });
        let (network, maker) = (
            NetworkId::from_bytes([1; 32]),
            MemberId::from_bytes([2; 32]),
        );
        RunList::new(&network, &maker, codes).unwrap()
    }

    #[test]
    fn an_item_is_proven_from_disk_as_from_memory() {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::in_folder(&folder.path().join("runs"));
        let stranger = Code::gtin_serial("09506000134352", "FAKE").unwrap().hash();
        assert!(runs.item(&stranger).unwrap().is_none());
        for count in [1, 2, 5, 8, 100] {
            let list = list(count);
            runs.keep(&list).unwrap();
            assert!(runs.has(&list.subject()));
        }
        let large = list(100);
        for (code, _) in large.items() {
            let (_, item) = runs.item(code).unwrap().unwrap();
            let known = [1, 2, 5, 8, 100].map(|count| list(count).item(code));
            assert!(known.contains(&Some(item)));
        }
        assert!(runs.item(&stranger).unwrap().is_none());
    }

    #[test]
    fn a_damaged_list_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::in_folder(folder.path());
        let list = list(9);
        runs.keep(&list).unwrap();
        let path = runs.path(&list.subject());
        let whole = std::fs::read(&path).unwrap();
        for cut in [0, 10, 30, whole.len() - 320] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let damaged = list.items().iter().any(|(code, _)| {
                matches!(runs.item(code), Err(RunsError::Damaged { path: named }) if named == path)
            });
            assert!(damaged, "{cut}");
        }
        let mut other = whole;
        other[0] ^= 1;
        std::fs::write(&path, other).unwrap();
        let (code, _) = list.items()[0];
        assert!(matches!(runs.item(&code), Err(RunsError::Damaged { .. })));
    }
}
