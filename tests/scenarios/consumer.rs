//! The consumer page in a real browser: what a stranger with a label sees.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chopmark_core::{ActivationSecret, Code, CodeQuery};
use chopmark_replica::{Until, random_bytes};
use chopmark_tests::{
    Author, Browser, CARRIER, CUSTOMS, FACTORY, Look, Network, Places, Proxy, RETAILER, Trade,
    flip_bit, hand_over_by_frames, inspect_with_photo, leave_out, place_of_offer, sign_as_stranger,
};
use tokio::time::{Instant, sleep};

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

    says_what_it_saw_before(&browser, &link).await?;
    browser.open(&changed(&link)).await?;
    browser.wait_text("h1", "No record").await?;
    // Nobody is believed that there is none: as of a checkpoint the state has no such thing.
    browser.wait_text("body", "Final: signed by").await?;

    let factory = trade.network.member(FACTORY)?.gateway();
    let path_of = |link: &str| -> Result<String> {
        let path = Code::parse(link)?.digital_link("x");
        let path = path.strip_prefix("https://x").context("a Digital Link")?;
        Ok(path.to_owned())
    };
    let path = path_of(&link)?;
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
    denied(&browser, &factory, (&path, &path_of(&changed(&link))?)).await?;

    // Of an item of a run that nobody used the others show that there is no record of its own, until
    // its maker shows them that it is of the run.
    let unused = trade.commission_run(&["UNUSED1", "UNUSED2"]).await?;
    for member in [RETAILER, FACTORY] {
        let gateway = trade.network.member(member)?.gateway();
        browser
            .open(&format!("{gateway}{}", path_of(&unused)?))
            .await?;
        browser.wait_text("h1", "Verified").await?;
    }
    browser.close().await
}

/// A gateway that says that there is no record, with something that does not show it: of what it
/// has one, what shows it of another code; and of what it has none, altered.
async fn denied(browser: &Browser, factory: &str, (made, never): (&str, &str)) -> Result<()> {
    let query = CodeQuery::of(&Code::parse(&format!("https://x{never}"))?);
    let answer = reqwest::get(format!("{factory}/history/{query}")).await?;
    ensure!(answer.status().as_u16() == 404, "{}", answer.status());
    let of_another = answer.bytes().await?.to_vec();
    let proxy = Proxy::before(factory, move |_| Ok(of_another.clone())).await?;
    browser.open(&format!("{}{made}", proxy.address())).await?;
    browser.wait_text("h1", "Warning").await?;
    browser.wait_text("body", "another code").await?;
    let altered = |mut shown: Vec<u8>| {
        let place = shown.len() / 2;
        if let Some(byte) = shown.get_mut(place) {
            *byte ^= 1;
        }
        Ok(shown)
    };
    let proxy = Proxy::before(factory, altered).await?;
    browser.open(&format!("{}{never}", proxy.address())).await?;
    browser.wait_text("h1", "Warning").await
}

/// A browser that saw a later state, or another network, at this address says so, and a person may
/// accept the other network.
async fn says_what_it_saw_before(browser: &Browser, link: &str) -> Result<()> {
    let later = "const name = Object.keys(localStorage).find(name => name.startsWith('chopmark.checkpoint.'));
        const [height, header] = localStorage.getItem(name).split(' ');
        localStorage.setItem(name, `${Number(height) + arguments[0]} ${header}`);";
    browser.run(later, vec![1_000.into()]).await?;
    browser.open(link).await?;
    browser.wait_text("h1", "Could not check").await?;
    browser
        .wait_text("body", "an older state of the network")
        .await?;
    browser.run(later, vec![(-1_000).into()]).await?;

    let other = "localStorage.setItem('chopmark.network', '5'.repeat(64));";
    browser.run(other, Vec::new()).await?;
    browser.open(link).await?;
    browser.wait_text("h1", "Warning").await?;
    browser
        .wait_text("body", "used to speak for another network")
        .await?;
    browser.press("I know why: trust this network").await?;
    browser.wait_text("h1", "Verified").await?;
    browser.open(link).await?;
    browser.wait_text("h1", "Verified").await
}

/// The text with its last character changed: a serial, a code.
fn changed(text: &str) -> String {
    let mut text = text.to_owned();
    let last = if text.pop() == Some('0') { '1' } else { '0' };
    text.push(last);
    text
}

