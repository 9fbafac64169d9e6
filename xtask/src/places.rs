//! Where things lie: the clone, cargo's target folder, the cache outside the clone.

use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders that every command works with.
pub(crate) struct Places {
    root: PathBuf,
    target: PathBuf,
    cache: PathBuf,
}

impl Places {
    /// Finds the clone that xtask was built from, and the folders beside it.
    pub(crate) fn find() -> Result<Self> {
        // As cargo says now, since a target folder outside the clone may hold another clone's xtask.
        let package =
            env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package)
            .parent()
            .context("xtask lies in no workspace")?
            .to_path_buf();
        // A relative CARGO_TARGET_DIR means relative to where cargo was called.
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => env::current_dir()?.join(folder),
            None => root.join("target"),
        };
        let cache = match (env::var_os("CHOPMARK_CACHE"), env::var_os("HOME")) {
            (Some(folder), _) => env::current_dir()?.join(folder),
            (None, Some(home)) => PathBuf::from(home).join(".cache/chopmark"),
            (None, None) => root.join("target/cache"),
        };
        Ok(Self {
            root,
            target,
            cache,
        })
    }

    /// The clone.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder, in the clone unless `CARGO_TARGET_DIR` says otherwise.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// A file or folder in the cache: tools and toolchains that survive the clone.
    pub(crate) fn cache(&self, name: &str) -> PathBuf {
        self.cache.join(name)
    }

    /// The folder of built front ends.
    pub(crate) fn ui(&self) -> PathBuf {
        self.target.join("ui")
    }

    /// Where each step leaves its full output.
    pub(crate) fn logs(&self) -> PathBuf {
        self.target.join("logs")
    }

    /// Cargo, in the clone and with the target folder of this run.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        // Set by the cargo that started xtask; they would make every nested build look new.
        for name in [
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_NAME",
            "CARGO_MANIFEST_PATH",
        ] {
            cargo.env_remove(name);
        }
        cargo
    }
}
