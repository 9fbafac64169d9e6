//! Where a peer stands, for `chopmark status`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Everything that an operator looks at. Ids are in hexadecimal, times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    /// Whether the peer runs; a folder can be asked without.
    pub(crate) running: bool,
    pub(crate) version: String,
    pub(crate) network: String,
    pub(crate) network_name: String,
    pub(crate) member: String,
    pub(crate) member_name: String,
    /// The peer's own key.
    pub(crate) device: String,
    /// Whether it was restored from a copy, and signs and orders nothing yet.
    pub(crate) restoring: bool,
    /// Whether this peer orders.
    pub(crate) validator: bool,
    pub(crate) height: u64,
    pub(crate) header: String,
    /// The newest checkpoint's time.
    pub(crate) time: u64,
    /// The root of the state: the same on every peer at the same height.
    pub(crate) state: String,
    pub(crate) log_size: u64,
    /// Blocks that are here and in no checkpoint yet.
    pub(crate) pending: u64,
    /// Records in the log that were against the rules.
    pub(crate) refused: u64,
    pub(crate) subjects: u64,
    pub(crate) members: Vec<MemberLine>,
    pub(crate) devices: Vec<DeviceLine>,
    pub(crate) prefixes: Vec<PrefixLine>,
    pub(crate) peers: Vec<PeerLine>,
    /// Files of evidence that blocks name and that have not come yet.
    pub(crate) evidence_wanted: u64,
    /// Invitations that can still be used.
    pub(crate) invitations: u64,
    /// What is to happen to members' root keys, for every administrator to hear of.
    #[serde(default)]
    pub(crate) coming: Vec<String>,
}

/// A member of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MemberLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) class: u8,
}

/// A device of this member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeviceLine {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) role: u8,
    pub(crate) state: DeviceStanding,
}

/// Whether a device's word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeviceStanding {
    /// It does.
    Enrolled,
    /// It does not: its member ended it.
    Revoked,
    /// It does not: it signed two histories.
    Suspended,
}

/// A registered GS1 prefix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PrefixLine {
    pub(crate) prefix: String,
    pub(crate) member: String,
}

/// Another replica that this one has met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PeerLine {
    pub(crate) key: String,
    /// Whether the connection that this peer keeps to it stands; none for one that calls here.
    pub(crate) connected: Option<bool>,
    /// When it last answered; 0 for never.
    pub(crate) last_contact: u64,
    /// The code and text of the last failure since then.
    pub(crate) last_error: Option<(String, String)>,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running = if self.running {
            "running"
        } else {
            "not running"
        };
        let orders = if self.validator { ", orders" } else { "" };
        writeln!(f, "network    {} ({})", self.network_name, self.network)?;
        writeln!(f, "member     {} ({})", self.member_name, self.member)?;
        writeln!(f, "peer       {} ({running}{orders})", self.device)?;
        if self.restoring {
            writeln!(
                f,
                "restored   from a copy: signs and orders nothing until every peer has answered and the network has gone on"
            )?;
        }
        writeln!(f, "height     {}, {}", self.height, readable(self.time))?;
        writeln!(f, "header     {}", self.header)?;
        writeln!(f, "state      {}", self.state)?;
        writeln!(
            f,
            "log        {} blocks, {} pending, {} records refused, {} subjects",
            self.log_size, self.pending, self.refused, self.subjects
        )?;
        for prefix in &self.prefixes {
            writeln!(
                f,
                "prefix     {} of {}",
                prefix.prefix,
                self.name_of(&prefix.member)
            )?;
        }
        for device in &self.devices {
            writeln!(
                f,
                "device     {}  {:?}  {}",
                device.key, device.state, device.name
            )?;
        }
        for peer in &self.peers {
            let connected = match peer.connected {
                Some(true) => "connected",
                Some(false) => "away",
                None => "calls here",
            };
            write!(
                f,
                "peer       {}  {connected}, last answer {}",
                peer.key,
                readable(peer.last_contact)
            )?;
            match &peer.last_error {
                Some((code, detail)) => writeln!(f, "; {code}: {detail}")?,
                None => writeln!(f)?,
            }
        }
        for what in &self.coming {
            writeln!(f, "ATTENTION  {what}")?;
        }
        write!(
            f,
            "waiting    {} files of evidence, {} open invitations",
            self.evidence_wanted, self.invitations
        )
    }
}

impl Status {
    fn name_of(&self, id: &str) -> &str {
        self.members
            .iter()
            .find(|member| member.id == id)
            .map_or("?", |member| &member.name)
    }
}

fn readable(time: u64) -> String {
    if time == 0 {
        "never".to_owned()
    } else {
        crate::clock::readable(chopmark_core::TimeMs(time))
    }
}
