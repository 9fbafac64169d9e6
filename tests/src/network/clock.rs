//! Clocks that a scenario sets, by the library that Debian's `faketime` puts before a program.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use super::Network;

/// How far a member's clock is off, in its folder.
const FILE: &str = "clock-is-off-by";

/// Which clock peers go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clocks {
    /// The machine's.
    Machine,
    /// Each by one of its own, which can be set while it runs.
    Own,
}

impl Network {
    /// Sets a member's clock so many seconds off the machine's, at once.
    pub fn set_clock(&self, number: usize, seconds: i64) -> Result<()> {
        write(self.member(number)?.folder(), seconds)
    }
}

/// Gives a program a clock of its own.
pub(super) fn preload(command: &mut Command, folder: &Path) -> Result<()> {
    let file = folder.join(FILE);
    if !file.is_file() {
        write(folder, 0)?;
    }
    let library = format!(
        "/usr/lib/{}-linux-gnu/faketime/libfaketimeMT.so.1",
        std::env::consts::ARCH
    );
    ensure!(
        Path::new(&library).is_file(),
        "{library} is missing (Debian package libfaketime): `cargo xtask test` installs it"
    );
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", file)
        .env("FAKETIME_NO_CACHE", "1")
        // Waiting goes by a clock that never jumps.
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("NO_FAKE_STAT", "1");
    Ok(())
}

/// Replaced as a whole: a program never reads half of it.
fn write(folder: &Path, seconds: i64) -> Result<()> {
    let new = folder.join("clock-is-to-be-off-by");
    fs::write(&new, format!("{seconds:+}\n"))?;
    fs::rename(&new, folder.join(FILE)).context("cannot set a clock")
}
