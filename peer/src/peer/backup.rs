//! A copy of a peer's folder, made while it runs, that a peer can be restored from.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::Peer;
use crate::folder::Folder;

/// What lies in a data folder and belongs into a backup, as far as it is there. Root keys do not:
/// they lie in safe places. What a validator signed at the present height does not either: it is
/// old at once, and a validator that believed it would vote twice (`super::restored`).
const FILES: [&str; 11] = [
    "genesis.cbor",
    "chopmark.toml",
    "peer.key",
    "admin.key",
    "reader.key",
    "ledger.key",
    "founder.cbor",
    "application.cbor",
    "member.json",
    "returned",
    "joined.cbor",
];

impl Peer {
    /// Copies the folder into a new one. Its ledger is of one moment; evidence that came later may
    /// be there or not, and is fetched again.
    pub(crate) async fn back_up(&self, to: PathBuf) -> anyhow::Result<String> {
        self.blocking(move |peer| peer.back_up_now(&to)).await?
    }

    fn back_up_now(&self, to: &Path) -> anyhow::Result<String> {
        let store = self.0.replica.store();
        let from = store.folder();
        if to.exists() {
            bail!("{} is there already; name a new folder", to.display());
        }
        let evidence = to.join("evidence");
        std::fs::create_dir_all(&evidence)
            .with_context(|| format!("cannot make {}", evidence.display()))?;
        // Before anything that could be started from: also half a backup is one.
        Folder::new(to).mark_restored()?;
        for name in FILES {
            copy(&from.join(name), &to.join(name))?;
        }
        store.back_up(&to.join("ledger.db"))?;
        let mut files = 0_u64;
        for entry in std::fs::read_dir(from.join("evidence")).context("the folder of evidence")? {
            let entry = entry.context("the folder of evidence")?;
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                copy(&entry.path(), &evidence.join(entry.file_name()))?;
                files = files.saturating_add(1);
            }
        }
        let height = self.height().0;
        Ok(format!(
            "{} holds the ledger up to checkpoint {height} or later, the keys of the devices, and {files} files of evidence",
            to.display()
        ))
    }
}

/// Copies a file with its mode and flushes it; one that is not there, or no longer, is left out.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let copied = std::fs::copy(from, to).and_then(|_| File::open(to)?.sync_all());
    match copied {
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound && !from.exists() => Ok(()),
        copied => copied.with_context(|| format!("cannot copy {}", from.display())),
    }
}
