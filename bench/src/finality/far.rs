//! The same over slow and lossy roads between the validators.

use std::{ffi::OsStr, fs, path::Path, time::Duration};

use anyhow::Result;
use chopmark_replica::Until;
use chopmark_tests::{Author, Network, Pages, Places, Roads, Setting, Weather, settle_roads};
use tokio::runtime::Runtime;

use super::{latency, load};
use crate::{child::watch, ledger::strict_verification, row::Row};

/// So many that what the first ones wait for, some round trips, is little of the whole.
const BLOCKS: usize = 48_000;
/// Of a thousand datagrams so many get lost, each way.
const LOST_PERMILLE: u64 = 10;

/// Measures in a child of this program: only a program that does nothing else yet can go into a
/// network namespace of its own.
pub(super) fn in_child(validators: usize) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let rows = folder.path().join("rows.json");
    let count = validators.to_string();
    watch(&[OsStr::new("far"), count.as_ref(), rows.as_ref()])?;
    Ok(serde_json::from_slice(&fs::read(&rows)?)?)
}

/// Four or seven validators, as far apart as within a continent and between two.
pub(super) fn here(validators: usize, to: &Path) -> Result<()> {
    let roads = settle_roads(None)?;
    let places = Places::find()?;
    let mut rows = vec![
        Row::new(
            "bare verify_strict, one core",
            strict_verification()? * 1e6,
            "µs",
        ),
        Row::new("the same on two cores at once", on_two_cores()? * 1e6, "µs"),
    ];
    // Beside it the same roads without weather: they cost time of these processors, too.
    for round_trip_ms in [0, 50, 200] {
        let measured = one(&places, roads, (validators, round_trip_ms));
        rows.extend(Runtime::new()?.block_on(measured)?);
    }
    Ok(fs::write(to, serde_json::to_vec(&rows)?)?)
}

/// Seconds that a bare verification takes while two cores do nothing else. What they give together
/// swings from hour to hour on a shared machine, where one alone is as quick as ever.
fn on_two_cores() -> Result<f64> {
    std::thread::scope(|scope| {
        let other = scope.spawn(strict_verification);
        let here = strict_verification()?;
        match other.join() {
            Ok(there) => Ok((here + there?) / 2.0),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

async fn one(
    places: &Places,
    roads: Roads,
    (validators, round_trip_ms): (usize, u64),
) -> Result<Vec<Row>> {
    println!("  {validators} validators, {round_trip_ms} ms there and back");
    let folder = tempfile::tempdir()?;
    let setting = Setting {
        founders: validators,
        roads,
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
    let taken = latency(&network, &author).await?;
    let single = load(&network, &author, BLOCKS, 1).await?;
    network.stop().await?;
    let mut place = match roads {
        Roads::Namespaces => format!("{validators} validators in namespaces"),
        _ => format!("{validators} validators behind relays"),
    };
    if round_trip_ms > 0 {
        place.push_str(&format!(", {round_trip_ms} ms round trip, 1 % loss"));
    }
    let row = |what: &str, value, unit| Row::new(format!("{place}: {what}"), value, unit);
    Ok(vec![
        row("single-record blocks", single.rate, "/s"),
        row("processor per block and validator", single.cost, "µs"),
        row("p50 at 500 blocks/s", taken.half, "ms"),
        row("p99 at 500 blocks/s", taken.most, "ms"),
        row("of a core, each validator meanwhile", taken.busy, "%"),
    ])
}
