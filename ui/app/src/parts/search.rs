use chopmark_kit::{Banner, Button, Field, FieldKind, Tone};
use chopmark_view::{Failure, Found, Lookup};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::failure_signal;
use crate::hooks::{go, use_messages};
use crate::state::{Route, clean};
use crate::words::{failure, say};

#[derive(Clone, PartialEq)]
enum Outcome {
    None,
    Looking,
    Unknown(String),
    Failed(Failure),
}

/// A field for a code, serial or container number that leads to the thing.
#[component]
pub(crate) fn Search() -> Html {
    let m = use_messages();
    let typed = use_state_eq(String::new);
    let outcome = use_state_eq(|| Outcome::None);
    let onsubmit = {
        let (typed, outcome) = (typed.clone(), outcome.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = clean(&typed).to_owned();
            if text.is_empty() || *outcome == Outcome::Looking {
                return;
            }
            outcome.set(Outcome::Looking);
            let outcome = outcome.clone();
            spawn_local(async move { outcome.set(look_up(text).await) });
        })
    };
    html! {
        <form class="stack" role="search" {onsubmit}>
            <div class="typed">
                <Field id="search" kind={FieldKind::Code} label={say!(m, "search-label")} hint={say!(m, "search-hint")} value={(*typed).clone()}
                    oninput={Callback::from(move |text| typed.set(text))} />
                <Button submit={true} busy={*outcome == Outcome::Looking} label={say!(m, "action-look-up")} />
            </div>
            {match &*outcome {
                Outcome::None | Outcome::Looking => html! {},
                Outcome::Unknown(code) => html! {
                    <Banner tone={Tone::Wait} text={say!(m, "scan-unknown")}><p class="code">{code.clone()}</p></Banner>
                },
                Outcome::Failed(problem) => html! { <Banner tone={Tone::Bad} text={failure(&m, problem)} /> },
            }}
        </form>
    }
}

async fn look_up(text: String) -> Outcome {
    let outcome = match bridge::call(&Lookup { text: text.clone() }).await {
        Ok(Found::Subject(card)) => {
            go(&Route::Subject(card.subject));
            return Outcome::None;
        }
        Ok(Found::UnknownCode { code, .. }) => Outcome::Unknown(code),
        Ok(Found::Frame | Found::Invitation) => Outcome::Failed(bridge::own("code-foreign")),
        Ok(Found::Foreign(problem)) | Err(problem) => Outcome::Failed(problem),
    };
    failure_signal();
    outcome
}
