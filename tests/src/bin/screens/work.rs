//! Screens of the field app on which named activities are recorded, lists are scanned, things
//! are packed, held and cleared.

use anyhow::{Context, Result};
use chopmark_tests::Device;

use crate::gallery::{Screen, Step};
use crate::stage::Stage;

/// Everything that is recorded by name.
pub(super) fn all(stage: &Stage) -> Result<Vec<Screen>> {
    let trade = &stage.trade;
    let (officer, held) = &stage.officer;
    let case = &stage.travelled.case;
    let home = || vec![Step::Wait(".who .status-good"), Step::Wait(".lead")];
    let sheet = || vec![Step::Wait(".sheet-of-areas")];
    let form = || vec![Step::Wait(".subject"), Step::Wait("main form .button-main")];
    let review = || vec![Step::Submit, Step::Wait("button.sign")];
    let stored = || {
        let place = Step::Fill("#place", "Shelf 4, Macao".to_owned());
        [form(), vec![place]].concat()
    };
    let (item, record) = &stage.wrong;
    let correct = at(&trade.desk, &format!("correct/{record}/{item}"));
    // What it says is wrong, and the last of what came later says it right.
    let corrected = || {
        let chosen = vec![
            Step::Click("input[value=incorrect-data]"),
            Step::Wait("input[type=checkbox]"),
            Step::Click(".choice-plain:last-child input[type=checkbox]"),
        ];
        [form(), chosen].concat()
    };
    Ok(vec![
        Screen::new("app-home-customs", at(officer, ""), home()),
        Screen::new(
            "app-activities",
            at(&trade.shop, &format!("activities/{case}")),
            sheet(),
        ),
        Screen::new(
            "app-activities-customs",
            at(officer, &format!("activities/{case}")),
            sheet(),
        ),
        Screen::new(
            "app-deed",
            at(&trade.shop, &format!("deed/stored/{case}")),
            stored(),
        ),
        Screen::new(
            "app-deed-summary",
            at(&trade.shop, &format!("deed/stored/{case}")),
            [stored(), review()].concat(),
        ),
        Screen::new(
            "app-deed-refused",
            at(&trade.courier, &format!("deed/loaded/{case}")),
            [form(), vec![Step::Submit, Step::Wait(".banner-bad")]].concat(),
        ),
        Screen::new(
            "app-count-refused",
            at(&trade.desk, &format!("count/counted/{}", stage.clay)),
            vec![
                Step::Wait("main form .button-main"),
                Step::Wait("main form .input[id^='counted-']"),
                Step::Submit,
                Step::Wait(".banner-bad"),
            ],
        ),
        Screen::new(
            "app-seal",
            at(&trade.shop, &format!("seal/seal-applied/{case}")),
            [form(), vec![seal("ML-CN 0471903")]].concat(),
        ),
        // With another number than the one that was recorded last.
        Screen::new(
            "app-seal-broken-summary",
            at(&trade.courier, &format!("seal/seal-broken/{case}")),
            [form(), vec![seal("ML-CN 0471904")], review()].concat(),
        ),
        Screen::new(
            "app-seal-refused",
            at(&trade.courier, &format!("seal/seal-broken/{case}")),
            [
                form(),
                vec![seal("A<1>"), Step::Submit, Step::Wait(".banner-bad")],
            ]
            .concat(),
        ),
        Screen::new(
            "app-reading",
            at(&trade.courier, &format!("reading/sensor-read/{case}")),
            [form(), vec![read("-18.5")]].concat(),
        ),
        Screen::new(
            "app-reading-summary",
            at(&trade.courier, &format!("reading/sensor-read/{case}")),
            [form(), vec![read("-18.5")], review()].concat(),
        ),
        Screen::new(
            "app-reading-refused",
            at(&trade.courier, &format!("reading/sensor-read/{case}")),
            [
                form(),
                vec![read("-300"), Step::Submit, Step::Wait(".banner-bad")],
            ]
            .concat(),
        ),
        Screen::new(
            "app-clear-summary",
            at(officer, &format!("deed/cleared/{held}")),
            [form(), review()].concat(),
        ),
        Screen::new(
            "app-decline",
            at(&trade.courier, &format!("decline/{}", stage.offer)),
            form(),
        ),
        Screen::new(
            "app-subject-corrected",
            at(&trade.desk, &format!("subject/{item}")),
            vec![
                Step::Wait(".timeline details"),
                Step::Run("document.querySelector('.timeline details').open = true".to_owned()),
            ],
        ),
        Screen::new("app-correct", correct.clone(), corrected()),
        Screen::new(
            "app-correct-summary",
            correct.clone(),
            [corrected(), review()].concat(),
        ),
        Screen::new(
            "app-correct-problem",
            correct,
            [form(), vec![Step::Submit, Step::Wait(".banner-bad")]].concat(),
        ),
        Screen::new(
            "app-recall",
            at(&trade.desk, &format!("recall/{}", stage.clay)),
            vec![Step::Wait(".tree")],
        ),
        Screen::new(
            "app-recall-list",
            at(&trade.desk, &format!("recall/{}", stage.clay)),
            vec![
                Step::Wait(".tree"),
                Step::Click(".stack .button-wide:last-child"),
                Step::Wait(".gather-count"),
            ],
        ),
        Screen::new(
            "app-pack",
            at(
                &trade.desk,
                &format!("pack/{}", stage.loose.first().context("an item")?),
            ),
            vec![
                Step::Wait(".choice input"),
                Step::Click(".choice input"),
                Step::Wait(".viewfinder-on"),
            ],
        ),
        Screen::new(
            "app-unpack",
            at(&trade.shop, &format!("unpack/{case}")),
            vec![Step::Wait(".choice input"), Step::Click(".choice input")],
        ),
        Screen::new(
            "app-gather-empty",
            at(&trade.shop, "gather"),
            vec![Step::Wait(".viewfinder-on"), Step::Wait(".state")],
        ),
        Screen::new("app-gather", at(&trade.shop, "gather"), gathered(stage)),
        Screen::new(
            "app-gather-activities",
            at(&trade.shop, "gather"),
            [
                gathered(stage),
                vec![
                    Step::Click(".actions a.button-main"),
                    Step::Wait(".sheet-of-areas"),
                ],
            ]
            .concat(),
        ),
        Screen::new(
            "app-gather-problem",
            at(&trade.shop, "gather"),
            vec![
                Step::Wait(".viewfinder-on"),
                Step::Fill(
                    "#typed-code",
                    "(01)09506000134353(21)0000000000000001".to_owned(),
                ),
                Step::Submit,
                Step::Wait(".banner-bad"),
            ],
        ),
    ])
}

fn read(value: &str) -> Step {
    Step::Fill("#reading-0", value.to_owned())
}

/// The number of a seal.
fn seal(number: &str) -> Step {
    Step::Fill("#seal", number.to_owned())
}

/// Three items typed into the list, one of them twice.
fn gathered(stage: &Stage) -> Vec<Step> {
    let mut steps = vec![Step::Wait(".viewfinder-on")];
    let links = stage.travelled.labels.labels.iter().take(3);
    let first = stage.travelled.labels.labels.iter().take(1);
    for label in links.chain(first) {
        steps.push(Step::Fill("#typed-code", label.link.clone()));
        steps.push(Step::Submit);
        steps.push(Step::Wait(".gather-count"));
    }
    steps.push(Step::Wait("main .lead:nth-of-type(1)"));
    steps
}

fn at(device: &Device, page: &str) -> String {
    format!("{}#/{page}", device.address())
}
