//! Installs what the other commands need, from package registries alone.
//!
//! Everything but Debian's packages goes into the cache, outside the clone. Each part leaves a
//! stamp with its versions, so a second run only looks.

mod debian;
mod rust_for_wasm;
mod tools;

pub(crate) use rust_for_wasm::RustWithSources;
pub(crate) use tools::{folder as tools_folder, wasm_opt};

use crate::places::Places;
use crate::run;
use anyhow::Result;
use std::process::Command;

/// What all of this is tested with. Older ones refuse the workspace; newer ones may warn more.
const RUST: &str = "1.95";

/// Everything: what the tests and the demo need.
pub(crate) fn all(places: &Places) -> Result<()> {
    debian::install(places)?;
    check_rust(places)?;
    tools::install_epcis_judge(places)?;
    for_ui(places)?;
    tools::install_python_packages(places)?;
    tools::install_window_driver(places)
}

/// What the benchmarks need beside all the others.
pub(crate) fn for_benchmarks(places: &Places) -> Result<()> {
    all(places)?;
    debian::install_for_benchmarks(places)
}

/// What building the front ends needs.
pub(crate) fn for_ui(places: &Places) -> Result<()> {
    tools::install_npm_packages(places)?;
    RustWithSources::install(places).map(|_| ())
}

/// Which compiler it is stays the developer's choice: a pinned one could not be fetched where
/// only package registries can be reached.
fn check_rust(places: &Places) -> Result<()> {
    let version = run::answer(
        Command::new("rustc")
            .arg("--version")
            .current_dir(places.root()),
    );
    if let Some(version) = version.filter(|version| !version.contains(&format!(" {RUST}."))) {
        println!("  {version}; tested with {RUST}, so expect new warnings");
    }
    let missing: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(command, _)| run::answer(places.cargo().args([command, "--version"])).is_none())
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    run::step(
        places,
        &format!("Adding to Rust: {}", missing.join(", ")),
        Command::new("rustup")
            .args(["component", "add"])
            .args(&missing)
            .current_dir(places.root()),
    )
}
