use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use crate::{Places, process::output};

/// One call of the binary `chopmark`.
#[derive(Debug)]
pub struct Chopmark(Command);

impl Chopmark {
    /// Adds an argument.
    pub fn arg(&mut self, argument: impl AsRef<std::ffi::OsStr>) -> &mut Self {
        self.0.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<'a>(&mut self, arguments: impl IntoIterator<Item = &'a str>) -> &mut Self {
        self.0.args(arguments);
        self
    }

    /// Runs it; an exit code other than 0 is an error with all that it said.
    pub async fn run(&mut self) -> Result<String> {
        let command = std::mem::replace(&mut self.0, Command::new("chopmark"));
        output(command).await
    }
}

pub(super) fn chopmark(places: &Places, folder: &Path) -> Result<Chopmark> {
    let mut command = Command::new(places.program("chopmark")?);
    command.current_dir(folder);
    Ok(Chopmark(command))
}
