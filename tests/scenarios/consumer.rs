//! The consumer page in a real browser: what a stranger with a label sees.

use anyhow::{Context, Result, ensure};
use chopmark_core::Code;
use chopmark_tests::{
    Browser, CARRIER, FACTORY, Look, Places, Proxy, RETAILER, Trade, flip_bit, hand_over_by_frames,
    inspect_with_photo, leave_out, place_of_offer, sign_as_stranger,
};

/// How a record on its way to the consumer is altered, and what the page must say.
type Forgery = (&'static str, fn(Vec<u8>, u64) -> Result<Vec<u8>>);

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_sees_the_journey_and_every_forgery() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let places = Places::find()?;
    let trade = Trade::open(&places, folder.path()).await?;
    let goods = trade.commission(2).await?;
    let link = goods.labels.labels.first().context("a label")?.link.clone();
    let item = goods.items.first().context("an item")?.clone();
    trade.desk.settled().await?;
    for device in trade.devices() {
        device.sees(&item, |_| true).await?;
    }
    inspect_with_photo(&trade.inspector, &link).await?;
    let carrier = trade.network.member(CARRIER)?.name();
    let retailer = trade.network.member(RETAILER)?.name();
    hand_over_by_frames(&trade.desk, &trade.courier, &goods.case, carrier).await?;
    hand_over_by_frames(&trade.courier, &trade.shop, &goods.case, retailer).await?;
    trade.settled().await?;
    trade.network.agreed(2).await?;

    let browser = Browser::chromium(&Look::default(), None).await?;
    browser.open(&link).await?;
    browser.wait_text("h1", "Verified").await?;
    for words in [
        "Nansha Ceramics Works",
        "Pearl River Express",
        "Macao Tea House",
        "Qianhai Port Customs",
        "does not prove",
    ] {
        browser.wait_text("body", words).await?;
    }
    browser.wait("main img[src^='blob:']").await?;
    let found = browser.axe(&places.axe()?).await?;
    ensure!(found.is_empty(), "axe finds: {found:?}");

    browser.open(&changed(&link)).await?;
    browser.wait_text("h1", "No record").await?;

    let factory = trade.network.member(FACTORY)?.gateway();
    let path = Code::parse(&link)?.digital_link("x");
    let path = path
        .strip_prefix("https://x")
        .context("a Digital Link")?
        .to_owned();
    let offer = place_of_offer(trade.network.id(), &factory, &link).await?;
    let forgeries: [Forgery; 3] = [
        ("was altered", |bundle, place| flip_bit(&bundle, place)),
        ("was left out", |bundle, place| leave_out(&bundle, place)),
        ("signed by a stranger", |bundle, place| {
            Ok(sign_as_stranger(&bundle, place)?.0)
        }),
    ];
    for (words, forge) in forgeries {
        let proxy = Proxy::before(&factory, move |bundle| forge(bundle, offer)).await?;
        browser.open(&format!("{}{path}", proxy.address())).await?;
        browser.wait_text("h1", "Warning").await?;
        browser.wait_text("body", words).await?;
    }
    browser.close().await
}

/// The link with the last character of its serial changed.
fn changed(link: &str) -> String {
    let mut link = link.to_owned();
    let last = if link.pop() == Some('0') { '1' } else { '0' };
    link.push(last);
    link
}
