//! What the compiler does not hold: sizes, layering, forbidden names, messages, formatting.

mod layering;
mod messages;
mod names;
mod sizes;

use crate::places::Places;
use crate::run;
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs every check and lists all that they found.
pub(crate) fn tidy(places: &Places) -> Result<()> {
    println!("→ Checking sizes, layering, names, messages");
    let mut found = Vec::new();
    found.extend(sizes::check(places)?);
    found.extend(layering::check(places)?);
    found.extend(names::check(places)?);
    found.extend(messages::check(places)?);
    for line in &found {
        println!("  {line}");
    }
    run::step(
        places,
        "Checking the formatting",
        places
            .cargo()
            .args(["fmt", "--all", "--", "--check", "--color=never"]),
    )?;
    deny(places)?;
    if !found.is_empty() {
        bail!("tidy found {} things to mend, listed above", found.len());
    }
    Ok(())
}

fn deny(places: &Places) -> Result<()> {
    if run::answer(Command::new("cargo-deny").arg("--version")).is_none() {
        println!(
            "  not checked: licences and advisories (deny.toml), because cargo-deny is not installed"
        );
        return Ok(());
    }
    run::step(
        places,
        "Checking licences and sources with cargo-deny",
        places
            .cargo()
            .args(["deny", "check", "bans", "licenses", "sources"]),
    )
}

/// All files in a folder whose name ends so, without build output; in order.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules", "gen"].contains(&name.as_str())
            {
                found.extend(files(&path, ending)?);
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A path as people write it: from the root of the clone.
fn shown(places: &Places, file: &Path) -> String {
    file.strip_prefix(places.root())
        .unwrap_or(file)
        .display()
        .to_string()
}