/// A buyer opens the seal on a phone, sells to someone with another phone, and they give the thing
/// back to where it was bought.
#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_opens_the_seal_gives_it_on_and_it_is_given_back() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let places = Places::find()?;
    let mut network = Network::found(&places, &folder.path().join("network")).await?;
    network.serve().await?;
    network.register_prefix().await?;
    let author = Author::join(&network, &folder.path().join("author")).await?;
    let secret = ActivationSecret::from_bytes(random_bytes()?);
    let (record, link) = author.commission_sealed(1, &secret, "shop.example")?;
    author.sign(&[record])?;
    author.send(Until::Final { at_most_ms: 30_000 }).await?;
    // The factory sells it itself: elsewhere it would be a trace of a copied label.
    let shop = network.member(FACTORY)?;
    let path = link.trim_start_matches("https://shop.example");
    let page = format!("{}{path}", shop.gateway());

    let buyer = Browser::chromium(&Look::default(), None).await?;
    buyer.open(&page).await?;
    buyer.wait_text("h1", "Verified").await?;
    let found = buyer.axe(&places.axe()?).await?;
    ensure!(found.is_empty(), "axe finds: {found:?}");
    let other = ActivationSecret::from_bytes([9; 16]).text();
    let mistyped = secret.text().replacen('-', "", 1) + "0";
    for (typed, words) in [(mistyped, "misread"), (other, "another item")] {
        buyer.fill("#seal", &typed).await?;
        buyer.press("Make me the owner").await?;
        buyer.wait_text("#seal-problem", words).await?;
    }
    buyer.fill("#seal", &secret.text().to_lowercase()).await?;
    buyer.press("Make me the owner").await?;
    buyer
        .wait_text("main", "You are the recorded owner")
        .await?;
    buyer.wait_text("h1", "Verified").await?;

    // To everyone else the label says that it was sold before.
    let second = Browser::chromium(&Look::default(), None).await?;
    second.open(&page).await?;
    second.wait_text("h1", "Warning").await?;
    second.press("Make my code").await?;
    second.wait_text("main", "Send this code").await?;
    let script = "return [...document.querySelectorAll('p.code')]
        .map(e => e.innerText).find(text => /^[0-9a-f]{72}$/.test(text)) || ''";
    let code = second.run(script, vec![]).await?;
    let code = code.as_str().unwrap_or_default().to_owned();

    buyer.press("Give it to a new owner").await?;
    buyer.fill("#buyer", &changed(&code)).await?;
    buyer.click("form button[type=submit]").await?;
    buyer.wait_text("#buyer-problem", "no owner").await?;
    buyer.fill("#buyer", &code).await?;
    buyer.click("form button[type=submit]").await?;
    buyer.wait_text("main", "Somebody outside").await?;

    second.open(&page).await?;
    second
        .wait_text("main", "You are the recorded owner")
        .await?;
    // What was written down makes another browser the owner's, and nothing else does.
    second.press("Keep a copy of your key").await?;
    let script = "return [...document.querySelectorAll('p.code')]
        .map(e => e.innerText).find(text => /^[0-9a-f]{64}$/.test(text)) || ''";
    let key = second.run(script, vec![]).await?;
    let key = key.as_str().unwrap_or_default().to_owned();
    second.run("localStorage.clear()", vec![]).await?;
    second.open(&page).await?;
    second.press("It is mine").await?;
    for (typed, words) in [
        (changed(&key), "missing or wrong"),
        (key, "You are the recorded owner"),
    ] {
        second.fill("#key", &typed).await?;
        second.click("form button[type=submit]").await?;
        second.wait_text("main", words).await?;
    }
    second.press("Give it to a new owner").await?;
    // Of four validators two are away: what is signed arrives, and nothing becomes final.
    for gone in [CUSTOMS, RETAILER] {
        network.kill(gone).await?;
    }
    second.press("Give it back to").await?;
    // The page looks again for a minute before it says so.
    let not_final = "Sent, and not final yet";
    if second.wait_text("main", not_final).await.is_err() {
        second.wait_text("main", not_final).await?;
    }
    network.serve().await?;
    let end = Instant::now() + Duration::from_secs(60);
    while network.metric(FACTORY, "open_blocks").await? > 0 {
        ensure!(Instant::now() < end, "it does not become final");
        sleep(Duration::from_millis(100)).await;
    }
    network.agreed(1).await?;
    second.open(&page).await?;
    second
        .wait_true("return !document.body.innerText.includes('You are the recorded owner') && document.body.innerText.includes('Resold by its owner')")
        .await?;
    buyer.close().await?;
    second.close().await?;
    network.stop().await
}
