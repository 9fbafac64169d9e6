//! Checks the message files and compiles them into one table for each front end, so that
//! neither a parser nor a foreign language's sentences of the other page reach a browser.
//!
//! A build fails when a language lacks a message, names an argument that another does not,
//! defines a key twice, or uses what the small reader in `src/messages` cannot show.

#[path = "build/check.rs"]
mod check;
#[path = "build/generate.rs"]
mod generate;
#[path = "build/read.rs"]
mod read;

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Folders under `messages/`, in the order of the enum `Language`. The first is what the
/// others are compared with.
const LANGUAGES: [&str; 2] = ["en", "zh-Hans"];

/// The tables: their names, and what the names of their files start with.
const CATALOGUES: [(&str, &[&str]); 3] = [
    ("APP", &["shared", "app"]),
    ("VERIFY", &["shared", "verify"]),
    ("SHARED", &["shared"]),
];

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=messages");
    println!("cargo::rerun-if-changed=build");
    match compile() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={}", problem.replace('\n', " "));
            }
            ExitCode::FAILURE
        }
    }
}

fn compile() -> Result<(), Vec<String>> {
    let mut problems = Vec::new();
    let mut languages = Vec::new();
    for language in LANGUAGES {
        match read::language(&Path::new("messages").join(language)) {
            Ok(messages) => languages.push(messages),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        problems = check::compare(&LANGUAGES, &languages);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut code = String::new();
    for (name, files) in CATALOGUES {
        code.push_str(&generate::catalogue(name, files, &languages));
    }
    let folder = env::var("OUT_DIR").map_err(|error| vec![error.to_string()])?;
    fs::write(Path::new(&folder).join("catalogues.rs"), code)
        .map_err(|error| vec![error.to_string()])
}
