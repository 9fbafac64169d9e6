//! Screens on which events are brought in from a file.

use serde_json::json;

use crate::gallery::{Around, Screen, Step};
use crate::stage::Stage;

/// Gives the page a file as if it had been chosen.
const CHOOSE: &str = "const input = document.querySelector('.file-button input');
    const chosen = new DataTransfer();
    chosen.items.add(new File([TEXT], NAME));
    input.files = chosen.files;
    input.dispatchEvent(new Event('change', { bubbles: true }))";

/// What a factory's own program writes.
const TABLE: &str =
    "lot,made at,weight\nL0726,2026-07-01 08:00,12.5\nL0727,2026-07-02 08:00,12.5\n";

/// A file to choose, its columns, and what is found in it.
pub(super) fn all(stage: &Stage) -> Vec<Screen> {
    let desk = &stage.trade.desk;
    let import = || format!("{}#/import", desk.address());
    let tried = |things: &[&str], until| tried(&document("ADD", things), until);
    // The second has a wrong check digit, the third is another firm's.
    let bad = [
        "01/09506000134352/21/SCREEN-1",
        "01/09506000134353/21/SCREEN-2",
        "01/04012345123456/21/SCREEN-3",
    ];
    let good = ["01/09506000134352/21/SCREEN-1"];
    let screens = vec![
        Screen::new("app-import", import(), vec![Step::Wait(".file-button")]),
        Screen::new(
            "app-import-columns",
            import(),
            [chosen("shift.csv", TABLE), vec![Step::Wait("main form")]].concat(),
        ),
        Screen::new("app-import-bad", import(), tried(&bad, ".banner-bad")),
        Screen::new("app-import-good", import(), tried(&good, "button.sign")),
        Screen::new(
            "app-import-failed",
            import(),
            [
                chosen("photo.json", "not a document"),
                vec![Step::Wait(".banner-bad")],
            ]
            .concat(),
        ),
    ];
    one_by_one(screens)
}

/// Without signal: nobody says of which run a thing is.
pub(super) fn cut_off(stage: &Stage) -> Vec<Screen> {
    let import = format!("{}#/import", stage.trade.shop.address());
    let seen = document("OBSERVE", &["01/09506000134352/21/NEVER-SEEN"]);
    let steps = tried(&seen, ".banner-bad");
    one_by_one(vec![Screen::new("app-import-silent", import, steps)])
}

/// A device takes in one file at a time.
fn one_by_one(screens: Vec<Screen>) -> Vec<Screen> {
    let alone = |screen: Screen| screen.around(Around::Alone);
    screens.into_iter().map(alone).collect()
}

fn chosen(name: &str, text: &str) -> Vec<Step> {
    let script = CHOOSE
        .replace("NAME", &json!(name).to_string())
        .replace("TEXT", &json!(text).to_string());
    vec![Step::Wait(".file-button"), Step::Run(script)]
}

fn tried(document: &serde_json::Value, until: &'static str) -> Vec<Step> {
    let mut steps = chosen("events.jsonld", &document.to_string());
    steps.push(Step::Wait(until));
    steps
}

fn document(action: &str, things: &[&str]) -> serde_json::Value {
    let event = |thing: &&str| {
        json!({
            "type": "ObjectEvent",
            "eventTime": "2026-07-01T08:00:00+08:00",
            "eventTimeZoneOffset": "+08:00",
            "action": action,
            "epcList": [format!("https://id.gs1.org/{thing}")],
        })
    };
    json!({
        "@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-07-01T08:00:00Z",
        "epcisBody": { "eventList": things.iter().map(event).collect::<Vec<_>>() },
    })
}
