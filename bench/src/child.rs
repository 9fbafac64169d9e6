//! Children of this program; memory and processor time of a process.

use std::{ffi::OsStr, fs, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use rustix::time::{ClockId, clock_gettime};

/// Runs this program again with other arguments and returns what it printed.
pub(crate) fn call(arguments: &[&OsStr]) -> Result<String> {
    let out = Command::new(std::env::current_exe()?)
        .args(arguments)
        .output()?;
    ensure!(
        out.status.success(),
        "the child failed: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    Ok(String::from_utf8(out.stdout)?)
}

/// Runs this program again with other arguments, and lets it say what it does meanwhile.
pub(crate) fn watch(arguments: &[&OsStr]) -> Result<()> {
    let status = Command::new(std::env::current_exe()?)
        .args(arguments)
        .status()?;
    ensure!(status.success(), "the child failed: {status}");
    Ok(())
}

/// A line of a process's status file, in kibibytes: `VmRSS` now, `VmHWM` at its highest.
pub(crate) fn memory_kib(process: &str, line: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))
        .with_context(|| format!("process {process} is gone"))?;
    status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .with_context(|| format!("no {line} in the status of process {process}"))
}

/// Kibibytes as megabytes of 1,000,000 bytes.
pub(crate) fn megabytes(kibibytes: u64) -> f64 {
    // Far below the 2^52 that a float holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "memory sizes are small numbers")]
    let bytes = (kibibytes * 1024) as f64;
    bytes / 1e6
}

/// Seconds of processor time that a process has used so far.
pub(crate) fn processor_seconds(process: &str) -> Result<f64> {
    // In hundredths of a second: USER_HZ is 100 on every Linux that programs see.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))
        .with_context(|| format!("process {process} is gone"))?;
    // The name, in parentheses, may hold spaces; user and system time are the 14th and 15th field.
    let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
    let ticks: f64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>)
        .sum::<Result<f64, _>>()?;
    Ok(ticks / TICKS_A_SECOND)
}

/// Seconds that this thread has run on a processor so far: what one core spends, also while other
/// programs share the machine.
pub(crate) fn thread_seconds() -> Result<f64> {
    let time = Duration::try_from(clock_gettime(ClockId::ThreadCPUTime))?;
    Ok(time.as_secs_f64())
}
