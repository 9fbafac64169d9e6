use chopmark_kit::{
    Banner, Button, Card, Failed, Icon, Loading, Mark, SignButton, SignWords, Tone,
};
use chopmark_view::{Action, Discard, Failure, Prepare, Sign, Signed, Summary};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{failure_signal, success_signal};
use crate::hooks::{use_app, use_messages};
use crate::state::Event;
use crate::words::{failure, line, say};

/// Properties of [`SignFlow`].
#[derive(PartialEq, Properties)]
pub(crate) struct SignFlowProps {
    /// What the person wants to do.
    pub(crate) action: Action,
    /// It is signed and on disk.
    pub(crate) onsigned: Callback<Signed>,
    /// The person wants to change something first.
    pub(crate) onback: Callback<()>,
}

#[derive(Clone, PartialEq)]
enum Step {
    Preparing,
    Ready(Rc<Summary>),
    Signing(Rc<Summary>),
    Failed(Failure),
}

/// Says exactly what will be signed, in words, then signs it when the seal is held. A
/// draft that is left is thrown away.
#[component]
pub(crate) fn SignFlow(props: &SignFlowProps) -> Html {
    let m = use_messages();
    let app = use_app();
    let step = use_state_eq(|| Step::Preparing);
    let draft = use_mut_ref(|| None::<String>);
    let attempt = use_state(|| 0_u32);
    {
        let (step, draft) = (step.clone(), draft.clone());
        let action = props.action.clone();
        use_effect_with(*attempt, move |_| {
            step.set(Step::Preparing);
            let kept = draft.clone();
            spawn_local(async move {
                step.set(match bridge::call(&Prepare { action }).await {
                    Ok(summary) => {
                        *kept.borrow_mut() = Some(summary.draft.clone());
                        Step::Ready(Rc::new(summary))
                    }
                    Err(problem) => Step::Failed(problem),
                });
            });
            move || {
                if let Some(draft) = draft.borrow_mut().take() {
                    spawn_local(async move {
                        // It would lapse by itself; nothing depends on the answer.
                        let _ = bridge::call(&Discard { draft }).await;
                    });
                }
            }
        });
    }
    let onsign = {
        let (step, draft, onsigned, app) = (
            step.clone(),
            draft.clone(),
            props.onsigned.clone(),
            app.clone(),
        );
        Callback::from(move |()| {
            let Step::Ready(summary) = &*step else { return };
            step.set(Step::Signing(summary.clone()));
            let (step, draft, onsigned) = (step.clone(), draft.clone(), onsigned.clone());
            let (dispatch, told) = (app.dispatcher(), say!(m, "signed-notice"));
            let command = Sign {
                draft: summary.draft.clone(),
            };
            spawn_local(async move {
                let answer = bridge::call(&command).await;
                draft.borrow_mut().take();
                match answer {
                    Ok(signed) => {
                        success_signal();
                        dispatch.dispatch(Event::Tell(Tone::Good, told));
                        onsigned.emit(signed);
                    }
                    Err(problem) => {
                        failure_signal();
                        step.set(Step::Failed(problem));
                    }
                }
            });
        })
    };
    let retry = Callback::from(move |()| attempt.set(*attempt + 1));
    let back = html! {
        <Button icon={Mark::Back} label={say!(m, "action-change")} onclick={props.onback.clone()} wide={true} />
    };
    match &*step {
        Step::Preparing => html! { <Loading text={say!(m, "preparing")} /> },
        Step::Failed(problem) => html! {
            <div class="stack">
                <Failed title={say!(m, "could-not-sign")} text={failure(&m, problem)} again={say!(m, "action-try-again")} onagain={retry} />
                {back}
            </div>
        },
        Step::Ready(summary) | Step::Signing(summary) => {
            let busy = matches!(&*step, Step::Signing(_));
            let words = SignWords {
                rest: say!(m, "sign-rest"),
                holding: say!(m, "sign-holding"),
                again: say!(m, "sign-again"),
                busy: say!(m, "sign-busy"),
            };
            html! {
                <div class="stack">
                    <Card title={say!(m, "sign-title")}>
                        <ul class="deed">
                            {for summary.lines.iter().map(|one| html! {
                                <li><Icon mark={Mark::Check} class="icon-small" /><span>{line(&m, one)}</span></li>
                            })}
                        </ul>
                    </Card>
                    {for summary.warnings.iter().map(|one| html! { <Banner tone={Tone::Wait} text={line(&m, one)} /> })}
                    <SignButton {words} {onsign} {busy} />
                    <p class="soft small centred">{say!(m, "sign-hint")}</p>
                    if !busy {
                        {back}
                    }
                </div>
            }
        }
    }
}
