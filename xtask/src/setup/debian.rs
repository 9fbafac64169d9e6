//! Debian packages: system libraries of the window, browsers, a display for tests.

use crate::places::Places;
use crate::run;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// What the build and the tests need from Debian 12.
const PACKAGES: &[&str] = &[
    "build-essential",
    "chromium",
    "chromium-driver",
    "cmake",
    "dbus",
    "fonts-noto-cjk",
    "iproute2",
    "libayatana-appindicator3-dev",
    "libfaketime",
    "libgtk-3-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
    "python3-venv",
    "webkit2gtk-driver",
    "xvfb",
];

/// Wanted only where the program is not there already: a newer Node.js from elsewhere must not
/// be pushed aside by Debian's.
const PROGRAMS: &[(&str, &str)] = &[("node", "nodejs"), ("npm", "npm")];

/// What the benchmarks need beside: SQLCipher, their peer, is built on OpenSSL.
const FOR_BENCHMARKS: &[&str] = &["libssl-dev"];

/// Installs the packages that are missing; names them where that cannot be done.
pub(crate) fn install(places: &Places) -> Result<()> {
    install_all(places, PACKAGES)
}

/// The same for what only the benchmarks need.
pub(crate) fn install_for_benchmarks(places: &Places) -> Result<()> {
    install_all(places, FOR_BENCHMARKS)
}

fn install_all(places: &Places, packages: &'static [&'static str]) -> Result<()> {
    if !Path::new("/usr/bin/dpkg-query").exists() {
        println!(
            "This is no Debian. Install by hand what these packages hold: {}",
            packages.join(" ")
        );
        return Ok(());
    }
    let missing = missing_packages(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let Some(mut update) = apt_get() else {
        bail!(
            "these Debian packages are missing, and this user may not install them: {list}\nRun as root: apt-get install --no-install-recommends {list}"
        );
    };
    run::step(
        places,
        "Reading Debian's package lists",
        update.arg("update"),
    )?;
    let Some(mut install) = apt_get() else {
        bail!("these Debian packages are missing: {list}");
    };
    run::step(
        places,
        &format!("Installing {} Debian packages: {list}", missing.len()),
        install
            .args(["install", "--yes", "--no-install-recommends"])
            .args(&missing),
    )
}

fn missing_packages(packages: &'static [&'static str]) -> Vec<&'static str> {
    let installed = run::answer(Command::new("dpkg-query").args([
        "-W",
        "-f",
        "${db:Status-Abbrev}${Package}\n",
    ]))
    .unwrap_or_default();
    let has = |name: &str| {
        installed
            .lines()
            .any(|line| line.strip_prefix("ii ") == Some(name))
    };
    let packages = packages.iter().copied().filter(|name| !has(name));
    let programs = PROGRAMS
        .iter()
        .filter(|(program, _)| run::answer(Command::new(program).arg("--version")).is_none())
        .map(|(_, package)| *package);
    packages.chain(programs).collect()
}

/// `apt-get` with the rights to install, if there is a way that asks nothing.
fn apt_get() -> Option<Command> {
    let mut command = if run::answer(Command::new("id").arg("-u")).as_deref() == Some("0") {
        Command::new("apt-get")
    } else {
        run::answer(Command::new("sudo").args(["-n", "true"]))?;
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Some(command)
}
