use serde::{Deserialize, Serialize};

use crate::{Command, Failure, Line};

/// What this device signed and is not final yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outbox {}

/// The answer to [`Outbox`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxView {
    /// Oldest first.
    pub items: Vec<OutboxItem>,
    /// The peers that this device knows.
    pub peers: Vec<PeerView>,
    /// Evidence that no peer has acknowledged: count.
    pub evidence_unsent: u64,
    /// Evidence that no peer has acknowledged: bytes.
    pub evidence_bytes: u64,
}

/// One signed block in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// Block id.
    pub block: String,
    /// What it says, in words.
    pub lines: Vec<Line>,
    /// Bytes to send.
    pub bytes: u64,
    /// When it was signed, by this device's clock.
    pub signed_ms: u64,
    /// Where it stands.
    pub state: OutboxState,
    /// Why the last try did not succeed.
    pub last_error: Option<Failure>,
}

/// Where a block in the outbox stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum OutboxState {
    /// Only on this device.
    Unsent,
    /// A peer has it on disk.
    Sent {
        /// Name of that peer's member.
        peer: String,
    },
    /// Refused; stays until the person has seen it.
    Refused(Failure),
}

/// One peer that this device knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerView {
    /// Address.
    pub address: String,
    /// Whether the link stands now.
    pub connected: bool,
    /// Why the last try did not succeed.
    pub last_error: Option<Failure>,
}

/// Tries to send everything now and waits for the outcome, 15 seconds at most.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendNow {}

/// The answer to [`SendNow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendReport {
    /// Blocks acknowledged in this try.
    pub sent: u64,
    /// Blocks still unsent.
    pub unsent: u64,
}

impl Command for Outbox {
    const NAME: &'static str = "outbox";
    type Reply = OutboxView;
}

impl Command for SendNow {
    const NAME: &'static str = "send-now";
    type Reply = SendReport;
}
