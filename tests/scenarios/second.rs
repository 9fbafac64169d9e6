//! Members agree that custody and title are signed twice: what was signed once before a phone heard
//! of it is refused, and what is signed after holds everywhere.

use anyhow::{Context, Result, ensure};
use chopmark_tests::{
    CARRIER, CUSTOMS, FACTORY, Places, RETAILER, Trade, first, hand_over_by_frames,
};
use chopmark_view::EventStatus;

use crate::two_couriers::decided;

#[tokio::test(flavor = "multi_thread")]
async fn custody_is_signed_twice_where_members_ask_for_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let trade = Trade::open(&Places::find()?, folder.path()).await?;
    let goods = trade.commission(2).await?;
    trade.desk.settled().await?;
    let link = goods.labels.labels.first().context("a label")?.link.clone();
    let carrier = trade.network.member(CARRIER)?.name();
    let retailer = trade.network.member(RETAILER)?.name();

    trade.network.cut(true);
    let before = trade
        .desk
        .sign(chopmark_view::Action::Offer {
            subject: goods.case.clone(),
            to: trade.desk.member_named(carrier).await?,
            place: None,
        })
        .await?;
    let by = [FACTORY, CARRIER, CUSTOMS];
    let asked = r#"second-signature = ["offer", "accept", "offer-title", "take-title"]"#;
    trade.network.amend_policy(&by, asked).await?;
    trade.network.cut(false);
    for device in trade.devices() {
        device.settled().await?;
    }
    let offer = first(&before)?;
    for device in trade.devices() {
        let view = device
            .sees(&goods.case, |view| decided(view, offer).is_some())
            .await?;
        let ruling = decided(&view, offer).context("decided")?;
        ensure!(
            matches!(ruling, EventStatus::Refused(why) if why.code == "no-second-signature"),
            "{ruling:?}"
        );
    }

    // Again, now that every phone knows: without a network, and once with it.
    trade.network.cut(true);
    hand_over_by_frames(&trade.desk, &trade.courier, &goods.case, carrier).await?;
    trade.network.cut(false);
    let (given, taken) =
        hand_over_by_frames(&trade.courier, &trade.shop, &goods.case, retailer).await?;
    trade.settled().await?;
    trade.network.agreed(1).await?;
    for device in trade.devices() {
        for record in [first(&given)?, first(&taken)?] {
            let view = device
                .sees(&goods.case, |view| decided(view, record).is_some())
                .await?;
            let ruling = decided(&view, record).context("decided")?;
            ensure!(
                matches!(ruling, EventStatus::Final { .. }),
                "{record}: {ruling:?}"
            );
        }
    }

    // Whoever has the network's id alone checks both signatures of each.
    let file = folder.path().join("item.proof");
    let mut prove = trade.network.command()?;
    prove.args(["prove", &link, "--dir"]);
    prove.arg(trade.network.member(CUSTOMS)?.folder());
    prove.arg("--out").arg(&file).run().await?;
    let mut verify = trade.network.command()?;
    verify.arg("verify").arg(&file);
    let said = verify
        .args(["--code", &link, "--network", trade.network.id()])
        .run()
        .await?;
    ensure!(said.contains("all of them named here"), "{said}");
    Ok(())
}
