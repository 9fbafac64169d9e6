use chopmark_kit::{Banner, Button, ButtonKind, Card, Empty, Field, FieldKind, Icon, Mark, Tone};
use chopmark_view::{Action, Failure, Found, Lookup, Subject, SubjectCard};
use std::collections::BTreeSet;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{failure_signal, success_signal};
use crate::hooks::{use_messages, use_remote};
use crate::parts::{PickList, Reads, ScanBox, Step, SubjectSummary, Target, shown, sign};
use crate::state::Route;
use crate::words::{failure, filled, say};

/// Properties of [`Bind`] and [`Unbind`].
#[derive(PartialEq, Properties)]
pub(crate) struct BondProps {
    pub(crate) subject: String,
}

/// Binds a seal, a sensor, papers or a place to a thing: it is scanned.
#[component]
pub(crate) fn Bind(props: &BondProps) -> Html {
    let m = use_messages();
    let step = use_state_eq(|| Step::Form);
    let others = use_state_eq(Vec::<SubjectCard>::new);
    let problem = use_state_eq(|| None::<Failure>);
    let note = use_state_eq(String::new);
    // A read that comes while the one before is looked up must see what that one added.
    let now = use_mut_ref(Vec::<SubjectCard>::new);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => return done(&m, &props.subject, say!(m, "bind-done")),
    }
    let onread = {
        let (others, problem) = (others.clone(), problem.clone());
        Callback::from(move |text: String| {
            let (others, problem, now) = (others.clone(), problem.clone(), now.clone());
            spawn_local(async move {
                let why = match bridge::call(&Lookup { text }).await {
                    Ok(Found::Subject(card)) => {
                        success_signal();
                        let mut cards = now.borrow_mut();
                        if cards.iter().all(|known| known.subject != card.subject) {
                            cards.push(card);
                        }
                        others.set(cards.clone());
                        None
                    }
                    Ok(Found::Foreign(why)) | Err(why) => Some(why),
                    Ok(_) => Some(bridge::own("unknown-subject")),
                };
                if why.is_some() {
                    failure_signal();
                }
                problem.set(why);
            });
        })
    };
    let onreview = {
        let (step, others, note) = (step.clone(), others.clone(), note.clone());
        let subject = props.subject.clone();
        Callback::from(move |()| {
            let others = others.iter().map(|card| card.subject.clone());
            step.set(Step::Sign(Action::Associate {
                subject: subject.clone(),
                others: others.collect(),
                note: filled(&note),
            }));
        })
    };
    html! {
        <div class="stack">
            <Target subject={props.subject.clone()} />
            <ScanBox {onread} reads={Reads::Taken} hint={say!(m, "bind-hint")} typed_label={say!(m, "scan-typed")} typed_action={say!(m, "action-add")}>
                if let Some(problem) = &*problem {
                    <Banner tone={Tone::Bad} text={failure(&m, problem)} />
                }
            </ScanBox>
            {for others.iter().map(|card| html! { <SubjectSummary key={card.subject.clone()} card={card.clone()} /> })}
            if !others.is_empty() {
                {remark(&m, &note)}
                <Button kind={ButtonKind::Main} wide={true} label={say!(m, "action-review")} onclick={onreview} />
            }
        </div>
    }
}

/// Takes off what is bound to a thing, or the thing off what it is bound to.
#[component]
pub(crate) fn Unbind(props: &BondProps) -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    let step = use_state_eq(|| Step::Form);
    let chosen = use_state_eq(BTreeSet::<String>::new);
    let note = use_state_eq(String::new);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => return done(&m, &props.subject, say!(m, "unbind-done")),
    }
    let onsubmit = {
        let (step, chosen, note) = (step.clone(), chosen.clone(), note.clone());
        let subject = props.subject.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            step.set(Step::Sign(Action::Dissociate {
                subject: subject.clone(),
                others: chosen.iter().cloned().collect(),
                note: filled(&note),
            }));
        })
    };
    shown(&m, &remote, &retry, |view| {
        let cards = [view.bound.clone(), view.bound_to.clone()].concat();
        if cards.is_empty() {
            return html! { <Empty icon={Mark::Info} title={say!(m, "unbind-nothing")} /> };
        }
        html! {
            <form class="stack" onsubmit={onsubmit.clone()}>
                <SubjectSummary card={view.card.clone()} />
                <PickList title={say!(m, "unbind-what")} {cards} chosen={(*chosen).clone()}
                    onchoose={Callback::from({ let chosen = chosen.clone(); move |now| chosen.set(now) })} />
                {remark(&m, &note)}
                <Button kind={ButtonKind::Main} submit={true} wide={true} disabled={chosen.is_empty()} label={say!(m, "action-review")} />
            </form>
        }
    })
}

fn remark(m: &chopmark_kit::Messages, note: &UseStateHandle<String>) -> Html {
    let oninput = {
        let note = note.clone();
        Callback::from(move |text| note.set(text))
    };
    html! {
        <Card>
            <Field id="note" kind={FieldKind::Long} label={say!(m, "note-optional")} value={(**note).clone()} {oninput} />
        </Card>
    }
}

fn done(m: &chopmark_kit::Messages, subject: &str, title: AttrValue) -> Html {
    html! {
        <div class="stack">
            <Banner tone={Tone::Good} {title} text={say!(m, "deed-done-text")} />
            <a class="button button-main button-wide" href={Route::Subject(subject.to_owned()).href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
        </div>
    }
}
