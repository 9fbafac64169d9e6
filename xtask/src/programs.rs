//! Builds the programs that other programs start, and runs the drivers that start them.

use crate::places::Places;
use crate::run;
use crate::setup;
use crate::ui;
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// How a demo ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demo {
    /// With everything running, for a person to try.
    Stay,
    /// After the first scenario, with its result.
    Check,
}

/// Which optimisation the programs are built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// What tests and the demo run: optimised where it counts, with the loopback bridge.
    Dev,
    /// What users get and benchmarks measure.
    Release,
}

/// All packages but xtask, which cannot be rebuilt while it runs. Always the same set, because
/// cargo unifies features over the packages it is asked for: another set would compile
/// dependencies a second time.
pub(crate) const PACKAGES: &[&str] = &["--workspace", "--exclude", "xtask"];
/// The bridge lets the screens run in an ordinary browser; release builds do not hold it.
pub(crate) const FEATURES: &[&str] = &["--features", "chopmark-client/bridge"];

/// What the benchmarks measure or start.
const MEASURED: &[&str] = &[
    "--package=chopmark-bench",
    "--package=chopmark-client",
    "--package=chopmark-peer",
];

/// Starts the trial network, or checks it.
pub(crate) fn demo(places: &Places, demo: Demo) -> Result<()> {
    prepare(places)?;
    let driver = places.target().join("debug/demo");
    match demo {
        Demo::Stay => run::shown(
            "Starting the demo",
            for_tests(places, Profile::Dev, &mut Command::new(driver)),
        ),
        Demo::Check => {
            let display = crate::test::Display::start(places)?;
            let mut command = display.command(&driver);
            run::shown(
                "Running the demo unattended",
                for_tests(places, Profile::Dev, command.arg("--check")),
            )
        }
    }
}

/// Measures, only one part if asked, and writes the rows to `json` if asked.
pub(crate) fn bench(places: &Places, part: Option<&str>, json: Option<&Path>) -> Result<()> {
    setup::for_benchmarks(places)?;
    // Nothing else looks at the front ends.
    if part.is_none_or(|part| "pages".contains(part)) {
        ui::build(places, None)?;
    }
    build(places, Profile::Release)?;
    let mut command = Command::new(places.target().join("release/chopmark-bench"));
    command.env("CARGO_MANIFEST_DIR", places.root().join("bench"));
    command.current_dir(places.root());
    if let Some(part) = part {
        command.args(["--only", part]);
    }
    if let Some(file) = json {
        command
            .arg("--json")
            .arg(std::env::current_dir()?.join(file));
    }
    run::shown(
        "Measuring",
        for_tests(places, Profile::Release, &mut command),
    )
}

/// Renders every screen, or only those whose name contains `filter`.
pub(crate) fn screens(places: &Places, filter: Option<&str>) -> Result<()> {
    prepare(places)?;
    let display = crate::test::Display::start(places)?;
    let mut command = display.command(&places.target().join("debug/screens"));
    run::shown(
        "Rendering every screen",
        for_tests(
            places,
            Profile::Dev,
            command.arg(places.target().join("screens")).args(filter),
        ),
    )
}

/// Which seeds of the simulator run.
pub(crate) struct Seeds {
    pub(crate) first: u64,
    pub(crate) count: u64,
    /// How many at a time.
    pub(crate) jobs: usize,
    pub(crate) telling: Telling,
}

/// Which seeds say something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    Each,
    Failures,
}

/// Runs seeds of the simulator. It stops at nothing: every seed that fails tells its story.
pub(crate) fn sim(places: &Places, seeds: &Seeds) -> Result<()> {
    run::step(
        places,
        "Building the simulator",
        places.cargo().args(["build", "--package=chopmark-sim"]),
    )?;
    let mut command = Command::new(places.target().join("debug/chopmark-sim"));
    command
        .arg(format!("--seed={}", seeds.first))
        .arg(format!("--seeds={}", seeds.count))
        .arg(format!("--jobs={}", seeds.jobs));
    if seeds.telling == Telling::Failures {
        command.arg("--quiet");
    }
    run::shown("Simulating", &mut command)
}

/// Lets bad things happen to real peers, for so many minutes.
pub(crate) fn cluster(
    places: &Places,
    minutes: f64,
    seed: Option<u64>,
    roads: Option<&str>,
) -> Result<()> {
    build(places, Profile::Dev)?;
    let mut command = Command::new(places.target().join("debug/cluster"));
    command.arg(format!("--minutes={minutes}"));
    command.args(seed.map(|seed| format!("--seed={seed}")));
    command.args(roads.map(|roads| format!("--roads={roads}")));
    run::shown(
        "Soaking a cluster",
        for_tests(places, Profile::Dev, &mut command),
    )
}

/// Makes the vector files of the refusals anew: the tests that reach them write what they compare
/// otherwise. Names are checked with tables that a feature brings.
pub(crate) fn vectors(places: &Places) -> Result<()> {
    run::step(
        places,
        "Making the vector files",
        places
            .cargo()
            .args(["test", "--package=chopmark-core", "--features=written"])
            .args(["--lib", "vector_file"])
            .env("CHOPMARK_WRITE_VECTORS", "1"),
    )
}

fn prepare(places: &Places) -> Result<()> {
    setup::all(places)?;
    ui::build(places, None)?;
    build(places, Profile::Dev)
}

/// Builds every program of the workspace.
pub(crate) fn build(places: &Places, profile: Profile) -> Result<()> {
    let mut cargo = places.cargo();
    cargo.args(["build", "--bins"]);
    let what = match profile {
        Profile::Dev => {
            cargo.args(PACKAGES).args(FEATURES);
            "Building peer, app and drivers (first time: about 10 minutes on two cores)"
        }
        Profile::Release => {
            cargo.arg("--release").args(MEASURED);
            "Building for release (first time: about 10 minutes on two cores)"
        }
    };
    run::step(places, what, &mut cargo)
}

/// Tells a program from `tests/` or `bench/` where everything is.
pub(crate) fn for_tests<'a>(
    places: &Places,
    profile: Profile,
    command: &'a mut Command,
) -> &'a mut Command {
    let binaries = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    command
        .env("CHOPMARK_UI_DIR", places.ui())
        .env("CHOPMARK_BIN_DIR", places.target().join(binaries))
        .env("CHOPMARK_TOOLS", setup::tools_folder(places))
        // Snapshots lie in this clone, wherever the test was compiled.
        .env("INSTA_WORKSPACE_ROOT", places.root())
}
