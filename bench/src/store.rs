//! Encrypted writes of signed records, beside SQLCipher with the same policy of syncing.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use chopmark_core::{BlockId, DeviceId, Seq};
use chopmark_replica::{Lock, NewBlock, Slot, Store};

use crate::row::Row;

const RECORDS: u64 = 10_000;
const BYTES: usize = 300;

/// Writes the same records to both, in transactions of 100 and of 1,000.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let sqlcipher = build_peer()?;
    let mut rows = Vec::new();
    for batch in [100, 1000] {
        let folder = tempfile::tempdir()?;
        let ours = write(folder.path(), batch)?;
        let (theirs, version) = write_peer(&sqlcipher, folder.path(), batch)?;
        rows.push(
            Row::new(
                format!("{RECORDS} records of {BYTES} bytes, encrypted, {batch} a transaction"),
                ours,
                "s",
            )
            .beside(format!("SQLCipher {version}"), theirs),
        );
    }
    Ok(rows)
}

fn write(folder: &Path, batch_size: u64) -> Result<f64> {
    let store = Store::create(&folder.join("ours"), Lock::KeyFile)?;
    let start = Instant::now();
    let mut number = 0;
    while number < RECORDS {
        let mut batch = store.batch()?;
        for number in number..(number + batch_size).min(RECORDS) {
            let (id, bytes) = record(number);
            let block = NewBlock {
                id,
                place: (DeviceId::from_bytes([7; 32]), Seq(number)),
                bytes: &bytes,
                touches: &[],
                sections: &[],
                evidence: &[],
            };
            batch.put_block(&block, Slot::HERE)?;
        }
        batch.commit()?;
        number += batch_size;
    }
    Ok(start.elapsed().as_secs_f64())
}

fn record(number: u64) -> (BlockId, Vec<u8>) {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [_, _, _, byte, ..] = state.to_le_bytes();
        byte
    };
    let id = std::array::from_fn(|_| next());
    (
        BlockId::from_bytes(id),
        (0..BYTES).map(|_| next()).collect(),
    )
}

/// SQLCipher and our SQLite exclude each other in one build: it is a program of its own.
fn build_peer() -> Result<PathBuf> {
    // A target folder may outlive the clone that it was filled from: who runs this says where.
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let manifest = Path::new(&package).join("sqlcipher/Cargo.toml");
    let target = std::env::current_exe()?
        .parent()
        .and_then(Path::parent)
        .context("no target folder")?
        .join("sqlcipher");
    println!("  building SQLCipher (first time: about a minute)");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--release", "--manifest-path"])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    ensure!(
        status.success(),
        "SQLCipher does not build: it needs libssl-dev"
    );
    Ok(target.join("release/chopmark-bench-sqlcipher"))
}

fn write_peer(program: &Path, folder: &Path, batch: u64) -> Result<(f64, String)> {
    let out = Command::new(program)
        .arg(folder.join("theirs.db"))
        .args([RECORDS.to_string(), BYTES.to_string(), batch.to_string()])
        .output()?;
    ensure!(
        out.status.success(),
        "SQLCipher failed: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    let said = String::from_utf8(out.stdout)?;
    let (seconds, version) = said.trim().split_once(' ').context("unexpected answer")?;
    let version = version.split(' ').next().unwrap_or(version);
    Ok((seconds.parse()?, version.to_owned()))
}
