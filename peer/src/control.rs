//! How the other commands ask the running peer: one line of JSON each way over a socket in the
//! data folder. Who may open the folder may administer the member, as with the keys beside it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::watch;

use crate::admin::{Admin, Request};
use crate::exchange::{Progress, Told};

/// A request is a handful of ids and a name.
const LONGEST_REQUEST: u64 = 64 * 1024;
/// A list of every bad row of a large table is the longest answer.
const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;
/// A running peer answers at once; this is for one that hangs.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often long work says that it goes on: well within the patience of who waits.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    /// It was done.
    Done(serde_json::Value),
    /// It was not, and why.
    Failed(String),
    /// It goes on; another line follows.
    Working(Option<Progress>),
}

/// Why the running peer could not be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ControlError {
    /// The socket cannot be made.
    #[error(
        "{path} cannot be opened ({cause}); if its path is longer than 107 bytes, move the data folder"
    )]
    Bind {
        /// The socket.
        path: std::path::PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The running peer went away or hangs.
    #[error("the running peer did not answer ({0}); look at its log")]
    Broken(std::io::Error),
    /// The running peer is of another version.
    #[error("the running peer answered something else ({0}); use the same version of `chopmark`")]
    Version(serde_json::Error),
    /// It answered that it could not.
    #[error("{0}")]
    Failed(String),
}

/// Asks the peer that runs on this folder; none if nobody does. What it says of long work on the
/// way goes to `told`.
pub(crate) fn ask(
    socket: &Path,
    request: &Request,
    told: &Told,
) -> Result<Option<serde_json::Value>, ControlError> {
    let mut stream = match UnixStream::connect(socket) {
        Ok(stream) => stream,
        // No file, or one left behind by a peer that was killed.
        Err(_) => return Ok(None),
    };
    let mut send = || -> std::io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        stream.write_all(&line)
    };
    send().map_err(ControlError::Broken)?;
    let mut answers = BufReader::new((&stream).take(LONGEST_ANSWER));
    loop {
        let mut answer = String::new();
        answers
            .read_line(&mut answer)
            .map_err(ControlError::Broken)?;
        match serde_json::from_str(&answer).map_err(ControlError::Version)? {
            Answer::Done(value) => return Ok(Some(value)),
            Answer::Failed(why) => return Err(ControlError::Failed(why)),
            Answer::Working(progress) => {
                told.send_replace(progress);
            }
        }
    }
}

/// Opens the socket. The caller holds the folder's lock, so a socket that is there is a dead one.
pub(crate) fn listen(socket: &Path) -> Result<UnixListener, ControlError> {
    use std::os::unix::fs::PermissionsExt as _;
    let bind = |cause| ControlError::Bind {
        path: socket.to_owned(),
        cause,
    };
    if socket.exists() {
        std::fs::remove_file(socket).map_err(bind)?;
    }
    let listener = UnixListener::bind(socket).map_err(bind)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600)).map_err(bind)?;
    Ok(listener)
}

/// Answers until the task is dropped.
pub(crate) async fn answer_all(listener: UnixListener, admin: Admin) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(cause) => {
                tracing::warn!(%cause, "control: a connection was lost");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let admin = admin.clone();
        tokio::spawn(async move {
            if let Err(cause) = answer_one(stream, admin).await {
                tracing::warn!(%cause, "control: an exchange broke off");
            }
        });
    }
}

async fn answer_one(stream: tokio::net::UnixStream, admin: Admin) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = tokio::io::BufReader::new(read.take(LONGEST_REQUEST));
    tokio::time::timeout(PATIENCE, read.read_line(&mut line)).await??;
    let answer = match serde_json::from_str(&line) {
        Ok(request) => match work(&admin, request, &mut write).await? {
            Ok(value) => Answer::Done(value),
            Err(why) => Answer::Failed(format!("{why:#}")),
        },
        Err(why) => Answer::Failed(format!("not a request of this version ({why})")),
    };
    say(&mut write, &answer).await?;
    write.shutdown().await
}

/// Carries a request out. While that takes long, a line now and then says so: who waits can tell
/// work from a peer that hangs.
async fn work(
    admin: &Admin,
    request: Request,
    write: &mut OwnedWriteHalf,
) -> std::io::Result<anyhow::Result<serde_json::Value>> {
    let (told, progress) = watch::channel(None);
    let mut done = pin!(admin.handle(request, told));
    loop {
        tokio::select! {
            answer = &mut done => return Ok(answer),
            () = tokio::time::sleep(SIGN_OF_LIFE) => {
                let now = *progress.borrow();
                say(write, &Answer::Working(now)).await?;
            }
        }
    }
}

async fn say(write: &mut OwnedWriteHalf, answer: &Answer) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(answer)?;
    bytes.push(b'\n');
    tokio::time::timeout(PATIENCE, write.write_all(&bytes)).await?
}
