//! The same input gives the same bytes natively and in WebAssembly.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{fs, thread};

use serde_json::Value;

/// Runs each line of its input, a history as a string of JSON, in WebAssembly.
const FOLLOW: &str = "
    const { follow } = require(process.argv[1]);
    console.log('followed');
    for (const history of require('fs').readFileSync(0, 'utf8').trim().split('\\n'))
        console.log(JSON.stringify(follow(JSON.parse(history))));
";

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

/// Every history that ends in a refusal, and what a record had to do with another, in both.
#[test]
fn native_and_wasm_judge_every_history_alike() {
    let histories = histories();
    let mut node = Command::new("node")
        .args(["-e", FOLLOW])
        .arg(built_script())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = node.stdin.take().unwrap();
    let lines: Vec<String> = histories
        .iter()
        .map(|(_, history)| format!("{}\n", Value::from(history.as_str())))
        .collect();
    let writer = thread::spawn(move || input.write_all(lines.concat().as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    let wasm = said.lines().skip_while(|line| *line != "followed").skip(1);
    let wasm: Vec<String> = wasm
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(wasm.len(), histories.len());
    for ((name, history), wasm) in histories.iter().zip(&wasm) {
        let native = chopmark_vectors::follow(history).unwrap().join("\n");
        assert!(native.contains(&format!("{name}: ")), "{name}");
        assert_eq!(&native, wasm, "{name}");
    }
}

/// The refusals' vector files, each with the beginning that it goes on from.
fn histories() -> Vec<(String, String)> {
    let folder = PathBuf::from("../tests/vectors");
    let read = |path: PathBuf| -> Value {
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let start = read(folder.join("start.json"));
    let mut histories = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|ending| ending != "json") || name == "start" {
            continue;
        }
        let file = read(path);
        let from_start = field(&file, "genesis").is_null();
        let begins = if from_start { &start } else { &file };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut lines = vec![format!(
            "genesis {} {}",
            text(field(begins, "network")),
            text(field(begins, "genesis"))
        )];
        let before = from_start.then(|| field(&start, "checkpoints").as_array().unwrap());
        let after = field(&file, "checkpoints").as_array().unwrap();
        for checkpoint in before.into_iter().flatten().chain(after) {
            let blocks = field(checkpoint, "blocks").as_array().unwrap();
            lines.extend(blocks.iter().map(|block| format!("block {}", text(block))));
            lines.push(format!(
                "checkpoint {}",
                text(field(checkpoint, "checkpoint"))
            ));
        }
        histories.push((name, lines.join("\n")));
    }
    assert!(histories.len() > 80, "{}", histories.len());
    histories
}

fn field<'a>(of: &'a Value, name: &str) -> &'a Value {
    of.get(name).unwrap_or(&Value::Null)
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
