//! A whole copy of a store while it is in use, and a copy that is no longer taken for the original.

use std::fs::{File, OpenOptions};
use std::path::Path;

use super::{Instance, Store, StoreError, random_bytes};
use crate::files::{private_file, sync_folder_of};
use crate::lock::Lock;

impl Store {
    /// Copies everything that is committed now into a new file, which lies on disk when this
    /// returns. Writers and readers go on meanwhile. The copy opens with the same lock.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the file is there already or cannot be made; what the disk says.
    pub fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        let io = |source| StoreError::Io {
            path: to.to_owned(),
            source,
        };
        // Made by SQLite it would follow the umask.
        private_file(to, OpenOptions::new().write(true).create_new(true)).map_err(io)?;
        let name = to.to_str().ok_or_else(|| {
            io(std::io::Error::new(
                std::io::ErrorKind::InvalidInput,
                "the path is not readable text",
            ))
        })?;
        self.read(|reader| reader.execute("VACUUM INTO ?1", [name]))?;
        // SQLite does not flush what it writes so.
        File::open(to)
            .and_then(|file| file.sync_all())
            .and_then(|()| sync_folder_of(to))
            .map_err(io)
    }

    /// Makes the store in `folder` another instance than the one it is a copy of. Numbers of
    /// arrival that the original gave out since then mean something else here, and others would
    /// else go on from those.
    ///
    /// # Errors
    /// As [`Self::open`], and what the disk says.
    pub fn become_another(folder: &Path, lock: Lock<'_>) -> Result<(), StoreError> {
        let store = Self::open(folder, lock)?;
        let mut batch = store.batch()?;
        batch.put_fact("instance", Instance(random_bytes()?).as_bytes())?;
        batch.commit()
    }
}
