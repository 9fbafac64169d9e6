//! What was signed here and is not final yet, with the cause of every failure.

use chopmark_core::{Record, StateView as _, VerifiedBlock};
use chopmark_replica::{
    EvidenceState, Number, OutboxEntry, OutboxStage, PeerRow, Store, SyncError,
};
use chopmark_view::{EventStatus, Failure, OutboxItem, OutboxState, OutboxView, Param, PeerView};

use crate::look::Look;
use crate::trouble::{self, Trouble};
use crate::{blocks, did, failure, rulings, settle};

/// Evidence is counted up to here; more shows as this many.
const EVIDENCE_COUNTED: usize = 1_000;

/// Blocks unsent, and blocks not final, unsent ones included.
pub(crate) fn sizes(store: &Store) -> Result<(u64, u64), Trouble> {
    let acknowledged = acknowledged(store)?;
    let open = store.own_open_blocks()?;
    let unsent = open
        .iter()
        .filter(|item| item.number > acknowledged.0)
        .count();
    Ok((unsent as u64, open.len() as u64))
}

pub(crate) fn view(
    look: &Look<'_>,
    entries: Vec<OutboxEntry>,
    peers: Vec<PeerView>,
) -> Result<OutboxView, Trouble> {
    // While one peer is reached, it does not matter that another is not.
    let reached = peers.iter().any(|peer| peer.connected);
    let mut failed = peers.iter().filter_map(|peer| peer.last_error.clone());
    let trouble = failed.next().filter(|_| !reached);
    let (_, sent_to) = acknowledged(look.store)?;
    let mut items = Vec::new();
    for entry in entries {
        let state = match entry.stage {
            OutboxStage::Unsent => OutboxState::Unsent,
            OutboxStage::Sent => OutboxState::Sent {
                peer: peer_name(look, sent_to.as_ref()),
            },
            OutboxStage::NotTaken { code, detail } => {
                OutboxState::Refused(wire(&code, &detail, ""))
            }
        };
        items.push(item(look, &entry.block, state, trouble.as_ref())?);
    }
    for (id, _) in settle::refused(look.store)? {
        if items.iter().any(|item| item.block == id.to_string()) {
            continue;
        }
        if let Some(block) = blocks::of(look.store, &id)? {
            let sent = OutboxState::Sent {
                peer: peer_name(look, sent_to.as_ref()),
            };
            items.push(item(look, &block, sent, None)?);
        }
    }
    items.sort_by(|a, b| (a.signed_ms, &a.block).cmp(&(b.signed_ms, &b.block)));
    let evidence = look
        .store
        .evidence_in(EvidenceState::Here, EVIDENCE_COUNTED)?;
    Ok(OutboxView {
        items,
        peers,
        evidence_unsent: evidence.len() as u64,
        evidence_bytes: evidence.iter().map(|row| row.length).sum(),
    })
}

fn item(
    look: &Look<'_>,
    block: &VerifiedBlock,
    stage: OutboxState,
    trouble: Option<&Failure>,
) -> Result<OutboxItem, Trouble> {
    let sections = block.records().iter().flat_map(Record::sections);
    let sections: u64 = sections.map(|section| u64::from(section.length())).sum();
    let state = refused(look, block)?.map_or(stage, OutboxState::Refused);
    let last_error = trouble.filter(|_| state == OutboxState::Unsent).cloned();
    Ok(OutboxItem {
        block: block.id().to_string(),
        lines: did::lines(look, block)?
            .into_iter()
            .map(|did| did.line)
            .collect(),
        bytes: (block.to_bytes().len() as u64).saturating_add(sections),
        signed_ms: block.header().clock().0,
        state,
        last_error,
    })
}

/// Why a record of a block is refused, or is sure to be.
fn refused(look: &Look<'_>, block: &VerifiedBlock) -> Result<Option<Failure>, Trouble> {
    for (record, _) in block.located() {
        if let EventStatus::Refused(why) = look.status(&record)? {
            return Ok(Some(why));
        }
    }
    Ok(None)
}

fn peer_name(look: &Look<'_>, peer: Option<&PeerRow>) -> String {
    let device = peer.and_then(|peer| look.view.device(&peer.key));
    device
        .map(|device| look.member_name(device.member()))
        .unwrap_or_default()
}

/// The number up to which some peer has everything on disk, and that peer.
fn acknowledged(store: &Store) -> Result<(Number, Option<PeerRow>), Trouble> {
    let rows = store.peers()?.into_iter().map(|(_, row)| row);
    let best = rows.max_by_key(PeerRow::acked);
    Ok((best.as_ref().map_or(Number::new(0), PeerRow::acked), best))
}

/// Why a sync or a join failed, for the person.
pub(crate) fn sync_failure(error: &SyncError, address: &str) -> Failure {
    match error {
        SyncError::Replica(error) => trouble::replica(error).into(),
        SyncError::Vault(_) | SyncError::Tls(_) | SyncError::Node(_) => {
            trouble::internal(error.to_string())
        }
        other => wire(other.code(), &other.to_string(), address),
    }
}

/// What a peer or the way to it said, for the person.
pub(crate) fn wire(code: &str, detail: &str, address: &str) -> Failure {
    let address = || Param::Text(address.to_owned());
    match code {
        "unreachable" => failure::PEER_UNREACHABLE.failure([("address", address())]),
        "lost" => failure::CONNECTION_LOST.failure([("address", address())]),
        "other-version" => failure::OTHER_VERSION.failure([("address", address())]),
        "not-the-peer" => failure::PEER_STRANGER.failure([("address", address())]),
        // This device's own disk is named where it fails.
        "disk-full" => failure::PEER_FULL.failure([]),
        "internal" => trouble::internal(detail.to_owned()),
        "evidence-unknown" => failure::EVIDENCE_UNKNOWN.failure([]),
        other => match rulings::plain(other) {
            known if known.code == other => known,
            _ => failure::PEER_CONFUSED
                .failure([("detail", Param::Text(format!("{other} {detail}")))]),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It was told to make room on this device.
    #[test]
    fn a_full_peer_is_named() {
        assert_eq!(wire("disk-full", "", "peer:1").code, "peer-full");
    }

    /// It was called a peer that makes no sense.
    #[test]
    fn a_peer_of_another_version_is_named() {
        assert_eq!(wire("other-version", "", "peer:1").code, "other-version");
    }
}
