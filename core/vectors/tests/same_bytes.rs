//! The same input gives the same bytes natively and in WebAssembly.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::process::Command;

#[test]
fn native_and_wasm_make_the_same_bytes() {
    let script = built_script();
    let output = Command::new("node").arg(&script).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let wasm = String::from_utf8(output.stdout).unwrap();
    let native = chopmark_vectors::lines().unwrap();
    let wasm: Vec<&str> = wasm.trim_end().split('\n').collect();
    for (native, wasm) in native.iter().zip(&wasm) {
        assert_eq!(native, wasm);
    }
    assert_eq!(native.len(), wasm.len());
}

fn built_script() -> PathBuf {
    let ui = std::env::var_os("CHOPMARK_UI_DIR").map_or_else(
        // Test programs lie in `target/<profile>/deps`.
        || {
            std::env::current_exe()
                .unwrap()
                .ancestors()
                .nth(3)
                .unwrap()
                .join("ui")
        },
        PathBuf::from,
    );
    let script = ui.join("vectors/vectors.js");
    if !script.is_file() {
        panic!(
            "{} is missing: `cargo xtask ui` builds it",
            script.display()
        );
    }
    script
}
