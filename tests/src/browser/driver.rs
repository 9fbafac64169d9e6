use std::{
    io,
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::ChildStdout,
    time::timeout,
};

use super::PATIENCE;

/// Waits for the end of its input, and then kills the group that it leads.
const SHELL: &str = r#""$@" & exec >/dev/null 2>&1; cat >/dev/null; kill -KILL 0"#;
/// How long what was killed may take to be gone: the system has a browser's memory to take back.
const GONE: Duration = Duration::from_secs(10);

/// A driver with the browser that it starts and all that this starts, as one group of processes.
///
/// A driver that is killed leaves its browser running. So a shell goes before it that kills them
/// all once its input ends: when this is dropped, and also when the test's process is aborted or
/// killed, which drops nothing.
#[derive(Debug)]
pub(super) struct Driver {
    shell: Child,
}

impl Driver {
    /// Starts a driver.
    pub(super) fn start(driver: &Command) -> Result<Self> {
        Self::spawn(driver, Stdio::null(), Stdio::inherit())
    }

    /// Starts a driver that chooses its port, and reads that from its first lines.
    pub(super) async fn start_and_ask(driver: &Command, before_port: &str) -> Result<(Self, u16)> {
        let mut started = Self::spawn(driver, Stdio::piped(), Stdio::null())?;
        let output = started.shell.stdout.take();
        let output = ChildStdout::from_std(output.context("the driver has no output")?)?;
        let mut lines = BufReader::new(output).lines();
        let port = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await? {
                let digits = line
                    .split_once(before_port)
                    .map(|(_, rest)| rest.trim_end_matches('.'));
                if let Some(port) = digits.and_then(|digits| digits.parse().ok()) {
                    return Ok(port);
                }
            }
            bail!("the driver ended")
        })
        .await
        .context("the driver does not answer")??;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok((started, port))
    }

    fn spawn(driver: &Command, output: Stdio, errors: Stdio) -> Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", SHELL, "sh"]);
        shell.arg(driver.get_program()).args(driver.get_args());
        for (name, value) in driver.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let shell = shell
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("cannot start {:?}", driver.get_program()))?;
        Ok(Self { shell })
    }

    /// Whether anything of the group is left.
    fn is_there(&self) -> io::Result<bool> {
        let group = format!("-{}", self.shell.id());
        let asked = Command::new("kill")
            .args(["-0", "--", &group])
            .stderr(Stdio::null())
            .status()?;
        Ok(asked.success())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // It killed itself with the others. Whoever watches the test takes a process that is
        // still ending for one that was forgotten.
        let _killed = self.shell.wait();
        let until = Instant::now() + GONE;
        while self.is_there().unwrap_or(false) && Instant::now() < until {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    /// A driver with a browser.
    fn driver() -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 1000 & sleep 1000"]);
        command
    }

    fn is_there(group: u32) -> bool {
        let group = format!("-{group}");
        let asked = Command::new("kill").args(["-0", "--", &group]).output();
        asked.unwrap().status.success()
    }

    /// A scenario that failed left its browser running.
    #[test]
    fn nothing_is_left_of_a_driver_whose_test_panics() {
        let (tell, told) = std::sync::mpsc::channel();
        let panicked = catch_unwind(move || {
            let driver = Driver::start(&driver()).unwrap();
            assert!(driver.is_there().unwrap());
            tell.send(driver.shell.id()).unwrap();
            panic!("as a scenario that fails");
        });
        assert!(panicked.is_err());
        assert!(!is_there(told.recv().unwrap()));
    }

    /// A test that is aborted, or killed because it takes too long, drops nothing. All that its
    /// driver sees of it is that its input ends.
    #[test]
    fn nothing_is_left_of_a_driver_whose_test_is_killed() {
        let mut driver = Driver::start(&driver()).unwrap();
        drop(driver.shell.stdin.take());
        driver.shell.wait().unwrap();
        let until = Instant::now() + GONE;
        while is_there(driver.shell.id()) {
            assert!(Instant::now() < until);
            thread::sleep(Duration::from_millis(10));
        }
    }
}
