//! Why a session does not go on.

use thiserror::Error;

use crate::cbor::CborError;
use crate::{NetworkId, limits};

/// Why a session cannot go on: say goodbye with [`SessionError::code`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Not a frame.
    #[error("not a frame: {0}")]
    Malformed(#[from] CborError),
    /// Longer than any lawful frame.
    #[error(
        "a frame of {bytes} bytes; at most {} are allowed",
        limits::FRAME_BYTES
    )]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// The first frame is not a hello, or a later one is.
    #[error("a hello comes first, and once")]
    Hello,
    /// Of another network.
    #[error("the other side is in network {found}")]
    WrongNetwork {
        /// The network it names.
        found: NetworkId,
    },
    /// Numbers that do not rise, or that leave the range their frame claims.
    #[error("the numbers of the items are not in order")]
    Numbers,
    /// A name where the thing itself is due.
    #[error("something that was asked for is named again instead of being sent")]
    NameAgain,
    /// Something was acknowledged that was never sent.
    #[error("{last} was acknowledged, but {sent} is the newest sent")]
    AckBeyond {
        /// As acknowledged.
        last: u64,
        /// The newest sent.
        sent: u64,
    },
    /// The other side sends on without waiting for acknowledgements.
    #[error("more than the window is on the way without an acknowledgement")]
    Overrun,
    /// Nothing is expected after goodbye.
    #[error("the session has ended")]
    Ended,
}

impl SessionError {
    /// The word for the goodbye frame.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(CborError::Version { .. }) => "version",
            Self::Malformed(CborError::NonCanonical) => "non-canonical",
            Self::TooLarge { .. } | Self::Overrun => "too-large",
            Self::WrongNetwork { .. } => "wrong-network",
            _ => "malformed",
        }
    }
}

/// The queue is full: wait for acknowledgements and ask [`Session::wants_items`] again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the session's queue is full")]
pub struct QueueFull;
