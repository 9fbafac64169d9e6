//! Putting a chain together out of a ledger and what it ordered.

use super::{Link, NewKeys, RosterChain};
use crate::history::{HistoryError, HistorySource};
use crate::state::{RosterChange, StateView};
use crate::{Body, Height, Ledger, MemberId, RecordRef};

/// Every change of the roster that was agreed on and holds by now.
///
/// # Errors
/// `MissingBlock` where the source lacks a block of a change, `MissingHeader` where it lacks a
/// header.
pub(crate) fn assemble(
    ledger: &Ledger,
    source: &impl HistorySource,
) -> Result<RosterChain, HistoryError> {
    let state = ledger.state();
    let now = state.next_height();
    let changes = state.roster().changes().iter();
    let hold = changes.take_while(|change| change.from() <= now);
    let links = hold.map(|change| link(source, change));
    Ok(RosterChain(links.collect::<Result<_, _>>()?))
}

fn link(source: &impl HistorySource, change: &RosterChange) -> Result<Link, HistoryError> {
    let mut keys = Vec::new();
    for at in change.roots() {
        let (member, body) = read(source, at)?;
        match body {
            Body::RotateRoot { change } => keys.push(NewKeys::Rotated(member, change)),
            Body::Recover { request } => {
                let root = Box::new(request.change.root.clone());
                keys.push(NewKeys::Recovered(
                    request.member,
                    root,
                    request.change.next,
                ));
            }
            _ => {}
        }
    }
    let mut signatures = Vec::new();
    let mut wanted = None;
    for at in change.carried() {
        let (member, body) = read(source, at)?;
        if let Some((terms, act, signature)) = body.roster_wish() {
            signatures.push((member, signature.clone()));
            wanted = Some((terms, act));
        }
    }
    let missing = change.carried().last().map(|at| at.block);
    let missing = missing.map(|block| HistoryError::MissingBlock { block });
    let before = Height(change.from().0.saturating_sub(1));
    let (terms, act) = wanted.ok_or(missing.unwrap_or(HistoryError::NoRecord))?;
    let header = source
        .header(before)
        .ok_or(HistoryError::MissingHeader { height: before })?;
    let changes = header.header().validator_set() != header.header().next_validator_set();
    Ok(Link {
        keys,
        terms,
        act,
        signatures,
        header: changes.then_some(header),
    })
}

/// A record's body with the member that wrote it.
fn read(source: &impl HistorySource, at: &RecordRef) -> Result<(MemberId, Body), HistoryError> {
    let missing = HistoryError::MissingBlock { block: at.block };
    let block = source.block(&at.block).ok_or(missing.clone())?;
    let record = block.records().get(usize::from(at.index));
    let body = record.ok_or(missing)?.body().clone();
    Ok((block.header().member(), body))
}
