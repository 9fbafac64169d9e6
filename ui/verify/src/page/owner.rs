//! For whoever bought the thing: become its recorded owner, give it on, give it back.

use super::{Shown, Wish, say};
use crate::memory;
use crate::owner::{self, NotDone, Standing};
use crate::visit::Visit;
use chopmark_core::{ActivationPublic, CodeHash, RecordRef, SubjectId};
use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Field, FieldKind, Mark, Messages, Tone, text,
};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Checkpoints come several times a second, and the next answer shows them.
const LOOK_AGAIN_MS: i32 = 1_500;

/// The owner's part of the page.
#[component]
pub(super) fn Owner(props: &Shown) -> Html {
    let messages = props.messages;
    // What was read long ago may have been sold since: only what a peer shows now is acted on.
    let Some(history) = props.finding.history.clone() else {
        return Html::default();
    };
    let report = &history.report;
    let code = props.visit.code.hash();
    let (Some(standing), Some(subject)) = (owner::standing(report, code), report.subject) else {
        return Html::default();
    };
    let from = history
        .from
        .as_ref()
        .map_or(&props.visit.origin, |from| &from.origin);
    let gateway = AttrValue::from(from.clone());
    let (visit, onwish) = (props.visit.clone(), props.onwish.clone());
    html! {
        <Card title={text!(VERIFY_KEYS, messages, "verify-owner").to_string()}>
            {match standing {
                Standing::Sealed(key) => html! { <Sealed {messages} {visit} {onwish} {subject} seal={key} {gateway} /> },
                Standing::Mine(last) => html! { <Mine {messages} {visit} {onwish} {subject} {last} {gateway} /> },
                Standing::Anothers => html! { <Anothers {messages} {code} /> },
            }}
        </Card>
    }
}

/// What became of the last try.
#[derive(Clone, PartialEq)]
enum Try {
    None,
    Sending,
    Sent,
    Failed(NotDone),
}

#[derive(PartialEq, Properties)]
struct SealedProps {
    messages: Messages,
    visit: Rc<Visit>,
    onwish: Callback<Wish>,
    subject: SubjectId,
    seal: ActivationPublic,
    gateway: AttrValue,
}

#[component]
fn Sealed(props: &SealedProps) -> Html {
    let messages = props.messages;
    let typed = use_state(String::new);
    let tried = use_state(|| Try::None);
    let onsubmit = {
        let (visit, gateway) = (props.visit.clone(), props.gateway.clone());
        let (typed, onwish, tried) = (typed.clone(), props.onwish.clone(), tried.setter());
        let about = (props.subject, props.seal);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (visit, gateway, typed) = (visit.clone(), gateway.clone(), (*typed).clone());
            act((tried.clone(), onwish.clone()), async move {
                owner::activate(&visit, about, &gateway, &typed).await
            });
        })
    };
    html! {
        <form class="stack" {onsubmit}>
            <p>{text!(VERIFY_KEYS, messages, "verify-owner-sealed")}</p>
            <Field id="seal" kind={FieldKind::Code} required={true} most={64} value={(*typed).clone()} oninput={typed_into(&typed, &tried)}
                problem={problem(messages, &tried)}
                label={text!(VERIFY_KEYS, messages, "verify-owner-seal-code")}
                hint={Some(AttrValue::from(text!(VERIFY_KEYS, messages, "verify-owner-seal-hint")))} />
            <Button kind={ButtonKind::Main} submit={true} wide={true} icon={Mark::Check} disabled={busy(&tried)}
                label={text!(VERIFY_KEYS, messages, "verify-owner-activate")} />
            {sent(messages, &tried)}
        </form>
    }
}

#[derive(PartialEq, Properties)]
struct MineProps {
    messages: Messages,
    visit: Rc<Visit>,
    onwish: Callback<Wish>,
    subject: SubjectId,
    last: RecordRef,
    gateway: AttrValue,
}

