//! Peers that agree, as processes under load: killed, and cut off from each other.

use anyhow::{Result, ensure};
use chopmark_core::Kind;
use chopmark_tests::{
    Places, Roads,
    cluster::{self, Plan, Trouble, Until},
};
use tokio::process::Command;

/// A short cut of `cargo xtask soak cluster`.
#[tokio::test(flavor = "multi_thread")]
async fn killed_peers_lose_nothing_and_agree() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = Plan {
        roads: Roads::Relayed,
        seed: 4,
        trouble: Trouble::Kills,
        until: Until::Happened(8),
    };
    let tell = |line| println!("{line}");
    let outcome = cluster::run(&Places::find()?, folder.path(), plan, &tell).await?;
    // Else it would have shown nothing.
    ensure!(outcome.acknowledged > 100, "{outcome:?}");
    for kind in [
        Kind::Offer,
        Kind::Accept,
        Kind::OfferTitle,
        Kind::TakeTitle,
        Kind::Pledge,
        Kind::Release,
        Kind::Pack,
        Kind::Unpack,
    ] {
        let count = outcome.records.get(&kind);
        ensure!(
            count.is_some_and(|(applied, _)| *applied > 0),
            "{outcome:?}"
        );
    }
    // Things were given, sold and pledged twice.
    for kind in [Kind::Offer, Kind::OfferTitle, Kind::Pledge] {
        let count = outcome.records.get(&kind);
        ensure!(
            count.is_some_and(|(_, refused)| *refused > 0),
            "{outcome:?}"
        );
    }
    Ok(())
}

/// Validators cut into two halves, each with devices that go on writing.
#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_validators_decide_nothing_and_all_agree_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = Plan {
        roads: Roads::Relayed,
        seed: 2,
        trouble: Trouble::Cuts,
        until: Until::Happened(2),
    };
    let tell = |line| println!("{line}");
    let outcome = cluster::run(&Places::find()?, folder.path(), plan, &tell).await?;
    ensure!(outcome.fates.cuts == 2, "{outcome:?}");
    Ok(())
}

/// The same between network namespaces, where this machine lets them be made: its output says. One
/// cut is shorter than what connections bear, the other longer.
#[tokio::test(flavor = "multi_thread")]
async fn halves_in_network_namespaces_agree_again() -> Result<()> {
    let mut program = Command::new(Places::find()?.program("cluster")?);
    let out = program.args(["--cuts=2", "--seed=5"]).output().await?;
    let said = String::from_utf8_lossy(&out.stdout);
    println!("{said}{}", String::from_utf8_lossy(&out.stderr));
    ensure!(out.status.success(), "{}", out.status);
    ensure!(said.starts_with("roads: "));
    ensure!(said.contains("2 cuts into halves"));
    Ok(())
}

/// Where namespaces cannot be made and nothing else will do, it says what is missing.
#[tokio::test]
async fn who_insists_on_namespaces_hears_what_is_missing() -> Result<()> {
    let mut program = Command::new(Places::find()?.program("cluster")?);
    let empty = tempfile::tempdir()?;
    program.arg("--roads=namespaces").env("PATH", empty.path());
    let out = program.output().await?;
    let said = String::from_utf8_lossy(&out.stderr);
    ensure!(!out.status.success());
    ensure!(
        said.contains("`unshare` is missing (Debian package util-linux)"),
        "{said}"
    );
    Ok(())
}

/// Four validators become seven and four again, by the commands of docs/keys.md, while devices
/// write: with seven, two of the first may be away; a dead one of four is replaced; with four, all of
/// those who came may go.
#[tokio::test(flavor = "multi_thread")]
async fn validators_come_and_go_under_load() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let tell = |line| println!("{line}");
    let outcome =
        cluster::grow_and_shrink(&Places::find()?, folder.path(), Roads::Relayed, &tell).await?;
    ensure!(outcome.acknowledged > 100, "{outcome:?}");
    Ok(())
}

/// Clocks of validators jump by an hour.
#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_jump_by_an_hour_hold_nothing_up() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let tell = |line| println!("{line}");
    let outcome = cluster::jump_clocks(&Places::find()?, folder.path(), &tell).await?;
    ensure!(outcome.acknowledged > 100, "{outcome:?}");
    Ok(())
}
