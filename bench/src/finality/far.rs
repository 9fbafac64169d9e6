//! The same over slow and lossy roads between the validators.

use std::time::Duration;

use anyhow::Result;
use chopmark_replica::Until;
use chopmark_tests::{Author, Network, Pages, Places, Roads, Setting, Weather};

use super::{latency, load};
use crate::row::Row;

/// So many that what the first ones wait for, some round trips, is little of the whole.
const BLOCKS: usize = 48_000;
/// Of a thousand datagrams so many get lost, each way.
const LOST_PERMILLE: u64 = 10;

/// Four or seven validators, as far apart as within a continent and between two.
pub(super) async fn all(places: &Places, validators: usize) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    // Beside it the same roads without weather: relays cost time of these processors, too.
    for round_trip_ms in [0, 50, 200] {
        rows.extend(one(places, validators, round_trip_ms).await?);
    }
    Ok(rows)
}

async fn one(places: &Places, validators: usize, round_trip_ms: u64) -> Result<Vec<Row>> {
    println!("  {validators} validators, {round_trip_ms} ms there and back");
    let folder = tempfile::tempdir()?;
    let setting = Setting {
        founders: validators,
        roads: Roads::Relayed,
        pages: Pages::Absent,
        ..Setting::default()
    };
    let mut network = Network::found_as(places, &folder.path().join("network"), setting).await?;
    // From the beginning: a road gets no longer once it is there.
    network.weather(Weather {
        delay: Duration::from_millis(round_trip_ms / 2),
        lost_permille: if round_trip_ms > 0 { LOST_PERMILLE } else { 0 },
    });
    network.serve().await?;
    network.register_prefix().await?;
    let author = Author::join(&network, &folder.path().join("device")).await?;
    author.sign(&[author.commission(&[0])?])?;
    author.send(Until::Final { at_most_ms: 30_000 }).await?;
    // First, while nobody still passes on what a load left behind.
    let taken = latency(&author).await?;
    let single = load(&network, &author, BLOCKS, 1).await?;
    network.stop().await?;
    let place = match round_trip_ms {
        0 => format!("{validators} validators behind relays"),
        _ => format!("{validators} validators, {round_trip_ms} ms round trip, 1 % loss"),
    };
    Ok(vec![
        Row::new(format!("{place}: single-record blocks"), single.rate, "/s"),
        Row::new(format!("{place}: p50 at 500 blocks/s"), taken.half, "ms"),
        Row::new(format!("{place}: p99 at 500 blocks/s"), taken.most, "ms"),
    ])
}
