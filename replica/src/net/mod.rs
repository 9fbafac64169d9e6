//! The wire: QUIC between devices and peers (format, section 10).

mod again;
mod answer;
mod endpoint;
mod evidence;
mod files;
mod frames;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod items;
mod join;
mod joined;
mod keep;
mod late;
mod messages;
mod node;
mod order;
mod pace;
mod pairs;
mod progress;
mod road;
mod session;
#[cfg(test)]
mod tests;
mod tls;

use crate::replica::ReplicaError;
use crate::vault::VaultError;

use frames::FrameError;
pub use items::ItemsHeard;
pub use join::{JoinDesk, JoinRefusal, join};
pub use joined::{Joined, JoinedError};
pub use keep::{Kept, Link};
pub use messages::{JoinAnswer, JoinRequest};
pub use node::{Node, NodeError, Remote};
pub use order::{Line, OrderRefusals};
pub use session::{SyncReport, Until};
pub use tls::TlsError;

/// Why a sync, a transfer or a join did not come to its end. Everything acknowledged before stays
/// acknowledged, and the next one goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// Nobody answers there.
    #[error(
        "{address} cannot be reached ({detail}): check the network; what is signed stays here until it is sent"
    )]
    Unreachable {
        /// Where.
        address: String,
        /// What the network said.
        detail: String,
    },
    /// The other side speaks another version of the protocol.
    #[error(
        "{address} speaks another version of the protocol: update whichever program is older; what is signed stays here until then"
    )]
    OtherVersion {
        /// Where.
        address: String,
    },
    /// Someone answers and does not hold the key that this network's peer has.
    #[error(
        "{address} is not the peer it should be ({detail}): nothing was sent; ask the peer's owner"
    )]
    NotThePeer {
        /// Where.
        address: String,
        /// What the handshake said.
        detail: String,
    },
    /// The other side said goodbye with a reason.
    #[error("the peer refuses: {detail} ({code})")]
    Refused {
        /// One of the codes of the format, section 10.
        code: String,
        /// The reason in a sentence.
        detail: String,
    },
    /// This side ends the session, and tells the other one why.
    #[error("the session is ended from here: {detail} ({code})")]
    Ended {
        /// One of the codes of the format, section 10.
        code: &'static str,
        /// The reason in a sentence.
        detail: &'static str,
    },
    /// The connection broke.
    #[error("the connection was lost ({detail}): it goes on from there at the next try")]
    Lost {
        /// What the network said.
        detail: String,
    },
    /// The other side broke the protocol.
    #[error("the other side does not keep to the protocol: {detail} ({code})")]
    Protocol {
        /// The code it was told.
        code: &'static str,
        /// What it did.
        detail: String,
    },
    /// This replica could not store or read.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// Evidence could not be stored or read here.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// This device's key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// This machine gives no port to call from.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl SyncError {
    /// The code under which it is shown, stored and told to the other side.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::OtherVersion { .. } => "other-version",
            Self::NotThePeer { .. } => "not-the-peer",
            Self::Refused { code, .. } => code,
            Self::Lost { .. } => "lost",
            Self::Protocol { code, .. } | Self::Ended { code, .. } => code,
            Self::Replica(ReplicaError::Store(crate::store::StoreError::DiskFull))
            | Self::Vault(VaultError::DiskFull) => "disk-full",
            Self::Vault(VaultError::Unknown { .. }) => "evidence-unknown",
            Self::Vault(VaultError::Damaged { .. } | VaultError::WrongHash { .. }) => {
                "evidence-damaged"
            }
            Self::Vault(VaultError::TooLarge) => "too-large",
            Self::Replica(ReplicaError::CatchUp(_)) => "bad-snapshot",
            Self::Replica(ReplicaError::Passed(_)) => "bad-log",
            _ => "internal",
        }
    }
}

impl From<FrameError> for SyncError {
    fn from(error: FrameError) -> Self {
        let detail = error.to_string();
        match error {
            FrameError::TooLarge { .. } => Self::Protocol {
                code: "too-large",
                detail,
            },
            FrameError::TooSlow | FrameError::Malformed(_) => Self::Protocol {
                code: "malformed",
                detail,
            },
            FrameError::Lost(detail) => Self::Lost { detail },
        }
    }
}

impl From<quinn::ConnectionError> for SyncError {
    fn from(error: quinn::ConnectionError) -> Self {
        Self::Lost {
            detail: error.to_string(),
        }
    }
}

impl From<crate::store::StoreError> for SyncError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Replica(error.into())
    }
}
