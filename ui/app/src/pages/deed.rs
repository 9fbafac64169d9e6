mod count;
mod readings;

use chopmark_kit::{Banner, Button, ButtonKind, Card, Field, FieldKind, Icon, Mark, Switch, Tone};
use chopmark_view::{Action, Counted, Deed as DeedAction, Findings};
use std::collections::BTreeMap;
use yew::prelude::*;

use self::count::Counts;
use self::readings::{Readings, ReadingsForm};
use super::photos::Photos;
use super::seal_number::SealNumber;
use crate::device::moment_of;
use crate::hooks::{use_app, use_messages};
use crate::parts::{Step, Target, sign, use_steps};
use crate::state::{Asks, Route};
use crate::words::{filled, key, say};

/// Properties of [`Deed`].
#[derive(PartialEq, Properties)]
pub(crate) struct DeedProps {
    /// The activity's name.
    pub(crate) activity: String,
    /// What its form asks for.
    pub(crate) asks: Asks,
    /// One subject; none: everything in the scanned list.
    pub(crate) subject: Option<String>,
}

/// Records a named activity: where, a remark, and what was counted, or read off a sensor or a
/// seal.
#[component]
pub(crate) fn Deed(props: &DeedProps) -> Html {
    let m = use_messages();
    let app = use_app();
    let step = use_steps(props.subject.as_ref());
    let place = use_state_eq(String::new);
    let note = use_state_eq(String::new);
    let public = use_state_eq(|| false);
    let counted = use_state_eq(BTreeMap::<String, Counted>::new);
    let readings = use_state_eq(Readings::first);
    let seal = use_state_eq(String::new);
    let no_time = use_state_eq(|| false);
    // None while a photo is on its way.
    let evidence = use_state_eq(|| Some(Vec::new()));
    let name = key(&m, &format!("activity-{}", props.activity));
    let signing = match &*step {
        Step::Form => None,
        Step::Sign(action) => Some(sign(&step, action)),
        Step::Done(_) => {
            let next = match &props.subject {
                Some(subject) => Route::Subject(subject.clone()),
                None => Route::Gather,
            };
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} title={name} text={say!(m, "deed-done-text")} />
                    <a class="button button-main button-wide" href={next.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
                </div>
            };
        }
    };
    let onsubmit = {
        let (step, place, note) = (step.clone(), place.clone(), note.clone());
        let evidence = (*evidence).clone();
        let subjects = app.about(props.subject.as_ref());
        let activity = props.activity.clone();
        let (asks, public) = (props.asks, *public);
        let (counted, readings, no_time) = (counted.clone(), readings.clone(), no_time.clone());
        let seal = seal.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(evidence) = evidence.clone() else {
                return;
            };
            let at = filled(&readings.at);
            let at_ms = at.as_deref().and_then(moment_of);
            no_time.set(at.is_some() && at_ms.is_none());
            if at.is_some() && at_ms.is_none() {
                return;
            }
            let findings = match asks {
                Asks::Nothing => Findings::Nothing,
                Asks::Counts => Findings::Counted {
                    batches: counted.values().cloned().collect(),
                },
                Asks::Readings => readings.findings(at_ms),
                Asks::Seal => {
                    filled(&seal).map_or(Findings::Nothing, |number| Findings::Sealed { number })
                }
            };
            step.set(Step::Sign(Action::Deed(DeedAction {
                activity: activity.clone(),
                subjects: subjects.clone(),
                place: filled(&place),
                note: filled(&note),
                evidence,
                public,
                findings,
            })));
        })
    };
    let asked = match props.asks {
        Asks::Nothing => html! {},
        Asks::Counts => {
            let onchange = {
                let counted = counted.clone();
                Callback::from(move |one: Counted| {
                    let mut next = (*counted).clone();
                    next.insert(one.subject.clone(), one);
                    counted.set(next);
                })
            };
            html! { <Counts subject={props.subject.clone()} counted={(*counted).clone()} {onchange} /> }
        }
        Asks::Readings => {
            let problem = no_time.then(|| say!(m, "reading-at-problem"));
            let onchange = {
                let readings = readings.clone();
                Callback::from(move |next| readings.set(next))
            };
            html! { <ReadingsForm readings={(*readings).clone()} {onchange} {problem} /> }
        }
        // A list of things has as many seals as things.
        Asks::Seal if props.subject.is_none() => html! {},
        Asks::Seal => html! {
            <Card>
                <SealNumber number={(*seal).clone()} oninput={Callback::from({ let seal = seal.clone(); move |text| seal.set(text) })} />
            </Card>
        },
    };
    let place_hint = match props.asks {
        Asks::Readings => say!(m, "reading-place-hint"),
        Asks::Nothing | Asks::Counts | Asks::Seal => say!(m, "place-hint"),
    };
    // The form stays while the summary is read, or what is wrong with it: what was typed and its
    // photos would have to be given again.
    html! {
        <>
        {for signing}
        <form class="stack" {onsubmit} novalidate={true} hidden={!matches!(&*step, Step::Form)}>
            <h2>{name}</h2>
            <Target subject={props.subject.clone()} />
            {asked}
            <Card>
                <div class="stack">
                    <Field id="place" label={say!(m, "place-optional")} hint={place_hint} most={200} value={(*place).clone()}
                        oninput={Callback::from({ let place = place.clone(); move |text| place.set(text) })} />
                    <Field id="note" kind={FieldKind::Long} label={say!(m, "note-optional")} value={(*note).clone()}
                        oninput={Callback::from({ let note = note.clone(); move |text| note.set(text) })} />
                </div>
            </Card>
            if filled(&place).is_some() {
                <Card>
                    <Switch label={say!(m, "deed-public")} detail={say!(m, "deed-public-text")} on={*public}
                        onchange={Callback::from({ let public = public.clone(); move |on| public.set(on) })} />
                </Card>
            }
            if props.subject.is_some() {
                <Card title={say!(m, "deed-photos")}>
                    <Photos onchange={Callback::from({ let evidence = evidence.clone(); move |ids| evidence.set(ids) })} />
                </Card>
            }
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} busy={evidence.is_none()} />
        </form>
        </>
    }
}
