use chopmark_kit::{Banner, Button, ButtonKind, Card, Empty, Field, FieldKind, Icon, Mark, Tone};
use chopmark_view::{Action, HandoverCard, Home};
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{Step, SubjectSummary, shown, sign};
use crate::state::Route;
use crate::words::say;

/// Properties of [`Decline`].
#[derive(PartialEq, Properties)]
pub(crate) struct DeclineProps {
    /// The offer, `BLOCK/INDEX`.
    pub(crate) offer: String,
}

/// Does not take over what was offered; it stays with the giver.
#[component]
pub(crate) fn Decline(props: &DeclineProps) -> Html {
    let m = use_messages();
    let (home, retry) = use_remote(Home {});
    let step = use_state_eq(|| Step::Form);
    let note = use_state_eq(String::new);
    // Once it is signed the offer leaves the list, while this page is still about it.
    let known = use_mut_ref(|| None::<HandoverCard>);
    if let Some(home) = &home.value
        && let Some(card) = home.incoming.iter().find(|card| card.offer == props.offer)
    {
        *known.borrow_mut() = Some(card.clone());
    }
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => {
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} title={say!(m, "decline-done")} text={say!(m, "decline-done-text")} />
                    <a class="button button-main button-wide" href={Route::Handovers.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
                </div>
            };
        }
    }
    let known = known.borrow().clone();
    let Some(handover) = known else {
        return shown(&m, &home, &retry, |_| {
            html! {
                <Empty icon={Mark::Handover} title={say!(m, "accept-gone")} text={say!(m, "accept-gone-text")}>
                    <a class="button button-quiet" href={Route::Handovers.href()}>{say!(m, "all-handovers")}</a>
                </Empty>
            }
        });
    };
    let onsubmit = {
        let (step, note, offer) = (step.clone(), note.clone(), props.offer.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            step.set(Step::Sign(Action::Decline {
                offer: offer.clone(),
                note: Some(note.trim().to_owned()).filter(|note| !note.is_empty()),
            }));
        })
    };
    html! {
        <form class="stack" {onsubmit}>
            <SubjectSummary card={handover.subject.clone()} />
            <p>{say!(m, "handover-from", member = &handover.from)}</p>
            <Card>
                <Field id="note" kind={FieldKind::Long} label={say!(m, "decline-why")} hint={say!(m, "decline-hint")} value={(*note).clone()}
                    oninput={Callback::from({ let note = note.clone(); move |text| note.set(text) })} />
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
        </form>
    }
}
