use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

/// How long a program may take until it says that it is ready. Key derivation and a
/// loaded machine included.
const READY: Duration = Duration::from_secs(90);

/// A program that a scenario started. It is killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    ready: String,
    log: PathBuf,
    // Kept open: a program whose output nobody takes may stop at its next line.
    _output: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Starts a program and waits for its line `READY …`. What it says on standard error
    /// goes to `log`.
    pub async fn start(mut command: Command, log: &Path) -> Result<Self> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::options().create(true).append(true).open(log)?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.as_std().get_program()))?;
        let output = child.stdout.take().context("the program has no output")?;
        let mut lines = BufReader::new(output).lines();
        let ready = match timeout(READY, ready_line(&mut lines)).await {
            Ok(Ok(line)) => line,
            Ok(Err(error)) => bail!("{error}; it said:\n{}", tail(log)),
            Err(_) => bail!("not ready after {READY:?}; it said:\n{}", tail(log)),
        };
        let rest = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            child,
            ready,
            log: log.to_path_buf(),
            _output: rest,
        })
    }

    /// What stood after `READY`.
    #[must_use]
    pub fn ready(&self) -> &str {
        &self.ready
    }

    /// A value of the form `name=value` in the ready line.
    pub fn ready_value(&self, name: &str) -> Result<String> {
        self.ready
            .split_whitespace()
            .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
            .map(str::to_owned)
            .with_context(|| format!("no {name}= in {:?}", self.ready))
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// The end of what it said on standard error.
    #[must_use]
    pub fn log_tail(&self) -> String {
        tail(&self.log)
    }

    /// Kills it as a power cut would: no chance to tidy up.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("cannot kill the program")
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        let Some(id) = self.child.id() else {
            return Ok(());
        };
        let status = Command::new("kill")
            .args(["-TERM", &id.to_string()])
            .status()
            .await?;
        if !status.success() {
            bail!("cannot signal process {id}");
        }
        let status = timeout(READY, self.child.wait())
            .await
            .context("it does not stop")??;
        if !status.success() {
            bail!("it stopped with {status}:\n{}", tail(&self.log));
        }
        Ok(())
    }
}

/// Runs a program to its end and returns what it printed.
pub(crate) async fn output(mut command: Command) -> Result<String> {
    let out = command.stdin(Stdio::null()).output().await?;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    if !out.status.success() {
        bail!(
            "{:?} failed with {}:\n{said}{}",
            command.as_std(),
            out.status,
            String::from_utf8_lossy(&out.stderr)
        );
    }
    Ok(said)
}

async fn ready_line(lines: &mut tokio::io::Lines<BufReader<ChildStdout>>) -> Result<String> {
    while let Some(line) = lines.next_line().await? {
        if let Some(rest) = line.strip_prefix("READY") {
            return Ok(rest.trim().to_owned());
        }
    }
    bail!("the program ended before it was ready")
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(25);
    lines.get(from..).unwrap_or_default().join("\n")
}

/// Asks again and again until there is an answer.
pub(crate) async fn until<T, F: Future<Output = Result<Option<T>>>>(
    what: &str,
    ask: impl Fn() -> F,
) -> Result<T> {
    const PATIENCE: Duration = Duration::from_secs(40);
    const PAUSE: Duration = Duration::from_millis(50);
    let end = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if tokio::time::Instant::now() > end {
            bail!("never happened: {what}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
