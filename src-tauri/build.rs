//! Embeds the built screens and the window's permissions.

use std::path::{Path, PathBuf};

/// What the list of ports is called.
const PORTS: &str = "ports.json";

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    let screens = built_screens(&out).unwrap_or_else(|| notice_page(&out));
    println!("cargo:rerun-if-changed={}", screens.display());
    // Screens that are built later must be noticed: OUT_DIR is target/PROFILE/build/NAME/out.
    if let Some(target) = out.ancestors().nth(4) {
        println!(
            "cargo:rerun-if-changed={}",
            target.join("ui/app/index.html").display()
        );
    }
    // The cargo target folder may lie outside the clone, so the path of the screens cannot be
    // fixed in tauri.conf.json. Tauri merges this value over the file.
    let config = format!(
        "{{\"build\":{{\"frontendDist\":{:?}}}}}",
        screens.display().to_string()
    );
    println!("cargo:rustc-env=TAURI_CONFIG={config}");
    bring_ports(&out);
    tauri_build::build();
}

/// Copies the world's ports, which `cargo xtask ui` puts beside the screens, to where the shell
/// takes them into the program. On phones a bundle's resources are no files, so the list is none.
fn bring_ports(out: &Path) {
    let found = out
        .ancestors()
        .map(|folder| folder.join("ui").join(PORTS))
        .find(|list| list.is_file());
    if let Some(target) = out.ancestors().nth(4) {
        println!(
            "cargo:rerun-if-changed={}",
            target.join("ui").join(PORTS).display()
        );
    }
    let list = match found {
        Some(list) => std::fs::read(list),
        None => {
            println!(
                "cargo:warning=the list of ports is missing, so this app reads no UN/LOCODE; run `cargo xtask ui` first"
            );
            Ok(Vec::new())
        }
    };
    if let Err(error) = list.and_then(|list| std::fs::write(out.join(PORTS), list)) {
        println!("cargo:warning=the list of ports cannot be copied: {error}");
    }
}

/// `ui/app` in the cargo target folder that this build writes to.
fn built_screens(out: &Path) -> Option<PathBuf> {
    out.ancestors()
        .map(|folder| folder.join("ui/app"))
        .find(|folder| folder.join("index.html").is_file())
}

/// Without built screens the shell still compiles, and its window says what is missing.
fn notice_page(out: &Path) -> PathBuf {
    println!("cargo:warning=the screens are not built; run `cargo xtask ui` first");
    let folder = out.join("notice");
    let page = "<!doctype html><html lang=\"en\"><title>Chopmark</title><p>This build of Chopmark holds no screens. Run <code>cargo xtask ui</code> and build again.</p></html>";
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join("index.html"), page));
    if let Err(error) = written {
        println!("cargo:warning=cannot write {}: {error}", folder.display());
    }
    folder
}
