//! Bytes that `core` makes from fixed input, as lines of text.
//!
//! The same lines come out of a native program and of one in WebAssembly, or a block signed on a
//! phone would not verify in a browser. The test `same_bytes` compares the two; `cargo xtask ui`
//! builds the second.

mod ledger;
mod parts;

/// Every line: a name, a space, bytes in hexadecimal or a text.
///
/// # Errors
/// When `core` refuses the fixed input: a fault in one of the two.
pub fn lines() -> anyhow::Result<Vec<String>> {
    let mut lines = parts::lines()?;
    lines.extend(ledger::lines()?);
    Ok(lines)
}

fn line(name: &str, bytes: impl AsRef<[u8]>) -> String {
    format!("{name} {}", data_encoding::HEXLOWER.encode(bytes.as_ref()))
}
