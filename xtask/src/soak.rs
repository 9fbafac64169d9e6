//! Long runs that look for what no test has thought of: every decoder under libFuzzer.
//!
//! Nothing but the stable compiler is needed: it marks edges and comparisons by itself, and
//! libFuzzer comes as a crate. There is no sanitizer beside it, because no code of this clone is
//! `unsafe`; overflows and broken laws end a run by a panic.

mod report;

use crate::places::Places;
use crate::run;
use anyhow::{Context, Result, anyhow, bail};
use report::{Row, Stats};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

/// Marks every edge and every comparison, for libFuzzer to see how far an input got.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// An input that takes this long hangs a phone: it is a finding, like a panic.
const INPUT_SECONDS: u64 = 10;
/// Decoders that claim this much for an input of a few kilobytes believe a length.
const MEMORY_MB: u64 = 2048;

/// What to fuzz, and for how long.
#[derive(Debug)]
pub(crate) struct Fuzzing {
    /// Only the targets whose name contains this.
    pub(crate) filter: Option<String>,
    /// How long each target runs.
    pub(crate) minutes: f64,
    /// How many targets run at a time, one core each.
    pub(crate) jobs: usize,
    /// One input to replay instead.
    pub(crate) input: Option<PathBuf>,
    /// Whether what was found worth keeping goes into the clone.
    pub(crate) keep: Keep,
}

/// What becomes of the inputs that reached something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// They stay in the target folder, where the next run goes on from them.
    Aside,
    /// The fewest that reach every edge also go into `fuzz/corpus`.
    InClone,
}

struct Target {
    name: String,
    most_bytes: String,
}

/// Runs each target, and says at the end what came of it.
pub(crate) fn fuzz(places: &Places, fuzzing: &Fuzzing) -> Result<()> {
    let program = build(places)?;
    let mut targets = targets(places, &program)?;
    if let Some(filter) = &fuzzing.filter {
        // An exact name means that target alone, though others may contain it.
        let exact = targets.iter().any(|target| target.name == *filter);
        targets.retain(|target| match exact {
            true => target.name == *filter,
            false => target.name.contains(filter),
        });
    }
    match (&fuzzing.input, targets.as_slice()) {
        (_, []) => bail!("no target's name contains {:?}", fuzzing.filter),
        (None, _) => {}
        (Some(input), [target]) => return replay(places, &program, target, input),
        (Some(_), _) => bail!("an input is replayed by one target: name it"),
    }
    let rows = all(places, &program, &targets, fuzzing)?;
    println!("{}", report::table(&rows));
    let broken = rows.iter().filter(|row| row.found.is_some()).count();
    if broken > 0 {
        bail!(
            "{broken} of {} targets found something, shown above",
            rows.len()
        );
    }
    Ok(())
}

/// The folder of everything that is not worth keeping.
fn folder(places: &Places, part: &str) -> PathBuf {
    places.target().join("fuzz").join(part)
}

fn build(places: &Places) -> Result<PathBuf> {
    let host = run::answer(Command::new("rustc").args(["--print", "host-tuple"]))
        .context("rustc does not say what it builds for")?;
    run::step(
        places,
        "Building the fuzz targets (first time: some minutes)",
        places
            .cargo()
            .args(["build", "--package=chopmark-fuzz", "--features=engine"])
            .args(["--bin=fuzz", "--profile=fuzz", "--target", &host])
            // A folder of its own: other flags would rebuild what the tests have built.
            .env("CARGO_TARGET_DIR", folder(places, "build"))
            .env("RUSTFLAGS", COVERAGE),
    )?;
    Ok(folder(places, "build").join(host).join("fuzz/fuzz"))
}

/// Writes the seeds anew and reads which targets there are.
fn targets(places: &Places, program: &Path) -> Result<Vec<Target>> {
    let listed = run::output(
        places,
        "Making the seeds",
        Command::new(program)
            .env("CARGO_MANIFEST_DIR", places.root().join("fuzz"))
            .env("CHOPMARK_FUZZ_SEEDS", folder(places, "seeds")),
    )?;
    let target = |line: &str| {
        let (name, most_bytes) = line.split_once(' ')?;
        most_bytes.parse::<u64>().ok()?;
        Some(Target {
            name: name.to_owned(),
            most_bytes: most_bytes.to_owned(),
        })
    };
    Ok(listed.lines().filter_map(target).collect())
}

/// Every target, some at a time, each taken by whoever is free first.
fn all(places: &Places, program: &Path, targets: &[Target], fuzzing: &Fuzzing) -> Result<Vec<Row>> {
    let next = AtomicUsize::new(0);
    let worker = || -> Result<Vec<(usize, Row)>> {
        let mut rows = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(target) = targets.get(index) else {
                return Ok(rows);
            };
            rows.push((index, one(places, program, target, fuzzing)?));
        }
    };
    let done = thread::scope(|scope| {
        let workers: Vec<_> = (0..fuzzing.jobs.max(1))
            .map(|_| scope.spawn(worker))
            .collect();
        let joined = workers.into_iter().map(ScopedJoinHandle::join);
        joined.collect::<Vec<_>>()
    });
    let mut rows = Vec::new();
    for worker in done {
        rows.extend(worker.map_err(|_| anyhow!("a worker panicked"))??);
    }
    rows.sort_by_key(|(index, _)| *index);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn one(places: &Places, program: &Path, target: &Target, fuzzing: &Fuzzing) -> Result<Row> {
    let found = folder(places, "found").join(&target.name);
    let work = folder(places, "work").join(&target.name);
    let kept = places.root().join("fuzz/corpus").join(&target.name);
    for folder in [&found, &work, &kept] {
        fs::create_dir_all(folder)?;
    }
    let time = Duration::try_from_secs_f64(fuzzing.minutes * 60.0).context("--minutes")?;
    let started = Instant::now();
    let finished = run::finished(
        places,
        &format!("Fuzzing {} for {}", target.name, run::seconds(time)),
        engine(program, target)
            .arg(&work)
            .args([folder(places, "seeds").join(&target.name), kept.clone()])
            .arg(format!("-max_total_time={}", time.as_secs().max(1)))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .arg("-print_final_stats=1"),
    )?;
    let row = Row {
        name: target.name.clone(),
        time: started.elapsed(),
        stats: Stats::read(&finished.text),
        found: (!finished.status.success()).then(|| report::input(&finished.text)),
    };
    if let Some(input) = &row.found {
        println!("  {}", report::replay(&target.name, input.as_deref()));
    } else if fuzzing.keep == Keep::InClone {
        run::step(
            places,
            &format!("Keeping the fewest inputs of {}", target.name),
            engine(program, target)
                .args(["-set_cover_merge=1", "-use_counters=0"])
                .arg(format!("-artifact_prefix={}/", found.display()))
                .args([&kept, &work]),
        )?;
    }
    Ok(row)
}

fn engine(program: &Path, target: &Target) -> Command {
    let mut command = Command::new(program);
    command
        .env("CHOPMARK_FUZZ_TARGET", &target.name)
        .arg(format!("-max_len={}", target.most_bytes))
        .arg(format!("-timeout={INPUT_SECONDS}"))
        .arg(format!("-rss_limit_mb={MEMORY_MB}"));
    command
}

fn replay(places: &Places, program: &Path, target: &Target, input: &Path) -> Result<()> {
    run::shown(
        &format!("Replaying {} on {}", input.display(), target.name),
        engine(program, target)
            .env("RUST_BACKTRACE", "1")
            .current_dir(places.root())
            .arg(std::env::current_dir()?.join(input)),
    )
}
