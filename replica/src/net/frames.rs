//! Frames on a stream: a length (u32, big-endian) and that many bytes (format, section 10).

use std::time::Duration;

use chopmark_core::limits;
use quinn::{ReadExactError, RecvStream, SendStream, WriteError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A frame that has begun must be here after so long: slow streams hold nothing open.
const FRAME_MS: u64 = 60_000;
/// Frames read ahead of the disk, and frames written ahead of the network.
const FRAMES_AHEAD: usize = 2;

/// Why a frame did not come or go.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrameError {
    /// Longer than any lawful frame. Nothing was allocated for it.
    #[error(
        "a frame of {bytes} bytes; at most {} are allowed",
        limits::FRAME_BYTES
    )]
    TooLarge {
        /// The length it announced.
        bytes: usize,
    },
    /// It began and did not end in time.
    #[error("a frame took longer than {} s", FRAME_MS / 1000)]
    TooSlow,
    /// The stream or the connection ended in the middle of it.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// Not a frame of this protocol.
    #[error("not a frame of this protocol: {0}")]
    Malformed(&'static str),
}

impl From<WriteError> for FrameError {
    fn from(error: WriteError) -> Self {
        Self::Lost(error.to_string())
    }
}

/// Reads the next frame; `None` when the other side ended the stream between frames.
pub(super) async fn read(from: &mut RecvStream) -> Result<Option<Vec<u8>>, FrameError> {
    let mut length = [0; 4];
    match from.read_exact(&mut length).await {
        Ok(()) => {}
        Err(ReadExactError::FinishedEarly(0)) => return Ok(None),
        Err(error) => return Err(FrameError::Lost(error.to_string())),
    }
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > limits::FRAME_BYTES {
        return Err(FrameError::TooLarge { bytes: length });
    }
    let mut bytes = vec![0; length];
    tokio::time::timeout(Duration::from_millis(FRAME_MS), from.read_exact(&mut bytes))
        .await
        .map_err(|_| FrameError::TooSlow)?
        .map_err(|error| FrameError::Lost(error.to_string()))?;
    Ok(Some(bytes))
}

/// Writes a frame. Waits while the other side takes nothing; QUIC's idle time-out ends that.
pub(super) async fn write(to: &mut SendStream, frame: &[u8]) -> Result<(), FrameError> {
    let length =
        u32::try_from(frame.len()).map_err(|_| FrameError::TooLarge { bytes: frame.len() })?;
    to.write_all(&length.to_be_bytes()).await?;
    Ok(to.write_all(frame).await?)
}

/// Frames as they come, or why none comes any more.
type Incoming = mpsc::Receiver<Result<Vec<u8>, FrameError>>;

/// Reads in a task of its own: a frame half read must not be dropped when something else happens.
pub(super) fn read_ahead(
    mut from: RecvStream,
    first: Option<Vec<u8>>,
) -> (Incoming, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(FRAMES_AHEAD);
    let task = tokio::spawn(async move {
        if let Some(first) = first
            && sender.send(Ok(first)).await.is_err()
        {
            return;
        }
        while let Some(frame) = read(&mut from).await.transpose() {
            let failed = frame.is_err();
            if sender.send(frame).await.is_err() || failed {
                return;
            }
        }
    });
    (receiver, task)
}

/// Writes in a task of its own, so that reading never waits for writing: two sides that both send
/// would otherwise wait for each other.
pub(super) fn write_behind(mut to: SendStream) -> (mpsc::Sender<Vec<u8>>, JoinHandle<()>) {
    let (sender, mut receiver) = mpsc::channel::<Vec<u8>>(FRAMES_AHEAD);
    let task = tokio::spawn(async move {
        while let Some(frame) = receiver.recv().await {
            if write(&mut to, &frame).await.is_err() {
                return;
            }
        }
        // Ends our direction; what was written still arrives.
        if to.finish().is_ok() {
            let _ = to.stopped().await;
        }
    });
    (sender, task)
}
