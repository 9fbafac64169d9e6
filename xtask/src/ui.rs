//! Builds the front ends into `target/ui`: WebAssembly, its JavaScript, styles, the page.
//!
//! Cargo decides what has to be compiled again; the steps after it are skipped while their input
//! (the compiled module, the page, the styles, the tools' versions) has the same hash.

mod assemble;
mod bindings;

use crate::places::Places;
use crate::run;
use crate::setup::RustWithSources;
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::time::Instant;

/// The target of every front end.
const TARGET: &str = "wasm32-unknown-unknown";
/// Engines of older phones lack what came after the first WebAssembly, and a consumer's phone
/// is whatever it is. `getrandom` asks the browser for random numbers.
///
/// What a panic would say goes nowhere in a browser, so it is not put together: a panic ends the
/// module as it is.
const RUSTFLAGS: &str = "-Ctarget-cpu=mvp --cfg getrandom_backend=\"wasm_js\" -Zunstable-options -Cpanic=immediate-abort";

/// One front end: a folder under `ui/` that becomes a folder under `target/ui/`.
pub(crate) struct FrontEnd {
    /// The folder's name.
    pub(crate) name: &'static str,
    /// Its cargo package, whose main program has the same name.
    pub(crate) package: &'static str,
    /// How the page names the place of its files.
    pub(crate) place: &'static str,
    /// All bytes a first visit fetches, Brotli-compressed, in kilobytes of 1,000 bytes.
    pub(crate) limit_kb: usize,
    /// Whether compressed copies lie beside the files, for a server to send as they are.
    pub(crate) precompressed: bool,
    /// How the main program is started by the page.
    pub(crate) start: bindings::Start,
}

/// Both front ends and their limits, which the design sets.
pub(crate) const FRONT_ENDS: &[FrontEnd] = &[
    FrontEnd {
        name: "app",
        package: "chopmark-ui-app",
        place: "./",
        limit_kb: 900,
        precompressed: false,
        start: bindings::Start::Module,
    },
    FrontEnd {
        name: "verify",
        package: "chopmark-ui-verify",
        // The page answers at every Digital Link path; a peer serves its files at this one.
        place: "/assets/",
        limit_kb: 300,
        precompressed: true,
        start: bindings::Start::Script,
    },
];

/// Makes bytes from fixed input in Node.js; a test compares them with those of a native program.
const VECTORS: &str = "chopmark-vectors";

/// Builds every front end, or the one that is named; prints sizes and refuses what is over its
/// limit.
pub(crate) fn build(places: &Places, only: Option<&str>) -> Result<()> {
    let started = Instant::now();
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    let mut too_large = Vec::new();
    for front_end in FRONT_ENDS.iter().filter(|front_end| wanted(front_end.name)) {
        let modules = compile(places, front_end.package)?;
        if !modules
            .iter()
            .any(|module| module.name == front_end.package)
        {
            bail!("cargo built no program {}", front_end.package);
        }
        let sizes = assemble::assemble(places, front_end, &modules)?;
        println!(
            "  ui/{}: {} KB; compressed {} KB (Brotli), {} KB (gzip); limit {} KB",
            front_end.name,
            sizes.plain / 1000,
            sizes.brotli.div_ceil(1000),
            sizes.gzip.div_ceil(1000),
            front_end.limit_kb
        );
        if sizes.brotli > front_end.limit_kb * 1000 {
            too_large.push(front_end.name);
        }
    }
    if wanted("app") {
        assemble::ports(places)?;
    }
    if wanted("vectors") {
        for module in compile(places, VECTORS)? {
            assemble::vectors(places, &module.file)?;
        }
    }
    println!(
        "  front ends ready after {}",
        run::seconds(started.elapsed())
    );
    if !too_large.is_empty() {
        bail!("over its size limit: ui/{}", too_large.join(", ui/"));
    }
    Ok(())
}

/// One compiled program of a front end.
pub(crate) struct Module {
    /// The program's name.
    pub(crate) name: String,
    /// What the compiler made.
    pub(crate) file: PathBuf,
}

/// Compiles the programs of one package. Each front end is compiled by itself: cargo would give
/// the smaller one the features that only the other asks for.
fn compile(places: &Places, package: &str) -> Result<Vec<Module>> {
    let rust = RustWithSources::install(places)?;
    let mut cargo = rust.cargo(places, TARGET);
    cargo
        .args([
            "build",
            "--profile",
            "wasm",
            "--target",
            TARGET,
            "--bins",
            "--package",
            package,
        ])
        .args([
            "-Zbuild-std=std,panic_abort",
            // Sorting alone took 80 KB, once for each type.
            "-Zbuild-std-features=optimize_for_size",
            "--message-format=json-render-diagnostics",
        ])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", RUSTFLAGS);
    let what = format!("Compiling {package} to WebAssembly (first time: some minutes)");
    let output = run::output(places, &what, &mut cargo)?;
    Ok(output.lines().filter_map(module_of_message).collect())
}

/// Reads cargo's message about one finished program. Only programs end in `.wasm`, and the
/// package's own are the only ones that cargo was asked for.
fn module_of_message(line: &str) -> Option<Module> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let is_artifact = message.get("reason")?.as_str()? == "compiler-artifact";
    is_artifact.then_some(())?;
    let file = message
        .get("filenames")?
        .as_array()?
        .iter()
        .filter_map(|name| name.as_str())
        .find(|name| name.ends_with(".wasm"))?;
    Some(Module {
        name: message.get("target")?.get("name")?.as_str()?.to_owned(),
        file: PathBuf::from(file),
    })
}
