//! What libFuzzer says about a run, for people.

use crate::run;
use std::time::Duration;

/// A target's run.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) time: Duration,
    pub(super) stats: Stats,
    /// A law was broken, by the input in this file if one was written.
    pub(super) found: Option<Option<String>>,
}

/// How far a run got.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stats {
    executions: u64,
    edges: u64,
    inputs: u64,
}

impl Stats {
    /// Reads libFuzzer's progress lines and its final statistics.
    pub(super) fn read(text: &str) -> Self {
        let mut stats = Self::default();
        for line in text.lines() {
            if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
                stats.executions = count.trim().parse().unwrap_or(stats.executions);
            }
            // `#4096 pulse  cov: 812 ft: 2100 corp: 96/31Kb …`
            let Some(executed) = line.strip_prefix('#') else {
                continue;
            };
            let mut words = executed.split_whitespace();
            let number = |word: Option<&str>| {
                let digits = word?.split('/').next()?;
                digits.parse::<u64>().ok()
            };
            stats.executions = number(words.next()).unwrap_or(stats.executions);
            while let Some(word) = words.next() {
                match word {
                    "cov:" => stats.edges = number(words.next()).unwrap_or(stats.edges),
                    "corp:" => stats.inputs = number(words.next()).unwrap_or(stats.inputs),
                    _ => {}
                }
            }
        }
        stats
    }
}

/// The file with the input that broke a law.
pub(super) fn input(text: &str) -> Option<String> {
    let written = "Test unit written to ";
    let line = text.lines().find(|line| line.contains(written))?;
    let (_, file) = line.split_once(written)?;
    Some(file.trim().to_owned())
}

/// What to do about a finding.
pub(super) fn replay(name: &str, input: Option<&str>) -> String {
    match input {
        Some(input) => format!(
            "{name} found an input that breaks its law; see it again with\n  cargo xtask soak fuzz {name} --input {input}\n  and keep it in fuzz/corpus/{name} once it is mended"
        ),
        None => format!("{name} ended early and left no input; its log says why"),
    }
}

/// One line a target.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "\n{:<16} {:>13} {:>13} {:>10} {:>9} {:>8}  {}\n",
        "target", "ran", "executions", "a second", "edges", "inputs", "found"
    );
    for row in rows {
        let Stats {
            executions,
            edges,
            inputs,
        } = row.stats;
        let found = match &row.found {
            None => "nothing".to_owned(),
            Some(input) => input.clone().unwrap_or_else(|| "see its log".to_owned()),
        };
        text.push_str(&format!(
            "{:<16} {:>13} {executions:>13} {:>10} {edges:>9} {inputs:>8}  {found}\n",
            row.name,
            run::seconds(row.time),
            executions / row.time.as_secs().max(1),
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Stats, input};

    const LOG: &str = "INFO: Seed: 1\n#2\tINITED cov: 10 ft: 11 corp: 1/1b exec/s: 0 rss: 40Mb\n\
        #4096\tpulse  cov: 812 ft: 2100 corp: 96/31Kb lim: 43 exec/s: 2048 rss: 61Mb\n\
        artifact_prefix='x/'; Test unit written to x/crash-1\n\
        stat::number_of_executed_units: 5000\n";

    #[test]
    fn reads_what_libfuzzer_says() {
        let stats = Stats {
            executions: 5000,
            edges: 812,
            inputs: 96,
        };
        assert_eq!(Stats::read(LOG), stats);
        assert_eq!(input(LOG).as_deref(), Some("x/crash-1"));
        assert_eq!(Stats::read("nothing"), Stats::default());
    }
}
