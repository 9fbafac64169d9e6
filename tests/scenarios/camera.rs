//! The camera path in a real browser: a printed label before a fake camera is scanned by the
//! real screens, and a photo is taken with the same camera.

use anyhow::{Context, Result, ensure};
use chopmark_tests::{Browser, Look, Places, Trade, Video};

#[tokio::test(flavor = "multi_thread")]
async fn a_tilted_label_is_scanned_and_photographed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let trade = Trade::open(&Places::find()?, folder.path()).await?;
    let goods = trade.commission(2).await?;
    trade.desk.settled().await?;
    let item = goods.items.first().context("an item")?;
    trade.inspector.sees(item, |_| true).await?;

    let video = folder.path().join("label.y4m");
    let label = goods.labels.labels.first().context("a label")?;
    Video::of_label(label)?.write(&video)?;
    let browser = Browser::chromium(&Look::default(), Some(&video)).await?;
    browser.open(&trade.inspector.address()).await?;
    browser.press("Scan").await?;
    // The right item comes up: the last characters of its serial are on the page.
    let serial = label.link.rsplit('/').next().context("a serial")?;
    browser.wait_text("main", serial).await?;
    browser.press("Inspect").await?;
    browser.press("Take a photo").await?;
    // As soon as the button can be pressed: it cannot before the camera gives a picture.
    browser.press("Take the photo").await?;
    browser.wait(".entries .entry img.thumbnail").await?;
    browser.press("In order").await?;
    browser.press("Review and sign").await?;
    browser.wait_text("main", "One photo or file").await?;
    browser.hold_to_sign().await?;
    browser.wait_text("main", "Inspected: in order").await?;

    trade.inspector.settled().await?;
    let view = trade
        .desk
        .sees(item, |view| {
            view.journey.iter().any(|step| !step.evidence.is_empty())
        })
        .await?;
    let photo = view
        .journey
        .iter()
        .flat_map(|step| &step.evidence)
        .next()
        .context("a photo")?;
    ensure!(photo.media_type == "image/jpeg", "the photo is a JPEG");
    ensure!(photo.length > 1_000, "the photo is not empty");
    browser.close().await
}
