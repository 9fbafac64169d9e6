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
use anyhow::Result;

/// Everything: what the tests and the demo need.
pub(crate) fn all(places: &Places) -> Result<()> {
    debian::install(places)?;
    for_ui(places)?;
    tools::install_window_driver(places)
}

/// What building the front ends needs.
pub(crate) fn for_ui(places: &Places) -> Result<()> {
    tools::install_npm_packages(places)?;
    RustWithSources::install(places).map(|_| ())
}
