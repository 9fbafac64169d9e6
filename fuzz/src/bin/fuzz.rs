//! The targets under libFuzzer: one program for all of them is compiled and linked once.
//!
//! `CHOPMARK_FUZZ_TARGET` names the target to run. `CHOPMARK_FUZZ_SEEDS` names a folder instead:
//! every target's seeds are written there, and the targets are printed, each with the longest
//! input worth trying. `cargo xtask soak fuzz` sets both.
#![no_main]

use std::ffi::OsStr;
use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;

use chopmark_fuzz::{TARGETS, Target, seeds};
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<&Target> = OnceLock::new();

fuzz_target!(
    init: {
        if let Some(folder) = std::env::var_os("CHOPMARK_FUZZ_SEEDS") {
            exit(match write_seeds(&folder) {
                Ok(()) => 0,
                Err(error) => {
                    eprintln!("no seeds: {error:#}");
                    1
                }
            });
        }
        let name = std::env::var("CHOPMARK_FUZZ_TARGET").unwrap_or_default();
        let Some(target) = chopmark_fuzz::target(&name) else {
            eprintln!("CHOPMARK_FUZZ_TARGET names no target: {name:?}");
            exit(2)
        };
        TARGET.get_or_init(|| target);
    },
    |bytes: &[u8]| {
        if let Some(target) = TARGET.get() {
            (target.law)(bytes);
        }
    }
);

fn write_seeds(folder: &OsStr) -> anyhow::Result<()> {
    let folder = Path::new(folder);
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
