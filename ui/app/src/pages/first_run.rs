use chopmark_kit::{
    Banner, Button, ButtonKind, Choice, ChoiceGroup, Field, FieldKind, Language, Mark, Tone,
};
use chopmark_view::{Failure, Join, Status};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge::{self, own};
use crate::device::{failure_signal, success_signal};
use crate::hooks::{use_app, use_messages};
use crate::parts::{Bare, ScanBox};
use crate::state::Event;
use crate::words::{failure, key, say};

/// What every invitation begins with.
const INVITATION: &str = "chopmark://join/";

#[derive(Clone, PartialEq)]
enum Step {
    Language,
    Invitation,
    Passphrase { link: String },
}

/// Language, invitation, passphrase; nothing else to set.
#[component]
pub(crate) fn FirstRun() -> Html {
    let step = use_state_eq(|| Step::Language);
    let to = |next: Step| {
        let step = step.clone();
        Callback::from(move |()| step.set(next.clone()))
    };
    match (*step).clone() {
        Step::Language => html! { <Bare><ChooseLanguage ondone={to(Step::Invitation)} /></Bare> },
        Step::Invitation => {
            let onlink = {
                let step = step.clone();
                Callback::from(move |link| step.set(Step::Passphrase { link }))
            };
            html! { <Bare><TakeInvitation {onlink} onback={to(Step::Language)} /></Bare> }
        }
        Step::Passphrase { link } => {
            html! { <Bare><SetPassphrase {link} onback={to(Step::Invitation)} /></Bare> }
        }
    }
}

#[derive(PartialEq, Properties)]
struct LanguageProps {
    ondone: Callback<()>,
}

#[component]
fn ChooseLanguage(props: &LanguageProps) -> Html {
    let app = use_app();
    let m = use_messages();
    let choices = Language::ALL
        .map(|language| Choice::new(language.tag(), language.name()))
        .to_vec();
    let onchoose = {
        let dispatch = app.dispatcher();
        Callback::from(move |tag: AttrValue| {
            dispatch.dispatch(Event::Language(Language::best_for(&tag)))
        })
    };
    let ondone = props.ondone.clone();
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        ondone.emit(());
    });
    html! {
        <form class="card stack" {onsubmit}>
            <ChoiceGroup name="language" label={say!(m, "language")} {choices} chosen={AttrValue::from(m.language().tag())} {onchoose} />
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-continue")} />
        </form>
    }
}

#[derive(PartialEq, Properties)]
struct InvitationProps {
    onlink: Callback<String>,
    onback: Callback<()>,
}

#[component]
fn TakeInvitation(props: &InvitationProps) -> Html {
    let m = use_messages();
    let problem = use_state_eq(|| None::<Failure>);
    let onread = {
        let (problem, onlink) = (problem.clone(), props.onlink.clone());
        Callback::from(move |text: String| {
            if text.starts_with(INVITATION) {
                success_signal();
                onlink.emit(text);
            } else {
                failure_signal();
                problem.set(Some(own("not-an-invitation")));
            }
        })
    };
    html! {
        <div class="card stack">
            <h2>{say!(m, "join-title")}</h2>
            <p class="soft">{say!(m, "join-text")}</p>
            <ScanBox {onread} hint={say!(m, "join-scan-hint")} typed_label={say!(m, "join-paste")} typed_action={say!(m, "action-continue")}>
                if let Some(problem) = &*problem {
                    <Banner tone={Tone::Bad} text={failure(&m, problem)} />
                }
            </ScanBox>
            <Button icon={Mark::Back} label={say!(m, "action-back")} onclick={props.onback.clone()} wide={true} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct PassphraseProps {
    link: String,
    onback: Callback<()>,
}

#[component]
fn SetPassphrase(props: &PassphraseProps) -> Html {
    let app = use_app();
    let m = use_messages();
    let first = use_state_eq(String::new);
    let second = use_state_eq(String::new);
    let problem = use_state_eq(|| None::<Failure>);
    let differs = use_state_eq(|| false);
    let busy = use_state_eq(|| false);
    let onsubmit = {
        let (first, second, problem, differs, busy) = (
            first.clone(),
            second.clone(),
            problem.clone(),
            differs.clone(),
            busy.clone(),
        );
        let (link, m, app) = (props.link.clone(), m, app.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            differs.set(*first != *second);
            if *busy || *first != *second {
                return;
            }
            busy.set(true);
            let command = Join {
                link: link.clone(),
                passphrase: (*first).clone(),
            };
            let (problem, busy, dispatch) = (problem.clone(), busy.clone(), app.dispatcher());
            spawn_local(async move {
                match bridge::call(&command).await {
                    Ok(joined) => {
                        success_signal();
                        let role = key(&m, &joined.role);
                        let text = say!(
                            m,
                            "joined",
                            member = joined.member,
                            network = joined.network,
                            role = role.as_str()
                        );
                        dispatch.dispatch(Event::Tell(Tone::Good, text));
                        if let Ok(status) = bridge::call(&Status {}).await {
                            dispatch.dispatch(Event::Status(status));
                        }
                    }
                    Err(failed) => {
                        failure_signal();
                        problem.set(Some(failed));
                    }
                }
                busy.set(false);
            });
        })
    };
    html! {
        <form class="card stack" {onsubmit}>
            <h2>{say!(m, "passphrase-title")}</h2>
            <p class="soft">{say!(m, "passphrase-text")}</p>
            <Field id="passphrase" kind={FieldKind::NewPassphrase} label={say!(m, "passphrase")} hint={say!(m, "passphrase-hint")}
                value={(*first).clone()} oninput={Callback::from(move |text| first.set(text))} required={true} most={1_000} reveal={say!(m, "passphrase-show")} />
            <Field id="passphrase-again" kind={FieldKind::NewPassphrase} label={say!(m, "passphrase-again")}
                value={(*second).clone()} oninput={Callback::from(move |text| second.set(text))} required={true} most={1_000} reveal={say!(m, "passphrase-show")}
                problem={differs.then(|| say!(m, "passphrase-differs"))} />
            if let Some(problem) = &*problem {
                <Banner tone={Tone::Bad} text={failure(&m, problem)} />
            }
            if *busy {
                <p class="soft" role="status">{say!(m, "joining")}</p>
            }
            <Button kind={ButtonKind::Main} submit={true} wide={true} busy={*busy} label={say!(m, "action-join")} />
            <Button icon={Mark::Back} label={say!(m, "action-back")} onclick={props.onback.clone()} wide={true} disabled={*busy} />
        </form>
    }
}
