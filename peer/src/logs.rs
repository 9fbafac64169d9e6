//! Structured logs on standard error: lines for people, JSON for machines. Keys, codes, names of
//! people and section contents are never logged.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// What an operator should know. What the engine warns of is what others send it, certificates and
/// all: a hostile validator would fill the disk with it, and `ordering` counts it anyway.
const SHOWN: &str = "warn,chopmark=info,chopmark_replica=info,\
    arc_malachitebft_core_consensus=error,arc_malachitebft_core_driver=error,\
    arc_malachitebft_core_votekeeper=error";

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogStyle {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. `RUST_LOG` chooses what is shown; without it, what an operator should know.
pub(crate) fn start(style: LogStyle) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(SHOWN));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start in the same process changes nothing, and is no reason to stop.
    let _started = match style {
        LogStyle::Text => logs.with_ansi(false).try_init(),
        LogStyle::Json => logs.json().flatten_event(true).try_init(),
    };
}
