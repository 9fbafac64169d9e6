//! The page for operators in a real browser.

use anyhow::{Result, ensure};
use chopmark_tests::{Browser, FACTORY, Look, Network, Places};
use serde_json::json;

/// Whether anything is wider than the place that it has.
const CUT: &str = "return [document.documentElement, ...document.querySelectorAll('.wide')]
    .some(place => place.scrollWidth > place.clientWidth)";

/// At the width of a phone the last column of the checkpoints lay beyond the edge.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_the_dashboard_whole() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let places = Places::find()?;
    let mut network = Network::found(&places, folder.path()).await?;
    network.serve().await?;
    network.register_prefix().await?;
    network.agreed(1).await?;

    let browser = Browser::chromium(&Look::default(), None).await?;
    let page = format!("{}/dashboard", network.member(FACTORY)?.gateway());
    for (width, dark) in [(360, false), (390, true), (1280, false)] {
        browser
            .look(&Look {
                width,
                dark,
                ..Look::default()
            })
            .await?;
        browser.open(&page).await?;
        browser.wait("#recent").await?;
        let cut = browser.run(CUT, vec![]).await?;
        ensure!(cut == json!(false), "cut off at {width} px");
        let found = browser.axe(&places.axe()?).await?;
        ensure!(found.is_empty(), "axe finds at {width} px: {found:?}");
    }
    browser.close().await
}
