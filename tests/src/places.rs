use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

/// Where the programs under test and the built pages lie.
#[derive(Clone, Debug)]
pub struct Places {
    binaries: PathBuf,
    pages: PathBuf,
    tools: Option<PathBuf>,
}

impl Places {
    /// Reads the places that `cargo xtask` names, or guesses them from the running program.
    pub fn find() -> Result<Self> {
        let binaries = match env::var_os("CHOPMARK_BIN_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => beside_this_program()?,
        };
        let pages = match env::var_os("CHOPMARK_UI_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => binaries
                .parent()
                .context("the program folder has no parent")?
                .join("ui"),
        };
        Ok(Self {
            binaries,
            pages,
            tools: env::var_os("CHOPMARK_TOOLS").map(PathBuf::from),
        })
    }

    /// A program of this workspace.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        let path = self.binaries.join(name);
        ensure!(
            path.is_file(),
            "{} is missing: `cargo xtask test` builds it",
            path.display()
        );
        Ok(path)
    }

    /// The folder of a built front end: `app` or `verify`.
    pub fn pages(&self, name: &str) -> Result<PathBuf> {
        let path = self.pages.join(name);
        ensure!(
            path.join("index.html").is_file(),
            "{} is missing: `cargo xtask ui` builds it",
            path.display()
        );
        Ok(path)
    }

    /// The text of axe-core, to check pages for accessibility.
    pub fn axe(&self) -> Result<String> {
        let tools = self
            .tools
            .as_deref()
            .context("CHOPMARK_TOOLS is not set: run this through `cargo xtask`")?;
        let path = tools.join("node_modules/axe-core/axe.min.js");
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// The world's ports by UN/LOCODE, if `cargo xtask setup` has fetched them.
    pub fn ports(&self) -> Option<PathBuf> {
        let list = self.tools.as_deref()?;
        Some(list.join("node_modules/sea-ports/lib/ports.json")).filter(|list| list.is_file())
    }

    /// A tool that `cargo xtask setup` installed.
    pub fn tool(&self, name: &str) -> Option<PathBuf> {
        let tools = self.tools.as_deref()?;
        [tools.join("bin").join(name), tools.join(name)]
            .into_iter()
            .find(|path| path.is_file())
    }
}

fn beside_this_program() -> Result<PathBuf> {
    let program = env::current_exe().context("this program has no path")?;
    let folder = program.parent().unwrap_or(Path::new("."));
    // Test programs lie one folder deeper, in `deps`.
    Ok(if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder).to_path_buf()
    } else {
        folder.to_path_buf()
    })
}
