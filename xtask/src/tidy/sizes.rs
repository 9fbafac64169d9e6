//! Files stay readable: the tests at the end of a file do not count.

use super::{files, shown};
use crate::places::Places;
use anyhow::Result;
use std::fs;
use std::path::Path;

/// More than this, and a file has two subjects.
const FILE_LINES: usize = 500;
/// The front page of a crate fits on one page.
const LIB_LINES: usize = 120;

pub(super) fn check(places: &Places) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files(places.root(), ".rs")? {
        if is_test(&file) {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        let lines = text
            .lines()
            .take_while(|line| line.trim() != "#[cfg(test)]")
            .count();
        let limit = if file.ends_with("src/lib.rs") {
            LIB_LINES
        } else {
            FILE_LINES
        };
        if lines > limit {
            found.push(format!(
                "{}: {lines} lines before its tests, at most {limit}",
                shown(places, &file)
            ));
        }
    }
    Ok(found)
}

/// `tests.rs` beside a module, and the folder `tests` of a package.
pub(super) fn is_test(file: &Path) -> bool {
    let in_tests_folder = file.parent().is_some_and(|parent| {
        parent.ends_with("tests")
            && parent
                .parent()
                .is_some_and(|owner| owner.join("Cargo.toml").exists())
    });
    file.ends_with("tests.rs") || in_tests_folder
}
