use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use chopmark_core::Kind;
use chopmark_view::{Action, EventStatus, Home, Prepare, SubjectView};
use serde_json::Value;

use crate::{
    CARRIER, CUSTOMS, FACTORY, Network, Places, RETAILER, Role, Steps, Trade, all_final, enrol,
    hand_over_by_frames, inspect_with_photo, life, tamper,
};

/// The first scenario: a case goes from the factory over a courier to a retailer, both
/// hand-overs without a network, and a stranger checks an item of it.
pub async fn run_first_scenario(places: &Places, folder: &Path) -> Result<()> {
    let mut steps = Steps::new();
    let mut network = steps
        .step(
            "four members make their keys and sign the genesis",
            Network::found(places, folder),
        )
        .await?;
    steps.step("four peers start", network.serve()).await?;
    steps
        .step(
            "a quorum registers the factory's GS1 prefix",
            network.register_prefix(),
        )
        .await?;
    let trade = steps
        .step(
            "desk, inspector, courier and shop join by invitation",
            Trade::enrol(network),
        )
        .await?;
    let goods = steps
        .step(
            "the factory commissions 12 items, packs a case, prints labels",
            trade.commission(12),
        )
        .await?;
    let item = goods.items.first().context("an item")?.clone();
    let link = goods.labels.labels.first().context("a label")?.link.clone();
    steps
        .step("everybody's phone knows them", async {
            trade.desk.settled().await?;
            for device in trade.devices() {
                device.sees(&goods.case, all_final).await?;
            }
            Ok(())
        })
        .await?;
    steps
        .step("the network is cut for all phones", async {
            trade.network.cut(true);
            Ok(())
        })
        .await?;
    steps
        .step(
            "offline: the inspector attests an item with a photo",
            inspect_with_photo(&trade.inspector, &link),
        )
        .await?;
    steps
        .step(
            "offline: factory hands the case to the courier by QR frames",
            hand_over_by_frames(
                &trade.desk,
                &trade.courier,
                &goods.case,
                trade.network.member(CARRIER)?.name(),
            ),
        )
        .await?;
    steps
        .step(
            "offline: the courier loads, departs and arrives, by name",
            travel(&trade, &goods.case),
        )
        .await?;
    steps
        .step(
            "offline: courier hands the case to the retailer by QR frames",
            hand_over_by_frames(
                &trade.courier,
                &trade.shop,
                &goods.case,
                trade.network.member(RETAILER)?.name(),
            ),
        )
        .await?;
    steps
        .step("offline: all of it is pending and unsent", async {
            let home = trade.courier.call(&Home {}).await?;
            ensure!(
                home.counts.unsent > 0,
                "the courier's outbox counts its work"
            );
            let view = trade.shop.sees(&goods.case, |view| view.card.mine).await?;
            ensure!(
                view.journey
                    .iter()
                    .any(|step| step.status == EventStatus::Pending),
                "the hand-over is pending at the shop"
            );
            Ok(())
        })
        .await?;
    steps
        .step("the network is back; every outbox empties", async {
            trade.network.cut(false);
            trade.settled().await
        })
        .await?;
    steps
        .step("all four peers have the same state", async {
            let height = trade
                .network
                .status(FACTORY)
                .await?
                .get("height")
                .and_then(Value::as_u64)
                .unwrap_or(1);
            trade.network.agreed(height).await
        })
        .await?;
    steps
        .step("every phone sees both hand-overs as final", async {
            for device in trade.devices() {
                let view = device.sees(&item, handed_over_twice).await?;
                let newest = view.newest.context("no checkpoint stands behind it")?;
                // Four order here, and three of them make a checkpoint final.
                let quorum = newest.validators == 4 && (3..=4).contains(&newest.signed);
                ensure!(quorum, "{newest:?}");
            }
            Ok(())
        })
        .await?;
    steps
        .step(
            "customs holds the case: it does not move until customs clears it",
            hold_and_clear(&trade, &goods.case),
        )
        .await?;
    steps
        .step(
            "the retailer stores a whole list of items with one signature",
            async {
                let list: Vec<&str> = goods.items.iter().map(String::as_str).collect();
                trade.shop.record("stored", &list, "Shelf 4, Macao").await?;
                trade.settled().await
            },
        )
        .await?;
    life::run(&mut steps, &trade.network).await?;
    let bundle = steps
        .step(
            "two gateways give the item's history, and it verifies",
            two_bundles(&trade, &link),
        )
        .await?;
    steps
        .step(
            "a proof of the item holds for whoever knows the network's id alone",
            proven(&trade, &link),
        )
        .await?;
    steps
        .step(
            "one changed character of the serial is no record",
            changed_serial(&trade, &link),
        )
        .await?;
    steps
        .step(
            "a flipped bit, a record left out, a stranger's signature: each is named",
            async { tamper::each_is_named(trade.network.id(), &bundle, &link) },
        )
        .await?;
    steps.finish();
    let mut trade = trade;
    trade.network.stop().await
}

