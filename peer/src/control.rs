//! How the other commands ask the running peer: one line of JSON each way over a socket in the
//! data folder. Who may open the folder may administer the member, as with the keys beside it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

use crate::admin::{Admin, Request};

/// A request is a handful of ids and a name.
const LONGEST_REQUEST: u64 = 64 * 1024;
/// A bundle in hexadecimal is the longest answer.
const LONGEST_ANSWER: u64 = 16 * 1024 * 1024;
/// A running peer answers at once; this is for one that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    /// It was done.
    Done(serde_json::Value),
    /// It was not, and why.
    Failed(String),
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

/// Asks the peer that runs on this folder; none if nobody does.
pub(crate) fn ask(
    socket: &Path,
    request: &Request,
) -> Result<Option<serde_json::Value>, ControlError> {
    let mut stream = match UnixStream::connect(socket) {
        Ok(stream) => stream,
        // No file, or one left behind by a peer that was killed.
        Err(_) => return Ok(None),
    };
    let mut exchange = || -> std::io::Result<String> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        stream.write_all(&line)?;
        let mut answer = String::new();
        BufReader::new((&stream).take(LONGEST_ANSWER)).read_line(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().map_err(ControlError::Broken)?;
    match serde_json::from_str(&answer).map_err(ControlError::Version)? {
        Answer::Done(value) => Ok(Some(value)),
        Answer::Failed(why) => Err(ControlError::Failed(why)),
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
            if let Err(cause) = tokio::time::timeout(PATIENCE, answer_one(stream, admin))
                .await
                .unwrap_or_else(|late| Err(late.into()))
            {
                tracing::warn!(%cause, "control: an exchange broke off");
            }
        });
    }
}

async fn answer_one(stream: tokio::net::UnixStream, admin: Admin) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    tokio::io::BufReader::new(read.take(LONGEST_REQUEST))
        .read_line(&mut line)
        .await?;
    let answer = match serde_json::from_str(&line) {
        Ok(request) => match admin.handle(request).await {
            Ok(value) => Answer::Done(value),
            Err(why) => Answer::Failed(format!("{why:#}")),
        },
        Err(why) => Answer::Failed(format!("not a request of this version ({why})")),
    };
    let mut bytes = serde_json::to_vec(&answer)?;
    bytes.push(b'\n');
    write.write_all(&bytes).await?;
    write.shutdown().await
}
