//! A large file on its way into the vault, and the memory that it takes.

use std::{
    io::{self, Read},
    path::Path,
    time::Instant,
};

use anyhow::{Context, Result};
use chopmark_replica::Vault;

use crate::{
    child::{call, megabytes, memory_kib},
    row::Row,
};

const MEBIBYTES: u64 = 100;

/// Seals 100 MiB in a child, whose memory is its own.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let said = call(&[
        "seal-file".as_ref(),
        folder.path().as_os_str(),
        MEBIBYTES.to_string().as_ref(),
    ])?;
    let mut values = said.split_whitespace().map(str::parse::<f64>);
    let mut next = || values.next().context("the child printed too little");
    Ok(vec![
        Row::new("100 MiB into the vault: memory above idle", next()??, "MB"),
        Row::new("100 MiB into the vault: time", next()??, "s"),
    ])
}

/// The child: prints memory above idle in megabytes and seconds.
pub(crate) fn seal_file(folder: &Path, mebibytes: u64) -> Result<()> {
    let vault = Vault::open(folder)?;
    let idle = memory_kib("self", "VmHWM")?;
    let start = Instant::now();
    vault.seal(Pattern.take(mebibytes * 1024 * 1024))?;
    let seconds = start.elapsed().as_secs_f64();
    let above = memory_kib("self", "VmHWM")?.saturating_sub(idle);
    println!("{} {seconds}", megabytes(above));
    Ok(())
}

/// A file that is made up while it is read: it takes no memory of its own.
struct Pattern;

impl Read for Pattern {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for (byte, value) in buffer.iter_mut().zip((0..=u8::MAX).cycle()) {
            *byte = value;
        }
        Ok(buffer.len())
    }
}
