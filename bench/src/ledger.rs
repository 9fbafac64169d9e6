//! The ledger's own figures: judging, verifying, remembering. Without disk and network, but for
//! the memory of a peer.

mod admission;
mod import;
mod memory;
mod opening;
mod proof;
mod rules;
mod runs;
mod trace;
mod trial;

pub(crate) use admission::strict_verification;

use anyhow::Result;

use chopmark_tests::Places;

use crate::row::Row;

/// What a peer takes that holds a million subjects.
pub(crate) fn memory(places: &Places) -> Result<Vec<Row>> {
    memory::measure(places)
}

/// A proof of one item among a million.
pub(crate) fn proof(places: &Places) -> Result<Vec<Row>> {
    proof::measure(places)
}

/// All other figures of the ledger.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    println!("  admitting and applying single-record blocks");
    rows.extend(admission::measure()?);
    // What an import and a phone do in a process of their own comes before what leaves a large heap.
    println!("  importing EPCIS events");
    rows.extend(import::measure()?);
    println!("  opening sections");
    rows.extend(opening::measure()?);
    println!("  applying verified records");
    rows.extend(rules::measure()?);
    println!("  tracing over a million events");
    rows.extend(trace::measure()?);
    println!("  a run of a million serials");
    rows.extend(runs::measure()?);
    Ok(rows)
}
