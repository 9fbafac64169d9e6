//! Events of an EPCIS document into signed blocks: read, tried against the rules, sealed, signed.

use anyhow::{Context, Result, ensure};
use chopmark_core::{Code, HpkeSecret, Kem, Pending, Position, Reader, Readers, Seq};
use chopmark_epcis::{Document, Event, OnBadEvent};
use chopmark_exchange::{
    Author, Cursor, Earlier, Parts, Recorded, Signer, Suspects, Teller, in_order, items_used,
    next_block, unrecorded,
};
use serde_json::Value;

use super::trial::{Phone, Trial};
use crate::{child::thread_seconds, row::Row};

/// Each item begins and is seen once.
const ITEMS: usize = 10_000;
/// Events that are looked for in one go, as a peer does.
const AT_ONCE: usize = 1_000;
/// Rounds of which the best counts: what else runs on the machine only adds.
const ROUNDS: usize = 5;

/// All that `chopmark epcis import` does with a file of new events but the disk, beside reading the
/// same bytes as JSON.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let (mut trial, phones) = Trial::found(1)?;
    let ledger = trial.ledger()?;
    let phone = phones.first().context("no device")?;
    let text = document();
    let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let start = thread_seconds()?;
        let read: Value = serde_json::from_str(&text)?;
        theirs = theirs.min(thread_seconds()? - start);
        drop(read);
        let mut pending = Pending::over(&ledger, &[]);
        let start = thread_seconds()?;
        let records = import(&text, &trial, phone, &mut pending)?;
        ours = ours.min(thread_seconds()? - start);
        ensure!(records == 2 * ITEMS, "only {records} records were signed");
    }
    let count = f64::from(u32::try_from(2 * ITEMS)?);
    let name = "EPCIS JSON-LD import, read, tried, sealed and signed, one core";
    Ok(vec![
        Row::new(name, count / ours, "/s"),
        Row::new(format!("{name}: an event"), ours / count * 1e6, "µs")
            .beside("serde_json, read only", theirs / count * 1e6),
    ])
}

fn import(text: &str, at: &Trial, phone: &Phone, pending: &mut Pending<'_>) -> Result<usize> {
    let read = Document::read(text.as_bytes(), OnBadEvent::RefuseAll)?;
    let context = read.document.context().cloned();
    let events = read.document.into_events().into_iter();
    let events = events.map(|event| (event.alone(context.as_ref()), ()));
    let events: Vec<Event> = in_order(events.collect())
        .into_iter()
        .map(|(event, ())| event)
        .collect();
    let key = HpkeSecret::derive(Kem::X25519, &[9; 32]).public();
    let readers: Readers = [(phone.member(), Reader { epoch: 0, key })]
        .into_iter()
        .collect();
    let mut by = Teller::new(phone.member())
        .knowing(Recorded::wanted_by(&events))
        .joining(Parts::of(&events));
    look(&events, &mut by, pending)?;
    let mut place = phone.place(at.genesis());
    let mut trial = chopmark_exchange::Trial::new(by.clone());
    let mut scratch = pending.clone();
    while trial.tried() < events.len() {
        let bad = trial.step(&events, phone.key(), place, &mut scratch)?;
        ensure!(bad.is_empty(), "{} bad events", bad.len());
    }
    let (mut from, mut records) = (Cursor::default(), 0);
    while from.event < events.len() {
        let author = Author {
            view: &*pending,
            by: &by,
        };
        let signer = Signer {
            key: phone.key(),
            readers: &readers,
        };
        let mut seed = [7; 32];
        seed.get_mut(..8)
            .context("a seed is longer")?
            .copy_from_slice(&place.seq.0.to_be_bytes());
        let made = next_block((&events, from), &author, signer, place, &seed)?;
        let block = made.block.context("no block")?.block;
        let block = block.verify()?;
        let id = block.id();
        records += block.records().len();
        pending.push(&block)?;
        place = Position {
            seq: Seq(place.seq.0 + 1),
            prev: Some(id),
            ..place
        };
        from = made.next;
    }
    Ok(records)
}

/// What of the events is recorded already, and which things of runs they are the first to use:
/// nothing, and that has to be found out.
fn look(events: &[Event], by: &mut Teller, pending: &Pending<'_>) -> Result<()> {
    let mut earlier = Earlier::default();
    for (some, first) in events.chunks(AT_ONCE).zip((0..).step_by(AT_ONCE)) {
        let author = Author { view: pending, by };
        let suspects = Suspects::among(some, first, &author);
        let there = earlier.settle(suspects, &mut by.begun);
        ensure!(there.is_empty(), "{} events are there", there.len());
    }
    let used: Vec<Code> = items_used(events).into_iter().collect();
    let unused = unrecorded(&used, pending);
    ensure!(unused.is_empty(), "something was never begun");
    Ok(())
}

fn document() -> String {
    let event = |rest: String| {
        format!(
            r#"{{"type":"ObjectEvent","eventTime":"2026-03-02T10:00:00.120+08:00","eventTimeZoneOffset":"+08:00","readPoint":{{"id":"https://id.gs1.org/414/9506000134376/254/3"}},"bizLocation":{{"id":"https://id.gs1.org/414/9506000134376"}},"bizTransactionList":[{{"type":"po","bizTransaction":"urn:epcglobal:cbv:bt:9506000013435:PO1"}}],{rest}}}"#
        )
    };
    let begin = (0..ITEMS).map(|n| {
        event(format!(
            r#""action":"ADD","bizStep":"commissioning","disposition":"active","epcList":["https://id.gs1.org/01/09506000134352/21/B{n:07}"],"ilmd":{{"chopmark:product":"Tea 500 g","ex:lot":"L{}"}}"#,
            n / 100
        ))
    });
    let seen = (0..ITEMS).map(|n| {
        event(format!(
            r#""action":"OBSERVE","bizStep":"inspecting","disposition":"conformant","epcList":["https://id.gs1.org/01/09506000134352/21/B{n:07}"],"sensorElementList":[{{"sensorReport":[{{"type":"Temperature","value":4.50,"uom":"CEL"}}]}}]"#
        ))
    });
    let events: Vec<String> = begin.chain(seen).collect();
    format!(
        r#"{{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",{{"chopmark":"https://chopmark.invalid/terms/","ex":"https://example.com/terms/"}}],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-03-02T10:00:00Z","epcisBody":{{"eventList":[{}]}}}}"#,
        events.join(",")
    )
}
