//! Screens of the field app.

use anyhow::{Context, Result};
use chopmark_tests::Device;

use crate::gallery::{Around, Screen, Step};
use crate::making;
use crate::stage::Stage;

/// From here on the page's own client gives no answer.
const SILENT: &str = "window.fetch = () => Promise.reject(new TypeError('silent'))";
/// From here on its answers never come.
const SLOW: &str = "window.fetch = () => new Promise(() => {})";
/// From here on there is no camera.
const NO_CAMERA: &str = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))";

/// Screens of devices that reach their network.
pub(super) fn connected(stage: &Stage) -> Result<Vec<Screen>> {
    let mut screens = before_opening(stage);
    screens.extend(homes(stage));
    screens.extend(scanning(stage)?);
    screens.extend(subjects(stage)?);
    screens.extend(making::all(stage));
    screens.extend(handing_over(stage)?);
    screens.extend(inspecting(stage)?);
    screens.extend(trading(stage)?);
    screens.extend(rest(stage)?);
    Ok(screens)
}

/// Screens of devices without a network.
pub(super) fn cut_off(stage: &Stage) -> Result<Vec<Screen>> {
    let shop = &stage.trade.shop;
    Ok(vec![
        Screen::new(
            "app-home-offline",
            at(shop, ""),
            vec![Step::Wait(".who .status-wait")],
        ),
        Screen::new(
            "app-subject-pending",
            at(shop, &format!("subject/{}", stage.travelled.case)),
            vec![Step::Wait(".strip"), Step::Wait(".moment-open")],
        ),
        Screen::new(
            "app-outbox-unsent",
            at(shop, "outbox"),
            vec![Step::Wait(".strip"), Step::Wait(".deed-row")],
        ),
        Screen::new(
            "app-join-unreachable",
            stage.newcomer.0.address(),
            [
                passphrase(&stage.newcomer.1),
                vec![
                    Step::Fill("#passphrase", "correct horse battery".to_owned()),
                    Step::Fill("#passphrase-again", "correct horse battery".to_owned()),
                    Step::Submit,
                    Step::Wait(".banner-bad"),
                ],
            ]
            .concat(),
        ),
    ])
}

fn before_opening(stage: &Stage) -> Vec<Screen> {
    let (newcomer, invitation) = &stage.newcomer;
    let join = || vec![Step::Submit, Step::Wait(".viewfinder-on")];
    let not_an_invitation = [
        join(),
        vec![
            Step::Fill("#typed-code", "https://example.org/".to_owned()),
            Step::Submit,
            Step::Wait(".banner-bad"),
        ],
    ];
    vec![
        Screen::new(
            "app-first-run",
            newcomer.address(),
            vec![Step::Wait("main form")],
        ),
        Screen::new("app-join", newcomer.address(), join()),
        Screen::new(
            "app-join-problem",
            newcomer.address(),
            not_an_invitation.concat(),
        ),
        Screen::new("app-passphrase", newcomer.address(), passphrase(invitation)),
        Screen::new(
            "app-unlock",
            stage.locked.address(),
            vec![Step::Wait("#passphrase")],
        ),
    ]
}

fn homes(stage: &Stage) -> Vec<Screen> {
    let trade = &stage.trade;
    let online = || vec![Step::Wait(".who .status-good")];
    vec![
        Screen::new("app-home-courier", at(&trade.courier, ""), online()),
        Screen::new("app-home-qc", at(&trade.inspector, ""), online()),
        Screen::new("app-home-warehouse", at(&trade.desk, ""), online()),
        Screen::new("app-home-empty", at(&stage.idle, ""), online()),
        Screen::new(
            "app-home-refused",
            at(&stage.refused.0, ""),
            vec![Step::Wait(".who .status-good"), Step::Wait(".status-bad")],
        ),
    ]
}

fn scanning(stage: &Stage) -> Result<Vec<Screen>> {
    let courier = &stage.trade.courier;
    let running = || vec![Step::Wait(".viewfinder-on")];
    let typed = |text: &str| {
        [
            running(),
            vec![
                Step::Fill("#typed-code", text.to_owned()),
                Step::Submit,
                Step::Wait(".banner"),
            ],
        ]
        .concat()
    };
    let part = stage.frames.first().context("a frame")?;
    Ok(vec![
        Screen::new("app-scan", at(courier, "scan"), running()),
        Screen::new(
            "app-scan-unknown",
            at(courier, "scan"),
            typed("(01)09506000134352(21)0000000000000001"),
        ),
        Screen::new(
            "app-scan-problem",
            at(courier, "scan"),
            typed("(01)09506000134353(21)0000000000000001"),
        ),
        Screen::new(
            "app-scan-no-camera",
            at(courier, ""),
            vec![
                Step::Wait(".who"),
                Step::Run(format!("{NO_CAMERA}; location.hash = '#/scan'")),
                Step::Wait("main > .stack > .banner"),
            ],
        ),
        Screen::new(
            "app-receive",
            at(courier, "receive"),
            [
                running(),
                vec![
                    Step::Fill("#typed-code", part.clone()),
                    Step::Submit,
                    Step::Wait(".progress"),
                ],
            ]
            .concat(),
        ),
        Screen::new(
            "app-receive-problem",
            at(&stage.trade.shop, "receive"),
            vec![
                Step::Wait(".viewfinder-on"),
                Step::Run("document.querySelector('details').open = true".to_owned()),
                Step::Paste("#pasted", stage.frames.join("\n")),
                Step::Click("details .button"),
                Step::Wait(".banner-bad"),
            ],
        )
        .around(Around::Alone),
    ])
}

