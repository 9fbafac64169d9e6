//! What was signed here and is not final yet, with the cause of every failure.

use chopmark_core::{RecordRef, StateView as _, VerifiedBlock};
use chopmark_replica::{EvidenceState, Item, Number, PeerRow, Slot, Store};
use chopmark_view::{EventStatus, Failure, OutboxItem, OutboxState, OutboxView, Param, PeerView};

use crate::look::Look;
use crate::trouble::{self, Trouble};
use crate::{blocks, did, failure, rulings, settle};

/// Evidence is counted up to here; more shows as this many.
const EVIDENCE_COUNTED: usize = 1_000;

/// Blocks unsent, and blocks not final, unsent ones included.
pub(crate) fn sizes(store: &Store) -> Result<(u64, u64), Trouble> {
    let acknowledged = acknowledged(store)?;
    let open = own(store)?;
    let unsent = open.iter().filter(|item| item.number > acknowledged.0).count();
    Ok((unsent as u64, open.len() as u64))
}

pub(crate) fn view(look: &Look<'_>, peers: Vec<PeerView>) -> Result<OutboxView, Trouble> {
    let acknowledged = acknowledged(look.store)?;
    let trouble = peers.iter().find_map(|peer| peer.last_error.clone());
    let mut items = Vec::new();
    for item in own(look.store)? {
        let block = blocks::parse(&item.bytes)?;
        items.push(outbox_item(look, &block, item.number, (&acknowledged, trouble.as_ref()))?);
    }
    for (id, _) in settle::refused(look.store)? {
        if items.iter().any(|item| item.block == id.to_string()) {
            continue;
        }
        let item = look.store.block(id)?;
        if let Some(item) = item {
            let block = blocks::parse(&item.bytes)?;
            items.push(outbox_item(look, &block, item.number, (&acknowledged, None))?);
        }
    }
    items.sort_by(|a, b| (a.signed_ms, &a.block).cmp(&(b.signed_ms, &b.block)));
    let evidence = look.store.evidence_in(EvidenceState::Here, EVIDENCE_COUNTED)?;
    Ok(OutboxView {
        items,
        peers,
        evidence_unsent: evidence.len() as u64,
        evidence_bytes: evidence.iter().map(|row| row.length).sum(),
    })
}

fn outbox_item(
    look: &Look<'_>,
    block: &VerifiedBlock,
    number: Number,
    (acknowledged, trouble): (&(Number, Option<PeerRow>), Option<&Failure>),
) -> Result<OutboxItem, Trouble> {
    let mut sections = 0;
    for record in block.records() {
        sections += record.sections().iter().map(|section| u64::from(section.length())).sum::<u64>();
    }
    let state = state(look, block, number, acknowledged)?;
    let last_error = trouble.filter(|_| state == OutboxState::Unsent).cloned();
    Ok(OutboxItem {
        block: block.id().to_string(),
        lines: did::lines(look, block)?.into_iter().map(|did| did.line).collect(),
        bytes: (block.to_bytes().len() as u64).saturating_add(sections),
        signed_ms: block.header().clock.0,
        state,
        last_error,
    })
}

fn state(
    look: &Look<'_>,
    block: &VerifiedBlock,
    number: Number,
    (upto, peer): &(Number, Option<PeerRow>),
) -> Result<OutboxState, Trouble> {
    for index in 0..u16::try_from(block.records().len()).unwrap_or(u16::MAX) {
        if let EventStatus::Refused(why) = look.status(&RecordRef { block: block.id(), index })? {
            return Ok(OutboxState::Refused(why));
        }
    }
    if let Some(reason) = look.store.refusal(number)? {
        return Ok(OutboxState::Refused(refused_by_peer(&reason)));
    }
    Ok(match peer {
        Some(peer) if number <= *upto => {
            let member = look.view.device(&peer.key).map(|device| *device.member());
            OutboxState::Sent { peer: member.map(|member| look.member_name(&member)).unwrap_or_default() }
        }
        _ => OutboxState::Unsent,
    })
}

/// Blocks that were made or handed over here and are not final, oldest first.
fn own(store: &Store) -> Result<Vec<Item>, Trouble> {
    let mut open = store.open_blocks()?;
    open.retain(|item| item.origin == Slot::HERE);
    Ok(open)
}

/// The number up to which some peer has everything on disk, and that peer.
fn acknowledged(store: &Store) -> Result<(Number, Option<PeerRow>), Trouble> {
    let rows = store.peers()?.into_iter().map(|(_, row)| row);
    let best = rows.max_by_key(PeerRow::acked);
    Ok((best.as_ref().map_or(Number::new(0), PeerRow::acked), best))
}

/// A peer's reason as the store keeps it: code, a line break, detail.
fn refused_by_peer(reason: &[u8]) -> Failure {
    let reason = String::from_utf8_lossy(reason);
    let (code, detail) = reason.split_once('\n').unwrap_or((&reason, ""));
    wire(code, detail, "")
}

/// What a peer or the way to it said, for the person.
pub(crate) fn wire(code: &str, detail: &str, address: &str) -> Failure {
    let address = || Param::Text(address.to_owned());
    match code {
        "unreachable" | "timeout" => failure::PEER_UNREACHABLE.failure([("address", address())]),
        "lost" => failure::CONNECTION_LOST.failure([("address", address())]),
        "wrong-key" => failure::PEER_STRANGER.failure([("address", address())]),
        "internal" => trouble::internal(detail.to_owned()),
        "evidence-unknown" => failure::EVIDENCE_UNKNOWN.failure([]),
        other => match rulings::plain(other) {
            known if known.code == other => known,
            _ => failure::PEER_CONFUSED.failure([("detail", Param::Text(format!("{other} {detail}")))]),
        },
    }
}
