use serde::{Deserialize, Serialize};

use crate::{Command, Done};

/// Asks how far this device is: not joined, locked or open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {}

/// The answer to [`Status`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusView {
    /// How far this device is.
    pub stage: Stage,
    /// The app's version.
    pub version: String,
}

/// How far this device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// No replica yet: the person joins by invitation.
    New,
    /// A replica is here and needs its passphrase.
    Locked {
        /// How long until the next try is taken, after wrong ones.
        wait_ms: u64,
        /// Name of the network.
        network: String,
    },
    /// Unlocked.
    Open,
}

/// Joins a network by an invitation and makes the encrypted replica.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Join {
    /// The invitation as scanned or typed: a `chopmark://join/…` link.
    pub link: String,
    /// The passphrase that will protect this device's replica; at least 8 characters.
    pub passphrase: String,
}

/// The answer to [`Join`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Name of the network.
    pub network: String,
    /// Legal name of the member that this device now writes for.
    pub member: String,
    /// The role, as a message key: `role-courier`, `role-qc`, ….
    pub role: String,
}

/// Opens the replica.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unlock {
    /// The passphrase.
    pub passphrase: String,
}

/// Closes the replica and forgets its keys until the next [`Unlock`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lock {}

impl Command for Status {
    const NAME: &'static str = "status";
    type Reply = StatusView;
}

impl Command for Join {
    const NAME: &'static str = "join";
    type Reply = Joined;
}

impl Command for Unlock {
    const NAME: &'static str = "unlock";
    type Reply = Done;
}

impl Command for Lock {
    const NAME: &'static str = "lock";
    type Reply = Done;
}
