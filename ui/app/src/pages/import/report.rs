use chopmark_kit::{Banner, Button, Mark, SignButton, SignWords, Tone};
use chopmark_view::{ImportStage, ImportView};
use yew::prelude::*;

use super::bad_rows::BadRows;
use crate::hooks::use_messages;
use crate::words::say;

/// Properties of [`Report`].
#[derive(PartialEq, Properties)]
pub(crate) struct ReportProps {
    pub(crate) import: String,
    pub(crate) view: ImportView,
    /// The person signs; whether bad rows are left out.
    pub(crate) onsign: Callback<bool>,
}

/// What was found in a file and what became of it, every bad row with its number and reason.
#[component]
pub(crate) fn Report(props: &ReportProps) -> Html {
    let m = use_messages();
    let view = &props.view;
    let rest = use_state_eq(|| false);
    let banner = match view.stage {
        ImportStage::Signed => html! {
            <Banner tone={Tone::Good} title={say!(m, "import-signed")} text={say!(m, "import-signed-text", count = view.signed, blocks = view.blocks)} />
        },
        ImportStage::Stopped => html! {
            <Banner tone={Tone::Wait} title={say!(m, "import-stopped")} text={say!(m, "import-signed-text", count = view.signed, blocks = view.blocks)} />
        },
        _ if view.bad_count == 0 => html! {
            <Banner tone={Tone::Good} title={say!(m, "import-good")} text={say!(m, "import-good-text", count = view.good)} />
        },
        _ => html! {
            <Banner tone={Tone::Bad} title={say!(m, "import-bad", count = view.bad_count)} text={say!(m, "import-bad-text")} />
        },
    };
    let onrest = {
        let rest = rest.clone();
        Callback::from(move |()| rest.set(true))
    };
    let skip_bad = view.bad_count > 0;
    let tried = view.stage == ImportStage::Tried && view.good > 0;
    let words = SignWords {
        rest: say!(m, "sign-rest"),
        holding: say!(m, "sign-holding"),
        again: say!(m, "sign-again"),
        busy: say!(m, "sign-busy"),
    };
    html! {
        <>
            {banner}
            if view.there > 0 {
                <p class="soft">{say!(m, "import-there", count = view.there)}</p>
            }
            if !view.bad.is_empty() {
                <BadRows import={props.import.clone()} first={view.bad.clone()} count={view.bad_count} />
            }
            if tried && skip_bad && !*rest {
                <Button icon={Mark::Check} wide={true} label={say!(m, "import-rest", count = view.good)} onclick={onrest} />
            }
            if tried && (!skip_bad || *rest) {
                <SignButton {words} onsign={props.onsign.reform(move |()| skip_bad)} busy={false} />
                <p class="soft small centred">{say!(m, "import-sign-hint", count = view.good)}</p>
            }
        </>
    }
}
