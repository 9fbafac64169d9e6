//! A compiler together with the sources of its standard library.
//!
//! The front ends are built for the oldest WebAssembly engines, so the standard library is built
//! with them. Its sources are a component of rustup; where rustup's server cannot be reached,
//! Debian's `rustc-web` (kept current for browsers) brings compiler and sources as packages.

use crate::places::Places;
use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which compiler builds for targets whose standard library is built along.
pub(crate) struct RustWithSources {
    rustc: PathBuf,
    linker: PathBuf,
}

impl RustWithSources {
    /// Finds such a compiler; installs one first where there is none.
    pub(crate) fn install(places: &Places) -> Result<Self> {
        let sysroot = run::answer(
            Command::new("rustc")
                .args(["--print", "sysroot"])
                .current_dir(places.root()),
        )
        .map(PathBuf::from)
        .context("rustc is missing: install it with rustup (https://rustup.rs)")?;
        let linker = sysroot.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
        let rustup_sources = sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml");
        let unpacked = places.cache("rustc-web");
        if !rustup_sources.exists() && !unpacked.join(".stamp").exists() {
            println!("→ Fetching the standard library's sources by rustup");
            let added = run::answer(
                Command::new("rustup")
                    .args(["component", "add", "rust-src"])
                    .current_dir(places.root()),
            );
            if added.is_none() {
                println!("  rustup cannot fetch them here; taking Debian's rustc-web instead");
                unpack_debian_compiler(places, &unpacked)?;
            }
        }
        let rustc = if rustup_sources.exists() {
            sysroot.join("bin/rustc")
        } else {
            unpacked.join("rustc")
        };
        Ok(Self { rustc, linker })
    }

    /// Prepares `cargo` to build for `target` with a standard library of its own.
    ///
    /// The nightly-only option for that is opened with `RUSTC_BOOTSTRAP`: the compiler stays the
    /// stable one.
    pub(crate) fn cargo(&self, places: &Places, target: &str) -> Command {
        let mut cargo = places.cargo();
        cargo
            .env("RUSTC", &self.rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                format!(
                    "CARGO_TARGET_{}_LINKER",
                    target.to_uppercase().replace('-', "_")
                ),
                &self.linker,
            )
            // Its own folder: another compiler, and no waiting for builds of the other one.
            .env("CARGO_TARGET_DIR", places.target().join("wasm"));
        cargo
    }
}

fn unpack_debian_compiler(places: &Places, folder: &Path) -> Result<()> {
    let packages = compiler_packages()?;
    let downloads = folder.join("packages");
    fs::remove_dir_all(folder).ok();
    fs::create_dir_all(&downloads)
        .with_context(|| format!("cannot make {}", downloads.display()))?;
    run::step(
        places,
        &format!("Downloading {} (about 90 MB)", packages.join(", ")),
        Command::new("apt-get")
            .arg("download")
            .args(&packages)
            .current_dir(&downloads),
    )?;
    for entry in fs::read_dir(&downloads)? {
        let file = entry?.path();
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        run::step(
            places,
            &format!("Unpacking {name}"),
            Command::new("dpkg").arg("-x").arg(&file).arg(folder),
        )?;
    }
    fs::remove_dir_all(&downloads)?;
    let wrapper = folder.join("rustc");
    fs::write(
        &wrapper,
        format!(
            "#!/bin/sh\nLD_LIBRARY_PATH='{0}/usr/lib/x86_64-linux-gnu' exec '{0}/usr/bin/rustc' \"$@\"\n",
            folder.display()
        ),
    )?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    let version = run::answer(Command::new(&wrapper).arg("--version"))
        .context("the unpacked compiler does not start; delete the cache folder and try again")?;
    println!("  {version}");
    run::stamp(folder, &version)
}

/// `rustc-web`, its sources, and what of its dependencies belongs to the compiler itself. The
/// names carry versions that change with each security update, so apt is asked.
fn compiler_packages() -> Result<Vec<String>> {
    let mut wanted = vec!["rustc-web".to_owned(), "rust-web-src".to_owned()];
    let mut next = 0;
    while let Some(package) = wanted.get(next).cloned() {
        next += 1;
        let depends = run::answer(Command::new("apt-cache").args(["depends", &package]))
            .filter(|answer| !answer.is_empty());
        let Some(depends) = depends else {
            bail!(
                "apt does not know {package}; run `apt-get update`, or make `rustup component add rust-src` work"
            );
        };
        for line in depends.lines() {
            let Some(name) = line.trim().strip_prefix("Depends: ") else {
                continue;
            };
            let belongs = name.starts_with("libstd-rust-web") || name.starts_with("libllvm");
            if belongs && !wanted.iter().any(|known| known == name) {
                wanted.push(name.to_owned());
            }
        }
    }
    Ok(wanted)
}
