//! Writes every target's seeds into a folder of its own, and prints the targets: name, then the
//! longest input worth trying. `cargo xtask soak fuzz` calls it.

use std::path::Path;

use anyhow::{Context, Result};
use chopmark_fuzz::{TARGETS, seeds};

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).context("names no folder")?;
    let folder = Path::new(&folder);
    for target in TARGETS {
        std::fs::create_dir_all(folder.join(target.name))?;
        println!("{} {}", target.name, target.most_bytes);
    }
    for (number, seed) in seeds()?.iter().enumerate() {
        let file = folder.join(seed.target).join(format!("seed-{number:03}"));
        std::fs::write(file, &seed.bytes)?;
    }
    Ok(())
}
