//! Bytes that `core` makes from fixed input, as lines of text.
//!
//! The same lines come out of a native program and of one in WebAssembly, or a block signed on a
//! phone would not verify in a browser. The test `same_bytes` compares the two; `cargo xtask ui`
//! builds the second.

mod followed;
mod ledger;
mod parts;

use chopmark_core::{Code, Known, SubjectProof};

pub use followed::follow;

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

/// Checks a proof of a code in a network of which no more than the id is known.
///
/// # Errors
/// Says what does not hold.
pub fn check_proof(proof: &[u8], code: &str, network: &str) -> anyhow::Result<()> {
    let known = Known::network(network.parse()?);
    SubjectProof::from_bytes(proof)?.verify(&Code::parse(code)?, &known)?;
    Ok(())
}
