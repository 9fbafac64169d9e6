//! Runs one program as a step: says what it is for, shows progress, keeps its output.

use crate::places::Places;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// On a terminal a step reports this often, on one line; seconds pass visibly.
const TERMINAL_INTERVAL: Duration = Duration::from_secs(1);
/// In a log file one line per report: often enough to see that it lives, rarely enough to read.
const LOG_INTERVAL: Duration = Duration::from_secs(15);
/// How much of a failed step's output is shown at once; the rest is in its log.
const SHOWN_LINES: usize = 60;

/// Runs `command` as the step `what`, with progress on screen and its output in `target/logs`.
pub(crate) fn step(places: &Places, what: &str, command: &mut Command) -> Result<()> {
    output(places, what, command).map(|_| ())
}

/// As [`step`], and returns what the program wrote.
pub(crate) fn output(places: &Places, what: &str, command: &mut Command) -> Result<String> {
    let Finished { status, text, log } = finished(places, what, command)?;
    if !status.success() {
        let readable: Vec<_> = text.lines().filter(|line| !is_for_machines(line)).collect();
        for line in readable
            .iter()
            .skip(readable.len().saturating_sub(SHOWN_LINES))
        {
            println!("  | {line}");
        }
        bail!(
            "{what}: failed ({status}); its whole output is in {}",
            log.display()
        );
    }
    Ok(text)
}

/// A program that has ended, well or not.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    /// All that it wrote.
    pub(crate) text: String,
    /// The file that holds the same.
    log: PathBuf,
}

/// As [`output`], for programs whose failing is an answer too.
pub(crate) fn finished(places: &Places, what: &str, command: &mut Command) -> Result<Finished> {
    println!("→ {what}");
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{what}: cannot start {:?}", command.get_program()))?;
    let (lines, received) = mpsc::channel();
    let mut readers = Vec::new();
    for stream in [
        child
            .stdout
            .take()
            .map(|s| Box::new(s) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|s| Box::new(s) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    {
        let lines = lines.clone();
        readers.push(thread::spawn(move || forward(stream, &lines)));
    }
    drop(lines);

    let mut kept = Vec::new();
    let mut last = String::new();
    let mut shown = Instant::now();
    let interval = if std::io::stdout().is_terminal() {
        TERMINAL_INTERVAL
    } else {
        LOG_INTERVAL
    };
    loop {
        match received.recv_timeout(Duration::from_millis(250)) {
            Ok(line) => {
                if !is_for_machines(&line) {
                    last.clone_from(&line);
                }
                kept.push(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if shown.elapsed() >= interval {
            shown = Instant::now();
            progress(started.elapsed(), kept.len(), last.trim());
        }
    }
    let status = child.wait()?;
    clear_progress();
    let text = kept.join("\n");
    let log = places.logs().join(format!("{}.log", file_name(what)));
    fs::create_dir_all(places.logs())?;
    fs::write(&log, &text).with_context(|| format!("cannot write {}", log.display()))?;
    if status.success() && started.elapsed() > Duration::from_secs(5) {
        println!("  done after {}", seconds(started.elapsed()));
    }
    Ok(Finished { status, text, log })
}

/// Runs `command` with its output straight on the screen, for programs that report themselves.
pub(crate) fn shown(what: &str, command: &mut Command) -> Result<()> {
    println!("→ {what}");
    let status = command
        .status()
        .with_context(|| format!("{what}: cannot start {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{what}: failed ({status})");
    }
    Ok(())
}

/// What a program answers, or `None` if it is missing or fails: for questions, not for work.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether the folder of a finished installation holds the versions that are wanted now.
pub(crate) fn is_stamped(folder: &Path, versions: &str) -> bool {
    fs::read_to_string(folder.join(".stamp")).is_ok_and(|found| found == versions)
}

/// Marks an installation as finished: written last, so a broken one is done again.
pub(crate) fn stamp(folder: &Path, versions: &str) -> Result<()> {
    let mut file = File::create(folder.join(".stamp"))?;
    file.write_all(versions.as_bytes())?;
    Ok(())
}

fn forward(stream: Box<dyn Read + Send>, lines: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(read) if read > 0) {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        if lines.send(text).is_err() {
            return;
        }
        line.clear();
    }
}

/// Cargo's messages in JSON stand among the lines for people.
fn is_for_machines(line: &str) -> bool {
    line.starts_with("{\"reason\"")
}

fn progress(elapsed: Duration, lines: usize, last: &str) {
    let last: String = last.chars().take(70).collect();
    if std::io::stdout().is_terminal() {
        print!("\r\x1b[2K  {}, {lines} lines: {last}", seconds(elapsed));
    } else {
        println!("  {}, {lines} lines: {last}", seconds(elapsed));
    }
    // A progress line that cannot be shown is no reason to stop the work.
    let _ = std::io::stdout().flush();
}

fn clear_progress() {
    if std::io::stdout().is_terminal() {
        print!("\r\x1b[2K");
    }
}

/// A time for people: `42 s`, `3 min 5 s`.
pub(crate) fn seconds(time: Duration) -> String {
    match (time.as_secs() / 60, time.as_secs() % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

fn file_name(what: &str) -> String {
    let name: String = what
        .chars()
        .take(60)
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    name.trim_matches('-').to_owned()
}
