mod input;
mod output;

use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Field, FieldKind, Icon, Mark, Tone,
};
use chopmark_view::{Action, Input, Loss, Making, SubjectCard, Way};
use std::collections::BTreeMap;
use yew::prelude::*;

use self::input::InputRow;
use self::output::{Output, OutputForm};
use crate::hooks::{use_app, use_messages};
use crate::parts::{FIRST_UNIT, HowMuch, Step, sign, use_steps};
use crate::state::Route;
use crate::words::say;

/// Ways to make things of other things, with the names that the choice uses.
const WAYS: [(Way, &str); 4] = [
    (Way::Split, "split"),
    (Way::Merge, "merge"),
    (Way::Process, "process"),
    (Way::Repack, "repack"),
];

/// Properties of [`Transform`].
#[derive(PartialEq, Properties)]
pub(crate) struct TransformProps {
    /// One subject that goes in; none: everything in the scanned list.
    pub(crate) subject: Option<String>,
}

/// What is filled in beside inputs and outputs.
#[derive(Clone, PartialEq)]
struct Rest {
    way: Way,
    lost: String,
    lost_unit: String,
    place: String,
    note: String,
}

/// Makes things of other things: what goes in, what comes out, what is lost on the way.
#[component]
pub(crate) fn Transform(props: &TransformProps) -> Html {
    let m = use_messages();
    let app = use_app();
    let step = use_steps(props.subject.as_ref());
    let amounts = use_state_eq(BTreeMap::<String, String>::new);
    let outputs = use_state_eq(|| vec![Output::first(app.gathered.first())]);
    let rest = use_state_eq(|| Rest {
        way: if props.subject.is_some() || app.gathered.len() < 2 {
            Way::Split
        } else {
            Way::Merge
        },
        lost: String::new(),
        lost_unit: FIRST_UNIT.to_owned(),
        place: String::new(),
        note: String::new(),
    });
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(signed) => {
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} title={say!(m, "transform-done")} text={say!(m, "deed-done-text")} />
                    if !signed.subjects.is_empty() {
                        <a class="button button-main button-wide" href={Route::Labels(signed.subjects.clone()).href()}><Icon mark={Mark::Label} />{say!(m, "action-labels")}</a>
                    }
                    <a class="button button-quiet button-wide" href={Route::Home.href()}><Icon mark={Mark::Home} />{say!(m, "action-done")}</a>
                </div>
            };
        }
    }
    let subjects: Vec<String> = app.about(props.subject.as_ref());
    let set = |change: fn(&mut Rest, String)| {
        let rest = rest.clone();
        Callback::from(move |text: String| {
            let mut next = (*rest).clone();
            change(&mut next, text);
            rest.set(next);
        })
    };
    let onsubmit = {
        let making = making(&subjects, &amounts, &outputs, &rest);
        let step = step.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            step.set(Step::Sign(Action::Transform(making.clone())));
        })
    };
    let onloaded = {
        // The first output begins as more of the same.
        let outputs = outputs.clone();
        Callback::from(move |card: SubjectCard| {
            if let [only] = outputs.as_slice()
                && *only == Output::first(None)
            {
                outputs.set(vec![Output::first(Some(&card))]);
            }
        })
    };
    let onadd = {
        let outputs = outputs.clone();
        Callback::from(move |()| {
            let mut next = (*outputs).clone();
            next.push(
                outputs
                    .last()
                    .map_or_else(|| Output::first(None), Output::another),
            );
            outputs.set(next);
        })
    };
    html! {
        <form class="stack" {onsubmit} novalidate={true}>
            <Card><Ways way={rest.way} onway={ {
                let rest = rest.clone();
                Callback::from(move |way| rest.set(Rest { way, ..(*rest).clone() }))
            } } /></Card>
            <Card title={say!(m, "transform-inputs")}>
                <div class="stack">
                    {for subjects.iter().map(|subject| {
                        let onamount = {
                            let (amounts, subject) = (amounts.clone(), subject.clone());
                            Callback::from(move |amount: String| {
                                let mut next = (*amounts).clone();
                                next.insert(subject.clone(), amount);
                                amounts.set(next);
                            })
                        };
                        html! { <InputRow key={subject.clone()} subject={subject.clone()} amount={amounts.get(subject).cloned().unwrap_or_default()} {onamount} onloaded={onloaded.clone()} /> }
                    })}
                </div>
            </Card>
            {for outputs.iter().enumerate().map(|(index, output)| {
                let onchange = {
                    let outputs = outputs.clone();
                    Callback::from(move |changed: Option<Output>| {
                        let mut next = (*outputs).clone();
                        match (changed, next.get_mut(index)) {
                            (Some(changed), Some(output)) => *output = changed,
                            (None, Some(_)) => { next.remove(index); }
                            (_, None) => {}
                        }
                        outputs.set(next);
                    })
                };
                html! { <OutputForm key={index} {index} output={output.clone()} {onchange} /> }
            })}
            <Button icon={Mark::Add} label={say!(m, "transform-add")} onclick={onadd} wide={true} />
            <Card title={say!(m, "transform-rest")}>
                <div class="stack">
                    <HowMuch id="lost" label={say!(m, "transform-lost")} amount={rest.lost.clone()} unit={rest.lost_unit.clone()}
                        onamount={set(|rest, text| rest.lost = text)} onunit={set(|rest, text| rest.lost_unit = text)} />
                    <Field id="place" label={say!(m, "place-optional")} hint={say!(m, "place-hint")} most={200} value={rest.place.clone()} oninput={set(|rest, text| rest.place = text)} />
                    <Field id="note" kind={FieldKind::Long} label={say!(m, "note-optional")} value={rest.note.clone()} oninput={set(|rest, text| rest.note = text)} />
                </div>
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
        </form>
    }
}