fn subjects(stage: &Stage) -> Result<Vec<Screen>> {
    let item = stage.travelled.items.first().context("an item")?;
    let fresh = stage.waiting.items.first().context("an item")?;
    let of = |device: &Device, subject: &str| at(device, &format!("subject/{subject}"));
    let (refused, goods) = &stage.refused;
    let journey = || vec![Step::Wait(".timeline")];
    Ok(vec![
        Screen::new(
            "app-subject-item",
            of(&stage.trade.inspector, item),
            vec![Step::Wait(".timeline"), Step::Wait(".photo img")],
        ),
        Screen::new(
            "app-subject-packed",
            of(&stage.trade.inspector, fresh),
            journey(),
        ),
        Screen::new(
            "app-subject-case",
            of(&stage.trade.courier, &stage.waiting.case),
            journey(),
        ),
        Screen::new(
            "app-subject-refused",
            of(refused, &goods.case),
            vec![Step::Wait(".moment-bad")],
        ),
        Screen::new(
            "app-loading",
            at(&stage.trade.courier, ""),
            vec![
                Step::Wait(".who"),
                Step::Run(format!("{SLOW}; location.hash = '#/subject/{item}'")),
                Step::Wait(".state .spin"),
            ],
        )
        .around(Around::Waiting),
        Screen::new(
            "app-silent",
            at(&stage.trade.courier, ""),
            vec![
                Step::Wait(".who"),
                Step::Run(format!("{SILENT}; location.hash = '#/subject/{item}'")),
                Step::Wait(".banner-bad"),
            ],
        ),
    ])
}

fn handing_over(stage: &Stage) -> Result<Vec<Screen>> {
    let trade = &stage.trade;
    let case = &stage.travelled.case;
    let offer = at(&trade.shop, &format!("offer/{case}"));
    let accept = at(&trade.courier, &format!("accept/{}", stage.offer));
    let frames = |record: &str| format!("frames/{record}");
    let form = || vec![Step::Wait("main form .button-main")];
    let choose = || {
        vec![
            Step::Wait("main form .choice"),
            Step::Click(".choice input"),
        ]
    };
    let review = || vec![Step::Submit, Step::Wait("button.sign")];
    Ok(vec![
        Screen::new("app-offer", offer.clone(), choose()),
        Screen::new("app-offer-summary", offer, [choose(), review()].concat()),
        Screen::new(
            "app-frames",
            at(&trade.desk, &frames(&stage.offer)),
            vec![Step::Wait("main svg.qr"), Step::Click(".row-apart button")],
        ),
        Screen::new(
            "app-frames-acceptance",
            at(&trade.courier, &frames(&stage.acceptance)),
            vec![Step::Wait("main svg.qr"), Step::Click(".row-apart button")],
        ),
        Screen::new("app-accept", accept.clone(), form()),
        Screen::new(
            "app-accept-damaged-summary",
            accept,
            [
                form(),
                vec![
                    Step::Click("input[value=damage]"),
                    Step::Fill("#note", "One corner of the case is pressed in".to_owned()),
                ],
                review(),
            ]
            .concat(),
        ),
        Screen::new(
            "app-accept-gone",
            at(&trade.shop, &format!("accept/{}", stage.offer)),
            vec![Step::Wait(".state")],
        ),
        Screen::new(
            "app-hand-overs",
            at(&trade.courier, "hand-overs"),
            vec![Step::Wait(".lead")],
        ),
        Screen::new(
            "app-hand-overs-empty",
            at(&stage.idle, "hand-overs"),
            vec![Step::Wait(".state")],
        ),
    ])
}

