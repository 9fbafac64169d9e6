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

#[cfg(target_family = "wasm")]
fn print(text: &str) {
    web_sys::console::log_1(&wasm_bindgen::JsValue::from_str(text));
}

#[cfg(not(target_family = "wasm"))]
fn print(text: &str) {
    println!("{text}");
}
