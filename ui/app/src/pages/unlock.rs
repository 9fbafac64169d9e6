use chopmark_kit::{Button, ButtonKind, Field, FieldKind};
use chopmark_view::{Failure, Stage, Status, Unlock as UnlockCommand};
use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::bridge;
use crate::hooks::{use_app, use_messages};
use crate::parts::Bare;
use crate::state::Event;
use crate::words::{failure, say};

/// Opens the replica with the passphrase.
#[component]
pub(crate) fn Unlock() -> Html {
    let app = use_app();
    let m = use_messages();
    let passphrase = use_state_eq(String::new);
    let problem = use_state_eq(|| None::<Failure>);
    let busy = use_state_eq(|| false);
    let node = use_node_ref();
    let (network, wait_ms) = match app.status.as_ref().map(|status| &status.stage) {
        Some(Stage::Locked { wait_ms, network }) => (network.clone(), *wait_ms),
        _ => (String::new(), 0),
    };
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            if let Some(field) = node.cast::<HtmlElement>() {
                let _ = field.focus();
            }
        });
    }
    let wait_s = use_countdown(wait_ms);
    let onsubmit = {
        let (passphrase, problem, busy, app) = (
            passphrase.clone(),
            problem.clone(),
            busy.clone(),
            app.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy || passphrase.is_empty() {
                return;
            }
            busy.set(true);
            let (passphrase, problem, busy) = (passphrase.clone(), problem.clone(), busy.clone());
            let dispatch = app.dispatcher();
            spawn_local(async move {
                let answer = bridge::call(&UnlockCommand {
                    passphrase: (*passphrase).clone(),
                })
                .await;
                passphrase.set(String::new());
                problem.set(answer.err());
                if let Ok(status) = bridge::call(&Status {}).await {
                    dispatch.dispatch(Event::Status(status));
                }
                busy.set(false);
            });
        })
    };
    html! {
        <Bare>
            <form class="card stack" {onsubmit}>
                <h2>{say!(m, "unlock-title", network = network)}</h2>
                <Field id="passphrase" kind={FieldKind::Passphrase} label={say!(m, "passphrase")} value={(*passphrase).clone()}
                    oninput={Callback::from(move |text| passphrase.set(text))} node={node} most={1_000}
                    reveal={say!(m, "passphrase-show")}
                    problem={problem.as_ref().map(|problem| failure(&m, problem))} />
                if wait_s > 0 {
                    <p class="soft" role="timer">{say!(m, "unlock-wait", seconds = wait_s)}</p>
                }
                <Button kind={ButtonKind::Main} submit={true} wide={true} busy={*busy} disabled={wait_s > 0}
                    label={say!(m, "action-unlock")} />
            </form>
        </Bare>
    }
}

/// Seconds left of a wait, counted down.
#[hook]
fn use_countdown(wait_ms: u64) -> u64 {
    let left = use_state_eq(|| wait_ms.div_ceil(1_000));
    {
        let left = left.clone();
        use_effect_with(wait_ms, move |wait_ms| left.set(wait_ms.div_ceil(1_000)));
    }
    {
        let left = left.clone();
        use_effect_with(*left, move |seconds| {
            let seconds = *seconds;
            let timer = (seconds > 0).then(|| Timeout::new(1_000, move || left.set(seconds - 1)));
            move || drop(timer)
        });
    }
    *left
}
