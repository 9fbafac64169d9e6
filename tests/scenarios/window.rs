//! The real window under a display that nobody sees: unlock, scan a label from an image,
//! accept, see the outbox empty, save the label as a file, take a photo.

use anyhow::{Context, Result, ensure};
use chopmark_tests::{Browser, Places, Trade, render_label};
use chopmark_view::{Action, Lock, Party};

#[tokio::test(flavor = "multi_thread")]
async fn the_window_takes_over_a_case() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let places = Places::find()?;
    let mut trade = Trade::open(&places, folder.path()).await?;
    let goods = trade.commission(2).await?;
    let to = trade.desk.member_named("Pearl River Express").await?;
    trade
        .desk
        .sign(Action::Offer {
            subject: goods.case.clone(),
            to,
            place: None,
        })
        .await?;
    trade.desk.settled().await?;
    trade.courier.incoming(&goods.case).await?;
    let picture = folder.path().join("label.png");
    let label = goods.labels.labels.last().context("the case's label")?;
    std::fs::write(&picture, render_label(label)?)?;

    // The same replica opens in the window: the phone's other shell lets go of it first.
    trade.courier.call(&Lock {}).await?;
    trade.courier.crash().await?;
    let window = Browser::window(&places, trade.courier.folder()).await?;
    window
        .fill("#passphrase", trade.courier.passphrase())
        .await?;
    window.press("Unlock").await?;
    window.press("Scan").await?;
    window.choose_file("input[type=file]", &picture).await?;
    window.press("Take over").await?;
    window.press("Review and sign").await?;
    window.wait_text("main", "You take over").await?;
    window.hold_to_sign().await?;
    window.wait_text("main", "Show them your signature").await?;
    window.run("location.hash = '#/outbox'", vec![]).await?;
    window.press("Send now").await.ok();
    window.wait_text("main", "The outbox is empty").await?;

    // Its web view saves nothing by a link: the file is written by the app, which says where.
    window
        .run(
            &format!("location.hash = '#/labels/{}'", goods.case),
            vec![],
        )
        .await?;
    window.press("Save as SVG").await?;
    window.wait_text("main", "chopmark-labels-1.svg").await?;
    let sheet = std::fs::read_to_string(window.downloads().join("chopmark-labels-1.svg"))?;
    ensure!(sheet.starts_with("<svg"), "a sheet was saved");

    // Cameras are off in this web view by themselves. Whether the app allows one is not seen
    // here: WebKit allows everything to pages that are driven.
    window
        .run(
            &format!("location.hash = '#/inspect/{}'", goods.case),
            vec![],
        )
        .await?;
    window.press("Take a photo").await?;
    window.press("Take the photo").await?;
    window.wait(".entries .entry img.thumbnail").await?;
    window.close().await?;
    trade
        .shop
        .sees(&goods.case, |view| {
            view.card.holder
                == Party::Member {
                    name: "Pearl River Express".to_owned(),
                }
        })
        .await?;
    Ok(())
}
