//! The app's shell: window, permissions, platform plugins.
//!
//! Commands only forward to `chopmark-client`; the shell itself decides nothing.

mod commands;
#[cfg(target_os = "linux")]
mod media;
#[cfg(mobile)]
mod mobile;
mod shell;

pub use shell::{ShellError, run};
