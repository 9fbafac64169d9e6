//! `chopmark`: a consortium's peer and its administration.
//!
//! `chopmark serve` keeps one member's copy of the ledger, spreads it, orders it where it is the
//! validator, and answers browsers. Every other command makes or changes something beside it.

mod admin;
mod cli;
mod clock;
mod config;
mod control;
mod dashboard;
mod exchange;
mod figures;
mod folder;
mod gateway;
mod invitations;
mod keyfile;
mod logs;
mod metrics;
mod operators;
mod ordering;
mod peer;
mod policy_file;
mod qr;
mod recovery;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

/// Taking in a large ledger leaves the system's allocator with freed memory that it keeps: a peer
/// with 100,000 records then idles at four times the memory.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(why) => {
            eprintln!("chopmark: {why:#}");
            ExitCode::FAILURE
        }
    }
}
