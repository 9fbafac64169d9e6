//! Type-checks the app's shell for phones.
//!
//! A check links nothing and runs no C compiler, so neither the Android nor the iOS kit is
//! needed: stand-ins take the place of the C compiler, the archiver and Apple's `xcrun`.

use crate::places::Places;
use crate::run;
use crate::setup::RustWithSources;
use anyhow::Result;
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const TARGETS: &[&str] = &["aarch64-linux-android", "aarch64-apple-ios"];

/// Checks every phone target.
pub(crate) fn check(places: &Places) -> Result<()> {
    let rust = RustWithSources::install(places)?;
    let stand_ins = places.target().join("mobile-stand-ins");
    fs::create_dir_all(&stand_ins)?;
    let nothing = stand_ins.join("nothing");
    script(&nothing, "exit 0")?;
    script(
        &stand_ins.join("xcrun"),
        &format!("echo '{}'", stand_ins.display()),
    )?;
    let path = format!(
        "{}:{}",
        stand_ins.display(),
        env::var("PATH").unwrap_or_default()
    );
    for target in TARGETS {
        let suffix = target.replace('-', "_");
        run::step(
            places,
            &format!("Type-checking the app for {target} (first time: some minutes)"),
            rust.cargo(places, target)
                .args([
                    "check",
                    "--lib",
                    "--package",
                    "chopmark-app",
                    "--target",
                    target,
                ])
                .arg("-Zbuild-std=std,panic_abort,panic_unwind")
                // Nothing of this runs but macros, once: optimising them takes longer.
                .args(["--config", "profile.dev.package.\"*\".opt-level=0"])
                .env("PATH", &path)
                .env("SDKROOT", &stand_ins)
                .env(format!("CC_{suffix}"), &nothing)
                .env(format!("CXX_{suffix}"), &nothing)
                .env(format!("AR_{suffix}"), &nothing)
                .env("CARGO_TARGET_DIR", places.target().join("mobile")),
        )?;
    }
    Ok(())
}

fn script(file: &Path, body: &str) -> Result<()> {
    fs::write(file, format!("#!/bin/sh\n{body}\n"))?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
