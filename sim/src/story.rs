//! What happened, in plain words.

use std::fmt;
use std::time::Duration;

use chopmark_ordering::Counts;

use crate::broken::Broken;

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The seed.
    pub seed: u64,
    /// Validators, other peers, phones.
    pub cast: (usize, usize, usize),
    /// The newest checkpoint.
    pub height: u64,
    /// Blocks that became final.
    pub blocks: usize,
    /// Records that were applied, and refused.
    pub records: (usize, usize),
    /// How long it took, in virtual time.
    pub took: Duration,
    /// How long after healing everything was final.
    pub healing: Duration,
    /// Crashes of nodes.
    pub crashes: usize,
    /// The highest round in which a node was seen.
    pub rounds: u32,
    /// What became of messages between validators, of all honest ones together.
    pub counts: Counts,
    /// Events.
    pub steps: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (validators, peers, phones) = self.cast;
        let (applied, refused) = self.records;
        write!(
            f,
            "seed {}: {validators} validators, {peers} peers, {phones} phones; {} blocks in {} checkpoints, {applied} records applied, {refused} refused; {} crashes, up to round {}; {:.0} s, {:.1} s to heal, {} steps",
            self.seed,
            self.blocks,
            self.height,
            self.crashes,
            self.rounds,
            self.took.as_secs_f64(),
            self.healing.as_secs_f64(),
            self.steps,
        )
    }
}

/// A seed that broke a promise.
#[derive(Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// When, in virtual time.
    pub at: Duration,
    /// What was broken.
    pub broken: Broken,
    /// Who did what when; empty unless it was asked for.
    pub story: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.story {
            writeln!(f, "{line}")?;
        }
        write!(
            f,
            "seed {}, after {:.3} s: {}",
            self.seed,
            self.at.as_secs_f64(),
            self.broken
        )
    }
}

impl std::error::Error for Failure {}

/// Whether a story is kept: writing it costs more than the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    Silent,
    Aloud,
}

/// The lines so far.
pub(crate) struct Story {
    telling: Telling,
    lines: Vec<String>,
}

impl Story {
    pub(crate) fn new(telling: Telling) -> Self {
        let lines = Vec::new();
        Self { telling, lines }
    }

    pub(crate) fn tell(&mut self, at: Duration, line: impl FnOnce() -> String) {
        if self.telling == Telling::Aloud {
            self.lines
                .push(format!("{:>11.6} {}", at.as_secs_f64(), line()));
        }
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}
