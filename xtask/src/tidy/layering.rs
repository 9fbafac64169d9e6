//! Dependencies between the rooms point one way.

use crate::places::Places;
use crate::run;
use anyhow::{Context, Result};
use serde_json::Value;

/// What each room may use. `tests`, `sim` and `bench` may see everything.
const ALLOWED: &[(&str, &[&str])] = &[
    ("chopmark-core", &[]),
    ("chopmark-epcis", &["chopmark-core"]),
    ("chopmark-exchange", &["chopmark-core", "chopmark-epcis"]),
    ("chopmark-labels", &["chopmark-core"]),
    ("chopmark-locode", &[]),
    ("chopmark-view", &[]),
    ("chopmark-documents", &[]),
    ("chopmark-ordering", &["chopmark-core"]),
    ("chopmark-replica", &["chopmark-core"]),
    (
        "chopmark-client",
        &[
            "chopmark-core",
            "chopmark-documents",
            "chopmark-epcis",
            "chopmark-exchange",
            "chopmark-labels",
            "chopmark-locode",
            "chopmark-replica",
            "chopmark-view",
        ],
    ),
    (
        "chopmark-peer",
        &[
            "chopmark-core",
            "chopmark-documents",
            "chopmark-epcis",
            "chopmark-exchange",
            "chopmark-labels",
            "chopmark-ordering",
            "chopmark-replica",
        ],
    ),
    ("chopmark-app", &["chopmark-client", "chopmark-view"]),
    ("chopmark-kit", &["chopmark-view"]),
    ("chopmark-ui-app", &["chopmark-kit", "chopmark-view"]),
    ("chopmark-ui-verify", &["chopmark-core", "chopmark-kit"]),
    ("chopmark-vectors", &["chopmark-core"]),
    ("xtask", &[]),
];

/// Crates that would bring a socket, a file, a clock or random numbers into `core`.
const NOT_IN_CORE: &[&str] = &[
    "getrandom",
    "quinn",
    "rand",
    "rusqlite",
    "tokio",
    "web-time",
];

pub(super) fn check(places: &Places) -> Result<Vec<String>> {
    let answer = run::answer(places.cargo().args([
        "metadata",
        "--no-deps",
        "--format-version=1",
        "--offline",
    ]))
    .context("cargo metadata fails; run `cargo metadata` to see why")?;
    let metadata: Value = serde_json::from_str(&answer)?;
    let mut found = Vec::new();
    for package in list(&metadata, "packages") {
        let name = text(package, "name");
        let used =
            list(package, "dependencies").filter(|dependency| text(dependency, "kind") != "dev");
        for dependency in used.map(|dependency| text(dependency, "name")) {
            if name == "chopmark-core" && NOT_IN_CORE.contains(&dependency) {
                found.push(format!(
                    "{name} must not depend on {dependency}: time and seed come in as arguments"
                ));
            }
            if !dependency.starts_with("chopmark-") {
                continue;
            }
            let Some((_, allowed)) = ALLOWED.iter().find(|(room, _)| *room == name) else {
                continue;
            };
            if !allowed.contains(&dependency) {
                found.push(format!(
                    "{name} must not depend on {dependency}: see the rooms in ARCHITECTURE.md"
                ));
            }
        }
    }
    Ok(found)
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
