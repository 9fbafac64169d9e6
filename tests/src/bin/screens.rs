//! Renders every screen into a folder: 360 and 1280 pixels wide, light and dark, in both
//! languages. What a critical look at them found is told in `docs/screens.md`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chopmark_tests::{
    Browser, CARRIER, Device, FACTORY, Goods, Look, Places, Proxy, RETAILER, Role, Steps, Trade,
    Video, flip_bit, hand_over_by_frames, inspect_with_photo, place_of_offer,
};
use chopmark_view::Action;
use clap::Parser;

#[derive(Parser)]
#[command(about = "Renders every screen")]
struct Arguments {
    /// Where the pictures go
    folder: PathBuf,
}

/// One screen: where it is and how to come to it.
struct Screen {
    name: &'static str,
    address: String,
    steps: Vec<Step>,
}

/// What a person does on the way to a screen, in whatever language.
enum Step {
    /// Fills a field.
    Fill(&'static str, String),
    /// Sends the form.
    Submit,
    /// Waits for an element.
    Wait(&'static str),
}

#[tokio::main]
async fn main() -> Result<()> {
    let out = Arguments::parse().folder;
    let folder = tempfile::tempdir()?;
    let mut steps = Steps::new();
    let stage = steps
        .step(
            "a network with hand-overs in every state",
            Stage::set(&Places::find()?, folder.path()),
        )
        .await?;
    for language in ["en", "zh-CN"] {
        steps
            .step(
                &format!("every screen in {language}"),
                stage.render(language, &out),
            )
            .await?;
    }
    steps.finish();
    println!("The pictures are in {}", out.display());
    Ok(())
}

/// Everything that stands behind the screens.
struct Stage {
    trade: Trade,
    goods: Goods,
    offer: String,
    sent: String,
    newcomer: Device,
    locked: Device,
    altered: Proxy,
    unreachable: Proxy,
    video: PathBuf,
}

impl Stage {
    async fn set(places: &Places, folder: &Path) -> Result<Self> {
        let trade = Trade::open(places, folder).await?;
        let travelled = trade.commission(6).await?;
        let link = first_link(&travelled)?;
        trade.desk.settled().await?;
        for device in trade.devices() {
            device.sees(&travelled.case, |_| true).await?;
        }
        inspect_with_photo(&trade.inspector, &link).await?;
        let carrier = trade.network.member(CARRIER)?.name();
        let retailer = trade.network.member(RETAILER)?.name();
        hand_over_by_frames(&trade.desk, &trade.courier, &travelled.case, carrier).await?;
        hand_over_by_frames(&trade.courier, &trade.shop, &travelled.case, retailer).await?;
        trade.settled().await?;

        let goods = trade.commission(12).await?;
        let to = trade.desk.member_named(carrier).await?;
        let offered = trade
            .desk
            .sign(Action::Offer {
                subject: goods.case.clone(),
                to,
                place: Some("Ramp 2, Nansha".to_owned()),
            })
            .await?;
        trade.settled().await?;
        let offer = trade.courier.incoming(&goods.case).await?;

        let gateway = trade.network.member(FACTORY)?.gateway();
        let place = place_of_offer(trade.network.id(), &gateway, &link).await?;
        let altered = Proxy::before(&gateway, move |bundle| flip_bit(&bundle, place)).await?;
        let unreachable = Proxy::before(&gateway, |_| anyhow::bail!("no answer")).await?;

        let newcomer = Device::start(places, &folder.join("devices/newcomer")).await?;
        let invitation = trade
            .network
            .invite(CARRIER, Role::Courier, "van 4")
            .await?;
        let home = folder.join("devices/locked");
        let mut locked = Device::join(places, &home, &invitation).await?;
        locked.crash().await?;
        let locked = Device::start(places, &home).await?;

        // From here on the phones are without a network: something stays unsent.
        trade.network.cut(true);
        trade
            .courier
            .sign(Action::Observe {
                subject: goods.case.clone(),
                step: "loading".to_owned(),
                place: None,
            })
            .await?;
        let video = folder.join("label.y4m");
        Video::of_label(goods.labels.labels.first().context("a label")?)?.write(&video)?;
        let sent = offered.records.first().context("an offer")?.clone();
        Ok(Self {
            trade,
            goods: travelled_and(travelled, goods),
            offer,
            sent,
            newcomer,
            locked,
            altered,
            unreachable,
            video,
        })
    }

    async fn render(&self, language: &str, out: &Path) -> Result<()> {
        let look = Look {
            language: language.to_owned(),
            ..Look::default()
        };
        let browser = Browser::chromium(&look, Some(&self.video)).await?;
        for screen in self.screens()? {
            for (width, height) in [(360, 740), (1280, 800)] {
                for dark in [false, true] {
                    let look = Look {
                        width,
                        height,
                        dark,
                        language: language.to_owned(),
                    };
                    browser.look(&look).await?;
                    go(&browser, &screen)
                        .await
                        .with_context(|| format!("screen {}", screen.name))?;
                    let shade = if dark { "dark" } else { "light" };
                    let file = format!("{}-{width}-{shade}-{language}.png", screen.name);
                    browser.picture(&look, &out.join(file)).await?;
                }
            }
        }
        browser.close().await
    }

    fn screens(&self) -> Result<Vec<Screen>> {
        let courier = &self.trade.courier;
        let inspector = &self.trade.inspector;
        let desk = &self.trade.desk;
        let item = self.goods.items.first().context("an item")?;
        let labels = self.goods.items.join(",");
        let at = |device: &Device, page: &str| format!("{}#/{page}", device.address());
        let link = first_link(&self.goods)?;
        let path = link.splitn(4, '/').nth(3).context("a path")?.to_owned();
        let screen = |name, address, steps| Screen {
            name,
            address,
            steps,
        };
        let commission = || {
            vec![
                Step::Wait("#gtin"),
                Step::Fill("#gtin", "9506000134352".to_owned()),
                Step::Fill("#product", "Gaiwan, celadon, 150 ml".to_owned()),
                Step::Fill("#count", "12".to_owned()),
            ]
        };
        let mut commission_summary = commission();
        commission_summary.extend([Step::Submit, Step::Wait("button.sign")]);
        let main = || vec![Step::Wait("main")];
        Ok(vec![
            screen("app-first-run", self.newcomer.address(), main()),
            screen(
                "app-join",
                self.newcomer.address(),
                vec![Step::Submit, Step::Wait("#typed-code")],
            ),
            screen(
                "app-unlock",
                self.locked.address(),
                vec![Step::Wait("#passphrase")],
            ),
            screen("app-home-courier", at(courier, ""), main()),
            screen("app-home-qc", at(inspector, ""), main()),
            screen("app-home-warehouse", at(desk, ""), main()),
            screen(
                "app-scan",
                at(desk, "receive"),
                vec![Step::Wait(".viewfinder-on")],
            ),
            screen(
                "app-subject-item",
                at(inspector, &format!("subject/{item}")),
                main(),
            ),
            screen(
                "app-subject-case",
                at(courier, &format!("subject/{}", self.goods.case)),
                main(),
            ),
            screen("app-commission", at(desk, "commission"), commission()),
            screen(
                "app-commission-summary",
                at(desk, "commission"),
                commission_summary,
            ),
            screen(
                "app-labels",
                at(desk, &format!("labels/{labels}")),
                vec![Step::Wait("main svg")],
            ),
            screen("app-offer", at(desk, &format!("offer/{item}")), main()),
            screen(
                "app-frames",
                at(desk, &format!("frames/{}", self.sent)),
                vec![Step::Wait("main svg")],
            ),
            screen(
                "app-accept",
                at(courier, &format!("accept/{}", self.offer)),
                vec![Step::Wait("form")],
            ),
            screen(
                "app-accept-summary",
                at(courier, &format!("accept/{}", self.offer)),
                vec![Step::Wait("form"), Step::Submit, Step::Wait("button.sign")],
            ),
            screen(
                "app-inspect",
                at(inspector, &format!("inspect/{item}")),
                vec![Step::Wait("form")],
            ),
            screen("app-hand-overs", at(courier, "hand-overs"), main()),
            screen("app-outbox-unsent", at(courier, "outbox"), main()),
            screen("app-outbox-empty", at(desk, "outbox"), main()),
            screen("app-settings", at(desk, "settings"), main()),
            screen(
                "verify-verified",
                link,
                vec![Step::Wait("[data-verdict=verified]")],
            ),
            screen(
                "verify-no-record",
                unknown_serial(&path, &self.altered)?,
                vec![Step::Wait("[data-verdict=no-record]")],
            ),
            screen(
                "verify-warning",
                format!("{}/{path}", self.altered.address()),
                vec![Step::Wait("[data-verdict=warning]")],
            ),
            screen(
                "verify-one-gateway",
                format!("{}/{path}", self.unreachable.address()),
                vec![Step::Wait("[data-verdict]:not([data-verdict=asking])")],
            ),
        ])
    }
}

/// The page of a serial that was never made.
fn unknown_serial(path: &str, host: &Proxy) -> Result<String> {
    let mut path = path.to_owned();
    let last = if path.pop().context("a serial")? == '0' {
        '1'
    } else {
        '0'
    };
    path.push(last);
    Ok(format!("{}/{path}", host.address()))
}

/// The items that travelled, with the case that waits to be taken over.
fn travelled_and(travelled: Goods, waiting: Goods) -> Goods {
    Goods {
        items: travelled.items,
        case: waiting.case,
        labels: travelled.labels,
    }
}

fn first_link(goods: &Goods) -> Result<String> {
    Ok(goods.labels.labels.first().context("a label")?.link.clone())
}

async fn go(browser: &Browser, screen: &Screen) -> Result<()> {
    // A page that differs only behind `#` would not load anew.
    browser.open("about:blank").await?;
    browser.open(&screen.address).await?;
    for step in &screen.steps {
        match step {
            Step::Fill(css, text) => browser.fill(css, text).await?,
            Step::Submit => {
                browser.wait("form [type=submit]").await?;
                browser.click("form [type=submit]").await?;
            }
            Step::Wait(css) => {
                browser.wait(css).await?;
            }
        }
    }
    browser.still().await
}
