use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Field, Icon, Mark, Tone,
};
use chopmark_view::{Action, Members, Signed, Subject};
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{Step, SubjectSummary, shown, sign};
use crate::state::Route;
use crate::words::{key, say};

/// Properties of [`Offer`].
#[derive(PartialEq, Properties)]
pub(crate) struct OfferProps {
    pub(crate) subject: String,
}

/// Offers custody: to whom, what will be signed, how the other side gets it.
#[component]
pub(crate) fn Offer(props: &OfferProps) -> Html {
    let m = use_messages();
    let (subject, retry_subject) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    let (members, retry_members) = use_remote(Members {});
    let step = use_state_eq(|| Step::Form);
    let to = use_state_eq(|| None::<AttrValue>);
    let place = use_state_eq(String::new);
    let checked = use_state_eq(|| false);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(signed) => return done(&m, signed),
    }
    let onsubmit = {
        let (step, to, place, checked) = (step.clone(), to.clone(), place.clone(), checked.clone());
        let subject = props.subject.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            checked.set(true);
            if let Some(to) = &*to {
                step.set(Step::Sign(Action::Offer {
                    subject: subject.clone(),
                    to: to.to_string(),
                    place: Some(place.trim().to_owned()).filter(|place| !place.is_empty()),
                }));
            }
        })
    };
    html! {
        <form class="stack" {onsubmit}>
            {shown(&m, &subject, &retry_subject, |subject| html! { <SubjectSummary card={subject.card.clone()} /> })}
            {shown(&m, &members, &retry_members, |members| {
                let choices: Vec<Choice> = members.members.iter()
                    .map(|member| Choice::new(member.id.clone(), member.name.clone()).with_detail(key(&m, &member.class)))
                    .collect();
                let onchoose = { let to = to.clone(); Callback::from(move |id| to.set(Some(id))) };
                html! {
                    <Card>
                        <ChoiceGroup name="addressee" label={say!(m, "offer-to")} {choices} chosen={(*to).clone()} {onchoose} />
                    </Card>
                }
            })}
            if *checked && to.is_none() {
                <Banner tone={Tone::Bad} text={say!(m, "offer-choose")} />
            }
            <Card>
                <Field id="place" label={say!(m, "place-optional")} hint={say!(m, "place-hint")} most={200}
                    value={(*place).clone()} oninput={Callback::from(move |text| place.set(text))} />
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
            <a class="button button-quiet button-wide" href={Route::OfferCode(props.subject.clone()).href()}><Icon mark={Mark::Scan} />{say!(m, "action-offer-code")}</a>
        </form>
    }
}

fn done(m: &chopmark_kit::Messages, signed: &Signed) -> Html {
    let frames = signed
        .records
        .last()
        .map(|record| Route::Frames(record.clone()));
    html! {
        <div class="stack">
            <Banner tone={Tone::Good} title={say!(m, "offer-done")} text={say!(m, "offer-done-text")} />
            if let Some(frames) = frames {
                <a class="button button-main button-wide" href={frames.href()}><Icon mark={Mark::Scan} />{say!(m, "action-show-frames")}</a>
            }
            <p class="soft small centred">{say!(m, "offer-done-frames")}</p>
            <a class="button button-quiet button-wide" href={Route::Home.href()}><Icon mark={Mark::Send} />{say!(m, "action-by-network")}</a>
        </div>
    }
}
