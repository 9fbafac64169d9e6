//! One compiled module becomes a small one and the JavaScript that loads it.

use crate::places::Places;
use crate::run;
use crate::setup;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// How a program is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// By the page, as a JavaScript module.
    Module,
    /// By the page or as a web worker, as a classic script, which the oldest engines run.
    Script,
}

/// The finished halves of one program.
pub(crate) struct Program {
    /// JavaScript that fetches `wasm` from beside itself and starts it.
    pub(crate) js: String,
    /// The optimised module.
    pub(crate) wasm: Vec<u8>,
}

/// Part of the hash that decides whether this work is done again: change it with the steps.
pub(crate) const STEPS: &str = "7";

/// Generates the bindings of `module` and shrinks it; `wasm_name` is what the JavaScript will
/// fetch, with `{hash}` standing for the hash of the finished module.
pub(crate) fn bind(
    places: &Places,
    module: &Path,
    start: Start,
    wasm_name: impl Fn(&[u8]) -> String,
) -> Result<Program> {
    let work = places.target().join("wasm/bindings");
    fs::remove_dir_all(&work).ok();
    fs::create_dir_all(&work)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("program")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    match start {
        Start::Module => bindgen.web(true)?,
        Start::Script => bindgen.no_modules(true)?,
    };
    println!("→ Generating the JavaScript of {}", name_of(module));
    bindgen
        .generate(&work)
        .context("wasm-bindgen refuses the module")?;

    let small = work.join("small.wasm");
    run::step(
        places,
        &format!("Shrinking {} with wasm-opt", name_of(module)),
        setup::wasm_opt(places)
            .args([
                // The second time there is something left, more than with `--converge`.
                "-Oz",
                "-Oz",
                // The lowest kilobyte is the far end of a stack of a megabyte: sums of an address
                // and a small number may be folded into what reads there.
                "--low-memory-unused",
                "--mvp-features",
                "--strip-debug",
                "--strip-producers",
                "-o",
            ])
            .arg(&small)
            .arg(work.join("program_bg.wasm")),
    )?;
    let wasm = fs::read(&small)?;
    let js = unindented(&fs::read_to_string(work.join("program.js"))?);
    if work.join("snippets").exists() {
        bail!(
            "{} carries JavaScript files of its own; put that code into the page instead",
            name_of(module)
        );
    }
    // What the module imports is what wasm-bindgen made for it; anything else would be a
    // dependency that expects an operating system, and fails in the consumer's browser.
    if js.lines().any(|line| line.starts_with("import ")) {
        bail!(
            "{} imports something that is not the browser: {}",
            name_of(module),
            js.lines()
                .filter(|line| line.starts_with("import "))
                .collect::<Vec<_>>()
                .join("; ")
        );
    }
    let name = wasm_name(&wasm);
    let js = match start {
        Start::Module => {
            format!("{js}\n__wbg_init({{ module_or_path: new URL('{name}', import.meta.url) }});\n")
        }
        // A worker has no document; `self` is the page's window or the worker itself.
        Start::Script => format!(
            "{js}\nwasm_bindgen({{ module_or_path: new URL('{name}', (typeof document === 'undefined' ? self.location.href : document.currentScript.src)) }});\n"
        ),
    };
    Ok(Program { js, wasm })
}

/// The same without what stands before each line: a browser reads over it, and a phone fetches it.
/// No text that wasm-bindgen writes goes over several lines.
fn unindented(js: &str) -> String {
    let lines = js.lines().map(str::trim_start);
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Generates bindings with which Node.js runs the module, as `<name>.js` in `folder`.
pub(crate) fn bind_for_node(module: &Path, folder: &Path, name: &str) -> Result<()> {
    println!("→ Generating the JavaScript of {}", name_of(module));
    fs::create_dir_all(folder)?;
    Bindgen::new()
        .input_path(module)
        .out_name(name)
        .typescript(false)
        .nodejs(true)?
        .generate(folder)
        .context("wasm-bindgen refuses the module")
}

fn name_of(module: &Path) -> String {
    module
        .file_stem()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
