//! The machine that figures were measured on.

use std::{fs, thread};

/// One line: processor, cores, memory.
pub(crate) fn describe() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = field(&processor, "model name").unwrap_or("unknown processor");
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes: u64 = field(&memory, "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    let cores = thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{model}, {cores} cores, {} GiB of memory, {}",
        kilobytes.div_ceil(1024 * 1024),
        std::env::consts::OS
    )
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .find(|line| line.starts_with(name))?
        .split_once(':')
        .map(|(_, value)| value.trim())
}
