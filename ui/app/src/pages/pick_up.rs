use chopmark_kit::{Banner, Card, Icon, Lead, Mark, Tone};
use chopmark_view::Action;
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::parts::{Reads, ScanBox, Step, SubjectSummary, sign, term, use_offer};
use crate::state::{Asks, Route};
use crate::words::say;

/// Other ways in which a delivery ends.
const ENDS: [&str; 3] = ["delivery-attempted", "delivery-refused", "left-at-point"];

/// Properties of [`PickUp`].
#[derive(PartialEq, Properties)]
pub(crate) struct PickUpProps {
    /// The offer, `BLOCK/INDEX`.
    pub(crate) offer: String,
}

/// Hands out to whoever tells the code: it is scanned or typed, and checked before anything is
/// signed.
#[component]
pub(crate) fn PickUp(props: &PickUpProps) -> Html {
    let m = use_messages();
    let found = use_offer(&props.offer);
    let step = use_state_eq(|| Step::Form);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => {
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} title={say!(m, "pick-up-done")} text={say!(m, "deed-done-text")} />
                    <a class="button button-main button-wide" href={Route::Handovers.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
                </div>
            };
        }
    }
    let Some(card) = &found.card else {
        return found.missing(&m);
    };
    let onread = {
        let (step, offer) = (step.clone(), props.offer.clone());
        Callback::from(move |code: String| {
            step.set(Step::Sign(Action::PickUp {
                offer: offer.clone(),
                code,
                place: None,
            }));
        })
    };
    let ends = ENDS.map(|activity| {
        let route = Route::Deed {
            activity: activity.to_owned(),
            asks: Asks::Nothing,
            subject: Some(card.subject.subject.clone()),
        };
        let title = crate::words::key(&m, &format!("activity-{activity}"));
        html! { <li key={activity}><Lead href={route.href()} icon={Mark::Place} {title} /></li> }
    });
    html! {
        <div class="stack">
            <SubjectSummary card={card.subject.clone()} />
            <p class="soft small">{term(&m, card)}</p>
            <ScanBox {onread} reads={Reads::Taken} hint={say!(m, "pick-up-hint")} typed_label={say!(m, "pick-up-typed")} typed_action={say!(m, "action-review")} />
            <Card title={say!(m, "pick-up-else")} flush={true}><ul>{for ends}</ul></Card>
        </div>
    }
}