fn making(
    subjects: &[String],
    amounts: &BTreeMap<String, String>,
    outputs: &[Output],
    rest: &Rest,
) -> Making {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Making {
        way: rest.way,
        inputs: subjects
            .iter()
            .map(|subject| Input {
                subject: subject.clone(),
                amount: amounts.get(subject).and_then(|amount| filled(amount)),
            })
            .collect(),
        outputs: outputs.iter().map(Output::goods).collect(),
        losses: filled(&rest.lost)
            .map(|amount| Loss {
                amount,
                unit: rest.lost_unit.clone(),
            })
            .into_iter()
            .collect(),
        place: filled(&rest.place),
        note: filled(&rest.note),
    }
}

#[derive(PartialEq, Properties)]
struct WaysProps {
    way: Way,
    onway: Callback<Way>,
}

#[component]
fn Ways(props: &WaysProps) -> Html {
    let m = use_messages();
    let choices = WAYS.map(|(way, name)| match way {
        Way::Split => {
            Choice::new(name, say!(m, "way-split")).with_detail(say!(m, "way-split-text"))
        }
        Way::Merge => {
            Choice::new(name, say!(m, "way-merge")).with_detail(say!(m, "way-merge-text"))
        }
        Way::Process => {
            Choice::new(name, say!(m, "way-process")).with_detail(say!(m, "way-process-text"))
        }
        Way::Repack => {
            Choice::new(name, say!(m, "way-repack")).with_detail(say!(m, "way-repack-text"))
        }
    });
    let chosen = WAYS.iter().find(|(way, _)| *way == props.way);
    let onchoose = {
        let onway = props.onway.clone();
        Callback::from(move |chosen: AttrValue| {
            if let Some((way, _)) = WAYS.iter().find(|(_, name)| *name == chosen.as_str()) {
                onway.emit(*way);
            }
        })
    };
    html! {
        <ChoiceGroup name="way" label={say!(m, "way")} choices={choices.to_vec()} chosen={chosen.map(|(_, name)| AttrValue::from(*name))} {onchoose} />
    }
}
