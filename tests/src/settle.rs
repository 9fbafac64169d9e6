//! A program that starts itself again in a network namespace of its own, where it may make more of
//! them. Root is not needed: in a user namespace of its own every program is root.

use std::{
    env,
    fs::File,
    io::ErrorKind,
    os::unix::process::CommandExt,
    process::{Command, Output},
};

use anyhow::{Context, Result, bail, ensure};

use crate::Roads;

/// Tells the program that is started again that it is.
const AGAIN: &str = "CHOPMARK_OWN_NAMESPACE";
/// What has to be there, and the Debian packages that hold it.
const PROGRAMS: [(&str, &str); 3] = [
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("ip", "iproute2"),
];
/// What has to be given to this user, and what it is called.
const PARTS: [(&str, &str); 4] = [
    ("ip link set lo up", "user and network namespaces"),
    ("unshare --net true", "network namespaces within one"),
    ("ip link add name a type veth peer name b", "veth devices"),
    ("ip tuntap add mode tun name c", "tun devices"),
];
/// A namespace whose root is this user.
const OWN: [&str; 4] = ["--user", "--map-root-user", "--net", "--"];

/// Settles which roads the networks of this program have, and says so in a line: namespaces, unless
/// relays are wanted or the system lets no namespaces be made. To be called before anything else,
/// since the program starts again where it had not yet a namespace of its own.
///
/// # Errors
/// Namespaces are wanted and cannot be made.
pub fn settle_roads(wanted: Option<Roads>) -> Result<Roads> {
    if env::var_os(AGAIN).is_some() {
        let up = Command::new("ip")
            .args(["link", "set", "lo", "up"])
            .output();
        let up = up.context("cannot start ip")?;
        ensure!(up.status.success(), "ip: {}", first_line(&up));
        println!("roads: each peer in a network namespace of its own");
        return Ok(Roads::Namespaces);
    }
    if let Some(wanted) = wanted.filter(|roads| *roads != Roads::Namespaces) {
        println!("roads: relays between the peers");
        return Ok(wanted);
    }
    match missing() {
        Some(what) if wanted.is_some() => bail!("no network namespaces here: {what}"),
        Some(what) => {
            println!("roads: relays between the peers; no network namespaces here: {what}");
            Ok(Roads::Relayed)
        }
        None => {
            let mut again = Command::new("unshare");
            again.args(OWN).arg(env::current_exe()?);
            again.args(env::args_os().skip(1)).env(AGAIN, "1");
            // It comes back only when it fails.
            Err(again.exec()).context("cannot start this program again")
        }
    }
}

/// The first part of what namespaces take that is not here.
fn missing() -> Option<String> {
    for (program, package) in PROGRAMS {
        if let Err(error) = Command::new(program).arg("-V").output() {
            return Some(match error.kind() {
                ErrorKind::NotFound => format!("`{program}` is missing (Debian package {package})"),
                _ => format!("`{program}` does not start: {error}"),
            });
        }
    }
    if let Err(error) = File::options().read(true).write(true).open("/dev/net/tun") {
        return Some(format!("/dev/net/tun cannot be opened: {error}"));
    }
    for (command, part) in PARTS {
        let tried = Command::new("unshare")
            .args(OWN)
            .args(command.split(' '))
            .output();
        match tried {
            Ok(tried) if tried.status.success() => {}
            Ok(tried) => return Some(format!("no {part}: {}", first_line(&tried))),
            Err(error) => return Some(format!("no {part}: {error}")),
        }
    }
    None
}

fn first_line(said: &Output) -> String {
    let text = String::from_utf8_lossy(&said.stderr);
    text.lines().next().unwrap_or_default().to_owned()
}
