use chopmark_kit::{Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Icon, Mark, Tone};
use chopmark_view::{Action, Members, OPEN_REASONS, Subject};
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{Step, SubjectSummary, shown, sign};
use crate::state::{PaperAct, Route};
use crate::words::{key, say};

/// Properties of [`Paper`].
#[derive(PartialEq, Properties)]
pub(crate) struct PaperProps {
    pub(crate) act: PaperAct,
    /// The section: `BLOCK/INDEX/SECTION`.
    pub(crate) section: String,
    /// The subject from whose page the person came.
    pub(crate) subject: String,
}

/// Opens a part of a record that is for some readers only: to this authority, saying why, or to
/// another member; or says that it cannot be read.
#[component]
pub(crate) fn Paper(props: &PaperProps) -> Html {
    let m = use_messages();
    let (subject, retry) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    let step = use_state_eq(|| Step::Form);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => {
            let text = match props.act {
                PaperAct::Open => say!(m, "paper-opened-text"),
                PaperAct::Unreadable => say!(m, "paper-reported-text"),
                PaperAct::Grant => say!(m, "paper-granted-text"),
            };
            let subject = Route::Subject(props.subject.clone());
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} {text} />
                    <a class="button button-main button-wide" href={subject.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
                </div>
            };
        }
    }
    let onaction = {
        let step = step.clone();
        Callback::from(move |action| step.set(Step::Sign(action)))
    };
    let section = props.section.clone();
    html! {
        <>
            {shown(&m, &subject, &retry, |subject| html! { <SubjectSummary card={subject.card.clone()} /> })}
            {match props.act {
                PaperAct::Open => html! { <Reasons {section} {onaction} /> },
                PaperAct::Grant => html! { <Readers {section} {onaction} /> },
                PaperAct::Unreadable => html! { <Unreadable {section} {onaction} /> },
            }}
        </>
    }
}

#[derive(PartialEq, Properties)]
struct FormProps {
    section: String,
    onaction: Callback<Action>,
}

#[component]
fn Reasons(props: &FormProps) -> Html {
    let m = use_messages();
    let choices = OPEN_REASONS.iter().map(|word| {
        let said = key(&m, &format!("open-reason-{word}"));
        Choice::new(*word, said)
    });
    let section = props.section.clone();
    let onaction = props.onaction.clone();
    let onchosen = Callback::from(move |reason: AttrValue| {
        onaction.emit(Action::Open {
            section: section.clone(),
            reason: reason.to_string(),
        });
    });
    html! {
        <Chosen name="reason" label={say!(m, "paper-open-why")} missing={say!(m, "paper-open-choose")}
            choices={choices.collect::<Vec<_>>()} {onchosen} />
    }
}

#[component]
fn Readers(props: &FormProps) -> Html {
    let m = use_messages();
    let (members, retry) = use_remote(Members {});
    shown(&m, &members, &retry, |members| {
        let choices = members.members.iter().map(|member| {
            Choice::new(member.id.clone(), member.name.clone()).with_detail(key(&m, &member.class))
        });
        let (section, onaction) = (props.section.clone(), props.onaction.clone());
        let onchosen = Callback::from(move |to: AttrValue| {
            onaction.emit(Action::Grant {
                section: section.clone(),
                to: to.to_string(),
            });
        });
        html! {
            <Chosen name="reader" label={say!(m, "paper-grant-to")} missing={say!(m, "offer-choose")}
                choices={choices.collect::<Vec<_>>()} {onchosen} />
        }
    })
}

#[component]
fn Unreadable(props: &FormProps) -> Html {
    let m = use_messages();
    let (section, onaction) = (props.section.clone(), props.onaction.clone());
    let onclick = Callback::from(move |()| {
        onaction.emit(Action::Unreadable {
            section: section.clone(),
        });
    });
    html! {
        <div class="stack">
            <Banner tone={Tone::Wait} text={say!(m, "paper-report-text")} />
            <Button kind={ButtonKind::Main} wide={true} label={say!(m, "action-review")} {onclick} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct ChosenProps {
    name: &'static str,
    label: AttrValue,
    /// Said when nothing is chosen.
    missing: AttrValue,
    choices: Vec<Choice>,
    onchosen: Callback<AttrValue>,
}

/// One of several, then on.
#[component]
fn Chosen(props: &ChosenProps) -> Html {
    let m = use_messages();
    let chosen = use_state_eq(|| None::<AttrValue>);
    let checked = use_state_eq(|| false);
    let onsubmit = {
        let (chosen, checked, onchosen) = (chosen.clone(), checked.clone(), props.onchosen.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            checked.set(true);
            if let Some(chosen) = &*chosen {
                onchosen.emit(chosen.clone());
            }
        })
    };
    let onchoose = {
        let chosen = chosen.clone();
        Callback::from(move |id| chosen.set(Some(id)))
    };
    html! {
        <form class="stack" {onsubmit}>
            <Card>
                <ChoiceGroup name={props.name} label={props.label.clone()} choices={props.choices.clone()}
                    chosen={(*chosen).clone()} {onchoose} />
            </Card>
            if *checked && chosen.is_none() {
                <Banner tone={Tone::Bad} text={props.missing.clone()} />
            }
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
        </form>
    }
}
