//! The test command: everything that must hold, and the test runner's own summary last.

use crate::places::Places;
use crate::programs::{self, FEATURES, PACKAGES, Profile};
use crate::{run, setup, tidy, ui};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Runs everything, or only the tests whose name contains `filter`.
pub(crate) fn test(places: &Places, filter: Option<&str>) -> Result<()> {
    let started = Instant::now();
    setup::all(places)?;
    if filter.is_none() {
        tidy::tidy(places)?;
    }
    ui::build(places, None)?;
    if filter.is_none() {
        run::step(
            places,
            "Checking with clippy, warnings are errors (first time: some minutes)",
            places
                .cargo()
                .args(["clippy", "--all-targets"])
                .args(PACKAGES)
                .args(FEATURES)
                .args(["--", "-D", "warnings"]),
        )?;
    }
    programs::build(places, Profile::Dev)?;
    run_tests(places, filter)?;
    println!(
        "The whole test command took {}",
        run::seconds(started.elapsed())
    );
    Ok(())
}

fn run_tests(places: &Places, filter: Option<&str>) -> Result<()> {
    let has_nextest =
        run::answer(Command::new("cargo-nextest").args(["nextest", "--version"])).is_some();
    let display = Display::start(places)?;
    let mut cargo = places.cargo();
    if has_nextest {
        if filter.is_none() {
            run::step(
                places,
                "Running the examples in the documentation",
                places
                    .cargo()
                    .args(["test", "--doc"])
                    .args(PACKAGES)
                    .args(FEATURES),
            )?;
        }
        cargo
            .args(["nextest", "run", "--no-fail-fast"])
            .args(PACKAGES)
            .args(FEATURES)
            .args(filter);
    } else {
        println!(
            "cargo-nextest is not installed; cargo's own runner does the same, one file after another"
        );
        cargo
            .args(["test", "--no-fail-fast"])
            .args(PACKAGES)
            .args(FEATURES)
            .args(filter);
    }
    run::shown(
        "Compiling and running the tests",
        programs::for_tests(places, Profile::Dev, &mut display.wrap(&cargo)),
    )
}

/// A display that no one sees and a message bus of its own, for windows that tests open.
pub(crate) struct Display {
    server: Child,
    number: String,
}

impl Display {
    /// Starts an X server on a number that is free.
    pub(crate) fn start(places: &Places) -> Result<Self> {
        std::fs::create_dir_all(places.logs())?;
        let log = std::fs::File::create(places.logs().join("display.log"))?;
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x1024x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("cannot start Xvfb (Debian package xvfb)")?;
        let mut number = String::new();
        if let Some(answer) = server.stdout.take() {
            BufReader::new(answer).read_line(&mut number)?;
        }
        if number.trim().is_empty() {
            server.kill().ok();
            bail!(
                "Xvfb gave no display; see {}",
                places.logs().join("display.log").display()
            );
        }
        Ok(Self {
            server,
            number: format!(":{}", number.trim()),
        })
    }

    /// A command that runs on this display.
    pub(crate) fn command(&self, program: &Path) -> Command {
        self.wrap(&Command::new(program))
    }

    /// The same command, on this display.
    pub(crate) fn wrap(&self, inner: &Command) -> Command {
        let mut command = Command::new("dbus-run-session");
        command
            .arg("--")
            .arg(inner.get_program())
            .args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(folder) = inner.get_current_dir() {
            command.current_dir(folder);
        }
        command
            .env("DISPLAY", &self.number)
            .env("NO_AT_BRIDGE", "1")
            // Without a graphics card the compositing path of the web view draws nothing.
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
            .env_remove("WAYLAND_DISPLAY");
        command
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have gone already; there is nothing left to do about that.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
