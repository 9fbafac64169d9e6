//! Prints the lines, natively or in Node.js.

use std::process::ExitCode;

fn main() -> ExitCode {
    match chopmark_vectors::lines() {
        Ok(lines) => {
            print(&lines.join("\n"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            print(&format!("core refuses the fixed input: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Checks a proof, for a benchmark: whether it holds for this code in this network.
#[cfg(target_family = "wasm")]
#[wasm_bindgen::prelude::wasm_bindgen]
#[must_use]
pub fn check_proof(proof: &[u8], code: &str, network: &str) -> bool {
    chopmark_vectors::check_proof(proof, code, network).is_ok()
}

/// Runs a history that a test hands over: what became of it, a line each.
///
/// # Errors
/// What cannot be read of it, or does not go on from what is before it.
#[cfg(target_family = "wasm")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn follow(history: &str) -> Result<String, String> {
    chopmark_vectors::follow(history)
        .map(|lines| lines.join("\n"))
        .map_err(|error| format!("{error:#}"))
}

#[cfg(target_family = "wasm")]
fn print(text: &str) {
    web_sys::console::log_1(&wasm_bindgen::JsValue::from_str(text));
}

#[cfg(not(target_family = "wasm"))]
fn print(text: &str) {
    println!("{text}");
}
