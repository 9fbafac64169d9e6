//! What this member's records say of the events of a file.

use chopmark_core::{Body, RecordRef, SectionBody, Seq, StateView as _, VerifiedBlock};
use chopmark_epcis::{CompanyPrefixes, Event, Form};
use chopmark_exchange::{Opened, Parts, Style, Suspects, event};
use chopmark_replica::Number;

use crate::blocks;
use crate::imports::Looking;
use crate::look::Look;
use crate::papers::Read;
use crate::trouble::Trouble;

/// Blocks that are read in one piece of work.
const READ_AT_ONCE: usize = 100;

/// Learns what was told before of transformations that are split over several events; gives whether
/// there is more to read. No index leads to them, so all that this member wrote is read, and only
/// for a file with such events.
pub(super) fn parts(
    look: &Look<'_>,
    looking: &mut Looking,
    parts: &mut Parts,
) -> Result<bool, Trouble> {
    if parts.is_empty() {
        return Ok(false);
    }
    let mut left = match looking.own.take() {
        Some(left) => left,
        None => own_blocks(look)?,
    };
    for _ in 0..READ_AT_ONCE.min(left.len()) {
        let block = left
            .pop()
            .map(|number| blocks::numbered(look.store, number));
        let Some(block) = block.transpose()?.flatten() else {
            continue;
        };
        for (at, record) in block.located() {
            if let Body::Correct { of, .. } = record.body()
                && look.view.refusal(&at).is_none()
            {
                parts.withdraw(of);
            }
            if let Some(event) = said(look, &block, at.index)? {
                parts.learn(&event, (at, record.kind()));
            }
        }
    }
    let is_more = !left.is_empty();
    looking.own = Some(left);
    Ok(is_more)
}

/// The blocks of all devices of this member, the newest first.
fn own_blocks(look: &Look<'_>) -> Result<Vec<Number>, Trouble> {
    let mut numbers = Vec::new();
    for (device, _) in look
        .view
        .devices()
        .filter(|(_, state)| *state.member() == look.me.member)
    {
        let end = look.view.feed(device).map_or(Seq(0), |feed| feed.next);
        for seq in 0..end.0 {
            let item = look.store.fed(*device, Seq(seq))?;
            numbers.extend(item.map(|item| item.number));
        }
    }
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    Ok(numbers)
}

/// Learns what this member's records say that may be one of these events.
pub(super) fn recorded(
    look: &Look<'_>,
    suspects: &Suspects,
    looking: &mut Looking,
) -> Result<(), Trouble> {
    for subject in suspects.subjects() {
        for touch in look.store.records_of(*subject)? {
            let Some(block) = blocks::numbered(look.store, touch.number)? else {
                continue;
            };
            let at = RecordRef {
                block: block.id(),
                index: touch.index,
            };
            let record = block.records().get(usize::from(touch.index));
            let ours = block.header().member() == look.me.member;
            let Some(record) = record.filter(|record| ours && suspects.may_be(record)) else {
                continue;
            };
            if looking.learned.insert(at)
                && let Some(event) = said(look, &block, touch.index)?
            {
                looking.earlier.learn(&event, record);
            }
        }
    }
    Ok(())
}

/// The event that a record says; none if it was refused, or says none that can be read here.
fn said(look: &Look<'_>, block: &VerifiedBlock, index: u16) -> Result<Option<Event>, Trouble> {
    let at = RecordRef {
        block: block.id(),
        index,
    };
    let record = block.records().get(usize::from(index));
    let Some(record) = record.filter(|_| look.view.refusal(&at).is_none()) else {
        return Ok(None);
    };
    let each = look.read_each(block, index)?.into_iter();
    let mut told = each.filter_map(|(_, read)| match read {
        Read::Body(body) => Some(body),
        _ => None,
    });
    let says = |body: &SectionBody| body.event.is_some() || !body.codes.is_empty();
    let Some(section) = told.find(|body| says(body)) else {
        return Ok(None);
    };
    let known = CompanyPrefixes::default();
    // Names of events do not depend on the form.
    let style = Style {
        form: Form::Link,
        host: look.genesis.host(),
        known: &known,
    };
    let opened = Opened {
        at,
        record,
        author: block.header().member(),
        section: &section,
    };
    Ok(event(&opened, &style).ok())
}