/// The carrier's peer proves what the ledger knows, and a stranger checks it without a peer.
async fn proven(trade: &Trade, link: &str) -> Result<()> {
    let network = &trade.network;
    let file = network.folder().join("item.proof");
    let folder = network.member(CARRIER)?.folder().to_owned();
    let mut prove = network.command()?;
    prove.args(["prove", link, "--dir"]).arg(folder);
    prove.arg("--out").arg(&file).run().await?;
    let mut verify = network.command()?;
    verify.arg("verify").arg(&file);
    let said = verify
        .args(["--code", link, "--network", network.id()])
        .run()
        .await?;
    ensure!(
        said.contains("all of them named here") && said.contains("of 4 validators"),
        "the proof shows something else: {said}"
    );
    Ok(())
}

/// What the courier does between two hand-overs.
async fn travel(trade: &Trade, case: &str) -> Result<()> {
    for (activity, place) in [
        ("loaded", "Ramp 2, Nansha"),
        ("departed", "Ramp 2, Nansha"),
        ("arrived", "Gongbei, Zhuhai"),
    ] {
        trade.courier.record(activity, &[case], place).await?;
    }
    Ok(())
}

async fn hold_and_clear(trade: &Trade, case: &str) -> Result<()> {
    let officer = enrol(
        &trade.network,
        CUSTOMS,
        Role::CustomsOfficer,
        "inspection lane 2",
    )
    .await?;
    officer.sees(case, |_| true).await?;
    let lane = "Lane 2, Qianhai";
    officer.record("held-papers", &[case], lane).await?;
    officer.settled().await?;
    trade
        .shop
        .sees(case, |view| says(view, "step-held"))
        .await?;
    let to = trade
        .shop
        .member_named(trade.network.member(CARRIER)?.name())
        .await?;
    let action = Action::Offer {
        subject: case.to_owned(),
        to,
        place: None,
    };
    let refused = trade.shop.try_call(&Prepare { action }).await?;
    ensure!(
        matches!(&refused, Err(failure) if failure.code == "held"),
        "what is held can be offered: {refused:?}"
    );
    officer.record("cleared", &[case], lane).await?;
    officer.settled().await?;
    trade
        .shop
        .sees(case, |view| says(view, "step-cleared"))
        .await?;
    Ok(())
}

fn says(view: &SubjectView, key: &str) -> bool {
    view.journey.iter().any(|step| step.line.key == key)
}

fn handed_over_twice(view: &SubjectView) -> bool {
    let accepted = view
        .journey
        .iter()
        .filter(|step| step.via.is_some() && step.line.key.contains("accept"))
        .count();
    accepted == 2 && all_final(view)
}

async fn two_bundles(trade: &Trade, link: &str) -> Result<Vec<u8>> {
    let mut bundles = Vec::new();
    for number in [FACTORY, RETAILER] {
        let gateway = trade.network.member(number)?.gateway();
        let (bytes, report) = tamper::fetch_and_verify(trade.network.id(), &gateway, link).await?;
        let accepted = report
            .journey
            .iter()
            .filter(|step| step.kind == Kind::Accept && step.through.is_some())
            .count();
        ensure!(
            accepted == 2,
            "{accepted} of two hand-overs in the bundle of {gateway}"
        );
        bundles.push(bytes);
    }
    bundles.pop().context("a bundle")
}

async fn changed_serial(trade: &Trade, link: &str) -> Result<()> {
    let mut changed = link.to_owned();
    let last = changed.pop().context("a serial")?;
    changed.push(if last == '0' { '1' } else { '0' });
    let gateway = trade.network.member(FACTORY)?.gateway();
    match tamper::fetch(&gateway, &changed).await? {
        None => Ok(()),
        Some(_) => bail!("the gateway knows a serial that was never made"),
    }
}
