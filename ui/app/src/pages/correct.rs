use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Empty, Icon, Mark, Switch, Tone,
};
use chopmark_view::{Action, JourneyStep, MOST_CORRECTIVES, Subject, SubjectView, Wrong};
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{Step, SubjectSummary, WasCorrected, shown, sign, use_steps};
use crate::state::Route;
use crate::words::{line, say, time};

const DID_NOT_OCCUR: &str = "did-not-occur";
const INCORRECT_DATA: &str = "incorrect-data";

/// Properties of [`Correct`].
#[derive(PartialEq, Properties)]
pub(crate) struct CorrectProps {
    /// The record: `BLOCK/INDEX`.
    pub(crate) record: String,
    /// The subject from whose page the person came.
    pub(crate) subject: String,
}

/// Says that a record of this member is wrong: that it did not happen, or that it says something
/// wrong, and then perhaps which later record says it right.
#[component]
pub(crate) fn Correct(props: &CorrectProps) -> Html {
    let m = use_messages();
    let step = use_steps(Some(&props.subject));
    let (remote, retry) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    let back = Route::Subject(props.subject.clone());
    if matches!(&*step, Step::Done(_)) {
        return html! {
            <div class="stack">
                <Banner tone={Tone::Good} title={say!(m, "correct-done")} text={say!(m, "deed-done-text")} />
                <a class="button button-main button-wide" href={back.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
            </div>
        };
    }
    shown(&m, &remote, &retry, |view| {
        let found = view.journey.iter().find(|one| one.record == props.record);
        let Some(wrong) = found.filter(|one| one.may_correct) else {
            return html! {
                <Empty icon={Mark::Info} title={say!(m, "correct-gone")} text={say!(m, "correct-gone-text")}>
                    <a class="button button-quiet" href={back.href()}>{say!(m, "action-open")}</a>
                </Empty>
            };
        };
        html! {
            <>
                if let Step::Sign(action) = &*step {
                    {sign(&step, action)}
                }
                <div class="stack" hidden={matches!(&*step, Step::Sign(_))}>
                    <SubjectSummary card={view.card.clone()} />
                    <Entry step={wrong.clone()} />
                    <Form record={props.record.clone()} later={later(view, &props.record)}
                        onaction={Callback::from({ let step = step.clone(); move |action| step.set(Step::Sign(action)) })} />
                </div>
            </>
        }
    })
}

/// What may say it right: what this member wrote after it, and did not correct itself.
fn later(view: &SubjectView, record: &str) -> Vec<JourneyStep> {
    let steps = view.journey.iter();
    let after = steps.skip_while(|one| one.record != record).skip(1);
    after
        .filter(|one| one.may_correct && one.corrected.is_none())
        .cloned()
        .collect()
}

#[derive(PartialEq, Properties)]
struct EntryProps {
    step: JourneyStep,
}

/// The step that is wrong, as the journey has it.
#[component]
fn Entry(props: &EntryProps) -> Html {
    let m = use_messages();
    let step = &props.step;
    html! {
        <Card>
            <p class="moment-title">{line(&m, &step.line)}</p>
            <WasCorrected step={step.clone()} />
            <p class="soft small">
                {time(&m, step.time_ms)}
                if let Some(place) = &step.place {
                    {" · "}{place.clone()}
                }
            </p>
            {for step.values.iter().map(|one| html! { <p>{line(&m, one)}</p> })}
            if let Some(note) = &step.note {
                <p class="note">{note.clone()}</p>
            }
        </Card>
    }
}

#[derive(PartialEq, Properties)]
struct FormProps {
    record: String,
    later: Vec<JourneyStep>,
    onaction: Callback<Action>,
}

/// What is missing before the summary can be shown.
#[derive(Clone, Copy, PartialEq)]
enum Missing {
    Reason,
    TooMany,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let m = use_messages();
    let reason = use_state_eq(|| None::<AttrValue>);
    let right = use_state_eq(Vec::<String>::new);
    let missing = use_state_eq(|| None::<Missing>);
    let onsubmit = {
        let (reason, right, missing) = (reason.clone(), right.clone(), missing.clone());
        let (record, onaction) = (props.record.clone(), props.onaction.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let wrong = match reason.as_deref() {
                Some(DID_NOT_OCCUR) => Wrong::DidNotOccur,
                Some(_) if right.len() > MOST_CORRECTIVES => {
                    return missing.set(Some(Missing::TooMany));
                }
                Some(_) => Wrong::IncorrectData {
                    right: right.to_vec(),
                },
                None => return missing.set(Some(Missing::Reason)),
            };
            missing.set(None);
            onaction.emit(Action::Correct {
                record: record.clone(),
                wrong,
            });
        })
    };
    let onchoose = {
        let reason = reason.clone();
        Callback::from(move |chosen| reason.set(Some(chosen)))
    };
    let choices = vec![
        Choice::new(DID_NOT_OCCUR, say!(m, "correct-did-not-occur"))
            .with_detail(say!(m, "correct-did-not-occur-text")),
        Choice::new(INCORRECT_DATA, say!(m, "correct-incorrect-data"))
            .with_detail(say!(m, "correct-incorrect-data-text")),
    ];
    html! {
        <form class="stack" {onsubmit}>
            <Card>
                <ChoiceGroup name="reason" label={say!(m, "correct-why")} {choices} chosen={(*reason).clone()} {onchoose} />
            </Card>
            if reason.as_deref() == Some(INCORRECT_DATA) {
                <Right later={props.later.clone()} chosen={(*right).clone()}
                    onchoose={Callback::from({ let right = right.clone(); move |chosen| right.set(chosen) })} />
            }
            {match *missing {
                Some(Missing::Reason) => html! { <Banner tone={Tone::Bad} text={say!(m, "correct-choose")} /> },
                Some(Missing::TooMany) => html! { <Banner tone={Tone::Bad} text={say!(m, "correct-right-many", most = MOST_CORRECTIVES)} /> },
                None => html! {},
            }}
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
        </form>
    }
}

#[derive(PartialEq, Properties)]
struct RightProps {
    later: Vec<JourneyStep>,
    /// Records, in the order in which they were chosen.
    chosen: Vec<String>,
    onchoose: Callback<Vec<String>>,
}

/// Later records, of which some may say it right.
#[component]
fn Right(props: &RightProps) -> Html {
    let m = use_messages();
    if props.later.is_empty() {
        return html! { <Banner tone={Tone::Note} text={say!(m, "correct-right-none")} /> };
    }
    let rows = props.later.iter().map(|step| {
        let onchange = {
            let (chosen, onchoose) = (props.chosen.clone(), props.onchoose.clone());
            let record = step.record.clone();
            Callback::from(move |on| {
                let mut chosen = chosen.clone();
                chosen.retain(|one| *one != record);
                if on {
                    chosen.push(record.clone());
                }
                onchoose.emit(chosen);
            })
        };
        let when = time(&m, step.time_ms);
        let detail = match &step.place {
            Some(place) => format!("{when} · {place}"),
            None => when.to_string(),
        };
        html! {
            <Switch key={step.record.clone()} label={line(&m, &step.line)} {detail}
                on={props.chosen.contains(&step.record)} {onchange} />
        }
    });
    html! {
        <Card title={say!(m, "correct-right")}>
            <div class="stack">
                <p class="soft small">{say!(m, "correct-right-hint", most = MOST_CORRECTIVES)}</p>
                {for rows}
            </div>
        </Card>
    }
}
