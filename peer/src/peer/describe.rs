//! Who this network is, as `network.json` tells browsers (docs/format.md, 13), and where this peer
//! stands, as `chopmark status` tells its operator.

use std::collections::BTreeMap;

use chopmark_core::{DeviceId, DeviceState, Height, MemberId, MemberState, StateView as _, TimeMs};
use chopmark_replica::{EvidenceState, PeerRow};
use serde_json::json;

use super::Peer;
use super::announce::coming;
use super::status::{DeviceLine, DeviceStanding, MemberLine, PeerLine, PrefixLine, Status};
use crate::clock;
use crate::config::Config;

/// More missing files than an operator wants to count.
const MOST_WANTED: usize = 10_000;

/// Where browsers reach the members' gateways.
pub(super) struct Gateways(Vec<(MemberId, String)>);

impl Gateways {
    pub(super) fn new(own: MemberId, config: &Config) -> Self {
        // A second peer of this member is not a second member's word.
        let others = config.peers.iter().filter(|other| other.member != own);
        let others = others.filter_map(|other| {
            Some((
                other.member,
                other.gateway_url.as_ref()?.as_str().to_owned(),
            ))
        });
        let own = config
            .gateway_url
            .iter()
            .map(|url| (own, url.as_str().to_owned()));
        Self(own.chain(others).collect())
    }
}

impl Peer {
    /// The newest checkpoint's height and time.
    pub(crate) fn newest(&self) -> (Height, TimeMs) {
        self.0
            .replica
            .read_final(|ledger| (ledger.tip().height, ledger.tip().time))
    }

    /// `network.json`.
    pub(crate) fn network_json(&self) -> String {
        let genesis = self.0.replica.genesis();
        let (tip, members, orders) = self.0.replica.read_final(|ledger| {
            let state = ledger.state();
            let members: Vec<_> = state
                .members()
                .filter(|(id, _)| state.is_member(id))
                .map(|(id, member)| {
                    json!({ "id": id.to_string(), "name": member.name(), "class": member.class().as_u8() })
                })
                .collect();
            let validators = ledger.validators().as_slice().iter();
            let orders: Vec<_> = validators
                .map(|validator| validator.member().to_string())
                .collect();
            (ledger.tip(), members, orders)
        });
        let gateways: Vec<_> = self
            .0
            .gateways
            .0
            .iter()
            .map(|(member, url)| json!({ "member": member.to_string(), "url": url }))
            .collect();
        json!({
            "network": genesis.id().to_string(),
            "name": genesis.name(),
            "host": genesis.host(),
            "member": self.0.member.to_string(),
            "takes-back": self.0.takes_back,
            "height": tip.height.0,
            "time": tip.time.0,
            "members": members,
            "gateways": gateways,
            "orders": orders,
        })
        .to_string()
    }

    /// Where the peer stands. `connected` says it of the connections that it keeps.
    pub(crate) async fn status(
        &self,
        running: Running,
        connected: BTreeMap<DeviceId, bool>,
    ) -> anyhow::Result<Status> {
        self.blocking(move |peer| peer.status_now(running, &connected))
            .await?
    }

    fn status_now(
        &self,
        running: Running,
        connected: &BTreeMap<DeviceId, bool>,
    ) -> anyhow::Result<Status> {
        let replica = &self.0.replica;
        let store = replica.store();
        let at = replica.status();
        let line = |(_, row): (_, PeerRow)| PeerLine {
            key: row.key.to_string(),
            connected: connected.get(&row.key).copied(),
            last_contact: row.last_contact_ms,
            last_error: row.last_error,
        };
        let peers = store.peers()?.into_iter().map(line).collect();
        let evidence_wanted = store.evidence_in(EvidenceState::Wanted, MOST_WANTED)?.len();
        let invitations = self.0.invitations.open(clock::now())?;
        Ok(replica.read_final(|ledger| {
            let state = ledger.state();
            Status {
                running: running == Running::Yes,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                network: self.network().to_string(),
                network_name: self.network_name().to_owned(),
                member: self.0.member.to_string(),
                member_name: self.0.member_name.clone(),
                device: self.device().to_string(),
                restoring: self.is_restoring(),
                validator: ledger.validators().with_key(&self.device()).is_some(),
                height: at.height.0,
                header: at.header.to_string(),
                time: at.time.0,
                state: at.state.to_string(),
                log_size: at.logged,
                pending: count(at.open.saturating_add(at.aside)),
                refused: count(state.refusals().count()),
                subjects: count(state.subject_count()),
                members: state.members().map(member_line).collect(),
                devices: state
                    .devices()
                    .filter(|(_, device)| *device.member() == self.0.member)
                    .map(device_line)
                    .collect(),
                prefixes: state
                    .prefixes()
                    .map(|(prefix, member)| PrefixLine {
                        prefix: prefix.to_string(),
                        member: member.to_string(),
                    })
                    .collect(),
                peers,
                evidence_wanted: count(evidence_wanted),
                invitations: count(invitations),
                coming: coming(state),
            }
        }))
    }
}

/// Whether the peer runs, or a command opened its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Running {
    Yes,
    No,
}

fn member_line((id, member): (&MemberId, &MemberState)) -> MemberLine {
    MemberLine {
        id: id.to_string(),
        name: member.name().to_owned(),
        class: member.class().as_u8(),
    }
}

fn device_line((key, device): (&DeviceId, &DeviceState)) -> DeviceLine {
    let state = match (device.revoked(), device.forked()) {
        (Some(_), _) => DeviceStanding::Revoked,
        (None, Some(_)) => DeviceStanding::Suspended,
        (None, None) => DeviceStanding::Enrolled,
    };
    DeviceLine {
        key: key.to_string(),
        name: device.name().to_owned(),
        role: device.role().as_u8(),
        state,
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
