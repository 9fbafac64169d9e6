//! Screens of the consumer page.

use anyhow::{Context, Result};
use chopmark_tests::{FACTORY, Proxy};

use crate::gallery::{Around, Screen, Step};
use crate::stage::Stage;

/// A verdict is there.
const ANSWERED: &str = "[data-verdict]:not([data-verdict=asking])";
/// Opens everything that can be opened.
const UNFOLD: &str = "document.querySelectorAll('details').forEach(fold => fold.open = true)";

/// Every verdict, and what stands where there is none.
pub(super) fn all(stage: &Stage) -> Result<Vec<Screen>> {
    let link = stage.link()?;
    let path = link.splitn(4, '/').nth(3).context("a path")?;
    let gateway = stage.trade.network.member(FACTORY)?.gateway();
    let behind = |host: &Proxy| format!("{}/{path}", host.address());
    let answered = || vec![Step::Wait(ANSWERED)];
    let warning = || vec![Step::Wait("[data-verdict=warning]")];
    let screen = Screen::new;
    Ok(vec![
        screen(
            "verify-verified",
            link.clone(),
            vec![
                Step::Wait("[data-verdict=verified]"),
                Step::Wait("main img"),
            ],
        ),
        screen(
            "verify-verified-open",
            link.clone(),
            vec![
                Step::Wait("[data-verdict=verified]"),
                Step::Wait("main img"),
                Step::Run(UNFOLD.to_owned()),
            ],
        ),
        screen(
            "verify-refused-open",
            stage.refused_link()?,
            vec![Step::Wait(".part-standing"), Step::Run(UNFOLD.to_owned())],
        ),
        screen("verify-warning-altered", behind(&stage.altered), warning()),
        screen(
            "verify-warning-left-out",
            behind(&stage.shortened),
            warning(),
        ),
        screen("verify-warning-stranger", behind(&stage.strange), warning()),
        screen(
            "verify-no-record",
            unknown_serial(path, &gateway)?,
            vec![Step::Wait("[data-verdict=no-record]")],
        ),
        screen("verify-one-gateway", behind(&stage.unreachable), answered()),
        screen("verify-nobody", behind(&stage.altered), answered()).around(Around::NoAnswers),
        screen("verify-offline", link.clone(), answered()).around(Around::Offline),
        screen(
            "verify-without-scripts",
            link,
            vec![Step::Wait("#plain-cannot")],
        )
        .around(Around::NoScripts),
        screen(
            "verify-not-a-code",
            format!("{gateway}/01/09506000134353/21/0"),
            vec![Step::Wait("#code, form")],
        ),
        screen(
            "verify-typed",
            format!("{gateway}/"),
            vec![Step::Wait("form")],
        ),
    ])
}

/// The page of a serial that was never made.
fn unknown_serial(path: &str, gateway: &str) -> Result<String> {
    let mut path = path.to_owned();
    let last = if path.pop().context("a serial")? == '0' {
        '1'
    } else {
        '0'
    };
    path.push(last);
    Ok(format!("{gateway}/{path}"))
}
