//! The folders of vector files, written and compared.
#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;

/// Set: files are written. Not set: they are compared. `cargo xtask vectors` sets it.
const WRITE: &str = "CHOPMARK_WRITE_VECTORS";

pub(crate) fn text(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap();
    text.push('\n');
    text
}

/// A folder of `core/tests/vectors` holds these files, as they are here, and no others.
pub(crate) fn compare(folder: &str, files: &BTreeMap<String, String>) {
    let folder = Path::new("tests/vectors").join(folder);
    let write = std::env::var_os(WRITE).is_some();
    if write {
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if files.contains_key(name) || !name.ends_with(".json") {
            continue;
        }
        assert!(
            write,
            "{name} is made by nothing: run `cargo xtask vectors`"
        );
        fs::remove_file(&path).unwrap();
    }
    for (name, text) in files {
        let kept = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            kept == *text,
            "{name} is not what is made now: if that is meant, run `cargo xtask vectors`"
        );
    }
}
