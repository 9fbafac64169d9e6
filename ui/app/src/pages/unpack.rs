use chopmark_kit::{Banner, Button, ButtonKind, Empty, Icon, Mark, Tone};
use chopmark_view::{Action, Subject};
use std::collections::BTreeSet;
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{PickList, Step, SubjectSummary, shown, sign};
use crate::state::Route;
use crate::words::say;

/// Properties of [`Unpack`].
#[derive(PartialEq, Properties)]
pub(crate) struct UnpackProps {
    /// The container.
    pub(crate) container: String,
}

/// Takes things out of a container: all of them, or those that are chosen.
#[component]
pub(crate) fn Unpack(props: &UnpackProps) -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(Subject {
        subject: props.container.clone(),
    });
    let step = use_state_eq(|| Step::Form);
    let chosen = use_state_eq(BTreeSet::<String>::new);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => {
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} title={say!(m, "unpack-done")} text={say!(m, "deed-done-text")} />
                    <a class="button button-main button-wide" href={Route::Subject(props.container.clone()).href()}><Icon mark={Mark::Unit} />{say!(m, "pack-open")}</a>
                </div>
            };
        }
    }
    let onsubmit = {
        let (step, chosen, container) = (step.clone(), chosen.clone(), props.container.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !chosen.is_empty() {
                step.set(Step::Sign(Action::Unpack {
                    container: container.clone(),
                    subjects: chosen.iter().cloned().collect(),
                }));
            }
        })
    };
    shown(&m, &remote, &retry, |view| {
        if view.contents.is_empty() {
            return html! { <Empty icon={Mark::Unit} title={say!(m, "unpack-empty")} /> };
        }
        html! {
            <form class="stack" onsubmit={onsubmit.clone()}>
                <SubjectSummary card={view.card.clone()} />
                <PickList title={say!(m, "unpack-what")} cards={view.contents.clone()} chosen={(*chosen).clone()}
                    onchoose={Callback::from({ let chosen = chosen.clone(); move |now| chosen.set(now) })} />
                <Button kind={ButtonKind::Main} submit={true} wide={true} disabled={chosen.is_empty()} label={say!(m, "action-review")} />
            </form>
        }
    })
}