#[component]
fn Mine(props: &MineProps) -> Html {
    let messages = props.messages;
    let typed = use_state(String::new);
    let tried = use_state(|| Try::None);
    let about = (props.subject, props.last);
    let onsubmit = {
        let (visit, gateway) = (props.visit.clone(), props.gateway.clone());
        let (typed, onwish, tried) = (typed.clone(), props.onwish.clone(), tried.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (visit, gateway, typed) = (visit.clone(), gateway.clone(), (*typed).clone());
            act((tried.clone(), onwish.clone()), async move {
                owner::give(&visit, about, &gateway, &typed).await
            });
        })
    };
    let back = props.visit.network.takes_back.clone().map(|(member, name)| {
        let (visit, onwish, setter) = (props.visit.clone(), props.onwish.clone(), tried.setter());
        let onclick = Callback::from(move |()| {
            let visit = visit.clone();
            act((setter.clone(), onwish.clone()), async move {
                owner::give_back(&visit, about, member).await
            });
        });
        let label = text!(VERIFY_KEYS, messages, "verify-owner-give-back", name = name);
        html! {
            <>
                <p class="soft small">{text!(VERIFY_KEYS, messages, "verify-owner-give-back-text")}</p>
                <Button kind={ButtonKind::Quiet} wide={true} disabled={busy(&tried)} {label} {onclick} />
            </>
        }
    });
    let key = memory::owner_text(props.visit.code.hash());
    html! {
        <div class="stack">
            <Banner tone={Tone::Good} title={text!(VERIFY_KEYS, messages, "verify-owner-mine")} text={text!(VERIFY_KEYS, messages, "verify-owner-mine-text")} />
            if let Some(key) = key {
                <details class="fold">
                    <summary>{text!(VERIFY_KEYS, messages, "verify-owner-keep")}</summary>
                    <p>{text!(VERIFY_KEYS, messages, "verify-owner-keep-text")}</p>
                    <p class="code">{key}</p>
                </details>
            }
            <details class="fold">
                <summary>{text!(VERIFY_KEYS, messages, "verify-owner-give")}</summary>
                <form class="stack" {onsubmit}>
                    <Field id="buyer" kind={FieldKind::Code} required={true} most={120} value={(*typed).clone()} oninput={typed_into(&typed, &tried)}
                        problem={problem(messages, &tried)}
                        label={text!(VERIFY_KEYS, messages, "verify-owner-code")}
                        hint={Some(AttrValue::from(text!(VERIFY_KEYS, messages, "verify-owner-code-hint")))} />
                    <Button kind={ButtonKind::Main} submit={true} wide={true} disabled={busy(&tried)}
                        label={text!(VERIFY_KEYS, messages, "verify-owner-give")} />
                </form>
                {for back}
            </details>
            {sent(messages, &tried)}
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct AnothersProps {
    messages: Messages,
    code: CodeHash,
}

/// Somebody else's: a buyer makes the code by which the owner gives it to them.
#[component]
fn Anothers(props: &AnothersProps) -> Html {
    let (messages, code) = (props.messages, props.code);
    let made = use_state(|| memory::owner(code).map(|owner| owner.public().code()));
    let failed = use_state(|| false);
    let onclick = {
        let (made, failed) = (made.setter(), failed.setter());
        Callback::from(move |()| {
            let owner = memory::owner_or_new(code).map(|owner| owner.public().code());
            failed.set(owner.is_none());
            made.set(owner);
        })
    };
    html! {
        <div class="stack">
            <p>{text!(VERIFY_KEYS, messages, "verify-owner-anothers")}</p>
            if let Some(made) = &*made {
                <p>{text!(VERIFY_KEYS, messages, "verify-owner-show-code")}</p>
                <p class="code">{made.clone()}</p>
            } else {
                <Button kind={ButtonKind::Quiet} wide={true} {onclick} label={text!(VERIFY_KEYS, messages, "verify-owner-make-code")} />
            }
            if *failed {
                <Banner tone={Tone::Bad} text={text!(VERIFY_KEYS, messages, "verify-owner-nothing-kept")} />
            }
        </div>
    }
}

fn typed_into(typed: &UseStateHandle<String>, tried: &UseStateHandle<Try>) -> Callback<String> {
    let (typed, tried) = (typed.setter(), tried.setter());
    Callback::from(move |text: String| {
        tried.set(Try::None);
        typed.set(text);
    })
}

fn busy(tried: &Try) -> bool {
    matches!(tried, Try::Sending | Try::Sent)
}

fn problem(messages: Messages, tried: &Try) -> Option<AttrValue> {
    match tried {
        Try::Failed(why) => Some(say::not_done(messages, why).into()),
        _ => None,
    }
}

fn sent(messages: Messages, tried: &Try) -> Html {
    html! {
        <p class="soft small" aria-live="polite">
            if *tried == Try::Sent {
                {text!(VERIFY_KEYS, messages, "verify-owner-sent")}
            }
        </p>
    }
}

/// Does it, and looks again once a checkpoint may have it.
fn act(
    (tried, onwish): (UseStateSetter<Try>, Callback<Wish>),
    deed: impl Future<Output = Result<(), NotDone>> + 'static,
) {
    tried.set(Try::Sending);
    spawn_local(async move {
        match deed.await {
            Ok(()) => {
                tried.set(Try::Sent);
                later(move || onwish.emit(Wish::Again));
            }
            Err(why) => tried.set(Try::Failed(why)),
        }
    });
}

fn later(what: impl FnOnce() + 'static) {
    let closure = Closure::once_into_js(what);
    if let Some(window) = web_sys::window() {
        // Where the browser sets no timer the person looks again.
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            closure.unchecked_ref(),
            LOOK_AGAIN_MS,
        );
    }
}
