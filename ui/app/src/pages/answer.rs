use chopmark_kit::{Banner, Button, ButtonKind, Card, Field, FieldKind, Icon, Mark, Tone};
use chopmark_view::Action;
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::parts::{Step, offer_head, sign, use_offer};
use crate::state::Route;
use crate::words::{filled, say};

/// An answer to an offer that asks for no more than a remark.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Says {
    /// Custody is not taken.
    Decline,
    /// Title is taken.
    TakeTitle,
    /// Title is not taken.
    DeclineTitle,
}

/// Properties of [`Answer`].
#[derive(PartialEq, Properties)]
pub(crate) struct AnswerProps {
    /// The offer, `BLOCK/INDEX`.
    pub(crate) offer: String,
    pub(crate) says: Says,
}

/// Answers an offer: what was offered, a remark, what will be signed.
#[component]
pub(crate) fn Answer(props: &AnswerProps) -> Html {
    let m = use_messages();
    let found = use_offer(&props.offer);
    let step = use_state_eq(|| Step::Form);
    let note = use_state_eq(String::new);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => {
            let (title, text) = match props.says {
                Says::Decline => (say!(m, "decline-done"), say!(m, "decline-done-text")),
                Says::TakeTitle => (say!(m, "take-title-done"), say!(m, "deed-done-text")),
                Says::DeclineTitle => (
                    say!(m, "decline-title-done"),
                    say!(m, "decline-title-done-text"),
                ),
            };
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} {title} {text} />
                    <a class="button button-main button-wide" href={Route::Handovers.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
                </div>
            };
        }
    }
    let Some(card) = &found.card else {
        return found.missing(&m);
    };
    let onsubmit = {
        let (step, note, offer, says) =
            (step.clone(), note.clone(), props.offer.clone(), props.says);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (offer, note) = (offer.clone(), filled(&note));
            step.set(Step::Sign(match says {
                Says::Decline => Action::Decline { offer, note },
                Says::TakeTitle => Action::TakeTitle { offer, note },
                Says::DeclineTitle => Action::DeclineTitle { offer, note },
            }));
        })
    };
    let is_no = props.says != Says::TakeTitle;
    let label = match is_no {
        true => say!(m, "decline-why"),
        false => say!(m, "note-optional"),
    };
    html! {
        <form class="stack" {onsubmit}>
            {offer_head(&m, card)}
            <Card>
                <Field id="note" kind={FieldKind::Long} {label} hint={is_no.then(|| say!(m, "decline-hint"))} value={(*note).clone()}
                    oninput={Callback::from({ let note = note.clone(); move |text| note.set(text) })} />
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
            if props.says == Says::TakeTitle {
                <a class="button button-quiet button-wide" href={Route::DeclineTitle(props.offer.clone()).href()}><Icon mark={Mark::Close} />{say!(m, "action-decline-title")}</a>
            }
        </form>
    }
}
