use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Empty, Field, FieldKind, Icon, Mark,
    Tone,
};
use chopmark_view::{Action, Members};
use yew::prelude::*;

use crate::hooks::{use_app, use_messages, use_remote};
use crate::parts::{Step, Target, shown, sign, use_steps};
use crate::state::Route;
use crate::words::{filled, key, say};

/// What is agreed on with another firm about who owns something.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Deals {
    /// Its title is offered.
    Title,
    /// It is pledged to a bank.
    Pledge,
    /// The bank gives its pledge up.
    Release,
}

/// Properties of [`Deal`].
#[derive(PartialEq, Properties)]
pub(crate) struct DealProps {
    /// One subject; none: everything in the scanned list.
    pub(crate) subject: Option<String>,
    pub(crate) deals: Deals,
}

/// Offers title, pledges or releases: with whom, on what terms, what will be signed.
#[component]
pub(crate) fn Deal(props: &DealProps) -> Html {
    let m = use_messages();
    let app = use_app();
    let (members, retry) = use_remote(Members {});
    let step = use_steps(props.subject.as_ref());
    let to = use_state_eq(|| None::<AttrValue>);
    let terms = use_state_eq(String::new);
    let checked = use_state_eq(|| false);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => {
            let title = match props.deals {
                Deals::Title => say!(m, "offer-title-done"),
                Deals::Pledge => say!(m, "pledge-done"),
                Deals::Release => say!(m, "release-done"),
            };
            let next = match &props.subject {
                Some(subject) => Route::Subject(subject.clone()),
                None => Route::Gather,
            };
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} {title} text={say!(m, "deed-done-text")} />
                    <a class="button button-main button-wide" href={next.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
                </div>
            };
        }
    }
    let subjects: Vec<String> = app.about(props.subject.as_ref());
    let onsubmit = {
        let (step, to, terms, checked) = (step.clone(), to.clone(), terms.clone(), checked.clone());
        let deals = props.deals;
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            checked.set(true);
            let to = to.as_ref().map(ToString::to_string);
            if let Some(action) = action(deals, &subjects, to, filled(&terms)) {
                step.set(Step::Sign(action));
            }
        })
    };
    let (label, hint) = match props.deals {
        Deals::Release => (say!(m, "note-optional"), None),
        Deals::Title | Deals::Pledge => (say!(m, "deal-terms"), Some(say!(m, "deal-terms-hint"))),
    };
    html! {
        <form class="stack" {onsubmit}>
            <Target subject={props.subject.clone()} />
            if props.deals != Deals::Release {
                {shown(&m, &members, &retry, |members| {
                    let banks_only = props.deals == Deals::Pledge;
                    let choices: Vec<Choice> = members.members.iter()
                        .filter(|member| !banks_only || member.class == "class-bank")
                        .map(|member| Choice::new(member.id.clone(), member.name.clone()).with_detail(key(&m, &member.class)))
                        .collect();
                    if choices.is_empty() {
                        return html! { <Empty icon={Mark::Info} title={say!(m, "pledge-no-bank")} /> };
                    }
                    let onchoose = { let to = to.clone(); Callback::from(move |id| to.set(Some(id))) };
                    html! {
                        <Card>
                            <ChoiceGroup name="addressee" label={say!(m, "offer-to")} {choices} chosen={(*to).clone()} {onchoose} />
                        </Card>
                    }
                })}
                if *checked && to.is_none() {
                    <Banner tone={Tone::Bad} text={say!(m, "deal-choose")} />
                }
            }
            <Card>
                <Field id="terms" kind={FieldKind::Long} {label} {hint} value={(*terms).clone()}
                    oninput={Callback::from({ let terms = terms.clone(); move |text| terms.set(text) })} />
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
        </form>
    }
}

/// None as long as something is missing.
fn action(
    deals: Deals,
    subjects: &[String],
    to: Option<String>,
    terms: Option<String>,
) -> Option<Action> {
    Some(match deals {
        Deals::Title => Action::OfferTitle {
            subject: subjects.first()?.clone(),
            to: to?,
            terms,
        },
        Deals::Pledge => Action::Pledge {
            subjects: subjects.to_vec(),
            to: to?,
            terms,
        },
        Deals::Release => Action::Release {
            subjects: subjects.to_vec(),
            note: terms,
        },
    })
}
