//! Screens on which something begins.

use chopmark_tests::PRODUCT;

use crate::field::at;
use crate::gallery::{Around, Screen, Step};
use crate::stage::Stage;

/// Everything that begins: items, batches, runs, what is made of others; and their labels.
pub(super) fn all(stage: &Stage) -> Vec<Screen> {
    let desk = &stage.trade.desk;
    let filled = |count: &str| {
        vec![
            Step::Wait("#gtin"),
            Step::Fill("#gtin", "09506000134352".to_owned()),
            Step::Fill("#product", PRODUCT.to_owned()),
            Step::Fill("#count", count.to_owned()),
        ]
    };
    let summary =
        |count: &str| [filled(count), vec![Step::Submit, Step::Wait("button.sign")]].concat();
    let batch = vec![
        Step::Wait("#gtin"),
        Step::Click("input[value=batch]"),
        Step::Wait("#amount"),
        Step::Fill("#gtin", "09506000134352".to_owned()),
        Step::Fill("#product", PRODUCT.to_owned()),
        Step::Fill("#batch", "L0726".to_owned()),
        Step::Fill("#amount", "12.5".to_owned()),
        Step::Click("input[value=KGM]"),
    ];
    let run = vec![
        Step::Wait("#gtin"),
        Step::Click("input[value=run]"),
        Step::Fill("#gtin", "09506000134352".to_owned()),
        Step::Fill("#product", PRODUCT.to_owned()),
        Step::Fill("#count", "300".to_owned()),
        Step::Click("input[type=checkbox]"),
    ];
    let made = vec![
        Step::Submit,
        Step::Wait("button.sign"),
        Step::Hold,
        Step::Wait(".banner-good, .state"),
    ];
    let made = [run.clone(), made].concat();
    let done = || [summary("1"), vec![Step::Hold, Step::Wait("a.button-main")]].concat();
    let labels = [
        stage.travelled.items.clone(),
        vec![stage.travelled.case.clone()],
    ]
    .concat();
    let labels = at(desk, &format!("labels/{}", labels.join(",")));
    let sealed = at(desk, &format!("labels/{}", stage.sealed.join(",")));
    let under_seals = || {
        vec![
            Step::Wait(".under-seals input"),
            Step::Click(".under-seals input"),
            Step::Wait(".label-under-seal"),
        ]
    };
    let forget = vec![
        Step::Wait(".under-seals button"),
        Step::Click(".under-seals button"),
        Step::Wait("dialog[open]"),
    ];
    let sheets = || vec![Step::Wait(".sheet"), Step::Wait(".label")];
    vec![
        Screen::new(
            "app-commission-sealed",
            at(desk, "commission"),
            [
                filled("12"),
                // After the one about a case.
                vec![
                    Step::Click(".choice-plain + .choice-plain input"),
                    Step::Submit,
                    Step::Wait("button.sign"),
                ],
            ]
            .concat(),
        ),
        Screen::new("app-commission", at(desk, "commission"), filled("12")),
        Screen::new(
            "app-commission-problem",
            at(desk, "commission"),
            vec![
                Step::Wait("#count"),
                Step::Fill("#count", "900".to_owned()),
                Step::Submit,
                Step::Wait(".field-problem"),
            ],
        ),
        Screen::new(
            "app-commission-summary",
            at(desk, "commission"),
            summary("12"),
        ),
        Screen::new("app-commission-done", at(desk, "commission"), done()),
        Screen::new("app-make-batch", at(desk, "commission"), batch),
        Screen::new("app-make-run", at(desk, "commission"), run),
        Screen::new("app-make-run-done", at(desk, "commission"), made),
        Screen::new(
            "app-transform",
            at(desk, &format!("transform/{}", stage.travelled.case)),
            vec![Step::Wait("#out-0-gtin")],
        ),
        Screen::new(
            "app-transform-items",
            at(desk, &format!("transform/{}", stage.travelled.case)),
            vec![
                Step::Wait("#out-0-gtin"),
                Step::Click(".stack input[type=checkbox]"),
                Step::Wait("#out-0-count"),
            ],
        ),
        Screen::new(
            "app-assets",
            at(desk, "assets"),
            vec![Step::Wait("main ul li")],
        ),
        Screen::new(
            "app-assets-none",
            at(&stage.idle, "assets"),
            vec![Step::Wait(".state")],
        ),
        Screen::new(
            "app-subject-place",
            at(desk, &format!("subject/{}", stage.hall)),
            vec![Step::Wait(".timeline")],
        ),
        Screen::new("app-labels", labels.clone(), sheets()),
        Screen::new("app-labels-paper", labels, sheets()).around(Around::Paper),
        Screen::new("app-labels-seals", sealed.clone(), sheets()),
        Screen::new("app-labels-under-seals", sealed.clone(), under_seals()),
        Screen::new(
            "app-labels-under-seals-paper",
            sealed.clone(),
            under_seals(),
        )
        .around(Around::Paper),
        Screen::new("app-labels-forget", sealed, forget),
    ]
}