fn inspecting(stage: &Stage) -> Result<Vec<Screen>> {
    let item = stage.waiting.items.get(1).context("an item")?;
    let inspect = at(&stage.trade.inspector, &format!("inspect/{item}"));
    let form = || vec![Step::Wait("main form .button-main")];
    let camera = || {
        [
            form(),
            vec![
                Step::Click("form .card .actions button"),
                Step::Wait("dialog .button-main:not([disabled])"),
            ],
        ]
        .concat()
    };
    let filled = || {
        [
            camera(),
            vec![
                Step::Click("dialog .button-main"),
                Step::Wait(".entry .thumbnail"),
                Step::Click("input[value=conditional]"),
                Step::Fill("#note", "Glaze thin on the foot ring".to_owned()),
                Step::Click("form .card .stack > .button"),
                Step::Wait("#measured-name-0"),
                Step::Fill("#measured-name-0", "Width".to_owned()),
                Step::Fill("#measured-value-0", "92.4".to_owned()),
                Step::Fill("#measured-unit-0", "mm".to_owned()),
                Step::Click("input[type=checkbox]"),
                Step::Wait("form [type=submit]:not([aria-busy])"),
            ],
        ]
        .concat()
    };
    Ok(vec![
        Screen::new("app-inspect", inspect.clone(), form()),
        Screen::new("app-photo", inspect.clone(), camera()),
        Screen::new("app-inspect-filled", inspect.clone(), filled()),
        Screen::new(
            "app-inspect-summary",
            inspect.clone(),
            [filled(), vec![Step::Submit, Step::Wait("button.sign")]].concat(),
        ),
        Screen::new(
            "app-inspect-problem",
            inspect,
            [form(), vec![Step::Submit, Step::Wait(".banner-bad")]].concat(),
        ),
    ])
}

/// Who owns things, who lends on them, what is bound to them. The warehouse's device shows the
/// forms; its role signs none of them.
fn trading(stage: &Stage) -> Result<Vec<Screen>> {
    let trade = &stage.trade;
    let case = &stage.travelled.case;
    let item = stage.waiting.items.first().context("an item")?;
    let page =
        |device: &Device, page: &str, subject: &str| at(device, &format!("{page}/{subject}"));
    let form = || vec![Step::Wait("main form .button-main")];
    Ok(vec![
        Screen::new(
            "app-offer-title",
            page(&trade.shop, "offer-title", case),
            [form(), vec![Step::Wait("main form .choice")]].concat(),
        ),
        Screen::new("app-pledge", page(&trade.desk, "pledge", item), form()),
        Screen::new("app-release", page(&trade.desk, "release", item), form()),
        Screen::new(
            "app-offer-code",
            page(&trade.shop, "offer-code", case),
            [
                form(),
                vec![
                    Step::Click("main form .card .button"),
                    Step::Wait("main svg.qr"),
                ],
            ]
            .concat(),
        ),
        Screen::new(
            "app-bind",
            page(&trade.desk, "bind", item),
            vec![Step::Wait(".viewfinder-on")],
        ),
        Screen::new(
            "app-unbind-nothing",
            page(&trade.desk, "unbind", item),
            vec![Step::Wait(".state")],
        ),
        Screen::new(
            "app-accept-seal",
            at(&trade.courier, &format!("accept/{}", stage.offer)),
            [
                form(),
                vec![
                    Step::Click("input[value=seal-broken]"),
                    Step::Wait("#seal"),
                    Step::Fill("#seal", "ML-CN 0471904".to_owned()),
                ],
            ]
            .concat(),
        ),
        Screen::new(
            "app-accept-part",
            at(&trade.courier, &format!("accept/{}", stage.offer)),
            [
                form(),
                vec![
                    Step::Click("input[value=shortage]"),
                    Step::Run("document.querySelector('details').open = true".to_owned()),
                    Step::Wait("details .choice"),
                    Step::Click("details .choice input"),
                ],
            ]
            .concat(),
        ),
    ])
}

fn rest(stage: &Stage) -> Result<Vec<Screen>> {
    let desk = &stage.trade.desk;
    Ok(vec![
        Screen::new(
            "app-outbox-empty",
            at(&stage.idle, "outbox"),
            vec![Step::Wait(".state")],
        ),
        Screen::new(
            "app-outbox-refused",
            at(&stage.refused.0, "outbox"),
            vec![Step::Wait(".status-bad")],
        ),
        Screen::new(
            "app-settings",
            at(desk, "settings"),
            vec![Step::Wait(".facts")],
        ),
    ])
}

/// The way to the passphrase of a device that joins.
fn passphrase(invitation: &str) -> Vec<Step> {
    vec![
        Step::Submit,
        Step::Wait("#typed-code"),
        Step::Fill("#typed-code", invitation.to_owned()),
        Step::Submit,
        Step::Wait("#passphrase-again"),
    ]
}

pub(super) fn at(device: &Device, page: &str) -> String {
    format!("{}#/{page}", device.address())
}
